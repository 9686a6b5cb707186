"""The parts of an address by the form of its words alone; no register is needed.

Areas and roads come first, then the name of the complex or house, then a chain of numbered levels. Numbers
without classifier count only inside such a chain, right after a name, or as the last thing said. Limit: without
a register 3-201 may be building and room or unit and room; it is read as building and room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.addresses.characters import NUMERALS
from geo.addresses.names import split_phase
from geo.addresses.normalise import MOST_CHARACTERS, normalise_with_remarks
from geo.addresses.numerals import to_digits
from geo.addresses.places import Place, read_place
from geo.addresses.tails import once
from geo.addresses.words import LANDMARK_WORDS, NEAR_WORDS, SUFFIXES, WAYS_IN


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
    plate = f"{parts.road_number}号" if parts.road_number else ""
    named = areas + parts.road + plate + parts.complex + parts.phase
    building = f"{parts.building}{'号楼' if parts.building.isdigit() else '座'}" if parts.building else ""
    unit = f"{parts.unit}单元" if parts.unit else ""
    floor = f"{parts.floor}层" if parts.floor else ""
    room = parts.room if parts.room.endswith("户") else f"{parts.room}室" if parts.room else ""
    return named + building + unit + floor + room


_N = f"[0-9{NUMERALS}]"
_LEVELS = (
    (
        "building",
        rf"(?P<b>{_N}+[A-Z]?(?:-{_N}+)?|[A-Z]{{1,2}}{_N}*|[甲乙丙丁戊己庚辛壬癸东西南北](?=[楼栋幢座]))(?:号楼|号栋|号幢|#楼|#栋|号厂房|号公寓|号别墅|栋楼?|幢楼?|橦|楼栋|座(?![落谈])|塔(?!楼)|(?<=[A-Z])楼|#)",
    ),
    ("stem", r"(?P<s>[甲乙丙丁戊己东西南北])楼(?=[0-9])"),
    (
        "unit",
        rf"(?P<u>{_N}{{1,3}}[A-Z]?|[A-Z甲乙丙丁东西南北中](?=单元|门洞))(?:单元门?|单(?={_N})|门洞|号门(?![店面市诊口])|梯(?=[0-9])|门(?={_N}|$))",
    ),
    (
        "floor",
        rf"(?P<f>(?:负|地下|地|-)?(?:{_N}{{1,3}}(?:-{_N}{{1,3}})?|B[1-9])(?=层|楼|F)|底(?=层|楼)|顶(?=层|楼))(?:层楼?|楼层?|F)(?![道盘梯下])",
    ),
    (
        "room",
        rf"(?P<r>[A-Z]{{0,2}}-?{_N}{{1,5}}[A-Z]?(?:-[0-9A-Z]+)*)(?:号房间?|号室|号铺|号商铺|号门面|室(?![0-9一二两三]?厅)|房间?(?![屋产子])|户)",
    ),
    ("side", r"(?P<d>[东西南北中左右](?:边|手|侧|间)?户)"),
    ("plate", rf"(?P<p>{_N}+[A-Z]?(?:-{_N}+)?)号(?![线口馆厅仓库机店窗车院])"),
    ("chain", r"(?P<c>[0-9A-Z]+(?:[-#]+[0-9A-Z]+){1,9})"),
    ("bare", rf"(?P<n>[A-Z]?[0-9]+[A-Z]?(?![{NUMERALS}])|{_N}{{3,4}}$)"),
)
_LEVEL = re.compile("|".join(pattern for _, pattern in _LEVELS))
_LANDMARK = re.compile(
    rf"^(.*?(?:{'|'.join(word for word in LANDMARK_WORDS if len(word) > 1)}))(?:的)?(?=.)|(?:{'|'.join(NEAR_WORDS)}).*$"
)
_WAYS = re.compile(f"(?:{'|'.join(sorted(WAYS_IN, key=len, reverse=True))}|[院内里])+$")
_BASEMENT = re.compile(rf"(?:负|地下|地|-)({_N}+)")
_LEAST_ROOM = 3
"""A lone number of so many digits is a room; a shorter one right after a name is a building."""
_ROOM_FOLLOWS = re.compile(r"[0-9]{3,4}(?:室|$)")


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
    landmark = next((remark for remark in remarks if _LANDMARK.match(remark + "。")), "")
    place = read_place(plain)
    rest = place.rest
    beside = _LANDMARK.match(rest)
    if beside is not None and beside[1]:
        landmark, rest = beside[1], rest[beside.end() :].removeprefix("的")
    levels = _Levels(rest, place)
    name = levels.name
    base, phase = split_phase(name)
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
        rest=" ".join(part for part in (place.zone, levels.rest, *remarks) if part and part != landmark),
    )


class _Levels:
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
        for found in _LEVEL.finditer(self.text):
            between = self.text[at : found.start()]
            kind = next(key for key, value in found.groupdict().items() if value is not None)
            if not self._take(kind, found[kind], found, touching=not between.strip("-"), first=first < 0):
                continue
            if first < 0:
                first = found.start()
                self.name = between if between.endswith(SUFFIXES) else _WAYS.sub("", between)
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
        if kind in ("b", "s"):
            self.hash = self.hash or found[0].endswith("#")
            return self._set("building", _number(value))
        if kind == "u":
            return self._set("unit", _number(value))
        if kind == "f":
            return self._storey(value, found, first=first)
        if kind == "r":
            return self._chain_room(value)
        if kind == "d":
            return self._set("room", value)
        if kind == "p":
            return self._plate(_number(value), self.text[found.end() :])
        if kind == "c":
            return self._chain(value, after_name=first and found.start() > 0, touching=touching)
        return self._bare(value, found, touching=touching and not first)

    def _set(self, level: str, value: str) -> bool:
        if not getattr(self, level):
            setattr(self, level, value)
        return True

    def _storey(self, value: str, found: re.Match[str], *, first: bool) -> bool:
        """3楼 is a building where a unit follows and none was said, a floor elsewhere."""
        below = _BASEMENT.fullmatch(value)
        if below is not None:
            return self._set("floor", "-" + to_digits(below[1]))
        following = self.text[found.end() :]
        as_building = (
            first
            and not self.plate
            and not self.building
            and found[0].endswith("楼")
            and re.match(rf"{_N}+(?:单元|门|单|梯|楼|层)", following)
        )
        self.storey = found[0].endswith("楼")
        return self._set("building" if as_building else "floor", _number(value))

    def _chain_room(self, value: str) -> bool:
        """A room, possibly with the levels above it before dashes: 3-2-501室."""
        parts = value.split("-")
        if len(parts) > 1 and not (len(parts) == 2 and len(parts[0]) >= _LEAST_ROOM):
            return self._chain(value, after_name=True, touching=True)
        return self._set("room", _number(value))

    def _plate(self, number: str, following: str) -> bool:
        if self.building or self.unit or self.floor:
            if not self.unit and not self.room and _ROOM_FOLLOWS.match(following):
                return self._set("unit", number)
            return self._set("room", number)
        if not self.plain_plate:
            self.plain_plate = number
            return True
        self.room = self.room or number
        return True

    def _chain(self, value: str, *, after_name: bool, touching: bool) -> bool:
        """Numbers joined by dashes, from the highest level that is still open."""
        if not after_name and not touching and not self.building:
            return False
        numbers = [_number(part) for part in re.split("[-#]+", once(value)) if part]
        levels = [level for level in ("building", "unit", "floor", "room") if not getattr(self, level)]
        if self.plain_plate and "building" in levels and len(numbers) < len(levels):
            levels.remove("building")
        if len(numbers) == 1 and "room" in levels:
            levels = ["room"]
        elif len(numbers) == 2 and "building" in levels:
            levels = ["building", "room"]
        elif (
            len(numbers) == 2
            and self.building
            and not self.unit
            and len(numbers[1]) < _LEAST_ROOM
            and not self.hash
            and "#" not in value
        ):
            return self._set("room", "-".join(numbers))  # storey and door, as in Chongqing
        elif len(numbers) < len(levels) and "floor" in levels:
            levels.remove("floor")
        for level, number in zip(levels, numbers, strict=False):
            self._set(level, number)
        return True

    def _bare(self, value: str, found: re.Match[str], *, touching: bool) -> bool:
        """A number without classifier: a room in a chain or at the end, a building right after a name."""
        last = found.end() == len(self.text)
        chained = touching and bool(self.building or self.unit or self.floor or self.plain_plate)
        long = len(value.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= _LEAST_ROOM
        if chained or (last and long and not self.room and found.start() > 0):
            is_room = bool(self.unit or self.floor or last or len(value) >= _LEAST_ROOM)
            return self._set("room" if is_room else "unit", _number(value))
        following = self.text[found.end() :]
        before = self.text[: found.start()]
        if (
            not self.building
            and before.endswith(SUFFIXES)
            and (last or re.match(rf"{_N}+(?:单元|门|单)|单元", following))
        ):
            return self._set("building", _number(value))
        return False

    def _settle_storey(self) -> None:
        """6楼1001 is a building: a room on the sixth floor would begin with 6."""
        if (
            self.building
            or self.plate
            or not self.storey
            or len(self.room) < _LEAST_ROOM
            or not self.room.isdigit()
        ):
            return
        if self.place.road_number or self.unit or self.room.startswith(self.floor):
            return
        self.building, self.floor = self.floor, ""

    def _settle_plate(self) -> None:
        """The house a 号 stands for, once it is known what follows it."""
        if not self.plain_plate:
            return
        named = split_phase(self.name).base.endswith(SUFFIXES) or (bool(self.name) and bool(self.unit))
        if not self.building and (
            self.place.lane
            or ((named or self.place.road_number) and not self.place.road_number)
            or (self.place.road_number and (self.unit or self.room))
        ):
            self.building = self.plain_plate
        else:
            self.plate = self.plain_plate


def _number(value: str) -> str:
    """Digits without leading zeros; letters stay."""
    return "-".join((to_digits(part).lstrip("0") or "0") if part else "" for part in value.split("-"))
