"""Houses of no complex, known by the road address they have and by nothing else: 张家胡同15号.

All houses with the same road addresses in one community stand together as one place without a name, as the
buildings of a complex do: the address means the house where there is one, and all of them where there are several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from geo.addresses.parts.parse import Parts, parse
from geo.addresses.parts.tails import STEMS
from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.normalise import normalise, plain_name
from geo.addresses.text.numerals import to_digits
from geo.addresses.text.spellings import parts_of

HOUSE_COLUMNS = ("road_addresses", "street", "community")
"""What a table of buildings says of houses besides."""
_WAYS = "路|街|巷|胡同|道|条|里|弄|段"
_NUMBER = rf"[0-9]+(?:-[0-9]+)?|[{NUMERALS}]+"
_PLAIN = re.compile(
    rf"((?:(?!街道|[省市区县镇乡村])[\u4e00-\u9fff]){{1,12}}?(?:{_WAYS})[{STEMS}附]?)({_NUMBER})号院?"
)
"""Nothing but a road and a number: four addresses of five, and read a hundred times as fast as with `parse`."""
_AFTER_WAY = re.compile(rf"([\u4e00-\u9fff]{{2,12}})({_NUMBER})号院?")
_PLATE = re.compile(rf"([{STEMS}附]?)([0-9]+(?:-[0-9]+)?)")


class Plate(NamedTuple):
    """Where houses of no complex stand."""

    doors: tuple[tuple[str, str], ...]
    """Road and number of each road address; a letter before the number goes with the road: 张家胡同甲, 15."""
    street: str
    community: str


def plate_of(house: Mapping[str, Any]) -> Plate | None:
    """Road addresses, street and community of a house (`HOUSE_COLUMNS`); None without a road address.

    >>> plate_of({"road_addresses": "张家胡同甲15号", "street": "河东街道", "community": "海园社区"}).doors
    (('张家胡同甲', '15'),)
    """
    areas = str(house["street"]), str(house["community"])
    said = [_after(text, areas) for text in parts_of(house["road_addresses"])]
    doors = tuple(door for text in said if (door := door_of(text)) is not None)
    return Plate(doors, *areas) if doors else None


def _after(text: str, areas: tuple[str, ...]) -> str:
    """What follows the house's own street and community."""
    for area in areas:
        text = text.partition(area)[2] if area and area in text else text
    return text


def door_of(text: str) -> tuple[str, str] | None:
    """Road and number of a road address, areas before it left off; None when it is something else.

    Limits: numbers with a letter or a second number behind (15号甲, 15号附1号), lanes in lanes, and numbers of a
    village without a road are not read.

    >>> door_of("张家胡同15号"), door_of("锦川区海园社区张家胡同十五号"), door_of("芙蓉苑3号楼")
    (('张家胡同', '15'), ('张家胡同', '15'), None)
    """
    plain = normalise(text)
    plain += "号" if plain[-1:].isdigit() else ""
    found = _PLAIN.fullmatch(plain)
    if found is not None:
        return found[1], to_digits(found[2])
    parts = parse(plain)
    door = _said(parts) if parts.road else None
    if door is not None:
        return door
    found = _AFTER_WAY.fullmatch(plain) if not parts.community and not parts.street else None
    return (found[1], to_digits(found[2])) if found is not None else None


def house_label(name: str, road_addresses: str) -> str:
    """How a house of no complex is shown: by its first road address, and its own name where that says more.

    >>> house_label("15号院", "张家胡同15号|柳巷1号"), house_label("2号楼", "张家胡同15号"), house_label("门房", "")
    ('张家胡同15号', '张家胡同15号2号楼', '门房')
    """
    text = next(iter(parts_of(road_addresses)), "")
    door = door_of(text) if text else None
    if door is None:
        return text if name == text else text + name
    first, number = f"{door[0]}{door[1]}号", f"{door[1]}号"
    return first if name in (first, text, number, f"{number}院") else first + name


def _said(parts: Parts) -> tuple[str, str] | None:
    """Road and number, where the address says nothing beyond them."""
    number = _PLATE.fullmatch(parts.road_number)
    more = (parts.complex, parts.building, parts.unit, parts.floor, parts.room, parts.landmark, parts.rest)
    if number is None or any(more) or "街道" in parts.road:
        return None
    return plain_name(parts.road) + number[1], number[2]


def places(plates: Iterable[Plate | None]) -> dict[Plate, dict[str, Any]]:
    """One place without a name for each plate, in their order, as a table of complexes has it."""
    nothing = {"complex_id": "", "name": "", "base": "", "phase": "", "kind": "", "aliases": ""}
    return {
        plate: nothing
        | {
            "street": plate.street,
            "community": plate.community,
            "road_addresses": tuple(f"{road}{number}号" for road, number in plate.doors),
        }
        for plate in dict.fromkeys(plates)
        if plate is not None
    }
