"""The ways in which people write the name of a complex: in full, by alias, without its phase, without its ending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import product
from typing import NamedTuple

from geo.addresses.text.characters import NUMERALS, sounds
from geo.addresses.text.numerals import to_chinese, to_digits
from geo.addresses.text.words import PHASE_ENDINGS, SUFFIXES

_SUFFIXES = frozenset(SUFFIXES)
_LONGEST_SUFFIX = max(map(len, SUFFIXES))
_PHASE = re.compile(
    rf"(?:第?(?P<number>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}}|I{{1,3}})(?P<of>{'|'.join(PHASE_ENDINGS)})|第?(?P<letter>[A-Z])区|第?(?P<side>[东西南北中])(?P<part>[区苑院园]))$"
)
_ROMAN = {"I": 1, "II": 2, "III": 3}
_LEAST_CORE = 2
_MOST_READINGS = 8
_READ_IN_TWO_WAYS = frozenset("乐行长重都朝柏铂薄厦单尧会曲调参华幢都传藏盛石")
"""Characters whose second reading is as alive in names as the first."""


class Form(IntEnum):
    """How much of a name was written, the safest first."""

    FULL = 0
    """Name or alias with its phase."""
    NO_PHASE = 1
    """A name whose phases are several complexes of the register."""
    CORE = 2
    """A name without its ending: 丹泽 of 丹泽苑."""


class Phase(NamedTuple):
    """A phase cut off a name."""

    base: str
    phase: str


def split_phase(name: str) -> Phase:
    """A name and its phase; the phase is empty when there is none.

    >>> split_phase("海棠新城二区"), split_phase("芙蓉苑")
    (Phase(base='海棠新城', phase='二区'), Phase(base='芙蓉苑', phase=''))
    """
    found = _PHASE.search(name)
    if found is None or found.start() < _LEAST_CORE:
        return Phase(name, "")
    return Phase(name[: found.start()], found[0])


def split_suffix(name: str) -> tuple[str, str]:
    """Core and ending of a name without phase.

    >>> split_suffix("丹泽花园"), split_suffix("锦绣江南")
    (('丹泽', '花园'), ('锦绣江南', ''))
    """
    for length in range(min(_LONGEST_SUFFIX, len(name) - _LEAST_CORE), 0, -1):
        if name[-length:] in _SUFFIXES:
            return name[:-length], name[-length:]
    return name, ""


def phase_variants(phase: str) -> tuple[str, ...]:
    """One phase in all its spellings, the one of the register first.

    >>> phase_variants("二期")
    ('二期', '第二期', '2期', '第2期', 'II期')
    >>> phase_variants("东区")
    ('东区', '第东区', '东')
    """
    found = _PHASE.fullmatch(phase)
    if found is None:
        return (phase,)
    if found["side"]:
        return (phase, f"第{phase}", found["side"])
    if found["letter"]:
        return (phase, f"第{phase}")
    written = found["number"]
    number = _ROMAN.get(written) or int(to_digits(written))
    roman = [key + found["of"] for key, value in _ROMAN.items() if value == number]
    chinese = to_chinese(number) + found["of"] if number else phase
    spelled = (chinese, f"第{chinese}", f"{number}{found['of']}", f"第{number}{found['of']}", *roman)
    return tuple(dict.fromkeys((phase, *spelled)))


def forms_of(name: str, base: str, phase: str, aliases: tuple[str, ...]) -> Iterator[tuple[str, Form]]:
    """Every way to write one complex, with how much of its name that is. Names are plain (`plain_name`).

    >>> [form for form, _ in forms_of("丹泽苑", "丹泽苑", "", ())]
    ['丹泽苑', '丹泽']
    """
    yield name, Form.FULL
    for alias in aliases:
        yield alias, Form.FULL
    for written in (name, *aliases):
        digits = re.sub(f"[{NUMERALS}]+", lambda run: to_digits(run[0]), written)
        if digits != written:
            yield digits, Form.FULL
    core, suffix = split_suffix(base)
    if phase:
        yield base, Form.NO_PHASE
        for spelled in phase_variants(phase):
            yield base + spelled, Form.FULL
            if len(spelled) > 1:
                yield spelled + base, Form.FULL
            if suffix and len(spelled) > 1:
                yield core + spelled, Form.CORE
    if suffix:
        yield core, Form.CORE
    for alias in aliases:
        core, suffix = split_suffix(alias)
        if suffix:
            yield core, Form.CORE


def sounds_of(name: str) -> Iterator[str]:
    """The keys of a name by sound: one for each way to read it, at most a few."""
    readings = [sounds(char)[: 2 if char in _READ_IN_TWO_WAYS else 1] for char in name]
    for count, reading in enumerate(product(*readings)):
        if count == _MOST_READINGS:
            return
        yield " ".join(reading)
