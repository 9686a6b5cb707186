"""Today's date and the present moment, as the doors hand them down; tests hand down their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One zone, no summer time since 1991: a fixed offset needs no time zone files on the machine."""

Clock = Callable[[], datetime]
"""Gives the present moment, with its time zone."""


def system_clock() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def today(clock: Clock) -> date:
    """The date in China, which decides the plan in force.

    >>> today(lambda: datetime(2026, 11, 22, 17, 0, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return clock().astimezone(CHINA).date()


def on_the_wall(at: datetime) -> datetime:
    """A moment of the store (UTC, where it says no zone) as clocks in China show it.

    >>> on_the_wall(datetime(2026, 11, 22, 17, 0)).isoformat(" ", "minutes")
    '2026-11-23 01:00+08:00'
    """
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(CHINA)
