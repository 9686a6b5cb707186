"""The search over one connected part: which plans are tried, in which order, and when to stop.

First the number of grids: plans at ever fewer grids are balanced until the bound is met or proved out of reach. Then
the soft goals at that number: plans are forged anew or from the best one, and the cheapest plan of all grids seen is
put together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache

import numpy as np

from geo.partition.bounds import CountBounds, count_bounds
from geo.partition.construct import tree_plan
from geo.partition.exact import decide, least_grids
from geo.partition.field import Field
from geo.partition.forge import (
    EFFORTS,
    FORGE_HOT,
    REFORGE_HOT,
    Labels,
    Rng,
    balanced,
    finished,
    forged,
    start_at,
)
from geo.partition.kernels import random_state
from geo.partition.pool import Pool
from geo.partition.state import new_state, plan_cost

Cost = tuple[float, float, float]
"""(households outside the bounds, number of grids or distance from the wanted number, soft cost), compared in order."""
Attempt = tuple[str, Labels | None, bool]
"""What made a plan, the plan (None for none yet), and whether the attempt has ended."""

_TREE_VIOLATION_PRICE, _TREE_GRID_PRICE = 3000.0, 20.0
_LEAST_GAIN = 0.002
"""A soft gain below this share of the soft cost does not keep the search going."""
_PATIENCE = 5
"""Attempts without a better plan after which the search has settled."""
_MOST_ROUNDS, _LEAST_ROUNDS, _CELL_ROUNDS = 16, 6, 8000
"""Rounds of one forging: fewer for more cells, `_CELL_ROUNDS` over their number."""
_POOL_EFFORT = 0.5
_DECIDE_EFFORT = 2.0


def cost_of(field: Field, labels: Labels) -> Cost:
    """The cost of a plan of this part."""
    missing, gap, soft = plan_cost(field, new_state(field, labels))
    return float(missing), float(gap), float(soft)


@dataclass
class Search:
    """The state of the search over one part: the best plan so far and how long nothing better came."""

    field: Field
    bounds: CountBounds
    seed: int
    part: int
    """Which part of the problem this is; its random numbers are its own."""
    labels: Labels = dataclass_field(init=False)
    cost: Cost = dataclass_field(init=False)
    source: str = dataclass_field(init=False, default="tree")
    turn: int = dataclass_field(init=False, default=0)
    stale: int = dataclass_field(init=False, default=0)
    fewest: int = dataclass_field(init=False)
    """No plan within bounds is known to be possible with fewer grids."""
    pool: Pool = dataclass_field(init=False)
    counted: bool = dataclass_field(init=False, default=False)
    """The number of grids is settled."""

    def __post_init__(self) -> None:
        """Make the first plan: one tree, cut exactly."""
        price = _TREE_VIOLATION_PRICE / self.field.hi
        self.labels = tree_plan(self.field, self._rng(), violation_price=price, grid_price=_TREE_GRID_PRICE)
        self.cost = cost_of(self.field, self.labels)
        self.fewest = self.bounds.fewest
        self.pool = Pool(self.field)
        self._attempts = itertools.chain(self._number_attempts(), self._soft_attempts())

    @property
    def grids(self) -> int:
        """Grids of the best plan."""
        return int(self.labels.max()) + 1

    @property
    def within_bounds(self) -> bool:
        """Nothing outside the bounds but what is proved to be unavoidable."""
        return self.cost[0] <= self.bounds.violation + 1e-9

    @property
    def at_goal(self) -> bool:
        """Within bounds, with the wanted number of grids or one that is proved to be the fewest."""
        goal = 0 if self.field.want >= 0 else self.fewest
        return self.within_bounds and self.cost[1] <= goal

    @property
    def settled(self) -> bool:
        """No better plan is to be expected: the number is settled and so many attempts brought nothing since."""
        return len(self.labels) == 1 or (self.counted and self.stale >= _PATIENCE)

    def step(self) -> bool:
        """One step of the search; whether it found a better plan."""
        self.turn += 1
        source, labels, ended = next(self._attempts)
        better = False
        if labels is not None:
            cost = cost_of(self.field, labels)
            better = cost < self.cost
            if better:
                gained = cost[:2] < self.cost[:2] or cost[2] < self.cost[2] * (1 - _LEAST_GAIN)
                self.stale = -1 if gained else self.stale
                _, ranked = np.unique(labels, return_inverse=True)
                self.labels, self.cost, self.source = ranked.astype(np.int64), cost, source
        self.stale += ended
        return better

    def _rng(self) -> Rng:
        return random_state(self.seed, self.part, self.turn)

    def _fixed(self, number: int) -> Field:
        """The field with the number of grids held."""
        return self.field._replace(want=number)

    # ------------------------------------------------------------------ the number of grids

    def _number_attempts(self) -> Iterator[Attempt]:
        """Balance plans at ever fewer grids until the bound is met, or stubborn tries are in vain."""
        if self.field.want >= 0 or self.bounds.fewest > self.bounds.most or self.bounds.violation:
            numbers = [self.field.want] if self.field.want >= 0 else self._least_bad_numbers()
            for effort, number in itertools.product(range(len(EFFORTS)), numbers):
                if self.at_goal:
                    break
                yield self._balanced(number, effort)
        else:
            yield from self._fewest_attempts()
        self.counted = True
        self.stale = 0

    def _fewest_attempts(self) -> Iterator[Attempt]:
        if not self.within_bounds:
            yield self._balanced(self._middle_number(), 0)
        for number in range(self.fewest, self.bounds.most + 1):
            if self.within_bounds and self.grids <= number:
                break
            yield self._balanced(number, 0)
            if number == self.bounds.fewest and not self.at_goal:
                self.fewest = least_grids(self.field, self.fewest, self.bounds.most + 1)
        for effort in (1, 1, 2, 2):
            while not self.at_goal:
                known = self.grids
                number = known - 1 if self.within_bounds else self._middle_number()
                yield self._balanced(number, effort)
                if not (self.within_bounds and self.grids < known):
                    break
            if effort == 1 and self.within_bounds and not self.at_goal:
                yield self._decided()

    def _least_bad_numbers(self) -> list[int]:
        """Numbers of grids worth a try where no number fits: those around what the sums ask for."""
        near = {self.bounds.fewest, self.bounds.fewest_by_sum, self.bounds.most, self.bounds.most + 1}
        return sorted(number for number in near if 1 <= number <= len(self.labels))

    def _middle_number(self) -> int:
        """A number of grids amid the possible ones, another one each time."""
        middle = round(2 * float(self.field.households.sum()) / (self.field.lo + self.field.hi))
        shift = (self.turn + 1) // 2 * (1 if self.turn % 2 else -1)
        span = self.bounds.most - self.fewest + 1
        return self.fewest + (middle - self.fewest + shift) % span

    def _balanced(self, number: int, effort: int) -> Attempt:
        """A plan of `number` grids that is as near to the bounds as can be."""
        field, rng = self._fixed(number), self._rng()
        if self.turn % 3 == 2:
            floor = float(self.bounds.violation)
            labels = balanced(field, self.labels, number, effort=effort, rng=rng, floor=floor)
        else:
            seed = self.seed * 1000 + self.turn
            labels = start_at(field, number, whole_complexes=False, effort=effort, seed=seed, rng=rng)
        return "balance", finished(field, labels, rounds=1, rng=rng), True

    def _decided(self) -> Attempt:
        """Ask for a proof that one grid fewer is impossible, or for the plan."""
        decision = decide(self.field, self.grids - 1, effort=_DECIDE_EFFORT)
        if decision.possible is False:
            self.fewest = self.grids
        return "exact", decision.labels, True

    # ------------------------------------------------------------------ the soft goals

    def _soft_attempts(self) -> Iterator[Attempt]:
        """In turn: finish what is there, forge anew, forge the best one again, choose among all grids seen."""
        while True:
            yield self._finished()
            yield from self._forged_anew()
            yield self._from_pool()
            yield from self._forged("again", self.labels, hot=REFORGE_HOT)
            yield self._from_pool()

    def _finished(self) -> Attempt:
        labels = finished(self._fixed(self.grids), self.labels, rounds=4, rng=self._rng())
        self.pool.add(labels)
        return "finish", labels, False

    def _forged_anew(self) -> Iterator[Attempt]:
        """From a plan that leaves complexes whole, where there are any; else from a balanced one."""
        field = self._fixed(self.grids)
        whole = len(field.complex_size) > 0 and bool(field.complex_price.any())
        seed = self.seed * 1000 + self.turn
        labels = start_at(field, self.grids, whole_complexes=whole, effort=0, seed=seed, rng=self._rng())
        if int(labels.max()) + 1 != self.grids:
            labels = self.labels
        yield from self._forged("anew", labels, hot=FORGE_HOT)

    def _forged(self, source: str, labels: Labels, *, hot: float) -> Iterator[Attempt]:
        seen: list[Labels] = []
        steps = forged(
            self._fixed(self.grids),
            labels,
            hot=hot,
            rounds=min(max(_CELL_ROUNDS // len(labels), _LEAST_ROUNDS), _MOST_ROUNDS),
            floor=float(self.bounds.violation),
            seen=seen,
            rng=self._rng(),
        )
        for plan in steps:
            yield source, plan, False
        for plan in seen:
            self.pool.add(plan)
        yield source, None, True

    def _from_pool(self) -> Attempt:
        useless = not self.within_bounds or bool(self.bounds.violation)
        if useless or len(self.pool.prices) == self.pool.asked:
            return "pool", None, False
        return "pool", self.pool.best_plan(self.labels, effort=_POOL_EFFORT), False


@cache
def warm_up() -> None:
    """Compile every kernel, or load its kept machine code, once per process: seconds that no time limit should pay.

    The first run on a machine takes twenty seconds or more, later ones half a second. Safe to call at any time.
    """
    square = Field(
        households=np.array([1, 0, 1, 1]),
        people=np.zeros(4, np.int64),
        x=np.array([0.0, 1.0, 0.0, 1.0]),
        y=np.array([0.0, 0.0, 1.0, 1.0]),
        mass=np.full(4, 0.25),
        complex_of=np.array([0, 0, -1, -1]),
        complex_size=np.ones(1),
        complex_price=np.ones(1),
        indptr=np.array([0, 2, 4, 6, 8]),
        indices=np.array([1, 2, 0, 3, 0, 3, 1, 2]),
        cut=np.ones(8),
        inside=np.zeros(8),
        source=np.array([0, 0, 1, 1, 2, 2, 3, 3]),
        nets=np.zeros((0, 4), np.int64),
        net_price=np.zeros(0),
        distance=np.zeros((0, 0)),
        lo=1,
        hi=2,
        most_people=2**62,
        want=-1,
    )
    decide(square, 2, effort=1.0)
    search = Search(square, count_bounds(square.households, lo=1, hi=2), seed=0, part=0)
    while not search.settled:
        search.step()
