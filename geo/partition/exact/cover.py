"""Exact choice among listed sets that cover every cell once, by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model


class Columns(NamedTuple):
    """Sets of cells in compressed rows: set i is `members[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]
    members: NDArray[np.int64]

    @property
    def sets(self) -> int:
        """Number of sets."""
        return len(self.offsets) - 1

    def take(self, chosen: NDArray[np.int64]) -> Columns:
        """The chosen sets alone."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.zeros(len(chosen) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        start = np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes)
        return Columns(offsets, self.members[start + np.arange(offsets[-1])])


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Sets that cover every cell once, or the proof that there are none."""

    chosen: NDArray[np.int64] | None
    """Numbers of the sets; None where none were found."""
    proved: bool
    """The choice is the cheapest, or there is provably none."""


def cheapest_cover(
    columns: Columns,
    prices: NDArray[np.int64],
    cells: int,
    *,
    exactly: int | None = None,
    hint: NDArray[np.int64] | None = None,
    effort: float = 1.0,
) -> Cover:
    """The cheapest cover of each of `cells` exactly once, with `exactly` so many sets.

    `hint` are the sets of a known cover. `effort` is CP-SAT's deterministic time, about seconds: the answer does
    not depend on the machine's speed. One thread, so that it is the same every time.
    """
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in range(columns.sets)]
    holders: list[list[cp_model.IntVar]] = [[] for _ in range(cells)]
    bounds = columns.offsets.tolist()
    members = columns.members.tolist()
    for i, variable in enumerate(taken):
        for cell in members[bounds[i] : bounds[i + 1]]:
            holders[cell].append(variable)
    if not all(holders):
        return Cover(None, proved=True)
    for having in holders:
        model.add_exactly_one(having)
    if exactly is not None:
        model.add(cp_model.LinearExpr.sum(taken) == exactly)
    if prices.any():
        model.minimize(cp_model.LinearExpr.weighted_sum(taken, prices.tolist()))
    if hint is not None:
        known = set(hint.tolist())
        for i, variable in enumerate(taken):
            model.add_hint(variable, i in known)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = np.flatnonzero([solver.boolean_value(variable) for variable in taken])
        return Cover(chosen, proved=status == cp_model.OPTIMAL)
    return Cover(None, proved=status == cp_model.INFEASIBLE)
