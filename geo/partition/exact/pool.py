"""The grids seen on the way: sound ones are kept with their price, and the cheapest plan is put together from them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.cover import Columns, cheapest_cover
from geo.partition.moves.field import Field
from geo.partition.moves.state import new_state, soft_cost, violation

MOST_GRIDS = 2_500
_PRICE_STEPS = 10_000
"""Prices are whole numbers for the solver: so many steps to one unit of soft cost."""


@dataclass
class Pool:
    """Sound grids of one part by their cells: connected, within bounds, each with its soft cost."""

    field: Field
    prices: dict[bytes, float] = dataclass_field(default_factory=dict)
    asked: int = 0
    """Grids there were when the pool was last asked for a plan."""

    def add(self, labels: NDArray[np.int64]) -> None:
        """Keep the sound grids of a plan (the grid of each cell) whose grids are connected."""
        state = new_state(self.field, labels)
        order = np.argsort(labels, kind="stable")
        ends = np.cumsum(np.bincount(labels, minlength=len(state.figures)))
        for grid, cells in enumerate(np.split(order, ends[:-1])):
            if len(cells) and violation(self.field, state, grid) == 0:
                key = cells.astype(np.int32).tobytes()
                if key not in self.prices:
                    self.prices[key] = soft_cost(self.field, state, grid)

    def best_plan(self, labels: NDArray[np.int64], *, effort: float) -> NDArray[np.int64]:
        """The cheapest plan of grids in the pool with as many grids as `labels`, a sound plan; `labels` if none is better.

        Beyond `MOST_GRIDS` the grids that cost most beside those of `labels` on the same cells are left out.
        """
        self.add(labels)
        keys = list(self.prices)
        self.asked = len(keys)
        state = new_state(self.field, labels)
        own = [labels[np.frombuffer(key, np.int32)] for key in keys]
        costs = np.array([soft_cost(self.field, state, g) for g in range(len(state.figures))])
        share = costs / np.maximum(np.bincount(labels, minlength=len(costs)), 1)
        price = np.array([self.prices[key] for key in keys])
        worth = price - np.array([share[of].sum() for of in own])
        known = np.array([bool((of == of[0]).all() and len(of) == (labels == of[0]).sum()) for of in own])
        worth[known] = -np.inf
        kept = np.sort(np.argsort(worth, kind="stable")[:MOST_GRIDS])
        members = [np.frombuffer(keys[i], np.int32) for i in kept]
        offsets = np.zeros(len(kept) + 1, np.int64)
        np.cumsum([len(cells) for cells in members], out=offsets[1:])
        columns = Columns(offsets, np.concatenate(members).astype(np.int64))
        cover = cheapest_cover(
            columns,
            np.round(price[kept] * _PRICE_STEPS).astype(np.int64),
            len(labels),
            exactly=int(known.sum()),
            hint=np.flatnonzero(known[kept]),
            effort=effort,
        )
        if cover.chosen is None:
            return labels
        plan = np.empty_like(labels)
        for grid, chosen in enumerate(cover.chosen):
            plan[members[chosen]] = grid
        if len(self.prices) > 4 * MOST_GRIDS:
            self.prices = {keys[i]: self.prices[keys[i]] for i in kept}
        return plan
