"""Checks that hold no lock, then one short transaction that writes and says in the history what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from layers import history
from layers.batches.batch import Batch, wait_for_others
from layers.imports.checks import Checked
from layers.imports.writing import Written, standing
from layers.plans.adopting import Kept
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading, Writing

_TRIES = 3
"""How often the checks are made again because somebody wrote meanwhile, before they are made under the lock."""


def written_shortly(
    store: Store,
    viewer: Viewer,
    check: Callable[[Reading], Checked],
    write: Callable[[Writing, Checked], Written],
    *,
    actor: str,
    now: datetime,
) -> tuple[Checked, Written]:
    """Check while others may write, then write in one short transaction; again when the ground changed between."""
    for _ in range(_TRIES):
        with store.reading(viewer) as looking:
            checked, seen = check(looking), standing(looking)
        with store.writing(viewer, actor=actor, now=now) as unit:
            wait_for_others(unit)
            if standing(unit) == seen:
                return checked, write(unit, checked)
    with store.writing(viewer, actor=actor, now=now) as unit:
        wait_for_others(unit)
        checked = check(unit)
        return checked, write(unit, checked)


def kept_drafts(source: str, told: list[int]) -> Kept:
    """What keeps imported grids as a batch: their drafts, which go when it is taken back. Its number goes into `told`."""

    def keep(unit: Writing, plan_ids: Sequence[int]) -> Mapping[str, Any]:
        batch = Batch(unit, action="import", layer="grids", source=source)
        batch.added(t.plans, plan_ids)
        told.append(batch.close().number)
        return {"batch": told[-1]}

    return keep


def closed(batch: Batch, written: Written) -> Written:
    """What was written, with the number of its batch, which the history tells."""
    closed = batch.close()
    history.record_import(batch.unit, batch.layer, batch.source, closed, written.rows, written.notes)
    return written._replace(batch=closed.number)
