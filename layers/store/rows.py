"""Frames to rows and back: the only place that knows how geometry is kept. Bulk writes use COPY on
PostgreSQL (`layers.store.copying`) and one executemany elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from geo.crs import KEPT_CRS
from layers.store.types import ShapelyGeometry
from layers.store.values import column_values

_ROWS_A_QUERY = 500


class Upserted(NamedTuple):
    """How many rows a bulk write added and updated."""

    added: int
    updated: int


_PLAIN = (sa.Integer, sa.Float, sa.String, sa.Boolean)
"""Column types whose Python values SQLite takes as they are."""

_PANDAS_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], Any], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Integer, "Int64"),
    (sa.Float, "Float64"),
    (sa.String, "str"),
)


def read_frame(conn: Connection, statement: sa.Select[*tuple[Any, ...]]) -> gpd.GeoDataFrame:
    """The rows of a select as a GeoDataFrame in EPSG:4490. The select must hold a `geometry` column.

    Whole numbers are Int64, numbers Float64, texts str, flags boolean, JSON and dates objects.
    """
    table = read_table(conn, statement)
    geometry = shapely.from_wkb(table.pop("geometry").to_numpy(dtype=object))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=KEPT_CRS, index=table.index))


def read_table(conn: Connection, statement: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """The rows of a select without geometry handling, typed as in `read_frame`."""
    result = conn.execute(statement)
    rows = result.fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(statement.selected_columns)
    data = {}
    for column, values in zip(statement.selected_columns, columns, strict=True):
        data[column.key] = pd.Series(list(values), dtype=_pandas_type(column.type))
    return pd.DataFrame(data)


def _pandas_type(kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, ShapelyGeometry):
        return object
    return next((dtype for base, dtype in _PANDAS_TYPES if isinstance(kind, base)), object)


def insert_frame(conn: Connection, table: sa.Table, frame: pd.DataFrame, **constants: Any) -> int:
    """Add every row of `frame` to `table`; columns the table does not know are left out.

    `constants` fill columns that are the same in every row. Returns the number of rows.
    """
    if frame.empty:
        return 0
    names = [c.name for c in table.columns if c.name in frame.columns or c.name in constants]
    if conn.dialect.name == "postgresql":
        from layers.store.copying import copy_frame

        copy_frame(conn, table, table.name, names, frame, constants)
        return len(frame)
    rows = column_values(table, names, frame, constants, geometry=list)
    if all(isinstance(table.c[name].type, _PLAIN) for name in names):
        # what needs no converting goes straight to the driver: half the time for a district's residents
        places = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        conn.exec_driver_sql(
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})',  # noqa: S608  our own names
            list(rows),
        )
    else:
        conn.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])
    return len(frame)


def upsert_frame(conn: Connection, table: sa.Table, frame: pd.DataFrame, **constants: Any) -> Upserted:
    """Add the rows whose primary key is new, update the others. The key must be one column, and unique in `frame`.

    The database itself decides which is which (ON CONFLICT), so of two writers of one new key the second updates.
    Columns that neither `frame` nor `constants` has keep their values.
    """
    if frame.empty:
        return Upserted(0, 0)
    (key,) = table.primary_key.columns
    names = [c.name for c in table.columns if c.name in frame.columns or c.name in constants]
    if conn.dialect.name == "postgresql":
        # loaded here, and in insert_frame: the driver of PostgreSQL is of no use to an embedded store
        from layers.store.copying import merge_frame

        return Upserted(*merge_frame(conn, table, key.name, names, frame, constants))
    known = len(existing_keys(conn, table, frame[key.name].tolist()))
    insert = sqlite.insert(table)
    fresh = {name: insert.excluded[name] for name in names if name != key.name}
    upsert = insert.on_conflict_do_update(index_elements=[key], set_=fresh)
    rows = column_values(table, names, frame, constants, geometry=list)
    conn.execute(upsert, [dict(zip(names, row, strict=True)) for row in rows])
    return Upserted(len(frame) - known, known)


def existing_keys(conn: Connection, table: sa.Table, keys: Sequence[Any]) -> set[Any]:
    """Which of `keys` are in the table's one-column primary key."""
    (key,) = table.primary_key.columns
    found: set[Any] = set()
    for start in range(0, len(keys), _ROWS_A_QUERY):
        some = keys[start : start + _ROWS_A_QUERY]
        found.update(conn.scalars(sa.select(key).where(key.in_(some))))
    return found
