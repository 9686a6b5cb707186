"""A small flat land in metres around one point, turned into the frames of the product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.conform import conform
from geo.crs import KEPT_CRS, LocalMetres
from geo.frames import BUILDINGS, COMPLEXES, ROADS, WATER, Contract


class Land:
    """Draws in metres, east and north of one point; refs are b0, b1, ..., c0, ..., r0, ..., w0, ..."""

    local = LocalMetres.around(108.7, 34.33)

    def degrees(self, geometry: Any) -> Any:
        """One geometry in degrees."""
        return self.local.to_degrees(geometry)[0]

    def buildings(self, *shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
        """Of use residential unless said otherwise."""
        return self._frame(BUILDINGS, shapes, {"use": "residential"} | columns)

    def complexes(self, *shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
        return self._frame(COMPLEXES, shapes, columns)

    def roads(self, *lines: Any, **columns: Any) -> gpd.GeoDataFrame:
        """Given as lists of points; primary unless said otherwise."""
        return self._frame(
            ROADS, [shapely.LineString(line) for line in lines], {"road_class": "primary"} | columns
        )

    def water(self, *shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
        return self._frame(WATER, shapes, columns)

    def _frame(self, contract: Contract, shapes: Sequence[Any], columns: dict[str, Any]) -> gpd.GeoDataFrame:
        geometry = list(self.local.to_degrees(np.array(shapes, dtype=object))) if len(shapes) else []
        rows = {"ref": [f"{contract.layer[0]}{i}" for i in range(len(shapes))]}
        rows |= {name: v if isinstance(v, list) else [v] * len(shapes) for name, v in columns.items()}
        return conform(gpd.GeoDataFrame(rows, geometry=geometry, crs=KEPT_CRS), contract)


@pytest.fixture(scope="session")
def land() -> Land:
    return Land()
