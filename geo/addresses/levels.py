"""The numbered levels of an address by their classifiers and places alone: house, unit, floor and room.

Numbers without classifier count only inside a chain, right after a name, or as the last thing said.
"""

from __future__ import annotations

import re

from geo.addresses.characters import NUMERALS
from geo.addresses.names import split_phase
from geo.addresses.numerals import to_digits
from geo.addresses.places import Place
from geo.addresses.tails import once
from geo.addresses.words import SUFFIXES, WAYS_IN

_N = f"[0-9{NUMERALS}]"
_LINK = r"(?:(?<![A-Z])[A-Z]{0,2}[0-9]+[A-Z]?|(?<![A-Z])[A-Z](?![A-Z]))"
"""One number or letter of a chain."""
_LODGING = r"号?(?:(?:学生|研究生|职工|教工)?(?:宿舍楼?|公寓楼?)|舍)(?![区利]|[0-9]+(?:号楼|栋|幢))"
_ASIDE = r"(?:^|(?<=[\u4e00-\u9fff]{2})|(?<![\u4e00-\u9fff]))"
"""Where a direction is no part of a name: 芙蓉苑东2幢, not 城东2幢."""
_LEVELS = (
    (
        "building",
        rf"(?P<b>(?:{_ASIDE}[甲乙丙丁东西南北])?{_N}+[A-Z]?(?:-{_N}+)?|[A-Z]{{1,2}}{_N}*|[甲乙丙丁戊己庚辛壬癸东西南北](?=[楼栋幢座]))(?:号楼|号栋|号幢|#楼|#栋|号厂房|号公寓|号别墅|栋楼?|幢楼?|橦|楼栋|座(?![落谈])|塔(?!楼)|(?<=[A-Z])楼|#(?!单元)|排(?=[0-9]+号)|{_LODGING})",
    ),
    (
        "stem",
        rf"(?P<s>[甲乙丙丁戊己东西南北])楼(?=[0-9]|{_N}+[层楼])|(?:^|(?<=[苑园区院城]))(?P<e>[东西南北])楼$",
    ),
    (
        "unit",
        rf"(?P<u>{_N}{{1,3}}[A-Z]?|[A-Z甲乙丙丁东西南北中](?=单元|门洞))(?:#?单元门?|号单元|单(?={_N})|门洞|号门(?![店面市诊口])|梯(?=[0-9])|门(?={_N}|$))",
    ),
    (
        "floor",
        rf"(?P<f>(?:负|地下|地|-)?(?:{_N}{{1,3}}(?:-{_N}{{1,3}})?|B[1-9])(?=层|楼|-?F)|底(?=层|楼)|夹(?=层)|顶(?=层|楼))(?:层楼?|楼层?|F|-F(?![0-9A-Z]))(?![道盘梯下])",
    ),
    (
        "room",
        rf"(?P<r>[0-9]{{1,2}}[A-Z][0-9]{{1,2}}(?=室|号|房)|[A-Z]{{0,2}}-?{_N}{{1,5}}[A-Z]?(?:-[0-9A-Z]+)*|[A-Z](?=室))(?:号房间?|号室|号铺|号商铺|号门面|(?<=[0-9]{{4}})单元|号?(?:档口|摊位|铺位|商铺|铺(?!面))|室(?![0-9一二两三]?厅)|房间?(?![屋产子])|户)",
    ),
    ("shop", r"(?:商铺|门面房?|门市|档口|摊位|铺位)(?P<k>[A-Z]?[0-9]+[A-Z]?(?:-[0-9]+)?)号?"),
    ("side", rf"(?P<d>[东西南北中左右](?:边|手|侧|间)?户|(?<={_N}[楼层])[东西南北中]$)"),
    (
        "plate",
        rf"(?P<p>(?:{_ASIDE}[甲乙丙丁附])?{_N}+[A-Z]?(?:-{_N}+)?)号(?:(?P<a>[甲乙丙丁])(?={_N}|$))?(?![线口馆厅仓库机店窗车院])",
    ),
    ("chain", rf"(?P<c>(?:(?<=[苑园区院城寓])[东西南北])?{_LINK}(?:[-#]+{_LINK}){{1,9}})"),
    ("bare", rf"(?P<n>[0-9]{{1,2}}[A-Z][0-9]{{2}}(?![0-9])|[A-Z]?[0-9]+[A-Z]?(?![{NUMERALS}])|{_N}{{3,4}}$)"),
)
_LEVEL = re.compile("|".join(pattern for _, pattern in _LEVELS))
_STEMS = "甲乙丙丁东西南北附"
_WAYS = re.compile(f"(?:{'|'.join(sorted(WAYS_IN, key=len, reverse=True))}|[院内里])+$")
_BASEMENT = re.compile(rf"(?:负|地下|地|-)({_N}+)")
_LEAST_ROOM = 3
"""A lone number of so many digits is a room; a shorter one right after a name is a building."""
_LEVEL_FOLLOWS = re.compile(rf"{_N}+(?:单元|门|单|梯|楼|层)")
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
        for found in _LEVEL.finditer(self.text):
            between = self.text[at : found.start()]
            kind = str(found.lastgroup)
            if not self._take(kind, found[kind], found, touching=not between.strip("-"), first=first < 0):
                continue
            if first < 0:
                first = found.start()
                between = between.rstrip("-")
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
        if kind == "b" and self.building and not self.unit and value.isascii() and value.isalpha():
            return self._set("unit", value)
        if kind == "b" and self.text[: found.start()].endswith("第") and found[0].endswith(("公寓", "宿舍")):
            return False
        if kind in ("b", "s", "e"):
            self.hash = self.hash or found[0].endswith("#")
            return self._set("building", _number(value))
        if kind == "u":
            return self._set("unit", _number(value))
        if kind == "f":
            return self._storey(value, found, first=first)
        if kind == "r":
            return self._chain_room(value)
        if kind in ("d", "k"):
            return self._set("room", value)
        if kind in ("p", "a"):
            return self._plate(_number(found["p"]) + (found["a"] or ""), self.text[found.end() :])
        if kind == "c":
            self.hash = self.hash or "#" in value
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
        self.storey = found[0].endswith("楼")
        alone = first and not self.plate and not self.building
        as_building = alone and self.storey and _LEVEL_FOLLOWS.match(self.text, found.end())
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
        elif len(numbers) == 2 and _are_neighbours(*numbers):
            return self._set("room", "-".join(numbers))
        elif len(numbers) == 2 and "building" in levels:
            levels = ["building", "room"]
        elif len(numbers) == 2 and "unit" in levels and len(numbers[1]) < _LEAST_ROOM and not self.hash:
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
        something_before = found.start() > 0 or bool(self.place.road_number)
        if chained or (last and long and not self.room and something_before):
            is_room = bool(self.unit or self.floor or last or len(value) >= _LEAST_ROOM)
            return self._set("room" if is_room else "unit", _number(value))
        named = self.text[: found.start()].endswith(SUFFIXES)
        if named and not self.building and (last or _LEVEL_FOLLOWS.match(self.text, found.end())):
            return self._set("building", _number(value))
        return False

    def _settle_storey(self) -> None:
        """6楼1001 is a building: a room on the sixth floor would begin with 6."""
        numbered = len(self.room) >= _LEAST_ROOM and self.room.isdigit()
        above = self.building or self.plate or self.unit or self.place.road_number
        if self.storey and numbered and not above and not self.room.startswith(self.floor):
            self.building, self.floor = self.floor, ""

    def _settle_plate(self) -> None:
        """The house a 号 stands for, once it is known what follows it."""
        if not self.plain_plate:
            return
        named = split_phase(self.name).base.endswith(SUFFIXES) or bool(self.name and self.unit)
        below = bool(self.unit or self.floor or self.room)
        second = bool(self.place.road_number)  # 富闲路9号创新中心6号: the road has its plate already
        is_house = self.place.lane or named or below or (second and bool(self.name))
        if is_house and not self.building:
            self.building = self.plain_plate
        else:
            self.plate = self.plain_plate


def _are_neighbours(first: str, second: str) -> bool:
    """Whether two numbers are rooms of one floor: 1501-1502."""
    return len(first) >= _LEAST_ROOM and first[:-2] == second[:-2]


def _number(value: str) -> str:
    """Digits without leading zeros; letters stay."""
    return "-".join(_plain(part) for part in value.split("-"))


def _plain(part: str) -> str:
    stem = part[:1] if part[:1] in _STEMS and len(part) > 1 else ""
    number = part.removeprefix(stem)
    return stem + (to_digits(number).lstrip("0") or "0") if number else part
