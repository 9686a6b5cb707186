"""Barriers no grid may cross: the pairs across them are taken out of the neighbour graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def uncrossed(
    a: ArrayLike, b: ArrayLike, *, shared_m: ArrayLike, barrier: ArrayLike, size: ArrayLike
) -> NDArray[np.bool_]:
    """Which neighbour pairs stay when barriers cannot be crossed, shape (m,).

    Pairs a, b with their shared metres, whether a barrier lies between them, and the `size` of each cell, shape
    (n,). Pairs across a barrier go, but ground where nobody lives (water, a park between roads) would be cut off
    without any chance to become a grid: it stays joined to one neighbour, that with the longest shared outline.
    Two parts where people live are never joined.

    >>> uncrossed([0, 1], [1, 2], shared_m=[5, 9], barrier=[True, True], size=[10, 0, 10]).tolist()
    [False, True]
    """
    a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
    shared, across = np.asarray(shared_m, np.float64), np.asarray(barrier, bool)
    lived = [bool(x > 0) for x in np.asarray(size)]
    parent = list(range(len(lived)))

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    def join(i: int, j: int) -> None:
        parent[j] = i
        lived[i] = lived[i] or lived[j]

    for i, j in zip(a[~across].tolist(), b[~across].tolist(), strict=True):
        left, right = root(i), root(j)
        if left != right:
            join(left, right)
    stays = ~across
    order = np.lexsort((b, a, -shared))
    for pair in order[across[order]].tolist():
        left, right = root(int(a[pair])), root(int(b[pair]))
        if left != right and not (lived[left] and lived[right]):
            join(left, right)
            stays[pair] = True
    return stays
