"""Long work that was asked for: what people see of it. What keeps it going after a crash is `layers.jobs.queue`."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, DateTime, Index, Integer, String, Table, Text

from layers.store.tables import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("actor", Text, nullable=False),
    Column("viewer", JSON, nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("state", String(10), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("worker", String(40)),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("begun", Integer, nullable=False),
    Column("doing", Text),
    Column("told", JSON, nullable=False),
    Column("error", JSON),
    Column("file", JSON),
    CheckConstraint(
        "state IN ('waiting', 'running', 'ending', 'cancelled', 'failed', 'done')", name="job_state"
    ),
)
Index("ix_jobs_actor_asked_at", jobs.c.actor, jobs.c.asked_at)
