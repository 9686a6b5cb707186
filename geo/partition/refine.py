"""Moves of single cells and of pieces of complexes between neighbouring grids, accepted by simulated annealing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.field import Field
from geo.partition.kernels import below, compiled, uniform
from geo.partition.stats import (
    CELLS,
    COLUMNS,
    label_count,
    number_gap,
    plan_cost,
    shift,
    soft_cost,
    tally,
    violation,
)

_COMPLEX_SHARE = 0.2
"""Share of proposals that move a whole piece of a complex."""


@compiled
def anneal(
    field: Field,
    start: NDArray[np.int64],
    steps: int,
    first_price: float,
    last_price: float,
    grid_price: float,
    hot: float,
    cold: float,
    state: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """The best plan seen in `steps` proposals from `start`, temperature falling from `hot` to `cold`.

    Best is least violation, then number of grids, then soft cost, whatever the prices; every plan on the way has
    connected grids. On the way a household outside the bounds costs `first_price`, rising to `last_price`, and a
    grid `grid_price`.
    """
    n = len(start)
    labels = start.copy()
    k = label_count(labels)
    figures = np.zeros((k, COLUMNS))
    held = np.zeros((k, len(field.complex_size)))
    tally(field, labels, figures, held)
    missing, gap, soft = plan_cost(field, figures)
    grids = 0
    for g in range(k):
        grids += figures[g, CELLS] > 0
    best = labels.copy()
    best_missing, best_gap, best_soft = missing, gap, soft
    mark = np.zeros(n, np.int64)
    stamp = 0
    queue = np.empty(n, np.int64)
    moving = np.empty(n, np.int64)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    hardening = (last_price / first_price) ** (1.0 / max(1, steps))
    temperature, violation_price = hot, first_price
    for _ in range(steps):
        temperature *= cooling
        violation_price *= hardening
        v = below(state, n)
        degree = field.indptr[v + 1] - field.indptr[v]
        if degree == 0:
            continue
        g = labels[v]
        h = labels[field.indices[field.indptr[v] + below(state, degree)]]
        if g == h:
            continue
        moving[0] = v
        size = 1
        if field.complex_of[v] >= 0 and uniform(state) < _COMPLEX_SHARE:
            stamp += 1
            size = _piece(field, labels, v, moving, mark, stamp)
        old = soft_cost(figures, g) + soft_cost(figures, h)
        old_missing = violation(field, figures, g) + violation(field, figures, h)
        for t in range(size):
            shift(field, labels, figures, held, moving[t], h)
        new = soft_cost(figures, h)
        new_grids = grids
        if figures[g, CELLS] > 0:
            new += soft_cost(figures, g)
        else:
            new_grids -= 1
        new_missing = violation(field, figures, g) + violation(field, figures, h)
        change = new - old + violation_price * (new_missing - old_missing)
        change += grid_price * (number_gap(field, new_grids) - number_gap(field, grids))
        accepted = change <= 0 or uniform(state) < np.exp(-change / temperature)
        if accepted and new_grids == grids:
            stamp += 1
            accepted = _whole_without(field, labels, g, moving, size, figures[g, CELLS], queue, mark, stamp)
        if not accepted:
            for t in range(size):
                shift(field, labels, figures, held, moving[t], g)
            continue
        grids = new_grids
        missing += new_missing - old_missing
        soft += new - old
        gap = number_gap(field, grids)
        ahead = missing < best_missing or (missing == best_missing and gap < best_gap)
        if ahead or (missing == best_missing and gap == best_gap and soft < best_soft - 1e-9):
            best[:] = labels
            best_missing, best_gap, best_soft = missing, gap, soft
    return best


@compiled
def _piece(
    field: Field,
    labels: NDArray[np.int64],
    v: int,
    moving: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> int:
    """Collect into `moving` the connected cells of v's complex in v's grid; return how many."""
    mark[v] = stamp
    moving[0] = v
    size, at = 1, 0
    while at < size:
        u = moving[at]
        at += 1
        for e in range(field.indptr[u], field.indptr[u + 1]):
            other = field.indices[e]
            if (
                mark[other] != stamp
                and labels[other] == labels[v]
                and field.complex_of[other] == field.complex_of[v]
            ):
                mark[other] = stamp
                moving[size] = other
                size += 1
    return size


@compiled
def _whole_without(
    field: Field,
    labels: NDArray[np.int64],
    g: int,
    moved: NDArray[np.int64],
    size: int,
    cells: float,
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> bool:
    """Whether grid `g`, which the `moved` cells have just left, is still in one part.

    Walks from one cell they touched until all cells they touched are met: mostly a few steps.
    """
    touched = 0
    for t in range(size):
        for e in range(field.indptr[moved[t]], field.indptr[moved[t] + 1]):
            other = field.indices[e]
            if labels[other] == g and mark[other] != -stamp:
                mark[other] = -stamp  # to be met
                touched += 1
                queue[0] = other
    if touched <= 1:
        return touched == 1 or cells == 0
    mark[queue[0]] = stamp
    met, filled, at = 1, 1, 0
    while at < filled:
        u = queue[at]
        at += 1
        for e in range(field.indptr[u], field.indptr[u + 1]):
            other = field.indices[e]
            if labels[other] == g and mark[other] != stamp:
                if mark[other] == -stamp:
                    met += 1
                    if met == touched:
                        return True
                mark[other] = stamp
                queue[filled] = other
                filled += 1
    return False
