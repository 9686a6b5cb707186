"""A day in the ways offices and spreadsheets write it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_DAY = re.compile(
    r"(\d{4})\s*(?:([-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"
    r"(?:[T\s]+[\d:.时分秒上下午AMPZ+\- ]*)?"  # a time of day says nothing of the day
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: what a spreadsheet keeps for such a day, counted from 1899-12-30."""


def day_of(text: str, *, serial: bool = False) -> date | None:
    """The day a text says, None for none; with `serial` also as the number a spreadsheet keeps for it.

    >>> [str(day_of(text)) for text in ("2026-03-01", "2026/3/1", "2026年3月1日", "20260301", "２０２６.３.１", "2026/3/1 00:00:00")]
    ['2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01']
    >>> day_of("2026-02-30"), day_of("46082"), day_of("46082", serial=True)
    (None, None, datetime.date(2026, 3, 1))
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.fullmatch(plain)
    if found is not None:
        year, month, day = found[1], found[3] or found[5], found[4] or found[6]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None
    counted = _SERIAL.fullmatch(plain) if serial else None
    if counted is None or not _FIRST_SERIAL <= int(counted[1]) <= _LAST_SERIAL:
        return None
    return date(1899, 12, 30) + timedelta(days=int(counted[1]))
