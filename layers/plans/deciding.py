"""A submitted plan decided about grid by grid: each is approved or refused, and an approval stands while the grid stays as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
import sqlalchemy as sa

from layers.plans.edit_states import DraftState, draft_state
from layers.store.procedure_tables import grid_decisions
from layers.store.unit import Reading, Writing

Verdict = Literal["approve", "return"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The last word about a grid."""

    verdict: Verdict
    remark: str | None
    actor: str
    stands: bool
    """Whether the grid is still as it was decided about."""


def read_decisions(unit: Reading, state: DraftState) -> dict[str, Decision]:
    """What was decided about grids of a plan, by code."""
    rows = unit.execute(sa.select(grid_decisions).where(grid_decisions.c.plan_id == int(state.plan.id))).all()
    if not rows:
        return {}
    now = fingerprints(state)
    return {
        row.code: Decision(row.verdict, row.remark, row.actor, now.get(row.code) == row.ground)
        for row in rows
    }


def fingerprints(state: DraftState) -> dict[str, str]:
    """For each grid's code what tells it from a changed one: its cells as shapes, its name and kind. Cells count by their
    outline, so that a cut elsewhere changes nothing here."""
    shapes = shapely.to_wkb(shapely.normalize(np.asarray(state.stored.cells.geometry.array, dtype=object)))
    found = {}
    for label, own in state.draft.grids.items():
        said = hashlib.sha256(f"{own.name}\0{own.kind}\0".encode())
        for shape in sorted(shapes[state.draft.cells_of([label])]):
            said.update(hashlib.sha256(shape).digest())
        found[own.code] = said.hexdigest()
    return found


def decide(
    unit: Writing, plan_id: int, verdict: Verdict, grids: Sequence[str], *, remark: str | None
) -> list[str]:
    """Keep a verdict about grids, named by code or name; their codes. Raises `NotFoundError` for one the plan does not have."""
    state = draft_state(unit, plan_id, None, to_edit=False)
    own = state.draft.grids
    codes = sorted({own[state.draft.label_of(grid)].code for grid in grids})
    grounds = fingerprints(state)
    unit.execute(_of(plan_id).where(grid_decisions.c.code.in_(codes)))
    rows = [
        {"plan_id": plan_id, "code": code, "verdict": verdict, "ground": grounds[code], "remark": remark}
        | {"actor": unit.actor, "at": unit.now}
        for code in codes
    ]
    unit.execute(grid_decisions.insert(), rows)
    return codes


def standing(unit: Reading, plan_id: int) -> Mapping[str, Verdict | None]:
    """For each grid of a plan, by code, what was decided about it as it is; None for what is undecided."""
    state = draft_state(unit, plan_id, None, to_edit=False)
    known = read_decisions(unit, state)
    return {
        own.code: known[own.code].verdict if own.code in known and known[own.code].stands else None
        for own in state.draft.grids.values()
    }


def begin_again(unit: Writing, plan_id: int) -> None:
    """Forget refusals, and approvals of grids that were changed since: both are decided about again."""
    stays = [code for code, verdict in standing(unit, plan_id).items() if verdict == "approve"]
    unit.execute(_of(plan_id).where(grid_decisions.c.code.not_in(stays)))


def _of(plan_id: int) -> Any:
    return grid_decisions.delete().where(grid_decisions.c.plan_id == plan_id)
