"""What an address means, as the answer says it: the building, what covers it on a day, and how sure that is.

Apart from `geo.locate.addresses`, which finds it: whoever only shows answers needs nothing that understands addresses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geo.errors import Words

if TYPE_CHECKING:
    from geo.locate.micro import Micro

Status = Literal["matched", "ambiguous", "none", "unplanned", "outside"]
CANDIDATES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Home:
    """A building an address may mean, with what covers it on the day asked about."""

    building_ref: str
    building_name: str | None
    complex_ref: str | None
    complex_name: str | None
    community_code: str | None
    community_name: str | None
    grid_code: str | None
    grid_name: str | None
    grid_kind: str | None
    plan_id: int | None
    plan_version: int | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    lon: float
    """Degrees, EPSG:4490, of a point inside the building."""
    lat: float


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """What an address means, and which grid covers it on one day."""

    status: Status
    """`matched`: one building with its grid; `unplanned`, `outside`: one building without a grid that day;
    `ambiguous`: several buildings; `none`."""
    level: str | None
    """How far the address was followed: room, unit, building, complex ...; None when nowhere."""
    home: Home | None
    """The building; None unless there is exactly one."""
    shared: Home | None
    """Of several buildings the first, when one grid covers them all; only its community, grid and plan count."""
    unit: str | None
    floor: str | None
    room: str | None
    candidates: tuple[Home, ...]
    """The buildings it may mean, best first, at most `CANDIDATES_SHOWN`; empty unless ambiguous."""
    candidate_count: int
    as_of: dt.date
    micro: Micro | None
    """The micro-grid (微网格) of the home; of several it may be, all. None without any."""
    confidence: float
    """0-1, of the building; 0 where none is named."""
    reason: Words
    """Why this answer, in one sentence."""
    evidence: tuple[Words, ...]
    """What each part of the address was taken for, step by step."""

    @property
    def grid(self) -> Home | None:
        """Where the answering grid is read: the one building, or the grid all candidates share."""
        place = self.home or self.shared
        return place if place is not None and place.grid_code is not None else None
