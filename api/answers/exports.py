"""Layers as frames to be written to files, as a viewer may see them: names stand beside codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.errors import InputError, NotFoundError
from geo.plans.levels import Level
from layers.ground.buildings import read_buildings
from layers.ground.regions import (
    community_codes,
    read_communities,
    read_complexes,
    read_districts,
    read_streets,
)
from layers.ground.stations import read_stations
from layers.ground.streets import read_roads, read_water
from layers.plans.cells import newest_cells
from layers.plans.level_units import read_level
from layers.plans.plans import read_grids
from layers.plans.reasons import reasons_of
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.look.qgis import qml

CELLS = "cells"
_GRID_COLUMNS = (  # valid_from and valid_to are the grid's own days, not its plan's
    "code",
    "name",
    "kind",
    "community",
    "households",
    "valid_from",
    "valid_to",
    "community_code",
    "households_estimated",
    "people",
    "cells",
    "colour",
    "reason",
    "plan_id",
    "plan_version",
    "geometry",
)


def export_grids(
    store: Store,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    lang: str,
    plan_ids: Sequence[int] | None = None,
) -> gpd.GeoDataFrame:
    """The grids in force on a day, or those of plans, with code, kind, community, households, dates and reasons.
    `communities` are prefixes of codes. Raises `NotFoundError` where there are none."""
    with store.reading(viewer) as unit:
        codes = community_codes(unit, prefixes=communities)
        names = read_communities(unit, codes=codes).set_index("code")["name"]
        frame = read_grids(unit, as_of=None if plan_ids else as_of, plan_ids=plan_ids, codes=codes)
        reasons = [None if words is None else words.text(lang) for words in reasons_of(unit, frame)]
    if frame.empty:
        raise NotFoundError(
            f"no grids are in force on {as_of}; publish a plan, or name one with --plan",
            f"{as_of} 没有生效的网格；请先发布方案，或用 --plan 指定方案",
        )
    frame = frame.assign(
        reason=pd.Series(reasons, frame.index, dtype="str"),
        community=frame["community_code"].map(names),
        valid_from=frame["born"],
        valid_to=frame["retired"],
    )
    return frame[list(_GRID_COLUMNS)]


def export_units(store: Store, viewer: Viewer, level: Level, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The units of a level in the plans of these grids. Raises `NotFoundError` where there are none."""
    with store.reading(viewer) as unit:
        frame = read_level(unit, level=level, plan_ids=sorted(set(grids["plan_id"].astype(int))))
    if frame.empty:
        raise NotFoundError(
            f"these plans have no units of level {level}; draw them with wangge partition --level {level} (plans in force: "
            "on a copy, wangge plan copy), and name drafts with --plan",
            f"这些方案尚未划分{level.words.zh}；请运行 wangge partition --level {level}（现行方案须先 wangge plan copy），"
            "草案用 --plan 指定",
        )
    return frame


def export_layer(
    store: Store, viewer: Viewer, layer: str, *, communities: Sequence[str] | None
) -> gpd.GeoDataFrame:
    """Cells, or one of the imported layers, in EPSG:4490; roads, water, districts and streets know no communities: they
    refuse to be narrowed with `InputError`. `communities` are prefixes of codes."""
    with store.reading(viewer) as unit:
        codes = None if communities is None else community_codes(unit, prefixes=communities)
        of_communities = {
            "communities": read_communities,
            "complexes": read_complexes,
            "buildings": read_buildings,
            "stations": read_stations,
            CELLS: newest_cells,
        }
        if layer in of_communities:
            frame = of_communities[layer](unit, codes=codes)
            return frame if layer == CELLS else _with_names(unit, frame)
        if codes is not None:
            raise InputError(f"--community does not go with {layer}", f"--community 不能与 {layer} 同用")
        everywhere = {
            "districts": read_districts,
            "streets": read_streets,
            "roads": read_roads,
            "water": read_water,
        }
        return everywhere[layer](unit)


def style_of(layer: str) -> str | None:
    """How QGIS is to draw a layer (QML); None for one without a style."""
    try:
        return qml(layer)
    except LookupError:
        return None


def _with_names(unit: Reading, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` with the names of communities and complexes behind their codes."""
    for column, name, read in (
        ("community_code", "community", read_communities),
        ("complex_ref", "complex", read_complexes),
    ):
        if column in frame.columns:
            named = read(unit).set_index("code" if name == "community" else "ref")["name"]
            frame.insert(frame.columns.get_loc(column) + 1, name, frame[column].map(named))
    return frame
