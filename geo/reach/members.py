"""What the rules of organisation advise from counts: which branches may stand alone, whom centre households cover."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.errors import InputError
from geo.reach.linework import Ints

LEAST_OF_A_BRANCH = 3
MOST_OF_A_BRANCH = 50
MOST_OF_A_GENERAL_BRANCH = 100
"""Formal members: 3 may form a branch, above 50 a general branch, above 100 a committee (the party's constitution)."""
LEAST_AROUND_A_CENTRE, MOST_AROUND_A_CENTRE = 5, 15
"""Households a member centre household covers, as practised in Qindu."""


class Advice(StrEnum):
    """What the number of formal members of a grid allows."""

    NONE = "none"
    """No formal member."""
    JOIN = "join"
    """Too few: a joint branch with the neighbours named."""
    CANNOT = "cannot"
    """Too few, and with no neighbours of the community enough."""
    BRANCH = "branch"
    GENERAL = "general"
    COMMITTEE = "committee"


@dataclass(frozen=True, slots=True)
class BranchAdvice:
    """Advice for one grid."""

    advice: Advice
    members: int
    with_grids: tuple[int, ...] = ()
    """Positions of the neighbours to join with, for `JOIN`."""


def branch_advice(members: Ints, a: Ints, b: Ints) -> tuple[BranchAdvice, ...]:
    """Advice for each grid of one community. `members` (n,) are formal members (在册); (a, b) neighbouring pairs.

    Grids that are too small join the fewest neighbours that make three together, small ones first, so that few large
    branches are touched. Raises `InputError` for negative counts.

    >>> [one.advice.value for one in branch_advice(np.array([2, 1, 8]), np.array([0, 1]), np.array([1, 2]))]
    ['join', 'join', 'branch']
    """
    counts = np.asarray(members, dtype=np.int64)
    if (counts < 0).any():
        raise InputError(f"a count of members is below 0: {counts.min()}", f"党员数不能为负：{counts.min()}")
    beside: list[set[int]] = [set() for _ in counts]
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        beside[one].add(other)
        beside[other].add(one)
    return tuple(_of_one(number, counts, beside) for number in range(len(counts)))


def _of_one(number: int, counts: Ints, beside: list[set[int]]) -> BranchAdvice:
    count = int(counts[number])
    if count >= LEAST_OF_A_BRANCH:
        kind = Advice.BRANCH
        if count > MOST_OF_A_GENERAL_BRANCH:
            kind = Advice.COMMITTEE
        elif count > MOST_OF_A_BRANCH:
            kind = Advice.GENERAL
        return BranchAdvice(kind, count)
    if count == 0:
        return BranchAdvice(Advice.NONE, 0)
    group, together = [number], count
    while together < LEAST_OF_A_BRANCH:
        near = set().union(*(beside[one] for one in group)) - set(group)
        useful = [one for one in near if counts[one] > 0]
        if not useful:
            return BranchAdvice(Advice.CANNOT, count)
        small = [one for one in useful if counts[one] < LEAST_OF_A_BRANCH] or useful
        best = max(small, key=lambda one: (min(int(counts[one]), LEAST_OF_A_BRANCH - together), -one))
        group.append(best)
        together += int(counts[best])
    return BranchAdvice(Advice.JOIN, count, tuple(sorted(group[1:])))


def centre_load(households: int, centres: int) -> str:
    """Whether centre households cover `few`, `right` or `many` households each; `none` without any.

    >>> centre_load(60, 5), centre_load(200, 4), centre_load(10, 5), centre_load(10, 0)
    ('right', 'many', 'few', 'none')
    """
    if centres == 0:
        return "none"
    each = households / centres
    if each > MOST_AROUND_A_CENTRE:
        return "many"
    return "few" if each < LEAST_AROUND_A_CENTRE else "right"
