"""Tables of households as offices list them, of where they were found, and of other names places go by.

What tells of a household in its home is sealed (`layers.store.sealing`): address, members, unit, floor, room, before.

residents -< matches     one row a household, kind of list and way of writing its address; where that was found
aliases                  other names of complexes, their road addresses, old names of roads, each with its days
keys                     secrets of this store: with them references are made that nobody outside can work out
gazetteers               what residents were matched against, complex by complex, to know later what changed
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from layers.store.tables import BigId, metadata

residents = Table(
    "residents",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("household", String(64), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("population", String(12), nullable=False),
    Column("people", Integer, nullable=False),
    Column("members", Text),
    Column("centre", Boolean, nullable=False),
    Column("source", String(200), nullable=False),
    Column("batch_id", BigId, index=True),
)
matches = Table(
    "matches",
    metadata,
    Column("resident_ref", String(32), ForeignKey("residents.ref", ondelete="CASCADE"), primary_key=True),
    Column("status", String(10), nullable=False),
    Column("level", String(12)),
    Column("complex_ref", String(64)),
    Column("building_ref", String(64), index=True),
    Column("community_code", String(12), index=True),
    Column("unit", Text),
    Column("floor", Text),
    Column("room", Text),
    Column("confidence", Float, nullable=False),
    Column("reason", Text),
    Column("reason_zh", Text),
    Column("candidates", Text),
    Column("gazetteer", String(16), nullable=False),
    Column("decision", String(10)),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("before", Text),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("status IN ('matched', 'ambiguous', 'none')", name="status"),
    CheckConstraint("decision IN ('confirmed', 'corrected', 'set_aside')", name="decision"),
)
keys = Table(
    "keys",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", String(64), nullable=False),
)
aliases = Table(
    "aliases",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(10), nullable=False),
    Column("target", String(64), nullable=False),
    Column("text", String(200), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("author", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("source", String(200), nullable=False),
    UniqueConstraint("kind", "target", "text"),
    CheckConstraint("kind IN ('name', 'address', 'road')", name="kind"),
    sqlite_autoincrement=True,
)
gazetteers = Table(
    "gazetteers",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("parts", JSON, nullable=False),
)
