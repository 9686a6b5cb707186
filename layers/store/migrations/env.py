"""Runs the migrations on the connection `Store.migrate` hands over; there is no other way in."""

from __future__ import annotations

from alembic import context

from layers.store import planning_tables
from layers.store.tables import metadata

assert planning_tables.metadata is metadata  # noqa: S101  imported so that its tables are known

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
