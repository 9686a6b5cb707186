"""Tables by which deeds on the layers are taken back, and where rows are that have ended.

batches -< batch_rows     one import, end or undo; each row it touched as it was before, and what it was known by after
batches -< batch_places   where it touched something: codes of communities, empty for what belongs to none
ended                     rows of layers that are no longer there: whole, with the day and the reason
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from layers.store.tables import BigId, metadata

batches = Table(
    "batches",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(10), nullable=False),
    Column("layer", String(20), nullable=False, index=True),
    Column("source", String(200), nullable=False),
    Column("reason", Text),
    Column("undoes", BigId, ForeignKey("batches.id"), index=True),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
    CheckConstraint("action IN ('import', 'end', 'undo')", name="action"),
    CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name="undo_of_something"),
    sqlite_autoincrement=True,
)
batch_rows = Table(
    "batch_rows",
    metadata,
    Column("batch_id", BigId, ForeignKey("batches.id"), primary_key=True),
    Column("layer", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("before", JSON, nullable=False),
    Column("after", String(24)),
)
batch_places = Table(
    "batch_places",
    metadata,
    Column("batch_id", BigId, ForeignKey("batches.id"), primary_key=True),
    Column("place", String(12), primary_key=True),
)
Index("ix_batch_rows_layer_key", batch_rows.c.layer, batch_rows.c.key)
ended = Table(
    "ended",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("layer", String(20), nullable=False),
    Column("key", String(64), nullable=False),
    Column("community_code", String(12), index=True),
    Column("ended_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row", JSON, nullable=False),
)
Index("ix_ended_layer_ended_on", ended.c.layer, ended.c.ended_on)
