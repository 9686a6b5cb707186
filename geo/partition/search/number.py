"""The tries at the number of grids: balanced plans at ever fewer of them, until a bound is met or tries are in vain."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator

import numpy as np

from geo.partition.exact.decide import MOST_CELLS, decide, least_grids
from geo.partition.exact.regions import find_knot
from geo.partition.exact.repair import repaired_start
from geo.partition.moves.forge import EFFORTS, balanced, finished, start_at
from geo.partition.search.part import Attempt, Part

_FEW_CELLS = 100
"""Up to so many cells the exact search is one that can prove there is no plan."""
_NODES = 80
"""Nodes of the search that divides a whole part exactly: it finds a plan early or hardly ever."""


def number_attempts(part: Part) -> Iterator[Attempt]:
    """Balance plans at ever fewer grids until the bound is met, or stubborn tries are in vain."""
    if part.bounds.fewest > part.bounds.most or part.bounds.violation:
        yield from _least_bad_attempts(part)
    elif part.field.want >= 0:
        yield from _wanted_attempts(part)
    else:
        yield from _fewest_attempts(part)


def _wanted_attempts(part: Part) -> Iterator[Attempt]:
    """The wanted number, or the nearest one that can be had."""
    want = part.field.want
    possible = range(part.bounds.fewest, part.bounds.most + 1)
    for number in sorted(possible, key=lambda number: (abs(number - want), number)):
        for effort in range(len(EFFORTS)):
            if part.within_bounds and part.cost[1] <= abs(number - want):
                return
            yield balanced_attempt(part, number, effort)


def _fewest_attempts(part: Part) -> Iterator[Attempt]:
    """Quick tries from the bound upwards, in growing strides; firmer ones downwards from what was found."""
    if not part.within_bounds:
        yield balanced_attempt(part, _middle_number(part), 0)
    number, stride = part.fewest, 1
    while number <= part.bounds.most and not (part.within_bounds and part.grids <= number):
        yield balanced_attempt(part, number, 0)
        if number == part.bounds.fewest and not part.at_goal:
            part.fewest = least_grids(part.field, part.fewest, part.bounds.most + 1, part.labels)
            number = max(number, part.fewest - 1)
        number, stride = number + stride, stride * 2
    if not part.within_bounds:
        _look_for_knot(part)
    if part.proved_impossible:
        yield from _least_bad_attempts(part)
    yield from tries_at_fewer(part, 1)
    if len(part.labels) <= MOST_CELLS:
        yield from exact_attempts(part, 1)


def _look_for_knot(part: Part) -> None:
    """A region around the grids that miss the bounds which explains why."""
    sums = np.bincount(part.labels, part.field.households)
    wrong = np.flatnonzero((sums < part.field.lo) | (sums > part.field.hi))
    part.knot = find_knot(part.field, np.flatnonzero(np.isin(part.labels, wrong)))


def tries_at_fewer(part: Part, effort: int) -> Iterator[Attempt]:
    """Tries of this effort while each finds fewer grids."""
    while not part.proved_impossible and not part.at_goal and (yield from _fewer(part, effort)):
        pass


def _fewer(part: Part, effort: int) -> Generator[Attempt, None, bool]:
    """Half way down to the bound, else one grid fewer; whether that gave a plan within bounds."""
    known = part.grids
    if not part.within_bounds:
        yield balanced_attempt(part, _middle_number(part), effort)
        return part.within_bounds
    numbers = dict.fromkeys((known - (known - part.fewest + 1) // 2, known - 1))
    for number in list(numbers)[: 1 if part.large else 2]:
        if number < known:
            yield balanced_attempt(part, number, effort)
        if part.grids < known:
            return True
    return False


def _least_bad_attempts(part: Part) -> Iterator[Attempt]:
    for effort, number in itertools.product(range(len(EFFORTS)), _least_bad_numbers(part)):
        if not part.at_goal:
            yield balanced_attempt(part, number, effort)


def _least_bad_numbers(part: Part) -> list[int]:
    """Numbers of grids worth a try where no number fits: those around what the sums ask for."""
    if part.field.want >= 0:
        return [part.field.want]
    near = {part.bounds.fewest, part.bounds.fewest_by_sum, part.bounds.most, part.bounds.most + 1}
    return sorted(number for number in near if 1 <= number <= len(part.labels))


def _middle_number(part: Part) -> int:
    """A number of grids amid the possible ones, another one each time."""
    middle = round(2 * float(part.field.households.sum()) / (part.field.lo + part.field.hi))
    shift = (part.turn + 1) // 2 * (1 if part.turn % 2 else -1)
    span = max(1, part.bounds.most - part.fewest + 1)
    return part.fewest + (middle - part.fewest + shift) % span


def balanced_attempt(part: Part, number: int, effort: int) -> Attempt:
    """A plan of `number` grids that is as near to the bounds as can be."""
    field, rng = part.fixed(number), part.rng()
    if part.turn % 3 == 2:
        floor = float(part.bounds.violation)
        labels = balanced(field, part.labels, number, effort=effort, rng=rng, floor=floor)
    else:
        seed = part.seed * 1000 + part.turn
        labels = start_at(field, number, whole_complexes=False, effort=effort, seed=seed, rng=rng)
    return "balance", finished(field, labels, rounds=1, rng=rng), True


def exact_attempts(part: Part, rounds: int) -> Iterator[Attempt]:
    """Branch and price at one grid fewer, while that finds a plan within bounds, or at any number while there is none;
    the bound is raised where there is provably no plan."""
    while not (part.at_goal or part.proved_impossible or part.large):
        before = part.cost[:2]
        for attempt in (_decided, _repaired, _repaired) * rounds:
            yield attempt(part, part.grids - 1 if part.within_bounds else _middle_number(part))
            if part.cost[:2] < before or part.at_goal:
                break
        else:
            return


def _decided(part: Part, number: int) -> Attempt:
    """The whole part divided into so many grids; where there are few cells, or proved that it cannot be."""
    rng = None if len(part.labels) <= _FEW_CELLS else part.rng()
    decision = decide(part.field, number, nodes=_NODES, rng=rng)
    if decision.possible is False and number == part.fewest:
        part.fewest = number + 1
    return "exact", decision.labels, True


def _repaired(part: Part, number: int) -> Attempt:
    """A balanced plan whose grids outside the bounds are divided anew with some around them."""
    rng = part.rng()
    labels = repaired_start(part.fixed(number), number, seed=part.seed * 1000 + part.turn, rng=rng)
    return "repair", finished(part.fixed(number), labels, rounds=1, rng=rng), True
