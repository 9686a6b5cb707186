"""The tables of a plan's way through the offices.

plan_exceptions    findings that were allowed to stand, why and by whom
grid_decisions     grids of a submitted plan that were approved or refused one by one; the last word about each
consultations      plans shown to the public for some days (公示), by what right, and how to answer
plan_notes         what was said of a plan, of a grid or a spot: comments of colleagues, remarks of the public as the office took
                   them down; what was made of each
"""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Float, ForeignKey, String, Table, Text

from layers.store.tables import BigId, metadata
from layers.store.types import ShapelyGeometry

plan_exceptions = Table(
    "plan_exceptions",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("rule", String(40), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("value", Float),
    Column("bound", Float),
    Column("reason", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""`code` is empty for a finding about the plan as a whole."""
grid_decisions = Table(
    "grid_decisions",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("verdict", String(10), nullable=False),
    Column("ground", String(64), nullable=False),
    Column("remark", Text),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""`ground` is a fingerprint of the grid as it was decided about: a changed one is decided about again."""
consultations = Table(
    "consultations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("how", Text, nullable=False),
    Column("approval", Text),
    Column("exemption", Text),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", Text),
    Column("reason", Text),
    sqlite_autoincrement=True,
)
"""`reason` says why one was ended before its last day."""
plan_notes = Table(
    "plan_notes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("consultation_id", BigId, ForeignKey("consultations.id", ondelete="CASCADE")),
    Column("grid_code", String(40)),
    Column("text", Text, nullable=False),
    Column("via", String(10)),
    Column("said_on", Date, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("verdict", String(10)),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", DateTime(timezone=True)),
    Column("geometry", ShapelyGeometry()),
    sqlite_autoincrement=True,
)
"""A point or a line in `geometry`, or nothing; `consultation_id` and `via` with remarks of the public only."""
