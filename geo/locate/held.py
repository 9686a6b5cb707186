"""On which days buildings were there that have ended since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo.locate.layers import ALWAYS_SINCE, ALWAYS_UNTIL


@dataclass(frozen=True, slots=True)
class Held:
    """The days of ended buildings by ref. Make it with `of`."""

    days: Mapping[str, tuple[int, int]]
    """First day, and the first on which it was no longer there, as proleptic ordinals."""
    last: int
    """The first day from which on none of them is there."""

    @classmethod
    def of(cls, rows: Iterable[tuple[str, dt.date | None, dt.date | None]]) -> Held:
        """From ref, first day and first day without it; None where no such day is known.

        >>> held = Held.of([("b1", None, dt.date(2026, 11, 1))])
        >>> held.there("b1", dt.date(2026, 10, 31)), held.there("b1", dt.date(2026, 11, 1))
        (True, False)
        >>> held.any_on(dt.date(2026, 11, 1))
        False
        """
        days = {
            ref: (
                ALWAYS_SINCE if since is None else since.toordinal(),
                ALWAYS_UNTIL if until is None else until.toordinal(),
            )
            for ref, since, until in rows
        }
        return cls(days, max((until for _, until in days.values()), default=ALWAYS_SINCE))

    def any_on(self, day: dt.date) -> bool:
        """Whether one of them may have been there on `day`."""
        return day.toordinal() < self.last

    def there(self, ref: str | None, day: dt.date) -> bool:
        """Whether the building with this ref was there on `day` and has ended since."""
        since, until = self.days.get(ref or "", (0, 0))
        return since <= day.toordinal() < until
