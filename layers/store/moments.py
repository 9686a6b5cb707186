"""Moments as they come out of the store: always in UTC, and always knowing it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar, cast

Moment = TypeVar("Moment", bound=datetime | None)


def as_utc(moment: Moment) -> Moment:
    """A moment of the store, None where there is none; SQLite forgets that it was UTC.

    >>> as_utc(datetime(2026, 11, 22, 4)).isoformat()
    '2026-11-22T04:00:00+00:00'
    """
    if moment is None or moment.tzinfo is not None:
        return moment
    return cast(Moment, moment.replace(tzinfo=UTC))
