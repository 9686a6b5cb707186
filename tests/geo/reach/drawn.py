"""Small places drawn in metres, as frames in degrees, for tests of walking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import KEPT_CRS, LocalMetres

LOCAL = LocalMetres.around(108.7, 34.33)


def degrees(*wkt: str) -> gpd.GeoSeries:
    """Shapes drawn in metres around one place, in degrees."""
    return gpd.GeoSeries(LOCAL.to_degrees(np.array(shapely.from_wkt(list(wkt)), dtype=object)), crs=KEPT_CRS)


def roads(*drawn: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Roads from (WKT, class) or (WKT, class, "bridge" | "tunnel")."""
    over = [row[2] if len(row) > 2 else "" for row in drawn]
    columns = {
        "ref": [f"r{number}" for number in range(len(drawn))],
        "name": [None] * len(drawn),
        "road_class": [row[1] for row in drawn],
        "bridge": pd.array([one == "bridge" for one in over], dtype="boolean"),
        "tunnel": pd.array([one == "tunnel" for one in over], dtype="boolean"),
    }
    return gpd.GeoDataFrame(columns, geometry=degrees(*(row[0] for row in drawn)), crs=KEPT_CRS)


def water(*drawn: tuple[str, str]) -> gpd.GeoDataFrame:
    """Water from (WKT, kind)."""
    return gpd.GeoDataFrame(
        {"kind": [kind for _, kind in drawn]}, geometry=degrees(*(wkt for wkt, _ in drawn))
    )


def complexes(*wkt: str) -> gpd.GeoDataFrame:
    """Complexes c0, c1 ..."""
    return gpd.GeoDataFrame({"ref": [f"c{number}" for number in range(len(wkt))]}, geometry=degrees(*wkt))


def gates(*drawn: tuple[float, float, str]) -> gpd.GeoDataFrame:
    """Gates from (x, y, complex)."""
    return gpd.GeoDataFrame(
        {"complex_ref": [ref for *_, ref in drawn]},
        geometry=degrees(*(f"POINT ({x} {y})" for x, y, _ in drawn)),
    )


def spots(*xy: Sequence[float]) -> Any:
    """Points drawn in metres, in degrees."""
    return degrees(*(f"POINT ({x} {y})" for x, y in xy)).to_numpy()
