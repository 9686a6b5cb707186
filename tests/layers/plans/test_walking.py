"""Stretches walked on site, on both stores (`tests.layers.town`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geo.errors import ConflictError, InputError, NotFoundError
from geo.plans.rules import profile
from layers.history import read_history
from layers.plans.adopting import adopt_grids
from layers.plans.checking import check_plans
from layers.plans.drafts import delete_plans
from layers.plans.editing import edit
from layers.plans.operations import Assign
from layers.plans.walking import Walk, keep_walk, read_stretches, read_walks, take_walk_back
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=600)
FIRST, SECOND = f"{WEST}001", f"{WEST}002"
PLANNER = Viewer(Role.PLANNER, (WEST,), Purpose.PLANNING)


@pytest.fixture
def plan(store: Store) -> tuple[Store, int]:
    settle(store)
    return store, adopt(store, (0, 2), (2, 2))


def adopt(store: Store, *columns: tuple[int, int], community: str = WEST) -> int:
    frame = drawn_grids(*columns, community=community)
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def keep(
    store: Store, plan_id: int, *numbers: int, grid: str = FIRST, viewer: Viewer = OPERATOR, **more: object
) -> int:
    walk = Walk(plan_id, grid, numbers, **({"by": "王某", "on": DAY} | more))  # type: ignore[arg-type]
    return keep_walk(store, viewer, walk, actor="me", now=NOW)


def rules_of(store: Store, plan_id: int) -> list[tuple[str, str]]:
    found = check_plans(store, OPERATOR, today=DAY, plan_ids=[plan_id])
    some = found[found["rule"] == "not-walked"]
    return list(zip(some["severity"], some["code"], strict=True))


def test_nothing_is_said_before_the_walk_has_begun(plan: tuple[Store, int]) -> None:
    assert rules_of(*plan) == []


def test_what_was_walked_is_kept_and_the_rest_told(plan: tuple[Store, int]) -> None:
    store, number = plan
    assert keep(store, number, 1, remark="界桩缺失") == 1
    with store.reading(PLANNER) as unit:
        found = read_stretches(unit, number).set_index(["code", "number"])
        assert "walked" in set(read_history(unit)["action"])
    one = found.loc[(FIRST, 1)]
    assert (one.walked, one.walked_by, one.walked_on, one.remark) == (True, "王某", DAY, "界桩缺失")
    assert set(rules_of(store, number)) == {("notice", FIRST), ("notice", SECOND)}


def test_the_common_line_is_walked_once(plan: tuple[Store, int]) -> None:
    store, number = plan
    keep(store, number)
    with store.reading(OPERATOR) as unit:
        found = read_stretches(unit, number)
    assert found["walked"][found["code"] == FIRST].all()
    second = found[found["code"] == SECOND]
    assert second["beside"][second["walked"]].tolist() == ["第一网格"]
    assert second["walked_by"].isna().all(), "nobody signed for it under that number"
    keep(store, number, grid=SECOND)
    assert rules_of(store, number) == []


def test_walked_again_the_last_counts(plan: tuple[Store, int]) -> None:
    store, number = plan
    keep(store, number, 1)
    keep(store, number, 1, by="李某", on=DAY - timedelta(days=1))
    with store.reading(OPERATOR) as unit:
        assert read_stretches(unit, number)["walked_by"].dropna().tolist() == ["李某"]


def test_what_an_edit_leaves_stays_walked_under_whatever_number(plan: tuple[Store, int]) -> None:
    store, number = plan
    keep(store, number, grid=SECOND)
    edit(store, OPERATOR, number, Assign(buildings=("b10",), to=SECOND), actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        found = read_stretches(unit, number)
    own = found[found["code"] == SECOND].set_index("beside")
    east = own.loc["东社区"]
    assert (east.walked, east.walked_by) == (True, "王某")
    assert not own.loc[["第一网格"], "walked"].all()
    assert own["walked_by"][~own["walked"]].isna().all()
    assert set(rules_of(store, number)) == {("notice", FIRST), ("notice", SECOND)}


def test_a_slip_is_taken_back(plan: tuple[Store, int]) -> None:
    store, number = plan
    keep(store, number, 1, 2)
    assert take_walk_back(store, OPERATOR, number, FIRST, [1], actor="me", now=NOW) == 1
    with store.reading(OPERATOR) as unit:
        assert read_walks(unit, number)["stretch"].tolist() == [2]
    with pytest.raises(NotFoundError, match="no walk"):
        take_walk_back(store, OPERATOR, number, FIRST, [1], actor="me", now=NOW)


def test_an_old_sheet_is_refused(plan: tuple[Store, int]) -> None:
    store, number = plan
    with store.reading(OPERATOR) as unit:
        word = read_stretches(unit, number).set_index("code")["sheet"][FIRST].iloc[0]
    assert keep(store, number, 1, sheet=word.lower()) == 1
    with pytest.raises(ConflictError, match="print it again"):
        keep(store, number, 1, sheet="2222")


def test_what_cannot_be_kept_is_told(plan: tuple[Store, int]) -> None:
    store, number = plan
    for wrong, error, match in (
        ({"by": " "}, InputError, "who walked"),
        ({"by": "长" * 61}, InputError, "60"),
        ({"by": "a\x00"}, InputError, "control"),
        ({"remark": "\u202e"}, InputError, "direction"),
        ({"on": DAY + timedelta(days=1)}, InputError, "still to come"),
        ({"grid": "x"}, NotFoundError, "no grid x"),
    ):
        with pytest.raises(error, match=match):
            keep(store, number, 1, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="stretches 1 to"):
        keep(store, number, 99)
    with store.reading(OPERATOR) as unit:
        assert read_walks(unit, number).empty


def test_nobody_writes_or_reads_walks_of_another_area(plan: tuple[Store, int]) -> None:
    store, _ = plan
    there = adopt(store, (4, 4), community=EAST)
    with pytest.raises(NotFoundError):
        keep(store, there, grid=f"{EAST}001", viewer=PLANNER)
    keep(store, there, grid=f"{EAST}001")
    with store.reading(PLANNER) as unit:
        assert read_walks(unit, there).empty


def test_walks_go_with_their_draft(plan: tuple[Store, int]) -> None:
    store, number = plan
    keep(store, number, 1)
    delete_plans(store, OPERATOR, [number], actor="me", now=NOW)
    with store.reading(OPERATOR) as unit:
        assert read_walks(unit, number).empty
