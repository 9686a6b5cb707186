"""Lines halfway between buildings: every point of a block goes to the building whose walls are nearest
(enclosed Voronoi cells of segmentised, slightly shrunken footprints)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geo.cells.adjacency import Floats, Geometries, Ints, shared_segments
from geo.cells.faces import inner_points, polygon_parts

SHRINK_M = 0.4
"""Footprints are shrunk by this, so that the line between two houses wall to wall runs along the wall."""
MIN_SPACING_M = 2.5
MAX_SPACING_M = 6.0
"""Outlines are sampled this densely: half the gap to the next building, within these bounds."""
SIMPLIFY_M = 0.1
"""Tolerance to which the sampled middle lines are straightened; far below the accuracy of any footprint."""
OVERSHOOT_M = 0.05
"""Middle lines run this far beyond their parcel, so that they surely cross its outline."""
CORNER_DIGITS = 5
"""Corners of the Voronoi diagram are rounded to 0.01 mm, so that both sides of a line agree on its ends."""
OVERLAP_M2 = 0.5
"""Footprints overlapping less than this merely touch."""
TWIN_SHARE = 0.05
"""A footprint of which less than this is left after its overlaps is a twin: it shares the other's ground."""


class Seeds(NamedTuple):
    """Points on the walls of buildings, in metres."""

    xy: Floats
    """(k, 2)"""
    building: Ints
    """(k,) position of the building."""


def place_seeds(footprints: Geometries) -> Seeds:
    """Seeds of buildings given by footprints in metres (valid, not empty).

    Every building has at least one seed of its own, and no two seeds are equal. Where footprints overlap, the
    smaller keeps the ground and the larger the rest, as with a tower on its podium. Twins, as left by a double
    import, share their ground in slices of equal length along its longer side.
    """
    own, host = _settle_overlaps(footprints)
    shrunk = shapely.buffer(own, -SHRINK_M, quad_segs=1, join_style="mitre")
    shrunk = np.where(shapely.is_empty(shrunk), own, shrunk)
    gap_m = _clearance(footprints)
    walls = shapely.segmentize(shapely.boundary(shrunk), np.clip(gap_m / 2, MIN_SPACING_M, MAX_SPACING_M))
    on_wall = np.flatnonzero(host == np.arange(len(host)))
    xy, which = shapely.get_coordinates(walls[on_wall], return_index=True)
    # a point well inside makes sure that the cell holds it
    xy = np.concatenate([xy, inner_points(own[on_wall])])
    building = np.concatenate([on_wall[which], on_wall]).astype(np.int64)
    for first in np.unique(host[host != np.arange(len(host))]):
        sharers = np.flatnonzero(host == first)
        slices = _slices(shrunk[first], sharers)
        others = building != first
        xy = np.concatenate([xy[others], slices.xy])
        building = np.concatenate([building[others], slices.building])
    return _distinct(xy, building)


def middle_lines(parcel: BaseGeometry, seeds: Seeds) -> Geometries:
    """Lines in metres along which the ground of different buildings meets in `parcel` (metres)."""
    if len(np.unique(seeds.building)) < 2:
        return np.empty(0, dtype=object)
    room = shapely.buffer(shapely.envelope(parcel), 1.0, join_style="mitre")
    diagram = shapely.voronoi_polygons(shapely.multipoints(seeds.xy), extend_to=room, ordered=True)
    # four points on one circle give stray bits of line, and corners that differ in their last bits on two sides
    segments = shared_segments(polygon_parts(shapely.get_parts(diagram)), digits=CORNER_DIGITS)
    between = seeds.building[segments.a] != seeds.building[segments.b]
    if not between.any():
        return np.empty(0, dtype=object)
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(segments.ends[between])))
    straight = shapely.simplify(shapely.get_parts(lines), SIMPLIFY_M, preserve_topology=True)
    around = shapely.buffer(parcel, OVERSHOOT_M, join_style="mitre")
    shapely.prepare(around)
    crossing = ~shapely.contains_properly(around, straight)
    straight[crossing] = shapely.intersection(straight[crossing], around)
    return np.asarray(shapely.get_parts(straight), dtype=object)


