"""What the checks find about a plan, as doors show it: where it is, whether it can be mended, whether it was excepted."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from api.answers.reach_answers import PLACE_DECIMALS
from geo.plans.mends import mends, stray_cells
from geo.plans.severities import FIRM
from layers.plans.checking import check_plans
from layers.plans.edit_states import OPEN, DraftState, draft_state
from layers.plans.exceptions import read_exceptions
from layers.rights.viewer import Viewer
from layers.store.database import Store

Record = dict[str, Any]


def tell_findings(store: Store, viewer: Viewer, plan_id: int, lang: str, *, today: date) -> Record:
    """What is wrong with a plan, worst first. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, None, to_edit=False)
        allowed = read_exceptions(unit, [plan_id])
    found = check_plans(store, viewer, today=today, plan_ids=[plan_id])
    places = _places(state)
    exceptions = {
        (row.rule, row.code): {"reason": row.reason, "approver": row.approver, "actor": row.actor}
        for row in allowed.itertuples(index=False)
    }
    findings = []
    for row in found.itertuples():
        code = None if pd.isna(row.code) else str(row.code)
        place, mend = places.get((row.rule, code), (None, False))
        findings.append(
            {
                "severity": row.severity,
                "rule": row.rule,
                "code": code,
                "value": None if pd.isna(row.value) else float(row.value),
                "limit": None if pd.isna(row.limit) else float(row.limit),
                "reason": row.reason.text(lang),
                "place": place,
                "mend": mend,
                "firm": row.rule in FIRM,
                "exception": exceptions.get((row.rule, code or "")),
            }
        )
    return {"plan": plan_id, "revision": int(state.plan.revision), "findings": findings}


def _places(state: DraftState) -> dict[tuple[str, str | None], tuple[list[float] | None, bool]]:
    """By rule and code: west, south, east and north of what a finding is about where that is less than the grid, and whether
    it can be mended. Only of drafts."""
    if state.plan.state not in OPEN:
        return {}
    ground = (state.stored.cells, state.stored.edges, state.rules)
    cells: dict[tuple[str, str | None], tuple[list[int], bool]] = {}
    for label, own in state.draft.grids.items():
        apart = stray_cells(state.draft, label, *ground).tolist()
        if apart:
            cells["not-connected", own.code] = (apart, False)
    for one in mends(state.draft, *ground):
        cells[one.rule, one.code] = (sorted({cell for some in one.moves.values() for cell in some}), True)
    shapes = np.asarray(state.stored.cells.geometry.array, dtype=object)
    return {
        key: (np.round(shapely.total_bounds(shapes[some]), PLACE_DECIMALS).tolist(), mend)
        for key, (some, mend) in cells.items()
    }
