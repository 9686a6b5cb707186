"""Roads, railways, walls and water: the public base map, and what cuts a community into blocks."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.rows import read_frame
from layers.store.types import SRID

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


def read_roads(conn: Connection, viewer: Viewer, *, bounds: Bounds | None = None) -> gpd.GeoDataFrame:  # noqa: ARG001
    """Roads by ref; with `bounds` those whose box meets it. Public: the same for every viewer."""
    return _within(conn, t.roads, bounds)


def read_water(conn: Connection, viewer: Viewer, *, bounds: Bounds | None = None) -> gpd.GeoDataFrame:  # noqa: ARG001
    """Rivers, lakes and canals by ref; with `bounds` those whose box meets it. Public."""
    return _within(conn, t.water, bounds)


def _within(conn: Connection, table: sa.Table, bounds: Bounds | None) -> gpd.GeoDataFrame:
    statement: sa.Select[*tuple[Any, ...]] = sa.select(table).order_by(table.c.ref)
    if bounds is None:
        return read_frame(conn, statement)
    if conn.dialect.name == "postgresql":
        return read_frame(
            conn, statement.where(table.c.geometry.op("&&")(sa.func.ST_MakeEnvelope(*bounds, SRID)))
        )
    frame = read_frame(conn, statement)
    box = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 4)
    west, south, east, north = bounds
    meets = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    return frame[meets].reset_index(drop=True)
