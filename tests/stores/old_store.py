"""A store as an older version of the program left it: its schema by its own migrations, its rows from a file beside this one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from layers.store.database import Store
from layers.store.migrating import MIGRATIONS
from layers.store.types import SRID

FOLDER = Path(__file__).parent / "old"


def lay_down(store: Store, revision: str) -> None:
    """Fill an empty store as `tests.layers.households` did when `revision` was the newest: settled, moved in, matched, an account
    and an audit. Its keys, which sealed nothing real, go where the store looks for them."""
    said = json.loads((FOLDER / f"schema_{revision}.json").read_text("utf-8"))
    with store.begin() as connection:
        config = alembic.config.Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, revision)
    with store.begin() as connection, _unguarded(connection, said["rows"]):
        for name in said["rows"]:
            if name in ("state", "keys"):  # made by migrations
                connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608
        held = sa.MetaData()
        held.reflect(connection, only=list(said["rows"]))
        for table in held.sorted_tables:
            _put(connection, table, said["rows"][table.name])
    keys = store.keys.path
    assert keys is not None
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text(said["keys"])
    keys.chmod(0o600)


def _put(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    server = connection.dialect.name == "postgresql"
    for row in rows:
        values = {
            name: _value(table.c[name], value, server) for name, value in row.items() if value is not None
        }
        names, places = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
        connection.execute(sa.text(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'), values)  # noqa: S608
    key = table.autoincrement_column
    if server and key is not None:
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, key.name)))
        if sequence is not None:
            connection.execute(
                sa.select(sa.func.setval(sequence, connection.scalar(sa.select(sa.func.max(key)))))
            )


def _value(column: sa.Column[Any], value: Any, server: bool) -> Any:
    if column.name == "geometry":
        shape = shapely.from_wkb(value)
        return (
            shapely.to_wkb(shapely.set_srid(shape, SRID), hex=True, include_srid=True)
            if server
            else shapely.to_wkb(shape)
        )
    return bool(value) if isinstance(column.type, sa.Boolean) else value


@contextmanager
def _unguarded(connection: Connection, tables: dict[str, Any]) -> Iterator[None]:
    """What is published refuses rows that come late."""
    if connection.dialect.name == "postgresql":
        for name in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        yield
        for name in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        return
    held = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in held:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, made in held:
        connection.exec_driver_sql(made)
