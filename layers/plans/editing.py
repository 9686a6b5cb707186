"""Drafts being edited: every edit is kept with who, when, what and its way back, and answers with what changed.

Edits are a tree: undo goes to the edit before, another edit from there begins a branch, redo goes down the newest. The
plan's `revision` rises with each change of any kind and says whether two people speak of the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError, Words
from geo.plans.changes import NO_CELL, Change
from geo.plans.edits import Draft, coloured
from geo.plans.grids import derive_grids
from layers.plans.cells import read_cells
from layers.plans.drafts import copy_within
from layers.plans.edit_states import DraftState, changed_meanwhile, draft_at, draft_state, ground_of
from layers.plans.figures import figures_of
from layers.plans.lineage import keep_recut, levels_follow
from layers.plans.operations import Operation, outcome, said
from layers.plans.plans import read_plans
from layers.rights.viewer import Viewer
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading, Writing

Way = Callable[[Mapping[int, int], int], int]
"""From the edit that each edit followed, and the one the plan stands at, to the one to go to."""


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """What an edit, an undo or a redo did."""

    plan_id: int
    revision: int
    """The plan's, now."""
    step: int
    """The edit the plan stands at; 0 before any."""
    changed: gpd.GeoDataFrame
    """The grids that look different now, as `geo.plans.grids.derive_grids` gives them; empty when nothing changed."""
    gone: tuple[str, ...]
    """Codes of grids that are no more."""
    cells: tuple[tuple[int, int], ...] = ()
    """Cell and its label now, for each that moved."""
    can_redo: bool = False
    recut: bool = False
    """Whether the plan stands on other cells now."""
    notes: tuple[Words, ...] = ()
    """What the planner should know about it."""


def edit(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    operation: Operation,
    *,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> Edited:
    """Do one operation on a draft and keep it as one step.

    `revision` is that of the plan the caller saw; None takes the newest. An operation that changes nothing is no step.
    Raises `ConflictError` when the plan was changed since, is not open for edits, or at a lock; `NotFoundError` and
    `InputError` as the operations do. Nothing is kept then.
    """
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, revision)
        done = outcome(operation, state.draft, ground_of(unit, state))
    if done.recut is not None:
        state = replace(state, stored=replace(state.stored, cells=done.recut.cells, edges=done.recut.edges))
    grids, after = _derived(state, done.draft)
    change = Change.between(state.draft, after)
    if not change:
        step, can_redo = int(state.plan.step), int(state.plan.step) in state.steps.values()
        return Edited(plan_id, int(state.plan.revision), step, grids.iloc[:0], (), can_redo=can_redo)
    old, new = (({own.code for own in draft.grids.values()}) for draft in (state.draft, after))
    with store.writing(viewer, actor=actor, now=now) as unit:
        _require_same(unit, state)
        newest = sa.select(sa.func.max(p.edits.c.number)).where(p.edits.c.plan_id == plan_id)
        number = int(unit.scalar(newest) or 0) + 1
        sets: dict[str, int] = {}
        if done.recut is not None:
            made = keep_recut(unit, state.stored.cell_set_id, done.recut)
            sets = {"from_set_id": state.stored.cell_set_id, "to_set_id": made}
            state = replace(state, stored=replace(state.stored, cell_set_id=made))
        unit.execute(
            p.edits.insert().values(
                plan_id=plan_id,
                number=number,
                after=int(state.plan.step),
                operation=operation.operation,
                said=said(operation),
                change=change.to_dict(),
                codes=sorted(old ^ new),
                actor=actor,
                at=now,
                **sets,
            )
        )
        return replace(_keep(unit, state, change, grids, after, step=number), notes=done.notes)


