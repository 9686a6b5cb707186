"""Frames turned into what a page carries: simplified outlines and the columns a reader may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.addresses.text.characters import sounds
from geo.cells.dwellings import estimate_households
from geo.crs import require_kept_crs
from geo.plans.colouring import colour_grids
from geo.plans.rules import Rules
from maps.look.labels import visual_centres
from maps.look.style import ROADS
from maps.pages.encode import Origin, column, encode_points, encode_shapes, flags, numbers, texts

GRID_TOLERANCE_M = 1.0
"""Outlines of grids and communities, simplified as coverages so that neighbours go on sharing their edges."""
LINE_TOLERANCE_M = 1.0
BUILDING_TOLERANCE_M = 0.3

_METRES_PER_DEGREE = 111_000.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the grids, each frame as its contract in `geo.frames` says, sorted by key."""

    communities: gpd.GeoDataFrame
    complexes: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame

    def bounds(self, grids: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees of the grids and communities, else of whatever there is; None for nothing."""
        everything = (self.complexes, self.buildings, self.roads, self.water, self.stations)
        for frames in ((grids, self.communities), everything):
            shapes = [np.asarray(frame.geometry.array, dtype=object) for frame in frames if len(frame)]
            if shapes:
                west, south, east, north = shapely.total_bounds(np.concatenate(shapes)).tolist()
                return west, south, east, north
        return None


def in_key_order(frame: gpd.GeoDataFrame, key: str, what: str) -> gpd.GeoDataFrame:
    """`frame` sorted by its key, so that a page does not depend on the order of rows. Checks the CRS."""
    if len(frame) == 0:
        return frame
    require_kept_crs(frame, what)
    return frame.sort_values(key, kind="stable").reset_index(drop=True)


def grid_of_points(grids: gpd.GeoDataFrame, points: Any) -> NDArray[np.int64]:
    """Row of the first grid that covers each point, -1 for none. Shape (n,)."""
    answer = np.full(len(points), -1, dtype=np.int64)
    if len(grids) and len(points):
        point, grid = shapely.STRtree(np.asarray(grids.geometry.array)).query(points, predicate="covered_by")
        order = np.lexsort((-grid, point))
        answer[point[order]] = grid[order]
    return answer


def complete_grids(
    grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, rules: Rules | None
) -> gpd.GeoDataFrame:
    """`grids` with every column the page shows: households (summed from the buildings, estimated where nobody counted, when the frame has none),
    households_estimated, people, colour, and state.

    state: `stray` in several parts, `below` or `above` the bounds of `rules`, `within` them, or `unjudged`
    (no rules, unknown households, or an exclusive grid, to which household bounds do not apply).
    """
    done = grids.copy()
    if "households" not in done.columns:
        done = done.assign(**_households_of_buildings(grids, buildings))
    if "colour" not in done.columns or done["colour"].isna().any():
        done = done.assign(colour=colour_grids(grids))
    for name in ("households_estimated", "people"):
        done[name] = column(done, name)
    households = pd.to_numeric(done["households"], errors="coerce").astype("Float64")
    judged = households.notna() & (column(done, "kind") != "exclusive")
    state = np.full(len(done), "unjudged", dtype=object)
    if rules is not None:
        state[(judged & (households >= rules.min_households)).fillna(False)] = "within"
        state[(judged & (households < rules.min_households)).fillna(False)] = "below"
        state[(judged & (households > rules.max_households)).fillna(False)] = "above"
    state[shapely.get_num_geometries(np.asarray(done.geometry.array, dtype=object)) > 1] = "stray"
    return done.assign(state=state)


def _households_of_buildings(grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> dict[str, Any]:
    known = estimate_households(buildings) if len(buildings) else buildings
    here = pd.DataFrame(
        {
            "grid": grid_of_points(grids, _inside(buildings)),
            "households": pd.to_numeric(column(known, "households"), errors="coerce").astype("Float64"),
            "estimated": column(known, "households_estimated").astype("boolean").fillna(False),
        }
    )
    groups = here[here["grid"] >= 0].groupby("grid")
    rows = np.arange(len(grids))
    return {
        "households": groups["households"].sum(min_count=1).reindex(rows).to_numpy(),
        "households_estimated": groups["estimated"].any().reindex(rows, fill_value=False).to_numpy(),
    }


def _inside(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    return np.asarray(shapely.point_on_surface(np.asarray(frame.geometry.array, dtype=object)))


def scene_data(
    grids: gpd.GeoDataFrame, ground: Ground, origin: Origin, *, micro: pd.DataFrame | None = None
) -> dict[str, Any]:
    """All layers for the drawing script; `grids` as `complete_grids` gives them.

    Coordinates are whole steps from `origin` (lon, lat in degrees). References between layers are row numbers.
    """
    communities = _numbered(ground.communities, "code")
    complexes = _numbered(ground.complexes, "ref")
    community_shapes = coverage(ground.communities)
    building_grid = grid_of_points(grids, _inside(ground.buildings))
    building_complex = column(ground.buildings, "complex_ref").map(complexes)
    return {
        "grids": {
            "shapes": encode_shapes(coverage(grids), origin),
            "anchor": _anchors(grids, origin),
            "code": texts(grids["code"]),
            "name": texts(column(grids, "name")),
            "sound": _sounds(grids),
            "kind": texts(column(grids, "kind")),
            "community": numbers(column(grids, "community_code").map(communities)),
            "households": numbers(grids["households"]),
            "estimated": flags(grids["households_estimated"]),
            "people": numbers(grids["people"]),
            "colour": numbers(grids["colour"]),
            "state": texts(grids["state"]),
            "reason": texts(column(grids, "reason")),
            "buildings": np.bincount(building_grid[building_grid >= 0], minlength=len(grids)).tolist(),
            "complexes": _complexes_of_grids(grids, ground.complexes, building_grid, building_complex),
        },
        "communities": {
            "shapes": encode_shapes(community_shapes, origin),
            "anchor": _anchors(ground.communities, origin),
            "name": texts(column(ground.communities, "name")),
            "sound": _sounds(ground.communities),
            "code": texts(ground.communities["code"]),
        },
        "communityLines": {"shapes": encode_shapes(borders(community_shapes), origin)},
        "complexes": {
            "shapes": encode_shapes(_simplified(ground.complexes, LINE_TOLERANCE_M), origin),
            "anchor": _anchors(ground.complexes, origin),
            "name": texts(column(ground.complexes, "name")),
            "sound": _sounds(ground.complexes),
        },
        "buildings": {
            "shapes": encode_shapes(_simplified(ground.buildings, BUILDING_TOLERANCE_M), origin),
            "name": texts(column(ground.buildings, "name")),
            "use": texts(column(ground.buildings, "use")),
            "levels": numbers(column(ground.buildings, "levels")),
            "households": numbers(column(ground.buildings, "households")),
            "estimated": flags(column(ground.buildings, "households_estimated")),
            "sure": _sure_of_unknown(ground.buildings),
            "complex": numbers(building_complex),
            "parts": _parts_of(ground.buildings, micro),
        },
        **_base_data(ground, origin),
    }


def _sounds(frame: gpd.GeoDataFrame) -> list[str]:
    """What each name sounds like: its pinyin and the initials of that, for whoever types no Chinese."""
    return ["" if pd.isna(name) else pinyin(str(name)) for name in column(frame, "name")]


def pinyin(name: str) -> str:
    """A name in pinyin without tones, and its initials.

    >>> pinyin("芙蓉小区")
    'furongxiaoqu frxq'
    """
    parts = [sounds(one)[0].lower() for one in name]
    return f"{''.join(parts)} {''.join(part[:1] for part in parts)}"


def _parts_of(buildings: gpd.GeoDataFrame, micro: pd.DataFrame | None) -> dict[int, list[Any]]:
    """The micro-grids inside each building that is divided, by its row: name, code, what it holds, households."""
    if micro is None or micro.empty:
        return {}
    rows = _numbered(buildings, "ref")
    found: dict[int, list[Any]] = {}
    for one in micro.sort_values("code", kind="stable").itertuples():
        row = rows.get(one.building_ref)
        if row is not None:
            found.setdefault(row, []).append([one.name, one.code, one.part, int(one.households)])
    return found


def _sure_of_unknown(buildings: gpd.GeoDataFrame) -> list[Any]:
    """Of buildings whose use nobody knows, how sure it is that people live there, percent; None for the others."""
    sure = pd.to_numeric(column(buildings, "home_sure"), errors="coerce").astype("Float64") * 100
    return numbers(sure.round().mask(column(buildings, "use").notna().to_numpy(dtype=bool)))


def _base_data(ground: Ground, origin: Origin) -> dict[str, Any]:
    roads, stations = ground.roads, ground.stations
    areas = shapely.get_dimensions(np.asarray(ground.water.geometry.array, dtype=object)) == 2
    lakes, streams = ground.water[areas], ground.water[~areas]
    ranks = {name: rank for rank, name in enumerate(ROADS)}
    return {
        "roads": {
            "shapes": encode_shapes(_simplified(roads, LINE_TOLERANCE_M), origin),
            "name": texts(column(roads, "name")),
            "class": texts(column(roads, "road_class")),
            "rank": [ranks.get(name, len(ranks)) for name in texts(column(roads, "road_class"))],
        },
        "water": {
            "shapes": encode_shapes(_simplified(lakes, LINE_TOLERANCE_M), origin),
            "anchor": _anchors(lakes, origin),
            "name": texts(column(lakes, "name")),
        },
        "waterLines": {
            "shapes": encode_shapes(_simplified(streams, LINE_TOLERANCE_M), origin),
            "kind": [kind or "other" for kind in texts(column(streams, "kind"))],
        },
        "stations": {
            "at": encode_points(shapely.get_x(_array(stations)), shapely.get_y(_array(stations)), origin),
            "name": texts(column(stations, "name")),
            "kind": [kind or "other" for kind in texts(column(stations, "kind"))],
            "area": numbers(column(stations, "floor_area_m2")),
            "hours": texts(column(stations, "opening_hours")),
        },
    }


def _complexes_of_grids(
    grids: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    building_grid: NDArray[np.int64],
    building_complex: pd.Series,
) -> list[list[int]]:
    """Row numbers of the complexes in each grid: by their buildings, and by their middle when they have none."""
    answer: list[set[int]] = [set() for _ in range(len(grids))]
    for grid, number in zip(building_grid.tolist(), numbers(building_complex), strict=True):
        if grid >= 0 and number is not None:
            answer[grid].add(number)
    for number, grid in enumerate(grid_of_points(grids, _inside(complexes)).tolist()):
        if grid >= 0:
            answer[grid].add(number)
    return [sorted(found) for found in answer]


def _numbered(frame: gpd.GeoDataFrame, key: str) -> dict[Any, int]:
    return {value: position for position, value in enumerate(column(frame, key))}


def _array(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    return np.asarray(frame.geometry.array, dtype=object)


def coverage(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    """The outlines of a coverage in degrees, one per row, simplified so that neighbours go on sharing their edges."""
    if len(frame) == 0:
        return _array(frame)
    return np.asarray(shapely.coverage_simplify(_array(frame), GRID_TOLERANCE_M / _METRES_PER_DEGREE))


def borders(polygons: NDArray[Any]) -> NDArray[Any]:
    """Every border once: the dashes of two communities on one edge would fill each other's gaps."""
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(polygons)))))


def _simplified(frame: gpd.GeoDataFrame, tolerance_m: float) -> NDArray[Any]:
    return np.asarray(
        shapely.simplify(_array(frame), tolerance_m / _METRES_PER_DEGREE, preserve_topology=True)
    )


def _anchors(frame: gpd.GeoDataFrame, origin: Origin) -> list[list[int]]:
    """`[x, y, radius in metres]` of each polygon's visual centre."""
    anchors = visual_centres(_array(frame))
    places = encode_points(anchors.lon, anchors.lat, origin)
    return [[*place, round(float(radius))] for place, radius in zip(places, anchors.radius_m, strict=True)]
