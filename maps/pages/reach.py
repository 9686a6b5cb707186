"""The map of reach: stations by kind, the ground within 5, 10 and 15 minutes on foot, circles beside it, and the homes that
are not reached, over communities, complexes, buildings, roads and water."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import KEPT_CRS, require_kept_crs
from maps.look.kinds import own_kinds
from maps.look.style import script_style
from maps.look.words import FIGURES, legend_text, page_text, require_language, script_words
from maps.pages.encode import STEP_DEG, Origin, column, encode_shapes, numbers, texts
from maps.pages.grids import CHINA, add_map, base_keys
from maps.pages.heat import Heat, heat_data, heat_remarks, heat_rows
from maps.pages.legend import Row, base_row, grid_rows, legend_html, reach_rows, station_rows
from maps.pages.members import (
    Members,
    member_data,
    member_figures,
    member_layers,
    member_remarks,
    member_rows,
)
from maps.pages.page import Head, Page
from maps.pages.scene import Ground, complete_grids, in_key_order, scene_data

_WALK_TOLERANCE_DEG = 10 / 111_000
"""Walk areas are made of squares of 25 m: their steps are straightened within these 10 m."""
_NO_WAY = -1
_NOWHERE = -1
"""The row of a building that went while the map was made."""
_MOST_CIRCLES = 20
"""More of them over each other hide the map: then they wait for the switch."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Who reaches a station, as a map shows it."""

    minutes: float
    limit_m: float
    """How far one walks in the minutes."""
    areas: gpd.GeoDataFrame
    """Minutes (ascending, one for each colour of `style.WALKS`) and the ground within them, each holding the one before."""
    circles: gpd.GeoDataFrame
    """The straight-line circle around each station."""
    homes: pd.DataFrame
    """By ref: minutes on foot (missing: no way), station (name of the nearest), households (missing where they may not be
    told of one building), reached (whether within the minutes)."""
    households: int
    within: Mapping[float, int]
    """Households within the minutes of each of `areas`."""
    reached: int
    circle_households: int
    circle_points: float | None
    """Percentage points by which the circles overstate."""


def reach_page(
    walked: Walked | None,
    *,
    communities: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame | None = None,
    members: Members | None = None,
    heat: Heat | None = None,
    title: str,
    lang: str = "zh",
    as_of: date | None = None,
    notice: str | None = None,
    credit: str | None = None,
    remarks: list[str] | None = None,
    lacking: str | None = None,
) -> str:
    """One HTML document that needs nothing but a browser: no network, no other file.

    Frames follow `geo.frames` (EPSG:4490); `stations` with `households` show whom each is nearest for. Without `walked` the
    page shows the stations alone, and `lacking`, why there is no more. `grids` (as the lookup gives them), `members` and `heat` lie
    over it as layers of their own. Buildings tell no households but those of `walked`. The same input gives the same document, whatever the order of rows. Raises `InputError` for an unknown
    language, `MissingCrsError` or `InputError` for frames not in EPSG:4490.
    """
    require_language(lang)
    ground = _ground(walked, communities, complexes, buildings, roads, water, stations)
    plan = _no_grids() if grids is None else in_key_order(grids, "code", "grids")
    bounds = ground.bounds(plan) or CHINA
    head = Head(
        title=title,
        notice=notice or page_text("notice", lang),
        dates=[page_text("as_of", lang, date=as_of.isoformat())] if as_of else [],
        figures=_figures(walked, members, ground, lang),
        credit=credit,
        finds="grids" if len(plan) else "places",
    )
    legend = legend_html(
        [*_legend_rows(walked, members, ground, len(plan), lang), *heat_rows(heat, lang)],
        remarks=[
            *_remarks(walked, lang),
            *member_remarks(members, lang),
            *heat_remarks(heat, lang),
            *(remarks or []),
        ],
        lang=lang,
    )
    page = Page(
        title=title,
        lang=lang,
        body=head.html(lang, legend=legend) + _lacking_html(lacking, lang),
        data={
            **_scene(walked, ground, plan, bounds[:2], lang),
            "members": member_data(members, ground, bounds[:2]),
            "heat": heat_data(heat, bounds[:2]),
        },
    )
    crowded = walked is not None and (len(walked.circles) > _MOST_CIRCLES or len(plan) > 0)
    hidden = [*(["circles"] if crowded else []), *(["grids"] if walked is not None else [])]
    add_map(page, bounds, _layers(walked, members, heat, ground, len(plan)), lang, hidden=hidden)
    return page.render()


