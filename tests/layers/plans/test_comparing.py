"""Plans side by side, and what plans make of nets, on both stores (`tests.layers.town`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.errors import InputError
from geo.partition.ask import Ask
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.comparing import changes, compare_plans
from layers.plans.drawing import draw_plans
from layers.plans.merging import merged_nets
from layers.plans.nets import keep_net
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=600)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def adopt(store: Store, *columns: tuple[int, int], community: str = WEST, kind: str = "base") -> int:
    frame = drawn_grids(*columns, community=community)
    frame.loc[0, "kind"] = kind
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def test_figures_of_plans_in_the_order_asked_for(town: Store) -> None:
    even, uneven = adopt(town, (0, 2), (2, 2)), adopt(town, (0, 1), (1, 3))
    found = compare_plans(town, OPERATOR, [uneven, even])
    assert [one.plan_id for one in found] == [uneven, even]
    assert [(one.figures.smallest, one.figures.largest) for one in found] == [(200, 600), (400, 400)]
    assert found[0].title.en == "drawn"
    assert found[0].figures.moved_households is None
    assert found[0].places == {}


def test_exclusive_grids_count_in_no_figure(town: Store) -> None:
    plan = adopt(town, (0, 1), (1, 3), kind="exclusive")
    (one,) = compare_plans(town, OPERATOR, [plan])
    assert (one.figures.grids, one.figures.smallest) == (1, 600)


def test_a_good_plan_is_better_than_most_random_ones(town: Store) -> None:
    (one,) = compare_plans(town, OPERATOR, [adopt(town, (0, 2), (2, 2))], sample=40)
    assert one.sampled == 40
    assert one.places["compactness"] >= 0.5
    assert one.places["largest"] >= 0.5


def test_a_plan_out_of_bounds_is_placed_among_plans_within(town: Store) -> None:
    (one,) = compare_plans(town, OPERATOR, [adopt(town, (0, 1), (1, 3))], sample=10)
    assert one.places["smallest"] < 0.5


def test_what_moves_from_one_plan_to_another(town: Store) -> None:
    before, after = adopt(town, (0, 2), (2, 2)), adopt(town, (0, 1), (1, 3))
    moved, codes = changes(town, OPERATOR, before, after)
    assert moved == 200
    assert codes["households"].tolist() == [200, 200, 400]
    list(build_cells(town, OPERATOR, codes=[WEST], actor="t", now=NOW))
    again = adopt(town, (0, 1), (1, 3))
    assert changes(town, OPERATOR, before, again)[0] == 200


def test_moves_count_from_the_plan_in_force(town: Store) -> None:
    publish(town, OPERATOR, plan_ids=[adopt(town, (0, 2), (2, 2))], valid_from=DAY, actor="t", now=NOW)
    (one,) = compare_plans(town, OPERATOR, [adopt(town, (0, 1), (1, 3))])
    assert one.figures.moved_households == 200


def test_plans_of_two_communities_cannot_be_compared(town: Store) -> None:
    plans = [adopt(town, (0, 4)), adopt(town, (4, 4), community=EAST)]
    with pytest.raises(InputError, match="one community"):
        compare_plans(town, OPERATOR, plans)


def test_nets_become_one_with_a_crosswalk_for_each(town: Store) -> None:
    keep_net(town, OPERATOR, "civil", drawn_grids((0, 1), (1, 3)), source="t", actor="t", now=NOW)
    keep_net(town, OPERATOR, "police", drawn_grids((0, 3)), source="t", actor="t", now=NOW)
    ask = Ask(time_limit_s=0.3, nets=(("civil", 3.0), ("police", 1.0)))
    (step,) = draw_plans(town, OPERATOR, codes=[WEST], rules=RULES, ask=ask, actor="t", now=NOW)
    merger = merged_nets(town, OPERATOR, [step.figures.plan_id], {"civil": 3.0, "police": 1.0})
    rows = merger.summary.set_index("net")
    assert rows.loc["civil", ["areas", "whole", "moved"]].tolist() == [2, 2, 0]
    assert rows.loc["police", ["areas", "whole", "households", "moved"]].tolist() == [1, 0, 600, 200]
    walk = merger.crosswalks["police"]
    assert walk["households"].tolist() == [200, 400, 200]
    assert walk["area_name"].tolist()[:2] == ["第一网格"] * 2
    assert walk["area"].isna().tolist() == [False, False, True]
    assert merger.overlay["households"].sum() == 800
    assert merger.overlay["police"].isna().sum() == 1
