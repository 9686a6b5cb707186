"""A community of words: two complexes, houses on a road and in a village, a school, lines around.

north 人民路 y=6     columns x: 0..11, one building a cell of 0.001 degrees
      芙蓉小区 1-6号楼, 商业1号楼, one house without a name    (row 3)
      桂苑 1-3幢, A座; 桂苑二期 1幢                            (row 2)
      桂花路 1-8号                                            (row 1)
      永乐村1组1号 1组2号 2组1号; 第一小学教学楼、体育馆        (row 0)
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.words.register import Register

STEP = 0.001
ROWS = [
    (0, "永乐村1组1号", None, "永乐村1组1号"),
    (0, "永乐村1组2号", None, "永乐村1组2号"),
    (0, "永乐村2组1号", None, "永乐村2组1号"),
    (0, "锦川第一小学教学楼", None, None),
    (0, "锦川第一小学体育馆", None, None),
    *[(1, None, None, f"桂花路{number}号") for number in range(1, 9)],
    *[(2, f"{number}幢", "G", None) for number in (1, 2, 3)],
    (2, "A座", "G", None),
    (2, "1幢", "G2", None),
    *[(3, f"{number}号楼", "F", None) for number in range(1, 7)],
    (3, "商业1号楼", "F", None),
    (3, None, "F", None),
]


def buildings() -> gpd.GeoDataFrame:
    """The houses, each in its cell."""
    seen = [0, 0, 0, 0]
    shapes = []
    for row, *_ in ROWS:
        x, seen[row] = seen[row], seen[row] + 1
        shapes.append(shapely.box(x * STEP, row * STEP, (x + 0.8) * STEP, (row + 0.8) * STEP))
    frame = pd.DataFrame(ROWS, columns=["row", "name", "complex_ref", "road_addresses"])
    return gpd.GeoDataFrame(frame.assign(ref=[f"B{i}" for i in range(len(ROWS))]), geometry=shapes, crs=4490)


def cells(houses: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Cells of a lattice of 8 by 4, those without a house empty, and who is beside whom."""
    of = {
        (round(box[0] / STEP), round(box[1] / STEP)): ref
        for box, ref in zip(shapely.bounds(houses.geometry.array), houses["ref"], strict=True)
    }
    places = [(x, y) for y in range(4) for x in range(8)]
    frame = gpd.GeoDataFrame(
        {
            "cell": range(len(places)),
            "building_ref": pd.Series([of.get(place) for place in places], dtype=object),
            "area_m2": 1.0,
        },
        geometry=[shapely.box(x * STEP, y * STEP, (x + 1) * STEP, (y + 1) * STEP) for x, y in places],
        crs=4490,
    )
    at = {place: i for i, place in enumerate(places)}
    pairs = [
        (at[place], at[beside])
        for place in places
        for beside in ((place[0] + 1, place[1]), (place[0], place[1] + 1))
        if beside in at
    ]
    edges = pd.DataFrame(np.array(pairs), columns=["a", "b"]).assign(shared_m=100.0)
    return frame, edges


def register() -> Register:
    """The names of the town."""
    complexes = pd.DataFrame(
        {
            "ref": ["F", "G", "G2"],
            "name": ["芙蓉小区", "桂苑", "桂苑二期"],
            "phase": [None, None, "二期"],
            "aliases": [["老芙蓉院"], [], []],
        }
    )
    lines = gpd.GeoDataFrame(
        {"name": ["人民路", "中街", "西街", "东街", "南街"]},
        geometry=[
            shapely.LineString([(-STEP, 4 * STEP), (9 * STEP, 4 * STEP)]),
            shapely.LineString([(4 * STEP, -STEP), (4 * STEP, 5 * STEP)]),
            shapely.LineString([(-STEP, -STEP), (-STEP, 4 * STEP)]),
            shapely.LineString([(9 * STEP, -STEP), (9 * STEP, 4 * STEP)]),
            shapely.LineString([(-STEP, -STEP), (9 * STEP, -STEP)]),
        ],
        crs=4490,
    )
    aliases = pd.DataFrame(
        {"kind": ["road", "address"], "target": ["桂花路", "F"], "text": ["旧桂路", "人民路12号院"]}
    )
    return Register.of("永乐村", buildings(), complexes, aliases=aliases, lines=[lines])
