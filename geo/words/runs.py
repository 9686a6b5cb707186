"""Numbers in texts about areas: 1-8号楼, 750弄-840弄（双号）, 34号附1号-附130号, 211号及以后."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from geo.words.clauses import Run

UNIT = (
    r"号楼|号院|号住宅楼|号(?!线|路|桥|公路|街|地块|大街|闸|厂|码头)|支弄|弄|幢楼|幢|栋楼|栋|座(?!谈)|#楼|#|组(?!团)|队|社(?!区)|"
    r"门(?!诊|口|市)|单元|楼(?!盘|宇|群)|室(?!内)|排(?!水)|户|条(?!例)|基元"
)
_ATOM = re.compile(rf"第?(附?(?:\d+[A-Z]?(?!\d)|[A-Z]\d{{0,3}}))({UNIT})?")
BEGINS = re.compile(
    rf"(?<![A-Z0-9])第?附?\d+[A-Z]?(?=(?:{UNIT})|-附?\d|-[A-Z]\d|及?以[前后上下]|附\d|/|$|[\ue000-\uf8ff])"
    rf"|(?<![A-Z0-9])[A-Z]\d{{0,3}}(?=(?:号楼|栋|幢|座|#)|-[A-Z]\d{{0,3}}(?:号楼|栋|幢|座|#))"
)
"""Where numbers begin: digits that something is counted by."""
_AFTER = re.compile(r"(?:及|[（(]?含[）)]?)?(以后|之后|以上|往后|起)")
_BEFORE = re.compile(r"(?:及|[（(]?含[）)]?)?(以前|之前|以下|以内)")
_PARITY = re.compile(r"(?:弄内|均为|为|全部)?([单双奇偶])(?:号|数|号码|数号|号侧|侧)?")
_BARE_PARITY = re.compile(r"([单双奇偶])(?:号|数)(?:侧)?(?![\u4e00-\u9fff])")
_COUNT = re.compile(r"(?:共|计)?\d+(?:个|户|栋|幢|座|套|间|人)")
_SAYS = {"单": "odd", "奇": "odd", "双": "even", "偶": "even"}


def parity_of(inside: str) -> str:
    """`odd` or `even` where what stands in a bracket says so; empty otherwise.

    >>> parity_of("单号"), parity_of("双"), parity_of("公园")
    ('odd', 'even', '')
    """
    found = _PARITY.fullmatch(inside.strip("：:，、 "))
    return _SAYS[found[1]] if found else ""


def is_count(inside: str) -> bool:
    """Whether what stands in a bracket only counts: （44个）."""
    return _COUNT.fullmatch(inside) is not None


def value_of(number: str) -> int:
    """The number without letters and what is attached to it; 0 for a letter alone."""
    found = re.search(r"\d+", number)
    return int(found[0]) if found else 0


def read_runs(text: str, insides: Sequence[str], parity: str) -> tuple[list[Run], str, str]:
    """The numbers at the beginning of a text with marks for brackets (`geo.words.plain.take_brackets`): the runs, the parity
    that holds for numbers after them, and the rest of the text.

    >>> read_runs("684-1088弄", [], "even")[0]
    [Run(first='684', last='1088', unit='弄', parity='even', within='', last_unit='')]
    >>> [run.text() for run in read_runs("33幢1号-16号", [], "")[0]]
    ['33幢1-16号']
    """
    runs: list[Run] = []
    while text:
        mark = _marked(text, insides)
        if mark and not runs:
            parity, text = mark, text[1:].lstrip(":")
            continue
        found, rest = _run(text, insides, parity)
        if found is None:
            break
        runs.append(found)
        text = rest
        if _marked(text, insides) and _ATOM.match(text[1:]):
            parity, text = _marked(text, insides), text[1:]
        elif text[:1] == "/":
            text = text[1:]
        elif not _ATOM.match(text):
            break
    return runs, parity, text


def _marked(text: str, insides: Sequence[str]) -> str:
    """The parity that the mark at the beginning of a text says."""
    return parity_of(insides[ord(text[0]) - 0xE000]) if text and "\ue000" <= text[0] <= "\uf8ff" else ""


def _run(text: str, insides: Sequence[str], parity: str) -> tuple[Run | None, str]:
    within, text = _inside_of(text)
    found = _ATOM.match(text)
    if found is None:
        return None, text
    first, unit, rest = found[1], found[2] or "", text[found.end() :]
    own = ""
    if _marked(rest, insides) and rest[1:2] == "-":
        own, rest = _marked(rest, insides), rest[1:]
    last, last_unit = first, ""
    counted = False
    if rest[:1] == "-":
        inner, tail = _inside_of(rest[1:])
        to = _ATOM.match(tail)
        if to is not None:
            left = tail[to.end() :]
            counted = (
                bool(left) and "\ue000" <= left[0] <= "\uf8ff" and is_count(insides[ord(left[0]) - 0xE000])
            )
            first, last, unit, last_unit = _ends(first, unit, to[1], to[2] or "", inner, counted=counted)
            rest = left
    if after := _AFTER.match(rest):
        last, rest = "", rest[after.end() :]
    elif before := _BEFORE.match(rest):
        first, rest = "", rest[before.end() :]
    if rest[:1] and "\ue000" <= rest[0] <= "\uf8ff":
        inside = insides[ord(rest[0]) - 0xE000]
        if is_count(inside):
            rest = rest[1:]
        elif parity_of(inside) and not _ATOM.match(rest[1:]):
            own, rest = parity_of(inside), rest[1:]
    if bare := _BARE_PARITY.match(rest):
        own, rest = _SAYS[bare[1]], rest[bare.end() :]
    if first == last and unit == "弄" and own:
        return Run("1", "", "号", own, f"{within}{first}弄"), rest
    says = "" if first == last and first else own or parity
    return Run(first, last, unit, says, within, last_unit), rest


def _inside_of(text: str) -> tuple[str, str]:
    """What the numbers are counted inside (33幢, 1组, 34号), and the rest."""
    within = ""
    while (outer := _ATOM.match(text)) and outer[2] and outer[2] != "户":
        rest = text[outer.end() :]
        if not _ATOM.match(rest):
            break
        within, text = within + outer[0].removeprefix("第"), rest
    return within, text


def _ends(
    first: str, unit: str, last: str, last_unit: str, inner: str, *, counted: bool
) -> tuple[str, str, str, str]:
    """First, last, unit and unit of the last of what a dash joins; a part of a house (2-1) is one number."""
    if inner:
        return first, f"{inner}{last}", unit, last_unit
    if not unit and (counted or (value_of(last) <= value_of(first) and first[:1] != "附")):
        one = f"{first}-{last}"
        return one, one, last_unit, ""
    if not unit or unit == last_unit or not last_unit:
        return first, last, unit or last_unit, ""
    return first, last, unit, last_unit


def with_units(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs of one place, with the unit and parity of those said once for several: 1、2、3号楼.

    >>> [run.unit for run in with_units([Run("1", "1"), Run("3", "3", "号楼")])]
    ['号楼', '号楼']
    """
    done = list(runs)
    unit = ""
    for at in range(len(done) - 1, -1, -1):
        unit = "" if done[at].parity else done[at].unit or unit
        if not done[at].unit and unit != "弄":
            done[at] = replace(done[at], unit=unit)
    for at in range(1, len(done)):
        if not done[at].unit and done[at - 1].unit != "弄" and not done[at].parity:
            done[at] = replace(done[at], unit=done[at - 1].unit)
    return tuple(done)