def undo(
    store: Store, viewer: Viewer, plan_id: int, *, revision: int | None = None, actor: str, now: datetime
) -> Edited:
    """Go back one step. Raises `ConflictError` at the beginning, and as `edit` does."""

    def before(steps: Mapping[int, int], step: int) -> int:
        if step == 0:
            raise ConflictError("there is no edit to undo", "没有可以撤销的编辑")
        return steps[step]

    return _go(store, viewer, plan_id, before, revision=revision, actor=actor, now=now)


def redo(
    store: Store, viewer: Viewer, plan_id: int, *, revision: int | None = None, actor: str, now: datetime
) -> Edited:
    """Go forward one step, the newest of those that were done from here. Raises as `undo` does."""

    def next_one(steps: Mapping[int, int], step: int) -> int:
        later = [number for number, after in steps.items() if after == step]
        if not later:
            raise ConflictError("there is no edit to redo", "没有可以重做的编辑")
        return max(later)

    return _go(store, viewer, plan_id, next_one, revision=revision, actor=actor, now=now)


def go_to(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    step: int,
    *,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> Edited:
    """Go to any step of the timeline; 0 is the plan before all edits. Raises `NotFoundError` and as `undo` does."""
    return _go(store, viewer, plan_id, lambda *_: step, revision=revision, actor=actor, now=now)


def copy_at(store: Store, viewer: Viewer, plan_id: int, step: int, *, actor: str, now: datetime) -> int:
    """A new draft as the plan was at a step of its timeline; returns its id. Raises `NotFoundError`."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        state = draft_state(unit, plan_id, None, to_edit=False)
        after, cells = draft_at(unit, state, step)
        state = _on_cells(unit, state, cells)
        made = copy_within(unit, plan_id, state.plan.community_code)
        (plan,) = read_plans(unit, plan_ids=[made]).itertuples()
        grids, after = _derived(state, after)
        _keep(unit, replace(state, plan=plan), Change.between(state.draft, after), grids, after, step=0)
    return made


# ---------------------------------------------------------------- keeping


def _derived(state: DraftState, after: Draft) -> tuple[gpd.GeoDataFrame, Draft]:
    """The grids of a draft, and the draft with the colours they got."""
    grids = derive_grids(state.stored.cells, after, community_code=state.plan.community_code)
    colours = dict(zip(grids["label"].astype(int), grids["colour"].astype(int), strict=True))
    return grids, coloured(after, colours)


def _go(
    store: Store, viewer: Viewer, plan_id: int, where: Way, *, revision: int | None, actor: str, now: datetime
) -> Edited:
    with store.writing(viewer, actor=actor, now=now) as unit:
        state = draft_state(unit, plan_id, revision)
        _require_same(unit, state)
        step = int(where(state.steps, int(state.plan.step)))
        after, cells = draft_at(unit, state, step)
        state = _on_cells(unit, state, cells)
        change = Change.between(state.draft, after)
        grids = derive_grids(state.stored.cells, after, community_code=state.plan.community_code)
        detail = {"from": int(state.plan.step), "to": step}
        code = state.plan.community_code
        unit.record(action="edit step", community_code=code, plan_id=plan_id, detail=detail)
        return _keep(unit, state, change, grids, after, step=step)


def _on_cells(unit: Reading, state: DraftState, cell_set_id: int) -> DraftState:
    """`state` with the cells it will stand on."""
    if cell_set_id == state.stored.cell_set_id:
        return state
    return replace(state, stored=read_cells(unit, state.plan.community_code, cell_set_id=cell_set_id))


def _require_same(unit: Writing, state: DraftState) -> None:
    """Hold the plan until the transaction ends. Raises `ConflictError` when it is not as it was read."""
    row = sa.select(t.plans.c.revision, t.plans.c.state).where(t.plans.c.id == int(state.plan.id))
    found = unit.execute(row.with_for_update()).one_or_none()
    if found is None or found.state != state.plan.state or int(found.revision) != int(state.plan.revision):
        raise changed_meanwhile(state.plan)


def _keep(
    unit: Writing, state: DraftState, change: Change, grids: gpd.GeoDataFrame, after: Draft, *, step: int
) -> Edited:
    """Write what differs: the cells that moved and the grids that are another, gone or new."""
    plan_id = int(state.plan.id)
    _assign(unit, plan_id, change)
    cells = int(state.stored.cell_set_id)
    recut = cells != int(state.plan.cell_set_id)
    if recut:
        levels_follow(unit, plan_id, int(state.plan.cell_set_id), cells)
    touched = {label for label, _, _ in change.grids}
    touched |= {label for _, before, now in change.cells for label in (before, now)} - {NO_CELL}
    touched |= _other_by_now(unit, plan_id, grids)
    before = {label: own.code for label, own in state.draft.grids.items()}
    changed = grids[grids["label"].isin(touched)]
    if touched:
        unit.execute(
            t.grids.delete().where(t.grids.c.plan_id == plan_id, t.grids.c.label.in_(sorted(touched)))
        )
        register = [state.kept.get(int(label), (None,))[0] for label in changed["label"]]
        same = [
            before.get(int(label)) == code
            for label, code in zip(changed["label"], changed["code"], strict=True)
        ]
        entries = [entry if kept else None for entry, kept in zip(register, same, strict=True)]
        rows = changed.drop(columns="community_code").assign(register_id=pd.array(entries, dtype="Int64"))
        unit.insert_frame(t.grids, rows, plan_id=plan_id)
    revision = int(state.plan.revision) + 1
    score = {**state.plan.score, **figures_of(unit, state.plan, state.stored, state.rules, after, grids)}
    unit.execute(
        t.plans.update()
        .where(t.plans.c.id == plan_id)
        .values(revision=revision, step=step, score=score, request=None, cell_set_id=cells)
    )
    gone = sorted(set(before.values()) - {own.code for own in after.grids.values()})
    moved = tuple((cell, now) for cell, _, now in change.cells if now != NO_CELL)
    can_redo = step in state.steps.values()
    changed = changed.reset_index(drop=True)
    return Edited(plan_id, revision, step, changed, tuple(gone), moved, can_redo, recut)


def _assign(unit: Writing, plan_id: int, change: Change) -> None:
    """Write the label of cells that moved, are new or are no more."""
    cells = t.assignments.c
    made = [(cell, label) for cell, before, label in change.cells if before == NO_CELL]
    gone = [cell for cell, _, label in change.cells if label == NO_CELL]
    moved = [(cell, label) for cell, before, label in change.cells if NO_CELL not in (before, label)]
    if gone:
        unit.execute(t.assignments.delete().where(cells.plan_id == plan_id, cells.cell >= min(gone)))
    if made:
        unit.insert_frame(t.assignments, pd.DataFrame(made, columns=["cell", "label"]), plan_id=plan_id)
    if moved:
        unit.execute(
            t.assignments.update()
            .where(cells.plan_id == plan_id, cells.cell == sa.bindparam("of_cell"))
            .values(label=sa.bindparam("to_label")),
            [{"of_cell": cell, "to_label": label} for cell, label in moved],
        )


def _other_by_now(unit: Reading, plan_id: int, grids: gpd.GeoDataFrame) -> set[int]:
    """Labels of grids that are kept otherwise although none of their cells moved: lines are drawn straight between the
    corners where three grids meet, so a neighbour's change may move them; and cells may have been cut."""
    columns = ("label", "cells", "households", "households_estimated", "geometry")
    kept = unit.frame(sa.select(*(t.grids.c[name] for name in columns)).where(t.grids.c.plan_id == plan_id))
    there = {int(row.label): row for row in kept.itertuples()}
    return {
        int(row.label)
        for row in grids.itertuples()
        if (old := there.get(int(row.label))) is not None
        and (
            (old.cells, old.households, old.households_estimated)
            != (row.cells, row.households, row.households_estimated)
            or not old.geometry.normalize().equals_exact(row.geometry.normalize(), 0)
        )
    }
