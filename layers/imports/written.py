"""Rows of a list into the store, as a batch that can be taken back, and into the history."""

from __future__ import annotations

import pandas as pd

from layers.batches.batch import Batch
from layers.lookup import aliases
from layers.people.residents import write_residents
from layers.store.rows import Upserted
from layers.store.unit import Reading, Writing


def open_batch(unit: Reading, layer: str, source: str) -> Batch | None:
    """A batch where the unit writes; None for a dry run."""
    return Batch(unit, action="import", layer=layer, source=source) if isinstance(unit, Writing) else None


def write_people(batch: Batch, records: pd.DataFrame, *, source: str, whole: bool) -> tuple[Upserted, int]:
    """Write records of residents, one a row, and tell the history; what came of it, and the number of the batch."""
    closed = write_residents(batch, records, source=source, whole=whole)
    return _recorded(batch, Upserted(closed.counts.added, closed.counts.ended), closed.number)


def write_names(batch: Batch, rows: pd.DataFrame, *, source: str) -> tuple[Upserted, int]:
    """Write other names and tell the history, as `_people`."""
    written = aliases.write_aliases(batch.unit, rows, source=source, batch=batch)
    return _recorded(batch, written, batch.close().number)


def _recorded(batch: Batch, written: Upserted, number: int) -> tuple[Upserted, int]:
    detail = {
        "source": batch.source,
        "batch": number,
        "added": written.added,
        "replaced": written.updated,
    }
    batch.unit.record(action=f"import {batch.layer}", detail=detail)
    return written, number
