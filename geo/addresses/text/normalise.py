"""The text of an address brought to one form: plain characters, one kind of dash, remarks set aside."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS, PLAIN
from geo.addresses.text.words import (
    BESIDE_WORDS,
    LANDMARK_WORDS,
    NEAR_WORDS,
    PHASE_ENDINGS,
    REMARK_WORDS,
    SUFFIXES,
    WAYS_IN,
)

MOST_CHARACTERS = 300
"""Longer texts are no addresses; only so much of them is read."""

_BRACKET = re.compile(r"\(([^()]*)(?:\)|$)")
_KEPT = re.compile(
    rf"第?[0-9{NUMERALS}IVX]{{1,3}}(?:{'|'.join(PHASE_ENDINGS)})|第?[A-Z][区座栋幢]|第?[东西南北中新老前后][区苑院园]|"
    rf"(?:[0-9A-Z{NUMERALS}]+(?:号楼|号|栋|幢|座|单元|门|楼|层|室|#|-))+[0-9A-Z{NUMERALS}]*"
)
"""What stands in brackets and is part of the address."""
_NEAR = re.compile(rf"(?<=[0-9{NUMERALS}A-Z号楼栋幢座元门室户层#])[ ,]*(?:{'|'.join(NEAR_WORDS)}).*$")
_REMARK = re.compile(
    rf"(?<=[0-9{NUMERALS}号楼栋幢座元门洞室户层房#])[ ,]+(?:[^0-9A-Z{NUMERALS}号楼栋幢座单元门洞室户层房院内里小大东西南北中左右路街巷道期区厂村段弄 ,-]|{'|'.join(REMARK_WORDS)})[^0-9#-]*$"
)
NEAR_ENDINGS = tuple(word for word in LANDMARK_WORDS if not word.endswith("的"))
_BESIDE = re.compile(
    rf"(?:(?:(?<![ ,-])[ ,-]+|(?<=[0-9{NUMERALS}][室户]))([^ ,0-9#-]+?)"
    rf"|(?<=[0-9{NUMERALS}号楼栋幢座元门洞室户层房#])[ ,]+([0-9]{{1,3}}(?:-[0-9]{{1,3}})?[^ ,0-9A-Z{NUMERALS}#-]{{2,}}?))"
    rf"(?:{'|'.join(NEAR_ENDINGS)})(?:[ ,][^0-9#-]*)?$"
)
"""A landmark with its near-word as the last thing said: 超市对面, 7-11便利店旁."""
_NEAR_LAST = frozenset(word[-1] for word in NEAR_ENDINGS)
_MAYBE_BESIDE = re.compile(f"[{''.join(sorted(_NEAR_LAST))}](?:[ ,]|$)")
"""Most texts have no such ending; this is told sooner than by `_BESIDE`."""
_TOWARDS = re.compile(rf"(?<![ ,])[ ,]+(?:{'|'.join(NEAR_WORDS)})[^0-9#-]*$")
_REFERENCE = re.compile(
    rf"[ ,]*(?:{'|'.join(BESIDE_WORDS)})(?:[ ,]*$|的)|[ ]+(?:{'|'.join(BESIDE_WORDS)})(?!就?是|有|为)"
)
"""A near-word that makes what stands before it the landmark: 3号楼 旁边的小卖部; not 3号楼，对面是学校."""
_AFTER_NUMBER = re.compile(rf"[0-9{NUMERALS}A-Z号楼栋幢座元门洞室户层房#]$")
_AFTER_PLATE = re.compile(rf"[路街巷道段弄][0-9{NUMERALS}-]+号(?:院|大院|院内|院里|内)?$")
_NAME_ENDINGS = tuple(ending for ending in SUFFIXES if len(ending) > 1 or ending == "苑")
"""After a door plate no remark but the name of the place ends in one of these."""
_OF_ADDRESS = re.compile(
    rf"[0-9{NUMERALS}A-Z] *(?:号|栋|幢|座|楼|单|门|室|层|户)|^[东西南北中甲乙丙丁]?(?:单元|门洞|号?楼|栋|幢|座|室|户)$"
)
"""What may not be in the name of a landmark: it is rather a level of the address."""
_CLASSIFIED = re.compile(rf"[{NUMERALS}A-Z甲乙丙丁] *(?:号|栋|幢|座|楼|单|门|室|层|户)")
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9A-Z])[ ,]+(?=[0-9])")
_IDLE_DASH = re.compile(rf"(?<![0-9A-Z#{NUMERALS}])-+|-+(?![0-9A-Z{NUMERALS}-])|-(?=-)")
_ONE_AS_DASH = re.compile("(?:(?<=[0-9])[A-F]?|(?<![A-Z0-9])[A-Z]|(?<=[楼栋幢座元号])(?=一[1-9]))一(?=[0-9])")
_UNCLEAN = re.compile("[ ,()]")
_LABEL = re.compile(
    r"(?:\s*(?![^:：]*[省市区县镇乡村路街巷号楼栋幢座室苑园][^址:：]*[:：])([\u4e00-\u9fff ]{1,8})[:：])+\s*"
)
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|^[0-9]{6}(?=[\u4e00-\u9fff ])")
"""A mobile number, or a postcode before the address."""


class Normalised(NamedTuple):
    """An address in one form."""

    text: str
    """Without blanks, punctuation and remarks."""
    remarks: tuple[str, ...]
    """What was set aside, as written but for its characters."""


def normalise(text: str, known: Set[str] = frozenset()) -> str:
    """The plain form of an address, remarks set aside; numbers stay in their script.

    What stands in brackets and is in `known` is kept: parts of names of a register (see `in_brackets`).

    >>> normalise("【常住】咸陽市 鶴韻家園（Ｂ区）26—1—401  已核实")
    '咸阳市鹤韵家园B区26-1-401'
    >>> normalise("世庭苑19 2 501"), normalise("莲湖苑-南苑11#楼")
    ('世庭苑19-2-501', '莲湖苑南苑11#楼')
    """
    plain = without_label(text)[0].translate(PLAIN)
    if _UNCLEAN.search(plain) is not None or plain[-1:] in _NEAR_LAST:
        plain = _cleaned(plain, [], known)
    if "一" in plain:
        plain = _ONE_AS_DASH.sub(lambda found: found[0].replace("一", "-"), plain)
    return _IDLE_DASH.sub("", plain) if "-" in plain else plain


def normalise_with_remarks(plain: str) -> Normalised:
    """As `normalise`, with what was set aside; for text in plain characters (`PLAIN`).

    >>> normalise_with_remarks("丹阁府3号楼(租户),靠近梅园")
    Normalised(text='丹阁府3号楼', remarks=('租户', '靠近梅园'))
    """
    remarks: list[str] = []
    cleaned = _cleaned(plain, remarks)
    return Normalised(_IDLE_DASH.sub("", cleaned), tuple(remarks))


def without_label(text: str) -> tuple[str, str]:
    """An address as written without what a form or a clerk put before a colon, and that; no area or name is a label.

    >>> without_label("租户：芙蓉苑3号楼"), without_label("芙蓉苑：3号楼")
    (('芙蓉苑3号楼', '租户'), ('芙蓉苑：3号楼', ''))
    """
    if ":" not in text and "：" not in text:
        return text, ""
    found = _LABEL.match(text)
    return (text, "") if found is None else (text[found.end() :], found[1].replace(" ", ""))


def without_phones(plain: str) -> str:
    """A normalised address without the telephone number or postcode that runs into it.

    >>> without_phones("710000芙蓉苑3-2-501-13800000000")
    '芙蓉苑3-2-501'
    """
    return _PHONE.sub("", plain).strip("-")


def without_thing_near(plain: str) -> str:
    """A normalised address without the thing near it that runs into its end.

    >>> without_thing_near("芙蓉苑3号楼靠近超市")
    '芙蓉苑3号楼'
    """
    return _NEAR.sub("", plain)


def plain_name(text: str) -> str:
    """A name of a register in the form in which `normalise` leaves it inside an address.

    >>> plain_name("觀源花園（西院）")
    '观源花园西院'
    """
    return re.sub("[ ,()-]", "", text.translate(PLAIN))


def without_brackets(text: str) -> str:
    """A name of a register in plain form without what stands in brackets in it.

    >>> without_brackets("安居小区（一标段）")
    '安居小区'
    """
    return plain_name(_BRACKET.sub("", text.translate(PLAIN)))


def in_brackets(text: str) -> tuple[str, ...]:
    """What stands in brackets in a name of a register, plain.

    >>> in_brackets("安居小区（一标段）")
    ('一标段',)
    """
    return tuple(inside for found in _BRACKET.findall(text.translate(PLAIN)) if (inside := plain_name(found)))


def _cleaned(plain: str, remarks: list[str], known: Set[str] = frozenset()) -> str:
    """Brackets opened or set aside, remarks at the end set aside, blanks resolved."""

    def opened(found: re.Match[str]) -> str:
        inside = re.sub("[ ,]", "", found[1])
        if inside in known or inside.replace("-", "") in known or _KEPT.fullmatch(inside):
            return inside
        if found.end() == len(plain) and _REFERENCE.match(inside):
            return inside
        remarks.append(inside)
        return " "

    def set_aside(found: re.Match[str]) -> str:
        remarks.append(found[0])
        return " "

    if "(" in plain or ")" in plain:
        plain = _BRACKET.sub(opened, plain).replace("(", "").replace(")", "")
    plain = _PHONE.sub(set_aside, plain).strip(" ,-")
    for ending in (_NEAR, _REMARK, _TOWARDS, _BESIDE):
        if ending is _BESIDE and _MAYBE_BESIDE.search(plain) is None:
            break
        found = ending.search(plain)
        if found is not None and _is_remark(ending, found):
            remarks.append(found[0].strip(" ,-"))
            plain = plain[: found.start()]
    return _BETWEEN_NUMBERS.sub("-", plain).replace(" ", "").replace(",", "")


def _is_remark(ending: re.Pattern[str], found: re.Match[str]) -> bool:
    """Whether what was found at the end is a remark, and no part of the address nor the near-word that makes the
    address itself a landmark."""
    if ending is _NEAR:
        return True
    before = found.string[: found.start()]
    if ending is _REMARK:
        if _CLASSIFIED.search(found[0]) or _REFERENCE.match(found[0]):
            return False
        return not (found[0].endswith(_NAME_ENDINGS) and _AFTER_PLATE.search(before))
    thing = (found[1] or found[2]) if ending is _BESIDE else ""
    if thing and (_OF_ADDRESS.search(thing) or _KEPT.fullmatch(thing)):
        return False
    if _AFTER_NUMBER.search(before):
        return True
    if thing in SUFFIXES or thing in WAYS_IN:
        return False
    return "," in found[0][: len(found[0]) - len(found[0].lstrip(" ,"))] or before.endswith(SUFFIXES)
