"""Which polygons of a valid coverage touch, and along how many metres: found by equal segments, not by geometry
predicates, so the answer is exact and takes one sort."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import LocalMetres

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Geometries = NDArray[Any]


class Segments(NamedTuple):
    """Segments that two polygons share, k of them."""

    a: Ints
    """(k,) position of the first polygon, always below `b`."""
    b: Ints
    """(k,) position of the second polygon."""
    ends: Floats
    """(k, 2, 2) both end points of each segment, in the unit of the polygons."""


class Links(NamedTuple):
    """Pairs of neighbouring polygons, each pair once, sorted by (a, b)."""

    a: Ints
    b: Ints
    shared_m: Floats
    """Length of the common edge in metres, above 0."""


def shared_segments(polygons: Any, *, digits: int | None = None) -> Segments:
    """The segments common to two polygons of a valid coverage.

    Coordinates must be equal to the last bit on both sides, as they are after `geo.cells.faces.make_faces`;
    polygons that merely lie on each other without common corners do not count as neighbours. With `digits`
    corners are rounded to so many places first, for coverages that were computed and not noded.
    """
    rings, owner_of_ring = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if digits is not None:
        xy = np.round(xy, digits)
    corner = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)[1].astype(np.int64)
    inside = np.flatnonzero((ring[1:] == ring[:-1]) & (corner[1:] != corner[:-1]))
    low = np.minimum(corner[inside], corner[inside + 1])
    high = np.maximum(corner[inside], corner[inside + 1])
    owner = owner_of_ring[ring[inside]].astype(np.int64)
    key = low * (len(xy) + 1) + high
    order = np.lexsort((owner, key))
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    first, second = order[twin], order[twin + 1]
    different = owner[first] != owner[second]
    first, second = first[different], second[different]
    ends = np.stack([xy[inside[first]], xy[inside[first] + 1]], axis=1)
    return Segments(owner[first], owner[second], ends)


def neighbours(polygons: Any, *, local: LocalMetres | None = None) -> Links:
    """Neighbouring pairs of a valid coverage with the length of their common edge.

    `polygons` are in degrees and `local` measures them; without `local` they are in metres already.
    Touching in a single point is no neighbourhood.

    >>> links = neighbours(shapely.box([0, 10], [0, 0], [10, 30], [10, 10]))
    >>> links.a.tolist(), links.b.tolist(), links.shared_m.tolist()
    ([0], [1], [10.0])
    """
    a, b, ends = shared_segments(polygons)
    step = ends[:, 1] - ends[:, 0]
    if local is not None:
        step = step * np.array([local.metres_per_degree_lon, local.metres_per_degree_lat])
    count = np.int64(len(polygons))
    pairs, which = np.unique(a * count + b, return_inverse=True)
    metres = np.bincount(which, weights=np.hypot(step[:, 0], step[:, 1]), minlength=len(pairs))
    return Links(pairs // max(count, 1), pairs % max(count, 1), metres.astype(np.float64))


def cell_edges(cells: gpd.GeoDataFrame, *, local: LocalMetres) -> pd.DataFrame:
    """The edges frame of a cells frame: a, b (cell numbers, a < b), shared_m, barrier.

    `barrier` is True where the two cells lie in different blocks: a main road, water or a railway runs
    between them.
    """
    links = neighbours(np.asarray(cells.geometry.array, dtype=object), local=local)
    block = cells["block"].to_numpy()
    return pd.DataFrame(
        {
            "a": links.a,
            "b": links.b,
            "shared_m": links.shared_m,
            "barrier": block[links.a] != block[links.b],
        }
    )


def connected(links: Links, groups: Ints, *, keep: Flags | None = None) -> Ints:
    """Number of the connected component of each polygon, joining only neighbours of equal `groups`.

    `keep`, shape (len(links.a),), takes further links away. Components are numbered by their first polygon.
    """
    same = groups[links.a] == groups[links.b]
    if keep is not None:
        same &= keep
    a, b, n = links.a[same], links.b[same], len(groups)
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    found = connected_components(graph, directed=False)[1]
    return in_order_of_appearance(found.astype(np.int64))


def in_order_of_appearance(labels: Ints) -> Ints:
    """Labels renumbered 0, 1, 2 ... in the order in which they first appear.

    >>> in_order_of_appearance(np.array([7, 7, 2, 7, 5])).tolist()
    [0, 0, 1, 0, 2]
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def absorb(links: Links, weak: Flags, *, allowed: Flags | None = None) -> Ints:
    """Groups after every weak polygon has joined the neighbour with which it shares the longest edge.

    Strong neighbours come before weak ones, then the longer edge, then the lower position. `allowed`, shape
    (len(links.a),), takes links out. No two strong polygons ever end up together: each weak one joins exactly
    one other. A weak polygon without a neighbour stays alone; weak ones among themselves may need another
    round.

    >>> row = Links(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 9.0]))
    >>> absorb(row, np.array([False, True, False])).tolist()
    [0, 1, 1]
    """
    usable = np.ones(len(links.a), dtype=bool) if allowed is None else allowed
    a, b, shared_m = links.a[usable], links.b[usable], links.shared_m[usable]
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    length = np.concatenate([shared_m, shared_m])
    mine = weak[source]
    source, target, length = source[mine], target[mine], length[mine]
    # a tenth of a millimetre decides nothing, so that equal edges are equal on every machine
    order = np.lexsort((target, -np.round(length, 4), weak[target], source))
    source, target = source[order], target[order]
    first = np.ones(len(source), dtype=bool)
    first[1:] = source[1:] != source[:-1]
    n = len(weak)
    graph = coo_array((np.ones(first.sum(), dtype=np.int8), (source[first], target[first])), shape=(n, n))
    return in_order_of_appearance(connected_components(graph, directed=False)[1].astype(np.int64))