def reach_scene(
    walked: Walked | None,
    *,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    lang: str,
) -> dict[str, Any]:
    """The same map as data for a page that draws it with the same scripts, over `grids` (as the lookup gives them).

    Adds to what those scripts read: `extent` (west, south, east, north; None where there is nothing), `communities.code`,
    and `homes`, the row of the building of every home of `walked` in its order: `reach_parts` speaks of homes. Raises as
    `reach_page`.
    """
    require_language(lang)
    ground = _ground(walked, communities, complexes, buildings, roads, water, stations)
    extent = ground.bounds(_no_grids())
    scene = _scene(walked, ground, in_key_order(grids, "code", "grids"), (extent or CHINA)[:2], lang)
    scene["communities"]["code"] = texts(ground.communities["code"])
    rows = {ref: row for row, ref in enumerate(ground.buildings["ref"])}
    homes = [] if walked is None else [rows.get(ref, _NOWHERE) for ref in walked.homes["ref"]]
    return {**scene, "extent": extent, "homes": homes, "lacking": None}


def reach_parts(walked: Walked, origin: Origin) -> dict[str, Any]:
    """What changes in that map when stations do: `walks` and `circles` as shapes in steps from `origin`, `unreached` (numbers
    of homes), `minutes` and `nearest` (number in `stations`, the names; -1 for none) of every home in the order of `walked`;
    minutes of -1 are no way."""
    nearest, names = pd.factorize(walked.homes["station"])
    return {
        **_areas(walked, origin),
        "unreached": np.flatnonzero(~walked.homes["reached"].to_numpy(dtype=bool)).tolist(),
        "minutes": numbers(np.ceil(walked.homes["minutes"].fillna(_NO_WAY).to_numpy(dtype=float))),
        "nearest": nearest.tolist(),
        "stations": names.tolist(),
    }


def _ground(walked: Walked | None, communities: Any, complexes: Any, buildings: Any, *others: Any) -> Ground:
    roads, water, stations = others
    return Ground(
        communities=in_key_order(communities, "code", "communities"),
        complexes=in_key_order(complexes, "ref", "complexes"),
        buildings=_told(in_key_order(buildings, "ref", "buildings"), walked),
        roads=in_key_order(roads, "ref", "roads"),
        water=in_key_order(water, "ref", "water"),
        stations=in_key_order(stations, "ref", "stations"),
    )


def _scene(
    walked: Walked | None, ground: Ground, grids: gpd.GeoDataFrame, origin: Origin, lang: str
) -> dict[str, Any]:
    return {
        "origin": origin,
        "step": STEP_DEG,
        "bounds": None,
        "style": script_style(),
        "words": {
            **script_words(lang, own_kinds(ground.stations)),
            "map_label": page_text("reach_label", lang),
        },
        **scene_data(complete_grids(grids, ground.buildings, None), ground, origin),
        "reach": _reach_data(walked, ground, origin),
    }


def _no_grids() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": [], "households": [], "colour": []}, geometry=[], crs=KEPT_CRS)


def _told(buildings: gpd.GeoDataFrame, walked: Walked | None) -> gpd.GeoDataFrame:
    """`buildings` with the households `walked` tells, and no others."""
    if not len(buildings):
        return buildings
    known = {} if walked is None else dict(zip(walked.homes["ref"], walked.homes["households"], strict=True))
    told = pd.array([known.get(ref, pd.NA) for ref in buildings["ref"]], dtype="Int64")
    return buildings.assign(households=told)


