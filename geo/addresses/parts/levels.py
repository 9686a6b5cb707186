"""The numbered levels of an address by their classifiers and places alone: house, unit, floor and room.

Numbers without classifier count only inside a chain, right after a name, or as the last thing said.
"""

from __future__ import annotations

import re

from geo.addresses.parts.door_numbers import (
    LEAST_ROOM,
    are_neighbours,
    are_side_by_side,
    is_room_part,
    plain_number,
)
from geo.addresses.parts.level_patterns import LEVEL, N
from geo.addresses.parts.places import Place
from geo.addresses.parts.tails import SIDES, once
from geo.addresses.text.names import split_phase
from geo.addresses.text.numerals import numbers_to_digits, to_digits
from geo.addresses.text.words import SUFFIXES, WAYS_IN, words

STEMS_AFTER = "甲乙丙丁"
"""What may follow the number of a house: 12号甲."""
_TOWERS = words("大厦 中心 广场 国际 商场 商厦 天街 大楼")
"""One house each: a short chain after them is a storey and a door, or a door alone."""
_TOWER_FOLLOWS = re.compile(rf"[\u4e00-\u9fff]{{2,8}}?(?:{'|'.join(_TOWERS)})")
_MARKET = re.compile("(?:市场|商城|商场|购物中心|[食配材具子]城)(?:[A-Z\u4e00-\u9fff]{1,3}区)?$")
_SHORT_SUFFIXES = ("园", "城")
"""Endings of complexes before a number; elsewhere they end other names too."""
_IN_TOWER = re.compile(r"[0-9]{1,2}[A-Z]|[A-Z][0-9]{2}")
_IN_HALL = re.compile(r"[0-9]{1,2}[A-Z][0-9]{1,3}[A-Z]?")
"""A shop of a mall or a market by itself: 1A18B."""
_HOUSE_AND_ROOM = re.compile(r"[0-9]{1,2}[A-Z][0-9]{4}")
_BASEMENT_CODE = re.compile(r"B[1-9]")
_BASEMENT_SHOP = re.compile("B[1-9](?:-[0-9]+){2}")
_STOREY_CODE = re.compile("[BF][1-9]-[0-9]")
_MALL_CODE = re.compile(r"L[0-9]{1,2}-")
"""Storey and shop of a mall are one number on its plan: L1-12."""
_WAYS = re.compile(f"(?:{'|'.join(sorted(WAYS_IN, key=len, reverse=True))}|[院内里])+$")
_BASEMENT = re.compile(rf"(?:负|地下|地|-)({N}+)")
_OF_A_FLOOR = (3, 4)
"""So many digits has the number of a room that begins with its floor."""
_UNIT_AND_ROOM = re.compile("[0-9]{1,2}-[0-9]{3,4}")
_ROOM_OF_UNIT = re.compile(rf"-?{N}+(?:[室户号楼层](?!楼)|$)")
_LEVEL_FOLLOWS = re.compile(rf"{N}+(?:单元|门|单|梯|楼|层)")
_ROOM_FOLLOWS = re.compile(r"[0-9]{3,4}(?:室|$)")


