"""One connected part of a problem as the compiled kernels read it: flat arrays in a canonical order, goals as prices.

The order depends on where cells lie and what they hold, not on their numbers, so that plans do not depend on them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyproj
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from geo.partition.problem.beyond import NOTHING
from geo.partition.problem.problem import Problem
from geo.plans.goals import GOALS, Goal, Weights

EMPTY_MASS_SHARE = 0.15
"""Share of a part's mass that is spread by area, so that cells without households keep grids compact too."""
FORCED_SPLIT_PRICE = 0.2
"""A piece of a complex that must be split anyway costs this share of a free one."""
_FLAW = 12.0
"""A ring or a neck counts as so much shape: more than a complex cut in two."""
_MISS = 13.0
"""Price of a grid that misses a bound by all of the tolerance: less than a ring, about a complex cut in two."""
METRES_PER_MILE = 1609.344
_ELLIPSOID = pyproj.Geod(ellps="WGS84")


class Field(NamedTuple):
    """n cells, 2m directed neighbour pairs, c complexes. A plan's cost is the sum over its grids of

    violation + cut (outside) + inside + complex pieces + moved households + inertia + travel, and a price per grid.
    Arrays of goals that are not asked for are empty or zero.
    """

    households: NDArray[np.int64]
    people: NDArray[np.int64]
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
    source: NDArray[np.int64]
    """(2m,) the cell an entry of `indices` is a neighbour of."""
    nets: NDArray[np.int64]
    """(nets, n) grid of each cell in every existing net whose households should stay together, -1 for none."""
    net_price: NDArray[np.float64]
    """(nets,) per household that is moved."""
    distance: NDArray[np.float64]
    """(n, n) price of reaching cell i from cell j where the goal is the way from a centre; else (0, 0)."""
    lo: int
    hi: int
    most_people: int
    want: int
    """Wanted number of grids, -1 for the fewest."""
    shared: NDArray[np.float64]
    """(2m,) length of the shared outline, metres."""
    area: NDArray[np.float64]
    """(n,) square metres."""
    rim: NDArray[np.float64]
    """(n,) outline towards ground beyond, metres."""
    around_ptr: NDArray[np.int64]
    """(n + b + 1,) compressed lists of what touches: cell i, or ground n + j that is not divided, touches
    `around[around_ptr[i]:around_ptr[i + 1]]`, cells and grounds. Empty lists where outlines are unknown."""
    around: NDArray[np.int64]
    shape_price: float
    """Of one unit of outline squared over 4 pi area; see `geo.partition.moves.form`."""
    flaw_price: float
    """Of each piece of ground a grid encloses, and of each piece that hangs on by a narrow passage."""
    fair_lo: int
    """The bound itself; `lo` is the same less the tolerance."""
    fair_hi: int
    miss_price: float
    """Per household outside the bounds but within the tolerance."""


def canonical_order(problem: Problem) -> NDArray[np.intp]:
    """Cells from west to east, then south to north, then by what they hold."""
    return np.lexsort((problem.area_m2, problem.households, problem.y_m, problem.x_m))


def build_field(problem: Problem, cells: NDArray[np.intp], *, grids: int, want: int) -> Field:
    """The field of `cells`, a connected part in canonical order. `grids`: the number expected, for the prices' scale."""
    households = problem.households[cells].copy()
    area = problem.area_m2[cells].copy()
    x, y = problem.x_m[cells] - problem.x_m[cells[0]], problem.y_m[cells] - problem.y_m[cells[0]]
    if not area.sum() > 0:
        area[:] = max(float(np.ptp(x) * np.ptp(y)), 1.0) / len(cells)
    ideal_area = math.fsum(area) / grids
    complex_of, size = _complexes(problem, cells)
    forced = size > problem.hi
    indptr, indices, shared, barrier = _neighbours(problem, cells)
    weights = _weights_of(problem)
    nets = np.empty((0, len(cells)), np.int64) if problem.nets is None else problem.nets[:, cells]
    if weights.moved <= 0:
        nets = nets[:0]
    net_weights = np.ones(len(nets)) if problem.net_weights is None else problem.net_weights[: len(nets)]
    bounded = problem.people is not None and problem.max_people is not None
    return Field(
        households=households,
        people=problem.people[cells] if bounded and problem.people is not None else np.zeros_like(households),
        x=x,
        y=y,
        mass=_mass(problem, households, area, grids, ideal_area) * weights.compactness,
        complex_of=complex_of,
        complex_size=np.maximum(size, 1.0),
        complex_price=np.where(forced, FORCED_SPLIT_PRICE, 1.0) * weights.complexes,
        indptr=indptr,
        indices=indices,
        cut=_cut_prices(problem, shared, weights.outline, ideal_area)
        + _row_prices(problem, cells, indptr, indices, weights.rows),
        inside=barrier * (weights.barriers / 2),
        source=np.repeat(np.arange(len(cells)), np.diff(indptr)),
        nets=np.ascontiguousarray(nets),
        net_price=net_weights * (weights.moved / problem.hi),
        distance=_distances(problem, cells, households, grids),
        lo=problem.least,
        hi=problem.most,
        most_people=int(problem.max_people or 0) if bounded else 2**62,
        want=want,
        shared=shared,
        area=area,
        **_around(problem, cells, indptr, indices),
        shape_price=weights.shape,
        flaw_price=_FLAW * weights.shape,
        fair_lo=problem.lo,
        fair_hi=problem.hi,
        miss_price=_MISS / (problem.most - problem.hi) if problem.most > problem.hi else 0.0,
    )


