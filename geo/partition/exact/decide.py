"""The number of grids by branch and price: proofs that no fewer can be had, and plans where annealing finds none.

Where K grids hold all T households, none can hold fewer than hi - (K hi - T): the tighter the number, the fewer the
sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.branch import Division
from geo.partition.exact.connected_sets import Graph, whole
from geo.partition.moves.contract import contracted, grains
from geo.partition.moves.field import Field

Labels = NDArray[np.int64]
Rng = NDArray[np.uint64]

MOST_CELLS = 240
"""Cells above which no whole part is divided exactly: each node of the search takes too long."""
_MOST_SMALL = 0.25
"""Share of small cells above which a part is fine-grained."""
_BOUND_WORK, _SEARCH_WORK = 20_000_000, 8_000_000
"""Sets looked at for one bound and for one search: a second or two each."""
_GRAIN = 0.06
"""Share of the upper bound below which cells are joined to a neighbour before a part is divided."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """Whether a part can be divided into so many grids within bounds."""

    possible: bool | None
    """None where it was not decided."""
    labels: Labels | None
    """(n,) such a plan where one was found."""


def least_grids(field: Field, fewest: int, most: int, known: Labels | None = None) -> int:
    """The number of grids that no plan within bounds can beat, from `fewest` up to `most`, by linear programming.

    `known`: a plan whose grids the program may begin with.
    """
    graph = whole(field)
    if len(graph.cells) > MOST_CELLS or fine_grained(field):
        return fewest
    for grids in range(fewest, most):
        least = least_households(field, int(field.households.sum()), grids)
        if least <= field.hi:
            division = Division(graph, grids, least, field.hi, most_work=_BOUND_WORK)
            if known is not None:
                division.learn(np.flatnonzero(known == grid) for grid in range(int(known.max()) + 1))
            if division.bound() <= grids + 1e-6:
                return grids
    return most


def decide(field: Field, grids: int, *, nodes: int, rng: Rng | None = None) -> Decision:
    """Whether `grids` grids within bounds are possible, by a search of no more than `nodes` nodes.

    With `rng` the search is for a plan alone: small cells are joined to others first, as it draws. Without, it can prove
    that there is no such plan.
    """
    grain, coarse = (np.arange(len(field.households)), field) if rng is None else coarsened(field, rng)
    graph = whole(coarse)
    least = least_households(field, int(field.households.sum()), grids)
    if least > field.hi or not 0 < len(graph.cells) <= MOST_CELLS:
        return Decision(None, None)
    division = Division(graph, grids, least, field.hi, rng, _SEARCH_WORK)
    sets = division.search(nodes)
    if sets is None:
        return Decision(False if division.proved and rng is None else None, None)
    return Decision(True, labels_of(graph, sets)[grain])


def fine_grained(field: Field) -> bool:
    """Whether so many cells are small that balancing meets the bounds easily, and pricing cannot be finished."""
    held = field.households > 0
    small = held & (field.households < _GRAIN * field.hi)
    return bool(small.sum() > _MOST_SMALL * held.sum())


def coarsened(field: Field, rng: Rng) -> tuple[Labels, Field]:
    """The grain of each cell and the field of grains: cells large enough that there are not too many ways to join them."""
    grain = grains(field, _GRAIN * field.hi, rng)
    return grain, contracted(field, grain) if int(grain.max()) + 1 < len(grain) else field


def least_households(field: Field, total: int, grids: int) -> int:
    """Households that each of `grids` grids must hold at least, if together they are to hold `total`."""
    return max(field.lo, field.hi - (grids * field.hi - total), 1)


def labels_of(graph: Graph, sets: list[NDArray[np.int64]]) -> Labels:
    """The sets as labels of all cells: cells without households that are in none go to one they touch."""
    labels = np.full(len(graph.households), -1, np.int64)
    for number, cells in enumerate(sets):
        labels[cells] = number
    while (free := np.flatnonzero(labels < 0)).size:
        for cell in free:
            labels[cell] = labels[graph.indices[graph.indptr[cell] : graph.indptr[cell + 1]]].max()
    return labels
