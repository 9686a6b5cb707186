"""What stands in the way of a grid, on both stores: kept with it, told where people look, gone when it is changed.

The west has four columns of two cells, 100 households a cell; the third column is an exclusive grid, so that the fourth
has too few and only the east beside it (`tests.layers.town`).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from geo.errors import ConflictError
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.checking import check_plans
from layers.plans.drafts import copy_plan
from layers.plans.drawing import draw_plans
from layers.plans.editing import edit, undo
from layers.plans.naming import names_of
from layers.plans.operations import Assign, Kind, Rename
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.plans.reasons import read_reasons
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, buildings, drawn_grids, settle

RULES = replace(profile("national"), min_households=300, max_households=500)
ENCLOSED = (
    "四周被第二网格（专属网格）与社区边界包围：这一片共 200 户，不足下限 300 户；"
    "撤销第二网格、归入相邻网格，或下限降至 200 户，或从相邻的东社区（共同边界约 220 米）划入约 100 户即可"
)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    frame = drawn_grids((0, 2), (2, 1), (3, 1)).assign(kind=["base", "exclusive", "base"])
    ids = adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids
    publish(store, OPERATOR, plan_ids=ids, valid_from=DAY, actor="t", now=NOW)
    return store


@pytest.fixture
def plan(town: Store) -> int:
    (step,) = draw_plans(town, OPERATOR, codes=[WEST], rules=RULES, time_limit_s=0.3, actor="t", now=NOW)
    assert step.figures is not None
    return step.figures.plan_id


def told(store: Store, plan: int) -> dict[str, str]:
    """By name of the grid, what stands in its way."""
    with store.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[plan])
        found = read_reasons(unit, [plan]).get(plan, {})
    names = dict(zip(grids["label"].astype(int), grids["name"], strict=True))
    return {names[label]: words.zh for label, words in found.items()}


def test_the_reason_is_kept_with_the_grid_in_names(town: Store, plan: int) -> None:
    assert told(town, plan) == {"第三网格": ENCLOSED}


def test_the_check_gives_it_as_the_reason(town: Store, plan: int) -> None:
    found = check_plans(town, OPERATOR, today=DAY, plan_ids=[plan])
    (few,) = found[found["rule"] == "few-households"]["reason"]
    assert few.zh == f"第三网格({WEST}003)有 200 户，少于 300 户：{ENCLOSED}"
    assert "enclosed by 第二网格 (exclusive)" in few.en


def test_reasons_speak_of_grids_by_the_names_they_have_now(town: Store, plan: int) -> None:
    edit(town, OPERATOR, plan, Rename("第二网格", "第二小学"), actor="t", now=NOW)
    assert "撤销第二小学" in told(town, plan)["第三网格"]


def test_a_change_takes_the_reasons_with_it_and_undo_brings_them_back(town: Store, plan: int) -> None:
    before = told(town, plan)
    for operation in (Assign(buildings=("b20",), to="第三网格"), Kind("第二网格", "base")):
        edit(town, OPERATOR, plan, operation, actor="t", now=NOW)
        assert told(town, plan) == {}
        undo(town, OPERATOR, plan, actor="t", now=NOW)
        assert told(town, plan) == before
    edit(town, OPERATOR, plan, Rename("第一网格", "西片"), actor="t", now=NOW)
    assert told(town, plan) == before


def test_reasons_go_into_a_copy_and_are_sealed_with_the_plan(town: Store, plan: int) -> None:
    assert told(town, copy_plan(town, OPERATOR, plan, actor="t", now=NOW)) == {"第三网格": ENCLOSED}
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    assert told(town, plan) == {"第三网格": ENCLOSED}
    with pytest.raises(ConflictError), town.writing(OPERATOR, actor="t", now=NOW) as unit:
        unit.execute(t.grids.update().where(t.grids.c.plan_id == plan).values(reasons=None))


def test_a_plan_that_is_published_after_another_keeps_its_reasons(town: Store, plan: int) -> None:
    other = copy_plan(town, OPERATOR, 1, actor="t", now=NOW)
    publish(town, OPERATOR, plan_ids=[other], valid_from=DAY, actor="t", now=NOW)
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    assert told(town, plan) == {"第三网格": ENCLOSED}


def test_grids_without_a_reason_have_nothing_in_the_store(town: Store, plan: int) -> None:
    with town.reading(OPERATOR) as unit:
        rows = sa.select(sa.func.count()).where(t.grids.c.plan_id == plan, t.grids.c.reasons.is_not(None))
        assert unit.scalar(rows) == 1


def test_nobody_reads_the_reasons_of_another_area(town: Store, plan: int) -> None:
    with town.reading(Viewer(Role.PLANNER, (EAST,), Purpose.PLANNING)) as unit:
        assert read_reasons(unit, [plan]) == {}


def test_a_building_goes_by_its_complex_and_name_or_by_its_address() -> None:
    frame = (
        buildings()
        .iloc[:3]
        .assign(
            name=["1号楼", None, None],
            complex_ref=["c", None, "c"],
            road_addresses=[None, "中山路8号;9号", None],
        )
    )
    complexes = frame[["ref"]].assign(ref=["c", "d", "e"], name=["安居苑", None, None])
    names = names_of(frame, complexes)
    assert list(names.buildings.values()) == ["安居苑1号楼", "中山路8号", "安居苑 b10"]
    assert names.complexes == {"c": "安居苑"}
