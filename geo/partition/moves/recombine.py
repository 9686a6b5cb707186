"""Recombination: two to four neighbouring grids are joined and cut again along a random spanning tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import accepts, below, compiled, uniform
from geo.partition.moves.slices import slice_in_two
from geo.partition.moves.state import (
    CELLS,
    State,
    find_flaws,
    number_gap,
    plan_cost,
    shift,
    soft_cost,
    tally,
    violation,
)
from geo.partition.moves.trees import cut_tree, spanning_tree

_SLICE_SHARE = 0.5
"""Share of the cuts of two grids that follow a straight line instead of a tree."""


@compiled
def recombine(
    field: Field,
    state: State,
    rounds: int,
    violation_price: float,
    grid_price: float,
    temperature: float,
    rng: NDArray[np.uint64],
) -> tuple[float, int, float]:
    """Improve `state` in place by `rounds` recombinations; leaves the best plan seen (prices and order of goals as in
    `anneal`). A cut may make more grids than it joined where the state has room for them. Returns the best cost."""
    labels, figures = state.labels, state.figures
    n, k = len(labels), len(figures)
    best_missing, best_gap, best_soft = plan_cost(field, state)
    missing, soft = best_missing, best_soft
    best = labels.copy()
    grids = 0
    for g in range(k):
        grids += figures[g, CELLS] > 0.5
    chosen = np.full(k, -1, np.int64)
    place = np.full(n, -1, np.int64)
    cells = np.empty(n, np.int64)
    previous = np.empty(n, np.int64)
    names = np.empty(k, np.int64)
    for turn in range(rounds):
        size, joined = _region(field, state, chosen, turn, cells, names, rng)
        if joined < 2 and size < 2:
            continue
        old, old_missing = 0.0, 0.0
        for t in range(joined):
            old += soft_cost(field, state, names[t])
            old_missing += violation(field, state, names[t])
        for i in range(size):
            place[cells[i]] = i
            previous[i] = labels[cells[i]]
        price = grid_price
        if field.want >= 0 and grids <= field.want:
            price = -grid_price if grids < field.want else 0.0
        bias = 1.0 if uniform(rng) < 0.5 else uniform(rng)
        if joined == 2 and field.shape_price > 0.0 and uniform(rng) < _SLICE_SHARE:
            grid, parts = slice_in_two(field, cells[:size], place, rng)
        else:
            order, parent, entry = spanning_tree(field, cells[:size], place, bias, rng)
            grid, parts = cut_tree(field, cells[:size], order, parent, entry, violation_price, price)
        for i in range(size):
            place[cells[i]] = -1
        known = joined
        for g in range(k):  # new names where the cut made more grids than there were
            if known >= parts:
                break
            if figures[g, CELLS] < 0.5:
                names[known] = g
                known += 1
        if known < parts or parts == 0:
            continue
        for i in range(size):
            if labels[cells[i]] != names[grid[i]]:
                shift(field, state, cells[i], names[grid[i]])
        new, new_missing = 0.0, 0.0
        find_flaws(field, state, names[: max(parts, joined)])
        for t in range(parts):
            new += soft_cost(field, state, names[t])
            new_missing += violation(field, state, names[t])
        new_grids = grids + parts - joined
        change = new - old + violation_price * (new_missing - old_missing)
        change += grid_price * (number_gap(field, new_grids) - number_gap(field, grids))
        if change > 0 and not accepts(rng, change / temperature):
            for i in range(size):
                if labels[cells[i]] != previous[i]:
                    shift(field, state, cells[i], previous[i])
            find_flaws(field, state, names[: max(parts, joined)])
            continue
        grids = new_grids
        missing += new_missing - old_missing
        soft += new - old
        gap = number_gap(field, grids)
        ahead = missing < best_missing - 1e-9 or (missing < best_missing + 1e-9 and gap < best_gap)
        if ahead or (missing < best_missing + 1e-9 and gap == best_gap and soft < best_soft - 1e-9):
            best[:] = labels
            best_missing, best_gap, best_soft = missing, gap, soft
    labels[:] = best
    tally(field, state)
    return best_missing, best_gap, best_soft


@compiled
def _region(
    field: Field,
    state: State,
    chosen: NDArray[np.int64],
    turn: int,
    cells: NDArray[np.int64],
    names: NDArray[np.int64],
    rng: NDArray[np.uint64],
) -> tuple[int, int]:
    """Choose two to four neighbouring grids; fill `cells` and `names`; return how many of each.

    Every other turn starts where something is wrong: outside the bounds, or a complex cut in two.
    """
    labels = state.labels
    n = len(labels)
    seed = below(rng, n)
    if turn % 2 == 0:
        for _ in range(40):
            if violation(field, state, labels[seed]) > 0:
                break
            seed = below(rng, n)
    names[0] = labels[seed]
    chosen[names[0]] = turn
    joined = 1
    wanted = 2 + below(rng, 3)
    if turn % 4 == 1:
        joined = _across_complex(field, labels, chosen, turn, names, rng)
    size = _collect(labels, chosen, turn, cells)
    for _ in range(60):
        if joined >= wanted:
            break
        u = cells[below(rng, size)]
        degree = field.indptr[u + 1] - field.indptr[u]
        if degree == 0:
            break
        g = labels[field.indices[field.indptr[u] + below(rng, degree)]]
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
    rng: NDArray[np.uint64],
) -> int:
    """Look for two grids that cut a complex between them and choose both; else keep the one chosen before."""
    for _ in range(60):
        u = below(rng, len(labels))
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
