"""Two plans side by side as doors show them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd

from api.answers.plan_answers import features
from geo.plans.fates import FATES
from layers.plans.differing import read_difference
from layers.plans.serving import read_serving
from layers.rights.viewer import Viewer
from layers.store.database import Store

Record = dict[str, Any]


def tell_difference(store: Store, viewer: Viewer, plan_id: int, other: int | None, day: date | None) -> str:
    """What differs between a plan and another one, or the one in force on a day, as JSON. Raises as
    `layers.plans.differing.read_difference` does."""
    with store.reading(viewer) as unit:
        found = read_difference(unit, plan_id, other=other, day=day)
        serving = read_serving(unit, found)
    names = [
        dict(zip(grids["code"], grids["name"], strict=True))
        for grids in (found.grids_before, found.grids_after)
    ]
    known = names[0] | names[1]
    said: Record = {
        "before": _plan(found.before),
        "after": _plan(found.after),
        "households": found.households,
        "moved": {
            "households": int(found.moved_cells["households"].sum()),
            "buildings": len(found.moved_buildings),
            "area_m2": round(float(found.moved_cells["area_m2"].sum()), 1),
        },
        "counts": {fate: int((found.fates["fate"] == fate).sum()) for fate in FATES},
        "fates": [
            {"code": row.code, "name": known[row.code], "fate": row.fate, "others": row.others}
            for row in found.fates.itertuples(index=False)
        ],
        "codes": [
            {
                "old_code": None if pd.isna(row.old_code) else row.old_code,
                "old_name": None if pd.isna(row.old_code) else names[0].get(row.old_code),
                "new_code": None if pd.isna(row.new_code) else row.new_code,
                "new_name": None if pd.isna(row.new_code) else names[1].get(row.new_code),
                "households": int(row.households),
                "share_of_old": None if pd.isna(row.share_of_old) else round(float(row.share_of_old), 4),
                "share_of_new": None if pd.isna(row.share_of_new) else round(float(row.share_of_new), 4),
            }
            for row in found.codes.itertuples(index=False)
        ],
    }
    said["serving"] = {
        "rows": [
            {"kind": one.kind, "name": one.name, "code": one.code, "to": list(one.to), "ends": one.ends}
            for one in serving.rows
        ],
        "centres": serving.centres,
    }
    cells = features(found.moved_cells.drop(columns="geometry"), found.moved_cells.geometry)
    grids = features(
        found.grids_before[["code", "name", "colour", "households"]], found.grids_before.geometry
    )
    return f'{json.dumps(said, ensure_ascii=False)[:-1]}, "moved_cells": {cells}, "grids_before": {grids}}}'


def _plan(row: Any) -> Record:
    day = row.valid_from
    return {
        "id": int(row.id),
        "version": int(row.version),
        "state": row.state,
        "valid_from": None if pd.isna(day) else day.isoformat(),
    }
