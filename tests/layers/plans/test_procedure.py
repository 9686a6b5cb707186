"""A plan on its way: submitted and frozen, taken back, approved, sent back with a remark, and only then published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geo.errors import ConflictError, InputError, NotFoundError, StaleError
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.editing import edit
from layers.plans.operations import Rename
from layers.plans.plans import read_plans
from layers.plans.procedure import Deed, Moved, move_plan, remarks
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=800)


@pytest.fixture
def plan(store: Store) -> int:
    settle(store)
    return adopted(store, drawn_grids((0, 2), (2, 2)))


def adopted(store: Store, frame: Any) -> int:
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def move(store: Store, plan: int, deed: Deed, **options: Any) -> Moved:
    return move_plan(store, OPERATOR, plan, deed, actor="wang", now=NOW, **options)


def test_a_plan_goes_its_way_and_is_sent_back_on_it(store: Store, plan: int) -> None:
    sent = move(store, plan, "submit", remark="请审")
    assert (sent.state, sent.revision) == ("submitted", 2)
    with pytest.raises(ConflictError, match="cannot be edited"):
        edit(store, OPERATOR, plan, Rename(f"{WEST}001", "东片"), actor="t", now=NOW)
    with pytest.raises(ConflictError, match="wangge plan approve"):
        publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    with pytest.raises(InputError, match="what is to be changed"):
        move(store, plan, "return", remark="  ")
    assert move(store, plan, "return", remark="三网格太大").state == "returned"
    with pytest.raises(ConflictError, match="wangge plan approve"):
        publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    edit(store, OPERATOR, plan, Rename(f"{WEST}001", "东片"), actor="t", now=NOW)
    move(store, plan, "submit")
    assert move(store, plan, "recall").state == "draft"
    move(store, plan, "submit")
    assert move(store, plan, "approve").state == "approved"
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        way = remarks(unit, plan)
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
    assert way["action"].tolist() == ["submit", "return", "submit", "recall", "submit", "approve", "publish"]
    assert way["remark"].tolist()[:2] == ["请审", "三网格太大"]
    assert row.state == "published"


@pytest.mark.parametrize("deed", ["recall", "approve", "return"])
def test_a_draft_is_neither_approved_nor_sent_back(store: Store, plan: int, deed: Deed) -> None:
    with pytest.raises(ConflictError, match="is draft and cannot be"):
        move(store, plan, deed, remark="x")


def test_a_plan_with_errors_is_not_submitted(store: Store, plan: int) -> None:
    frame = drawn_grids((0, 4), (1, 2))
    outer = frame.geometry.iloc[0].difference(frame.geometry.iloc[1])
    torn = adopted(store, frame.set_geometry([outer, frame.geometry.iloc[1]], crs=4490))
    with pytest.raises(ConflictError, match=r"1 errors; the first: .*separate parts"):
        move(store, torn, "submit")
    assert plan < torn


def test_who_saw_another_revision_or_sees_another_area_moves_nothing(store: Store, plan: int) -> None:
    edit(store, OPERATOR, plan, Rename(f"{WEST}001", "东片"), actor="t", now=NOW)
    with pytest.raises(StaleError, match="revision 2"):
        move(store, plan, "submit", revision=1)
    elsewhere = Viewer(Role.PLANNER, (EAST,), Purpose.PLANNING)
    with pytest.raises(NotFoundError, match="no plan"):
        move_plan(store, elsewhere, plan, "submit", actor="x", now=NOW)
    with pytest.raises(InputError, match="at most 2000"):
        move(store, plan, "submit", remark="长" * 2001)
