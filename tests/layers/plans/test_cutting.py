"""A grid of a draft cut along a line: the new cells and their lineage, undo to the byte, and what leans on cells."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import ConflictError, InputError
from geo.plans.levels import Level
from geo.plans.rules import profile
from layers.batches.ending import end_rows
from layers.plans import editing, operations
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells, newest_cells, read_cells
from layers.plans.checking import check_plans
from layers.plans.comparing import changes
from layers.plans.cutting import Cut
from layers.plans.drafts import copy_plan, delete_plans
from layers.plans.drawing import draw_plans
from layers.plans.edit_states import timeline
from layers.plans.editing import Edited, edit, go_to, redo, undo
from layers.plans.levels import draw_level
from layers.plans.lineage import ancestors
from layers.plans.operations import Assign, Create, Dissolve, Lock, Merge, Operation, Rename
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.previewing import preview
from layers.plans.publishing import publish
from layers.plans.redrawn import read_redrawn
from layers.rights.viewer import OPERATOR
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, LAT, LON, NOW, STEP_DEG, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=100, max_households=800)


def code(number: int) -> str:
    return f"{WEST}{number:03d}"


def cut(grid: str, *points: tuple[float, float]) -> Cut:
    """Along points in columns and rows of the town."""
    return Cut(grid, tuple((round(LON + x * STEP_DEG, 9), round(LAT + y * STEP_DEG, 9)) for x, y in points))


@pytest.fixture
def plan(store: Store) -> int:
    """Two grids of two columns each."""
    settle(store)
    frame = drawn_grids((0, 2), (2, 2))
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def do(store: Store, plan: int, operation: Operation) -> Edited:
    return edit(store, OPERATOR, plan, operation, actor="wang", now=NOW)


def step(store: Store, plan: int, how: Callable[..., Edited], *args: Any) -> Edited:
    return how(store, OPERATOR, plan, *args, actor="li", now=NOW + timedelta(minutes=1))


def cell_set(store: Store, plan: int) -> int:
    with store.reading(OPERATOR) as unit:
        return int(unit.scalar(sa.select(t.plans.c.cell_set_id).where(t.plans.c.id == plan)))


def seen(store: Store, plan: int) -> tuple[Any, ...]:
    """Everything a reader sees of a plan, to the byte: its cells, their grid and level, its grids."""
    with store.reading(OPERATOR) as unit:
        stored = read_cells(unit, WEST, cell_set_id=cell_set(store, plan))
        rows = unit.frame(sa.select(t.grids).where(t.grids.c.plan_id == plan).order_by(t.grids.c.label))
        labels = read_labels(unit, plan).tolist()
        of = p.level_cells.c
        levels = unit.execute(sa.select(of.cell, of.label).where(of.plan_id == plan).order_by(of.cell)).all()
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
    assert len(labels) == len(stored.cells)
    said = [labels, [tuple(one) for one in levels], stored.edges.to_numpy().tolist()]
    said += [row.score[name] for name in ("grids", "over", "under")]
    for frame in (stored.cells, rows):
        plain = frame.drop(columns="geometry").astype(object)
        said += [
            plain.where(plain.notna(), None).to_numpy().tolist(),
            shapely.to_wkb(frame.geometry.to_numpy()).tolist(),
        ]
    return tuple(said)


def require_whole(store: Store, plan: int) -> None:
    """Cells and grids are a full coverage of the community, and every household and person is counted once."""
    with store.reading(OPERATOR) as unit:
        cells = read_cells(unit, WEST, cell_set_id=cell_set(store, plan)).cells
        grids = read_grids(unit, plan_ids=[plan])
    for frame in (cells, grids):
        assert shapely.coverage_is_valid(frame.geometry.to_numpy())
        assert shapely.area(frame.geometry.to_numpy()).sum() == pytest.approx(8 * STEP_DEG**2, rel=1e-6)
        assert (frame["households"].sum(), frame["people"].sum()) == (800, 2400)


def test_a_cut_makes_cells_that_know_where_they_came_from(store: Store, plan: int) -> None:
    first = cell_set(store, plan)
    done = do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    sizes = dict(zip(done.changed["code"], done.changed["cells"], strict=True))
    assert (sizes[code(1)], sizes[code(3)], done.recut, done.notes) == (4, 2, True, ())
    assert len(done.cells) == 4  # two that moved and the two pieces
    made = cell_set(store, plan)
    with store.reading(OPERATOR) as unit:
        row = unit.execute(sa.select(t.cell_sets).where(t.cell_sets.c.id == made)).one()
        cells = read_cells(unit, WEST, cell_set_id=made).cells
        (plain,) = timeline(unit, plan).itertuples()
    assert (row.parent_set_id, row.actor, len(cells)) == (first, "wang", 10)
    assert cells["parent"].tolist()[:8] == list(range(8))
    assert plain.operation == "cut"
    assert operations.operation_from({"operation": "cut"} | plain.said) == cut(
        code(1), (0.8, -0.2), (0.8, 2.2)
    )
    require_whole(store, plan)
    assert not (check_plans(store, OPERATOR, today=DAY, plan_ids=[plan])["severity"] == "error").any()


def test_buildings_on_the_line_are_told_and_stay_whole(store: Store, plan: int) -> None:
    done = do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 0.9), (0.6, 1.2), (0.6, 2.2)))
    assert done.notes[0].en == "buildings stand on the line, their cells went whole to one side: b01"
    require_whole(store, plan)


def test_undo_and_redo_move_between_the_cells(store: Store, plan: int) -> None:
    states = {0: (cell_set(store, plan), seen(store, plan))}
    for operation in (
        cut(code(1), (0.8, -0.2), (0.8, 2.2)),
        Merge((code(1), code(2))),
        cut(code(1), (-0.2, 1.1), (4.2, 1.1)),
        cut(code(3), (-0.2, 0.9), (1.5, 0.9)),
    ):
        number = do(store, plan, operation).step
        states[number] = (cell_set(store, plan), seen(store, plan))
    assert len({number for number, _ in states.values()}) == 4
    for number in (3, 2, 1, 0):
        back = step(store, plan, undo)
        assert (back.step, back.recut) == (number, states[number][0] != states[number + 1][0])
        assert (cell_set(store, plan), seen(store, plan)) == states[number]
    other = do(store, plan, cut(code(2), (-0.2, 0.75), (4.2, 0.75))).step
    states[other] = (cell_set(store, plan), seen(store, plan))
    for number in (4, other, 1, 3, 0):
        step(store, plan, go_to, number)
        assert (cell_set(store, plan), seen(store, plan)) == states[number]
    copy = editing.copy_at(store, OPERATOR, plan, 3, actor="li", now=NOW)
    assert cell_set(store, copy) == states[3][0]
    require_whole(store, copy)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_edits_with_cuts_keep_a_full_coverage_and_lead_back(store: Store, plan: int, seed: int) -> None:
    rng = random.Random(seed)
    refs = [f"b{column}{row}" for column in range(4) for row in range(2)]
    states, cuts = {0: seen(store, plan)}, 0
    for _ in range(16):
        with store.reading(OPERATOR) as unit:
            codes = read_grids(unit, plan_ids=[plan])["code"].tolist()
        x, y, to = rng.uniform(0, 4), rng.uniform(0, 2), rng.uniform(-0.5, 0.5)
        operation = rng.choice(
            [
                cut(rng.choice(codes), (x, -0.3), (x + to, 2.3)),
                cut(rng.choice(codes), (-0.3, y), (2, y + to), (4.3, y)),
                cut(rng.choice(codes), (x - 4, 0), (x, y), (x + 4, 0)),
                Assign(buildings=tuple(rng.sample(refs, 2)), to=rng.choice(codes)),
                Create(buildings=(rng.choice(refs),)),
                Merge(tuple(rng.sample(codes, 2))) if len(codes) > 1 else Rename(codes[0], "片区"),
                Dissolve(rng.choice(codes)) if len(codes) > 1 else Rename(codes[0], "片"),
            ]
        )
        try:
            done = do(store, plan, operation)
        except (InputError, ConflictError):
            continue
        cuts += done.recut
        require_whole(store, plan)
        states[done.step] = seen(store, plan)
    assert cuts
    last = max(states)
    for number in range(last - 1, -1, -1):
        assert step(store, plan, undo).step == number
        assert seen(store, plan) == states[number]
    for number in range(1, last + 1):
        assert step(store, plan, redo).step == number
    assert seen(store, plan) == states[last]


def test_cells_stay_while_a_plan_its_record_or_their_children_need_them(store: Store, plan: int) -> None:
    first = cell_set(store, plan)
    do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    made = cell_set(store, plan)
    there = seen(store, plan)
    step(store, plan, undo)
    assert [one.error for one in build_cells(store, OPERATOR, codes=[WEST], actor="t", now=NOW)] == [None]
    step(store, plan, redo)
    assert seen(store, plan) == there
    copy = editing.copy_at(store, OPERATOR, plan, 1, actor="t", now=NOW)
    delete_plans(store, OPERATOR, [plan], actor="t", now=NOW)
    list(build_cells(store, OPERATOR, codes=[WEST], actor="t", now=NOW))
    numbers = (
        sa.select(t.cell_sets.c.id).where(t.cell_sets.c.community_code == WEST).order_by(t.cell_sets.c.id)
    )
    with store.reading(OPERATOR) as unit:
        kept = unit.scalars(numbers).all()
    assert kept[:2] == [first, made]
    delete_plans(store, OPERATOR, [copy], actor="t", now=NOW)
    list(build_cells(store, OPERATOR, codes=[WEST], actor="t", now=NOW))
    with store.reading(OPERATOR) as unit:
        assert len(unit.scalars(numbers).all()) == 1


def test_new_plans_are_drawn_on_cells_of_a_cut_once_it_is_in_force(store: Store, plan: int) -> None:
    first = cell_set(store, plan)
    do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    made = cell_set(store, plan)
    with store.reading(OPERATOR) as unit:
        assert read_cells(unit, WEST).cell_set_id == first
        assert len(newest_cells(unit, codes=[WEST])) == 8
    do(store, plan, Lock((code(3),)))
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        assert read_cells(unit, WEST).cell_set_id == made
        assert len(newest_cells(unit, codes=[WEST])) == 10
    (drawn,) = draw_plans(store, OPERATOR, codes=[WEST], rules=RULES, actor="t", now=NOW)
    assert drawn.figures is not None
    with store.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[drawn.figures.plan_id, plan])
    locked = grids[grids["code"] == code(3)].geometry
    assert len(locked) == 2
    assert locked.iloc[0].equals(locked.iloc[1])
    list(build_cells(store, OPERATOR, codes=[WEST], actor="t", now=NOW))
    with store.reading(OPERATOR) as unit:
        assert len(read_cells(unit, WEST).cells) == 8  # made anew from the ground


def test_what_a_cut_changes_is_told_by_lineage(store: Store, plan: int) -> None:
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    draft = copy_plan(store, OPERATOR, plan, actor="t", now=NOW)
    do(store, draft, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    moved, table = changes(store, OPERATOR, plan, draft)
    assert moved == 200
    with store.reading(OPERATOR) as unit:
        redrawn = read_redrawn(unit, draft)
        (row,) = read_plans(unit, plan_ids=[draft]).itertuples()
        came_from = ancestors(unit, cell_set(store, draft), cell_set(store, plan))
    assert row.score["moved_households"] == 200
    assert sorted(redrawn.moved["ref"]) == ["b00", "b01"]
    assert came_from is not None
    assert came_from.tolist()[:8] == list(range(8))
    assert sorted(table["new_code"].dropna()) == [code(1), code(2), code(3)]


def test_a_cut_is_previewed_over_the_cells_it_would_make(store: Store, plan: int) -> None:
    before = seen(store, plan)
    found = preview(store, OPERATOR, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    assert (found.moved_households, found.gone, found.before[code(1)]) == (200, (), 400)
    assert dict(zip(found.changed["code"], found.changed["cells"], strict=True)) == {code(1): 4, code(3): 2}
    assert seen(store, plan) == before


def test_levels_follow_the_pieces(store: Store, plan: int) -> None:
    rules = replace(RULES, min_households=50, max_households=100)
    list(draw_level(store, OPERATOR, level=Level.MICRO, rules=rules, plan_ids=[plan], actor="t", now=NOW))
    before = seen(store, plan)
    do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    with store.reading(OPERATOR) as unit:
        of = p.level_cells.c
        found = unit.execute(sa.select(of.cell, of.label).where(of.plan_id == plan))
        rows = {row.cell: row.label for row in found}
        cells = read_cells(unit, WEST, cell_set_id=cell_set(store, plan)).cells
    assert [rows[cell] for cell in (8, 9)] == [rows[int(cell)] for cell in cells["parent"][8:]]
    assert "level-torn" in check_plans(store, OPERATOR, today=DAY, plan_ids=[plan])["rule"].tolist()
    step(store, plan, undo)
    assert seen(store, plan) == before


def test_a_community_that_goes_takes_all_its_cells(store: Store, plan: int) -> None:
    do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    delete_plans(store, OPERATOR, [plan], actor="t", now=NOW)
    end_rows(store, OPERATOR, "communities", [WEST], reason="并入东社区", actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        assert not np.isin(WEST, unit.scalars(sa.select(t.cell_sets.c.community_code)).all())


def test_a_locked_grid_is_not_cut_and_nothing_is_kept_of_a_line_that_parts_nothing(
    store: Store, plan: int
) -> None:
    do(store, plan, Lock((code(1),)))
    with pytest.raises(ConflictError, match="locked"):
        do(store, plan, cut(code(1), (0.8, -0.2), (0.8, 2.2)))
    before = seen(store, plan)
    with pytest.raises(InputError, match=f"does not part grid {code(2)} 第二网格"):
        do(store, plan, cut(code(2), (2.8, -0.2), (2.8, 1)))
    assert seen(store, plan) == before
