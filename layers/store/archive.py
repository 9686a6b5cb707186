"""Every row of a store into a zip and back, as JSON, the same for both kinds of database."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import ConflictError, Words
from layers.store import (  # noqa: F401  their tables join the metadata
    account_tables,
    address_tables,
    batch_tables,
    hook_tables,
    job_tables,
    planning_tables,
    procedure_tables,
)
from layers.store import tables as t
from layers.store.database import Store
from layers.store.packing import Packing
from layers.store.types import ShapelyGeometry

_ROWS_AT_ONCE = 1_000
_MADE_BY_MIGRATIONS = {"keys", "state"}
"""Tables that a store has rows in before anything was done with it."""

_RESTORED = Words("the store was restored from a backup", "数据库由备份恢复")


def write_rows(
    store: Store, packing: Packing, *, told: Callable[[str], None] | None = None
) -> dict[str, int]:
    """Write one state of every table as members `TABLE.ndjson`; how many rows of each. `told` hears each table's name.

    Raises `StoreError` for a store that is not at the newest migration.
    """
    store.require_current()
    counts: dict[str, int] = {}
    with store.read() as connection:
        for table in t.metadata.sorted_tables:
            if told is not None:
                told(table.name)
            counts[table.name] = 0
            with packing.member(_member(table)) as put:
                for row in _rows(connection, table):
                    put(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                    counts[table.name] += 1
    return counts


@contextmanager
def restoring_rows(
    store: Store, archive: zipfile.ZipFile, *, told: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Put the rows `write_rows` wrote into an empty store; they stay when the block ends well, all or none. The store is
    migrated first.

    Raises `ConflictError` for a store that holds anything.
    """
    store.migrate()
    held = set(archive.namelist())
    with store.begin() as connection:
        with _without_triggers(connection):
            _make_room(connection)
            for table in t.metadata.sorted_tables:
                if told is not None:
                    told(table.name)
                if _member(table) in held:
                    with archive.open(_member(table)) as file:
                        _put(connection, table, map(json.loads, file))
                _go_on_counting(connection, table)
            # a copy of a store tells other systems nothing until somebody says that it is the one they follow
            connection.execute(hook_tables.hooks.update().values(halted=True, trouble=list(_RESTORED)))
            connection.execute(
                t.state.update().values(value=t.state.c.value + 1)
            )  # whoever keeps something reads again
        yield


def _make_room(connection: Connection) -> None:
    """Take away what migrations put in; anything else is refused."""
    for table in t.metadata.sorted_tables:
        if table.name in _MADE_BY_MIGRATIONS:
            connection.execute(table.delete())
        elif connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise ConflictError(
                f"the store holds {table.name} already; restore into an empty one",
                f"数据库中已有 {table.name}；请恢复到空库",
            )


def _member(table: sa.Table) -> str:
    return f"{table.name}.ndjson"


def _rows(connection: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Rows by key, as JSON holds them; what is NULL is left out, so that a null of JSON is told from it."""
    empty = [column.is_(sa.null()).label(f"{column.name} is null") for column in table.c if column.nullable]
    statement = sa.select(*table.c, *empty).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement)
    for row in result.mappings():
        yield {
            column.name: _plain(column, row[column.name])
            for column in table.c
            if not (column.nullable and row[f"{column.name} is null"])
        }


def _plain(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, ShapelyGeometry):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date) else value


def _put(connection: Connection, table: sa.Table, rows: Iterator[Mapping[str, Any]]) -> None:
    """Rows in their order; those with the same columns beside each other at once."""
    for names, alike in groupby(rows, key=_names):
        columns = [table.c[name] for name in names]
        while some := list(islice(alike, _ROWS_AT_ONCE)):
            values = [{column.name: _typed(column, row[column.name]) for column in columns} for row in some]
            connection.execute(table.insert(), values)


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row)


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, ShapelyGeometry):
        return shapely.from_wkb(value)
    if isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(column.type, sa.JSON) and value is None:
        return sa.JSON.NULL
    return value


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """What guards rows against changes is off while they are put back, inside the transaction."""
    names = [table.name for table in t.metadata.sorted_tables]
    if connection.dialect.name == "postgresql":
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        yield
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        return
    held = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in held:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, made in held:
        connection.exec_driver_sql(made)


def _go_on_counting(connection: Connection, table: sa.Table) -> None:
    """Numbers the database gives go on after the highest; SQLite sees to that itself."""
    key = table.autoincrement_column
    if key is None or connection.dialect.name != "postgresql":
        return
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, key.name)))
    highest = connection.scalar(sa.select(sa.func.max(key)))
    if sequence is not None and highest is not None:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))
