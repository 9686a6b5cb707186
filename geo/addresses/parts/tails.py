"""The end of an address, from the building on: 5号楼3单元702室, 5#-3-702, 5-3-702, 8A幢二楼, 12号2门7号.

Reads one string of numbers and classifiers to building, unit, floor and room, in any order and with levels
missing. What only the register can decide (is the second number of 3-201 a unit or a room?) stays `loose`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.numerals import numbers_to_digits
from geo.addresses.text.words import words

STEMS = "甲乙丙丁戊己庚辛壬癸"
"""Letters of the Chinese alphabet of sorts; buildings and doors are counted with them."""
SIDES = "东西南北中左右"
TAIL_CHARACTERS = f"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-#{NUMERALS}号楼栋幢座单元门洞室户层房梯间"
"""A tail is made of these; strip them from the right of an address and its head is left."""
BEGINNINGS = frozenset(f"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ{NUMERALS}")

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
_REPEATED = re.compile(rf"(.{{{_LEAST_REPEATED},40}}?)-?\1$")
_MOST_DIGITS = 2
"""A number of more digits is no unit, and alone no building: it is a room."""
_LETTER_AND_ROOM = re.compile(r"([A-Z])([0-9]{3,4})")
_OF_BUILDINGS = frozenset(mark for mark, kind in _KINDS.items() if kind == _BUILDING)
_BELOW_BUILDING = (_UNIT, _STOREY, _FLOOR, _ROOM)
_USUAL = re.compile(
    r"0*([1-9][0-9]*A?|[A-Z])(号楼|栋|幢|座|#楼|#(?=-?[1-9][0-9]?单元))-?(?:0*([1-9][0-9]?)(?:单元|门洞|号门|门|单)-?)?"
    r"(?:0*([1-9][0-9]*)(?:室|户)|0*([1-9][0-9]{2,3}))?"
)
"""Two tails of three are of this form; reading them at once is three times as fast as token by token."""


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
    others: tuple[str, ...] = ()
    """Further buildings, where several are said: 3、4号楼."""


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
    if 0 < at < end:
        before, first = head[-1], text[at]
        if (before in STEMS and first in "楼栋幢座号") or (before in SIDES and first in "楼栋幢座"):
            return text[: at - 1], text[at - 1 :], side
    while at < end and text[at] not in BEGINNINGS:
        at += 1
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
    usual = _USUAL.fullmatch(plain)
    if usual is not None:
        building, mark, unit, room, bare = usual.groups("")
        return Tail(
            building, mark, unit, "", room or (bare if unit else ""), "" if unit else bare, whole=True
        )
    tokens: list[tuple[str, int, str]] = []
    at = 0
    for found in _TOKEN.finditer(plain):
        if found.start() != at:
            break
        at = found.end()
        number, mark = found[1], found[2]
        joined = None if tokens or mark in _OF_BUILDINGS else _LETTER_AND_ROOM.fullmatch(number)
        if joined is not None:
            tokens.append((joined[1], _BUILDING, "-"))
            number = joined[2]
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


def said_once(text: str) -> str:
    """An address whose end is said twice, in full, with it said once.

    >>> said_once("锦柏名苑6幢3单元1楼西户-6幢3单元1楼西户")
    '锦柏名苑6幢3单元1楼西户'
    """
    found = _REPEATED.search(text)
    return text if found is None else text[: found.end(1)]


def _placed(tokens: list[tuple[str, int, str]], *, whole: bool) -> Tail:
    """Give each number its level, by classifier first, by position where there is none."""
    building = mark = unit = floor = room = ""
    loose: list[str] = []
    others: list[str] = []
    for i, (number, kind, written) in enumerate(tokens):
        if kind == _NONE:
            below = i == 0 and len(tokens) > 1 and tokens[1][1] in _BELOW_BUILDING
            if below:
                building, mark = number, "-"
            else:
                loose.append(number)
        elif kind == _BUILDING or (kind == _HASH and not building):
            if loose and len(loose) == i:  # 3、4号楼
                others, loose = loose, []
            if not building or mark == "号":
                building, mark = number, written
            elif number != building:
                others.append(number)
        elif kind == _UNIT or (kind == _HASH and not unit):
            unit = unit or number
        elif kind in (_PLATE, _STOREY) and i == 0:
            building, mark = number, written
        elif kind in (_FLOOR, _STOREY):
            floor = floor or number
        else:
            room = room or number
    tail = _positions(building, mark, unit, floor, room, loose, whole=whole)
    return tail._replace(others=tuple(others)) if others else tail


def _positions(
    building: str, mark: str, unit: str, floor: str, room: str, loose: list[str], *, whole: bool
) -> Tail:
    """The numbers without classifier: building, unit, floor, room in this order, as far as they are missing."""
    if loose and not building and not unit and not floor:
        alone = len(loose) == 1 and not room
        if not alone or len(loose[0]) <= _MOST_DIGITS or not loose[0].isdigit():
            building, mark = loose.pop(0), "-"
    listed = [*loose, room] if room else loose
    if len(listed) >= 2 and all(
        len(one) > _MOST_DIGITS for one in listed
    ):  # 501、502室: the first of several rooms
        return Tail(building, mark, unit, floor, listed[0], "", whole=False)
    if len(loose) >= 2 and not unit:
        unit = loose.pop(0)
    if len(loose) >= 2 and not floor:
        floor = loose.pop(0)
    rest = loose.pop(0) if loose else ""
    if rest and not room and (unit or floor or not building):
        room, rest = rest, ""
    elif rest and room and not unit:
        unit, room = (rest, room) if len(rest) <= _MOST_DIGITS else (room, rest)
        rest = ""
    return Tail(building, mark, unit, floor, room, rest, whole and not loose)
