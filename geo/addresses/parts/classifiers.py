"""Classifiers that the input method got wrong, right after a number: 22号娄, 3单园, 401事, 33拣."""

from __future__ import annotations

import re

from geo.addresses.text.characters import NUMERALS, sounds

_BY_SOUND = {
    "hao": "号", "lou": "楼", "dong": "栋", "zuo": "座", "zhuang": "幢", "chuang": "幢", "shi": "室", "hu": "户", "ceng": "层", "men": "门",
}  # fmt: skip
_BY_SHAPE = {
    "拣": "栋",
    "炼": "栋",
    "憧": "幢",
    "僮": "幢",
    "喽": "楼",
    "屋": "层",
    "尸": "户",
    "卢": "户",
    "间": "门",
    "们": "门",
}
_UNIT = ("dan", "yuan")
_RIGHT = frozenset("号楼栋幢座室户层门单")
_SPOT = re.compile(rf"(?<=[0-9A-Z{NUMERALS}#])(?![{NUMERALS}])([\u4e00-\u9fff])([\u4e00-\u9fff]?)")
_AFTER_PLATE = re.compile(rf"(?<=[0-9A-Z{NUMERALS}]号)([\u4e00-\u9fff])(?=[0-9A-Z{NUMERALS}]|$)")
_GROUND = re.compile("(?<=[0-9A-Z号楼栋幢座元])[首底]层")
"""The ground floor by its name; it is the first."""


def retyped(text: str) -> str:
    """`text` with wrong classifiers put right; the same text when there are none.

    The ground floor is put in numbers, too: 首层.

    >>> retyped("松锦华庭A区22号娄2单园403事"), retyped("六浩楼五单元301室")
    ('松锦华庭A区22号楼2单元403室', '六号楼五单元301室')
    """
    return _GROUND.sub("1层", _AFTER_PLATE.sub(_storey, _SPOT.sub(_right, text)))


def _right(found: re.Match[str]) -> str:
    first, second = found[1], found[2]
    if second and (first == "单" or "dan" in sounds(first)) and "yuan" in sounds(second):
        return "单元"
    if first in _RIGHT:
        return found[0]
    meant = _BY_SHAPE.get(first) or next((_BY_SOUND[s] for s in sounds(first) if s in _BY_SOUND), None)
    return found[0] if meant is None else meant + second


def _storey(found: re.Match[str]) -> str:
    return "楼" if "lou" in sounds(found[1]) else found[1]
