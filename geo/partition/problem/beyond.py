"""What lies beyond the cells that are divided, as far as it touches them: the outside, and islands of ground that stays.

Known, it tells the outline of a grid in full, and whether a grid encloses such an island."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_LEAST_RIM_M = 0.5
"""Less outline towards the outside is the difference of two roundings."""


class Beyond(NamedTuple):
    """Stretches of outline that cells share with no other cell, one row for each cell and ground."""

    cell: NDArray[np.int64]
    """(r,) the cell."""
    ground: NDArray[np.int64]
    """(r,) what lies there: 0 all that is outside, above it islands in the cells."""
    metres: NDArray[np.float64]
    """(r,) how long the stretch is."""

    @property
    def grounds(self) -> int:
        """Number of grounds, the outside among them."""
        return int(self.ground.max(initial=0)) + 1


NOTHING = Beyond(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
"""Where outlines are unknown."""


def outer_rim(
    outline_m: NDArray[np.float64], indptr: NDArray[np.int64], shared_m: NDArray[np.float64]
) -> Beyond:
    """What is left of each cell's outline (n,) once its pairs, `shared_m` in compressed lists, are taken off; all of
    it lies outside.

    >>> outer_rim(np.array([40.0, 40.0]), np.array([0, 1, 2]), np.array([10.0, 10.0])).metres.tolist()
    [30.0, 30.0]
    """
    n = len(outline_m)
    rim = outline_m - np.bincount(np.repeat(np.arange(n), np.diff(indptr)), shared_m, n)
    cells = np.flatnonzero(rim > _LEAST_RIM_M).astype(np.int64)
    return Beyond(cells, np.zeros(len(cells), np.int64), rim[cells].astype(np.float64))


def beyond_some(
    beyond: Beyond,
    chosen: NDArray[np.int64],
    n: int,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> Beyond:
    """What lies beyond `chosen` (ascending) of `n` cells with the neighbour `pairs` (a, b, shared metres): what lay
    beyond before, and the cells that are not chosen, those that touch being one ground."""
    a, b, shared_m = pairs
    inside = np.zeros(n, bool)
    inside[chosen] = True
    apart, edge = ~inside[a] & ~inside[b], ~inside[beyond.cell]
    rows = np.concatenate([a[apart], beyond.cell[edge]])
    columns = np.concatenate([b[apart], n + beyond.ground[edge]])
    size = n + beyond.grounds
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    place = np.cumsum(inside) - 1
    across, held = inside[a] != inside[b], ~edge
    own = np.where(inside[a], a, b)[across]
    other = np.where(inside[a], b, a)[across]
    cell = np.concatenate([place[own], place[beyond.cell[held]]])
    ground = np.concatenate([part[other], part[n + beyond.ground[held]]])
    islands = np.unique(ground[ground != part[n]])  # ground 0 stays the outside
    number = np.where(ground == part[n], 0, np.searchsorted(islands, ground) + 1)
    metres = np.concatenate([shared_m[across], beyond.metres[held]])
    found, at = np.unique(np.column_stack([cell, number]), axis=0, return_inverse=True)
    total = np.bincount(at.reshape(-1), metres, len(found)).astype(np.float64)
    return Beyond(found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), total)
