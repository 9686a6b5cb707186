"""The search over one connected part: which plan to start from, which moves to make, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geo.partition.bounds import CountBounds
from geo.partition.construct import metis_plan, tree_plan
from geo.partition.field import Field
from geo.partition.kernels import random_state
from geo.partition.recombine import recombine
from geo.partition.refine import anneal
from geo.partition.stats import COLUMNS, plan_cost, tally

Cost = tuple[float, float, float]
"""(households outside the bounds, number of grids or distance from the wanted number, soft cost), compared in order."""

_METIS_MOST_SKEW = 3.0
"""METIS gives up, and prints so, where one cell weighs more than so many average grids."""
_STRICT = 3000.0
_GENTLE = 150.0
_LOOSE = 100.0
"""Price of missing the bounds by one upper bound's worth of households: firm, and on the way through bad plans."""
_SHAKE_STEPS = 1500
"""Proposals per cell in one long annealing ..."""
_MOST_STEPS = 600_000
"""... and the most of them."""
_GRID_PRICE = 20.0
_SQUEEZE = (0.30, 0.15, 0.45)
"""Price of a grid, as a share of `_GENTLE`, in turns that try to do with fewer grids."""
_LEAST_GAIN = 0.002
"""A soft gain below this share of the soft cost does not keep the search going."""


def cost_of(field: Field, labels: NDArray[np.int64]) -> Cost:
    """The cost of a plan of this part."""
    figures = np.zeros((int(labels.max()) + 1, COLUMNS))
    held = np.zeros((len(figures), len(field.complex_size)))
    tally(field, labels, figures, held)
    missing, gap, soft = plan_cost(field, figures)
    return float(missing), float(gap), float(soft)


@cache
def warm_up() -> None:
    """Compile every kernel, or load its kept machine code, once per process: seconds that no time limit should pay.

    The first run on a machine takes ten seconds or more, later ones half a second. Safe to call at any time.
    """
    square = Field(
        households=np.array([1, 0, 1, 1]),
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
        lo=1,
        hi=2,
        want=-1,
    )
    state = random_state(0)
    labels = tree_plan(square, state, violation_price=1.0, grid_price=1.0)
    labels = recombine(square, labels, 8, 1.0, 1.0, 1.0, state)
    cost_of(square, anneal(square, labels, 8, 1.0, 2.0, 1.0, 1.0, 0.5, state))


