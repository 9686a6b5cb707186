"""Contiguity tests that look only around the moved cells, and the connected pieces a move may take along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import below, compiled


@compiled
def stays_whole(
    field: Field,
    labels: NDArray[np.int64],
    g: int,
    moved: NDArray[np.int64],
    size: int,
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> bool:
    """Whether grid `g`, which the first `size` of `moved` have just left, is still in one part.

    Walks from one cell they touched until all cells they touched are met: mostly a few steps. `mark` holds no
    value of `stamp` yet. False as well when they touched nothing of the grid.
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
        return touched == 1
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


@compiled
def touches(field: Field, labels: NDArray[np.int64], v: int, g: int) -> bool:
    """Whether a neighbour of cell `v` lies in grid `g`; `labels` hold the grid of each cell."""
    found = False
    for e in range(field.indptr[v], field.indptr[v + 1]):
        found = found or labels[field.indices[e]] == g
    return found


@compiled
def piece_of_complex(
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
def way_back(field: Field, labels: NDArray[np.int64], v: int, g: int, h: int, rng: NDArray[np.uint64]) -> int:
    """A cell of grid `h` that could change places with `v` of grid `g`, found by a short walk; -1 for none."""
    at = v
    for _ in range(10):
        degree = field.indptr[at + 1] - field.indptr[at]
        other = field.indices[field.indptr[at] + below(rng, degree)]
        if labels[other] != g and labels[other] != h:
            continue
        at = other
        if at == v or labels[at] != h:
            continue
        for e in range(field.indptr[at], field.indptr[at + 1]):
            if labels[field.indices[e]] == g and field.indices[e] != v:
                return int(at)
    return -1
