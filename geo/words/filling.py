"""Labels of cells from the owners of buildings: what no words name goes with what lies beside it, always in the same way."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def fill(
    cells: gpd.GeoDataFrame, edges: pd.DataFrame, owner: Mapping[str, int], fixed: Mapping[int, int]
) -> Ints:
    """The owner of every cell; shape (n_cells,).

    `owner` is that of buildings by ref, `fixed` of cells by number. Buildings without one go with the neighbour they share
    the longest edge with, round by round; then, apart from these rounds, cells without buildings do the same. So the cells
    between buildings depend on whose the buildings are alone, not on which of them were named. All -1 where nothing is owned.
    """
    refs = cells["building_ref"].astype(object)
    built = refs.notna().to_numpy()
    first = np.array([owner.get(ref, -1) if isinstance(ref, str) else -1 for ref in refs], np.int64)
    numbers = cells["cell"].to_numpy() if "cell" in cells else np.arange(len(cells))
    given = np.array([fixed.get(int(number), -1) for number in numbers], np.int64)
    spread = grow(np.where(built & (given >= 0), given, first), edges)
    return grow(np.where(given >= 0, given, np.where(built, spread, -1)), edges)


def grow(owner: Ints, edges: pd.DataFrame) -> Ints:
    """Owners grown over cells without one, each round by the longest shared edge, then by the smaller owner; what is not
    connected to any takes the commonest owner."""
    owner = owner.copy()
    a, b = edges["a"].to_numpy(np.int64), edges["b"].to_numpy(np.int64)
    shared = np.tile(edges["shared_m"].to_numpy(np.float64), 2)
    cell, neighbour = np.concatenate([a, b]), np.concatenate([b, a])
    most = int(owner.max(initial=0)) + 1
    while True:
        rim = (owner[cell] < 0) & (owner[neighbour] >= 0)
        if not rim.any():
            break
        pair, which = np.unique(cell[rim] * most + owner[neighbour[rim]], return_inverse=True)
        length = np.round(np.bincount(which, weights=shared[rim]), 6)
        order = np.lexsort((pair % most, -length, pair // most))
        cells, first = np.unique(pair[order] // most, return_index=True)
        owner[cells] = pair[order][first] % most
    known = owner[owner >= 0]
    if len(known):
        owner[owner < 0] = np.bincount(known).argmax()
    return owner
