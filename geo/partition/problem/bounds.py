"""What no plan can beat: the fewest and most grids each connected part allows, and the violation it must bear."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.partition.problem.problem import Problem


@dataclass(frozen=True, slots=True)
class CountBounds:
    """Proven bounds for one connected part. `fewest > most` proves that no plan meets the bounds."""

    fewest: int
    """No feasible plan has fewer grids: by the sum of households, or by packing the large cells."""
    fewest_by_sum: int
    """The same by the sum alone."""
    most: int
    """No feasible plan has more grids."""
    violation: int
    """Households by which every plan misses the bounds, all grids added; 0 when none is proved."""


def count_bounds(households: NDArray[np.int64], *, lo: int, hi: int) -> CountBounds:
    """The bounds of one connected part from the households of its cells.

    Packing bound: Martello and Toth's L2 for bin packing, whose bins know no neighbours.

    >>> count_bounds(np.array([300, 300, 300]), lo=200, hi=500).fewest
    3
    >>> count_bounds(np.array([100, 50]), lo=200, hi=500).violation
    50
    """
    total, n = int(households.sum()), len(households)
    by_sum = max(1, -(-total // hi))
    most = n if lo == 0 else total // lo
    above = households[households > hi]
    excess = int((above - hi).sum())
    fewest = max(by_sum, len(above) + _packing(households[households <= hi], hi))
    return CountBounds(fewest, by_sum, min(most, n), max(excess, _sum_violation(total, n, lo, hi)))


def _sum_violation(total: int, n: int, lo: int, hi: int) -> int:
    """Least violation over all numbers of grids: only the two around total / hi and total / lo can be best."""
    counts = {max(1, total // hi), -(-total // hi), n}
    if lo:
        counts |= {total // lo, -(-total // lo)}
    return min(max(0, total - k * hi) + max(0, k * lo - total) for k in counts if 1 <= k <= n)


def _packing(sizes: NDArray[np.int64], hi: int) -> int:
    """Martello and Toth's L2: bins of `hi` needed for items of `sizes`, each at most `hi`."""
    best = -(-int(sizes.sum()) // hi)
    large = sizes[2 * sizes > hi]
    for least in np.unique(np.append(sizes[2 * sizes <= hi], 0)):
        alone = int((large > hi - least).sum())
        paired = large[large <= hi - least]
        small = int(sizes[(sizes >= least) & (2 * sizes <= hi)].sum())
        room = len(paired) * hi - int(paired.sum())
        best = max(best, alone + len(paired) + max(0, -(-(small - room) // hi)))
    return best


def part_bounds(problem: Problem, cells: NDArray[np.integer]) -> CountBounds:
    """`count_bounds` of the connected part `cells` within the tolerance; where people are bounded, no fewer grids than
    they need. The tolerance is no licence for fewer grids than the bounds themselves allow."""
    bounds = count_bounds(problem.households[cells], lo=problem.least, hi=problem.most)
    if problem.tolerance:
        fair = -(-int(problem.households[cells].sum()) // problem.hi)
        bounds = replace(bounds, fewest=max(bounds.fewest, min(fair, bounds.most)))
    if problem.people is None or problem.max_people is None:
        return bounds
    by_people = -(-int(problem.people[cells].sum()) // problem.max_people)
    return replace(bounds, fewest=max(bounds.fewest, min(by_people, len(cells))))


def bounds_by_component(problem: Problem) -> tuple[CountBounds, ...]:
    """`part_bounds` of each connected part, in the order of `Problem.components`."""
    count, part = problem.components()
    return tuple(part_bounds(problem, np.flatnonzero(part == number)) for number in range(count))


def fewest_grids(problem: Problem) -> int:
    """A proven lower bound on the number of grids of the whole problem."""
    return sum(bounds.fewest for bounds in bounds_by_component(problem))
