"""A plan beside the one it replaces, and its counts as a viewer may see them, on both stores (`tests.layers.town`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geo.errors import NotFoundError
from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.publishing import publish
from layers.plans.redrawn import Redrawn, read_redrawn
from layers.plans.redrawn_counts import redrawn_counts
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, buildings, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=600)
HOUSES = ["1号楼", "2号楼", "3号楼", "4号楼"]
"""Of the first two columns: their grid is halved, and neither half keeps its code."""
PLANNER = Viewer(Role.PLANNER, (WEST,), Purpose.DISPLAY)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def adopt(store: Store, *columns: tuple[int, int], community: str = WEST) -> int:
    frame = drawn_grids(*columns, community=community)
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def put_in_force(store: Store, *columns: tuple[int, int], after: int = 0) -> int:
    plan = adopt(store, *columns)
    day = DAY + timedelta(days=after)
    publish(store, OPERATOR, plan_ids=[plan], valid_from=day, confirmed=True, actor="t", now=NOW)
    return plan


def read(store: Store, plan: int, viewer: Viewer = OPERATOR) -> Redrawn:
    with store.reading(viewer) as unit:
        return read_redrawn(unit, plan)


def test_the_first_plan_changes_nothing(town: Store) -> None:
    found = read(town, adopt(town, (0, 2), (2, 2)))
    assert (found.first, len(found.changed), len(found.moved)) == (True, 0, 0)
    assert redrawn_counts(found, OPERATOR).moved == 0


def test_a_draft_is_held_against_what_is_in_force(town: Store) -> None:
    put_in_force(town, (0, 2), (2, 2))
    found = read(town, adopt(town, (0, 1), (1, 3)))
    assert sorted(found.moved["name"]) == HOUSES
    assert len(found.changed) == 4
    counts = redrawn_counts(found, OPERATOR)
    assert (counts.moved, counts.all, counts.least) == (400, 800, 1)
    first, second, third = (f"{WEST}00{number}" for number in (1, 2, 3))
    assert (counts.pair(first, second), counts.old(first), counts.grid(second)) == (200, 400, 600)
    assert counts.people == {third: 600, second: 1800}


def test_a_published_plan_is_held_against_the_day_before(town: Store) -> None:
    put_in_force(town, (0, 2), (2, 2))
    second = put_in_force(town, (0, 1), (1, 3), after=1)
    put_in_force(town, (0, 2), (2, 2), after=2)
    assert sorted(read(town, second).moved["name"]) == HOUSES


def test_other_cells_are_held_against_it_by_where_they_lie(town: Store) -> None:
    put_in_force(town, (0, 2), (2, 2))
    list(build_cells(town, OPERATOR, codes=[WEST], actor="t", now=NOW))
    assert sorted(read(town, adopt(town, (0, 1), (1, 3))).moved["name"]) == HOUSES


def test_plans_out_of_the_area_are_not_there(town: Store) -> None:
    plan = adopt(town, (4, 4), community=EAST)
    with pytest.raises(NotFoundError):
        read(town, plan, PLANNER)


def test_small_counts_are_withheld_with_what_gives_them_away(store: Store) -> None:
    settle(store)
    houses = buildings()
    few = houses.assign(households=houses["name"].map({"3号楼": 3, "4号楼": 0}).fillna(100).astype(int))
    few["people"] = few["households"]
    import_frame(store, OPERATOR, "buildings", few, source="t", actor="t", now=NOW)
    list(build_cells(store, OPERATOR, codes=[WEST], actor="t", now=NOW))
    one = replace(RULES, min_households=1)
    frame = drawn_grids((0, 1), (1, 1), (2, 2))
    plan = adopt_grids(store, OPERATOR, frame, rules=one, source="t", actor="t", now=NOW).plan_ids[0]
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, confirmed=True, actor="t", now=NOW)
    again = drawn_grids((0, 2), (2, 2))
    draft = adopt_grids(store, OPERATOR, again, rules=one, source="t", actor="t", now=NOW).plan_ids[0]
    found = read(store, draft, PLANNER)
    open_, shut = redrawn_counts(found, OPERATOR), redrawn_counts(found, PLANNER)
    small, large = f"{WEST}002", f"{WEST}001"
    assert (open_.moved, open_.pair(small, large), open_.grid(large)) == (3, 3, 203)
    assert (shut.moved, shut.pair(small, large), shut.least) == ("<5", "<5", 5)
    assert not (isinstance(shut.grid(large), int) and isinstance(shut.pair(large, large), int))
