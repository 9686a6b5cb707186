"""The door of the partition engine: an iterator of ever better plans that can be stopped at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError, Words
from geo.partition.exact.regions import Knot
from geo.partition.explain import knot_words
from geo.partition.moves.field import build_field, canonical_order
from geo.partition.problem.bounds import CountBounds, part_bounds
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import Score, evaluate
from geo.partition.search.part import Part
from geo.partition.search.run import Search, warm_up
from geo.plans.goals import Goal


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """One plan on the way, with its figures."""

    labels: NDArray[np.int64]
    """(n,) grid of each cell, 0 to k - 1 from west to east."""
    score: Score
    seconds: float
    """Since the search began."""
    source: str
    """What found it: `tree`, `balance`, `exact`, `repair`, `finish`, `anew`, `again` or `pool`."""
    fewest: int
    """No plan within bounds has fewer grids: proved by sums, by packing, or by branch and price."""
    impossible: bool
    """It is proved that no plan meets the bounds."""
    reasons: tuple[Words, ...]
    """What the search found to stand in the way of the bounds, beside what `explain.reasons` tells beforehand."""
    knots: tuple[Knot, ...] = ()
    """The regions these speak of; cells in the numbers of the problem."""

    @property
    def number_is_optimal(self) -> bool:
        """Within bounds with a number of grids that is proved to be the fewest."""
        return self.score.feasible and self.score.grids == self.fewest


def solve(problem: Problem, *, seed: int = 1, time_limit_s: float = 10.0) -> Iterator[Solution]:
    """Plans for `problem`, each better than the one before; the first comes at once.

    Better: fewer households outside the bounds, then fewer grids (or nearer the wanted number), then the soft goals
    by `problem.weights`. Every grid of every plan is connected. When the bounds cannot be met, the plans are those
    of least violation. Ends when the clock runs out or the search has settled; unless cut by the clock, the plans
    depend on the problem and `seed` alone, not on the numbering of its cells (as far as no two cells agree in
    place, households and area). The clock starts after `warm_up`, which compiles once per machine. Raises
    `InputError` for a time limit that is no number of seconds, 0 or more.
    """
    if not time_limit_s >= 0:
        raise InputError(
            f"time limit {time_limit_s} s must be 0 or more", f"时间限制 {time_limit_s} 秒不应为负"
        )
    warm_up()
    began = time.perf_counter()
    parts = _parts(problem)
    searches = []
    for number, (cells, bounds, want) in enumerate(parts):
        grids = want if want >= 0 else bounds.fewest
        field = build_field(problem, cells, grids=grids, want=want)
        pure = problem.goal not in (Goal.PLANNING, Goal.MOST_GRIDS)
        searches.append(Search(Part(field, bounds, seed, number), pure=pure))
    yield _solution(problem, parts, searches, began, "tree")
    longest = 0.0
    while open_searches := [search for search in searches if not search.settled]:
        better = ""
        for search in open_searches:
            step_began = time.perf_counter()
            if step_began - began + longest > time_limit_s:
                if better:
                    yield _solution(problem, parts, searches, began, better)
                return
            if search.step():
                better = search.part.source
            longest = max(0.7 * longest, time.perf_counter() - step_began)
        if better:
            yield _solution(problem, parts, searches, began, better)


def best(problem: Problem, *, seed: int = 1, time_limit_s: float = 10.0) -> Solution:
    """The last plan of `solve`.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(4)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(3)]}
    >>> best(Problem.from_instance(row)).labels.tolist()
    [0, 0, 1, 1]
    """
    *_, last = solve(problem, seed=seed, time_limit_s=time_limit_s)
    return last


Share = tuple[NDArray[np.intp], CountBounds, int]
"""Cells of a connected part in canonical order, its bounds, and its wanted number of grids (-1 for the fewest)."""


def _parts(problem: Problem) -> list[Share]:
    order = canonical_order(problem)
    _, part = problem.components()
    _, first = np.unique(part[order], return_index=True)
    numbers = part[order][np.sort(first)]  # parts by their westernmost cell
    cells = [order[part[order] == number] for number in numbers]
    bounds = [part_bounds(problem, own) for own in cells]
    if problem.goal is Goal.MOST_GRIDS:
        wants = [own.most for own in bounds]
    elif problem.k is None:
        wants = [-1] * len(cells)
    else:
        wants = _share_out(problem.k, [int(problem.households[own].sum()) for own in cells], bounds)
    return list(zip(cells, bounds, wants, strict=True))


def _share_out(k: int, totals: list[int], bounds: list[CountBounds]) -> list[int]:
    """The wanted number of grids of each part: the fewest each, the rest where grids would be largest."""
    wants = [own.fewest for own in bounds]
    for _ in range(k - sum(wants)):
        largest = max(range(len(wants)), key=lambda i: (wants[i] < bounds[i].most, totals[i] / wants[i], -i))
        wants[largest] += 1
    return wants


def _solution(
    problem: Problem, parts: list[Share], searches: list[Search], began: float, source: str
) -> Solution:
    labels = np.empty(problem.n, np.int64)
    used = 0
    for (cells, _, _), search in zip(parts, searches, strict=True):
        _, first, inverse = np.unique(search.part.labels, return_index=True, return_inverse=True)
        labels[cells] = used + np.argsort(np.argsort(first))[inverse]
        used += len(first)
    knots = tuple(
        replace(search.part.knot, cells=cells[search.part.knot.cells])
        for (cells, _, _), search in zip(parts, searches, strict=True)
        if search.part.knot is not None
    )
    return Solution(
        labels,
        evaluate(problem, labels),
        time.perf_counter() - began,
        source,
        fewest=sum(search.part.fewest for search in searches),
        impossible=any(search.part.proved_impossible for search in searches),
        reasons=tuple(knot_words(problem, knot.cells, knot) for knot in knots),
        knots=knots,
    )
