"""Rows of buildings: long buildings of one complex that stand end to end, as planners see them on a map."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import LocalMetres

Ints = NDArray[np.int64]

LEAST_LENGTH = 1.4
"""A building so many times as long as it is wide has a direction; a tower has none and stands in no row."""
MOST_GAP_M = 30.0
"""Between the ends of two buildings of a row."""
MOST_TURN_DEG = 12.0
"""Between their directions."""
MOST_STEP = 0.5
"""How far one may stand back from the other, as a share of their mean width."""


def rows_of_cells(cells: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> Ints:
    """(n,) the row each cell's building stands in, 0 to r - 1, and -1 for cells of no building in a row.

    `cells` has building_ref, `buildings` (EPSG:4490) ref, complex_ref and footprints; buildings without a complex stand
    in no row.
    """
    own = buildings.drop_duplicates("ref").reset_index(drop=True)
    known = own["complex_ref"].notna().to_numpy(dtype=bool) & ~own.geometry.is_empty.to_numpy()
    own = own[known].reset_index(drop=True)
    if own.empty:
        return np.full(len(cells), -1, np.int64)
    row = rows(LocalMetres.of(own).to_metres(own), own["complex_ref"].astype(str))
    at = own.set_index("ref").index.get_indexer(cells["building_ref"])
    return np.where(at >= 0, row[at], -1).astype(np.int64)


def rows(footprints: Any, complexes: ArrayLike) -> Ints:
    """(n,) row of each footprint (polygons in metres), -1 for none; a row has two buildings or more.

    >>> slabs = shapely.box([0, 50, 0, 50], [0, 1, 40, 41], [40, 90, 40, 90], [12, 13, 52, 53])
    >>> rows(slabs, ["a", "a", "a", "a"]).tolist(), rows(slabs, ["a", "b", "a", "a"]).tolist()
    ([0, 0, 1, 1], [-1, -1, 0, 0])
    """
    polygons = np.asarray(footprints, dtype=object)
    middle, along, length, width = _extents(polygons)
    _, complex_of = np.unique(np.asarray(complexes, dtype=str), return_inverse=True)
    a, b = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=MOST_GAP_M)
    long = length >= LEAST_LENGTH * width
    once = (a < b) & (complex_of[a] == complex_of[b]) & long[a] & long[b]
    a, b = a[once], b[once]
    turn = np.abs(np.sum(along[a] * along[b], axis=1))
    way = middle[b] - middle[a]
    ahead = np.abs(np.sum(way * along[a], axis=1))
    aside = np.abs(way[:, 0] * along[a, 1] - way[:, 1] * along[a, 0])
    same = turn >= np.cos(np.radians(MOST_TURN_DEG))
    same &= aside <= MOST_STEP * (width[a] + width[b]) / 2
    same &= ahead >= 0.8 * (length[a] + length[b]) / 2  # end to end, not drawn twice
    n = len(polygons)
    graph = coo_array((np.ones(int(same.sum()), np.int8), (a[same], b[same])), shape=(n, n))
    _, row = connected_components(graph, directed=False)
    alone = np.bincount(row)[row] < 2
    numbers = np.full(n, -1, np.int64)
    _, first, number = np.unique(row[~alone], return_index=True, return_inverse=True)
    numbers[~alone] = np.argsort(np.argsort(first))[number]
    return numbers


def rows_split(row_of: Ints, labels: ArrayLike) -> int:
    """Rows whose buildings lie in more than one grid.

    >>> rows_split(np.array([0, 0, -1, 1, 1]), [0, 0, 1, 1, 2])
    1
    """
    held = row_of >= 0
    pairs = np.unique(np.column_stack([row_of[held], np.asarray(labels)[held]]), axis=0)
    return int((np.bincount(pairs[:, 0]) > 1).sum()) if len(pairs) else 0


def _extents(
    polygons: NDArray[Any],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of the smallest turned box around each footprint: middle (n, 2), direction of its long side (n, 2), both sides."""
    n = len(polygons)
    boxes = shapely.oriented_envelope(polygons)
    middle, along = np.zeros((n, 2)), np.tile([1.0, 0.0], (n, 1))
    length, width = np.zeros(n), np.ones(n)
    flat = np.flatnonzero(shapely.get_type_id(boxes) == shapely.GeometryType.POLYGON)
    if len(flat):
        corners = shapely.get_coordinates(boxes[flat]).reshape(-1, 5, 2)
        sides = corners[:, 1:3] - corners[:, 0:2]
        metres = np.hypot(sides[..., 0], sides[..., 1])
        longest = np.argmax(metres, axis=1)
        rows_ = np.arange(len(flat))
        middle[flat] = corners[:, :4].mean(axis=1)
        length[flat], width[flat] = metres.max(axis=1), np.maximum(metres.min(axis=1), 0.1)
        along[flat] = sides[rows_, longest] / np.maximum(length[flat], 0.1)[:, None]
    return middle, along, length, width
