"""Doors with the room masked by its parsed parts: 2单元501 becomes 2单元5**.

What stays is what says where in the building to look: the unit, and the floor where the room is known to be counted by it.
What was not read as a part (a word, a number too long, a room that contradicts its floor) does not stay.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.parts.tails import SIDES, STEMS

HIDDEN = "**"
"""Stands for whatever tells one door from the next; as long for every room."""
_UNIT = re.compile(rf"[0-9]{{1,2}}[A-Z]?|[A-Z{STEMS}{SIDES}]")
_FLOOR = re.compile(r"[1-9][0-9]?")
_WITHIN_FLOOR = 2
"""Digits of a room after those of its floor; a room of no more is counted within a floor said beside it."""


class MaskedDoor(NamedTuple):
    """What may be seen of a door; empty where nothing is said."""

    unit: str
    room: str

    @property
    def text(self) -> str:
        """The door as it is written after its building.

        >>> MaskedDoor("2", "5**").text, MaskedDoor("", "**").text, MaskedDoor("", "").text
        ('2单元5**', '**', '')
        """
        return (f"{self.unit}单元" if self.unit else "") + self.room


def masked_door(unit: str | None, floor: str | None, room: str | None) -> MaskedDoor:
    """A door by its parts as they were read (`geo.addresses.match.rooms.Door`), the room masked.

    `floor` is that of the room, empty where the building does not count its rooms by floor: then no digit stays. Rooms of
    one floor are masked alike, however they go on.

    >>> masked_door("2", "5", "501").text, masked_door("2", "15", "1502").text, masked_door("2", "", "37").text
    ('2单元5**', '2单元15**', '2单元**')
    >>> masked_door("王家", "5", "601"), masked_door(None, None, None)
    (MaskedDoor(unit='', room='**'), MaskedDoor(unit='', room=''))
    """
    shown = unit if unit and _UNIT.fullmatch(unit) else ""
    if not room:
        return MaskedDoor(shown, "")
    of_floor = floor if floor and _FLOOR.fullmatch(floor) else ""
    agrees = len(room) <= _WITHIN_FLOOR or room[:-_WITHIN_FLOOR] == of_floor
    return MaskedDoor(shown, (of_floor if agrees else "") + HIDDEN)
