"""The rows of the queue of jobs out and in again, the same for both kinds of database, so that a restored machine goes on with
the part of each job it was at."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import ConflictError
from layers.store.database import Store
from layers.store.packing import Packing
from layers.store.slots import QUEUE_FILE, QUEUE_SCHEMA, queue_url

FOLDER = "queue/"
"""Where in the zip its tables are."""
_OURS = "dbos_migrations", "queues"
"""Tables whose rows are made with the queue itself."""


def write_queue(store: Store, home: Path, packing: Packing) -> None:
    """Write one state of the queue as members `queue/TABLE.ndjson`; nothing where there is none yet."""
    if store.dialect == "sqlite" and not (home / QUEUE_FILE).exists():
        return
    with _connected(store, home) as connection:
        for table in _tables(connection):
            with packing.member(f"{FOLDER}{table.name}.ndjson") as put:
                for row in connection.execute(sa.select(table)).mappings():
                    kept = {name: value for name, value in row.items() if value is not None}
                    put(json.dumps(kept, ensure_ascii=False).encode() + b"\n")


def restore_queue(store: Store, home: Path, archive: zipfile.ZipFile) -> None:
    """Put back what `write_queue` wrote, all or nothing, into a queue that was prepared. Raises `ConflictError` for one that
    holds jobs."""
    with _connected(store, home) as connection:
        tables = _tables(connection)
        if any(connection.execute(sa.select(table).limit(1)).first() for table in tables):
            raise ConflictError(
                "the queue holds jobs already; restore into an empty folder and database",
                "任务队列中已有任务；请恢复到空文件夹和空库",
            )
        held = set(archive.namelist())
        for table in tables:
            name = f"{FOLDER}{table.name}.ndjson"
            if name in held:
                with archive.open(name) as file:
                    _put(connection, table, map(json.loads, file))


def empty_queue(store: Store, home: Path) -> None:
    """Take everything out again."""
    with _connected(store, home) as connection:
        for table in reversed(_tables(connection)):
            connection.execute(table.delete())


@contextmanager
def _connected(store: Store, home: Path) -> Iterator[Connection]:
    url = sa.make_url(queue_url(store, home))
    engine = sa.create_engine(url) if store.dialect == "sqlite" else store.engine
    try:
        with engine.begin() as connection:
            one_state = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            connection.exec_driver_sql(one_state if store.dialect == "postgresql" else "BEGIN")
            yield connection
    finally:
        if engine is not store.engine:
            engine.dispose()


def _tables(connection: Connection) -> list[sa.Table]:
    """The tables of the library as they are here, what others refer to first."""
    kept = sa.MetaData()
    schema = QUEUE_SCHEMA if connection.dialect.name == "postgresql" else None
    kept.reflect(connection, schema=schema)
    return [table for table in kept.sorted_tables if table.name not in _OURS]


def _put(connection: Connection, table: sa.Table, rows: Iterator[Mapping[str, Any]]) -> None:
    for _, alike in groupby(rows, key=tuple):
        connection.execute(table.insert(), [dict(row) for row in alike])
