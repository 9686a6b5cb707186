"""The map of the grids in force on a day: read what a viewer may see, hand it to the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.errors import EmptyLayerError, Words
from geo.plans.rules import Rules
from layers.buildings import read_buildings
from layers.plans import read_grids, read_plans
from layers.regions import community_codes, read_communities, read_complexes
from layers.rights.viewer import Viewer
from layers.stations import read_stations
from layers.store.database import Store
from layers.streets import read_roads, read_water
from maps.pages.grids import grids_page

NOTICE = Words("Internal working map", "内部工作用图")
"""Printed on every map until somebody decides otherwise; software never does (map law)."""
_MARGIN_DEG = 0.003
_MOST_SOURCES = 4


def draw_grids(
    store: Store,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    lang: str,
    allow_empty: bool = False,
) -> str:
    """One HTML page that needs nothing from outside.

    `communities` are prefixes of community codes; None takes all. Raises `NotFoundError` for a prefix that matches
    none, and `EmptyLayerError` when there are no communities at all, unless `allow_empty`: then the page says
    what to do.
    """
    with store.read() as conn:
        try:
            codes = community_codes(conn, viewer, prefixes=communities)
        except EmptyLayerError:
            if not allow_empty:
                raise
            codes = []
        areas = read_communities(conn, viewer, codes=codes)
        west, south, east, north = areas.total_bounds if codes else (0.0, 0.0, 0.0, 0.0)
        around = (west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
        grids = read_grids(conn, viewer, as_of=as_of, codes=codes)
        complexes = read_complexes(conn, viewer, codes=codes)
        buildings = read_buildings(conn, viewer, codes=codes)
        roads = read_roads(conn, viewer, bounds=around)
        water = read_water(conn, viewer, bounds=around)
        stations = read_stations(conn, viewer, codes=codes)
        plans = read_plans(conn, viewer, plan_ids=sorted(set(grids["plan_id"].tolist())))
    return grids_page(
        grids=grids,
        communities=areas,
        complexes=complexes,
        buildings=buildings,
        roads=roads,
        water=water,
        stations=stations,
        title=_title(list(areas["name"]), lang),
        lang=lang,
        as_of=as_of,
        notice=NOTICE.text(lang),
        rules=_shared_rules(plans),
        credit=_sources(areas, buildings, roads),
    )


def _title(names: Sequence[str], lang: str) -> str:
    if len(names) == 1:
        return Words(f"Grids of {names[0]}", f"{names[0]}网格图").text(lang)
    return Words(f"Grids of {len(names)} communities", f"{len(names)} 个社区网格图").text(lang)


def _shared_rules(plans: pd.DataFrame) -> Rules | None:
    """The rules of the plans shown, where all have the same: one map has one band of sizes in its legend."""
    found = {rules.name: rules for rules in map(Rules.from_dict, plans["rules"])}
    return next(iter(found.values())) if len(found) == 1 else None


def _sources(*frames: gpd.GeoDataFrame) -> str | None:
    """Where the data came from, as imports recorded it: what the map must credit."""
    names = sorted({str(name) for frame in frames for name in frame["source"].dropna()})
    shown = names[:_MOST_SOURCES]
    return (", ".join(shown) + (" ..." if len(names) > len(shown) else "")) or None
