"""Plans as doors show them: what each is, its cells for whoever edits it, what an edit changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.answers.plan_way import decisions
from api.answers.reach_answers import PLACE_DECIMALS
from geo.plans.rules import Rules
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes
from layers.plans.edit_states import DraftState, draft_state, timeline
from layers.plans.editing import Edited
from layers.plans.growth import Growth, growth_of
from layers.plans.plans import read_grids, read_plans
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading

Record = dict[str, Any]


def list_plans(
    store: Store, viewer: Viewer, *, codes: Sequence[str] | None, states: Sequence[str] | None, limit: int
) -> list[Record]:
    """Plans of the viewer's area, the newest first. `codes` are prefixes of communities.

    Raises `NotFoundError` for a prefix that matches no community.
    """
    with store.reading(viewer) as unit:
        wanted = None if codes is None else community_codes(unit, prefixes=codes)
        plans, names = read_plans(unit, codes=wanted), _names(unit)
    if states is not None:
        plans = plans[plans["state"].isin(list(states))]
    shown = plans.sort_values("id", ascending=False).head(limit)
    return [_plan(row, names) for row in shown.itertuples()]


def tell_plan(store: Store, viewer: Viewer, plan_id: int, *, today: date) -> Record:
    """One plan with its rules, grids and growth from `today` on. Raises `NotFoundError` for one the viewer does not see."""
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, None, to_edit=False)
        grids, names = read_grids(unit, plan_ids=[plan_id]), _names(unit)
        decided = decisions(unit, state)
        growth = growth_of(unit, state.plan, state.stored, state.draft.labels, today=today)
    step = int(state.plan.step)
    return _plan(state.plan, names) | {
        "rules": _rules(state.rules),
        "grid_rows": [
            row | {"decision": decided.get(row["code"]), "ahead": growth.ahead(row["label"])}
            for row in _grid_rows(grids, state)
        ],
        "growth": _growth(growth),
        "undo": step > 0,
        "redo": step in state.steps.values(),
    }


def plan_cells(store: Store, viewer: Viewer, plan_id: int) -> tuple[int, str]:
    """The plan's revision, and its cells as GeoJSON: cell, label, households, building, complex, block, with the names of
    buildings and complexes. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, None, to_edit=False)
        code = [state.plan.community_code]
        buildings, complexes = read_buildings(unit, codes=code), read_complexes(unit, codes=code)
    cells = state.stored.cells
    called = {"building_ref": _called(buildings), "complex_ref": _called(complexes)}
    rows = pd.DataFrame(
        {
            "cell": cells["cell"],
            "label": state.draft.labels,
            "kind": cells["kind"],
            "households": cells["households"],
            "estimated": cells["households_estimated"],
            "building": cells["building_ref"].astype(object),
            "building_name": cells["building_ref"].map(called["building_ref"]).astype(object),
            "complex": cells["complex_ref"].astype(object),
            "complex_name": cells["complex_ref"].map(called["complex_ref"]).astype(object),
        }
    )
    return int(state.plan.revision), features(rows, cells.geometry)


def grids_geojson(store: Store, viewer: Viewer, plan_id: int) -> tuple[int, str]:
    """The plan's revision, and its grids as GeoJSON by label. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, None, to_edit=False)
        grids = read_grids(unit, plan_ids=[plan_id])
    return int(state.plan.revision), features(pd.DataFrame(_grid_rows(grids, state)), grids.geometry)


def tell_edited(done: Edited, lang: str) -> str:
    """What an edit changed, as JSON."""
    changed = done.changed
    rows = [grid_row(row, locked=bool(row.locked)) for row in changed.itertuples()]
    said = {
        "plan": done.plan_id,
        "revision": done.revision,
        "step": done.step,
        "undo": done.step > 0,
        "redo": done.can_redo,
        "changed": rows,
        "cells": [list(pair) for pair in done.cells],
        "recut": done.recut,
        "notes": [note.text(lang) for note in done.notes],
        "gone": list(done.gone),
    }
    shapes = features(pd.DataFrame({"label": changed["label"]}), changed.geometry)
    return f'{json.dumps(said, ensure_ascii=False)[:-1]}, "shapes": {shapes}}}'


def tell_timeline(store: Store, viewer: Viewer, plan_id: int) -> Record:
    """The edits of a plan. Raises `NotFoundError`."""
    with store.reading(viewer) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        rows = timeline(unit, plan_id)
    edits = [
        {
            "number": int(row.number),
            "after": int(row.after),
            "operation": row.operation,
            "said": row.said,
            "actor": row.actor,
            "at": row.at.isoformat(),
            "current": bool(row.current),
        }
        for row in rows.itertuples(index=False)
    ]
    return {"plan": plan_id, "step": int(plan.step), "edits": edits}


def _names(unit: Reading) -> dict[str, str]:
    known = read_communities(unit)
    return dict(zip(known["code"], known["name"], strict=True))


def _plan(row: Any, names: dict[str, str]) -> Record:
    score = row.score
    return {
        "id": int(row.id),
        "community_code": row.community_code,
        "community": names.get(row.community_code),
        "version": int(row.version),
        "revision": int(row.revision),
        "step": int(row.step),
        "state": row.state,
        "origin": row.origin,
        "author": row.author,
        "made_at": row.made_at.isoformat(),
        "valid_from": None if pd.isna(row.valid_from) else row.valid_from.isoformat(),
        "valid_to": None if pd.isna(row.valid_to) else row.valid_to.isoformat(),
        "grids": score.get("grids"),
        "over": score.get("over"),
        "under": score.get("under"),
    }


def _growth(growth: Growth) -> Record:
    columns = ["ref", "name", "planned_for", "households", "cell"]
    rows = growth.planned[columns].astype(object)
    rows = rows.where(rows.notna(), None)
    return {
        "days": [day.isoformat() for day in growth.days],
        "planned": [
            row | {"cell": None if row["cell"] < 0 else row["cell"]} for row in rows.to_dict("records")
        ],
    }


def _rules(rules: Rules) -> Record:
    return {
        "name": rules.name,
        "title": list(rules.title),
        "min_households": rules.min_households,
        "max_households": rules.max_households,
        "least": rules.least_households,
        "most": rules.most_households,
        "years_ahead": rules.years_ahead,
    }


def _grid_rows(grids: gpd.GeoDataFrame, state: DraftState) -> list[Record]:
    return [grid_row(row, locked=state.draft.grids[int(row.label)].locked) for row in grids.itertuples()]


def grid_row(row: Any, *, locked: bool) -> Record:
    """A grid as tables and maps tell of it."""
    return {
        "label": int(row.label),
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "locked": locked,
        "colour": int(row.colour),
        "households": int(row.households),
        "people": None if pd.isna(row.people) else int(row.people),
        "cells": int(row.cells),
    }


def _called(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    return {
        ref: None if pd.isna(name) else name for ref, name in zip(frame["ref"], frame["name"], strict=True)
    }


def features(rows: pd.DataFrame, shapes: gpd.GeoSeries) -> str:
    """GeoJSON of both, coordinates rounded to about a centimetre."""
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    rounded = shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.round(xy, PLACE_DECIMALS))
    features = (
        f'{{"type": "Feature", "properties": {json.dumps(row, ensure_ascii=False)}, "geometry": {shape}}}'
        for row, shape in zip(plain, shapely.to_geojson(rounded), strict=True)
    )
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'
