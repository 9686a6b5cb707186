"""The search over one connected part: in which order plans are tried, and when to stop.

First the number of grids: plans at ever fewer grids are balanced until the bound is met or proved out of reach. Then
the soft goals at that number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cache

import numpy as np

from geo.partition.exact.decide import MOST_CELLS, decide, fine_grained
from geo.partition.moves.field import build_field, canonical_order
from geo.partition.problem.beyond import outer_rim
from geo.partition.problem.bounds import count_bounds
from geo.partition.problem.problem import Problem
from geo.partition.search.number import exact_attempts, number_attempts, tries_at_fewer
from geo.partition.search.part import Attempt, Part
from geo.partition.search.soft import PATIENCE, soft_attempts

_PURE_PATIENCE = 40
"""Soft attempts without a better plan after which a pure goal has settled."""
_MOST_ATTEMPTS, _ATTEMPT_WORK = 8, 4000
"""Soft attempts after which the planner's goals have settled in any case; fewer, `_ATTEMPT_WORK` over the number of
cells, where each takes long."""
_FEW_CELLS = 400
"""Over the number of cells: attempts in vain that are worth while where there are few cells."""


@dataclass
class Search:
    """The search over one part, a step at a time."""

    part: Part
    pure: bool = False
    """One goal only: worth more attempts, since every gain counts."""
    tried: int = dataclass_field(init=False, default=0)
    """Soft attempts made since the number was settled."""
    counted: bool = dataclass_field(init=False, default=False)
    """The number of grids is settled."""

    def __post_init__(self) -> None:
        """Nothing is tried yet; the part brings the first plan."""
        self._attempts = self._all_attempts()

    @property
    def settled(self) -> bool:
        """No better plan is to be expected: the number is settled, and so many attempts were made or brought nothing."""
        cells = len(self.part.labels)
        if cells == 1 or not self.counted:
            return cells == 1
        if not self.pure:
            few = _FEW_CELLS // cells  # attempts are cheap there
            most = max(2, min(max(_MOST_ATTEMPTS, 3 * few), _ATTEMPT_WORK // cells))
            return self.part.stale >= max(PATIENCE, few) or self.tried >= most
        return self.part.stale >= _PURE_PATIENCE

    def step(self) -> bool:
        """One step of the search; whether it found a better plan."""
        self.part.turn += 1
        attempt = next(self._attempts)
        self.tried += attempt[2] and self.counted
        return self.part.take(attempt)

    def _all_attempts(self) -> Iterator[Attempt]:
        """Without end: the number, the soft goals once, stubborn tries at fewer grids, the soft goals for good."""
        part = self.part
        yield from number_attempts(part)
        soft = soft_attempts(part)
        may_gain = part.within_bounds and not part.at_goal and part.field.want < 0
        if may_gain and not part.bounds.violation and not part.large:
            yield from next(soft)
            balancing = len(part.labels) > MOST_CELLS or fine_grained(part.field)
            for effort in (1, 2) if balancing else (1,):
                yield from tries_at_fewer(part, effort)
            yield from exact_attempts(part, 4)
        self.counted, part.stale = True, 0
        for attempts in soft:
            yield from attempts


@cache
def warm_up() -> None:
    """Compile every kernel, or load its kept machine code, once per process: seconds that no time limit should pay.

    The first run on a machine takes twenty seconds or more, later ones half a second. Safe to call at any time.
    """
    row = {"shared_m": 1.0, "barrier": False}
    problem = Problem.from_instance(
        {
            "lo": 1,
            "hi": 2,
            "nodes": [
                {"id": i, "x": i % 2, "y": i // 2, "households": h, "area": 1, "complex": c}
                for i, (h, c) in enumerate([(1, "A"), (0, "A"), (1, None), (1, None)])
            ],
            "edges": [{"a": a, "b": b, **row} for a, b in ((0, 1), (0, 2), (1, 3), (2, 3))],
        }
    )
    problem = replace(problem, beyond=outer_rim(np.full(4, 4.0), problem.indptr, problem.shared_m))
    square = build_field(problem, canonical_order(problem), grids=2, want=-1)
    decide(square, 2, nodes=1)
    search = Search(Part(square, count_bounds(square.households, lo=1, hi=2), seed=0, number=0))
    while not search.settled:
        search.step()
