"""The parts of an address by the form of its words alone; no register is needed.

Areas and roads come first, then the name of the complex or house, then a chain of numbered levels. Numbers
without classifier count only inside such a chain, right after a name, or as the last thing said. A 号 after a road
or a village is its door plate (张家村三组15号: `road_number`), a 号 after a complex or a lane (弄) is a house. Limit:
without a register 3-201 may be building and room or unit and room; it is read as building and room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.addresses.parts.asides import without_asides
from geo.addresses.parts.levels import STEMS_AFTER, Levels
from geo.addresses.parts.places import read_place
from geo.addresses.parts.tails import SIDES
from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.lookalikes import digits_for_letters
from geo.addresses.text.names import split_phase
from geo.addresses.text.normalise import MOST_CHARACTERS, NEAR_ENDINGS, normalise_with_remarks
from geo.addresses.text.order import in_order
from geo.addresses.text.words import BESIDE_WORDS, LANDMARK_WORDS, NEAR_WORDS

_LANDMARK = re.compile(
    rf"^(.+?(?:{'|'.join(word for word in NEAR_ENDINGS if len(word) > 1)}))(?:的)?(?=.)|(?:{'|'.join(NEAR_WORDS)}).*$"
)

_MAYBE_NEAR = re.compile(f"[{''.join({word[0] for word in (*NEAR_ENDINGS, *NEAR_WORDS)})}]")
"""Most texts have no word for near; this is told sooner than by the two around it."""
_TOWARDS = re.compile(rf"((?:{'|'.join(NEAR_WORDS)}).+?)的(?=.)")

_HAS_LEVELS = re.compile(
    rf"(?!.*(?:近|{'|'.join(LANDMARK_WORDS)}))(?:[0-9{NUMERALS}]|(?<![A-Z])[A-Z])(?:号楼|栋|幢|座|单元|室|层|楼(?!上|下)|门市)"
)
"""Numbered levels, of which nothing says that they are another place."""
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
    building = _written_building(parts.building) if parts.building else ""
    unit = f"{parts.unit}单元" if parts.unit else ""
    floor = (
        f"{parts.floor.replace('-', '负') if parts.floor.startswith('-') else parts.floor}层"
        if parts.floor
        else ""
    )
    bare = parts.room.endswith("户") or parts.room in SIDES
    room = "" if not parts.room else parts.room if bare else f"{parts.room}室"
    return named + building + unit + floor + room


def _written_building(building: str) -> str:
    if building[-1] in STEMS_AFTER and building[:-1].isdigit():  # 12号甲, as it stands on the wall
        return f"{building[:-1]}号{building[-1]}"
    return f"{building}{'号楼' if building.isdigit() else '座'}"


def parse(text: str) -> Parts:
    """The parts of `text`. Never raises; of a text longer than an address only the beginning is read.

    >>> parts = parse("咸阳市秦都区人民西路12号院5号楼3单元702室")
    >>> parts.road, parts.road_number, parts.building, parts.unit, parts.room
    ('人民西路', '12', '5', '3', '702')
    >>> parts = parse("丹景嘉园A区47-6-746")
    >>> parts.complex, parts.phase, parts.building, parts.unit, parts.room
    ('丹景嘉园', 'A区', '47', '6', '746')
    """
    written = digits_for_letters(text[:MOST_CHARACTERS], edges=True)
    said, asides = without_asides(written)
    said = in_order(said, sure=True) or said
    plain, remarks = normalise_with_remarks(said)
    landmark = ""
    if remarks:
        inside = next((remark for remark in remarks if _HAS_LEVELS.search(remark)), "")
        if inside and not _HAS_LEVELS.search(plain):  # 人民路8号（3号楼201）
            plain, remarks = plain + inside, tuple(remark for remark in remarks if remark != inside)
        landmark = next(
            (near for near in remarks if _LANDMARK.match(near + "。") or near.endswith(NEAR_ENDINGS)), ""
        )
    remarks += asides
    place = read_place(plain)
    rest = place.rest
    near = _MAYBE_NEAR.search(rest) is not None
    beside = (_TOWARDS.match(rest) or _LANDMARK.match(rest)) if near else None
    if beside is not None and beside[1]:
        landmark, rest = beside[1], rest[beside.end() :].removeprefix("的")
    elif near and rest.endswith(BESIDE_WORDS):  # nothing but a landmark
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
