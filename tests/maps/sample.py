"""A made-up quarter for the tests of the maps: two communities side by side, four blocks each, every block a
grid with buildings in rows; small enough to count by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.crs import KEPT_CRS, LocalMetres

LOCAL = LocalMetres.around(108.70, 34.33)
BLOCK_M = 200.0
NAMES = ("第一网格", "第二网格", "第三网格", "第四网格")
HOUSEHOLDS = (420, 180, 640, 350)
"""Per block of each community: within 300-500, below, above, within."""


def _frame(columns: dict[str, Any], shapes: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=list(LOCAL.to_degrees(shapes)), crs=KEPT_CRS)


def _blocks() -> list[Polygon]:
    """Eight squares, the first four of the western community: 0 1 | 4 5 over 2 3 | 6 7."""
    corners = [(x, y) for community in (0, 2) for y in (1, 0) for x in (community, community + 1)]
    return [box(x * BLOCK_M, y * BLOCK_M, (x + 1) * BLOCK_M, (y + 1) * BLOCK_M) for x, y in corners]


def communities(*names: str) -> gpd.GeoDataFrame:
    """芙蓉社区 in the west and 渭滨社区 in the east, unless other names are given."""
    shown = names or ("芙蓉社区", "渭滨社区")
    shapes = [box(0, 0, 2 * BLOCK_M, 2 * BLOCK_M), box(2 * BLOCK_M, 0, 4 * BLOCK_M, 2 * BLOCK_M)]
    columns = {"code": ["610402001001", "610402001002"], "name": list(shown), "kind": ["urban", "urban"]}
    return _frame(columns, shapes)


def grids(*, stray: bool = False, **columns: list[Any]) -> gpd.GeoDataFrame:
    """One grid per block; the last one is exclusive. `stray` splits the first in two parts."""
    shapes: list[Any] = list(_blocks())
    if stray:
        shapes[0] = MultiPolygon([box(0, 205, 80, 400), box(120, 205, 200, 400)])
    community = ["610402001001"] * 4 + ["610402001002"] * 4
    values = {
        "code": [f"{code}{i % 4 + 1:03d}" for i, code in enumerate(community)],
        "name": list(NAMES * 2),
        "kind": ["base"] * 7 + ["exclusive"],
        "community_code": community,
        "households": list(HOUSEHOLDS * 2),
        "households_estimated": [False] * 4 + [True] * 4,
        "people": pd.array([h * 3 for h in HOUSEHOLDS] + [None] * 4, dtype="Int64"),
        "colour": [0, 1, 2, 3, 4, 5, 6, 7],
        "plan_version": [3] * 8,
        "valid_from": [date(2026, 12, 1)] * 8,
    }
    return _frame(values | columns, shapes)


def complexes(*names: str) -> gpd.GeoDataFrame:
    """One complex in each of the first two blocks."""
    shapes = [box(20, 220, 180, 380), box(220, 220, 380, 380)]
    return _frame({"ref": ["c1", "c2"], "name": list(names or ("芙蓉小区", "纺织家属院"))}, shapes)


def buildings(name: str = "{number}号楼") -> gpd.GeoDataFrame:
    """Four slabs of 60 x 14 m in each block; those of the first two blocks belong to the complexes."""
    shapes, columns = [], []
    for block, square in enumerate(_blocks()):
        west, south, *_ = square.bounds
        for row in range(4):
            shapes.append(box(west + 60, south + 30 + row * 42, west + 120, south + 44 + row * 42))
            columns.append(
                {
                    "ref": f"b{block}{row}",
                    "name": name.format(number=row + 1),
                    "use": "residential",
                    "levels": 6,
                    "households": HOUSEHOLDS[block % 4] // 4,
                    "households_estimated": block >= 4,
                    "complex_ref": f"c{block + 1}" if block < 2 else None,
                }
            )
    frame = pd.DataFrame(columns)
    frame["households_estimated"] = frame["households_estimated"].astype("boolean")
    return gpd.GeoDataFrame(frame, geometry=list(LOCAL.to_degrees(shapes)), crs=KEPT_CRS)


def roads(*names: str) -> gpd.GeoDataFrame:
    """A main road between the communities, a side street across, a railway in the south."""
    shapes = [
        LineString([(400, -40), (400, 440)]),
        LineString([(-40, 200), (840, 200)]),
        LineString([(-40, -20), (840, -20)]),
    ]
    columns = {"ref": ["r1", "r2", "r3"], "name": list(names or ("人民西路", "芙蓉巷", None))}
    return _frame(columns | {"road_class": ["primary", "residential", "rail"]}, shapes)


def water() -> gpd.GeoDataFrame:
    """A river in the north as an area, and a ditch as a line."""
    columns = {"ref": ["w1", "w2"], "name": ["渭河", None], "kind": ["river", "stream"]}
    return _frame(columns, [box(-60, 410, 860, 460), LineString([(-60, 480), (860, 480)])])


def stations(name: str = "心心秦家") -> gpd.GeoDataFrame:
    """A service centre in the third block and a day-care station in the sixth."""
    columns = {"ref": ["s1", "s2"], "name": [name, "日间照料站"], "kind": ["party_service", "day_care"]}
    return _frame(columns | {"floor_area_m2": [820.0, None]}, [Point(150, 100), Point(750, 300)])


def frames() -> dict[str, gpd.GeoDataFrame]:
    """All layers, ready for `grids_page(**frames())`."""
    return {
        "grids": grids(),
        "communities": communities(),
        "complexes": complexes(),
        "buildings": buildings(),
        "roads": roads(),
        "water": water(),
        "stations": stations(),
    }


def nothing() -> dict[str, gpd.GeoDataFrame]:
    """All layers with their columns and no row."""
    return {name: frame.iloc[:0] for name, frame in frames().items()}


def walk_areas() -> gpd.GeoDataFrame:
    """The ground within 5, 10 and 15 minutes of the service centre: ever more of the west."""
    return _frame({"minutes": [5, 10, 15]}, [box(0, 0, reach, 400) for reach in (150, 250, 400)])


def circles() -> gpd.GeoDataFrame:
    """A circle around each station."""
    return _frame({"ref": ["s1", "s2"]}, [Point(150, 100).buffer(300), Point(750, 300).buffer(300)])
