"""Two neighbouring grids cut anew along a straight line, by cells, by rows of buildings or by whole complexes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import below, compiled, uniform

_BY_COMPLEX = 0.3
"""Share of the slices that keep complexes on one side."""


@compiled
def slice_in_two(
    field: Field, cells: NDArray[np.int64], place: NDArray[np.int64], rng: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], int]:
    """The side (0 or 1) of each of the connected `cells`, and 2; (zeros, 0) where the line drawn leaves no two connected
    sides. `place` gives each of `cells` its number here, -1 to every other cell.

    The line has a random direction and stands where both sides are within bounds, or as even as can be. What it cuts
    off goes to the other side.
    """
    n = len(cells)
    side = np.zeros(n, np.int64)
    turn = np.pi * uniform(rng)
    along = np.cos(turn) * field.x[cells] + np.sin(turn) * field.y[cells]
    if len(field.complex_size) and uniform(rng) < _BY_COMPLEX:
        along = _of_complexes(field, cells, along)
    order = np.argsort(along)
    total = field.households[cells].sum()
    before = 0
    first, last, even, least = -1, -1, 0, np.inf
    for i in range(n - 1):
        before += field.households[cells[order[i]]]
        rest = total - before
        if field.fair_lo <= before <= field.fair_hi and field.fair_lo <= rest <= field.fair_hi:
            first = i if first < 0 else first
            last = i
        uneven = abs(2 * before - total)
        if uneven < least:
            even, least = i, uneven
    at = even if first < 0 else first + below(rng, last - first + 1)
    for i in range(at + 1, n):
        side[order[i]] = 1
    for s in (0, 1):
        _give_away_pieces(field, cells, place, side, s)
    if _pieces(field, cells, place, side, 0)[0] != 1 or _pieces(field, cells, place, side, 1)[0] != 1:
        return side, 0
    return side, 2


@compiled
def _of_complexes(field: Field, cells: NDArray[np.int64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """`along` with the mean of its complex for every cell that has one that fits into a grid."""
    count = len(field.complex_size)
    total, number = np.zeros(count), np.zeros(count)
    for i in range(len(cells)):
        c = field.complex_of[cells[i]]
        if c >= 0:
            total[c] += along[i]
            number[c] += 1
    means = along.copy()
    for i in range(len(cells)):
        c = field.complex_of[cells[i]]
        if c >= 0 and field.complex_size[c] <= field.hi:
            means[i] = total[c] / number[c]
    return means


@compiled
def _pieces(
    field: Field, cells: NDArray[np.int64], place: NDArray[np.int64], side: NDArray[np.int64], s: int
) -> tuple[int, NDArray[np.int64]]:
    """Number of connected pieces of side `s`, and the piece of each of `cells` (-1 on the other side)."""
    n = len(cells)
    piece = np.full(n, -1, np.int64)
    queue = np.empty(n, np.int64)
    count = 0
    for start in range(n):
        if side[start] != s or piece[start] >= 0:
            continue
        piece[start] = count
        queue[0] = start
        filled, at = 1, 0
        while at < filled:
            v = cells[queue[at]]
            at += 1
            for e in range(field.indptr[v], field.indptr[v + 1]):
                j = place[field.indices[e]]
                if j >= 0 and side[j] == s and piece[j] < 0:
                    piece[j] = count
                    queue[filled] = j
                    filled += 1
        count += 1
    return count, piece


@compiled
def _give_away_pieces(
    field: Field, cells: NDArray[np.int64], place: NDArray[np.int64], side: NDArray[np.int64], s: int
) -> None:
    """All pieces of side `s` but the one with most households go to the other side."""
    count, piece = _pieces(field, cells, place, side, s)
    if count <= 1:
        return
    weight = np.zeros(count)
    for i in range(len(cells)):
        if piece[i] >= 0:
            weight[piece[i]] += field.households[cells[i]] + 1e-6
    kept = np.argmax(weight)
    for i in range(len(cells)):
        if piece[i] >= 0 and piece[i] != kept:
            side[i] = 1 - s
