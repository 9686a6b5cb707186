"""How two plans of the same cells go together: the best match of their grids, and what moves between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array

Ints = NDArray[np.int64]


def best_match(before: ArrayLike, after: ArrayLike, households: ArrayLike) -> dict[int, int]:
    """Which grid of `before` each grid of `after` stands for: label after -> label before, none of them twice, so that
    most households stay. All arguments have shape (n_cells,); label -1 is no grid.

    >>> best_match([0, 0, 1], [7, 8, 8], [5, 1, 9])
    {7: 0, 8: 1}
    """
    old, new, held = _aligned(before, after, households)
    inside = (old >= 0) & (new >= 0)
    olds, i = np.unique(old[inside], return_inverse=True)
    news, j = np.unique(new[inside], return_inverse=True)
    overlap = coo_array((held[inside], (i, j)), shape=(len(olds), len(news))).toarray()
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    pairs = [(int(news[c]), int(olds[r])) for r, c in zip(rows, columns, strict=True) if overlap[r, c] > 0]
    return dict(sorted(pairs))


def moved(before: ArrayLike, after: ArrayLike, households: ArrayLike) -> NDArray[np.bool_]:
    """Which cells change grid under the best match, shape (n_cells,). A cell that had no grid before does not."""
    old, new, _ = _aligned(before, after, households)
    match = best_match(before, after, households)
    stands_for = np.array([match.get(int(label), -2) for label in new], np.int64)
    return np.asarray((old >= 0) & (stands_for != old))


def moved_households(before: ArrayLike, after: ArrayLike, households: ArrayLike) -> int:
    """Households whose grid changes under the best match of old and new grids.

    >>> moved_households([0, 0, 1], [7, 8, 8], [5, 1, 9])
    1
    """
    return int(np.asarray(households, np.int64)[moved(before, after, households)].sum())


def distance(one: ArrayLike, other: ArrayLike, households: ArrayLike) -> float:
    """How different two plans are: the share of households in different grids under the best match, 0-1.

    >>> distance([0, 0, 1], [1, 1, 0], [5, 1, 9])
    0.0
    """
    total = int(np.asarray(households, np.int64).sum())
    if total:
        return moved_households(one, other, households) / total
    return float(moved(one, other, np.ones(len(np.asarray(one)), np.int64)).mean())


def _aligned(before: ArrayLike, after: ArrayLike, households: ArrayLike) -> tuple[Ints, Ints, Ints]:
    return np.asarray(before, np.int64), np.asarray(after, np.int64), np.asarray(households, np.int64)
