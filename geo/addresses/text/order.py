"""An address whose levels stand in another order than from large to small, put right: 301室 9号楼 嘉桂小区 乐育路街道.

The whole postal order reversed, with blanks, with commas or with nothing between the levels; a building before its
complex; areas after all. Nothing is changed but the order.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.words import (
    CITY_OF_NAME,
    LANDMARK_WORDS,
    NEAR_WORDS,
    NO_DISTRICT,
    PROVINCES,
    SUFFIXES,
)

_HAN = "\u4e00-\u9fff"
_N = f"[0-9{NUMERALS}]"
_NUMBER = rf"(?:[甲乙丙丁附]?{_N}+[A-Z]?|[A-Z]{{1,2}}{_N}*|[甲乙丙丁戊己东西南北中](?=[楼栋幢座]|单元))"
_BUILDING, _UNIT, _FLOOR, _ROOM, _BARE = range(5)
_LEAST_ROOM = 3
"""So many digits a room has that is counted from its storey."""
_CLASSIFIERS = (
    (_BUILDING, "号楼|号栋|号幢|#楼|#栋|#幢|楼栋|栋楼?|幢楼?|座楼?|#(?!单元|室)"),
    (_UNIT, "号?单元门?|#单元|门洞?|单(?=[0-9 ,-]|$)"),
    (_FLOOR, f"层楼?|楼层?(?!{_N}*[号栋幢])|F(?![A-Z0-9])"),
    (_ROOM, "号?房间?|号?室|户|号(?!大?院|[之附付桥])"),
)
_LEVEL = re.compile(
    rf"({_NUMBER}(?:-{_NUMBER}){{0,3}})(?:{'|'.join(f'(?P<k{kind}>{words})' for kind, words in _CLASSIFIERS)}|(?=[ ,]|$|(?<=[0-9])[{_HAN}]))"
)
_SIDE = re.compile(r"[东西南北中左右](?:边|手|侧)?户")
_BETWEEN = re.compile("[ ,-]*")
_PARTED = re.compile(rf"[ ,]+|(?<=[{_HAN}])-+|-+(?=[{_HAN}])")
_PLATE = re.compile(rf"第?{_N}+(?:-[0-9]+)?号(?:大?院|院内|院里)?")
_WAYS = "大道|大街|公路|胡同|[路街巷弄道]"
_ROAD = re.compile(rf"[{_HAN}A-Z]{{1,12}}(?:{_WAYS})[东西南北中]?段?(?:{_PLATE.pattern})?")
_ROAD_FIRST = re.compile(rf"[{_HAN}]{{1,8}}?(?:{_WAYS})(?!道|办)")
_AREAS = (
    re.compile(rf"(?:{'|'.join(PROVINCES)})(?:省|市|(?:[{_HAN}]{{1,3}}族)?自治区|特别行政区)?"),
    re.compile(rf"[{_HAN}]{{2,7}}(?:市|自治州|地区|盟)"),
    re.compile(rf"[{_HAN}]{{1,6}}(?:区|县|旗)"),
    re.compile(rf"[{_HAN}A-Z]{{1,10}}(?:街道办事处|街道办?|街办|办事处|镇|乡)"),
    re.compile(rf"[{_HAN}A-Z]{{1,10}}(?:社区居民委员会|社区居委会|社区|居委会|村委会)"),
)
_ROAD_RANK, _PLATE_RANK, _NAME_RANK = 5, 6, 7
_GLUED = re.compile(
    rf"[{_HAN}A-Z0-9]+?(?:街道办事处|街道办?|街办|办事处|社区居委会|社区|居委会|自治区|自治州|(?<!小)(?<!社)(?<![A-Z东西南北中新老{NUMERALS}0-9期])区|[省市县镇乡])(?![场政委府])"
)
"""One area of several that run together."""
_FRONT = re.compile(
    rf"[{_HAN}]+?(?:街道办事处|街道办?|街办|办事处|社区居委会|社区|居委会|自治区|自治州|(?<![小期])区|[省市县镇乡])(?![场政委府])"
)
"""One area of those before numbered levels."""
_PLATE_FIRST = re.compile(rf"({_PLATE.pattern})([{_HAN}]{{1,8}}?(?:{_WAYS})[东西南北中]?段?)$")
_NAME_END = re.compile(
    rf"(?<=[{_HAN}0-9A-Z]{{2}})(?:{'|'.join(SUFFIXES)})(?:[{NUMERALS}0-9A-Z东西南北]{{1,3}}[期区]|[东西南北中][苑园院])?(?=[{_HAN}]+(?:街道|街办|办事处|社区|居委会|[省市区县镇乡]))"
)
_DIGIT = re.compile(_N)
_POSTCODE = re.compile("[0-9]{6}")
_DOOR = re.compile("-[0-9]{3,4}$")
"""The end of a building with its door: 3-2-501."""
_NEAR = re.compile("|".join((*LANDMARK_WORDS, *NEAR_WORDS)))


class _Level(NamedTuple):
    """A numbered level as it is written."""

    kind: int
    text: str


def in_order(plain: str, *, sure: bool = False) -> str | None:
    """An address in plain characters (`PLAIN`), blanks and commas kept, with its levels from large to small; None
    where they are so already or where they cannot be told apart. `sure`: only where a piece shows by its ending that it
    is an area, a road or a complex, for who has no register to ask.

    >>> in_order("301室 9号楼 嘉桂小区 乐育路街道"), in_order("9-2-301,芙蓉苑")
    ('乐育路街道嘉桂小区9号楼301室', '芙蓉苑9-2-301')
    >>> in_order("301室,9号楼,芙蓉苑,29号,思源中路,咸阳市,陕西省")
    '陕西省咸阳市思源中路29号芙蓉苑9号楼301室'
    >>> in_order("芙蓉苑9号楼301室") is None
    True
    """
    levels, at = _leading(plain)
    rest = plain[at:].strip(" ,-")
    pieces = [piece for piece in _PARTED.split(rest) if piece and not _POSTCODE.fullmatch(piece)]
    if not levels:
        front = _areas_before_levels(plain)
        if front:
            inner = in_order(plain[front:], sure=sure)
            return None if inner is None else _PARTED.sub("", plain[:front]) + inner
        last = max((i for i, piece in enumerate(pieces) if _DIGIT.search(piece)), default=len(pieces)) + 1
        areas = pieces[last:]
        if not areas or any(_rank(area) >= _ROAD_RANK for area in areas):
            return None
        return "".join([*sorted(areas, key=_rank), *pieces[:last]])
    if not pieces or _NEAR.search(rest):
        return None
    if levels[-1].text.endswith("号") and len(levels) > 1 and _is_bare_road(rest):  # 9号楼29号思源中路
        plate = levels.pop().text
        pieces.insert(0, plate)
    names: list[str] = []
    for piece in pieces:
        more, end = _leading(piece)
        if (
            more
            and end == len(piece)
            and not (names and _PLATE.fullmatch(piece))
            and not _followed_by_road(piece, pieces)
        ):
            levels += more
        else:
            names += _unglued(piece)
    if not any(len(name) > 1 and not _PLATE.fullmatch(name) for name in names):
        return None
    if sure and not any(_rank(name) < _PLATE_RANK or name.endswith(SUFFIXES) for name in names):
        return None
    names = _said_once(names)
    names.reverse()  # of two of one rank the later is the larger: 二区 海棠新城
    return "".join(sorted(names, key=_rank)) + _tail(levels)


def _areas_before_levels(plain: str) -> int:
    """Where the areas end that a text begins with, if numbered levels follow them: 望江街道3号楼501室芙蓉苑; else 0."""
    at = 0
    while (found := _FRONT.match(plain, at)) is not None:
        between = _BETWEEN.match(plain, found.end())
        at = found.end() if between is None else between.end()
    return at if at and _leading(plain[at:])[0] else 0


def _said_once(names: list[str]) -> list[str]:
    """Without a plate and its road that a name says again: 人民路99号院 99号 人民路."""
    for plate, road in pairwise(names):
        if _PLATE.fullmatch(plate) and any(name.startswith(road + plate) for name in names):
            return [name for name in names if name not in (plate, road)]
    return names


def _is_bare_road(rest: str) -> bool:
    """Whether a road without a plate of its own comes next, so that the number before it is its plate."""
    road = _ROAD_FIRST.match(rest)
    return road is not None and _PLATE.match(rest, road.end()) is None


def _followed_by_road(piece: str, pieces: list[str]) -> bool:
    """Whether a number stands before its road: 29号,思源中路."""
    at = pieces.index(piece) + 1
    return bool(_PLATE.fullmatch(piece)) and at < len(pieces) and bool(_ROAD.fullmatch(pieces[at]))


def _leading(text: str) -> tuple[list[_Level], int]:
    """The numbered levels that a text begins with, and where they end."""
    levels: list[_Level] = []
    at = 0
    while at < len(text):
        found = _LEVEL.match(text, at) or _SIDE.match(text, at)
        if found is None:
            break
        if found.re is _SIDE:
            kind = _ROOM
        else:
            kind = next(
                (int(name[1:]) for name, value in found.groupdict().items() if value is not None), _BARE
            )
        after = text[found.end() : found.end() + 1]
        if (
            kind == _BARE
            and after not in ("", " ", ",")
            and (not (levels or _DOOR.search(found[0])) or after in "期区组街路巷道弄号村年")
        ):
            break
        levels.append(_Level(kind, found[0]))
        between = _BETWEEN.match(text, found.end())
        at = found.end() if between is None else between.end()
    return levels, at


def _rank(piece: str) -> int:
    """How large the thing is that a piece names, 0 for a province."""
    for rank, pattern in enumerate(_AREAS):
        if pattern.fullmatch(piece) and (not NO_DISTRICT.search(piece) or CITY_OF_NAME.search(piece)):
            return rank
    if _PLATE.fullmatch(piece):
        return _PLATE_RANK
    return _ROAD_RANK if _ROAD.fullmatch(piece) else _NAME_RANK


def _unglued(piece: str) -> list[str]:
    """A name with the areas that run into it: 嘉桂小区乐育路街道咸阳市."""
    plate = _PLATE_FIRST.match(piece)
    if plate is not None:
        return [plate[1], plate[2]]
    name = _NAME_END.search(piece)
    if name is None:
        return [piece]
    areas: list[str] = []
    at = name.end()
    while at < len(piece):
        found = _GLUED.match(piece, at)
        if found is None:
            return [piece]
        areas.append(found[0])
        at = found.end()
    return [piece[: name.end()], *areas]


def _tail(levels: list[_Level]) -> str:
    """The numbered levels from building to room; numbers alone stand where their place says."""
    kinds = [level.kind for level in levels]
    bare = [level.text for level in levels if level.kind == _BARE]
    if bare and len(bare) == len(levels):
        parts = "-".join(bare).split("-")
        longest_first = len(parts[0]) > len(parts[-1]) and (len(bare) > 1 or len(parts[0]) >= _LEAST_ROOM)
        return "-".join(reversed(parts) if longest_first else parts)
    if len(levels) > 1 and kinds[-1] == _BARE and kinds[0] != _BARE:  # 2单元 301
        return "".join(level.text for level in sorted(levels, key=lambda level: level.kind))
    said = {level.kind for level in levels}
    placed = [
        level._replace(kind=next((k for k in (_ROOM, _UNIT, _BUILDING) if k not in said), _ROOM))
        if level.kind == _BARE
        else level
        for level in levels
    ]
    has_building = _BUILDING in said
    placed = [
        level._replace(kind=_BUILDING)
        if level.text.endswith("号") and not has_building and _ROOM in said and len(level.text) <= 3 and i > 0
        else level
        for i, level in enumerate(placed)
    ]
    return "".join(level.text for level in sorted(placed, key=lambda level: level.kind))
