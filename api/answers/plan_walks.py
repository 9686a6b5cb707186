"""The walk on site as doors show it: how far each grid has come, and its stretches as lines."""

from __future__ import annotations

import json

import pandas as pd

from api.answers.plan_answers import features
from layers.plans.walking import read_stretches
from layers.rights.viewer import Viewer
from layers.store.database import Store

_TOLD = ("code", "number", "along", "beside", "length_m", "walked", "walked_by", "walked_on", "remark")


def tell_walks(store: Store, viewer: Viewer, plan_id: int) -> str:
    """The stretches of a plan's grids and what was walked of them, as JSON. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        found = read_stretches(unit, plan_id)
    grids = [
        {
            "code": str(code),
            "name": str(some["name"].iloc[0]),
            "sheet": str(some["sheet"].iloc[0]),
            "stretches": len(some),
            "walked": int(some["walked"].sum()),
        }
        for code, some in found.groupby("code", sort=True)
    ]
    told = pd.DataFrame(found[list(_TOLD)]).assign(
        length_m=found["length_m"].round(1),
        walked_on=[None if day is None else day.isoformat() for day in found["walked_on"]],
    )
    said = json.dumps({"plan": plan_id, "grids": grids}, ensure_ascii=False)
    return f'{said[:-1]}, "stretches": {features(told, found.geometry)}}}'
