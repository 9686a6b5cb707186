"""Lines of a coverage made straight or gently bent: corners are dropped from the lines between polygons, for both
sides at once, so neighbours still agree to the last bit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from geo.cells.adjacency import Flags, Floats, Geometries, Ints
from geo.crs import LocalMetres

FINEST_SHARE = 0.2
"""A line that cannot be straightened by the full tolerance is tried with half of it, and so on, down to this share."""
BOUNDARY_M = 0.0005
"""Corners of the outer boundary go only where they are this close to the line without them: those that noding added."""


class Lines(NamedTuple):
    """The lines of a coverage: each runs between two junctions, or around a polygon without any."""

    shapes: Geometries
    """(k,) LineStrings in metres."""
    inner: Flags
    """(k,) whether two polygons share the line; the others are outer boundary."""


class _Corners(NamedTuple):
    """Every corner of every ring once."""

    at: Floats
    """(c, 2) metres."""
    of_vertex: Ints
    """(v,) corner of each vertex of each ring."""
    ring: Ints
    """(v,) ring of each vertex."""
    owner: Ints
    """(r,) polygon of each ring."""
    fixed: Flags
    """(c,) junctions: where more or fewer than two stretches meet."""
    pairs: Ints
    """(s, 2) ends of each stretch, each stretch once, the lower corner first."""
    sides: Ints
    """(s,) polygons along each stretch: 1 or 2."""


def straighten(
    polygons: Geometries,
    *,
    local: LocalMetres,
    tolerance_m: float,
    obstacles: Geometries | None = None,
) -> Geometries:
    """`polygons` (degrees, a valid coverage) with straighter lines between them.

    Lines move by less than `tolerance_m` (Douglas-Peucker) and keep their junctions; the outer boundary stays.
    No line runs through one of `obstacles` (metres) where it did not before, and none crosses another. A line
    that would is straightened less, or not at all. What cannot be done without breaking the coverage is not done.

    >>> here = LocalMetres.around(108.7, 34.33)
    >>> bent = shapely.from_wkt(["POLYGON ((0 0, 9 0, 10 5, 9 10, 0 10, 0 0))",
    ...                          "POLYGON ((20 0, 20 10, 9 10, 10 5, 9 0, 20 0))"])
    >>> out = straighten(here.to_degrees(bent), local=here, tolerance_m=2)
    >>> shapely.get_num_coordinates(out).tolist()
    [5, 5]
    """
    whole = polygons
    polygons, owner = shapely.get_parts(polygons, return_index=True)
    if len(polygons) == 0 or tolerance_m <= 0:
        return whole
    corners = _corners(local.to_metres(polygons))
    lines = _lines(corners)
    straight = lines.shapes.copy()
    straight[~lines.inner] = shapely.simplify(lines.shapes[~lines.inner], BOUNDARY_M, preserve_topology=False)
    blocked = None if obstacles is None or not len(obstacles) else shapely.STRtree(obstacles)
    waiting = np.flatnonzero(lines.inner & (shapely.get_num_coordinates(lines.shapes) > 2))
    tolerance = tolerance_m
    while len(waiting) and tolerance >= FINEST_SHARE * tolerance_m:
        tried = straight.copy()
        tried[waiting] = shapely.simplify(lines.shapes[waiting], tolerance, preserve_topology=False)
        good = _sound(tried[waiting]) & ~_newly_blocked(lines.shapes[waiting], tried[waiting], blocked)
        straight[waiting[good]] = tried[waiting[good]]
        while (clash := _crossing(straight, waiting[good])).any():
            good[np.flatnonzero(good)[clash]] = False
            straight[waiting[~good]] = lines.shapes[waiting[~good]]
        waiting = waiting[~good]
        tolerance /= 2
    thinner = _without(polygons, corners, _kept(corners, straight))
    if len(polygons) > len(whole):
        thinner = shapely.multipolygons(thinner, indices=owner)
        single = shapely.get_num_geometries(thinner) == 1
        thinner[single] = shapely.get_geometry(thinner[single], 0)
    fine = shapely.is_valid(thinner).all() and bool(shapely.coverage_is_valid(thinner))
    return np.asarray(shapely.normalize(thinner), dtype=object) if fine else whole


def _corners(polygons: Geometries) -> _Corners:
    rings, owner = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    _, first, of_vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_index=True, return_inverse=True)
    step = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.sort(np.column_stack([of_vertex[step], of_vertex[step + 1]]), axis=1)
    pairs, sides = np.unique(ends, axis=0, return_counts=True)
    degree = np.bincount(pairs.ravel(), minlength=len(first))
    return _Corners(xy[first], of_vertex, ring, owner, degree != 2, pairs, sides)


def _lines(corners: _Corners) -> Lines:
    """All stretches chained up to the junctions."""
    found, inner = [], []
    for side in (1, 2):
        pairs = corners.pairs[corners.sides == side]
        if not len(pairs):
            continue
        merged = shapely.get_parts(
            shapely.line_merge(shapely.multilinestrings(shapely.linestrings(corners.at[pairs])))
        )
        found.append(merged)
        inner.append(np.full(len(merged), side == 2))
    return Lines(np.concatenate(found), np.concatenate(inner))


def _sound(lines: Geometries) -> Flags:
    closed = shapely.is_closed(lines)
    enough = ~closed | (shapely.get_num_coordinates(lines) > 3)
    return np.asarray(enough & shapely.is_simple(lines), dtype=bool)


def _newly_blocked(before: Geometries, after: Geometries, blocked: shapely.STRtree | None) -> Flags:
    """Which lines run through an obstacle they did not touch before."""
    hit = np.zeros(len(after), dtype=bool)
    if blocked is not None:
        line, obstacle = blocked.query(after, predicate="intersects")
        new = ~shapely.intersects(before[line], blocked.geometries[obstacle])
        hit[line[new]] = True
    return hit


def _crossing(lines: Geometries, changed: Ints) -> Flags:
    """Which of the `changed` lines meet another line otherwise than in junctions."""
    tree = shapely.STRtree(lines)
    a, b = tree.query(lines[changed], predicate="intersects")
    apart = changed[a] != b
    a, b = a[apart], b[apart]
    bad = np.zeros(len(changed), dtype=bool)
    bad[a[~shapely.touches(lines[changed[a]], lines[b])]] = True
    return bad


def _kept(corners: _Corners, straight: Geometries) -> Flags:
    """Which corners are left: junctions and those of the straightened lines."""
    xy = np.unique(shapely.get_coordinates(straight) @ np.array([1.0, 1j]))
    return corners.fixed | np.isin(corners.at[:, 0] + 1j * corners.at[:, 1], xy)


def _without(polygons: Geometries, corners: _Corners, kept: Flags) -> Geometries:
    """The polygons with the kept corners only; a ring that would be left with less than a triangle stays whole."""
    rings = shapely.get_rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)
    stays = kept[corners.of_vertex] & ~last
    few = np.bincount(ring[stays], minlength=len(rings)) < 3
    stays |= few[ring] & ~last
    made = shapely.linearrings(xy[stays], indices=ring[stays])
    outer = np.diff(corners.owner, prepend=-1) > 0
    if outer.all():
        return np.asarray(shapely.polygons(made), dtype=object)
    starts = np.flatnonzero(outer)
    pieces = np.split(np.asarray(made, dtype=object), starts[1:])
    return np.array([shapely.Polygon(p[0], list(p[1:])) for p in pieces], dtype=object)
