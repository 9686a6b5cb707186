"""What the role the server uses on PostgreSQL may do: read and write rows, and nothing to tables. The audit it may read and add to.
Tables belong to the role that migrates."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import InputError, StoreError
from layers.store import archive  # noqa: F401  every table joins the metadata
from layers.store.account_tables import audit
from layers.store.database import Store
from layers.store.slots import QUEUE_SCHEMA
from layers.store.tables import metadata

_ADDED_ONLY = frozenset({audit.name})
_READ_ONLY = frozenset({"alembic_version"})
_ROWS = "SELECT, INSERT, UPDATE, DELETE"


def grant_to(store: Store, role: str) -> None:
    """Let `role` do what a server does, on every table there is and every one that migrations of this owner make later.

    Raises `StoreError` for the embedded store, or without the rights of the owner; `InputError` for a role that is not there, or
    that could do more anyway.
    """
    if store.dialect != "postgresql":
        raise StoreError("the embedded store has no roles", "内嵌数据库没有角色之分")
    with store.begin() as connection:
        _require_plain(connection, role)
        name = connection.dialect.identifier_preparer.quote(role)
        schema = str(connection.scalar(sa.select(sa.func.current_schema())))
        ours = [*metadata.tables, *_READ_ONLY]
        _grant_schema(connection, schema, name, ours)
        queue = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = :schema")
        if tables := [str(one) for one in connection.scalars(queue, {"schema": QUEUE_SCHEMA})]:
            _grant_schema(connection, QUEUE_SCHEMA, name, tables)


def _require_plain(connection: Connection, role: str) -> None:
    """Raise `InputError` unless the role exists, is no superuser and does not belong to who owns the tables."""
    asked = sa.text(
        "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role"
    )
    more = connection.scalar(asked, {"role": role})
    if more is None:
        raise InputError(
            f"there is no role {role}; make one: CREATE ROLE {role} LOGIN PASSWORD '…'",
            f"没有角色 {role}；请先建立：CREATE ROLE {role} LOGIN PASSWORD '…'",
        )
    if more:
        raise InputError(
            f"{role} owns the tables or is a superuser; give the server a role of its own",
            f"{role} 是表的所有者或超级用户；请为服务另建角色",
        )


def _grant_schema(connection: Connection, schema: str, role: str, tables: list[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    place = quote(schema)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {place} TO {role}")
    connection.exec_driver_sql(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {place} GRANT {_ROWS} ON TABLES TO {role}"
    )
    connection.exec_driver_sql(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {place} GRANT USAGE, SELECT ON SEQUENCES TO {role}"
    )
    for table in tables:
        full = f"{place}.{quote(table)}"
        connection.exec_driver_sql(f"REVOKE ALL ON {full} FROM {role}")
        may = "SELECT" if table in _READ_ONLY else "SELECT, INSERT" if table in _ADDED_ONLY else _ROWS
        connection.exec_driver_sql(f"GRANT {may} ON {full} TO {role}")
    # one by one: those of an extension in the same schema are not ours to give
    owned = sa.text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = :schema AND c.relkind = 'S' AND pg_has_role(c.relowner, 'USAGE')"
    )
    for sequence in connection.scalars(owned, {"schema": schema}).all():
        connection.exec_driver_sql(
            f"GRANT USAGE, SELECT ON SEQUENCE {place}.{quote(str(sequence))} TO {role}"
        )
