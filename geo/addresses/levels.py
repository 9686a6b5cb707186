"""The numbered levels of an address by their classifiers and places alone: house, unit, floor and room.

Numbers without classifier count only inside a chain, right after a name, or as the last thing said.
"""

from __future__ import annotations

import re

from geo.addresses.characters import NUMERALS
from geo.addresses.names import split_phase
from geo.addresses.numerals import numbers_to_digits, to_digits
from geo.addresses.places import Place
from geo.addresses.tails import once
from geo.addresses.words import SUFFIXES, WAYS_IN, words

_N = f"[0-9{NUMERALS}]"
_LINK = r"(?:(?<![A-Z])[A-Z]{0,2}[0-9]+[A-Z]?|(?<![A-Z])[A-Z](?![A-Z]))"
"""One number or letter of a chain."""
_LODGING = r"号?(?:(?:学生|研究生|职工|教工)?(?:宿舍楼?|公寓楼?)|舍)(?![区利]|[0-9]+(?:号楼|栋|幢))"
_ASIDE = r"(?:^|(?<=[\u4e00-\u9fff]{2})|(?<![\u4e00-\u9fff]))"
"""Where a direction is no part of a name: 芙蓉苑东2幢, not 城东2幢."""
_LEVELS = (
    (
        "building",
        rf"(?P<b>(?:{_ASIDE}[甲乙丙丁增东西南北])?{_N}+[A-Z]?(?:-{_N}+)?|[A-Z](?:-[A-Z])+(?=[座栋幢])|(?<![A-Z])[A-Z]{{1,2}}{_N}*(?:-{_N}+(?=号楼|[栋幢]))?|[甲乙丙丁戊己庚辛壬癸](?=[楼栋幢座])|[东西南北](?=[楼栋幢座塔]))(?:号楼|号栋|号幢|#楼|#栋|号厂房|号公寓|号别墅|栋楼?|幢楼?|橦|楼栋|座(?![落谈])|塔(?!楼)|号馆|号商场|(?<=[A-Z])馆|(?<=[A-Z])楼|#(?!单元)|排(?=[0-9]+号)|{_LODGING})",
    ),
    (
        "stem",
        rf"(?P<s>[甲乙丙丁戊己东西南北])楼(?=[0-9]|{_N}+[层楼])|(?:^|(?<=[苑园区院城]))(?P<e>[东西南北])楼$",
    ),
    (
        "unit",
        rf"(?P<u>{_N}{{1,3}}[A-Z]?|[A-Z甲乙丙丁东西南北中](?=单元|门洞)|[A-Z](?=梯))(?:#?单元门?|号单元|单(?={_N})|门洞|号门(?![店面市诊口])|梯位?(?=[0-9]|$)|门(?={_N}|$))",
    ),
    (
        "floor",
        rf"(?P<f>(?:负|地下|地|-)?(?:{_N}{{1,3}}(?:-{_N}{{1,3}})?|[BL][1-9])(?=层|楼|-?F)|[底首顶](?=层|楼)|夹(?=层)|地下(?=室))(?:层楼?|楼层?|F|-F(?![0-9A-Z])|(?<=下)室)(?![道盘梯下])",
    ),
    (
        "room",
        rf"(?P<r>[0-9]{{1,2}}[A-Z][0-9]{{1,2}}(?=室|号|房)|{_N}*[附之]{_N}+(?:-{_N}+)?(?=室|铺)|[A-Z]{{0,2}}-?{_N}{{1,5}}[A-Z]?(?:-[0-9A-Z]+)*|[A-Z](?:-[A-Z])*(?=室))(?:号房间?|号室|号铺|号商铺|号门面|(?<=[0-9]{{4}})单元|号?(?:档口|摊位|铺位|商铺|铺(?!面)|门市|车位|柜台?)|室(?![0-9一二两三]?厅)|房间?(?![屋产子])|间$|户)",
    ),
    ("shop", r"(?:商铺|门面房?|门市|档口?|摊位|铺位|车位|柜台)(?P<k>[A-Z]?[0-9]+[A-Z]?(?:-[0-9]+)?)号?"),
    ("side", rf"(?P<d>[东西南北中左右](?:边|手|侧|间)?户|(?:(?<={_N}[楼层])|(?<=单元))[东西南北中A-Z]$)"),
    (
        "plate",
        rf"(?P<p>(?:{_ASIDE}[甲乙丙丁]|[附增])?{_N}+[A-Z]?(?:[-附之]{_N}+)?)号(?:(?P<a>[甲乙丙丁])(?={_N}|$)|(?P<of>[附之]{_N}+(?:-{_N}{{1,2}}(?!{_N}))?)号?)?(?!(?:[线口馆厅仓库机店窗车院路桥]|公[园馆]|广场|国际|码头|基地|地[块铁]))",
    ),
    ("chain", rf"(?P<c>(?:(?<=[苑园区院城寓])[东西南北])?{_LINK}(?:[-#]+{_LINK}){{1,9}})"),
    (
        "bare",
        rf"(?P<n>[0-9]{{1,2}}[A-Z][0-9]{{2,4}}[A-Z]?(?![0-9A-Z])|附[0-9]+(?:-[0-9]+)?|(?:(?<![A-Z])[A-Z])?[0-9]+[A-Z]?(?![0-9{NUMERALS}街路巷])|{_N}{{3,4}}$)",
    ),
)
_FIRST = f"[-0-9A-Z{NUMERALS}甲乙丙丁戊己庚辛壬癸附之增东西南北中左右负地底首夹顶商门档摊铺车柜]"
"""Every level begins with one of these; told first, the many patterns are tried at a third of the characters."""
_LEVEL = re.compile(f"(?={_FIRST})(?:{'|'.join(pattern for _, pattern in _LEVELS)})")
_STEMS = "甲乙丙丁东西南北附增"
STEMS_AFTER = "甲乙丙丁"
"""What may follow the number of a house: 12号甲."""
_TOWERS = words("大厦 中心 广场 国际 商场 商厦 天街 大楼")
"""One house each: a short chain after them is a storey and a door, or a door alone."""
_IN_TOWER = re.compile(r"[0-9]{1,2}[A-Z]")
_IN_HALL = re.compile(r"[0-9]{1,2}[A-Z][0-9]{1,3}[A-Z]?")
"""A shop of a mall or a market by itself: 1A18B."""
_HOUSE_AND_ROOM = re.compile(r"[0-9]{1,2}[A-Z][0-9]{4}")
_BASEMENT_CODE = re.compile(r"B[1-9]")
_MALL_CODE = re.compile(r"L[0-9]{1,2}-")
"""Storey and shop of a mall are one number on its plan: L1-12."""
_WAYS = re.compile(f"(?:{'|'.join(sorted(WAYS_IN, key=len, reverse=True))}|[院内里])+$")
_BASEMENT = re.compile(rf"(?:负|地下|地|-)({_N}+)")
_LEAST_ROOM = 3
"""A lone number of so many digits is a room; a shorter one right after a name is a building."""
_UNIT_AND_ROOM = re.compile("[0-9]{1,2}-[0-9]{3,4}")
_ROOM_OF_UNIT = re.compile(rf"-?{_N}+(?:[室户号楼层](?!楼)|$)")
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
            if found[0].endswith("号门") and self._is_gate(found):
                return False
            last_of_all = self.unit and self.floor and found.end() == len(self.text)
            return self._set("room" if last_of_all else "unit", _number(value))  # 2单元10楼2门
        if kind == "f":
            return self._storey(value, found, first=first)
        if kind == "r":
            return self._chain_room(value)
        if kind in ("d", "k"):
            return self._set("room", value)
        if kind in ("p", "a", "of"):
            more = found["a"] or numbers_to_digits(found["of"] or "")
            return self._plate(_number(found["p"]) + more, self.text[found.end() :])
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
        if value == "地下":
            return self._set("floor", "-1")
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
            if _UNIT_AND_ROOM.fullmatch(number) and self.building and not self.unit:
                return self._chain(number, after_name=True, touching=True)
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
        if _MALL_CODE.match(value):
            return self._set("room", value)
        numbers = [_number(part) for part in re.split("[-#]+", once(value)) if part]
        levels = [level for level in ("building", "unit", "floor", "room") if not getattr(self, level)]
        if self.plain_plate and "building" in levels and len(numbers) < len(levels):
            levels.remove("building")
        if len(numbers) == 1 and "room" in levels:
            levels = ["room"]
        elif len(numbers) == 2 and (_are_neighbours(*numbers) or _is_part(*numbers)):
            return self._set("room", "-".join(numbers))
        elif (
            len(numbers) == 2 and len(numbers[1]) < _LEAST_ROOM and not self.hash and self._one_house(levels)
        ):
            return self._set("room", "-".join(numbers))  # storey and door, as in Chongqing
        elif len(numbers) == 2 and "building" in levels:
            levels = ["building", "room"]
        elif len(numbers) == 3 and len(numbers[2]) < _LEAST_ROOM and self._at_plate():
            levels = ["unit", "floor", "room"]  # as in Shenyang: 290号1-11-3
        elif len(numbers) < len(levels) and "floor" in levels:
            levels.remove("floor")
        for level, number in zip(levels, numbers, strict=False):
            self._set(level, number)
        return True

    def _is_gate(self, found: re.Match[str]) -> bool:
        """Whether 2号门 right after a name is a way in: no room, or a house or a shop follows."""
        known = self.building or self.plain_plate or self.place.road_number
        return not known and _ROOM_OF_UNIT.match(self.text, found.end()) is None

    def _at_plate(self) -> bool:
        """Whether nothing but the door plate of a road goes before."""
        return bool(self.place.road_number) and not self.name and not self.building

    def _one_house(self, open_levels: list[str]) -> bool:
        """Whether the house is said already: its number, the plate of a road or the name of a tower."""
        return "building" not in open_levels or self._at_plate() or self.name.endswith(_TOWERS)

    def _bare(self, value: str, found: re.Match[str], *, touching: bool) -> bool:
        """A number without classifier: a room in a chain or at the end, a building right after a name."""
        last = found.end() == len(self.text)
        chained = touching and bool(self.building or self.unit or self.floor or self.plain_plate)
        long = len(value.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= _LEAST_ROOM
        before = self.text[: found.start()]
        named = before.endswith(SUFFIXES)
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
            is_room = bool(self.unit or self.floor or last or len(value) >= _LEAST_ROOM)
            return self._set("room" if is_room else "unit", _number(value))
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
        if self.place.lane and self.building.isalpha() and not self.unit:  # 841弄19号B座
            self.building, self.unit = "", self.building
        is_house = self.place.lane or named or below or second
        if is_house and not self.building and not re.search("[附之]", self.plain_plate[1:]):
            self.building = self.plain_plate
        else:
            self.plate = self.plain_plate


def _are_neighbours(first: str, second: str) -> bool:
    """Whether two numbers are rooms of one floor: 1501-1502."""
    return len(first) >= _LEAST_ROOM and first[:-2] == second[:-2]


def _is_part(first: str, second: str) -> bool:
    """Whether two numbers are a room and its part: 301-A."""
    return len(first) >= _LEAST_ROOM and first.isdigit() and second.isalpha()


def _number(value: str) -> str:
    """Digits without leading zeros; letters stay."""
    return "-".join(_plain(part) for part in value.split("-"))


def _plain(part: str) -> str:
    stem = part[:1] if part[:1] in _STEMS and len(part) > 1 else ""
    number = part.removeprefix(stem)
    return stem + (to_digits(number).lstrip("0") or "0") if number else part
