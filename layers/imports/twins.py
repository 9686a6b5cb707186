"""The same thing twice, seen by where it lies: under a new number, a little moved, twice in one file, in parts, or in a file
of another layer. Polygons are held against each other by their ground, lines and points by the ground just around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.addresses.text.normalise import plain_name
from geo.crs import LocalMetres

SAME_SHARE = 0.5
"""Two shapes are the same thing when what they share is at least this part of what they cover together."""
NAMED_SHARE = 0.25
"""With the same name this part of the smaller one will do: it was surveyed anew."""
ON_SHARE = 0.6
"""So much of a shape's ground under others: it stands where they stand."""
TWICE_SHARE = 0.8
"""Two rows of one file that share so much are one thing drawn twice."""
_AROUND_M = {"stations": 15.0, "roads": 4.0, "water": 4.0}
"""How far around a point or line its ground reaches: lanes of two directions stay apart."""
NAMED_ONLY = frozenset({"stations"})
"""Things that may stand in one spot and be several: the same name is needed, too."""


class Overlaps(NamedTuple):
    """Pairs of shapes of two lists that share ground."""

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    share: NDArray[np.float64]
    """Of what both cover together, 0-1."""
    of_a: NDArray[np.float64]
    """Of the ground of the first, 0-1."""
    of_smaller: NDArray[np.float64]
    """Of the ground of the smaller, 0-1."""


def ground(layer: str, shapes: Any) -> NDArray[Any]:
    """The ground that things of a layer cover, in metres around their own middle."""
    array = np.asarray(shapes, dtype=object)
    if not len(array):
        return array
    return array if layer not in _AROUND_M else np.asarray(shapely.buffer(array, _AROUND_M[layer]))


def overlaps(a: NDArray[Any], b: NDArray[Any]) -> Overlaps:
    """Which of `a` share ground with which of `b`."""
    if not len(a) or not len(b):
        none = np.zeros(0, dtype=np.intp)
        return Overlaps(none, none, *(np.zeros(0),) * 3)
    i, j = shapely.STRtree(b).query(a, predicate="intersects")
    both = shapely.area(shapely.intersection(a[i], b[j]))
    area_a, area_b = shapely.area(a[i]), shapely.area(b[j])

    def part(whole: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.divide(both, whole, out=np.zeros_like(both), where=whole > 0))

    return Overlaps(i, j, part(area_a + area_b - both), part(area_a), part(np.minimum(area_a, area_b)))


def twins(
    layer: str, new: gpd.GeoDataFrame, stored: gpd.GeoDataFrame
) -> tuple[list[tuple[int, int]], dict[int, list[int]]]:
    """Rows of `new` and `stored` (name and geometry, EPSG:4490) that are one thing, as pairs, each used once; and rows of
    `new` that stand on the ground of stored ones without being one of them, with these.

    Pairs are each other's best: half of their common ground, or a quarter of the smaller with the same name.
    """
    both = [np.asarray(part.geometry.array, dtype=object) for part in (new, stored)]
    if not len(both[0]) or not len(both[1]):
        return [], {}
    local = LocalMetres.of(np.concatenate(both))
    a, b = (ground(layer, local.to_metres(part)) for part in both)
    found = overlaps(a, b)
    names = [
        [plain_name(one) if isinstance(one, str) else "" for one in part["name"]] for part in (new, stored)
    ]
    named = np.array(
        [names[0][i] != "" and names[0][i] == names[1][j] for i, j in zip(found.a, found.b, strict=True)],
        dtype=bool,
    )
    good = (found.share >= SAME_SHARE) & (named | (layer not in NAMED_ONLY))
    good |= named & (found.of_smaller >= NAMED_SHARE)
    order = np.lexsort((found.b, found.a, -found.share))
    pairs: list[tuple[int, int]] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for at in order[good[order]].tolist():
        i, j = int(found.a[at]), int(found.b[at])
        if i not in used_a and j not in used_b:
            pairs.append((i, j))
            used_a.add(i)
            used_b.add(j)
    return sorted(pairs), {} if layer in _AROUND_M else _standing_on(found, len(new), used_a)


def _standing_on(found: Overlaps, count: int, paired: set[int]) -> dict[int, list[int]]:
    covered = np.zeros(count)
    np.add.at(covered, found.a, found.of_a)
    on: dict[int, list[int]] = {}
    for i, j, part in zip(found.a.tolist(), found.b.tolist(), found.of_a.tolist(), strict=True):
        if i not in paired and covered[i] >= ON_SHARE and part > 1 - ON_SHARE:
            on.setdefault(i, []).append(j)
    return on


def twice(layer: str, frame: gpd.GeoDataFrame) -> list[tuple[int, int]]:
    """Rows of one frame (EPSG:4490) that are drawn twice: the later one and the first of its kind."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    if len(shapes) < 2 or layer in _AROUND_M:
        return []
    found = overlaps(shapes, shapes)
    pairs = (found.a > found.b) & (found.share >= TWICE_SHARE)
    first: dict[int, int] = {}
    for i, j in sorted(zip(found.a[pairs].tolist(), found.b[pairs].tolist(), strict=True)):
        first.setdefault(i, first.get(j, j))
    return sorted(first.items())


def same_outlines(shapes: Any, others: Any, least: float) -> Sequence[tuple[int, int]]:
    """Shapes (EPSG:4490) that have the outline of one of `others`: at least this part of their common ground."""
    found = overlaps(np.asarray(shapes, dtype=object), np.asarray(others, dtype=object))
    good = found.share >= least
    return sorted(zip(found.a[good].tolist(), found.b[good].tolist(), strict=True))
