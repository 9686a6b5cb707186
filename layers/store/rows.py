"""Frames to rows and back: the only place that knows how geometry is kept. Bulk writes use COPY on
PostgreSQL and one executemany elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from geo.crs import KEPT_CRS
from layers.store.types import SRID, ShapelyGeometry

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
        _copy(conn, table.name, names, _values(table, names, frame, constants, geometry=_hex_ewkb))
        return len(frame)
    rows = _values(table, names, frame, constants, geometry=_as_is)
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
        return _merge(conn, table, key.name, names, frame, constants)
    known = len(existing_keys(conn, table, frame[key.name].tolist()))
    insert = sqlite.insert(table)
    fresh = {name: insert.excluded[name] for name in names if name != key.name}
    upsert = insert.on_conflict_do_update(index_elements=[key], set_=fresh)
    rows = _values(table, names, frame, constants, geometry=_as_is)
    conn.execute(upsert, [dict(zip(names, row, strict=True)) for row in rows])
    return Upserted(len(frame) - known, known)


def _merge(
    conn: Connection,
    table: sa.Table,
    key: str,
    names: Sequence[str],
    frame: pd.DataFrame,
    constants: Mapping[str, Any],
) -> Upserted:
    """`upsert_frame` on PostgreSQL: rows come by COPY into a table of this session and go on from there, by key, so
    that two writers of the same rows wait for each other instead of blocking each other."""
    incoming = sa.table(f"incoming_{table.name}", *(sa.column(name, table.c[name].type) for name in names))
    quoted = conn.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(name) for name in names)
    conn.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {quoted(incoming.name)} ON COMMIT DROP AS "  # noqa: S608  our own names
        f"SELECT {columns} FROM {quoted(table.name)} WITH NO DATA"
    )
    _copy(conn, incoming.name, names, _values(table, names, frame, constants, geometry=_hex_ewkb))
    insert = postgresql.insert(table).from_select(names, sa.select(*incoming.c).order_by(incoming.c[key]))
    fresh = {name: insert.excluded[name] for name in names if name != key}
    added = (sa.literal_column("xmax", sa.String) == sa.literal_column("'0'::xid")).label("added")
    written = insert.on_conflict_do_update(index_elements=[key], set_=fresh).returning(added).cte("written")
    counts = sa.select(
        sa.func.count().filter(written.c.added), sa.func.count().filter(sa.not_(written.c.added))
    )
    new, old = conn.execute(counts.select_from(written)).one()
    conn.exec_driver_sql(f"DROP TABLE {quoted(incoming.name)}")
    return Upserted(int(new), int(old))


def existing_keys(conn: Connection, table: sa.Table, keys: Sequence[Any]) -> set[Any]:
    """Which of `keys` are in the table's one-column primary key."""
    (key,) = table.primary_key.columns
    found: set[Any] = set()
    for start in range(0, len(keys), _ROWS_A_QUERY):
        some = keys[start : start + _ROWS_A_QUERY]
        found.update(conn.scalars(sa.select(key).where(key.in_(some))))
    return found


def _values(
    table: sa.Table, names: Sequence[str], frame: pd.DataFrame, constants: Mapping[str, Any], *, geometry: Any
) -> Iterator[tuple[Any, ...]]:
    columns: list[Sequence[Any]] = []
    for name in names:
        kind = table.c[name].type
        if name in constants:
            value = constants[name]
            columns.append(
                [_json(value) if geometry is _hex_ewkb and isinstance(kind, sa.JSON) else value] * len(frame)
            )
        elif isinstance(kind, ShapelyGeometry):
            columns.append(geometry(np.asarray(frame[name].array, dtype=object)))
        elif isinstance(kind, sa.JSON):
            values = frame[name].tolist()
            columns.append([_json(value) for value in values] if geometry is _hex_ewkb else values)
        else:
            column = frame[name].astype(object)
            columns.append(column.where(column.notna(), None).tolist())
    return zip(*columns, strict=True)


def _as_is(geometries: Any) -> Sequence[Any]:
    return list(geometries)


def _hex_ewkb(geometries: Any) -> Sequence[Any]:
    return list(shapely.to_wkb(shapely.set_srid(geometries, SRID), hex=True, include_srid=True))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _copy(conn: Connection, table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    raw = conn.connection.driver_connection
    assert raw is not None  # noqa: S101  an open SQLAlchemy connection has a driver connection
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        if raw.closed:
            conn.invalidate(error)
        raise
