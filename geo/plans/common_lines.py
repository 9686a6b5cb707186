"""Lines that two communities share, with the same corners on both sides: grids are drawn community by community, and
where lines of one end on a common line the other has no corner there."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

NEAR_DEG = 1.2e-8
"""A corner this close to a line lies on it (about 1 mm): kept coordinates are rounded to 0.1 mm, and straightening
drops corners that are half a millimetre off."""

Geometries = NDArray[Any]


def with_common_corners(polygons: Geometries, community: NDArray[Any]) -> Geometries:
    """`polygons` (n, degrees) with every corner of a polygon of another community that lies on one of their lines.

    `community` (n,) says which polygons are a coverage among themselves already. Lines move by less than
    `NEAR_DEG`. Where communities leave gaps or overlap by more, nothing is mended: no line is near enough.

    >>> halves = np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 2)])
    >>> shapely.coverage_is_valid(halves), shapely.coverage_is_valid(
    ...     with_common_corners(halves, np.array(["west", "east", "east"])))
    (np.False_, np.True_)
    """
    names, group = np.unique(np.asarray(community, dtype=object).astype(str), return_inverse=True)
    if len(names) < 2 or not len(polygons):
        return polygons
    shapes, shape_of = shapely.get_parts(polygons, return_index=True)
    rings, owner = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    side = group[shape_of[owner[ring]]]
    start = np.flatnonzero(ring[1:] == ring[:-1])
    lines = shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1))
    corners, which = np.unique(np.column_stack([xy, side]), axis=0, return_index=True)
    points = shapely.points(corners[:, :2])
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=NEAR_DEG)
    other = side[which[point]] != side[start[line]]
    ends = (corners[point, :2] == xy[start[line]]).all(axis=1) | (
        corners[point, :2] == xy[start[line] + 1]
    ).all(axis=1)
    point, line = point[other & ~ends], line[other & ~ends]
    if not len(point):
        return polygons
    share = shapely.line_locate_point(lines[line], points[point], normalized=True)
    between = (share > 0) & (share < 1)
    point, line, share = point[between], line[between], share[between]
    place = np.concatenate([np.arange(len(xy), dtype=np.float64), start[line] + share])
    all_xy = np.concatenate([xy, corners[point, :2]])
    all_ring = np.concatenate([ring, ring[start[line]]])
    order = np.lexsort((place, all_ring))
    all_xy, all_ring = all_xy[order], all_ring[order]
    new = np.append(True, (all_xy[1:] != all_xy[:-1]).any(axis=1) | (all_ring[1:] != all_ring[:-1]))
    made = shapely.linearrings(all_xy[new], indices=all_ring[new])
    return _put_together(made, owner, shape_of, polygons)


def _put_together(rings: Any, owner: Any, shape_of: Any, polygons: Geometries) -> Geometries:
    """Polygons and multi-polygons of the same build as before from their rings; one that turned invalid stays."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    parts = np.split(np.asarray(rings, dtype=object), starts[1:])
    shapes = np.array([shapely.Polygon(part[0], list(part[1:])) for part in parts], dtype=object)
    out = polygons.copy()
    single = shapely.get_type_id(polygons) == 3
    first = np.searchsorted(shape_of, np.arange(len(polygons)))
    out[single] = shapes[first[single]]
    for row in np.flatnonzero(~single):
        out[row] = shapely.multipolygons(shapes[shape_of == row])
    return np.asarray(np.where(shapely.is_valid(out), out, polygons), dtype=object)
