"""Drafts as they are read for an edit: what each grid is, the ground under it, and the timeline of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError, StaleError
from geo.plans.changes import Change
from geo.plans.edits import Draft, Numbering, Own
from geo.plans.reasons import reasons_from
from geo.plans.rules import Rules
from layers.ground.buildings import read_buildings
from layers.plans.cells import StoredCells, read_cells
from layers.plans.operations import Ground
from layers.plans.plans import codes_ever_used, read_labels, read_plans
from layers.plans.states import DRAFT, RETURNED, STATES
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.unit import Reading

_OF_BUILDINGS = [
    "ref",
    "complex_ref",
    "use",
    "levels",
    "height_m",
    "households",
    "households_estimated",
    "geometry",
]
OPEN = (DRAFT, RETURNED)
"""States in which a plan may be edited."""


@dataclass(frozen=True, slots=True, eq=False)
class DraftState:
    """A plan as it is read for an edit."""

    plan: Any
    stored: StoredCells
    draft: Draft
    rules: Rules
    taken: frozenset[str]
    kept: dict[int, tuple[Any, ...]]
    """What the store holds of each grid beside `Own`, by label."""
    steps: dict[int, int]
    """The edit that each edit of the plan followed."""


def draft_state(unit: Reading, plan_id: int, revision: int | None, *, to_edit: bool = True) -> DraftState:
    """A plan as an edit needs it. With `to_edit`, raises `ConflictError` for one that is not open; in any case where it is
    not at `revision` any more. Raises `NotFoundError` for a plan the viewer does not see."""
    (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
    if to_edit and plan.state not in OPEN:
        raise ConflictError(
            f"plan {plan.id} is {STATES[plan.state].en} and cannot be edited; edit a copy of it (wangge plan copy {plan.id})",
            f"方案 {plan.id} 的状态为“{STATES[plan.state].zh}”，不能编辑；请编辑其副本（wangge plan copy {plan.id}）",
        )
    if revision is not None and revision != int(plan.revision):
        raise changed_meanwhile(plan)
    stored = read_cells(unit, plan.community_code, cell_set_id=int(plan.cell_set_id))
    rules = Rules.from_dict(plan.rules)
    columns = [column for column in t.grids.c if column.name not in ("plan_id", "geometry")]
    rows = unit.execute(sa.select(*columns).where(t.grids.c.plan_id == plan_id)).all()
    grids = {
        int(row.label): Own(
            row.code,
            row.name,
            row.kind,
            int(row.colour),
            row.code in rules.locked if row.locked is None else bool(row.locked),
            bool(row.chosen),
            reasons_from(row.reasons),
        )
        for row in rows
    }
    draft = Draft(read_labels(unit, plan_id), MappingProxyType(grids))
    steps = steps_of(unit, plan_id)
    way = path_to(steps, int(plan.step))
    said_of = sa.select(p.edits.c.codes).where(p.edits.c.plan_id == plan_id, p.edits.c.number.in_(way))
    given_or_ended = {code for codes in unit.scalars(said_of) for code in codes}
    taken = codes_ever_used(unit, plan.community_code) | given_or_ended
    register = {int(row.label): (row.register_id,) for row in rows}
    return DraftState(plan, stored, draft, rules, frozenset(taken), register, steps)


def ground_of(unit: Reading, state: DraftState) -> Ground:
    """What operations may look at; buildings are read in `unit` when asked for."""
    code = state.plan.community_code
    numbering = Numbering(code, state.rules.code_template, state.rules.grid_kind, state.taken)
    return Ground(
        state.stored.cells, state.stored.edges, state.rules, numbering, partial(_buildings, unit, code)
    )


def _buildings(unit: Reading, code: str) -> gpd.GeoDataFrame:
    return read_buildings(unit, codes=[code])[_OF_BUILDINGS]


def steps_of(unit: Reading, plan_id: int) -> dict[int, int]:
    """The edit each edit followed."""
    rows = unit.execute(sa.select(p.edits.c.number, p.edits.c.after).where(p.edits.c.plan_id == plan_id))
    return {int(number): int(after) for number, after in rows}


def path_to(steps: Mapping[int, int], step: int) -> list[int]:
    """The edits that lead to `step`, the last first."""
    way = []
    while step:
        way.append(step)
        step = steps[step]
    return way


def draft_at(unit: Reading, state: DraftState, step: int) -> tuple[Draft, int]:
    """The draft at a step, and the cells it stands on. Raises `NotFoundError`."""
    plan_id, steps = int(state.plan.id), state.steps
    if step and step not in steps:
        raise NotFoundError(
            f"plan {plan_id} has no edit {step}; wangge edit {plan_id} log lists them",
            f"方案 {plan_id} 没有第 {step} 步编辑；用 wangge edit {plan_id} log 查看",
        )
    here, there = path_to(steps, int(state.plan.step)), path_to(steps, step)
    back = [number for number in here if number not in there]
    forth = [number for number in reversed(there) if number not in here]
    of = p.edits.c
    rows = unit.execute(
        sa.select(of.number, of.change, of.from_set_id, of.to_set_id).where(
            of.plan_id == plan_id, of.number.in_([*back, *forth])
        )
    )
    edits = {int(row.number): row for row in rows}
    draft, cells = state.draft, int(state.plan.cell_set_id)
    for number in back:
        draft = Change.from_dict(edits[number].change).inverse.apply(draft)
        cells = int(edits[number].from_set_id or cells)
    for number in forth:
        draft = Change.from_dict(edits[number].change).apply(draft)
        cells = int(edits[number].to_set_id or cells)
    return draft, cells


def changed_meanwhile(plan: Any) -> StaleError:
    """The error of an edit that came too late."""
    return StaleError(
        f"plan {plan.id} was changed meanwhile (it is at revision {plan.revision}); load it again",
        f"方案 {plan.id} 已被他人修改（现为修订 {plan.revision}）；请重新载入",
    )


def timeline(unit: Reading, plan_id: int) -> pd.DataFrame:
    """The edits of a plan in the order they were made: number, after, operation, said, actor, at, current.

    `current` marks those that led to where the plan stands. Raises `NotFoundError` for a plan the viewer does not see.
    """
    (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
    columns = [p.edits.c[name] for name in ("number", "after", "operation", "said", "actor", "at")]
    rows = unit.table(sa.select(*columns).where(p.edits.c.plan_id == plan_id).order_by(p.edits.c.number))
    here = set(path_to(dict(zip(rows["number"], rows["after"], strict=True)), int(plan.step)))
    return rows.assign(current=[number in here for number in rows["number"]])


def distribution(unit: Reading, plan_id: int) -> pd.DataFrame:
    """Which building is in which grid: building_ref, grid_code, grid_name, cell, households; by grid, then building.

    Raises `NotFoundError` for a plan the viewer does not see.
    """
    (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
    rows = (
        sa.select(
            t.cells.c.building_ref,
            t.grids.c.code.label("grid_code"),
            t.grids.c.name.label("grid_name"),
            t.cells.c.cell,
            t.cells.c.households,
        )
        .join(t.assignments, t.assignments.c.cell == t.cells.c.cell)
        .join(
            t.grids,
            sa.and_(t.grids.c.plan_id == t.assignments.c.plan_id, t.grids.c.label == t.assignments.c.label),
        )
        .where(
            t.assignments.c.plan_id == plan_id,
            t.cells.c.cell_set_id == int(plan.cell_set_id),
            t.cells.c.building_ref.is_not(None),
        )
        .order_by(t.grids.c.code, t.cells.c.building_ref)
    )
    return unit.table(rows)
