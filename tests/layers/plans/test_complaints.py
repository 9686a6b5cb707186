"""What users of other tools complained of (docs/compared.md), and that it does not happen here; on both stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError, WanggeError
from geo.plans.checks import check_plan
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.cells import read_cells
from layers.plans.editing import Edited, edit, undo
from layers.plans.operations import Assign, Create, Lock, Operation, Rename
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from tests.layers import town

RULES = replace(profile("national"), min_households=100, max_households=900)
ONE, TWO = f"{town.WEST}001", f"{town.WEST}002"


@pytest.fixture
def plan(store: Store) -> int:
    """Two grids of two columns each."""
    town.settle(store)
    frame = town.drawn_grids((0, 2), (2, 2))
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=town.NOW).plan_ids[0]


def do(store: Store, plan: int, operation: Operation, **options: Any) -> Edited:
    return edit(store, OPERATOR, plan, operation, actor="wang", now=town.NOW, **options)


def figures(store: Store, plan: int) -> tuple[Any, ...]:
    with store.reading(OPERATOR) as unit:
        rows = unit.table(
            sa.select(t.grids.c.code, t.grids.c.households, t.grids.c.people, t.grids.c.locked)
            .where(t.grids.c.plan_id == plan)
            .order_by(t.grids.c.code)
        )
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
    told = [(*rest, bool(locked)) for *rest, locked in rows.astype(object).fillna(0).to_numpy().tolist()]
    return told, row.score


def test_nobody_saves_anyway_over_the_work_of_another(store: Store, plan: int) -> None:
    """umap#182: "save anyways" took a day's work. Here there is no such way: the second is refused, both are kept."""
    do(store, plan, Assign(buildings=("b20",), to=ONE), revision=1)
    mine = figures(store, plan)
    for late in (Rename(TWO, "后到"), Assign(buildings=("b00",), to=TWO)):
        with pytest.raises(ConflictError, match="changed meanwhile"):
            do(store, plan, late, revision=1)
    assert figures(store, plan) == mine


def test_the_smallest_unit_of_every_grid_is_edited_without_end(store: Store, plan: int) -> None:
    """districtbuilder#618, #1290: after many edits by block, or on some maps, "something went wrong"."""
    refs = [f"b{column}{row}" for column in range(4) for row in range(2)][1:-1]  # one stays in each grid
    for turn in range(4):
        for ref in refs:
            done = do(store, plan, Assign(buildings=(ref,), to=TWO if turn % 2 else ONE))
    assert done.revision > 3 * len(refs)
    with store.reading(OPERATOR) as unit:
        assert read_grids(unit, plan_ids=[plan])["households"].sum() == 800


def test_ground_in_no_grid_is_told_and_counts_as_none(store: Store, plan: int) -> None:
    """districtbuilder#694: unassigned ground was shown and counted as a contiguous district."""
    with store.reading(OPERATOR) as unit:
        cells, labels = read_cells(unit, town.WEST), read_labels(unit, plan)
        grids = read_grids(unit, plan_ids=[plan])
    labels = labels.copy()
    labels[0] = -1
    found = check_plan(cells.cells, cells.edges, labels, grids, rules=RULES)
    gap = found[found["rule"] == "not-covered"].iloc[0]
    assert (gap["severity"], gap["value"]) == ("error", 1)
    assert pd.isna(gap["label"])
    assert set(found["code"].dropna()) <= {ONE, TWO}


def test_every_figure_follows_an_undo(store: Store, plan: int) -> None:
    """districtbuilder-classic#123: an undo did not bring the statistics back."""
    start = figures(store, plan)
    do(store, plan, Assign(buildings=("b20", "b21"), to=ONE))
    assert figures(store, plan)[0] != start[0]
    undo(store, OPERATOR, plan, actor="wang", now=town.NOW)
    again = figures(store, plan)
    assert again[0] == start[0]
    assert {
        key: (value, again[1].get(key)) for key, value in start[1].items() if again[1].get(key) != value
    } == {}


@pytest.mark.parametrize("change", [Assign(buildings=("b00",), to=TWO), Assign(buildings=("b20",), to=ONE)])
def test_a_lock_holds_is_seen_and_is_what_an_undo_undoes_first(
    store: Store, plan: int, change: Operation
) -> None:
    """districtbuilder-classic#307: the lock did not show, and undo went through it."""
    do(store, plan, Create(buildings=("b30",), name="新格"))
    do(store, plan, Lock((ONE,)))
    locked = figures(store, plan)
    assert [row[3] for row in locked[0]].count(True) == 1
    with pytest.raises(WanggeError, match="is locked; unlock it first") as told:
        do(store, plan, change)
    assert not isinstance(told.value, NotFoundError)
    assert isinstance(told.value, (ConflictError, InputError))
    assert figures(store, plan) == locked
    undo(store, OPERATOR, plan, actor="wang", now=town.NOW)
    assert True not in [row[3] for row in figures(store, plan)[0]]
    with store.reading(OPERATOR) as unit:
        assert len(read_grids(unit, plan_ids=[plan])) == 3  # the edit before the lock still stands