def nearest_building(points: Floats, parcel_of_point: Ints, seeds: Seeds, parcel_of_building: Ints) -> Ints:
    """The building with the nearest wall among those of the same parcel, for each point (metres).

    Shape (n,). Parcels are set apart along a third axis, so that one search answers for all of them; every
    parcel asked about holds a building.
    """
    if not len(points):
        return np.empty(0, dtype=np.int64)
    apart = 10.0 * (1.0 + float(np.abs(seeds.xy).max()) + float(np.abs(points).max()))
    tree = cKDTree(np.column_stack([seeds.xy, parcel_of_building[seeds.building] * apart]))
    found = tree.query(np.column_stack([points, parcel_of_point * apart]))[1]
    return np.asarray(seeds.building[found], dtype=np.int64)


def _settle_overlaps(footprints: Geometries) -> tuple[Geometries, Ints]:
    """The ground each building has for itself, and its host: itself, or the building whose ground a twin shares."""
    own = footprints.copy()
    host = np.arange(len(footprints))
    a, b = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    a, b = a[a < b], b[a < b]
    common_m2 = shapely.area(shapely.intersection(footprints[a], footprints[b]))
    real = common_m2 > np.minimum(
        OVERLAP_M2, np.minimum(shapely.area(footprints[a]), shapely.area(footprints[b])) / 4
    )
    a, b, common_m2 = a[real], b[real], common_m2[real]
    area_m2 = np.round(shapely.area(footprints), 3)
    a_wins = (area_m2[a] < area_m2[b]) | ((area_m2[a] == area_m2[b]) & (a < b))
    winner, loser = np.where(a_wins, a, b), np.where(a_wins, b, a)
    for building in np.unique(loser):
        above = winner[loser == building]
        rest = shapely.difference(footprints[building], shapely.union_all(footprints[above]))
        if shapely.get_dimensions(rest) == 2 and shapely.area(rest) >= TWIN_SHARE * area_m2[building]:
            parts = shapely.get_parts(rest)
            own[building] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
        else:
            host[building] = above[np.argmax(common_m2[loser == building])]
    while not np.array_equal(host, host[host]):
        host = host[host]
    return own, host.astype(np.int64)


def _clearance(footprints: Geometries) -> Floats:
    """Distance of each footprint to the nearest other one, in metres."""
    gap_m = np.full(len(footprints), MAX_SPACING_M * 2)
    (near, _), found_m = shapely.STRtree(footprints).query_nearest(
        footprints, max_distance=MAX_SPACING_M * 2, return_distance=True, exclusive=True, all_matches=False
    )
    gap_m[near] = found_m
    return gap_m


def _slices(ground: shapely.Geometry, sharers: Ints) -> Seeds:
    """Seeds along the outline of `ground`, dealt out in runs along its longer side to the buildings sharing it."""
    count = 8 * len(sharers)
    ring = shapely.get_exterior_ring(max(shapely.get_parts(ground), key=shapely.area))
    xy = shapely.get_coordinates(
        shapely.line_interpolate_point(ring, np.arange(count) / count, normalized=True)
    )
    along = int(np.ptp(xy[:, 1]) > np.ptp(xy[:, 0]))
    order = np.lexsort((xy[:, 1 - along], np.round(xy[:, along], 4)))
    return Seeds(xy[order], np.repeat(sharers, 8).astype(np.int64))


def _distinct(xy: Floats, building: Ints) -> Seeds:
    """Seeds sorted by building; of points equal to 0.1 mm the first stays. The point inside is never equal to one."""
    order = np.argsort(building, kind="stable")
    xy, building = np.round(xy[order], 4), building[order]
    first = np.unique(xy[:, 0] + 1j * xy[:, 1], return_index=True)[1]
    first.sort()
    return Seeds(xy[first], building[first])
