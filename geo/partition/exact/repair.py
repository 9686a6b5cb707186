"""Repair of plans at a fixed number of grids: a grid outside the bounds and some around it are divided anew, by branch
and price, into as many grids within the bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.branch import Division
from geo.partition.exact.connected_sets import Graph, whole, within
from geo.partition.exact.decide import coarsened, labels_of, least_households
from geo.partition.moves.field import Field
from geo.partition.moves.forge import Labels, Rng, balanced, start_at
from geo.partition.moves.kernels import below, uniform

_FIRST, _MOST = 3, 10
"""Grids divided together: at first, and at the most."""
_TRIES = 3
"""Tries in vain before one more grid is taken."""
_MOST_CELLS = 70
_NODES = 40
_WORK, _MOST_WORK = 1_000_000, 2_000_000
"""Sets looked at in one division, and in all."""
_ROOMY, _ALSO_OUTSIDE = 20.0, 3.0
"""How much likelier a neighbour is taken by its room, as a share of the upper bound, and if it is outside too."""


def repaired_start(field: Field, number: int, *, seed: int, rng: Rng) -> Labels:
    """A plan of `number` grids, balanced and repaired with small cells joined to others, balanced again without."""
    grain, coarse = coarsened(field, rng)
    even = coarse._replace(cut=np.ones(len(coarse.indices)))
    labels = start_at(even, number, whole_complexes=False, effort=1, seed=seed, rng=rng)
    return balanced(field, repaired(coarse, labels, rng=rng)[grain], number, effort=0, rng=rng)


def repaired(field: Field, labels: Labels, *, rng: Rng) -> Labels:
    """`labels` with as many grids, and fewer households outside the bounds if the search finds how.

    The grids around one outside the bounds are drawn, those with room first; ever more of them, since most few have
    provably no division and are soon done with.
    """
    graph = whole(field)
    plan = labels
    grids = int(labels.max()) + 1
    size, tries, work = _FIRST, 0, 0
    while size <= _MOST and work < _MOST_WORK and (outside := _outside(field, graph, plan, grids)).any():
        chosen = _neighbourhood(field, graph, plan, outside, size, rng)
        divided, worked = _divided(field, graph, plan, chosen)
        work += worked
        if divided is not None:
            plan, size, tries = divided, _FIRST, 0
        elif (tries := tries + 1) >= _TRIES:
            size, tries = size + 1, 0
    return plan


def _outside(field: Field, graph: Graph, plan: Labels, grids: int) -> NDArray[np.int64]:
    sums = np.bincount(plan, graph.households, grids).astype(np.int64)
    return np.maximum(sums - field.hi, 0) + np.maximum(field.lo - sums, 0)


def _neighbourhood(
    field: Field, graph: Graph, plan: Labels, outside: NDArray[np.int64], size: int, rng: Rng
) -> list[int]:
    """A grid outside the bounds and others around it, `size` in all where there are so many."""
    grids = len(outside)
    wrong = np.flatnonzero(outside)
    touching = np.zeros((grids, grids), bool)
    touching[plan[np.repeat(np.arange(len(plan)), np.diff(graph.indptr))], plan[graph.indices]] = True
    room = np.maximum(field.hi - np.bincount(plan, graph.households, grids), 0) / field.hi
    liking = 1.0 + _ROOMY * room + _ALSO_OUTSIDE * (outside > 0)
    chosen = [int(wrong[below(rng, len(wrong))])]
    while len(chosen) < size:
        around: NDArray[np.bool_] = np.any(touching[chosen], axis=0)
        around[chosen] = False
        likings = np.cumsum(np.where(around, liking, 0.0))
        if not around.any():
            break
        chosen.append(int(np.searchsorted(likings, uniform(rng) * likings[-1], side="right")))
    return chosen


def _divided(field: Field, graph: Graph, plan: Labels, chosen: list[int]) -> tuple[Labels | None, int]:
    """The plan with the chosen grids divided anew, all of them within the bounds (None where no way was found), and
    the sets looked at."""
    region = np.flatnonzero(np.isin(plan, chosen))
    total = int(graph.households[region].sum())
    number = len(chosen)
    if len(region) > _MOST_CELLS or not number * field.lo <= total <= number * field.hi:
        return None, 0
    ground = within(graph, region)
    least = least_households(field, total, number)
    division = Division(ground, number, least, field.hi, most_work=_WORK)
    division.learn(np.flatnonzero(plan[region] == grid) for grid in chosen)
    sets = division.search(_NODES)
    if sets is None or len(sets) != number:
        return None, division.work
    plan = plan.copy()
    plan[region] = np.array(chosen)[labels_of(ground, sets)]
    return plan, division.work
