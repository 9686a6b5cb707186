"""Cells joined to larger ones before a search: whole complexes, so that they move whole; the smallest cells with a
neighbour, so that there are fewer."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.partition.moves.field import Field
from geo.partition.moves.kernels import uniform


def pieces(field: Field, most: float) -> NDArray[np.int64]:
    """(n,) number of the piece each cell goes with: connected cells of one complex with no more than `most`
    households together; other cells are pieces of their own."""
    n = len(field.households)
    own = field.complex_of[field.source]
    same = (own >= 0) & (own == field.complex_of[field.indices])
    graph = coo_array(
        (np.ones(int(same.sum()), np.int8), (field.source[same], field.indices[same])), shape=(n, n)
    )
    count, piece = connected_components(graph, directed=False)
    large = np.bincount(piece, field.households, count) > most
    loose = large[piece]
    piece = np.where(loose, count + np.arange(n), piece)
    return np.unique(piece, return_inverse=True)[1].astype(np.int64)


def grains(field: Field, least: float, rng: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(n,) number of the grain each cell goes with: the smallest is joined to a small neighbour, drawn by `rng`, until
    all have `least` households. Cells without households stay alone."""
    households = field.households.astype(np.float64)
    near = [set(field.indices[a:b].tolist()) for a, b in itertools.pairwise(field.indptr)]
    grain = np.arange(len(households))
    small = {int(v) for v in np.flatnonzero((households > 0) & (households < least))}
    while small:
        v = min(small, key=lambda cell: (households[cell], cell))
        small.discard(v)
        beside = sorted(u for u in near[v] if households[u] > 0)
        if not beside:
            continue
        drawn = [households[u] * (0.5 + uniform(rng)) for u in beside]
        u = beside[int(np.argmin(drawn))]
        grain[grain == v] = u
        households[u] += households[v]
        for other in near[v]:
            near[other].discard(v)
        near[u] |= near[v] - {u}
        for other in near[v] - {u}:
            near[other].add(u)
        if households[u] >= least:
            small.discard(u)
    return np.unique(grain, return_inverse=True)[1].astype(np.int64)


def contracted(field: Field, piece: NDArray[np.int64]) -> Field:
    """The field of pieces: households, people and neighbours only, all prices zero."""
    count = int(piece.max()) + 1
    a, b = piece[field.source], piece[field.indices]
    across = a != b
    graph = csr_array((np.ones(int(across.sum())), (a[across], b[across])), shape=(count, count))
    graph.sum_duplicates()
    graph.sort_indices()
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int64)
    nothing = np.zeros(count)
    return field._replace(
        households=np.bincount(piece, field.households, count).astype(np.int64),
        people=np.bincount(piece, field.people, count).astype(np.int64),
        x=nothing,
        y=nothing,
        mass=nothing,
        complex_of=np.full(count, -1, np.int64),
        complex_size=np.zeros(0),
        complex_price=np.zeros(0),
        indptr=indptr,
        indices=indices,
        cut=np.zeros(len(indices)),
        inside=np.zeros(len(indices)),
        source=np.repeat(np.arange(count), np.diff(indptr)),
        nets=np.empty((0, count), np.int64),
        net_price=np.zeros(0),
        distance=np.zeros((0, 0)),
        shared=np.zeros(len(indices)),
        area=nothing,
        rim=nothing,
        around_ptr=np.zeros(count + 2, np.int64),
        around=np.zeros(0, np.int64),
        shape_price=0.0,
        flaw_price=0.0,
        miss_price=0.0,
    )
