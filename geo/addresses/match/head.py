"""What the front of an address says against a gazetteer: the complexes it can mean, and on what grounds."""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import IntEnum
from typing import NamedTuple

from geo.addresses.text.fuzzy import How
from geo.addresses.text.names import Form


class Door(IntEnum):
    """What the road part of an address adds."""

    NOT_GIVEN = 0
    ROAD_ONLY = 1
    AGREES = 2
    ALONE = 3
    """Only the door plate names the complex."""
    UNKNOWN = 4
    """The register has no such door plate."""
    CONFLICT = 5


class Area(IntEnum):
    """What street and community of an address add."""

    NOT_GIVEN = 0
    AGREES = 1
    DIFFERS = 2


class Head(NamedTuple):
    """The front of one address."""

    owners: frozenset[int]
    """Rows of the complexes it can mean."""
    form: Form
    how: How
    door: Door
    area: Area
    narrowed: bool
    """Whether the area chose among several complexes."""
    building: str
    """A building called by its name."""
    name: str
    """The name of the register that was found."""
    written: str
    """The stretch of the address it was found in."""
    near: str
    """A name of the register that is like the written one, but not it."""
    left: str
    """A stretch after the name that nothing explains."""
    elsewhere: str
    """Another province, city or district the address names."""
    open_road: bool
    """The head ends in a road: its door plate may begin the tail."""
    road: str
    plate: str
    landmark: str

    two: bool = False
    """Whether a second name follows the numbers of a first one: two addresses in one text."""
    grounds: int = 0
    """Form, how, door, area, narrowed and left over as one number below `MOST_GROUNDS`: a key for what is told."""
    sole: int = -1
    """The one complex where nothing speaks against it; -1 where there are several, or doubts."""


MOST_GROUNDS = 3 * 3 * 6 * 3 * 4

NO_HEAD = Head(
    owners=frozenset(),
    form=Form.FULL,
    how=How.EXACT,
    door=Door.NOT_GIVEN,
    area=Area.NOT_GIVEN,
    narrowed=False,
    building="",
    name="",
    written="",
    near="",
    left="",
    elsewhere="",
    open_road=False,
    road="",
    plate="",
    landmark="",
)
"""A head that says nothing."""


_AFTER_NARROWED = Head._fields.index("narrowed") + 1


def judged(head: Head, areas: Sequence[Set[int]]) -> Head:
    """`head` with its complexes kept in the named areas, and what that makes of it. A wrong area does not outvote
    a name."""
    owners, area, agrees = head.owners, head.area, False
    if areas and owners and head.door is not Door.CONFLICT:
        for members in areas:
            inside = owners & members
            if inside:
                owners, agrees = inside, True
        area = Area.AGREES if agrees else Area.DIFFERS
    narrowed = len(owners) < len(head.owners)
    flags = narrowed + 2 * bool(head.left)
    grounds = head.form + 3 * (head.how + 3 * (head.door + 6 * (area + 3 * flags)))
    clear = len(owners) == 1 and not head.left and head.door is not Door.CONFLICT
    twice = head.how is not How.EXACT and (area is Area.DIFFERS or head.door is Door.UNKNOWN)
    sole = next(iter(owners)) if clear and not twice else -1
    kept = head[_AFTER_NARROWED:-2]
    return Head._make((owners, head.form, head.how, head.door, area, narrowed, *kept, grounds, sole))
