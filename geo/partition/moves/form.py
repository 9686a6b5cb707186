"""The form of a grid as planners see it: how long its outline is for its area, whether it encloses other ground, and
whether it hangs together by a narrow passage only. Each is a price of one grid, so plans stay sums over grids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import compiled

NECK_M = 14.0
"""A passage along less shared outline is a neck: somewhat more than the 12 m that are too narrow, because a line
between two cells seldom runs straight across."""
_LEAST_PIECE_M2 = 400.0
"""What hangs on by a neck and is smaller is part of the passage, not a piece of the grid."""
_ROUND, _LONG = 1.5, 2.3
"""Outline squared over 4 pi area: 1 for a disc, 1.27 for a square. Above the first it costs, above the second it
costs by the square."""
_STEEP = 4.0


@compiled
def shape_price(price: float, outline_m: float, area_m2: float) -> float:
    """What a grid's outline costs for its area, in `price`: nothing for what is nearly round, steep for strips."""
    if price == 0.0 or area_m2 <= 0.0:
        return 0.0
    ratio = outline_m * outline_m / (4.0 * np.pi * area_m2)
    return price * (max(0.0, ratio - _ROUND) + _STEEP * max(0.0, ratio - _LONG) ** 2)


@compiled
def miss_price(price: float, lo: int, hi: int, households: float) -> float:
    """What it costs to miss the bounds within their tolerance, `price` for each household."""
    if price == 0.0:
        return 0.0
    return price * (max(0.0, households - hi) + max(0.0, lo - households))


@compiled
def flaws(
    field: Field,
    grid_of: NDArray[np.int64],
    g: int,
    cells: NDArray[np.int64],
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> int:
    """Pieces of ground that grid `g` encloses, and pieces of it that hang on by a neck.

    `cells`: those with `grid_of` equal to `g`. `mark` and `queue` (cells and grounds beyond) are room to work in;
    `mark` holds no value of `stamp` or above yet, and gets values below `stamp + len(cells) + 2`.
    """
    return enclosed(field.around_ptr, field.around, grid_of, g, cells, queue, mark, stamp) + necks(
        field.indptr, field.indices, field.shared, field.area, grid_of, g, cells, queue, mark, stamp + 2
    )


@compiled
def enclosed(
    around_ptr: NDArray[np.int64],
    around: NDArray[np.int64],
    grid_of: NDArray[np.int64],
    g: int,
    cells: NDArray[np.int64],
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> int:
    """Pieces of ground that touch `g` and cannot be left without crossing it, but for one.

    What `cells` touch outside `g` must be one piece; each piece more is enclosed. Marks are `stamp + 1` (to be met),
    then `stamp` (met).
    """
    n = len(grid_of)
    touched = 0
    for v in cells:
        for e in range(around_ptr[v], around_ptr[v + 1]):
            u = around[e]
            if (u >= n or grid_of[u] != g) and mark[u] != stamp + 1:
                mark[u] = stamp + 1
                touched += 1
    pieces = 0
    for v in cells:
        for start in range(around_ptr[v], around_ptr[v + 1]):
            if touched == 0:
                return max(0, pieces - 1)
            if mark[around[start]] != stamp + 1:
                continue
            pieces += 1
            touched -= 1
            mark[around[start]] = stamp
            queue[0] = around[start]
            filled, at = 1, 0
            while at < filled and touched:
                u = queue[at]
                at += 1
                for e in range(around_ptr[u], around_ptr[u + 1]):
                    w = around[e]
                    if (w >= n or grid_of[w] != g) and mark[w] != stamp:
                        touched -= mark[w] == stamp + 1
                        mark[w] = stamp
                        queue[filled] = w
                        filled += 1
    return max(0, pieces - 1)


@compiled
def encloses_more(
    around_ptr: NDArray[np.int64],
    around: NDArray[np.int64],
    grid_of: NDArray[np.int64],
    g: int,
    joined: NDArray[np.int64],
    size: int,
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> bool:
    """Whether grid `g` encloses more ground since the first `size` of `joined` came to it: what they touch outside it
    is no longer one piece. `mark` holds neither `stamp` nor its negative yet."""
    n = len(grid_of)
    touched = 0
    for t in range(size):
        for e in range(around_ptr[joined[t]], around_ptr[joined[t] + 1]):
            u = around[e]
            if (u >= n or grid_of[u] != g) and mark[u] != -stamp:
                mark[u] = -stamp  # to be met
                touched += 1
                queue[0] = u
    if touched <= 1:
        return False
    mark[queue[0]] = stamp
    filled, at = 1, 0
    touched -= 1
    while at < filled:
        u = queue[at]
        at += 1
        for e in range(around_ptr[u], around_ptr[u + 1]):
            w = around[e]
            if (w >= n or grid_of[w] != g) and mark[w] != stamp:
                if mark[w] == -stamp:
                    touched -= 1
                    if touched == 0:
                        return False
                mark[w] = stamp
                queue[filled] = w
                filled += 1
    return True


@compiled
def necks(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    shared: NDArray[np.float64],
    area: NDArray[np.float64],
    grid_of: NDArray[np.int64],
    g: int,
    cells: NDArray[np.int64],
    queue: NDArray[np.int64],
    mark: NDArray[np.int64],
    stamp: int,
) -> int:
    """Pieces of `g`, but for one, that hang on by less than `NECK_M` of shared outline.

    Pieces are joined by single lines as long as that, then by all lines between two pieces together.
    """
    pieces = 0
    for first in cells:  # mark[v] = stamp + its piece
        if mark[first] >= stamp:
            continue
        mark[first] = stamp + pieces
        queue[0] = first
        filled, at = 1, 0
        while at < filled:
            u = queue[at]
            at += 1
            for e in range(indptr[u], indptr[u + 1]):
                w = indices[e]
                if grid_of[w] == g and mark[w] < stamp and shared[e] >= NECK_M:
                    mark[w] = stamp + pieces
                    queue[filled] = w
                    filled += 1
        pieces += 1
    if pieces <= 1:
        return 0
    between = np.zeros((pieces, pieces))
    ground = np.zeros(pieces)
    for v in cells:
        ground[mark[v] - stamp] += area[v]
        for e in range(indptr[v], indptr[v + 1]):
            if grid_of[indices[e]] == g:
                between[mark[v] - stamp, mark[indices[e]] - stamp] += shared[e]
    return _hanging(between, ground)


@compiled
def _hanging(between: NDArray[np.float64], ground: NDArray[np.float64]) -> int:
    """Large pieces, but for one, once those that share `NECK_M` in all, `between` them, are joined."""
    pieces = len(ground)
    i, j = 1, 0
    while i < pieces:
        if ground[i] >= 0 and ground[j] >= 0 and between[i, j] >= NECK_M:
            for other in range(pieces):
                between[j, other] += between[i, other]
                between[other, j] += between[other, i]
            ground[j] += ground[i]
            ground[i] = -1.0  # gone into j
            i, j = 1, 0
            continue
        j += 1
        if j == i:
            i, j = i + 1, 0
    return max(0, int((ground >= _LEAST_PIECE_M2).sum()) - 1)
