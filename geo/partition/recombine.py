"""Recombination: two to four neighbouring grids are joined and cut again along a random spanning tree."""

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
from geo.partition.trees import cut_tree, spanning_tree


@compiled
def recombine(
    field: Field,
    start: NDArray[np.int64],
    rounds: int,
    violation_price: float,
    grid_price: float,
    temperature: float,
    state: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """The best plan seen in `rounds` recombinations from `start` (prices and order of goals as in `anneal`)."""
    n = len(start)
    labels = start.copy()
    k = min(n, label_count(labels) + 8)  # room for a few more grids on the way
    figures = np.zeros((k, COLUMNS))
    held = np.zeros((k, len(field.complex_size)))
    tally(field, labels, figures, held)
    best_missing, best_gap, best_soft = plan_cost(field, figures)
    missing, soft = best_missing, best_soft
    best = labels.copy()
    grids = 0
    for g in range(k):
        grids += figures[g, CELLS] > 0
    chosen = np.full(k, -1, np.int64)
    place = np.full(n, -1, np.int64)
    cells = np.empty(n, np.int64)
    previous = np.empty(n, np.int64)
    names = np.empty(k, np.int64)
    for turn in range(rounds):
        size, joined = _region(field, labels, figures, chosen, turn, cells, names, state)
        if joined < 2 and size < 2:
            continue
        old, old_missing = 0.0, 0.0
        for t in range(joined):
            old += soft_cost(figures, names[t])
            old_missing += violation(field, figures, names[t])
        for i in range(size):
            place[cells[i]] = i
            previous[i] = labels[cells[i]]
        price = grid_price
        if field.want >= 0 and grids <= field.want:
            price = -grid_price if grids < field.want else 0.0
        bias = 1.0 if uniform(state) < 0.5 else uniform(state)
        order, parent, entry = spanning_tree(field, cells[:size], place, bias, state)
        grid, parts = cut_tree(field, cells[:size], order, parent, entry, violation_price, price)
        for i in range(size):
            place[cells[i]] = -1
        known = joined
        for g in range(k):  # new names where the cut made more grids than there were
            if known >= parts:
                break
            if figures[g, CELLS] == 0:
                names[known] = g
                known += 1
        if known < parts:
            continue
        for i in range(size):
            if labels[cells[i]] != names[grid[i]]:
                shift(field, labels, figures, held, cells[i], names[grid[i]])
        new, new_missing = 0.0, 0.0
        for t in range(parts):
            new += soft_cost(figures, names[t])
            new_missing += violation(field, figures, names[t])
        new_grids = grids + parts - joined
        change = new - old + violation_price * (new_missing - old_missing)
        change += grid_price * (number_gap(field, new_grids) - number_gap(field, grids))
        if change > 0 and not uniform(state) < np.exp(-change / temperature):
            for i in range(size):
                if labels[cells[i]] != previous[i]:
                    shift(field, labels, figures, held, cells[i], previous[i])
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
def _region(
    field: Field,
    labels: NDArray[np.int64],
    figures: NDArray[np.float64],
    chosen: NDArray[np.int64],
    turn: int,
    cells: NDArray[np.int64],
    names: NDArray[np.int64],
    state: NDArray[np.uint64],
) -> tuple[int, int]:
    """Choose two to four neighbouring grids; fill `cells` and `names`; return how many of each.

    Every other turn starts where something is wrong: outside the bounds, or a complex cut in two.
    """
    n = len(labels)
    seed = below(state, n)
    if turn % 2 == 0:
        for _ in range(40):
            if violation(field, figures, labels[seed]) > 0:
                break
            seed = below(state, n)
    names[0] = labels[seed]
    chosen[names[0]] = turn
    joined = 1
    wanted = 2 + below(state, 3)
    if turn % 4 == 1:
        joined = _across_complex(field, labels, chosen, turn, names, state)
    size = _collect(labels, chosen, turn, cells)
    for _ in range(60):
        if joined >= wanted:
            break
        u = cells[below(state, size)]
        degree = field.indptr[u + 1] - field.indptr[u]
        if degree == 0:
            break
        g = labels[field.indices[field.indptr[u] + below(state, degree)]]
        if chosen[g] != turn:
            chosen[g] = turn
            names[joined] = g
            joined += 1
            size = _collect(labels, chosen, turn, cells)
    return size, joined


@compiled
def _across_complex(
    field: Field,
    labels: NDArray[np.int64],
    chosen: NDArray[np.int64],
    turn: int,
    names: NDArray[np.int64],
    state: NDArray[np.uint64],
) -> int:
    """Look for two grids that cut a complex between them and choose both; else keep the one chosen before."""
    for _ in range(60):
        u = below(state, len(labels))
        c = field.complex_of[u]
        if c < 0:
            continue
        for e in range(field.indptr[u], field.indptr[u + 1]):
            v = field.indices[e]
            if field.complex_of[v] == c and labels[v] != labels[u]:
                chosen[names[0]] = -1
                names[0], names[1] = labels[u], labels[v]
                chosen[names[0]] = turn
                chosen[names[1]] = turn
                return 2
    return 1


@compiled
def _collect(
    labels: NDArray[np.int64], chosen: NDArray[np.int64], turn: int, cells: NDArray[np.int64]
) -> int:
    """Cells of the grids chosen this turn, ascending."""
    size = 0
    for v in range(len(labels)):
        if chosen[labels[v]] == turn:
            cells[size] = v
            size += 1
    return size
