"""Runs the migrations on the connection `Store.migrate` hands over; there is no other way in."""

from __future__ import annotations

from alembic import context

from layers.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
