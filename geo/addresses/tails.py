"""The end of an address, from the building on: 5号楼3单元702室, 5#-3-702, 5-3-702, 8A幢二楼, 12号2门7号.

Reads one string of numbers and classifiers to building, unit, floor and room, in any order and with levels
missing. What only the register can decide (is the second number of 3-201 a unit or a room?) stays `loose`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.characters import NUMERALS
from geo.addresses.numerals import numbers_to_digits
from geo.addresses.words import words

STEMS = "甲乙丙丁戊己庚辛壬癸"
"""Letters of the Chinese alphabet of sorts; buildings and doors are counted with them."""
SIDES = "东西南北中左右"
TAIL_CHARACTERS = f"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-#{NUMERALS}号楼栋幢座单元门洞室户层房梯间"
"""A tail is made of these; strip them from the right of an address and its head is left."""
_BEGIN = frozenset(f"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ{NUMERALS}")

_BUILDING, _PLATE, _HASH, _STOREY, _UNIT, _FLOOR, _ROOM, _NONE = range(8)
_KINDS = {
    **dict.fromkeys(
        words("号楼 号栋 号幢 号座 #楼 #栋 #幢 #座 栋楼 栋 幢楼 幢 座楼 座 楼栋 楼座 号住宅楼"), _BUILDING
    ),
    **dict.fromkeys(words("单元门 单元楼 单元 单 门洞 号门洞 号门 门 洞 号单元 梯"), _UNIT),
    **dict.fromkeys(words("层楼 层 F 楼层"), _FLOOR),
    **dict.fromkeys(words("室 户 号房间 号房 号室 号户 房间 房 间"), _ROOM),
    "号": _PLATE,
    "#": _HASH,
    "楼": _STOREY,
    "": _NONE,
}
_NUMBER = rf"[0-9]+(?:[A-EG-Z](?![A-Z])|F(?=[号楼栋幢座#])|)|[A-Z]{{1,2}}[0-9]*|[{STEMS}](?=[楼栋幢座号0-9-])|[{SIDES}](?=[楼栋幢座])"
_CLASSIFIER = "|".join(sorted((re.escape(kind) for kind in _KINDS if kind), key=len, reverse=True))
_TOKEN = re.compile(rf"({_NUMBER})({_CLASSIFIER}|)-?")
_DIRECTION = re.compile(rf"[{SIDES}](?:边|手|侧|间)?[户室]?$")
_LEAST_REPEATED = 5
"""Shorter halves may be equal without being one thing said twice: 1-1."""
_MOST_BARE_BUILDING = 2
"""A lone number of more digits is a room."""


class Tail(NamedTuple):
    """What the end of an address says; numbers as digits without leading zeros, empty where nothing is said."""

    building: str
    mark: str
    """How the building was named: its classifier, `-` in a dash form, empty when no building is said."""
    unit: str
    floor: str
    room: str
    loose: str
    """One number after the building that may be its unit, its room or both run together."""
    whole: bool
    """False when characters were left that no rule explains."""


NOTHING = Tail("", "", "", "", "", "", whole=True)


def split_tail(text: str) -> tuple[str, str, str]:
    """Head, tail and direction of the door (东户) of a normalised address.

    >>> split_tail("纺机厂家属楼36座4门601"), split_tail("金瑞国际甲楼4楼西户")
    (('纺机厂家属楼', '36座4门601', ''), ('金瑞国际', '甲楼4楼', '西户'))
    """
    side = ""
    if text.endswith("户"):
        found = _DIRECTION.search(text)
        if found is not None and found.start() > 0 and found.end() == len(text):
            side, text = found[0], text[: found.start()]
    head = text.rstrip(TAIL_CHARACTERS)
    at, end = len(head), len(text)
    while at < end and text[at] not in _BEGIN:
        at += 1
    if (
        0 < at < end + 1
        and at == len(head)
        and text[at - 1] in STEMS
        and text[at : at + 1] in ("楼", "栋", "幢", "座")
    ):
        at -= 1
    elif (
        0 < len(head) < end
        and text[len(head) - 1] in STEMS + SIDES
        and text[len(head)] in "楼栋幢座号"
        and (text[len(head)] != "号" or text[len(head) - 1] in STEMS)
    ):
        at = len(head) - 1
    return text[:at], text[at:], side


def read_tail(tail: str) -> Tail:
    """Read a tail as `split_tail` gives it.

    >>> read_tail("五号楼3单元七〇二室")[:5]
    ('5', '号楼', '3', '', '702')
    >>> read_tail("47-6-746")[:5], read_tail("17-3201").loose
    (('47', '-', '6', '', '746'), '3201')
    """
    if not tail:
        return NOTHING
    plain = once(numbers_to_digits(tail)).strip("-")
    tokens: list[tuple[str, int, str]] = []
    at = 0
    for found in _TOKEN.finditer(plain):
        if found.start() != at:
            break
        at = found.end()
        number, mark = found[1], found[2]
        tokens.append((number.lstrip("0") or "0", _KINDS[mark], mark))
    return _placed(tokens, whole=at == len(plain))


def once(tail: str) -> str:
    """One half of a tail that says the same twice.

    >>> once("4-3-502-4-3-502"), once("1-1")
    ('4-3-502', '1-1')
    """
    half = len(tail) // 2
    twice = tail[:half] == tail[-half:] and (len(tail) % 2 == 0 or tail[half] == "-")
    if half >= _LEAST_REPEATED and twice:
        return tail[:half]
    return tail


def _placed(tokens: list[tuple[str, int, str]], *, whole: bool) -> Tail:
    """Give each number its level, by classifier first, by position where there is none."""
    building = mark = unit = floor = room = ""
    loose: list[str] = []
    last = len(tokens) - 1
    for i, (number, kind, written) in enumerate(tokens):
        if kind == _NONE:
            if (
                not building
                and not unit
                and not floor
                and not room
                and not loose
                and i < last
                and tokens[i + 1][1]
                in (
                    _UNIT,
                    _STOREY,
                    _FLOOR,
                    _ROOM,
                )
            ):
                building, mark = number, "-"
            else:
                loose.append(number)
        elif kind == _BUILDING or (kind == _HASH and not building):
            if not building or mark == "号":
                building, mark = number, written
        elif kind == _UNIT or (kind == _HASH and not unit):
            unit = unit or number
        elif kind == _PLATE:
            if building or unit or floor:
                room = room or number
            else:
                building, mark = number, written
        elif kind == _STOREY:
            if building or unit or loose or i > 0:
                floor = floor or number
            else:
                building, mark = number, written
        elif kind == _FLOOR:
            floor = floor or number
        else:
            room = room or number
    return _positions(building, mark, unit, floor, room, loose, whole=whole)


def _positions(
    building: str, mark: str, unit: str, floor: str, room: str, loose: list[str], *, whole: bool
) -> Tail:
    """The numbers without classifier: building, unit, floor, room in this order, as far as they are missing."""
    if loose and not building and not unit and not floor:
        alone = len(loose) == 1 and not room
        if not alone or len(loose[0]) <= _MOST_BARE_BUILDING or not loose[0].isdigit():
            building, mark = loose.pop(0), "-"
    if len(loose) >= 2 and not unit:
        unit = loose.pop(0)
    if len(loose) >= 2 and not floor:
        floor = loose.pop(0)
    rest = loose.pop(0) if loose else ""
    if rest and not room and (unit or floor or not building):
        room, rest = rest, ""
    elif rest and room and not unit:
        unit, rest = rest, ""
    return Tail(building, mark, unit, floor, room, rest, whole and not loose)
