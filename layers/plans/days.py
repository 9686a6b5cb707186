"""The days a plan may begin on: near ones at once, far ones when they are meant, nonsense never."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from geo.errors import InputError, Words

CHINA = timezone(timedelta(hours=8))
AHEAD_DAYS = 366
"""Plans are made for this year or the next; what begins later is asked about."""
BACK_DAYS = 20 * 366
"""Resolutions are loaded after the day they name, grids of today long after; what began earlier is asked about."""
MOST_AHEAD_YEARS = 100
FIRST = date(1949, 10, 1)
"""No plan began earlier."""


def china_day(now: datetime) -> date:
    """The date in China at the moment `now`.

    >>> from datetime import UTC
    >>> china_day(datetime(2026, 11, 22, 20, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return now.astimezone(CHINA).date()


class FarDayError(InputError):
    """A first day that is far away and wants to be confirmed."""


def far(day: date, *, today: date) -> Words | None:
    """Why a first day wants to be confirmed; None for an ordinary one. Raises `InputError` for one that is nonsense.

    >>> far(date(2027, 1, 1), today=date(2026, 11, 22)) is None
    True
    >>> far(date(2072, 1, 1), today=date(2026, 11, 22)).en
    '2072-01-01 is 45 years from today; until then the plan cannot be seen'
    """
    if day < FIRST or day.year > today.year + MOST_AHEAD_YEARS:
        raise InputError(
            f"a plan cannot begin on {day}; give a day from {FIRST} to the year {today.year + MOST_AHEAD_YEARS}",
            f"方案不能自 {day} 起生效；请给出 {FIRST} 至 {today.year + MOST_AHEAD_YEARS} 年之间的日期",
        )
    days = (day - today).days
    if days > AHEAD_DAYS:
        years = round(days / 365.25)
        return Words(
            f"{day} is {years} years from today; until then the plan cannot be seen",
            f"{day} 距今天还有 {years} 年，在此之前该方案不会生效",
        )
    if days < -BACK_DAYS:
        years = round(-days / 365.25)
        return Words(f"{day} is {years} years ago", f"{day} 是 {years} 年以前")
    return None


def require_meant(day: date, *, today: date, confirmed: bool) -> None:
    """Raise `FarDayError` for a first day that is far away and not confirmed, `InputError` for nonsense."""
    why = far(day, today=today)
    if why is not None and not confirmed:
        raise FarDayError(
            f"{why.en}; confirm it if it is meant (--yes)", f"{why.zh}；确认无误请予确认（--yes）"
        )