@dataclass
class Search:
    """The state of the search over one part: the best plan so far and how long nothing better came."""

    field: Field
    bounds: CountBounds
    seed: int
    part: int
    """Which part of the problem this is; its random numbers are its own."""
    labels: NDArray[np.int64] = dataclass_field(init=False)
    cost: Cost = dataclass_field(init=False)
    source: str = dataclass_field(init=False, default="tree")
    turn: int = dataclass_field(init=False, default=0)
    stale: int = dataclass_field(init=False, default=0)

    def __post_init__(self) -> None:
        """Make the first plan: one tree, cut exactly."""
        state = random_state(self.seed, self.part, 0)
        strict = _STRICT / self.field.hi
        self.labels = tree_plan(self.field, state, violation_price=strict, grid_price=_GRID_PRICE)
        self.cost = cost_of(self.field, self.labels)

    @property
    def within_bounds(self) -> bool:
        """Nothing outside the bounds but what is proved to be unavoidable."""
        return self.cost[0] <= self.bounds.violation

    @property
    def at_goal(self) -> bool:
        """Within bounds, with the wanted number of grids or one that is proved to be the fewest."""
        goal = 0 if self.field.want >= 0 else self.bounds.fewest
        return self.within_bounds and self.cost[1] <= goal

    @property
    def settled(self) -> bool:
        """No better plan is to be expected: so many turns without one, fewer the less there is to gain."""
        if len(self.labels) == 1:
            return True
        if self.at_goal:
            return self.stale >= 8
        return self.stale >= (32 if self.within_bounds else 400)

    def step(self) -> bool:
        """One turn of the search; whether it found a better plan."""
        self.turn += 1
        state = random_state(self.seed, self.part, self.turn)
        source, labels = self._attempt(state)
        cost = cost_of(self.field, labels)
        better = cost < self.cost
        gained = cost[:2] < self.cost[:2] or cost[2] < self.cost[2] * (1 - _LEAST_GAIN)
        self.stale = 0 if better and gained else self.stale + 1
        if better:
            self.labels, self.cost, self.source = labels, cost, source
        return better

    def _attempt(self, state: NDArray[np.uint64]) -> tuple[str, NDArray[np.int64]]:
        """The turns go round: a repair, a shake, another start; while grids are too many, squeezes instead."""
        kind = self.turn % 4
        if kind == 1 or (kind == 0 and self.at_goal):
            return "improve", self._improve(self.labels, state, deep=kind == 0)
        if kind == 3:
            return "metis", self._shake(self._metis_start(), state, hot=3.0, share=0.5)
        if not self.at_goal:
            return "squeeze", self._squeeze(self._metis_start() if kind == 0 else self.labels, state)
        return "shake", self._shake(self.labels, state, hot=10 * self._edge_price, share=1.0)

    def _metis_start(self) -> NDArray[np.int64]:
        """METIS: where a plan is hard to find, at a number of grids amid the possible ones; else below today's best."""
        fewest, most, visit = self.bounds.fewest, self.bounds.most, self.turn // 4
        if self.field.want >= 0:
            grids = self.field.want
        elif not self.within_bounds and fewest <= most:
            middle = round(2 * float(self.field.households.sum()) / (self.field.lo + self.field.hi))
            grids = min(max(middle + (0, -1, 1)[visit % 3], fewest), most)
        else:
            grids = fewest + visit % max(1, len(np.unique(self.labels)) - fewest)
        if grids * int(self.field.households.max(initial=0)) > _METIS_MOST_SKEW * self.field.households.sum():
            return self.labels
        return metis_plan(self.field, grids, seed=self.seed * 1000 + self.turn)

    @property
    def _edge_price(self) -> float:
        """Price of one average neighbour pair in two grids: the scale of small moves."""
        return 2 * float(self.field.cut.mean()) if len(self.field.cut) else 1.0

    @property
    def _rounds(self) -> int:
        """Recombinations in one go: each pair of neighbouring grids once or so."""
        return 10 + 2 * len(np.unique(self.labels)) + len(self.labels) // 20

    def _improve(
        self, labels: NDArray[np.int64], state: NDArray[np.uint64], *, deep: bool
    ) -> NDArray[np.int64]:
        """Only ever inside the bounds: recombine, then polish."""
        strict = _STRICT / self.field.hi
        rounds = self._rounds * (2 if deep else 1)
        labels = recombine(self.field, labels, rounds, strict, _GRID_PRICE, 3 * self._edge_price, state)
        return self._polish(labels, state)

    def _polish(self, labels: NDArray[np.int64], state: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Small moves only, ending in a local optimum or close to one."""
        strict, edge = _STRICT / self.field.hi, self._edge_price
        steps = 200 * len(labels)
        return anneal(self.field, labels, steps, strict, strict, _GRID_PRICE, 3 * edge, 0.05 * edge, state)

    def _shake(
        self, labels: NDArray[np.int64], state: NDArray[np.uint64], *, hot: float, share: float
    ) -> NDArray[np.int64]:
        """A long annealing in which the bounds harden slowly, then repair and polish."""
        hi, steps = self.field.hi, int(share * min(_SHAKE_STEPS * len(labels), _MOST_STEPS))
        cold = 0.1 * self._edge_price
        labels = anneal(self.field, labels, steps, _LOOSE / hi, _STRICT / hi, _GRID_PRICE, hot, cold, state)
        return self._improve(labels, state, deep=False)

    def _squeeze(self, labels: NDArray[np.int64], state: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Let the bounds give way while a grid is expensive, then bring the plan back within them."""
        field, gentle, strict = self.field, _GENTLE / self.field.hi, _STRICT / self.field.hi
        steps, rounds = 100 * len(labels), self._rounds
        price = (
            _GENTLE * _SQUEEZE[(self.turn // 4) % len(_SQUEEZE)] if self.within_bounds else _GRID_PRICE / 4
        )
        labels = anneal(field, labels, steps, gentle, gentle, price, 2.0, 0.2, state)
        labels = recombine(field, labels, rounds, gentle, price, 1.0, state)
        labels = recombine(field, labels, rounds, strict, _GRID_PRICE, 1.0, state)
        labels = anneal(field, labels, steps, 4 * gentle, strict, _GRID_PRICE, 1.0, 0.02, state)
        return self._polish(labels, state)
