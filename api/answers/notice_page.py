"""The page of a public consultation (公示): what a plan changes, without people, and how one answers. As a stranger may see it."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd

from api.answers.grids_map import area_name, sources
from api.answers.public import Right
from geo.crs import KEPT_CRS
from geo.errors import NotFoundError, Words
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes, read_districts
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.plans.consulting import Consultation, newest
from layers.plans.plans import read_plans
from layers.plans.redrawn import Redrawn, read_redrawn
from layers.rights.counting import as_counted
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store.database import Store
from maps.pages.changes import Changes
from maps.pages.grids import grids_page


def draw_notice(store: Store, viewer: Viewer, plan_id: int, *, today: date | None, lang: str) -> str:
    """One HTML page that needs nothing from outside: the grids to come beside those before, without a count of anybody.

    `today` is the day it is looked at, on which it must be shown; None is the office that makes the file beforehand. Raises
    `NotFoundError` for a plan that is not shown.
    """
    with store.reading(viewer) as unit:
        shown = newest(unit, plan_id)
        if shown is None or shown.ended or (today is not None and not shown.shows(today)):
            raise NotFoundError(
                f"plan {plan_id} is not shown to the public", f"方案 {plan_id} 没有正在进行的公示"
            )
    public = Viewer(Role.PUBLIC, viewer.area, Purpose.EXPORT)
    with store.reading(public) as unit:
        plans = read_plans(unit, plan_ids=[plan_id])
        code = str(plans["community_code"].iloc[0])
        areas, districts = read_communities(unit, codes=[code]), read_districts(unit)
        bounds = around(tuple(areas.total_bounds))
        redrawn = read_redrawn(unit, plan_id)
        complexes = read_complexes(unit, codes=[code])
        buildings = as_counted(public, read_buildings(unit, codes=[code]))
        roads, water = read_roads(unit, bounds=bounds), read_water(unit, bounds=bounds)
        stations = read_stations(unit, codes=[code])
    name = area_name(areas, districts, lang)
    return grids_page(
        grids=_uncounted(redrawn.grids),
        communities=areas,
        complexes=complexes,
        buildings=buildings,
        roads=roads,
        water=water,
        stations=stations,
        title=Words(f"Public notice: new grids of {name}", f"{name}网格调整方案公示").text(lang),
        lang=lang,
        notice=Right(shown.approval, shown.exemption).notice(lang),
        credit=sources(areas, complexes, buildings, roads, water, stations),
        changes=_changes(redrawn),
        said=_said(shown, lang, first=redrawn.first),
    )


def _uncounted(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Grids by name, code and outline: how many live in them is no part of a notice."""
    nobody = pd.array([pd.NA] * len(grids), dtype="Int64")
    return grids[["code", "name", "kind", "colour", "community_code", "geometry"]].assign(
        households=nobody, people=nobody
    )


def _changes(redrawn: Redrawn) -> Changes:
    names = dict(zip(redrawn.before["code"], redrawn.before["name"], strict=True))
    moved = pd.DataFrame({"ref": redrawn.moved["ref"], "old": redrawn.moved["old_code"].map(names)})
    before = gpd.GeoDataFrame(redrawn.before[["code", "name", "geometry"]], geometry="geometry", crs=KEPT_CRS)
    return Changes(before, moved, None, {}, {})


def _said(shown: Consultation, lang: str, *, first: bool) -> list[str]:
    days = Words(
        f"Shown from {shown.first_day} to {shown.last_day}",
        f"公示期：{shown.first_day} 至 {shown.last_day}",
    )
    how = Words(f"How to answer: {shown.how}", f"意见反映：{shown.how}")
    beside = (
        Words("nothing was in force before", "此前没有网格")
        if first
        else Words("beside the grids before", "与原有网格对照")
    )
    return [days.text(lang), how.text(lang), beside.text(lang)]
