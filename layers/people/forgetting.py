"""Households forgotten for good: by their key, or because no list has named them for long. The audit says that it was done, and
how many records went, not whose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

import sqlalchemy as sa

from geo.errors import NotFoundError
from layers.rights.viewer import Viewer
from layers.store.address_tables import matches, residents
from layers.store.batch_tables import batches
from layers.store.database import Store
from layers.store.narrowing import require_household_detail

FORGOTTEN = "forget"
_KEYS_A_QUERY = 500


class Forgotten(NamedTuple):
    """What went."""

    households: int
    records: int
    whole: bool
    """Whether the store's own files hold nothing of it any more; else somebody was reading just then: run it again, or VACUUM.
    Backups are not reached."""


def forget_households(
    store: Store, viewer: Viewer, households: Sequence[str], *, actor: str, now: datetime
) -> Forgotten:
    """Forget every record of these households, whatever list it came from, with its match and decisions.

    Raises `NotFoundError` where none of them is known, `NotAllowedError` unless the viewer may read household detail.
    """
    return _forget(
        store, viewer, residents.c.household.in_(list(households)), "household", actor=actor, now=now
    )


def forget_unlisted(store: Store, viewer: Viewer, *, before: date, actor: str, now: datetime) -> Forgotten:
    """Forget every record whose list was loaded before a day and that no list has brought again since: what retention asks
    for. Raises as `forget_households`."""
    moment = datetime.combine(before, time(), now.tzinfo)
    old = sa.select(batches.c.id).where(batches.c.at < moment)
    return _forget(store, viewer, residents.c.batch_id.in_(old), "retention", actor=actor, now=now)


def _forget(
    store: Store, viewer: Viewer, which: sa.ColumnElement[bool], why: str, *, actor: str, now: datetime
) -> Forgotten:
    require_household_detail(viewer)
    with store.writing(viewer, actor=actor, now=now) as unit:
        found = unit.execute(sa.select(residents.c.ref, residents.c.household).where(which)).all()
        if not found:
            raise NotFoundError("no such household is kept", "没有保存这样的住户")
        refs = [row.ref for row in found]
        for start in range(0, len(refs), _KEYS_A_QUERY):
            unit.execute(residents.delete().where(residents.c.ref.in_(refs[start : start + _KEYS_A_QUERY])))
        count = len({row.household for row in found})
        unit.record(action=FORGOTTEN, detail={"why": why, "households": count, "records": len(refs)})
    return Forgotten(count, len(refs), store.forget(residents, matches))
