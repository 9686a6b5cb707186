"""Who changed what and when: rows that are only ever added, in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import Words
from layers.rights.viewer import Viewer
from layers.rights.visible import visible
from layers.store import tables as t
from layers.store.rows import read_table


def record(
    conn: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    detail: Mapping[str, Any],
    community_code: str | None = None,
    plan_id: int | None = None,
) -> None:
    """Add one row. `detail` holds plain figures and names of things, never of people."""
    conn.execute(
        t.history.insert().values(
            at=at,
            actor=actor,
            action=action,
            community_code=community_code,
            plan_id=plan_id,
            detail=dict(detail),
        )
    )


def record_import(
    conn: Connection,
    at: datetime | None,
    actor: str,
    layer: str,
    source: str,
    written: tuple[int, int],
    notes: Sequence[Words],
) -> None:
    """Add the row of an import: what was added and updated, and what else changed with it. Without `at`, none."""
    if at is None:
        return
    added, updated = written
    detail = {"layer": layer, "source": source, "added": added, "updated": updated}
    also = {"also": [note.en for note in notes]} if notes else {}
    record(conn, at=at, actor=actor, action="import", detail=detail | also)


def read_history(
    conn: Connection, viewer: Viewer, *, codes: Sequence[str] | None = None, limit: int = 200
) -> pd.DataFrame:
    """The newest `limit` rows the viewer may see, newest first."""
    statement = sa.select(t.history).order_by(t.history.c.id.desc()).limit(limit)
    return read_table(conn, visible(statement, t.history.c.community_code, viewer, codes=codes))
