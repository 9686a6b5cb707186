"""The text of an address brought to one form: plain characters, one kind of dash, remarks set aside."""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.characters import NUMERALS, PLAIN
from geo.addresses.words import NEAR_WORDS

MOST_CHARACTERS = 300
"""Longer texts are no addresses; only so much of them is read."""

_BRACKET = re.compile(r"\(([^()]*)(?:\)|$)")
_KEPT = re.compile(
    rf"第?[0-9{NUMERALS}IVX]{{1,3}}[期区]|第?[A-Z][区座栋幢]|第?[东西南北中新老前后][区苑院园]|"
    rf"(?:[0-9A-Z{NUMERALS}]+(?:号楼|号|栋|幢|座|单元|门|楼|层|室|#|-))+[0-9A-Z{NUMERALS}]*"
)
"""What stands in brackets and is part of the address."""
_NEAR = re.compile(rf"(?<=[0-9{NUMERALS}A-Z号楼栋幢座元门室户层#])[ ,]*(?:{'|'.join(NEAR_WORDS)}).*$")
_REMARK = re.compile(
    rf"(?<=[0-9{NUMERALS}号楼栋幢座元门洞室户层房#])[ ,]+[^0-9A-Z{NUMERALS}号楼栋幢座单元门洞室户层房院内里小大东西南北中左右路街巷道期区厂村段弄 ,-][^0-9#-]*$"
)
_CLASSIFIED = re.compile(rf"[{NUMERALS}] *(?:号|栋|幢|座|楼|单|门|室|层|户)")
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9A-Z])[ ,]+(?=[0-9])")
_IDLE_DASH = re.compile(rf"(?<![0-9A-Z#{NUMERALS}])-+|-+(?![0-9A-Z{NUMERALS}-])|-(?=-)")
_UNCLEAN = re.compile("[ ,()]")
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|^[0-9]{6}(?=[\u4e00-\u9fff ])")
"""A mobile number, or a postcode before the address."""


class Normalised(NamedTuple):
    """An address in one form."""

    text: str
    """Without blanks, punctuation and remarks."""
    remarks: tuple[str, ...]
    """What was set aside, as written but for its characters."""


def normalise(text: str) -> str:
    """The plain form of an address, remarks set aside; numbers stay in their script.

    >>> normalise("【常住】咸陽市 鶴韻家園（Ｂ区）26—1—401  已核实")
    '咸阳市鹤韵家园B区26-1-401'
    >>> normalise("世庭苑19 2 501"), normalise("莲湖苑-南苑11#楼")
    ('世庭苑19-2-501', '莲湖苑南苑11#楼')
    """
    plain = text.translate(PLAIN)
    if _UNCLEAN.search(plain) is not None:
        plain = _cleaned(plain, [])
    return _IDLE_DASH.sub("", plain) if "-" in plain else plain


def normalise_with_remarks(text: str) -> Normalised:
    """As `normalise`, with what was set aside.

    >>> normalise_with_remarks("丹阁府3号楼(租户)，靠近梅园")
    Normalised(text='丹阁府3号楼', remarks=('租户', '靠近梅园'))
    """
    remarks: list[str] = []
    plain = _cleaned(text.translate(PLAIN), remarks)
    return Normalised(_IDLE_DASH.sub("", plain), tuple(remarks))


def without_phones(plain: str) -> str:
    """A normalised address without the telephone number or postcode that runs into it.

    >>> without_phones("710000芙蓉苑3-2-501-13800000000")
    '芙蓉苑3-2-501'
    """
    return _PHONE.sub("", plain).strip("-")


def plain_name(text: str) -> str:
    """A name of a register in the form in which `normalise` leaves it inside an address.

    >>> plain_name("觀源花園（西院）")
    '观源花园西院'
    """
    return re.sub("[ ,()-]", "", text.translate(PLAIN))


def _cleaned(plain: str, remarks: list[str]) -> str:
    """Brackets opened or set aside, remarks at the end set aside, blanks resolved."""

    def opened(found: re.Match[str]) -> str:
        inside = re.sub("[ ,]", "", found[1])
        if _KEPT.fullmatch(inside):
            return inside
        remarks.append(inside)
        return " "

    def set_aside(found: re.Match[str]) -> str:
        remarks.append(found[0])
        return " "

    if "(" in plain or ")" in plain:
        plain = _BRACKET.sub(opened, plain).replace("(", "").replace(")", "")
    plain = _PHONE.sub(set_aside, plain).strip(" ,-")
    for ending in (_NEAR, _REMARK):
        found = ending.search(plain)
        if found is not None and (ending is _NEAR or not _CLASSIFIED.search(found[0])):
            remarks.append(found[0].strip(" ,"))
            plain = plain[: found.start()]
    return _BETWEEN_NUMBERS.sub("-", plain).replace(" ", "").replace(",", "")
