"""A sheet for a printer without colours: every colour as the grey of its lightness, grids told apart by hatching."""

from __future__ import annotations

import re
from functools import cache

from maps.look.style import FILLS

_COLOUR = re.compile(r'(?<==")#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?=")')
_INK, _WIDTH, _STEP = "#8a8a8a", 0.18, 2.6
_ALONG = f'<line x1="0" y1="0" x2="0" y2="{_STEP}"/>'
_ACROSS = f'<line x1="0" y1="0" x2="{_STEP}" y2="0"/>'
_DOT = f'<circle cx="{_STEP / 2}" cy="{_STEP / 2}" r=".28" fill="{_INK}" stroke="none"/>'
_SIGNS: tuple[tuple[str, int], ...] = (
    (f'<line x1="0" y1="0" x2="{_STEP / 2}" y2="0"/>', 0),
    (_ALONG, 45),
    (_ACROSS, 0),
    (_DOT, 0),
    (_ALONG, -45),
    (_ALONG, 0),
    (_ALONG + _ACROSS, 45),
    (_ALONG + _ACROSS, 0),
)
"""One for each colour of grids: what its hatching is made of, and how it is turned."""


def hatch(colour: int) -> str:
    """The fill of grids of this colour number (0-7)."""
    return f"url(#hatch{colour})"


@cache
def hatches() -> str:
    """All hatchings, to be defined once on a page.

    >>> hatches().count("<pattern") == len(FILLS)
    True
    """
    return "".join(
        f'<pattern id="hatch{number}" width="{_STEP}" height="{_STEP}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})"><g stroke="{_INK}" stroke-width="{_WIDTH}">{sign}</g></pattern>'
        for number, (sign, turn) in zip(range(len(FILLS)), _SIGNS, strict=True)
    )


def in_grey(svg: str) -> str:
    """The page with every colour as its grey.

    >>> in_grey('<path fill="#ff0000"/>')
    '<path fill="#363636"/>'
    """

    def grey(found: re.Match[str]) -> str:
        red, green, blue = (int(part, 16) for part in found.groups())
        level = round(0.2126 * red + 0.7152 * green + 0.0722 * blue)
        return f"#{level:02x}{level:02x}{level:02x}"

    return _COLOUR.sub(grey, svg)
