"""A plan approved grid by grid, exceptions from its checks, and checks that a place weighs in its own way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geo.errors import ConflictError, InputError, NotFoundError, RulesError
from geo.plans.families import read_book
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.checking import check_plans
from layers.plans.deciding import standing
from layers.plans.drafts import copy_plan
from layers.plans.editing import edit
from layers.plans.excepting import drop_exception, keep_exception
from layers.plans.operations import Assign, Rename
from layers.plans.procedure import move_plan, remarks
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=300)
G1, G2, G3 = (f"{WEST}00{number}" for number in (1, 2, 3))
BY: dict[str, Any] = {"actor": "zhang", "now": NOW}


def adopted(store: Store, *columns: tuple[int, int], **rules: Any) -> int:
    settle(store)
    frame = drawn_grids(*columns)
    done = adopt_grids(store, OPERATOR, frame, rules=replace(RULES, **rules), source="t", **BY)
    return done.plan_ids[0]


def stands(store: Store, plan: int) -> dict[str, str | None]:
    with store.reading(OPERATOR) as unit:
        return {code[-1]: verdict for code, verdict in standing(unit, plan).items()}


def test_two_grids_are_approved_and_one_refused(store: Store) -> None:
    plan = adopted(store, (0, 1), (1, 1), (2, 2))
    move_plan(store, OPERATOR, plan, "submit", **BY)
    done = move_plan(store, OPERATOR, plan, "approve", grids=[G1, "第二网格"], **BY)
    assert (done.state, done.undecided) == ("submitted", 1)
    with pytest.raises(InputError, match="what is to be changed"):
        move_plan(store, OPERATOR, plan, "return", grids=[G3], **BY)
    back = move_plan(store, OPERATOR, plan, "return", grids=[G3], remark="太大", **BY)
    assert (back.state, back.undecided) == ("returned", 0)
    edit(store, OPERATOR, plan, Assign(to=G2, buildings=("b20",)), **BY)
    move_plan(store, OPERATOR, plan, "submit", **BY)
    assert stands(store, plan) == {"1": "approve", "2": None, "3": None}  # the second was changed too
    last = move_plan(store, OPERATOR, plan, "approve", grids=[G2, G3], **BY)
    assert last.state == "approved"
    with store.reading(OPERATOR) as unit:
        way = remarks(unit, plan)
    assert way["action"].tolist() == ["submit", "approve", "return", "submit", "approve"]
    assert [len(detail.get("grids", ())) for detail in way["detail"]] == [0, 2, 1, 0, 2]
    assert way["remark"].tolist()[2] == "太大"
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, approved_only=True, **BY)


def test_what_cannot_be_decided_is_told(store: Store) -> None:
    plan = adopted(store, (0, 2), (2, 2))
    with pytest.raises(InputError, match="whole"):
        move_plan(store, OPERATOR, plan, "submit", grids=[G1], **BY)
    with pytest.raises(ConflictError, match="is draft"):
        move_plan(store, OPERATOR, plan, "approve", grids=[G1], **BY)
    with pytest.raises(ConflictError, match="once it is approved"):
        publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, approved_only=True, **BY)
    move_plan(store, OPERATOR, plan, "submit", **BY)
    with pytest.raises(NotFoundError, match="no grid x"):
        move_plan(store, OPERATOR, plan, "approve", grids=["x"], **BY)


def test_an_exception_lets_a_finding_stand_while_it_gets_no_worse(store: Store) -> None:
    plan = adopted(store, (0, 2), (2, 2), checks={"many-households": "error"})
    with pytest.raises(ConflictError, match="2 errors"):
        move_plan(store, OPERATOR, plan, "submit", **BY)
    for grid in (G1, G2):
        keep_exception(
            store, OPERATOR, plan, "many-households", grid, reason="近期拆迁", approver="张主任", **BY
        )
    found = check_plans(store, OPERATOR, today=DAY, plan_ids=[plan])
    large = found[found["rule"] == "many-households"]
    assert large["severity"].tolist() == ["notice", "notice"]
    assert "近期拆迁（张主任批准）" in large["reason"].iloc[0].zh
    edit(store, OPERATOR, plan, Assign(to=G1, buildings=("b20",)), **BY)
    with pytest.raises(ConflictError, match="1 errors"):  # 500 in the first, more than was allowed
        move_plan(store, OPERATOR, plan, "submit", **BY)
    copied = copy_plan(store, OPERATOR, plan, **BY)
    edit(store, OPERATOR, copied, Assign(to=G2, buildings=("b20",)), **BY)
    move_plan(store, OPERATOR, copied, "submit", **BY)  # a copy takes its exceptions along
    drop_exception(store, OPERATOR, plan, "many-households", G2, **BY)
    with pytest.raises(NotFoundError, match="no exception"):
        drop_exception(store, OPERATOR, plan, "many-households", G2, **BY)
    with pytest.raises(ConflictError, match="kept with drafts"):
        drop_exception(store, OPERATOR, copied, "many-households", G2, **BY)


def test_what_no_plan_does_without_is_not_excepted(store: Store) -> None:
    plan = adopted(store, (0, 2), (2, 2))
    ask: dict[str, Any] = {"reason": "x", "approver": "y"} | BY
    with pytest.raises(ConflictError, match="no plan does without"):
        keep_exception(store, OPERATOR, plan, "gap", None, **ask)
    with pytest.raises(NotFoundError, match="find no holes"):
        keep_exception(store, OPERATOR, plan, "holes", G1, **ask)
    for part in ({"reason": " "}, {"approver": "长" * 61}):
        with pytest.raises(InputError, match="in at most"):
            keep_exception(store, OPERATOR, plan, "many-households", G1, **ask | part)
    edit(store, OPERATOR, plan, Rename(G1, "东片"), **BY)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        keep_exception(store, OPERATOR, plan, "many-households", G1, revision=1, **ask)


def test_a_place_weighs_checks_in_its_rules() -> None:
    own = read_book({"profiles": {"ours": {"checks": {"many-households": "error", "holes": "notice"}}}})
    assert own.profiles["ours"].checks == {"many-households": "error", "holes": "notice"}
    for checks in ({"gap": "notice"}, {"holes": "off"}):
        with pytest.raises(RulesError, match="is unknown"):
            read_book({"profiles": {"ours": {"checks": checks}}})
    with pytest.raises(RulesError, match="must be a table"):
        read_book({"profiles": {"ours": {"checks": ["holes"]}}})
