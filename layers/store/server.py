"""What kind of server a store runs on, and whether the embedded file is whole, for whoever looks after it."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from layers.store.database import Store


def server_version(store: Store) -> str:
    """The versions of the database and, on PostgreSQL, of PostGIS (`no PostGIS` where it is not installed)."""
    if store.dialect == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with store.read() as conn:
        server = conn.scalar(sa.select(sa.func.current_setting("server_version")))
        installed = sa.text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
        postgis = conn.scalar(installed)
    return f"PostgreSQL {server}, {f'PostGIS {postgis}' if postgis else 'no PostGIS'}"


def damage(store: Store) -> str | None:
    """What SQLite finds wrong with the pages of its file, first thing first; None when all is well, and on PostgreSQL,
    which looks after its own. Reads the whole file: seconds for a gigabyte. Raises `StoreError` for a file so damaged
    that it cannot be looked through."""
    if store.dialect != "sqlite":
        return None
    with store.read() as conn:
        found = str(conn.scalar(sa.text("PRAGMA quick_check(1)")))
    return None if found == "ok" else " ".join(found.split())