def _around(
    problem: Problem, cells: NDArray[np.intp], indptr: NDArray[np.int64], indices: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Outline towards ground beyond, and what touches what, such ground included."""
    beyond, n = problem.beyond or NOTHING, len(cells)
    place = np.full(problem.n, -1, np.int64)
    place[cells] = np.arange(n)
    own = place[beyond.cell] >= 0
    cell, ground = place[beyond.cell[own]], n + beyond.ground[own]
    rows = np.concatenate([np.repeat(np.arange(n), np.diff(indptr)), cell, ground])
    columns = np.concatenate([indices, ground, cell])
    order = np.lexsort((columns, rows))
    ends = np.cumsum(np.bincount(rows, minlength=n + beyond.grounds))
    return {
        "rim": np.bincount(cell, beyond.metres[own], n).astype(np.float64),
        "around_ptr": np.concatenate([[0], ends]).astype(np.int64),
        "around": columns[order].astype(np.int64),
    }


def _weights_of(problem: Problem) -> Weights:
    """The weights of the goal: a pure goal has no other price, and form has none where outlines are unknown."""
    if problem.goal in (Goal.PLANNING, Goal.MOST_GRIDS):
        known = problem.beyond is not None
        return problem.weights if known else replace(problem.weights, shape=0.0)
    pure = Weights(**dict.fromkeys(GOALS, 0.0))
    if problem.goal is Goal.COMPACT:
        return replace(pure, compactness=1.0)
    if problem.goal in (Goal.CUT_LENGTH, Goal.CUT_EDGES):
        return replace(pure, outline=1.0)
    return pure


def _mass(
    problem: Problem, households: NDArray[np.int64], area: NDArray[np.float64], grids: int, ideal_area: float
) -> NDArray[np.float64]:
    """Weights in the inertia: a disc of average area and mass comes to 1."""
    by_area = area / math.fsum(area)
    by_household = households / max(1, int(households.sum()))
    share = EMPTY_MASS_SHARE if problem.goal is not Goal.COMPACT else 0.0
    share = share if households.any() else 1.0
    mass = (1 - share) * by_household + share * by_area  # sums to 1; each grid has about 1 / grids
    return np.asarray(mass * (grids / (ideal_area / (2 * math.pi))), np.float64)


def _cut_prices(
    problem: Problem, shared: NDArray[np.float64], price: float, ideal_area: float
) -> NDArray[np.float64]:
    """Price to either side of having a neighbour outside; by number where edges are counted, else by length."""
    if problem.goal is Goal.CUT_EDGES:
        return np.full(len(shared), price / 32)
    return shared * (price / (2 * math.sqrt(math.pi * ideal_area)))


def _row_prices(
    problem: Problem,
    cells: NDArray[np.intp],
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    price: float,
) -> NDArray[np.float64] | float:
    """Price to either side of having the next building of the own row outside."""
    if problem.row_of is None or price == 0:
        return 0.0
    row = problem.row_of[cells]
    source = np.repeat(row, np.diff(indptr))
    return np.where((source >= 0) & (source == row[indices]), price / 2, 0.0)


def _distances(
    problem: Problem, cells: NDArray[np.intp], households: NDArray[np.int64], grids: int
) -> NDArray[np.float64]:
    """(n, n) price of serving each cell from each other one, so that a grid comes to about 1; (0, 0) without need."""
    if problem.goal is Goal.HOP_MEDIAN:
        graph = csr_array(
            (np.ones(len(problem.indices)), problem.indices, problem.indptr), shape=(problem.n,) * 2
        )
        way = shortest_path(graph, unweighted=True, indices=cells)[:, cells]
    elif problem.goal is Goal.PATROL and problem.lon_lat is not None:
        lon, lat = problem.lon_lat[cells].T
        a, b = np.meshgrid(np.arange(len(cells)), np.arange(len(cells)), indexing="ij")
        metres = _ELLIPSOID.inv(lon[a], lat[a], lon[b], lat[b])[2]
        way = (metres / METRES_PER_MILE) ** 2
    else:
        return np.zeros((0, 0))
    price = households[:, None] * way
    return np.ascontiguousarray(price * (grids**2 / max(float(price.sum(axis=0).min()), 1e-300)))


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
