"""What kind of server a store runs on, for whoever looks after it."""

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
