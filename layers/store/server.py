"""What kind of server a store runs on, and whether the embedded file is whole, for whoever looks after it."""

from __future__ import annotations

import sqlite3
from typing import Literal

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


def power_over_tables(store: Store) -> Literal["superuser", "owner", "rows"] | None:
    """What the role of this store may do on PostgreSQL: anything, anything to our tables, or to their rows only. None on SQLite."""
    if store.dialect == "sqlite":
        return None
    with store.read() as conn:
        is_super = conn.scalar(sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        owns = conn.scalar(
            sa.text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('audit')")
        )
    return "superuser" if is_super else "owner" if owns else "rows"
