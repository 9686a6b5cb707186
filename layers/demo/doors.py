"""Door plates and former names: what complexes of the made-up district are called besides their names."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import LocalMetres

RENAMED = 4
"""So many main roads once had another name."""
_RENAMED_ON = date(2016, 7, 1)
_FACING_M = 60.0
"""A complex whose wall is nearer to a named road than this has a plate on it."""


def door_frame(complexes: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> pd.DataFrame:
    """Other names (kind, target, text, valid_from, valid_to) as `geo.frames.ALIASES` has them.

    Complexes on a named road get a plate on it, odd on one side and even on the other, counted along the road;
    some main roads get a former name. The same frames give the same plates.
    """
    named = roads[roads["name"].notna() & ~roads["road_class"].isin(["rail", "service"])].reset_index(
        drop=True
    )
    if named.empty or complexes.empty:
        return pd.DataFrame({"kind": [], "target": [], "text": [], "valid_from": [], "valid_to": []})
    local = LocalMetres.of(complexes)
    lines = local.to_metres(named)
    grounds = local.to_metres(complexes)
    home, road = shapely.STRtree(lines).query_nearest(grounds, max_distance=_FACING_M, all_matches=False)
    place = shapely.line_locate_point(lines[road], shapely.centroid(grounds[home]))
    side = _side(lines[road], shapely.centroid(grounds[home]), place)
    table = pd.DataFrame(
        {
            "target": complexes["ref"].to_numpy()[home],
            "road": named["name"].to_numpy()[road],
            "place": place + 1e6 * road,  # pieces of a road one after another
            "side": side,
        }
    ).sort_values(["road", "side", "place"], kind="stable")
    rank = table.groupby(["road", "side"]).cumcount()
    plates = table.assign(text=table["road"] + (2 * (3 * rank + 1) + table["side"]).astype(str) + "号")
    main = (
        named.loc[named["name"].str.fullmatch(".+[东西南北][路街]"), "name"].drop_duplicates().head(RENAMED)
    )
    old = pd.DataFrame({"kind": "road", "target": main, "text": [f"{_former(name)}" for name in main]})
    found = pd.concat([plates[["target", "text"]].assign(kind="address"), old], ignore_index=True)
    return found.assign(
        valid_from=pd.Series([None] * len(found), dtype=object),
        valid_to=pd.Series([_RENAMED_ON if kind == "road" else None for kind in found["kind"]], dtype=object),
    )[["kind", "target", "text", "valid_from", "valid_to"]]


def with_lanes(buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Houses where people live outside every complex get road addresses: a lane named after their community, counted
    in the order of the buildings (兰泽胡同15号)."""
    alone = buildings["complex_ref"].isna() & (buildings["use"] == "residential")
    names = dict(zip(communities["code"], communities["name"], strict=True))
    number = buildings[alone].groupby("community_code").cumcount() + 1
    lanes = buildings.loc[alone, "community_code"].map(names).str.removesuffix("社区") + "胡同"
    said = lanes + number.astype(str) + "号"
    return buildings.assign(road_addresses=said.reindex(buildings.index).astype("str"))


def _former(name: str) -> str:
    """
    >>> _former("锦川西路")
    '锦川大道西段'
    """
    return f"{name[:-2]}大道{name[-2]}段"


def _side(lines: NDArray[Any], points: NDArray[Any], place: NDArray[np.float64]) -> NDArray[np.int64]:
    """0 on the left of the line, 1 on its right."""
    a = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(place - 5.0, 0.0)))
    b = shapely.get_coordinates(shapely.line_interpolate_point(lines, place + 5.0))
    p = shapely.get_coordinates(points)
    along, off = b - a, p - a
    return np.asarray(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0] < 0, dtype=np.int64)
