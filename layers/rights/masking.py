"""Small counts on their way out: below five they could point at a family, so they are shown as fewer than that."""

from __future__ import annotations

LEAST_SHOWN = 5
"""Inside the office; public exports need a higher bound."""


def masked_count(count: int) -> str:
    """A count of households or people as it may be shown.

    >>> masked_count(4), masked_count(0), masked_count(1200)
    ('<5', '0', '1,200')
    """
    return f"<{LEAST_SHOWN}" if 0 < count < LEAST_SHOWN else f"{count:,}"


def masked_part(part: int, whole: int) -> str:
    """A part of a count that is shown beside it; a dash where the small rest would follow from both.

    >>> masked_part(3, 100), masked_part(97, 100), masked_part(100, 100), masked_part(60, 100)
    ('<5', '—', '100', '60')
    """
    return "—" if 0 < whole - part < LEAST_SHOWN <= part else masked_count(part)


def masked_share(part: int, whole: int) -> str:
    """A share in per cent; nothing where the counts behind it are too small, or would follow from it.

    >>> masked_share(90, 100), masked_share(3, 100), masked_share(98, 100), masked_share(0, 0)
    ('90.0%', '', '', '')
    """
    hidden = any(0 < count < LEAST_SHOWN for count in (part, whole - part, whole))
    return "" if hidden or not whole else f"{part / whole:.1%}"