class Levels:
    """The numbered levels of one address, taken from left to right."""

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.place = place
        self.name = self.plate = self.building = self.unit = self.floor = self.room = self.rest = ""
        self.storey = False
        """Whether the floor was written 3楼, which may be a building."""
        self.hash = False
        """Whether the building was written 3#: what follows in dashes is its unit and room."""
        self.plain_plate = ""
        """A 号 that is a house when a level below it follows, a door plate otherwise."""
        self._read()

    def _read(self) -> None:
        at, first = 0, -1
        left: list[str] = []
        for found in LEVEL.finditer(self.text):
            between = self.text[at : found.start()]
            if first < 0:
                name = between.rstrip("-").removesuffix("第")
                self.name = name if name.endswith(SUFFIXES) else _WAYS.sub("", name)
            kind = str(found.lastgroup)
            if not self._take(kind, found[kind], found, touching=not between.strip("-"), first=first < 0):
                continue
            if first < 0:
                first = found.start()
            elif between.strip("-"):
                left.append(between.strip("-"))
            at = found.end()
        if first < 0:
            self.name = self.text
        else:
            left.append(self.text[at:].strip("-"))
        self._settle_plate()
        self._settle_storey()
        self.rest = " ".join(part for part in left if part)

    def _take(self, kind: str, value: str, found: re.Match[str], *, touching: bool, first: bool) -> bool:
        """Give `value` its level; False when it is no level."""
        if (
            kind == "b"
            and self.building
            and not self.unit
            and (value in SIDES or (value.isascii() and value.isalpha()))
        ):
            return self._set("unit", value)
        if kind == "b" and self.text[: found.start()].endswith("第") and found[0].endswith(("公寓", "宿舍")):
            return False
        if kind in ("b", "s", "e"):
            self.hash = self.hash or found[0].endswith("#")
            return self._set("building", plain_number(value))
        if kind == "u":
            if found[0].endswith("号门") and self._is_gate(found):
                return False
            last_of_all = self.unit and self.floor and found.end() == len(self.text)
            return self._set("room" if last_of_all else "unit", plain_number(value))  # 2单元10楼2门
        if kind == "f":
            return self._storey(value, found, first=first)
        if kind == "r":
            return self._chain_room(value)
        if kind in ("d", "k"):
            return self._set("room", value if kind == "d" else plain_number(value))
        if kind in ("p", "a", "of"):
            more = found["a"] or numbers_to_digits(found["of"] or "")
            return self._plate(plain_number(found["p"]) + more, self.text[found.end() :])
        if kind == "c":
            if not any(map(str.isdigit, value)):  # T.I.T
                return False
            self.hash = self.hash or "#" in value
            return self._chain(value, after_name=first and found.start() > 0, touching=touching)
        return self._bare(value, found, touching=touching and not first)

    def _set(self, level: str, value: str) -> bool:
        if not getattr(self, level):
            setattr(self, level, value)
        return True

    def _storey(self, value: str, found: re.Match[str], *, first: bool) -> bool:
        """3楼 is a building where a unit follows and none was said, a floor elsewhere."""
        if value == "地下":
            return self._set("floor", "-1")
        below = _BASEMENT.fullmatch(value)
        if below is not None:
            return self._set("floor", "-" + to_digits(below[1]))
        self.storey = found[0].endswith("楼")
        value = value.replace("F-", "-")  # 2F-4F
        alone = first and not self.plate and not self.building
        as_building = alone and self.storey and _LEVEL_FOLLOWS.match(self.text, found.end())
        return self._set("building" if as_building else "floor", plain_number(value))

    def _chain_room(self, value: str) -> bool:
        """A room, possibly with the levels above it before dashes: 3-2-501室."""
        parts = value.split("-")
        if len(parts) > 1 and not (len(parts) == 2 and len(parts[0]) >= LEAST_ROOM):
            return self._chain(value, after_name=True, touching=True)
        return self._set("room", plain_number(value))

    def _plate(self, number: str, following: str) -> bool:
        if self.building or self.unit or self.floor:
            if _UNIT_AND_ROOM.fullmatch(number) and self.building and not self.unit:
                return self._chain(number, after_name=True, touching=True)
            if not self.unit and not self.room and _ROOM_FOLLOWS.match(following):
                return self._set("unit", number)
            return self._set("room", number)
        if not self.plain_plate and not self.plate:
            if not self.place.lane and _TOWER_FOLLOWS.match(following):  # 珊瑚村8号珊瑚大厦
                self.plate = number
            else:
                self.plain_plate = number
            return True
        if not self.plain_plate and len(number) < LEAST_ROOM:
            self.plain_plate = number
            return True
        self.room = self.room or number
        return True

    def _chain(self, value: str, *, after_name: bool, touching: bool) -> bool:
        """Numbers joined by dashes, from the highest level that is still open."""
        if not after_name and not touching and not self.building:
            return False
        parts = [part for part in re.split("[-#]+", once(value)) if part]
        if _MALL_CODE.match(value) or (self.name.endswith(_TOWERS) and _BASEMENT_SHOP.match(value)):
            return self._set("room", value)
        if are_side_by_side(parts):
            return self._set("room", plain_number("-".join(parts)))
        if self.building and not self.floor and _STOREY_CODE.match(value):  # F3-301
            parts = [parts[0], "-".join(parts[1:])]
            return self._set("floor", parts[0]) and self._set("room", plain_number(parts[1]))
        numbers = [plain_number(part) for part in parts]
        levels = self._open_levels(numbers)
        if levels == ("room",):
            return self._set("room", "-".join(numbers))
        for level, number in zip(levels, numbers, strict=False):
            self._set(level, number)
        return True

    def _open_levels(self, numbers: list[str]) -> tuple[str, ...]:
        """The levels that numbers joined by dashes stand for; the room alone where they are one."""
        levels = [level for level in ("building", "unit", "floor", "room") if not getattr(self, level)]
        if self.plain_plate and "building" in levels and len(numbers) < len(levels):
            levels.remove("building")
        if len(numbers) == 1 and "room" in levels:
            return ("room",)
        if len(numbers) == 2:
            short = (len(numbers[1]) < LEAST_ROOM and not self.hash) or bool(self.floor)
            if are_neighbours(*numbers) or is_room_part(*numbers) or (short and self._one_house(levels)):
                return ("room",)  # storey and door, as in Chongqing
            if "building" in levels:
                return "building", "room"
        if len(numbers) == 3 and len(numbers[2]) < LEAST_ROOM and self._at_plate():
            return "unit", "floor", "room"  # as in Shenyang: 290号1-11-3
        if len(numbers) < len(levels) and "floor" in levels:
            levels.remove("floor")
        return tuple(levels)

    def _is_gate(self, found: re.Match[str]) -> bool:
        """Whether 2号门 right after a name is a way in: no room, or a house or a shop follows."""
        known = self.building or self.plain_plate or self.place.road_number
        return not known and _ROOM_OF_UNIT.match(self.text, found.end()) is None

    def _at_plate(self) -> bool:
        """Whether nothing but the door plate of a road goes before."""
        return bool(self.place.road_number) and not self.name and not self.building

    def _one_house(self, open_levels: list[str]) -> bool:
        """Whether the house is said already: its number, a floor, the plate of a road or the name of a tower."""
        return (
            "building" not in open_levels
            or bool(self.floor)
            or self._at_plate()
            or self.name.endswith(_TOWERS)
        )

    def _bare(self, value: str, found: re.Match[str], *, touching: bool) -> bool:
        """A number without classifier: a room in a chain or at the end, a building right after a name."""
        last = found.end() == len(self.text)
        chained = touching and bool(self.building or self.unit or self.floor or self.plain_plate)
        long = len(value.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= LEAST_ROOM
        before = self.text[: found.start()]
        named = before.endswith((*SUFFIXES, *_SHORT_SUFFIXES))
        if named and _HOUSE_AND_ROOM.fullmatch(value):  # 3B2208
            return self._set("building", value[:-4]) and self._set("room", value[-4:])
        if (
            last
            and not self.room
            and (_IN_HALL.fullmatch(value) or (_IN_TOWER.fullmatch(value) and before.endswith(_TOWERS)))
        ):
            return self._set("room", value)
        if last and _BASEMENT_CODE.fullmatch(value) and before.endswith(_TOWERS):
            return self._set("floor", value)
        something_before = found.start() > 0 or bool(self.place.road_number)
        if chained or (last and long and not self.room and something_before):
            is_room = bool(self.unit or self.floor or last or len(value) >= LEAST_ROOM)
            return self._set("room" if is_room else "unit", plain_number(value))
        if named and not self.building and (last or _LEVEL_FOLLOWS.match(self.text, found.end())):
            return self._set("building", plain_number(value))
        return False

    def _settle_storey(self) -> None:
        """6楼1001 is a building: a room on the sixth floor would begin with 6."""
        numbered = len(self.room) in _OF_A_FLOOR and self.room.isdigit()
        above = self.building or self.plate or self.unit or self.place.road_number
        if self.storey and numbered and not above and not self.room.startswith(self.floor):
            self.building, self.floor = self.floor, ""

    def _settle_plate(self) -> None:
        """The house a 号 stands for, once it is known what follows it."""
        if not self.plain_plate:
            return
        if not self.room and (_MARKET.search(self.name) or self._is_room_of_plate()):
            self.room = self.plain_plate
            return
        base, phase = split_phase(self.name)
        named = bool(phase) or base.endswith(SUFFIXES) or bool(self.name and self.unit)
        if not self.place.road:  # 天河北路芳草园583号 is the plate of the road
            named = named or base.endswith(_SHORT_SUFFIXES)
        below = bool(self.unit or self.floor or self.room)
        second = bool(self.place.road_number)  # 富闲路9号创新中心6号: the road has its plate already
        if self.place.lane and self.building and not self.unit:  # 841弄19号B座, 841弄19号2幢
            self.building, self.unit = "", self.building
        is_house = self.place.lane or named or below or second
        if is_house and not self.building and not re.search("[附之]", self.plain_plate[1:]):
            self.building = self.plain_plate
        else:
            self.plate = self.plain_plate

    def _is_room_of_plate(self) -> bool:
        """人民路36号101号: the road has its plate, and no house has such a number."""
        return self._at_plate() and self.plain_plate.isdigit() and len(self.plain_plate) >= LEAST_ROOM
