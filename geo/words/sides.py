"""Which points lie on a side of a line, within four bounds, or inside a ring of lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
OPPOSITE = {
    "east": "west", "west": "east", "south": "north", "north": "south",
    "northeast": "southwest", "southwest": "northeast", "southeast": "northwest", "northwest": "southeast",
}  # fmt: skip
_GAP_DEGREES = 0.0008
"""Lines of a ring that miss each other by less than this (some 80 m) are drawn on until they meet."""
_LEAST_SHARE = 0.5
"""A line that runs across a side for less than this share of its length along it has no such side."""


def on_side(line: shapely.Geometry, points: NDArray[np.float64], side: str) -> Mask | None:
    """(n,) which points (degrees) lie on a side of a line, by where the line is at their height (or breadth); beyond its
    ends it goes on straight. None when the line has no such side: a road from west to east has no east.

    >>> road = shapely.LineString([(0, 0), (0, 10)])
    >>> on_side(road, np.array([[1.0, 5.0], [-1.0, 20.0]]), "east").tolist()
    [True, False]
    >>> on_side(road, np.array([[1.0, 5.0]]), "north") is None
    True
    """
    if len(side) > 5:  # northeast and its like: both
        both = [on_side(line, points, one) for one in (side[:5], side[5:])]
        known = [mask for mask in both if mask is not None]
        if not known:
            return None
        return np.asarray(np.logical_and.reduce(known))
    across = side in ("east", "west")
    xy = shapely.get_coordinates(shapely.segmentize(line, 0.0005))
    if not len(xy):
        return None
    along, beside = (xy[:, 1], xy[:, 0]) if across else (xy[:, 0], xy[:, 1])
    scale = np.cos(np.radians(xy[:, 1].mean()))
    length = np.ptp(along) * (1.0 if across else scale)
    width = np.ptp(beside) * (scale if across else 1.0)
    if length < _LEAST_SHARE * width:
        return None
    own, place = (points[:, 1], points[:, 0]) if across else (points[:, 0], points[:, 1])
    near = np.abs(own[:, None] - along[None, :])
    least = near.min(axis=1, keepdims=True)
    at = np.where(near <= least + 0.0003, beside[None, :], np.nan)
    middle = np.nanmedian(at, axis=1)
    return np.asarray(place > middle if side in ("east", "north") else place < middle)


def in_ring(lines: Sequence[shapely.Geometry], points: NDArray[np.float64]) -> Mask | None:
    """(n,) which points lie inside what the lines enclose together; None when they enclose nothing, or one has no part in it.

    >>> box = [shapely.LineString(c) for c in ([(0, 0), (0, 1)], [(0, 1), (1, 1)], [(1, 1), (1, 0)], [(1, 0), (0, 0)])]
    >>> in_ring(box, np.array([[0.5, 0.5], [2.0, 0.5]])).tolist()
    [True, False]
    """
    drawn = [_drawn_on(line) for line in lines]
    faces = np.asarray(shapely.get_parts(shapely.polygonize([shapely.union_all(drawn)])), dtype=object)
    if not len(faces):
        return None
    whole = shapely.union_all(faces)
    rim = shapely.buffer(shapely.boundary(whole), _GAP_DEGREES / 40)
    shares = [shapely.length(shapely.intersection(line, rim)) for line in lines]
    if min(shares) <= 0:
        return None
    return np.asarray(shapely.contains_xy(whole, points[:, 0], points[:, 1]))


def _drawn_on(line: shapely.Geometry) -> shapely.Geometry:
    """A line with its ends drawn on, so that it meets what it nearly meets."""
    merged = shapely.line_merge(line) if line.geom_type == "MultiLineString" else line
    parts = []
    for part in shapely.get_parts(merged):
        xy = shapely.get_coordinates(part)
        if len(xy) < 2 or shapely.is_closed(part):
            parts.append(part)
            continue
        ends = [_beyond(xy[1], xy[0]), *xy, _beyond(xy[-2], xy[-1])]
        parts.append(shapely.LineString(ends))
    return shapely.union_all(parts)


def _beyond(inner: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    away = end - inner
    length = float(np.hypot(*away)) or 1.0
    return np.asarray(end + away / length * _GAP_DEGREES)
