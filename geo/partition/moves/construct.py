"""First plans: a random spanning tree cut by dynamic programming, and METIS k-way at a given number of grids."""

from __future__ import annotations

import numpy as np
import pymetis
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import compiled
from geo.partition.moves.trees import cut_tree, spanning_tree

_METIS_MAX_WEIGHT = 2**30
"""METIS may count in 32 bits; larger sums are scaled down, which only a start can bear."""


def tree_plan(
    field: Field, rng: NDArray[np.uint64], *, violation_price: float, grid_price: float
) -> NDArray[np.int64]:
    """The best plan along one random spanning tree that keeps complexes and blocks together. Shape (n,)."""
    n = len(field.households)
    cells = np.arange(n)
    order, parent, entry = spanning_tree(field, cells, np.arange(n), 1.0, rng)
    labels, _ = cut_tree(field, cells, order, parent, entry, violation_price, grid_price)
    return labels


def metis_plan(field: Field, grids: int, *, seed: int) -> NDArray[np.int64]:
    """METIS's contiguous k-way plan for `grids` grids; it may break the bounds. Shape (n,).

    Parts METIS leaves disconnected become grids of their own.
    """
    n = len(field.households)
    if grids < 2 or grids >= n or not field.households.any():
        return np.arange(n) if 1 < grids >= n else np.zeros(n, np.int64)
    total = int(field.households.sum())
    scale = max(1, total // _METIS_MAX_WEIGHT + 1)
    source = np.repeat(np.arange(n), np.diff(field.indptr))
    own = field.complex_of[source]
    together = (own >= 0) & (own == field.complex_of[field.indices])
    length = field.cut / max(float(field.cut.mean()), 1e-300)
    length = np.where(together, 6.0, np.where(field.inside > 0, 0.4, 1.0)) * (length + 0.05)
    options = pymetis.Options(seed=seed, contig=1, ncuts=2, ufactor=_slack_permille(field.hi * grids, total))
    answer = pymetis.part_graph(
        grids,
        pymetis.CSRAdjacency(adj_starts=field.indptr.tolist(), adjacent=field.indices.tolist()),
        vweights=(field.households // scale).tolist(),
        eweights=np.clip(np.round(100 * length), 1, 10_000).astype(int).tolist(),
        recursive=False,
        options=options,
    )
    return connected_labels(field, np.asarray(answer.vertex_part, np.int64))


def _slack_permille(capacity: int, total: int) -> int:
    """How much heavier than the average METIS may make a part, in its thousandths."""
    return int(min(300, max(1, 1000 * (capacity / total - 1))))


def connected_labels(field: Field, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """`labels` with every connected piece of a grid as a grid of its own, numbered by its first cell."""
    n = len(labels)
    source = np.repeat(np.arange(n), np.diff(field.indptr))
    same = labels[source] == labels[field.indices]
    graph = coo_array((np.ones(same.sum(), np.int8), (source[same], field.indices[same])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    return np.asarray(piece, np.int64)


def at_number(
    field: Field, labels: NDArray[np.int64], grids: int, rng: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """`labels` brought to `grids` connected grids (as far as there are cells): the largest are halved along a random
    tree, the smallest joined to their smallest neighbours."""
    labels = connected_labels(field, labels)
    count = int(labels.max()) + 1
    while count < min(grids, len(labels)):
        sums = np.bincount(labels, field.households + 1e-6, count)
        sums[np.bincount(labels, minlength=count) < 2] = -1
        halve(field, labels, int(np.argmax(sums)), count, rng)
        count += 1
    while count > grids:
        sums = np.bincount(labels, field.households, count)
        least = int(np.argmin(sums))
        across = labels[field.source] == least
        beside = np.setdiff1d(labels[field.indices[across]], [least])
        if not len(beside):
            break
        labels[labels == least] = beside[np.argmin(sums[beside])]
        labels[labels == count - 1] = least if least != count - 1 else labels[labels == count - 1]
        count -= 1
    return labels


@compiled
def halve(field: Field, labels: NDArray[np.int64], grid: int, new: int, rng: NDArray[np.uint64]) -> None:
    """Cut `grid` in two along a random spanning tree, where the households come out most even; one part becomes `new`."""
    cells = np.flatnonzero(labels == grid)
    place = np.full(len(labels), -1, np.int64)
    for i in range(len(cells)):
        place[cells[i]] = i
    order, parent, _ = spanning_tree(field, cells, place, 1.0, rng)
    below_it = field.households[cells].copy()
    for step in range(len(cells) - 1, 0, -1):
        below_it[parent[order[step]]] += below_it[order[step]]
    total = below_it[order[0]]
    best, least = order[1], np.inf
    for step in range(1, len(cells)):
        uneven = abs(2.0 * below_it[order[step]] - total)
        if uneven < least:
            best, least = order[step], uneven
    chosen = np.zeros(len(cells), np.bool_)
    chosen[best] = True
    for step in range(1, len(cells)):
        i = order[step]
        if chosen[parent[i]]:
            chosen[i] = True
        if chosen[i]:
            labels[cells[i]] = new
