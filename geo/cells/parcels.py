"""Parcels: blocks cut further along the outlines of complexes (their walls), which are no barriers; and which
building stands on which parcel."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints, connected, neighbours
from geo.cells.faces import absorb_faces, areas_in, dissolve, inner_points, is_thin, make_faces, sound
from geo.crs import LocalMetres, round_coordinates

MIN_PARCEL_M2 = 400.0
"""Smaller parcels without a building are slivers between a complex's wall and the road. Our choice."""
MIN_PARCEL_WIDTH_M = 12.0
"""Narrower parcels without a building are pavements and verges along a wall. Our choice."""


class Parcels(NamedTuple):
    """Polygons that tile the blocks, each of one block and at most one complex."""

    polygons: Geometries
    """(n,) in degrees, a valid coverage, each of a single part."""
    block: Ints
    """(n,) number of the block."""
    complex: Ints
    """(n,) position of the complex, -1 where there is none."""


def cut_parcels(
    blocks: gpd.GeoDataFrame, complexes: Geometries, footprints: Geometries, *, local: LocalMetres
) -> Parcels:
    """The parcels of `blocks` (as from `make_blocks`). All geometry in degrees.

    Where complexes overlap, the ground belongs to the smallest of them. Strips and slivers without a building
    join the parcel of the same block with the longest common edge.
    """
    outlines = sound(round_coordinates(complexes)) if len(complexes) else complexes
    ground = np.asarray(blocks.geometry.array, dtype=object)
    number = blocks["block"].to_numpy(np.int64)
    cutting = shapely.boundary(outlines[~shapely.is_empty(outlines)])
    faces = make_faces([shapely.boundary(ground), cutting]) if len(cutting) else ground
    points = shapely.points(inner_points(faces))
    block = holder_of(points, ground)
    faces, points, block = faces[block >= 0], points[block >= 0], number[block[block >= 0]]
    wet = number[(blocks["kind"] == "water").to_numpy(dtype=bool)]
    home = np.where(np.isin(block, wet), -1, _smallest_holder(points, outlines))
    links = neighbours(faces, local=local)
    same_home = home[links.a] == home[links.b]
    groups = connected(links, block, keep=same_home)
    parcels = Parcels(dissolve(faces, groups), *_first_of(groups, block, home))
    return _without_slivers(parcels, shapely.points(inner_points(footprints)), local=local)


def _without_slivers(parcels: Parcels, stands: Geometries, *, local: LocalMetres) -> Parcels:
    """Parcels after slivers and strips on which nothing `stands` have joined others, round by round."""
    while True:
        n = len(parcels.polygons)
        built = np.zeros(n, dtype=bool)
        if len(stands):
            built[np.unique(shapely.STRtree(parcels.polygons).query(stands, predicate="within")[1])] = True
        small = areas_in(parcels.polygons, local=local) < MIN_PARCEL_M2
        weak = ~built & (small | is_thin(parcels.polygons, width_m=MIN_PARCEL_WIDTH_M, local=local))
        groups = absorb_faces(parcels.polygons, weak, groups=parcels.block, local=local)
        if groups.max(initial=-1) == n - 1:
            return parcels
        # the strong member of each group, or its largest one, says which complex it is
        rank = np.lexsort((-shapely.area(parcels.polygons), weak, groups))
        chief = rank[np.unique(groups[rank], return_index=True)[1]]
        parcels = Parcels(dissolve(parcels.polygons, groups), parcels.block[chief], parcels.complex[chief])


def _first_of(groups: Ints, *columns: Ints) -> list[Ints]:
    first = np.unique(groups, return_index=True)[1]
    return [column[first] for column in columns]


def holder_of(points: Geometries, polygons: Geometries) -> Ints:
    """Position of the polygon of a coverage that holds each point, -1 for none."""
    holder = np.full(len(points), -1, dtype=np.int64)
    point, polygon = shapely.STRtree(polygons).query(points, predicate="within")
    holder[point] = polygon
    return holder


def _smallest_holder(points: Geometries, polygons: Geometries) -> Ints:
    """Position of the smallest polygon that holds each point, ties to the lowest position, -1 for none."""
    holder = np.full(len(points), -1, dtype=np.int64)
    if len(polygons):
        point, polygon = shapely.STRtree(polygons).query(points, predicate="within")
        order = np.lexsort((-polygon, -shapely.area(polygons[polygon]), point))
        holder[point[order]] = polygon[order]
    return holder


class Standing(NamedTuple):
    """Where each building stands."""

    parcel: Ints
    """(n,) position of its parcel."""
    ground: Geometries
    """(n,) its footprint within that parcel, in degrees."""
    whole: Flags
    """(n,) whether the whole footprint lies in that parcel."""


def place_buildings(footprints: Geometries, parcels: Parcels) -> Standing:
    """Each building goes to the block that holds most of its footprint, there to the parcel that holds most.

    Footprints in degrees, valid, each with its inner point inside the parcels. Ties go to the lower number.
    """
    tree = shapely.STRtree(parcels.polygons)
    parcel = np.full(len(footprints), -1, dtype=np.int64)
    building, holder = tree.query(footprints, predicate="covered_by")
    parcel[building] = holder
    whole = parcel >= 0
    ground = footprints.copy()
    split = np.flatnonzero(~whole)
    if len(split):
        piece, holder = tree.query(footprints[split], predicate="intersects")
        part = shapely.intersection(footprints[split][piece], parcels.polygons[holder])
        area = np.round(shapely.area(part), 16)
        block = parcels.block[holder]
        key = piece.astype(np.int64) * (int(parcels.block.max()) + 1) + block
        _, inverse = np.unique(key, return_inverse=True)
        area_in_block = np.bincount(inverse, weights=area)[inverse]
        order = np.lexsort((holder, -area, block, -np.round(area_in_block, 16), piece))
        best = order[np.unique(piece[order], return_index=True)[1]]
        parcel[split] = holder[best]
        ground[split] = sound(part[best])
    return Standing(parcel, ground, whole)
