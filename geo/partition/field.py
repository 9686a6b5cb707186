"""One connected part of a problem as the compiled kernels read it: flat arrays in a canonical order, goals as prices.

The order depends on where cells lie and what they hold, not on their numbers, so that plans do not depend on them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.partition.problem import Problem

EMPTY_MASS_SHARE = 0.15
"""Share of a part's mass that is spread by area, so that cells without households keep grids compact too."""
FORCED_SPLIT_PRICE = 0.2
"""A piece of a complex that must be split anyway costs this share of a free one."""


class Field(NamedTuple):
    """n cells, 2m directed neighbour pairs, c complexes. A plan's cost is the sum over its grids of

    violation + cut (outside) + inside + complex pieces + inertia, and a price per grid.
    """

    households: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    mass: NDArray[np.float64]
    """(n,) weight in the inertia, already times its price."""
    complex_of: NDArray[np.int64]
    complex_size: NDArray[np.float64]
    complex_price: NDArray[np.float64]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int64]
    cut: NDArray[np.float64]
    """(2m,) price to the one side for having the other outside."""
    inside: NDArray[np.float64]
    """(2m,) price to the one side for having the other inside, across a barrier."""
    lo: int
    hi: int
    want: int
    """Wanted number of grids, -1 for the fewest."""


def canonical_order(problem: Problem) -> NDArray[np.intp]:
    """Cells from west to east, then south to north, then by what they hold."""
    return np.lexsort((problem.area_m2, problem.households, problem.y_m, problem.x_m))


def build_field(problem: Problem, cells: NDArray[np.intp], *, grids: int, want: int) -> Field:
    """The field of `cells`, a connected part in canonical order. `grids`: the number expected, for the prices' scale."""
    households = problem.households[cells].copy()
    x, y = problem.x_m[cells] - problem.x_m[cells].mean(), problem.y_m[cells] - problem.y_m[cells].mean()
    area = problem.area_m2[cells].copy()
    if not area.sum() > 0:
        area[:] = max(float(np.ptp(x) * np.ptp(y)), 1.0) / len(cells)
    ideal_area = float(area.sum()) / grids
    by_area = area / area.sum()
    by_household = households / max(1, int(households.sum()))
    share = EMPTY_MASS_SHARE if households.any() else 1.0
    mass = (1 - share) * by_household + share * by_area  # sums to 1; each grid has about 1 / grids
    weights = problem.weights
    mass *= weights.compactness * grids / (ideal_area / (2 * math.pi))
    outline = weights.outline / (2 * math.sqrt(math.pi * ideal_area))
    complex_of, size = _complexes(problem, cells)
    forced = size > problem.hi
    indptr, indices, shared, barrier = _neighbours(problem, cells)
    return Field(
        households=households,
        x=x,
        y=y,
        mass=mass,
        complex_of=complex_of,
        complex_size=np.maximum(size, 1.0),
        complex_price=np.where(forced, FORCED_SPLIT_PRICE, 1.0) * weights.complexes,
        indptr=indptr,
        indices=indices,
        cut=shared * outline,
        inside=barrier * (weights.barriers / 2),
        lo=problem.lo,
        hi=problem.hi,
        want=want,
    )


def _complexes(problem: Problem, cells: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Complex of each cell renumbered by first appearance, and the households of each."""
    old = problem.complex_of[cells]
    used, first, inverse = np.unique(old, return_index=True, return_inverse=True)
    rank = np.full(len(used), -1, np.int64)
    order = np.argsort(first, kind="stable")
    order = order[used[order] >= 0]
    rank[order] = np.arange(len(order))
    complex_of = rank[inverse]
    held = complex_of >= 0
    size = np.bincount(complex_of[held], problem.households[cells][held], len(order)).astype(np.float64)
    return complex_of, size


def _neighbours(
    problem: Problem, cells: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Compressed neighbour lists among `cells`, neighbours ascending in the new order."""
    # entry numbers travel as values (from 1, because 0 means "no entry" in a sparse matrix)
    entries = np.arange(1, len(problem.indices) + 1)
    graph = csr_array((entries, problem.indices, problem.indptr), shape=(problem.n, problem.n))
    part = graph[cells][:, cells]
    part.sort_indices()
    entry = part.data - 1
    return (
        part.indptr.astype(np.int64),
        part.indices.astype(np.int64),
        problem.shared_m[entry].copy(),
        problem.barrier[entry].astype(np.float64),
    )
