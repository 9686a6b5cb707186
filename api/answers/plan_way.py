"""The way of a plan as doors show it: who did what with which remark, and what was decided about its grids."""

from __future__ import annotations

from typing import Any

from layers.plans.deciding import read_decisions
from layers.plans.edit_states import DraftState
from layers.plans.procedure import remarks
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading

Record = dict[str, Any]


def tell_way(store: Store, viewer: Viewer, plan_id: int) -> Record:
    """Who submitted, took back, approved, sent back, published or withdrew a plan, and which exceptions were allowed; the
    oldest first. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        rows = remarks(unit, plan_id)
    way = [
        {
            "at": row.at.isoformat(),
            "actor": row.actor,
            "deed": row.action,
            "remark": row.remark,
            "grids": list(row.detail.get("grids") or ()) if row.action in ("approve", "return") else [],
            "valid_from": row.detail.get("valid_from"),
            "rule": row.detail.get("rule"),
            "grid": row.detail.get("grid"),
            "approver": row.detail.get("approver"),
            "days": [row.detail["first_day"], row.detail["last_day"]] if row.action == "consult" else None,
        }
        for row in rows.itertuples(index=False)
    ]
    return {"plan": plan_id, "way": way}


def decisions(unit: Reading, state: DraftState) -> dict[str, Record]:
    """What was decided about grids as they are, by code."""
    return {
        code: {"verdict": one.verdict, "remark": one.remark, "actor": one.actor}
        for code, one in read_decisions(unit, state).items()
        if one.stands or one.verdict == "return"
    }
