"""The map of the grids in force on a day: read what a viewer may see, hand it to the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import pandas as pd

from api.answers.grid_counts import as_read
from geo.errors import EmptyLayerError, Words
from geo.plans.levels import Level
from geo.plans.rules import Rules
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes, read_districts
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.imports.working import SOURCE as OWN_AREAS
from layers.plans.level_units import read_level
from layers.plans.plans import read_grids, read_plans
from layers.plans.reasons import reasons_of
from layers.rights.counting import as_counted
from layers.rights.viewer import Role, Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.pages.grids import grids_page

NOTICE = Words("Internal working map", "内部工作用图")
"""Printed on every map until somebody decides otherwise; software never does (map law)."""


def draw_grids(
    store: Store,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    lang: str,
    span: tuple[date | None, date | None] | None = None,
    allow_empty: bool = False,
    notice: str | None = None,
) -> str:
    """One HTML page that needs nothing from outside.

    `communities` are prefixes of community codes; None takes all. With `span` the page says on which days it holds
    (the first, and the first after it) instead of one day; `notice` stands for 内部工作用图 on a public one. Raises `NotFoundError` for a prefix that matches
    none, and `EmptyLayerError` when there are no communities at all, unless `allow_empty`: then the page says
    what to do.
    """
    with store.reading(viewer) as unit:
        try:
            codes = community_codes(unit, prefixes=communities)
        except EmptyLayerError:
            if not allow_empty:
                raise
            codes = []
        areas = read_communities(unit, codes=codes)
        districts = read_districts(unit)
        bounds = around((0.0, 0.0, 0.0, 0.0) if areas.empty else tuple(areas.total_bounds))
        grids = read_grids(unit, as_of=as_of, codes=codes)
        grids = with_reasons(unit, viewer, as_read(unit, grids), lang)
        complexes = read_complexes(unit, codes=codes, as_of=as_of)
        buildings = as_counted(viewer, read_buildings(unit, codes=codes, as_of=as_of))
        roads = read_roads(unit, bounds=bounds)
        water = read_water(unit, bounds=bounds)
        stations = read_stations(unit, codes=codes, as_of=as_of)
        plans = read_plans(unit, plan_ids=sorted(set(grids["plan_id"].tolist())))
        micro = inside_buildings(unit, viewer, grids)
    return grids_page(
        grids=grids,
        communities=areas,
        complexes=complexes,
        buildings=buildings,
        roads=roads,
        water=water,
        stations=stations,
        micro=micro,
        title=_title(areas, districts, lang),
        lang=lang,
        as_of=None if span else as_of,
        span=span,
        notice=notice or NOTICE.text(lang),
        rules=shared_rules(plans),
        credit=sources(areas, complexes, buildings, roads, water, stations),
    )


def inside_buildings(unit: Reading, viewer: Viewer, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """The micro-grids inside single buildings of these grids, for who may see what single buildings hold; else None."""
    if not viewer.counts_buildings or grids.empty:
        return None
    plan_ids = grids["plan_id"].astype(int).unique()
    units = read_level(unit, level=Level.MICRO, plan_ids=plan_ids, grids=grids)
    return units[units["part"].notna()]


def with_reasons(unit: Reading, viewer: Viewer, grids: gpd.GeoDataFrame, lang: str) -> gpd.GeoDataFrame:
    """`grids` with a column `reason`, what stands in their way: planning is the office's, so the public is told nothing."""
    told: list[Words | None] = [None] * len(grids)
    if viewer.role is not Role.PUBLIC:
        told = reasons_of(unit, grids)
    texts = [None if words is None else words.text(lang) for words in told]
    return grids.assign(reason=pd.Series(texts, grids.index, dtype="str"))


def _title(areas: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, lang: str) -> str:
    name = area_name(areas, districts, lang)
    return Words(f"Grids of {name}", f"{name}网格图").text(lang)


def area_name(areas: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, lang: str) -> str:
    """The name of the one community shown, else of the one district all of them lie in, else their number; of none the area."""
    if areas.empty:
        return Words("the area", "辖区").text(lang)
    if len(areas) == 1:
        return str(areas["name"].iloc[0])
    codes = set(areas["code"].str[:6])
    home = districts[districts["code"].isin(codes)]["name"].dropna()
    if len(codes) == 1 and len(home) == 1:
        return str(home.iloc[0])
    if (areas["kind"] == "working").all():
        return Words(f"{len(areas)} working areas", f"{len(areas)} 个工作片区").text(lang)
    return Words(f"{len(areas)} communities", f"{len(areas)} 个社区").text(lang)


def shared_rules(plans: pd.DataFrame) -> Rules | None:
    """The rules of the plans shown (one a row), where all have the same: one map has one band of sizes in its legend."""
    found = [Rules.from_dict(rules) for rules in plans["rules"]]
    return found[0] if found and all(rules == found[0] for rules in found) else None


def sources(*frames: gpd.GeoDataFrame) -> str | None:
    """Where the data came from, as imports recorded it: what the map must credit."""
    names = sorted({str(name) for frame in frames for name in frame["source"].dropna()} - {OWN_AREAS})
    return ", ".join(names) or None
