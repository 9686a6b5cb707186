"""Many nets into one (多网合一): what a plan makes of the existing nets it was drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.plans.crosswalk import net_crosswalk, net_figures, overlay
from layers.plans.cells import read_cells
from layers.plans.nets import read_areas, read_nets
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading

SUMMARY = (
    "community_code",
    "plan_id",
    "net",
    "weight",
    "areas",
    "whole",
    "households",
    "moved",
    "share_moved",
)
CROSSWALK = (
    "community_code",
    "plan_id",
    "area",
    "area_name",
    "grid_code",
    "grid_name",
    "households",
    "area_m2",
    "share_of_area",
    "share_of_grid",
)


@dataclass(frozen=True, slots=True)
class Merger:
    """Plans against the nets they were drawn from."""

    summary: pd.DataFrame
    """Columns `SUMMARY`: one row per community and net."""
    overlay: pd.DataFrame
    """community_code, plan_id, one column per net, grid_code, cells, households: every combination that occurs."""
    crosswalks: dict[str, pd.DataFrame]
    """By net, columns `CROSSWALK`: each old area and the grids it goes to."""


def merged_nets(
    store: Store, viewer: Viewer, plan_ids: Sequence[int], weights: Mapping[str, float]
) -> Merger:
    """What plans make of nets, `weights` by the name of each net."""
    with store.reading(viewer) as unit:
        plans = list(read_plans(unit, plan_ids=plan_ids).itertuples())
    each = []
    for plan in plans:
        with store.reading(viewer) as unit:
            each.append(_merged(unit, plan, weights))
    return Merger(
        pd.concat([one.summary for one in each], ignore_index=True),
        pd.concat([one.overlay for one in each], ignore_index=True),
        {
            name: pd.concat([one.crosswalks[name] for one in each], ignore_index=True)
            for name in sorted(weights)
        },
    )


def _merged(unit: Reading, plan: Any, weights: Mapping[str, float]) -> Merger:
    """One plan against the nets."""
    fixed = {"community_code": plan.community_code, "plan_id": int(plan.id)}
    stored = read_cells(unit, plan.community_code, cell_set_id=int(plan.cell_set_id))
    labels = read_labels(unit, plan.id)
    grids = read_grids(unit, plan_ids=[plan.id])
    households, ground = stored.cells["households"].to_numpy(), stored.cells["area_m2"].to_numpy()
    codes = dict(zip(grids["label"].astype(int), grids["code"], strict=True))
    names = dict(zip(grids["code"], grids["name"], strict=True))
    columns: dict[str, NDArray[np.object_]] = {}
    rows, walks = [], {}
    for net in read_nets(unit, stored, weights):
        areas = read_areas(unit, stored, net.name)
        refs = areas["ref"].tolist()
        columns[net.name] = np.array([*refs, None], dtype=object)[net.labels]
        figures = net_figures(net.labels, labels, households)
        share = figures.moved / figures.households if figures.households else 0.0
        rows.append(fixed | {"net": net.name, "weight": net.weight, **asdict(figures), "share_moved": share})
        table = net_crosswalk(net.labels, refs, labels, codes, households=households, area_m2=ground)
        titles = dict(zip(areas["ref"], areas["name"], strict=True))
        table = table.assign(
            **fixed, area_name=table["area"].map(titles), grid_name=table["grid_code"].map(names)
        )
        walks[net.name] = table[list(CROSSWALK)]
    columns["grid_code"] = np.array([codes[int(label)] for label in labels], dtype=object)
    combined = overlay(columns, households=households)
    for place, (name, value) in enumerate(fixed.items()):
        combined.insert(place, name, value)
    return Merger(pd.DataFrame(rows, columns=list(SUMMARY)), combined, walks)
