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
from geo.partition.exact import MOST_CELLS, decide, fine_grained
from geo.partition.field import Field
from geo.partition.forge import FORGE_HOT, REFORGE_HOTS, Labels, Rng, finished, forged, start_at
from geo.partition.kernels import random_state
from geo.partition.neighbourhoods import divided_exactly
from geo.partition.numbers import Attempt, exact_attempts, number_attempts, tries_at_fewer
from geo.partition.pool import Pool
from geo.partition.regions import Knot
from geo.partition.state import new_state, plan_cost

Cost = tuple[float, float, float]
"""(households outside the bounds, number of grids or distance from the wanted number, soft cost), compared in order."""

_TREE_VIOLATION_PRICE, _TREE_GRID_PRICE = 3000.0, 20.0
_LEAST_GAIN = 0.002
"""A soft gain below this share of the soft cost does not keep the search going."""
_PATIENCE, _PURE_PATIENCE = 3, 40
"""Soft attempts without a better plan after which the search has settled: fewer where many goals make many plans
equally good than for a pure goal."""
_MOST_ATTEMPTS, _ATTEMPT_WORK = 8, 4000
"""Soft attempts after which the planner's goals have settled in any case; fewer, `_ATTEMPT_WORK` over the number of
cells, where each takes long."""
_FEW_CELLS = 400
"""Over the number of cells: attempts in vain that are worth while where there are few cells."""
_MOST_STUBBORN = 600
"""Above so many cells fewer grids are tried in halves only: stubborn tries would take as long as all the rest."""
_ROUNDS, _LARGE_ROUNDS = 12, 30
"""Rounds of one forging: many short tries where there are few cells, longer ones above `_LARGE` ..."""
_LARGE, _WORK = 250, 24_000
"""... and no more than `_WORK` over their number."""
_POOL_EFFORT = 0.5


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
    pure: bool = False
    """One goal only: worth more attempts, since every gain counts."""
    labels: Labels = dataclass_field(init=False)
    cost: Cost = dataclass_field(init=False)
    source: str = dataclass_field(init=False, default="tree")
    turn: int = dataclass_field(init=False, default=0)
    stale: int = dataclass_field(init=False, default=0)
    tried: int = dataclass_field(init=False, default=0)
    """Soft attempts made since the number was settled."""
    fewest: int = dataclass_field(init=False)
    """No plan within bounds is known to be possible with fewer grids."""
    pool: Pool = dataclass_field(init=False)
    knot: Knot | None = dataclass_field(init=False, default=None)
    """A region that proves the bounds impossible, where one was found."""
    counted: bool = dataclass_field(init=False, default=False)
    """The number of grids is settled."""

    def __post_init__(self) -> None:
        """Make the first plan: one tree, cut exactly."""
        price = _TREE_VIOLATION_PRICE / self.field.hi
        self.labels = tree_plan(self.field, self.rng(), violation_price=price, grid_price=_TREE_GRID_PRICE)
        self.cost = cost_of(self.field, self.labels)
        self.fewest = self.bounds.fewest
        self.pool = Pool(self.field)
        self._attempts = self._all_attempts()
        self._divided: set[bytes] = set()

    @property
    def grids(self) -> int:
        """Grids of the best plan."""
        return int(self.labels.max()) + 1

    @property
    def within_bounds(self) -> bool:
        """Nothing outside the bounds but what is proved to be unavoidable."""
        return self.cost[0] <= self.bounds.violation + 1e-9

    @property
    def proved_impossible(self) -> bool:
        """No plan can meet the bounds."""
        return self.fewest > self.bounds.most or self.knot is not None or self.bounds.violation > 0

    @property
    def large(self) -> bool:
        """So many cells that the number of grids is not tried for long."""
        return len(self.labels) > _MOST_STUBBORN

    @property
    def at_goal(self) -> bool:
        """Within bounds, with the wanted number of grids or one that is proved to be the fewest."""
        goal = 0 if self.field.want >= 0 else self.fewest
        return self.within_bounds and self.cost[1] <= goal

    @property
    def settled(self) -> bool:
        """No better plan is to be expected: the number is settled, and so many attempts were made or brought nothing."""
        if len(self.labels) == 1 or not self.counted:
            return len(self.labels) == 1
        if not self.pure:
            few = _FEW_CELLS // len(self.labels)  # attempts are cheap there
            most = max(2, min(max(_MOST_ATTEMPTS, 3 * few), _ATTEMPT_WORK // len(self.labels)))
            return self.stale >= max(_PATIENCE, few) or self.tried >= most
        return self.stale >= _PURE_PATIENCE

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
        self.tried += ended and self.counted
        return better

    def rng(self) -> Rng:
        """The random numbers of this step."""
        return random_state(self.seed, self.part, self.turn)

    def fixed(self, number: int) -> Field:
        """The field with the number of grids held."""
        return self.field._replace(want=number)

    def _all_attempts(self) -> Iterator[Attempt]:
        """Without end: the number, the soft goals once, stubborn tries at fewer grids, the soft goals for good."""
        yield from number_attempts(self)
        soft = self._soft_attempts()
        may_gain = self.within_bounds and not self.at_goal and self.field.want < 0
        if may_gain and not self.bounds.violation and not self.large:
            yield from next(soft)
            balancing = len(self.labels) > MOST_CELLS or fine_grained(self.field)
            for effort in (1, 2) if balancing else (1,):
                yield from tries_at_fewer(self, effort)
            yield from exact_attempts(self, 4)
        self.counted, self.stale = True, 0
        for attempts in soft:
            yield from attempts

    # ------------------------------------------------------------------ the soft goals

    def _soft_attempts(self) -> Iterator[Iterator[Attempt]]:
        """Rounds without end: finish what is there, forge anew and the best one again, choose among all grids seen."""
        for heat in itertools.cycle(REFORGE_HOTS):
            yield self._soft_round(heat)

    def _soft_round(self, heat: float) -> Iterator[Attempt]:
        yield self._finished()
        yield from self._forged_anew()
        yield self._from_pool()
        yield from self._forged("again", self.labels, hot=heat)
        yield self._from_pool()
        yield self._divided_exactly()

    def _finished(self) -> Attempt:
        labels = finished(self.fixed(self.grids), self.labels, rounds=4, rng=self.rng())
        self.pool.add(labels)
        return "finish", labels, False

    def _forged_anew(self) -> Iterator[Attempt]:
        """From a plan that leaves complexes whole, where there are any; else from a balanced one."""
        field = self.fixed(self.grids)
        whole = len(field.complex_size) > 0 and bool(field.complex_price.any())
        seed = self.seed * 1000 + self.turn
        labels = start_at(field, self.grids, whole_complexes=whole, effort=0, seed=seed, rng=self.rng())
        if int(labels.max()) + 1 != self.grids:
            labels = self.labels
        yield from self._forged("anew", labels, hot=FORGE_HOT)

    def _forged(self, source: str, labels: Labels, *, hot: float) -> Iterator[Attempt]:
        seen: list[Labels] = []
        n = len(labels)
        rounds = _ROUNDS if n <= _LARGE else max(_ROUNDS // 2, min(_LARGE_ROUNDS, _WORK // n))
        steps = forged(
            self.fixed(self.grids),
            labels,
            hot=hot,
            rounds=rounds,
            floor=float(self.bounds.violation),
            seen=seen,
            rng=self.rng(),
        )
        for plan in steps:
            yield source, plan, False
        for plan in seen:
            self.pool.add(plan)
        yield source, None, True

    def _divided_exactly(self) -> Attempt:
        """Neighbouring grids few enough in cells at their best, once annealing finds nothing more."""
        if not self.within_bounds or self.bounds.violation or self.stale < _PATIENCE - 1:
            return "exact", None, False
        return "exact", divided_exactly(self.fixed(self.grids), self.labels, done=self._divided), False

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
    decide(square, 2, nodes=1)
    search = Search(square, count_bounds(square.households, lo=1, hi=2), seed=0, part=0)
    while not search.settled:
        search.step()
