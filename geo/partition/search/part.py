"""What is known of one connected part while it is searched: the best plan so far, what is proved, what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np

from geo.partition.exact.pool import Pool
from geo.partition.exact.regions import Knot
from geo.partition.moves.construct import tree_plan
from geo.partition.moves.field import Field
from geo.partition.moves.forge import Labels, Rng
from geo.partition.moves.kernels import random_state
from geo.partition.moves.state import new_state, plan_cost
from geo.partition.problem.bounds import CountBounds

Cost = tuple[float, float, float]
"""(households outside the bounds, number of grids or distance from the wanted number, soft cost), compared in order."""
Attempt = tuple[str, Labels | None, bool]
"""What made a plan, the plan (None for none yet), and whether the attempt has ended."""

_TREE_VIOLATION_PRICE, _TREE_GRID_PRICE = 3000.0, 20.0
_LEAST_GAIN = 0.002
"""A soft gain below this share of the soft cost does not keep the search going."""
_MOST_STUBBORN = 600
"""Above so many cells fewer grids are tried in halves only: stubborn tries would take as long as all the rest."""


def cost_of(field: Field, labels: Labels) -> Cost:
    """The cost of a plan of this part: households, grids, and the soft goals by their prices.

    `labels`: (n,) grid of each cell of the field, 0 to k - 1.
    """
    missing, gap, soft = plan_cost(field, new_state(field, labels))
    return float(missing), float(gap), float(soft)


@dataclass
class Part:
    """The state of the search over one part: the best plan so far and how long nothing better came."""

    field: Field
    bounds: CountBounds
    seed: int
    number: int
    """Which part of the problem this is; its random numbers are its own."""
    labels: Labels = dataclass_field(init=False)
    """(n,) grid of each cell in the best plan so far, 0 to k - 1."""
    cost: Cost = dataclass_field(init=False)
    source: str = dataclass_field(init=False, default="tree")
    """What found the best plan."""
    turn: int = dataclass_field(init=False, default=0)
    """Attempts begun; each has random numbers of its own."""
    stale: int = dataclass_field(init=False, default=0)
    """Attempts ended since the last one that gained enough."""
    fewest: int = dataclass_field(init=False)
    """No plan within bounds is known to be possible with fewer grids."""
    pool: Pool = dataclass_field(init=False)
    knot: Knot | None = dataclass_field(init=False, default=None)
    """A region that proves the bounds impossible, where one was found."""

    def __post_init__(self) -> None:
        """Make the first plan: one tree, cut exactly."""
        price = _TREE_VIOLATION_PRICE / self.field.hi
        self.labels = tree_plan(self.field, self.rng(), violation_price=price, grid_price=_TREE_GRID_PRICE)
        self.cost = cost_of(self.field, self.labels)
        self.fewest = self.bounds.fewest
        self.pool = Pool(self.field)

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

    def take(self, attempt: Attempt) -> bool:
        """Keep the plan of an attempt where it is the best so far; whether it is."""
        source, labels, ended = attempt
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

    def rng(self) -> Rng:
        """The random numbers of this turn."""
        return random_state(self.seed, self.number, self.turn)

    def fixed(self, number: int) -> Field:
        """The field with the number of grids held."""
        return self.field._replace(want=number)
