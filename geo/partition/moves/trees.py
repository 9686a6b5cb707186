"""Random spanning trees and the exact cutting of a tree into grids: dynamic programming over household sums.

The tree prefers edges inside a complex, then inside a block, so that its subtrees are whole complexes and blocks.
The program finds the cut of least violation, then least cost; sums are exact, but where a grid may hold more
households than there are buckets, only the best partial sum of each bucket is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import below, compiled, uniform

BUCKETS = 150


@compiled
def spanning_tree(
    field: Field,
    cells: NDArray[np.int64],
    place: NDArray[np.int64],
    bias: float,
    rng: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """A random spanning tree of the connected `cells`: (order, parent, entry), each (n,).

    `place` (all cells) gives each of `cells` its number here and -1 to every other one. `order` lists numbers from
    the root outwards, `parent` the number nearer the root (-1 for the root), `entry` the neighbour entry used.
    `bias`: 0 ignores complexes and barriers, 1 follows them strictly.
    """
    n = len(cells)
    order = np.empty(n, np.int64)
    parent = np.empty(n, np.int64)
    entry = np.empty(n, np.int64)
    key = np.empty(n, np.float64)  # of the best edge into the tree; -1 once inside
    for i in range(n):
        parent[i] = entry[i] = -1
        key[i] = np.inf
    nearest = below(rng, n)
    for step in range(n):  # Prim; every edge is met once from outside, and drawn then
        order[step] = nearest
        key[nearest] = -1.0
        u = cells[nearest]
        for e in range(field.indptr[u], field.indptr[u + 1]):
            j = place[field.indices[e]]
            if j < 0 or key[j] < 0:
                continue
            kind = 1.0
            if field.complex_of[u] >= 0 and field.complex_of[u] == field.complex_of[cells[j]]:
                kind = 0.0
            elif field.inside[e] > 0:
                kind = 2.0
            drawn = kind * bias + uniform(rng)
            if drawn < key[j]:
                key[j], parent[j], entry[j] = drawn, nearest, e
        least = np.inf
        for j in range(n):
            if 0 <= key[j] < least:
                least, nearest = key[j], j
    return order, parent, entry


@compiled
def cut_tree(
    field: Field,
    cells: NDArray[np.int64],
    order: NDArray[np.int64],
    parent: NDArray[np.int64],
    entry: NDArray[np.int64],
    violation_price: float,
    grid_price: float,
) -> tuple[NDArray[np.int64], int]:
    """The best cut of a spanning tree into grids: the grid (0, 1, ...) of each of `cells`, and their number.

    Best: least `violation_price` x households outside the bounds + `grid_price` x grids + prices of the tree edges.
    """
    n = len(cells)
    lo, hi = field.lo, field.hi
    width = min(hi, BUCKETS) + 2
    last = width - 1  # one bucket for everything above the bound
    total = np.empty((n, width), np.int64)
    cost = np.full((n, width), np.inf)
    active = np.empty((n, width), np.int32)
    n_active = np.empty(n, np.int32)
    before = np.empty((n, width), np.int32)  # bucket of the parent before the child was added ...
    joined = np.empty((n, width), np.int32)  # ... and of the child; -1 where the child closed its grid
    closed_bucket = np.empty(n, np.int64)
    new_total = np.empty(width, np.int64)
    new_cost = np.full(width, np.inf)
    new_before = np.empty(width, np.int32)
    new_joined = np.empty(width, np.int32)
    new_active = np.empty(width, np.int32)
    for i in range(n):
        households = field.households[cells[i]]
        bucket = last if households > hi else households * (width - 2) // hi
        total[i, bucket] = households
        cost[i, bucket] = 0.0
        active[i, 0] = bucket
        n_active[i] = 1
    closed = 0.0
    for step in range(n - 1, -1, -1):
        c = order[step]
        closed = np.inf
        for t in range(n_active[c]):
            bucket = active[c, t]
            s = total[c, bucket]
            price = cost[c, bucket] + grid_price + violation_price * (max(0, s - hi) + max(0, lo - s))
            if price < closed:
                closed = price
                closed_bucket[c] = bucket
        v = parent[c]
        if v < 0:
            break
        e = entry[c]
        cut_price = 2.0 * field.cut[e]
        complex_ = field.complex_of[cells[c]]
        if complex_ >= 0 and complex_ == field.complex_of[cells[v]]:
            cut_price += field.complex_price[complex_]
        keep_price = 2.0 * field.inside[e]
        count = 0
        for t in range(n_active[v]):
            bucket = active[v, t]
            s, price = total[v, bucket], cost[v, bucket]
            alone = price + closed + cut_price
            if new_cost[bucket] == np.inf:
                new_active[count] = bucket
                count += 1
            if alone < new_cost[bucket]:
                new_cost[bucket], new_total[bucket] = alone, s
                new_before[bucket], new_joined[bucket] = bucket, -1
            for r in range(n_active[c]):
                child = active[c, r]
                together = s + total[c, child]
                both = price + cost[c, child] + keep_price
                target = last
                if together <= hi:
                    target = together * (width - 2) // hi
                    better = both < new_cost[target]
                else:
                    better = both + violation_price * together < (
                        new_cost[last] + violation_price * new_total[last]
                        if new_cost[last] < np.inf
                        else np.inf
                    )
                if better:
                    if new_cost[target] == np.inf:
                        new_active[count] = target
                        count += 1
                    new_cost[target], new_total[target] = both, together
                    new_before[target], new_joined[target] = bucket, child
        for t in range(n_active[v]):
            cost[v, active[v, t]] = np.inf
        for t in range(count):
            bucket = new_active[t]
            active[v, t] = bucket
            cost[v, bucket], total[v, bucket] = new_cost[bucket], new_total[bucket]
            before[c, bucket], joined[c, bucket] = new_before[bucket], new_joined[bucket]
            new_cost[bucket] = np.inf
        n_active[v] = count
    return _follow(order, parent, before, joined, closed_bucket)


@compiled
def _follow(
    order: NDArray[np.int64],
    parent: NDArray[np.int64],
    before: NDArray[np.int32],
    joined: NDArray[np.int32],
    closed_bucket: NDArray[np.int64],
) -> tuple[NDArray[np.int64], int]:
    """Walk the choices of `cut_tree` back from the root."""
    n = len(order)
    grid = np.zeros(n, np.int64)
    bucket = np.zeros(n, np.int64)
    bucket[order[0]] = closed_bucket[order[0]]
    grids = 1
    for step in range(1, n):
        c = order[step]
        v = parent[c]
        at = bucket[v]
        child = joined[c, at]
        bucket[v] = before[c, at]
        if child < 0:
            grid[c] = grids
            grids += 1
            bucket[c] = closed_bucket[c]
        else:
            grid[c] = grid[v]
            bucket[c] = child
    return grid, grids
