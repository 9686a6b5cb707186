"""Bulk writes on PostgreSQL: rows go in by COPY."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import psycopg
import shapely
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection

from layers.store.types import SRID
from layers.store.values import column_values


def copy_frame(
    conn: Connection,
    table: sa.Table,
    target: str,
    names: Sequence[str],
    frame: pd.DataFrame,
    constants: Mapping[str, Any],
) -> None:
    """The rows of `frame`, as `table` holds them, into the table called `target`; `constants` as in `column_values`."""
    rows = column_values(table, names, frame, constants, geometry=_hex_ewkb, structure=_json)
    _copy(conn, target, names, rows)


def merge_frame(
    conn: Connection,
    table: sa.Table,
    key: str,
    names: Sequence[str],
    frame: pd.DataFrame,
    constants: Mapping[str, Any],
) -> tuple[int, int]:
    """How many rows `layers.store.rows.upsert_frame` added and updated on PostgreSQL. Rows come by COPY into a table of this session and go on from there, by key, so
    that two writers of the same rows wait for each other instead of blocking each other."""
    incoming = sa.table(f"incoming_{table.name}", *(sa.column(name, table.c[name].type) for name in names))
    quoted = conn.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(name) for name in names)
    conn.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {quoted(incoming.name)} ON COMMIT DROP AS "  # noqa: S608  our own names
        f"SELECT {columns} FROM {quoted(table.name)} WITH NO DATA"
    )
    copy_frame(conn, table, incoming.name, names, frame, constants)
    insert = postgresql.insert(table).from_select(names, sa.select(*incoming.c).order_by(incoming.c[key]))
    fresh = {name: insert.excluded[name] for name in names if name != key}
    added = (sa.literal_column("xmax", sa.String) == sa.literal_column("'0'::xid")).label("added")
    written = insert.on_conflict_do_update(index_elements=[key], set_=fresh).returning(added).cte("written")
    counts = sa.select(
        sa.func.count().filter(written.c.added), sa.func.count().filter(sa.not_(written.c.added))
    )
    new, old = conn.execute(counts.select_from(written)).one()
    conn.exec_driver_sql(f"DROP TABLE {quoted(incoming.name)}")
    return int(new), int(old)


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
