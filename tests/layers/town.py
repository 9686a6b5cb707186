"""A town small enough to check by eye: two communities of eight square cells each, one building a cell.

communities   999901001001 (west)      999901001002 (east)
cells         a b c d                  four columns, two rows, 100 households each
              e f g h
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.imports.imports import import_frame
from layers.plans.cells import build_cells
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 11, 22)
WEST, EAST = "999901001001", "999901001002"
STEP_DEG = 0.001
LON, LAT = 108.7, 34.33


def square(column: int, row: int, *, width: int = 1, height: int = 1, shrink: float = 0.0) -> shapely.Polygon:
    """A box of whole cells, `shrink` (share of a cell) smaller on every side; rows count from the south."""
    inset = shrink * STEP_DEG
    return shapely.box(
        round(LON + column * STEP_DEG + inset, 9),
        round(LAT + row * STEP_DEG + inset, 9),
        round(LON + (column + width) * STEP_DEG - inset, 9),
        round(LAT + (row + height) * STEP_DEG - inset, 9),
    )


def communities() -> gpd.GeoDataFrame:
    """West and east, side by side."""
    return gpd.GeoDataFrame(
        {"code": [WEST, EAST], "name": ["西社区", "东社区"], "kind": "urban"},
        geometry=[square(0, 0, width=4, height=2), square(4, 0, width=4, height=2)],
        crs=4490,
    )


def buildings(households: int = 100) -> gpd.GeoDataFrame:
    """One building in the middle of every cell."""
    places = [(column, row) for column in range(8) for row in range(2)]
    return gpd.GeoDataFrame(
        {
            "ref": [f"b{column}{row}" for column, row in places],
            "name": [f"{2 * column + row + 1}号楼" for column, row in places],
            "use": "residential",
            "levels": 6,
            "households": households,
            "people": 3 * households,
        },
        geometry=[square(column, row, shrink=0.3) for column, row in places],
        crs=4490,
    )


def settle(store: Store) -> None:
    """The town in a store, cut into cells."""
    import_frame(store, OPERATOR, "communities", communities(), source="town", actor="test", now=NOW)
    import_frame(store, OPERATOR, "buildings", buildings(), source="town", actor="test", now=NOW)
    steps = list(build_cells(store, OPERATOR, actor="test", now=NOW))
    assert [step.error for step in steps] == [None, None]


def drawn_grids(*columns: tuple[int, int], community: str = WEST) -> gpd.GeoDataFrame:
    """Grids as drawn: each a (first column, width) strip of both rows."""
    return gpd.GeoDataFrame(
        {
            "ref": [f"g{i}" for i in range(len(columns))],
            "code": pd.Series([f"{community}{i + 1:03d}" for i in range(len(columns))], dtype="str"),
            "name": [f"第{np.array(list('一二三四五'))[i]}网格" for i in range(len(columns))],
            "kind": "base",
        },
        geometry=[square(first, 0, width=width, height=2) for first, width in columns],
        crs=4490,
    )
