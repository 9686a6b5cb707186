"""A street of 2 km with five buildings and a station, in two communities and two grids, small enough to check by eye.

    h0        h1        h2   ‖   h3        h4       buildings 10 m north of the street, of 10, 20, 30, 40 and 3 households
────●─────────┼─────────┼────‖────┼─────────┼────   one street; ● the station, on it at h0
    0        400       800  900  1200      1600 m   ‖ border of the communities 甲 and 乙
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import KEPT_CRS, LocalMetres
from layers.imports.imports import import_frame
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 11, 22)
WEST, EAST = "999901001001", "999901001002"
LOCAL = LocalMetres.around(108.7, 34.33)
HOUSEHOLDS = (10, 20, 30, 40, 3)
AT_M = (0, 400, 800, 1200, 1600)


def _degrees(*shapes: Any) -> list[Any]:
    return list(LOCAL.to_degrees(list(shapes)))


def point(x: float, y: float = 0.0) -> tuple[float, float]:
    """Longitude and latitude of a place drawn in metres."""
    (found,) = _degrees(shapely.Point(x, y))
    return found.x, found.y


def settle(store: Store, *, stations: bool = True, roads: bool = True) -> None:
    """The place in a store; the station only with `stations`."""
    frames = {
        "communities": gpd.GeoDataFrame(
            {"code": [WEST, EAST], "name": ["甲社区", "乙社区"]},
            geometry=_degrees(shapely.box(-300, -300, 1000, 300), shapely.box(1000, -300, 2300, 300)),
            crs=KEPT_CRS,
        ),
        "buildings": gpd.GeoDataFrame(
            {
                "ref": [f"h{number}" for number in range(5)],
                "name": [f"{number + 1}号楼" for number in range(5)],
                "use": "residential",
                "households": HOUSEHOLDS,
                "people": [3 * count for count in HOUSEHOLDS],
            },
            geometry=_degrees(*(shapely.box(x - 5, 5, x + 5, 15) for x in AT_M)),
            crs=KEPT_CRS,
        ),
    }
    if roads:
        frames["roads"] = gpd.GeoDataFrame(
            {"ref": ["r1", "r2"], "name": ["一马路", "一巷"], "road_class": "residential"},
            geometry=_degrees(
                shapely.LineString([(-200, 0), (2000, 0)]), shapely.LineString([(1400, -100), (1400, 100)])
            ),
            crs=KEPT_CRS,
        )
    if stations:
        frames["stations"] = gpd.GeoDataFrame(
            {
                "ref": ["s1"],
                "name": ["甲社区党群服务中心"],
                "kind": ["party_service"],
                "floor_area_m2": pd.array([400.0], dtype="Float64"),
            },
            geometry=_degrees(shapely.Point(0, 0)),
            crs=KEPT_CRS,
        )
    for layer, frame in frames.items():
        import_frame(store, OPERATOR, layer, frame, source="place", actor="test", now=NOW)
