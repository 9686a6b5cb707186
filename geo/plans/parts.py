"""A building divided inside itself: into runs of whole units (单元), and a unit that is too large into runs of floors."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.errors import Words

Floors = tuple[int, int]
"""The lowest and the highest, both among them."""


@dataclass(frozen=True, slots=True)
class Stair:
    """A unit (单元) of a building."""

    name: str
    """`1`, `甲`; empty for a building that has none."""
    households: int


@dataclass(frozen=True, slots=True)
class Part:
    """A micro-grid inside a building: some of its units whole, or some floors of one."""

    units: tuple[str, ...]
    floors: Floors | None
    """None for all floors."""
    households: int

    @property
    def words(self) -> Words:
        """What it holds.

        >>> Part(("1", "2"), None, 40).words.zh, Part(("3",), (1, 9), 36).words.zh, Part(("",), (10, 18), 36).words.en
        ('1–2单元', '3单元1–9层', 'floors 10–18')
        """
        named = [unit for unit in self.units if unit]
        run = _in_a_row(named)
        en = [] if not named else [f"unit{'s' * (len(named) > 1)} {run or ', '.join(named)}"]
        zh = "" if not named else f"{run or '、'.join(named)}单元"
        if self.floors is not None:
            low, high = self.floors
            en.append(f"floor {low}" if low == high else f"floors {low}–{high}")
            zh += f"{low}层" if low == high else f"{low}–{high}层"
        return Words(", ".join(en), zh)

    def holds(self, unit: str | None, floor: int | None) -> bool | None:
        """Whether a home in `unit` on `floor` lies in it; None where what is known of the home does not say."""
        if self.units != ("",):
            if unit is None:
                return None
            if plain_unit(unit) not in self.units:
                return False
        if self.floors is None:
            return True
        return None if floor is None else self.floors[0] <= floor <= self.floors[1]


def plain_unit(name: str) -> str:
    """A unit as it is kept: without leading noughts and the word itself.

    >>> plain_unit("01单元"), plain_unit("甲")
    ('1', '甲')
    """
    return re.sub(r"^0+(?=\d)", "", re.sub(r"(单元|门|梯)$", "", name.strip()))


def divide_building(stairs: Sequence[Stair], *, lo: int, hi: int, levels: int | None) -> tuple[Part, ...]:
    """The units of one building in their order as parts within `lo` to `hi` households, as near as can be.

    Neighbouring units go together; a unit above `hi` falls into as few runs of floors as keep the bound, where its
    `levels` are known. One part comes back where nothing can be divided.

    >>> parts = divide_building([Stair(str(n), 24) for n in (1, 2, 3, 4)], lo=30, hi=50, levels=6)
    >>> [(part.units, part.households) for part in parts]
    [(('1', '2'), 48), (('3', '4'), 48)]
    >>> [(part.floors, part.households) for part in divide_building([Stair("", 108)], lo=30, hi=50, levels=18)]
    [((1, 6), 36), ((7, 12), 36), ((13, 18), 36)]
    """
    parts: list[Part] = []
    run: list[Stair] = []
    for stair in stairs:
        if stair.households <= hi:
            run.append(stair)
            continue
        parts += _together(run, lo, hi)
        run = []
        parts += _by_floors(stair, lo, hi, levels)
    return tuple(parts + _together(run, lo, hi))


def _together(run: Sequence[Stair], lo: int, hi: int) -> list[Part]:
    """Neighbouring units put together: least outside the bounds, then fewest parts, then most alike in size."""
    sums = np.concatenate([[0], np.cumsum([stair.households for stair in run])])
    best: list[tuple[tuple[float, int, float], int]] = [((0.0, 0, 0.0), 0)]
    for end in range(1, len(run) + 1):
        choice = []
        for start in range(end):
            held = int(sums[end] - sums[start])
            miss, parts, squares = best[start][0]
            missed = max(0, held - hi) + max(0, lo - held)
            choice.append(((miss + missed, parts + 1, squares + held * held), start))
        best.append(min(choice))
    found: list[Part] = []
    end = len(run)
    while end:
        start = best[end][1]
        held = int(sums[end] - sums[start])
        found.insert(0, Part(tuple(stair.name for stair in run[start:end]), None, held))
        end = start
    return found


def _by_floors(stair: Stair, lo: int, hi: int, levels: int | None) -> list[Part]:
    if not levels or levels < 2:
        return [Part((stair.name,), None, stair.households)]
    below = np.rint(np.arange(levels + 1) * (stair.households / levels)).astype(np.int64)
    choices = []
    for count in range(min(levels, math.ceil(stair.households / hi)), levels + 1):
        runs = np.array_split(np.arange(levels), count)
        held = [int(below[run[-1] + 1] - below[run[0]]) for run in runs]
        missed = sum(max(0, h - hi) + max(0, lo - h) for h in held)
        choices.append((missed, count, runs, held))
        if missed == 0:
            break
    _, _, runs, held = min(choices, key=lambda choice: choice[:2])
    return [
        Part((stair.name,), (int(run[0]) + 1, int(run[-1]) + 1), h) for run, h in zip(runs, held, strict=True)
    ]


def floor_of(room: str | None, floor: str | None) -> int | None:
    """The floor of a home by what its address says: 12 of room 1203, 5 of 501.

    >>> floor_of("1203", None), floor_of("501", None), floor_of("12", None), floor_of("6-2", "3层")
    (12, 5, None, 3)
    """
    said = re.search(r"-?\d+", floor or "")
    if said is not None:
        return int(said[0])
    digits = re.fullmatch(r"(\d{1,2})\d\d", room or "")
    return None if digits is None else int(digits[1])


def _in_a_row(units: Sequence[str]) -> str:
    """`1–3` for numbers that follow each other, else nothing."""
    if len(units) < 2 or not all(unit.isdigit() for unit in units):
        return units[0] if len(units) == 1 else ""
    numbers = [int(unit) for unit in units]
    return f"{numbers[0]}–{numbers[-1]}" if numbers == list(range(numbers[0], numbers[-1] + 1)) else ""
