"""The extent of grids in words (四至): what each borders on in the east, south, west and north, by the names of the
roads and waters it runs along, else of the areas beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import LocalMetres, require_kept_crs
from geo.errors import Words

SIDES = ("east", "south", "west", "north")
"""In the order in which Chinese registers tell them: 东、南、西、北."""
SIDE_WORDS = {
    "east": Words("east", "东"),
    "south": Words("south", "南"),
    "west": Words("west", "西"),
    "north": Words("north", "北"),
}
NEAR_M = 20.0
"""A road or water runs along an outline when it is nearer than this: half a wide road. Our choice."""
BESIDE_M = 3.0
"""How near an area must be to lie beside a grid."""
LEAST_SHARE = 0.2
"""Names that follow less of a side than this share are not told, unless none follows more. Our choice."""
CORNER_M = 2 * NEAR_M
"""What follows a side for no longer than this may belong to the sides beside it, around the corners."""
_STEP_M = 5.0


def extents(
    grids: gpd.GeoDataFrame, lines: Sequence[gpd.GeoDataFrame], areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Columns `SIDES`, one row a grid, each value a tuple of names; all frames in EPSG:4490.

    `lines` are roads and waters (column name; areas count by their rim), `areas` what may lie beside: other grids and
    communities (column name). A stretch of the outline is told by the nearest named line within `NEAR_M`, else by the
    area beside it. A side is where the middle of the grid sees it, in the proportions of its box. Names along a side
    run from west to east, or from north to south. A side along which nothing is named is an empty tuple.

    Limits: of several parts and of holes the outer rims all count; what lies in the grid beside a road along its rim
    is not told apart from the road.

    >>> from geo.crs import KEPT_CRS
    >>> def frame(shape, name):
    ...     return gpd.GeoDataFrame({"name": [name]}, geometry=[shape], crs=KEPT_CRS)
    >>> grid = frame(shapely.box(108.70, 34.30, 108.71, 34.31), "第一网格")
    >>> road = frame(shapely.LineString([(108.71, 34.29), (108.71, 34.32)]), "桂花路")
    >>> told = extents(grid, [road], frame(shapely.box(108.69, 34.30, 108.70, 34.31), "第二网格"))
    >>> told.iloc[0].tolist()
    [('桂花路',), (), ('第二网格',), ()]
    """
    require_kept_crs(grids, "grids")
    if not len(grids):
        return pd.DataFrame({side: pd.Series(dtype=object) for side in SIDES}, index=grids.index)
    local = LocalMetres.of(grids.geometry.array)
    shapes = np.asarray(local.to_metres(grids.geometry.array), dtype=object)
    start, end, owner = rim_pieces(shapes)
    middle = (start + end) / 2
    points = shapely.points(middle)
    name = nearest_names(points, lines, local)
    beside = areas_beside(points, owner, shapes, areas, local)
    table = pd.DataFrame(
        {
            "owner": owner,
            "side": _side(middle, owner, shapes),
            "name": np.where(name == "", beside, name),
            "length": np.hypot(*(end - start).T),
            "x": middle[:, 0],
            "y": -middle[:, 1],
        }
    )
    told = _told(table)
    return pd.DataFrame(
        {side: [told.get((row, side), ()) for row in range(len(grids))] for side in SIDES},
        index=grids.index,
        dtype=object,
    )


def extent_words(told: pd.Series) -> Words:
    """One row of `extents` as a register writes it; sides of which nothing is known are left out.

    >>> extent_words(pd.Series({"east": ("桂花路",), "south": (), "west": ("甲河", "石榴路"), "north": ()}))
    Words(en='east to 桂花路; west to 甲河, 石榴路', zh='东至桂花路；西至甲河、石榴路')
    """
    known = [(SIDE_WORDS[side], told[side]) for side in SIDES if told[side]]
    return Words(
        "; ".join(f"{side.en} to {', '.join(names)}" for side, names in known),
        "；".join(f"{side.zh}至{'、'.join(names)}" for side, names in known),
    )


