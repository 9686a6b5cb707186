"""What the front of an address says against a gazetteer: the complexes it can mean, and on what grounds."""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import IntEnum
from typing import NamedTuple

from geo.addresses.fuzzy import How
from geo.addresses.names import Form


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

    grounds: int = 0
    """Form, how, door, area, narrowed and left over as one number (`grounds_of`): a key for what is told of them."""


def grounds_of(form: Form, how: How, door: Door, area: Area, *, narrowed: bool, left: bool) -> int:
    """All grounds as one number below `MOST_GROUNDS`."""
    return form + 3 * (how + 3 * (door + 6 * (area + 3 * (narrowed + 2 * left))))


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


def narrowed_by(head: Head, areas: Sequence[Set[int]]) -> Head:
    """`head` with its complexes kept in the named areas; a wrong area does not outvote a name."""
    if not areas or not head.owners or head.door is Door.CONFLICT:
        return head
    owners, agrees = head.owners, False
    for members in areas:
        inside = owners & members
        if inside:
            owners, agrees = inside, True
    area = Area.AGREES if agrees else Area.DIFFERS
    narrowed = len(owners) < len(head.owners)
    grounds = grounds_of(head.form, head.how, head.door, area, narrowed=narrowed, left=bool(head.left))
    kept = head[_AFTER_NARROWED:-1]
    return Head._make((owners, head.form, head.how, head.door, area, narrowed, *kept, grounds))
