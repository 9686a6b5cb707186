"""Who changed what and when: rows that are only ever added, in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from geo.errors import Words
from layers.batches.batch import Closed
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading, Writing


def record_import(
    unit: Writing, layer: str, source: str, batch: Closed, written: tuple[int, int], notes: Sequence[Words]
) -> None:
    """Add the row of an import: the number of its batch, what was added, updated and ended, and what else changed."""
    added, updated = written
    ended = batch.counts.ended
    detail = {"layer": layer, "source": source, "batch": batch.number, "added": added, "updated": updated}
    detail |= {"ended": ended} if ended else {}
    also = {"also": [note.en for note in notes]} if notes else {}
    unit.record(action="import", detail=detail | also)


def read_history(unit: Reading, *, codes: Sequence[str] | None = None, limit: int = 200) -> pd.DataFrame:
    """The newest `limit` rows the viewer may see, newest first."""
    statement = sa.select(t.history).order_by(t.history.c.id.desc()).limit(limit)
    return unit.table(of_codes(statement, t.history.c.community_code, codes))
