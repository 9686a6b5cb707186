"""Roads, railways, walls and water: the public base map, and what cuts a community into blocks."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa

from layers.store import tables as t
from layers.store.types import SRID
from layers.store.unit import Reading

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

MARGIN_DEG = 0.002
"""How far around an area its surroundings reach: about 200 m."""


def around(bounds: Bounds) -> Bounds:
    """`bounds` with the surroundings."""
    west, south, east, north = bounds
    return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG


def near(frame: gpd.GeoDataFrame, bounds: Bounds) -> gpd.GeoDataFrame:
    """The rows of `frame` that reach into `bounds` or their surroundings."""
    box = shapely.box(*around(bounds))
    return frame[shapely.intersects(frame.geometry.to_numpy(), box)].reset_index(drop=True)


def read_roads(unit: Reading, *, bounds: Bounds | None = None) -> gpd.GeoDataFrame:
    """Roads by ref, in EPSG:4490; with `bounds` (degrees) those whose box meets it. Public: the same for every viewer."""
    return within(unit, t.roads, bounds)


def read_water(unit: Reading, *, bounds: Bounds | None = None) -> gpd.GeoDataFrame:
    """Rivers, lakes and canals by ref, in EPSG:4490; with `bounds` (degrees) those whose box meets it. Public."""
    return within(unit, t.water, bounds)


def within(unit: Reading, table: sa.Table, bounds: Bounds | None) -> gpd.GeoDataFrame:
    """Rows of a table with `ref` and geometry; with `bounds` those whose box meets it."""
    statement: sa.Select[*tuple[Any, ...]] = sa.select(table).order_by(table.c.ref)
    if bounds is None:
        return unit.frame(statement)
    if unit.dialect == "postgresql":
        return unit.frame(statement.where(table.c.geometry.op("&&")(sa.func.ST_MakeEnvelope(*bounds, SRID))))
    frame = unit.frame(statement)
    box = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 4)
    west, south, east, north = bounds
    meets = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    return frame[meets].reset_index(drop=True)
