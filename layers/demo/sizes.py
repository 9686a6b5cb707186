"""The figures of the two demo districts and the code all made-up places share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.errors import InputError

Size = Literal["small", "district"]

DISTRICT_CODE = "999901"
"""No district of China has this code, so that nobody takes the demo for a real place."""
DISTRICT_NAME = "锦川区"
CENTRE_LON, CENTRE_LAT = 108.70, 34.33
PEOPLE_PER_HOUSEHOLD = 2.79
MEMBERS_PER_RESIDENT = 45_991 / 669_700
CENTRES_PER_RESIDENT = 1_091 / 669_700
"""Party members and member centre households of Qindu, as published."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one size must come out with. Rows count from the south, columns from the west."""

    columns: int
    rows: int
    """Columns and rows of quarters between main roads; a quarter holds one or two communities."""
    trimmed: int
    """At most so many quarters are left out at either end of a row, which makes the outline irregular."""
    river_line: int
    """The river runs along this line between rows (0 is the southern rim)."""
    rail_line: int
    """So does the railway."""
    bands: tuple[tuple[int, int, int], ...]
    """First row, row after the last, streets (街道) in that band of rows."""
    area_km2: float
    """Before the terrain bends it, which changes areas by a percent or two."""
    communities: int
    households: int
    people: int
    grids: int
    """Today's grids, `exclusive_grids` among them."""
    exclusive_grids: int
    stations: int
    branches: int
    groups: int
    centres: int
    staff: int
    """Who holds a post in a grid."""

    @property
    def streets(self) -> int:
        """Administrative streets (街道) in all bands."""
        return sum(count for _, _, count in self.bands)


_FIGURES = {
    "small": Figures(
        columns=3,
        rows=2,
        trimmed=0,
        river_line=1,
        rail_line=2,
        bands=((0, 1, 1), (1, 2, 1)),
        area_km2=2.75,
        communities=6,
        households=11_820,
        people=32_978,
        grids=42,
        exclusive_grids=7,
        stations=8,
        branches=20,
        groups=34,
        centres=51,
        staff=57,
    ),
    "district": Figures(
        columns=11,
        rows=9,
        trimmed=2,
        river_line=3,
        rail_line=7,
        bands=((0, 3, 3), (3, 6, 4), (6, 9, 3)),
        area_km2=46.5,
        communities=106,
        households=240_036,
        people=669_700,
        grids=893,
        exclusive_grids=125,
        stations=141,
        branches=424,
        groups=715,
        centres=1_091,
        staff=1_219,
    ),
}
"""`district` has the published figures of Qindu, Xianyang, without its 53 villages; households are its
residents divided by `PEOPLE_PER_HOUSEHOLD`. Its exclusive grids, about a tenth of the ground, are our choice."""


def figures(size: str) -> Figures:
    """The figures of `size`. Raises `InputError` for a size there is none of.

    >>> figures("district").streets
    10
    """
    if size not in _FIGURES:
        sizes = ", ".join(_FIGURES)
        raise InputError(
            f"no demo of size {size!r}; choose one of {sizes}", f"没有大小为“{size}”的演示数据；可选：{sizes}"
        )
    return _FIGURES[size]
