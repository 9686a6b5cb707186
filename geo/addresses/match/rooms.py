"""Which unit and room of a known building the numbers after it are, where only its plan can tell."""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.parts.tails import Tail
from geo.addresses.register.gazetteer import Building

_ROOM = re.compile(r"([0-9]{1,2})([0-9]{2})[A-Z]?")
_LONGEST_UNIT = 2
_BY_FLOOR = (3, 4)
"""Digits of a room that is counted by floor: 101, 1502."""
_LEAST_RUN_TOGETHER = 4
"""1101 may be unit 1 and room 101; 101 is a room."""


class Door(NamedTuple):
    """A door of a building."""

    unit: str
    floor: str
    room: str


def door_of(building: Building, tail: Tail) -> Door:
    """Unit, floor and room that `tail` means in `building`.

    >>> house = Building("B1", 0, "17号楼", "17", "G1", False, 3, 6, 2, False)
    >>> door_of(house, Tail("17", "-", "", "", "", "3201", True))
    Door(unit='3', floor='2', room='201')
    >>> door_of(house, Tail("17", "-", "", "", "", "302", True))
    Door(unit='', floor='3', room='302')
    """
    unit, room = tail.unit, tail.room
    if tail.loose and not room:
        if _is_unit(building, tail.loose):
            unit = tail.loose
        else:
            room = tail.loose
    if room and not unit and not building.no_unit:
        unit, room = _parted(building, room)
    return Door(unit, tail.floor or _floor(building, room), room)


def fits(building: Building, room: str) -> bool:
    """Whether a unit of the building has such a room, as far as its plan is known.

    >>> house = Building("B1", 0, "17号楼", "17", "G1", False, 3, 6, 2, False)
    >>> fits(house, "602"), fits(house, "702"), fits(house, "3201")
    (True, False, False)
    """
    if not building.floors:
        return True
    if building.rooms_in_sequence:
        return room.isdigit() and 1 <= int(room) <= building.floors * max(1, building.rooms_per_floor)
    found = _ROOM.fullmatch(room)
    if found is None:
        return False
    rooms = building.rooms_per_floor
    return (
        1 <= int(found[1]) <= building.floors and int(found[2]) >= 1 and (not rooms or int(found[2]) <= rooms)
    )


def _is_unit(building: Building, number: str) -> bool:
    if building.no_unit or not number.isdigit() or len(number) > _LONGEST_UNIT:
        return False
    return not fits(building, number) and 1 <= int(number) <= building.units


def _parted(building: Building, room: str) -> tuple[str, str]:
    """Unit and room of a number that runs them together, when it can be nothing else."""
    if not building.floors or fits(building, room):
        return "", room
    unit, rest = room[:1], room[1:].lstrip("0")
    together = len(room) >= _LEAST_RUN_TOGETHER or building.rooms_in_sequence
    if together and unit.isdigit() and 1 <= int(unit) <= building.units and rest and fits(building, rest):
        return unit, rest
    return "", room


def _floor(building: Building, room: str) -> str:
    """The floor that the number of a room begins with."""
    counted_by_floor = not building.rooms_in_sequence and len(room) in _BY_FLOOR and room.isdigit()
    return room[:-2] if counted_by_floor else ""
