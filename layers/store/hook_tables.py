"""The table of those who are told when grids change: where, of which area, and how far they have been told."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, String, Table, Text

from layers.store.tables import BigId, metadata

hooks = Table(
    "hooks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("area", JSON, nullable=False),
    Column("networks", JSON, nullable=False),
    Column("key", String(8), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("cursor", String(40), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("told_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True)),
    Column("failing_since", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False),
    Column("trouble", JSON(none_as_null=True)),
    Column("halted", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
