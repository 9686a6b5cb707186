"""Ground on which nothing stands, given piece by piece to what it lies in front of: the strip between a wall and the
road, the strip along a river, and the river itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from geo.cells.adjacency import Flags, Floats, Ints, Segments, shared_segments
from geo.cells.faces import is_thin
from geo.cells.parcels import MIN_PARCEL_WIDTH_M, MIN_YARD_WIDTH_M, Parcels
from geo.cells.tessellation import Seeds, nearest_building
from geo.crs import LocalMetres

ROUND_SHARE = 0.25
"""An empty parcel is a piece of its own when its largest circle fills this share of it or more, 0-1, ..."""
CONVEX_SHARE = 0.7
"""... and when it fills this share of its convex hull, 0-1, ..."""
MOST_RADIUS_M = 80.0
"""... or when its largest circle has this radius or more: fields are no verges. Our choices."""
STRIP_TIMES = 2.5
"""Empty ground this many times as long as wide is a strip, cut in front of what lies beside it. Our choice."""
SAMPLE_M = 3.0
"""Walls along a verge are sampled this densely."""
STRIP_SAMPLES = 0.25
"""The rim of a strip is sampled by this share of its width."""


class Fronts(NamedTuple):
    """Sample points whose owners the ground of a region is shared among, all arrays (k,) but `xy`."""

    xy: Floats
    """(k, 2) metres."""
    owner: Ints
    """Buildings count from 0; an empty parcel p has the owner buildings + p."""
    region: Ints
    """Position of the parcel that is shared."""


def verges(parcels: Parcels, built: Flags, wet: Flags, *, local: LocalMetres) -> Flags:
    """Which empty parcels are verges and forecourts, to be shared out among what they lie in front of.

    As cells of their own they would wind around what they surround, and no plan could part them. Compact ones
    (parks, yards) stay whole; so do complexes without buildings, unless only a strip of them is left.
    """
    inhabited = np.isin(parcels.block, parcels.block[built & ~wet])
    shared = ~built & ~wet & inhabited
    if shared.any():
        metres = local.to_metres(parcels.polygons[shared])
        radius_m = shapely.length(shapely.maximum_inscribed_circle(metres, tolerance=1.0))
        area_m2 = shapely.area(metres)
        hull_m2 = shapely.area(shapely.convex_hull(metres))
        winding = (np.pi * radius_m**2 < ROUND_SHARE * area_m2) | (area_m2 < CONVEX_SHARE * hull_m2)
        thin = is_thin(parcels.polygons[shared], width_m=MIN_PARCEL_WIDTH_M, local=local)
        outside = parcels.complex[shared] < 0
        shared[shared] = thin | (outside & winding & (radius_m < MOST_RADIUS_M))
    return shared


def fronts(
    parcels: Parcels,
    built: Flags,
    shared: Flags,
    wet: Flags,
    seeds: Seeds,
    standing: Ints,
    *,
    local: LocalMetres,
) -> Fronts:
    """Samples of the walls around shared parcels, and around complexes where others stand outside them.

    `seeds` are those of the buildings, `standing` the parcel of each building. Ground of a `shared` parcel goes to
    parcels beside it in its street face, else in its block; a strip outside the complexes on which something
    stands goes to the complexes beside it where they are nearer than its own buildings.
    """
    found = shared_segments(parcels.polygons)
    region = np.concatenate([found.a, found.b])
    beside = np.concatenate([found.b, found.a])
    ends = np.concatenate([found.ends, found.ends])
    dry = ~wet[region] & ~wet[beside] & (parcels.block[region] == parcels.block[beside]) & ~shared[beside]
    near = parcels.street[region] == parcels.street[beside]
    has_near = np.zeros(len(shared), dtype=bool)
    has_near[region[dry & near & shared[region]]] = True
    open_ = built & (parcels.complex < 0)
    open_[open_] = is_thin(parcels.polygons[open_], width_m=MIN_YARD_WIDTH_M, local=local)
    wanted = dry & np.where(
        shared[region], near | ~has_near[region], open_[region] & near & (parcels.complex[beside] >= 0)
    )
    xy, which = _samples(Segments(region[wanted], beside[wanted], ends[wanted]), local=local)
    region, beside = region[wanted][which], beside[wanted][which]
    owner = beside + len(standing)
    lived = built[beside]
    owner[lived] = nearest_building(xy[lived], beside[lived], seeds, standing)
    return Fronts(xy, owner, region)


def _samples(segments: Segments, *, local: LocalMetres) -> tuple[Floats, Ints]:
    """Points along the segments (degrees), in metres, half a step from either end; and the segment of each."""
    metres = (segments.ends - [local.lon0, local.lat0]) * [
        local.metres_per_degree_lon,
        local.metres_per_degree_lat,
    ]
    step = metres[:, 1] - metres[:, 0]
    count = np.maximum(1, np.ceil(np.hypot(step[:, 0], step[:, 1]) / SAMPLE_M)).astype(np.int64)
    which = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    share = (place + 0.5) / count[which]
    return metres[which, 0] + step[which] * share[:, None], which


def strip_widths(parcels: Parcels, empty: Flags, wet: Flags, *, local: LocalMetres) -> Floats:
    """Width in metres of those `empty` parcels that are so long that no grid should get all of one, 0 elsewhere.

    Wide land is no strip; a wide river is.
    """
    width_m = np.zeros(len(empty))
    if empty.any():
        metres = local.to_metres(parcels.polygons[empty])
        wide = 2 * shapely.length(shapely.maximum_inscribed_circle(metres, tolerance=1.0))
        long = (shapely.area(metres) > STRIP_TIMES * wide**2) & (wet[empty] | (wide < 2 * MOST_RADIUS_M))
        width_m[empty] = np.where(long, wide, 0.0)
    return width_m


def strip_fronts(
    parcels: Parcels, width_m: Floats, seeds: Seeds, group: Ints, *, local: LocalMetres
) -> Fronts:
    """Samples along the rims of strips, owned by the `group` of the building nearest to each.

    `width_m` is that of `strip_widths`, `group` (buildings,) says which buildings hold together. Opposite banks
    have different owners, so the line between them is the middle of the river.
    """
    found = [Fronts(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))]
    strip = np.flatnonzero(width_m > 0)
    if len(strip) and len(seeds.xy):
        tree = shapely.STRtree(shapely.points(seeds.xy))
        for parcel, metres in zip(strip, local.to_metres(parcels.polygons[strip]), strict=True):
            rim = shapely.boundary(metres)
            step_m = max(STRIP_SAMPLES * width_m[parcel], SAMPLE_M)
            count = max(8, int(np.ceil(shapely.length(rim) / step_m)))
            points = shapely.line_interpolate_point(rim, (np.arange(count) + 0.5) / count, normalized=True)
            owner = group[seeds.building[tree.nearest(points)]]
            xy = shapely.get_coordinates(points)
            found.append(Fronts(xy, owner, np.full(count, parcel, dtype=np.int64)))
    return Fronts(*(np.concatenate(part) for part in zip(*found, strict=True)))
