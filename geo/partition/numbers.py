"""The tries at the number of grids: balanced plans at ever fewer of them, until a bound is met or tries are in vain."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import numpy as np

from geo.partition.exact import MOST_CELLS, decide, least_grids
from geo.partition.forge import EFFORTS, Labels, balanced, finished, start_at
from geo.partition.regions import find_knot
from geo.partition.repair import repaired_start

if TYPE_CHECKING:
    from geo.partition.search import Search

Attempt = tuple[str, Labels | None, bool]
"""What made a plan, the plan (None for none yet), and whether the attempt has ended."""

_FEW_CELLS = 100
"""Up to so many cells the exact search is one that can prove there is no plan."""
_NODES = 80
"""Nodes of the search that divides a whole part exactly: it finds a plan early or hardly ever."""


def number_attempts(search: Search) -> Iterator[Attempt]:
    """Balance plans at ever fewer grids until the bound is met, or stubborn tries are in vain."""
    if search.bounds.fewest > search.bounds.most or search.bounds.violation:
        yield from _least_bad_attempts(search)
    elif search.field.want >= 0:
        yield from _wanted_attempts(search)
    else:
        yield from _fewest_attempts(search)


def _wanted_attempts(search: Search) -> Iterator[Attempt]:
    """The wanted number, or the nearest one that can be had."""
    want = search.field.want
    possible = range(search.bounds.fewest, search.bounds.most + 1)
    for number in sorted(possible, key=lambda number: (abs(number - want), number)):
        for effort in range(len(EFFORTS)):
            if search.within_bounds and search.cost[1] <= abs(number - want):
                return
            yield balanced_attempt(search, number, effort)


def _fewest_attempts(search: Search) -> Iterator[Attempt]:
    """Quick tries from the bound upwards, in growing strides; firmer ones downwards from what was found."""
    if not search.within_bounds:
        yield balanced_attempt(search, _middle_number(search), 0)
    number, stride = search.fewest, 1
    while number <= search.bounds.most and not (search.within_bounds and search.grids <= number):
        yield balanced_attempt(search, number, 0)
        if number == search.bounds.fewest and not search.at_goal:
            search.fewest = least_grids(search.field, search.fewest, search.bounds.most + 1, search.labels)
            number = max(number, search.fewest - 1)
        number, stride = number + stride, stride * 2
    if not search.within_bounds:
        _look_for_knot(search)
    if search.proved_impossible:
        yield from _least_bad_attempts(search)
    yield from tries_at_fewer(search, 1)
    if len(search.labels) <= MOST_CELLS:
        yield from exact_attempts(search, 1)


def _look_for_knot(search: Search) -> None:
    """A region around the grids that miss the bounds which explains why."""
    sums = np.bincount(search.labels, search.field.households)
    wrong = np.flatnonzero((sums < search.field.lo) | (sums > search.field.hi))
    search.knot = find_knot(search.field, np.flatnonzero(np.isin(search.labels, wrong)))


def tries_at_fewer(search: Search, effort: int) -> Iterator[Attempt]:
    """Tries of this effort while each finds fewer grids."""
    while not search.proved_impossible and not search.at_goal and (yield from _fewer(search, effort)):
        pass


def _fewer(search: Search, effort: int) -> Generator[Attempt, None, bool]:
    """Half way down to the bound, else one grid fewer; whether that gave a plan within bounds."""
    known = search.grids
    if not search.within_bounds:
        yield balanced_attempt(search, _middle_number(search), effort)
        return search.within_bounds
    numbers = dict.fromkeys((known - (known - search.fewest + 1) // 2, known - 1))
    for number in list(numbers)[: 1 if search.large else 2]:
        if number < known:
            yield balanced_attempt(search, number, effort)
        if search.grids < known:
            return True
    return False


def _least_bad_attempts(search: Search) -> Iterator[Attempt]:
    for effort, number in itertools.product(range(len(EFFORTS)), _least_bad_numbers(search)):
        if not search.at_goal:
            yield balanced_attempt(search, number, effort)


def _least_bad_numbers(search: Search) -> list[int]:
    """Numbers of grids worth a try where no number fits: those around what the sums ask for."""
    if search.field.want >= 0:
        return [search.field.want]
    near = {search.bounds.fewest, search.bounds.fewest_by_sum, search.bounds.most, search.bounds.most + 1}
    return sorted(number for number in near if 1 <= number <= len(search.labels))


def _middle_number(search: Search) -> int:
    """A number of grids amid the possible ones, another one each time."""
    middle = round(2 * float(search.field.households.sum()) / (search.field.lo + search.field.hi))
    shift = (search.turn + 1) // 2 * (1 if search.turn % 2 else -1)
    span = max(1, search.bounds.most - search.fewest + 1)
    return search.fewest + (middle - search.fewest + shift) % span


def balanced_attempt(search: Search, number: int, effort: int) -> Attempt:
    """A plan of `number` grids that is as near to the bounds as can be."""
    field, rng = search.fixed(number), search.rng()
    if search.turn % 3 == 2:
        floor = float(search.bounds.violation)
        labels = balanced(field, search.labels, number, effort=effort, rng=rng, floor=floor)
    else:
        seed = search.seed * 1000 + search.turn
        labels = start_at(field, number, whole_complexes=False, effort=effort, seed=seed, rng=rng)
    return "balance", finished(field, labels, rounds=1, rng=rng), True


def exact_attempts(search: Search, rounds: int) -> Iterator[Attempt]:
    """Branch and price at one grid fewer, while that finds a plan within bounds, or at any number while there is none;
    the bound is raised where there is provably no plan."""
    while not (search.at_goal or search.proved_impossible or search.large):
        before = search.cost[:2]
        for attempt in (_decided, _repaired, _repaired) * rounds:
            yield attempt(search, search.grids - 1 if search.within_bounds else _middle_number(search))
            if search.cost[:2] < before or search.at_goal:
                break
        else:
            return


def _decided(search: Search, number: int) -> Attempt:
    """The whole part divided into so many grids; where there are few cells, or proved that it cannot be."""
    rng = None if len(search.labels) <= _FEW_CELLS else search.rng()
    decision = decide(search.field, number, nodes=_NODES, rng=rng)
    if decision.possible is False and number == search.fewest:
        search.fewest = number + 1
    return "exact", decision.labels, True


def _repaired(search: Search, number: int) -> Attempt:
    """A balanced plan whose grids outside the bounds are divided anew with some around them."""
    rng = search.rng()
    labels = repaired_start(search.fixed(number), number, seed=search.seed * 1000 + search.turn, rng=rng)
    return "repair", finished(search.fixed(number), labels, rounds=1, rng=rng), True