def _reach_data(walked: Walked | None, ground: Ground, origin: Origin) -> dict[str, Any]:
    """What the scripts show of reach; rows of `minutes` and `nearest` are buildings, -1 minutes is no way."""
    count = len(ground.buildings)
    served = numbers(column(ground.stations, "households")) if "households" in ground.stations else []
    if walked is None:
        empty: list[Any] = [None] * count
        return {
            "walks": [],
            "circles": [],
            "unreached": [],
            "minutes": empty,
            "nearest": empty,
            "served": served,
        }
    homes = walked.homes.set_index("ref").reindex(ground.buildings["ref"])
    lived = homes["reached"].notna().to_numpy()
    minutes = np.where(lived, np.ceil(homes["minutes"].fillna(_NO_WAY).to_numpy(dtype=float)), np.nan)
    unreached = lived & ~homes["reached"].fillna(True).to_numpy(dtype=bool)
    return {
        **_areas(walked, origin),
        "unreached": np.flatnonzero(unreached).tolist(),
        "minutes": numbers(minutes),
        "nearest": texts(homes["station"]),
        "served": served,
    }


def _areas(walked: Walked, origin: Origin) -> dict[str, Any]:
    require_kept_crs(walked.areas, "walk areas")
    areas = shapely.simplify(np.asarray(walked.areas.geometry.array, dtype=object), _WALK_TOLERANCE_DEG)
    return {
        "walks": encode_shapes(areas, origin) if len(areas) else [],
        "circles": encode_shapes(np.asarray(walked.circles.geometry.array, dtype=object), origin),
    }


def _layers(
    walked: Walked | None, members: Members | None, heat: Heat | None, ground: Ground, grids: int
) -> list[str]:
    """The layers that hold something, in the order of the switch."""
    held = {
        "labels": grids,
        **member_layers(members),
        "stations": len(ground.stations),
        "unreached": 0 if walked is None else int((~walked.homes["reached"]).sum()),
        "circles": 0 if walked is None else len(walked.circles),
        "heat": 0 if heat is None else len(heat.hexagons),
        "walks": 0 if walked is None else int((~walked.areas.geometry.is_empty).sum()),
        "grids": grids,
        **{
            name: len(getattr(ground, name))
            for name in ("communities", "complexes", "buildings", "roads", "water")
        },
    }
    return [layer for layer, count in held.items() if count]


def _figures(
    walked: Walked | None, members: Members | None, ground: Ground, lang: str
) -> list[tuple[str, str, bool]]:
    if walked is None and members is not None:
        return member_figures(members, lang)
    figures = [(f"{len(ground.stations):,}", "figure_stations", False)]
    if walked is not None:
        left = walked.households - walked.reached
        figures = [
            (f"{walked.reached:,}", "figure_reached", False),
            (f"{left:,}", "figure_not_reached", left > 0),
            *figures,
        ]
    said = [(value, FIGURES[key].text(lang), bad) for value, key, bad in figures]
    if walked is not None and walked.households:
        value, text, bad = said[0]
        said[0] = (value, f"{text} {walked.reached / walked.households:.1%}", bad)
    return said


def _legend_rows(
    walked: Walked | None, members: Members | None, ground: Ground, grids: int, lang: str
) -> list[Row]:
    rows: list[Row] = []
    if walked is not None:
        rows += reach_rows(
            walked.within,
            minutes=walked.minutes,
            left=walked.households - walked.reached,
            limit_m=walked.limit_m,
            circle=walked.circle_households if len(walked.circles) else None,
            lang=lang,
        )
    rows += member_rows(members, lang)
    if grids:
        rows += grid_rows({"unjudged": grids}, bounds=None, lang=lang)
    rows += station_rows(
        Counter(column(ground.stations, "kind").fillna("other")), lang, own_kinds(ground.stations)
    )
    return rows + [base_row(key, lang) for key in base_keys(ground)]


def _remarks(walked: Walked | None, lang: str) -> list[str]:
    if walked is None or walked.circle_points is None or not len(walked.circles):
        return []
    return [legend_text("overstates", lang, points=f"{walked.circle_points:.1f}")]


def _lacking_html(lacking: str | None, lang: str) -> str:
    if lacking is None:
        return ""
    return (
        f'<section id="empty" class="card" role="status"><h2>{escape(page_text("empty_reach", lang))}</h2>'
        f"<p>{escape(lacking)}</p></section>"
    )
