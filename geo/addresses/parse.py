"""The parts of an address by the form of its words alone; no register is needed.

Areas and roads come first, then the name of the complex or house, then a chain of numbered levels. Numbers
without classifier count only inside such a chain, right after a name, or as the last thing said. Limit: without
a register 3-201 may be building and room or unit and room; it is read as building and room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.addresses.levels import Levels
from geo.addresses.names import split_phase
from geo.addresses.normalise import MOST_CHARACTERS, NEAR_ENDINGS, normalise_with_remarks
from geo.addresses.places import read_place
from geo.addresses.words import BESIDE_WORDS, NEAR_WORDS

_LANDMARK = re.compile(
    rf"^(.+?(?:{'|'.join(word for word in NEAR_ENDINGS if len(word) > 1)}))(?:的)?(?=.)|(?:{'|'.join(NEAR_WORDS)}).*$"
)

_TOWARDS = re.compile(rf"((?:{'|'.join(NEAR_WORDS)}).+?)的(?=.)")

_SIDE = re.compile(".{3}[东西南北]$")
_ANY_NAME = "花园"


@dataclass(frozen=True, slots=True)
class Parts:
    """What an address says; empty where it says nothing. Numbers are digits without classifier."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    community: str = ""
    road: str = ""
    road_number: str = ""
    complex: str = ""
    phase: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    landmark: str = ""
    """A thing the address is opposite to or near."""
    rest: str = ""
    """Words that belong to none of these: the name of a shop, a remark."""


def written(parts: Parts) -> str:
    """An address in its standard form, without landmark and rest: what `parse` reads back to the same parts.

    >>> written(Parts(road="人民西路", road_number="12", building="5", unit="3", room="702"))
    '人民西路12号5号楼3单元702室'
    """
    areas = parts.province + parts.city + parts.district + parts.street + parts.community
    plate = (
        f"{parts.road_number}{'' if parts.road_number.endswith('弄') else '号'}" if parts.road_number else ""
    )
    named = areas + parts.road + plate + parts.complex + parts.phase
    building = f"{parts.building}{'号楼' if parts.building.isdigit() else '座'}" if parts.building else ""
    unit = f"{parts.unit}单元" if parts.unit else ""
    floor = f"{parts.floor}层" if parts.floor else ""
    room = parts.room if parts.room.endswith("户") else f"{parts.room}室" if parts.room else ""
    return named + building + unit + floor + room


def parse(text: str) -> Parts:
    """The parts of `text`. Never raises; of a text longer than an address only the beginning is read.

    >>> parts = parse("咸阳市秦都区人民西路12号院5号楼3单元702室")
    >>> parts.road, parts.road_number, parts.building, parts.unit, parts.room
    ('人民西路', '12', '5', '3', '702')
    >>> parts = parse("丹景嘉园A区47-6-746")
    >>> parts.complex, parts.phase, parts.building, parts.unit, parts.room
    ('丹景嘉园', 'A区', '47', '6', '746')
    """
    plain, remarks = normalise_with_remarks(text[:MOST_CHARACTERS])
    landmark = next(
        (said for said in remarks if _LANDMARK.match(said + "。") or said.endswith(NEAR_ENDINGS)), ""
    )
    place = read_place(plain)
    rest = place.rest
    beside = _TOWARDS.match(rest) or _LANDMARK.match(rest)
    if beside is not None and beside[1]:
        landmark, rest = beside[1], rest[beside.end() :].removeprefix("的")
    elif rest.endswith(BESIDE_WORDS):  # nothing but a landmark
        landmark, rest = rest, ""
    levels = Levels(rest, place)
    name = levels.name
    base, phase = _split(name, after_plate=bool(place.road_number))
    return Parts(
        province=place.province,
        city=place.city,
        district=place.district,
        street=place.street,
        community=place.community,
        road=place.road,
        road_number=place.road_number or levels.plate,
        complex=base,
        phase=phase,
        building=levels.building,
        unit=levels.unit,
        floor=levels.floor,
        room=levels.room,
        landmark=landmark,
        rest=" ".join(part for part in (place.beyond, levels.rest, *remarks) if part and part != landmark),
    )


def _split(name: str, *, after_plate: bool) -> tuple[str, str]:
    """Name and phase: 大学西一区 is its 西一区, and after a door plate 东区 is a phase without a name."""
    base, phase = split_phase(name)
    if _SIDE.search(base) and phase.endswith("区"):
        return base[:-1], base[-1] + phase
    if after_plate and split_phase(_ANY_NAME + name).base == _ANY_NAME:
        return "", name
    return base, phase
