"""Exact choice of sets that cover every cell once: a proven bound by linear programming, the choice by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csc_array, eye_array, hstack

_FIRST_COLUMNS = 3000
_MORE_COLUMNS = 1500
_MOST_ROUNDS = 60
_MISSING_PRICE = 5.0
"""Price of a cell left uncovered in the linear program, in sets: high enough to be used only when there is no cover."""


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
class CountBound:
    """What the linear program proves about covers by the given sets."""

    fewest: float
    """No cover has fewer sets; above `cells` there is no cover at all."""
    spare: NDArray[np.float64]
    """(sets,) how much a cover with that set needs above `fewest`."""


def bound_on_sets(columns: Columns, cells: int) -> CountBound:
    """Fewest sets that cover each of `cells` once, by the linear relaxation over all of `columns`.

    Solved by generating columns from the list. The bound holds whatever the solver's precision: its duals are
    scaled until no set of the list is worth more than one.
    """
    if not columns.sets:
        return CountBound(_MISSING_PRICE * cells, np.zeros(0))
    inside = np.zeros(columns.sets, bool)
    inside[:: max(1, columns.sets // _FIRST_COLUMNS)] = True
    best, worth = 0.0, np.zeros(columns.sets)
    for _ in range(_MOST_ROUNDS):
        part = columns.take(np.flatnonzero(inside))
        matrix = csc_array((np.ones(len(part.members)), part.members, part.offsets), shape=(cells, part.sets))
        answer = linprog(
            np.concatenate([np.ones(part.sets), np.full(cells, _MISSING_PRICE)]),
            A_eq=hstack([matrix, eye_array(cells, format="csc")], format="csc"),
            b_eq=np.ones(cells),
            method="highs",
        )
        if answer.status != 0:
            break
        dual = np.asarray(answer.eqlin.marginals)
        value = np.add.reduceat(dual[columns.members], columns.offsets[:-1])
        scale = max(1.0, float(value.max(initial=0.0)))
        bound = float(dual.sum()) / scale
        if bound > best:
            best, worth = bound, value / scale
        wanting = np.flatnonzero((value > 1 + 1e-7) & ~inside)
        if not len(wanting):
            break
        inside[wanting[np.argsort(-value[wanting], kind="stable")[:_MORE_COLUMNS]]] = True
    return CountBound(best, 1.0 - worth)


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
