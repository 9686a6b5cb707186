"""Connected sets of cells that are worth more than a grid, given the worth of every cell: found without listing the rest.

Sets grow cell by cell (Wernicke's ESU, each once); a set that cannot reach the threshold, even if it were filled up
with parts of the best cells within reach, is dropped with all that would grow from it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.kernels import compiled


class Ground(NamedTuple):
    """Cells that sets are made of, heaviest first: a set is found from its heaviest cell."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int64]
    households: NDArray[np.int64]
    """(n,) descending."""
    apart: NDArray[np.bool_]
    """(n, n) cells that may not be in one set."""
    lo: int
    hi: int


class Found(NamedTuple):
    """Sets in compressed rows."""

    offsets: NDArray[np.int64]
    members: NDArray[np.int32]
    complete: bool
    """There are no others."""
    work: int
    """Sets looked at."""

    @property
    def sets(self) -> int:
        """Number of sets."""
        return len(self.offsets) - 1


@compiled
def within_reach(ground: Ground, order: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """For each cell the lighter ones that fit into a set with it and what lies between, in `order`: (cells, counts)."""
    n = len(ground.households)
    cells = np.empty((n, n), np.int32)
    counts = np.zeros(n, np.int64)
    load = np.empty(n, np.int64)
    closed = np.empty(n, np.bool_)
    for root in range(n):
        load[:] = ground.hi + 1
        closed[:] = False
        load[root] = ground.households[root]
        while True:
            best = -1
            for v in range(root, n):
                if not closed[v] and load[v] <= ground.hi and (best < 0 or load[v] < load[best]):
                    best = v
            if best < 0:
                break
            closed[best] = True
            for e in range(ground.indptr[best], ground.indptr[best + 1]):
                u = ground.indices[e]
                if u > root and load[best] + ground.households[u] < load[u]:
                    load[u] = load[best] + ground.households[u]
        for v in order:
            if v != root and closed[v]:
                cells[root, counts[root]] = v
                counts[root] += 1
    return cells, counts


@compiled
def worthy_sets(
    ground: Ground,
    worth: NDArray[np.float64],
    order: NDArray[np.int64],
    threshold: float,
    per_root: int,
    work_per_root: int,
    most_work: int,
) -> Found:
    """Connected sets within bounds whose cells are worth more than `threshold` together, without cells at their edge that
    hold no households.

    `order`: the cells by worth per household, best first; those without households, whose worth is not above 0, last.
    No more than `per_root` sets are found from one cell, no more than `work_per_root` looked at, `most_work` in all;
    not complete where that cuts the search.
    """
    households = ground.households
    n = len(households)
    reach, counts = within_reach(ground, order)
    near = np.zeros(n, np.int64)
    inside = np.empty(n, np.int64)
    shut = np.zeros(n, np.bool_)  # inside, or passed over
    ahead = np.empty((n + 2, n), np.int32)
    waiting, filled = np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64)
    offsets, members = [0], [np.int32(0) for _ in range(0)]  # empty, but of a known type
    complete, worked = True, 0
    for root in range(n):
        if households[root] > ground.hi or households[root] == 0:
            continue
        depth, total, value, found, work = -1, 0, 0.0, 0, 0
        waiting[0] = filled[0] = 1
        ahead[0, 0] = root
        while depth >= -1:
            ended = found >= per_root or work >= work_per_root or worked >= most_work
            if waiting[depth + 1] == 0 or ended:
                complete = complete and (waiting[depth + 1] == 0 or not ended)
                for i in range(filled[depth + 1]):
                    shut[ahead[depth + 1, i]] = False
                if depth >= 0:
                    u = inside[depth]
                    total -= households[u]
                    value -= worth[u]
                    near[u] -= 1
                    for e in range(ground.indptr[u], ground.indptr[u + 1]):
                        near[ground.indices[e]] -= 1
                    shut[u] = True
                depth -= 1
                continue
            waiting[depth + 1] -= 1
            u = ahead[depth + 1, waiting[depth + 1]]
            shut[u] = True
            if total + households[u] > ground.hi:
                continue
            fits = True
            for i in range(depth + 1):
                fits = fits and not ground.apart[u, inside[i]]
            if not fits:
                continue
            work += 1
            worked += 1
            room = ground.hi - total - households[u]
            if (
                _at_best(value + worth[u], room, root, reach, counts, shut, worth, households, threshold)
                <= threshold
            ):
                continue
            left = waiting[depth + 1] if depth >= 0 else 0
            for i in range(left):
                ahead[depth + 2, i] = ahead[depth + 1, i]
            depth += 1
            inside[depth] = u
            for e in range(ground.indptr[u], ground.indptr[u + 1]):
                x = ground.indices[e]
                if x > root and near[x] == 0:
                    ahead[depth + 1, left] = x
                    left += 1
            waiting[depth + 1] = filled[depth + 1] = left
            near[u] += 1
            for e in range(ground.indptr[u], ground.indptr[u + 1]):
                near[ground.indices[e]] += 1
            total += households[u]
            value += worth[u]
            if total >= ground.lo and value > threshold and _needs_all(households, inside, depth + 1, near):
                found += 1
                members.extend([np.int32(u) for u in inside[: depth + 1]])
                offsets.append(len(members))
        shut[:] = False
    return Found(np.array(offsets), np.array(members), complete, worked)


@compiled
def _needs_all(
    households: NDArray[np.int64], inside: NDArray[np.int64], size: int, near: NDArray[np.int64]
) -> bool:
    """Whether each cell without households joins two others or more. `near`: cells of the set at each, itself too."""
    needed = True
    for i in range(size):
        needed = needed and (households[inside[i]] > 0 or near[inside[i]] > 2)
    return needed


@compiled
def _at_best(
    value: float,
    room: int,
    root: int,
    reach: NDArray[np.int32],
    counts: NDArray[np.int64],
    shut: NDArray[np.bool_],
    worth: NDArray[np.float64],
    households: NDArray[np.int64],
    enough: float,
) -> float:
    """No set that grows into `room` is worth more: the best cells within reach, the last one in part. Stops at `enough`."""
    free = room
    for i in range(counts[root]):
        if value > enough:
            return value
        x = reach[root, i]
        if worth[x] <= 0.0:
            return value
        if shut[x] or households[x] > room:
            continue
        if households[x] > free:
            return float(value + worth[x] * free / households[x])
        free -= households[x]
        value += worth[x]
    return value