def rim_pieces(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.intp]]:
    """Outer rims (metres) cut into pieces of at most 5 m: where they start and end (n, 2), and whose they are (n,); rim by
    rim, in the order along each."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    rims = shapely.segmentize(shapely.get_exterior_ring(parts), _STEP_M)
    xy, rim = shapely.get_coordinates(rims, return_index=True)
    along = np.flatnonzero(rim[1:] == rim[:-1])
    return xy[along], xy[along + 1], of[rim[along]]


def nearest_names(
    points: NDArray[Any], lines: Sequence[gpd.GeoDataFrame], local: LocalMetres
) -> NDArray[np.object_]:
    """(n,) the name of the nearest named line within `NEAR_M`; empty where there is none."""
    named = [frame[frame["name"].notna()] for frame in lines if len(frame)]
    found = np.full(len(points), "", dtype=object)
    names = np.concatenate([np.empty(0, object), *(frame["name"].to_numpy(dtype=object) for frame in named)])
    if not len(names):
        return found
    shapes = np.concatenate([np.asarray(local.to_metres(frame.geometry.array), object) for frame in named])
    areas = shapely.get_dimensions(shapes) == 2
    shapes[areas] = shapely.boundary(shapes[areas])
    (point, line), distance = shapely.STRtree(shapes).query_nearest(
        points, max_distance=NEAR_M, return_distance=True, all_matches=True
    )
    order = np.lexsort((names[line].astype(str), distance, point))
    first = order[np.unique(point[order], return_index=True)[1]]
    found[point[first]] = names[line[first]]
    return found


def areas_beside(
    points: NDArray[Any],
    owner: NDArray[np.intp],
    shapes: NDArray[Any],
    areas: gpd.GeoDataFrame,
    local: LocalMetres,
) -> NDArray[np.object_]:
    """(n,) the name of an area within `BESIDE_M` that does not cover the grid itself; empty where there is none."""
    found = np.full(len(points), "", dtype=object)
    named = areas[areas["name"].notna()]
    if not len(named):
        return found
    others = np.asarray(local.to_metres(named.geometry.array), dtype=object)
    names = named["name"].to_numpy(dtype=object)
    point, area = shapely.STRtree(others).query(points, predicate="dwithin", distance=BESIDE_M)
    inner = shapely.point_on_surface(shapes)
    apart = ~shapely.intersects(others[area], inner[owner[point]])
    point, area = point[apart], area[apart]
    away = np.round(shapely.distance(points[point], others[area]), 1)
    # the nearest is written last, so that none reaches around a corner; of those as near the smallest, a grid
    order = np.lexsort((shapely.area(others)[area], away, point))[::-1]
    found[point[order]] = names[area[order]]
    return found


def _side(middle: NDArray[Any], owner: NDArray[np.intp], shapes: NDArray[Any]) -> NDArray[np.str_]:
    west, south, east, north = shapely.bounds(shapes).T
    x = (middle[:, 0] - (west + east)[owner] / 2) / (east - west)[owner]
    y = (middle[:, 1] - (south + north)[owner] / 2) / (north - south)[owner]
    return np.where(
        np.abs(x) >= np.abs(y), np.where(x > 0, "east", "west"), np.where(y > 0, "north", "south")
    )


def _told(table: pd.DataFrame) -> dict[tuple[int, str], tuple[str, ...]]:
    """The names of each side, in their order along it."""
    rim = table.groupby(["owner", "side"])["length"].sum().rename("rim")
    named = table[table["name"] != ""]
    weighted = named.assign(x=named["x"] * named["length"], y=named["y"] * named["length"])
    some = weighted.groupby(["owner", "side", "name"], as_index=False)[["length", "x", "y"]].sum()
    some = some.merge(rim.reset_index(), on=["owner", "side"])
    most = some.groupby(["owner", "side"])["length"].transform("max")
    longest = (some["length"] == most) & (some["length"] > CORNER_M)
    kept = some[(some["length"] >= LEAST_SHARE * some["rim"]) | longest]
    across = kept["side"].isin(["north", "south"])
    kept = kept.assign(place=np.where(across, kept["x"], kept["y"]) / kept["length"])
    kept = kept.sort_values(["owner", "side", "place", "name"], kind="stable")
    return {
        (int(owner), str(side)): tuple(names)
        for (owner, side), names in kept.groupby(["owner", "side"], sort=False)["name"]
    }
