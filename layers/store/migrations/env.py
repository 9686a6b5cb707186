"""Runs the migrations on the connection `Store.migrate` hands over; there is no other way in."""

from __future__ import annotations

from alembic import context

from layers.store import (
    account_tables,
    address_tables,
    batch_tables,
    chain_tables,
    hook_tables,
    job_tables,
    planning_tables,
    procedure_tables,
)
from layers.store.tables import metadata

for module in (
    account_tables,
    address_tables,
    batch_tables,
    chain_tables,
    hook_tables,
    job_tables,
    planning_tables,
    procedure_tables,
):
    assert module.metadata is metadata  # noqa: S101  imported so that its tables are known

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
