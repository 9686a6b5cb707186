"""Drafts on both stores: what stays, what moves, which rules, what is skipped.

Each community has four columns of two cells, 100 households a cell (`tests.layers.town`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import shapely

from geo.errors import NotFoundError
from geo.partition.ask import Ask
from geo.plans.families import FAMILIES
from geo.plans.rules import Rules, profile
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.checking import check_plans
from layers.plans.drawing import DraftFigures, Locks, draw_plans
from layers.plans.nets import keep_net, net_names, require_nets
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, communities, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=400)
QUICK = Ask(time_limit_s=0.3)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def force(store: Store, *columns: tuple[int, int], kinds: tuple[str, ...]) -> None:
    """Put drawn strips of the west in force."""
    frame = drawn_grids(*columns).assign(kind=list(kinds))
    ids = adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids
    publish(store, OPERATOR, plan_ids=ids, valid_from=DAY, actor="t", now=NOW)


def draw(store: Store, *, codes: tuple[str, ...] = (WEST,), **options: Any) -> list[Step[DraftFigures]]:
    options = {"rules": RULES, "ask": QUICK} | options
    return list(draw_plans(store, OPERATOR, codes=list(codes), actor="t", now=NOW, **options))


def grids_of(store: Store, plan_id: int) -> list[tuple[str, str, int]]:
    with store.reading(OPERATOR) as unit:
        frame = read_grids(unit, plan_ids=[plan_id])
    return list(frame[["code", "kind", "households"]].itertuples(index=False, name=None))


def test_exclusive_grids_keep_cells_code_and_kind(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    (step,) = draw(town)
    assert step.error is None
    assert (step.figures.grids, step.figures.stay, step.figures.under) == (3, 1, 0)
    found = grids_of(town, step.figures.plan_id)
    assert found[0] == (f"{WEST}001", "exclusive", 200)
    assert [kind for _, kind, _ in found] == ["exclusive", "base", "base"]
    assert step.figures.moved_households == 200


def test_an_exclusive_grid_that_is_unlocked_is_divided_with_the_rest_and_stays_given_up(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    (step,) = draw(town, locks=Locks(release=(f"{WEST}001",)))
    assert (step.figures.stay, step.notes) == (0, ())
    drawn = step.figures.plan_id
    assert [(kind, size) for _, kind, size in grids_of(town, drawn)] == [("base", 400), ("base", 400)]
    with town.reading(OPERATOR) as unit:
        assert set(read_grids(unit, plan_ids=[drawn])["name"]) == {"第二网格", "第三网格"}
    (other,) = draw(town)
    assert (other.figures.stay, grids_of(town, other.figures.plan_id)[0][1]) == (1, "exclusive")


def test_ground_that_was_given_up_is_base_although_another_plan_came_between(town: Store) -> None:
    force(town, (0, 2), (2, 2), kinds=("exclusive", "base"))
    (step,) = draw(town, locks=Locks(release=(f"{WEST}001",)))
    (between,) = draw(town)
    for one in (between, step):
        publish(town, OPERATOR, plan_ids=[one.figures.plan_id], valid_from=DAY, actor="t", now=NOW)
    assert grids_of(town, step.figures.plan_id)[0] == (f"{WEST}001", "base", 400)


def test_grids_are_locked_and_unlocked_by_name_where_only_one_bears_it(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    (step,) = draw(town, locks=Locks(add=("第二网格",), release=("第一网格",)))
    assert grids_of(town, step.figures.plan_id) == [(f"{WEST}001", "base", 200), (f"{WEST}002", "base", 600)]
    assert step.figures.stay == 1
    ids = adopt_grids(
        town,
        OPERATOR,
        drawn_grids((4, 4), community=EAST),
        rules=RULES,
        source="t",
        actor="t",
        now=NOW,
    ).plan_ids
    publish(town, OPERATOR, plan_ids=ids, valid_from=DAY, actor="t", now=NOW)
    with pytest.raises(NotFoundError, match="2 grids here are called 第一网格"):
        draw(town, codes=(WEST, EAST), locks=Locks(release=("第一网格",)))
    with pytest.raises(NotFoundError, match="code or name 第九网格"):
        draw(town, locks=Locks(add=("第九网格",)))


def test_unlocking_what_is_free_already_is_told(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    (step,) = draw(town, locks=Locks(release=(f"{WEST}002",)))
    assert step.notes[0].zh == f"网格 {WEST}002 本来就未锁定，也不是专属网格"


def test_a_draft_of_other_releases_is_no_draft_of_the_same(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    freed = Locks(release=(f"{WEST}001",))
    assert [step.figures.again for step in draw(town, locks=freed, resume=True)] == [False]
    assert [step.figures.again for step in draw(town, locks=freed, resume=True)] == [True]
    assert [step.figures.again for step in draw(town, resume=True)] == [False]


def test_exclusive_grids_stay_when_the_cells_were_cut_again(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    list(build_cells(town, OPERATOR, codes=[WEST], actor="t", now=NOW))
    (step,) = draw(town)
    assert grids_of(town, step.figures.plan_id)[0] == (f"{WEST}001", "exclusive", 200)


def test_locks_are_kept_with_the_plan_and_carried_on(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("base", "base"))
    lock = f"{WEST}001"
    (step,) = draw(town, locks=Locks(add=(lock,)))
    assert grids_of(town, step.figures.plan_id)[0] == (lock, "base", 200)
    with town.reading(OPERATOR) as unit:
        plan = read_plans(unit, plan_ids=[step.figures.plan_id]).iloc[0]
    assert Rules.from_dict(plan["rules"]).locked == (lock,)
    publish(town, OPERATOR, plan_ids=[plan["id"]], valid_from=DAY, actor="t", now=NOW)
    assert draw(town)[0].figures.stay == 1
    assert draw(town, locks=Locks(release=(lock,)))[0].figures.stay == 0


def test_what_stays_keeps_its_code_when_another_plan_came_first(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("exclusive", "base"))
    (step,) = draw(town)
    force(town, (0, 1), (1, 1), (2, 2), kinds=("exclusive", "base", "base"))
    publish(town, OPERATOR, plan_ids=[step.figures.plan_id], valid_from=DAY, actor="t", now=NOW)
    found = grids_of(town, step.figures.plan_id)
    assert found[0] == (f"{WEST}001", "exclusive", 200)
    assert len(found) == 3


def test_a_code_that_is_not_in_force_cannot_be_locked(town: Store) -> None:
    force(town, (0, 2), (2, 2), kinds=("base", "base"))
    with pytest.raises(NotFoundError, match="no grid in force"):
        draw(town, locks=Locks(add=(f"{WEST}009",)))
    with pytest.raises(NotFoundError):
        draw(town, codes=(EAST,), locks=Locks(add=(f"{WEST}001",)))


def test_from_current_moves_nobody_where_today_is_good(town: Store) -> None:
    force(town, (0, 1), (1, 2), (3, 1), kinds=("base",) * 3)
    ask = replace(QUICK, grids=3, from_current=True)
    (step,) = draw(town, ask=ask)
    assert step.figures.moved_households == 0
    assert [code for code, _, _ in grids_of(town, step.figures.plan_id)] == [
        f"{WEST}00{i}" for i in (1, 2, 3)
    ]


def test_a_family_chooses_for_each_community(town: Store) -> None:
    frame = communities()
    frame["kind"] = ["village", "urban"]
    import_frame(town, OPERATOR, "communities", frame, source="t", actor="test", now=NOW)
    steps = draw(town, codes=(WEST, EAST), rules=FAMILIES["county"])
    with town.reading(OPERATOR) as unit:
        plans = read_plans(unit, plan_ids=[step.figures.plan_id for step in steps])
    assert [rules["name"] for rules in plans["rules"]] == ["county-rural", "county-urban"]


def test_alternatives_are_drafts_with_titles_and_the_main_one_is_newest(town: Store) -> None:
    force(town, (0, 1), (1, 3), kinds=("base", "base"))
    rules = replace(RULES, max_households=600)
    (step,) = draw(town, rules=rules, ask=replace(QUICK, alternatives=3))
    choice = step.figures.choice
    assert len(choice) == step.figures.plans > 1
    with town.reading(OPERATOR) as unit:
        plans = read_plans(unit, plan_ids=[one.plan_id for one in choice])
        labels = {tuple(read_labels(unit, one.plan_id)) for one in choice}
    assert len(labels) == len(choice)
    assert step.figures.plan_id == plans["id"].max()
    assert plans["title"].iloc[-1] == ["all goals", "综合"]
    assert plans["title"].map(tuple).is_unique
    assert {one.title.en: one.score["moved_households"] for one in choice}["fewest households moved"] == 0


def test_resuming_skips_what_was_made_from_the_same(town: Store) -> None:
    first = draw(town)
    again = draw(town, codes=(WEST, EAST), resume=True)
    assert [step.figures.again for step in again] == [True, False]
    assert [step.done for step in again] == [1, 2]
    assert again[0].figures.plan_id == first[0].figures.plan_id
    assert again[0].figures.grids == first[0].figures.grids
    for changed in (
        {"rules": replace(RULES, max_households=300)},
        {"ask": replace(QUICK, seed=9)},
    ):
        assert not draw(town, resume=True, **changed)[0].figures.again
    list(build_cells(town, OPERATOR, codes=[EAST], actor="t", now=NOW))
    assert not draw(town, codes=(EAST,), resume=True)[0].figures.again


def test_a_run_that_was_stopped_goes_on_where_it_stopped(town: Store) -> None:
    running = draw_plans(
        town, OPERATOR, codes=[WEST, EAST], rules=RULES, ask=QUICK, resume=True, actor="t", now=NOW
    )
    first = next(running)
    running.close()
    again = draw(town, codes=(WEST, EAST), resume=True)
    assert {s.community_code: s.figures.again for s in again} == {
        WEST: first.community_code == WEST,
        EAST: first.community_code == EAST,
    }


def test_a_community_that_fails_stops_nobody_else(town: Store) -> None:
    steps = {s.community_code: s for s in draw(town, codes=(WEST, EAST), ask=replace(QUICK, grids=9))}
    assert all(s.error is not None and "1 to 8" in s.error.en for s in steps.values())
    assert {s.done for s in steps.values()} == {1, 2}


def test_nets_pull_and_are_counted(town: Store) -> None:
    police = drawn_grids((0, 3), (3, 1))
    assert "0 of them" in keep_net(town, OPERATOR, "police", police, source="t", actor="t", now=NOW).en
    assert "2 of them" in keep_net(town, OPERATOR, "police", police, source="t", actor="t", now=NOW).en
    civil = drawn_grids((0, 1), (1, 3))
    keep_net(town, OPERATOR, "civil", civil, source="t", actor="t", now=NOW)
    rules = replace(RULES, max_households=600)
    for heavy, light, expected in (("police", "civil", [200, 600]), ("civil", "police", [200, 600])):
        ask = replace(
            QUICK, nets=(("civil", 1.0 + 4 * (heavy == "civil")), ("police", 1.0 + 4 * (heavy == "police")))
        )
        for _ in range(2):  # from the drawing, then from what was kept
            (step,) = draw(town, rules=rules, ask=ask)
            assert sorted(h for _, _, h in grids_of(town, step.figures.plan_id)) == expected
            assert step.figures.net_moved == {heavy: 0, light: 400}


def test_unknown_nets_and_weights_are_refused(town: Store) -> None:
    keep_net(town, OPERATOR, "police", drawn_grids((0, 4)), source="t", actor="t", now=NOW)
    with town.reading(OPERATOR) as unit:
        assert net_names(unit) == ["police"]
        with pytest.raises(NotFoundError, match="there are: police"):
            require_nets(unit, {"civil": 1.0})


def test_cutting_and_drawing_are_in_the_history(town: Store) -> None:
    (step,) = draw(town)
    with town.reading(OPERATOR) as unit:
        rows = read_history(unit, codes=[WEST])
    drawn = rows[rows["action"] == "draft"].iloc[0]
    assert (drawn["actor"], drawn["plan_id"]) == ("t", step.figures.plan_id)
    assert drawn["detail"]["grids"] == step.figures.grids
    assert rows[rows["action"] == "cells"]["detail"].iloc[0]["cells"] == 8


def test_an_unforeseen_error_in_one_community_stops_nobody(town: Store) -> None:
    """Rules that nobody can read make the plan in force of one community unusable: told, and the others are drawn.
    Cells and checks are as steady."""
    force(town, (0, 2), (2, 2), kinds=("base", "base"))
    with town.begin() as conn:
        conn.exec_driver_sql(
            "DROP TRIGGER plans_sealed_update"
            if town.dialect == "sqlite"
            else "DROP TRIGGER plans_sealed ON plans"
        )
        conn.execute(t.plans.update().values(rules={"no": "rules"}))
    west, east = draw(town, codes=(WEST, EAST))
    assert west.error is not None
    assert (east.error, east.figures.grids) == (None, 2)
    found = check_plans(town, OPERATOR, today=DAY)
    assert found.loc[found["community_code"] == WEST, "rule"].tolist() == ["not-checked"]
    assert (found.loc[found["community_code"] == EAST, "rule"] != "not-checked").all()


def test_cells_of_one_community_that_cannot_be_cut_stop_nobody(town: Store) -> None:
    """A boundary that is no area, written past the checks."""
    with town.begin() as conn:
        west = t.communities.update().where(t.communities.c.code == WEST)
        conn.execute(west.values(geometry=shapely.Point(108.7, 34.3)))
    steps = {step.community_code: step for step in build_cells(town, OPERATOR, actor="t", now=NOW)}
    assert steps[WEST].error is not None
    assert (steps[EAST].error, steps[EAST].figures.cells) == (None, 8)
