"""The maps of stations and of reach: read what a viewer may see, walk, hand it to the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.answers.grid_counts import as_read
from api.answers.grids_map import NOTICE, area_name, sources
from api.answers.reach_answers import remarks
from geo.errors import EmptyLayerError, Words
from geo.reach.figures import MINUTES
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes, read_districts
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.plans.plans import read_grids
from layers.reach.reach import Reach, areas_of, circles_of
from layers.reach.walks import Walks
from layers.reach.workload import tell_load
from layers.rights.counting import least_for
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.pages.heat import Heat
from maps.pages.members import Members
from maps.pages.reach import Walked, reach_page, reach_parts, reach_scene


def draw_reach(
    store: Store,
    viewer: Viewer,
    walked: tuple[Walks, Reach] | None,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    lang: str,
    lacking: Words | None = None,
    members: Members | None = None,
    with_grids: bool = False,
    heat: str | None = None,
    notice: str | None = None,
) -> str:
    """One HTML page that needs nothing from outside: stations and, with what was `walked` for the same viewer and
    communities, who reaches them, all as it is today; else the stations of the day `as_of`; with `members`, and with the grids of that day. `heat` names a load shown by hexagon. `lacking` is told on it in place of that, and then the page may be empty. Raises
    `EmptyLayerError` without communities, `NotFoundError` for a prefix that matches none.
    """
    with store.reading(viewer) as unit:
        codes = _codes(unit, communities, lacking)
        day = as_of if walked is None else None  # the walk network is that of today
        frames, districts = _frames(unit, codes, day), read_districts(unit)
        grids = as_read(unit, read_grids(unit, as_of=as_of, codes=codes)) if with_grids else None
    found = None if heat is None else heat_of(store, viewer, heat, communities=communities, as_of=as_of)
    areas = frames["communities"]
    name = area_name(areas, districts, lang)
    title = _title(name, walked is not None, members is not None, with_grids)
    return reach_page(
        None if walked is None else _walked(*walked, areas),
        **(frames if walked is None else {**frames, "stations": walked[1].stations}),
        grids=grids,
        members=members,
        heat=found,
        title=title.text(lang),
        lang=lang,
        as_of=as_of,
        notice=notice or NOTICE.text(lang),
        credit=sources(*frames.values()),
        remarks=[] if walked is None else [said.text(lang) for said in remarks(*walked)],
        lacking=None if lacking is None else lacking.text(lang),
    )


def heat_of(
    store: Store, viewer: Viewer, name: str, *, communities: Sequence[str] | None, as_of: date
) -> Heat:
    """The events of the load `name` by hexagon, as `viewer` may count them. Raises as `tell_load`."""
    hexagons = tell_load(store, viewer, name, by="hexagon", as_of=as_of, codes=communities)
    return Heat(name, hexagons, bundled=least_for(viewer) > 1)


def reach_scene_of(
    store: Store,
    viewer: Viewer,
    walked: tuple[Walks, Reach] | None,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    lang: str,
    lacking: Words | None = None,
) -> dict[str, Any]:
    """The same as data for the page of the leader, over the grids of the day `as_of`, with what a printed page says of it:
    title, notice and credit. Raises as `draw_reach`."""
    with store.reading(viewer) as unit:
        codes = _codes(unit, communities, lacking)
        frames, districts = _frames(unit, codes, as_of if walked is None else None), read_districts(unit)
        grids = as_read(unit, read_grids(unit, as_of=as_of, codes=codes))
    areas = frames["communities"]
    if walked is not None:
        frames["stations"] = walked[1].stations
    scene = reach_scene(None if walked is None else _walked(*walked, areas), grids=grids, **frames, lang=lang)
    return {
        **scene,
        "title": _reach_title(area_name(areas, districts, lang)).text(lang),
        "notice": NOTICE.text(lang),
        "credit": sources(*frames.values()),
        "lacking": None if lacking is None else lacking.text(lang),
    }


def reach_parts_of(
    store: Store, viewer: Viewer, walks: Walks, reach: Reach, *, communities: Sequence[str] | None
) -> dict[str, Any]:
    """What other stations, minutes or walkers change in that scene, for the same viewer and communities."""
    with store.reading(viewer) as unit:
        areas = read_communities(unit, codes=community_codes(unit, prefixes=communities))
    west, south, _, _ = areas.total_bounds.tolist()
    return {"origin": [west, south], **reach_parts(_walked(walks, reach, areas), (west, south))}


def _codes(unit: Reading, communities: Sequence[str] | None, lacking: Words | None) -> list[str]:
    """Of the communities shown: none where the page is to say what is lacking."""
    try:
        return list(community_codes(unit, prefixes=communities))
    except EmptyLayerError:
        if lacking is None:
            raise
        return []


def _frames(unit: Reading, codes: Sequence[str], day: date | None) -> dict[str, gpd.GeoDataFrame]:
    """What a map of communities shows, of today without a `day`."""
    areas = read_communities(unit, codes=codes)
    bounds = around((0.0, 0.0, 0.0, 0.0) if areas.empty else tuple(areas.total_bounds))
    return {
        "communities": areas,
        "complexes": read_complexes(unit, codes=codes, as_of=day),
        "buildings": read_buildings(unit, codes=codes, as_of=day),
        "roads": read_roads(unit, bounds=bounds),
        "water": read_water(unit, bounds=bounds),
        "stations": read_stations(unit, codes=codes, as_of=day),
    }


def _title(name: str, walked: bool, members: bool, grids: bool) -> Words:
    if grids:
        return Words(f"Service grids and reach of {name}", f"{name}网格与覆盖总图")
    if members:
        return Words(f"Member households of {name}", f"{name}党员户分布图")
    return _reach_title(name) if walked else Words(f"Stations of {name}", f"{name}服务站点图")


def _reach_title(name: str) -> Words:
    return Words(f"On foot to a station: {name}", f"{name}步行覆盖图")


def _walked(walks: Walks, reach: Reach, areas: gpd.GeoDataFrame) -> Walked:
    """As the page takes it. Walk areas end with the communities shown: what lies beyond is not the viewer's."""
    (whole,) = reach.table().to_dict("records")
    drawn = areas_of(walks, reach)
    here = shapely.union_all(np.asarray(areas.geometry.array, dtype=object))
    inside = shapely.intersection(np.asarray(drawn.geometry.array, dtype=object), here)
    homes, names = reach.homes, dict(zip(reach.stations["ref"], reach.stations["name"], strict=True))
    return Walked(
        minutes=reach.minutes,
        limit_m=reach.limit_m,
        areas=drawn.set_geometry(list(inside), crs=drawn.crs),
        circles=circles_of(walks, reach),
        homes=pd.DataFrame(
            {
                "ref": homes["ref"],
                "minutes": homes["metres"] / (60 * reach.speed_m_s),
                "station": [names.get(ref) for ref in homes["station"]],
                "households": homes["households"].where(homes["together"] == 1),
                "reached": (homes["metres"] <= reach.limit_m).fillna(False).astype(bool),
            }
        ),
        households=int(whole["households"]),
        within={step: int(whole[f"households_{step:g}"]) for step in MINUTES},
        reached=int(whole[f"households_{reach.minutes:g}"]),
        circle_households=int(whole["circle_households"]),
        circle_points=None if pd.isna(whole["circle_overstates"]) else float(whole["circle_overstates"]),
    )
