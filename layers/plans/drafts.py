"""Drafts kept apart from how they were drawn: a copy of any plan to go on from, and drafts thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from geo.errors import ConflictError
from layers.plans.plans import latest_published, next_version, read_plans
from layers.plans.states import DRAFT, SEALED
from layers.rights.viewer import Viewer
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.database import Store
from layers.store.procedure_tables import plan_exceptions
from layers.store.unit import Writing

_PARTS = (t.grids, t.assignments, p.level_units, p.level_cells, p.level_parts, plan_exceptions)
"""What hangs on a plan, in an order in which it can be added."""
_OWN = ("id", "version", "base_plan_id", "state", "author", "made_at", "publication_id", "valid_from", "valid_to",
        "withdrawal_id", "request", "revision", "step")  # fmt: skip


def copy_plan(store: Store, viewer: Viewer, plan_id: int, *, actor: str, now: datetime) -> int:
    """A new draft with the cells, grids, levels and exceptions of a plan, whatever its state; returns its id.

    Grids that are published keep their place in the register with it, so that they keep their codes. Raises
    `NotFoundError` for a plan the viewer does not see.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        return copy_within(unit, int(plan.id), str(plan.community_code))


def copy_within(unit: Writing, plan_id: int, community_code: str) -> int:
    """As `copy_plan`, inside a transaction."""
    version = next_version(unit, community_code)
    base = latest_published(unit, community_code)
    kept = [column for column in t.plans.c if column.name not in _OWN]
    fresh = {
        "version": version,
        "base_plan_id": None if base is None else int(base.id),
        "state": DRAFT,
        "author": unit.actor,
        "made_at": unit.now,
    }
    values = dict(unit.execute(sa.select(*kept).where(t.plans.c.id == plan_id)).mappings().one())
    made = int(unit.execute(t.plans.insert().values(**values, **fresh).returning(t.plans.c.id)).scalar_one())
    for table in _PARTS:
        columns = [column for column in table.c if column.name != "plan_id"]
        rows = sa.select(*columns).where(table.c.plan_id == plan_id)
        unit.insert_frame(
            table, unit.frame(rows) if "geometry" in table.c else unit.table(rows), plan_id=made
        )
    unit.record(
        action="copy",
        community_code=community_code,
        plan_id=made,
        detail={"of": plan_id},
    )
    return made


def delete_plans(
    store: Store, viewer: Viewer, plan_ids: Sequence[int], *, actor: str, now: datetime
) -> list[Any]:
    """Throw drafts away with their grids and levels; all or none. Returns their rows as they were.

    The history keeps that they were there. Raises `ConflictError` for a plan that is or was published and
    `NotFoundError` for one the viewer does not see.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        plans = list(read_plans(unit, plan_ids=plan_ids).itertuples())
        for plan in plans:
            if plan.state in SEALED:
                raise ConflictError(
                    f"plan {plan.id} is published and stays; a publication that has not begun can be taken back with "
                    f"wangge withdraw --plan {plan.id}",
                    f"方案 {plan.id} 已发布，不能删除；尚未生效的发布可用 wangge withdraw --plan {plan.id} 撤回",
                )
            unit.execute(t.plans.delete().where(t.plans.c.id == int(plan.id)))
            detail = {"version": int(plan.version), "origin": plan.origin, "author": plan.author}
            unit.record(
                action="delete plan",
                community_code=plan.community_code,
                plan_id=int(plan.id),
                detail=detail,
            )
    return plans
