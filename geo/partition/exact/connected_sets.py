"""All connected sets of cells whose households lie within bounds, where they are few enough to be listed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import compiled


class Graph(NamedTuple):
    """Cells, their households and what joins them."""

    cells: NDArray[np.int64]
    """(n,) their numbers in the field."""
    indptr: NDArray[np.int64]
    indices: NDArray[np.int64]
    households: NDArray[np.int64]


def whole(field: Field) -> Graph:
    """The graph of all cells, empty ones too."""
    return Graph(np.arange(len(field.households)), field.indptr, field.indices, field.households)


def within(graph: Graph, region: NDArray[np.int64]) -> Graph:
    """The graph of the cells `region` (ascending numbers in `graph`) and what joins them."""
    place = np.full(len(graph.cells), -1, np.int64)
    place[region] = np.arange(len(region))
    rows = [place[graph.indices[graph.indptr[v] : graph.indptr[v + 1]]] for v in region]
    inside = [row[row >= 0] for row in rows]
    indptr = np.zeros(len(region) + 1, np.int64)
    np.cumsum([len(row) for row in inside], out=indptr[1:])
    return Graph(
        graph.cells[region], indptr, np.concatenate(inside).astype(np.int64), graph.households[region]
    )


@compiled
def connected_sets(
    graph: Graph, lo: int, hi: int, most_sets: int, most_members: int, most_work: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], bool]:
    """Every connected set with `lo` to `hi` households, once each: (offsets, members, complete).

    Sets grow from their first cell by cells after it; a cell passed over stays out of what grows later (Wernicke's
    ESU). Stops, not complete, beyond `most_sets`, `most_members` in all of them, or `most_work` sets looked at.
    """
    n = len(graph.cells)
    offsets = np.zeros(most_sets + 1, np.int64)
    members = np.empty(most_members, np.int32)
    near = np.zeros(n, np.int64)
    inside = np.empty(n, np.int64)
    ahead = np.empty((n + 1, n), np.int32)
    waiting = np.zeros(n + 1, np.int64)
    count, filled, work = 0, 0, 0
    for root in range(n):
        if graph.households[root] > hi:
            continue
        depth, total = -1, 0
        waiting[0] = 1
        ahead[0, 0] = root
        while depth >= -1:
            if waiting[depth + 1] == 0:
                if depth >= 0:
                    u = inside[depth]
                    total -= graph.households[u]
                    near[u] -= 1
                    for e in range(graph.indptr[u], graph.indptr[u + 1]):
                        near[graph.indices[e]] -= 1
                depth -= 1
                continue
            waiting[depth + 1] -= 1
            u = ahead[depth + 1, waiting[depth + 1]]
            if total + graph.households[u] > hi:
                continue
            work += 1
            left = waiting[depth + 1]
            if depth < 0:
                left = 0
            for i in range(left):
                ahead[depth + 2, i] = ahead[depth + 1, i]
            depth += 1
            inside[depth] = u
            for e in range(graph.indptr[u], graph.indptr[u + 1]):
                x = graph.indices[e]
                if x > root and near[x] == 0:
                    ahead[depth + 1, left] = x
                    left += 1
            waiting[depth + 1] = left
            near[u] += 1
            for e in range(graph.indptr[u], graph.indptr[u + 1]):
                near[graph.indices[e]] += 1
            total += graph.households[u]
            if total >= lo:
                if count == most_sets or filled + depth + 1 > most_members:
                    return offsets[: count + 1], members[:filled].astype(np.int64), False
                for i in range(depth + 1):
                    members[filled + i] = inside[i]
                filled += depth + 1
                count += 1
                offsets[count] = filled
            if work > most_work:
                return offsets[: count + 1], members[:filled].astype(np.int64), False
    return offsets[: count + 1], members[:filled].astype(np.int64), True
