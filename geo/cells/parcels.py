"""Parcels: blocks cut further along lanes and along the outlines of complexes (their walls), which are no barriers;
and which building stands on which parcel."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints, connected, neighbours
from geo.cells.faces import absorb_faces, areas_in, dissolve, inner_points, make_faces, sound
from geo.crs import COORDINATE_STEP_DEG, LocalMetres, round_coordinates

MIN_PARCEL_M2 = 400.0
"""Smaller parcels without a building are slivers between a complex's wall and the road. Our choice."""
MIN_PARCEL_WIDTH_M = 12.0
"""Narrower parcels without a building are pavements and verges along a wall. Our choice."""
MIN_YARD_WIDTH_M = 30.0
"""Ground outside the complexes that is narrower is a strip in front of them, however wide it is elsewhere. Our choice."""
LANE_CLASSES = frozenset({"residential"})
"""Roads that are no barriers but are shared along their middle: the small streets (街巷) between complexes."""
LANE_INSIDE_M = 1.0
"""A lane that runs this deep through a building is drawn wrong, or a passage; it does not cut."""


class Parcels(NamedTuple):
    """Polygons that tile the blocks, each of one block and at most one complex."""

    polygons: Geometries
    """(n,) in degrees, a valid coverage, each of a single part."""
    block: Ints
    """(n,) number of the block."""
    complex: Ints
    """(n,) position of the complex, -1 where there is none."""
    street: Ints
    """(n,) number of the face between roads and lanes."""


def cut_parcels(
    blocks: gpd.GeoDataFrame,
    complexes: Geometries,
    footprints: Geometries,
    lanes: Geometries,
    *,
    local: LocalMetres,
) -> Parcels:
    """The parcels of `blocks` (as from `make_blocks`). All geometry in degrees.

    `lanes` are lines that cut where they close an area. Where complexes overlap, the ground belongs to the
    smallest of them. Slivers without a building join the parcel of the same block with the longest common edge.
    """
    outlines = sound(round_coordinates(complexes)) if len(complexes) else complexes
    ground = np.asarray(blocks.geometry.array, dtype=object)
    number = blocks["block"].to_numpy(np.int64)
    cutting = shapely.boundary(outlines[~shapely.is_empty(outlines)])
    lanes = _open_lanes(lanes, footprints, local=local)
    streets = make_faces([shapely.boundary(ground), lanes]) if len(lanes) else ground
    faces = make_faces([shapely.boundary(streets), cutting]) if len(cutting) else streets
    points = shapely.points(inner_points(faces))
    block = holder_of(points, ground)
    faces, points, block = faces[block >= 0], points[block >= 0], number[block[block >= 0]]
    wet = number[(blocks["kind"] == "water").to_numpy(dtype=bool)]
    home = np.where(np.isin(block, wet), -1, _smallest_holder(points, outlines))
    street = np.where(np.isin(block, wet), -1 - block, holder_of(points, streets))
    links = neighbours(faces, local=local)
    same = (home[links.a] == home[links.b]) & (street[links.a] == street[links.b])
    groups = connected(links, block, keep=same)
    parcels = Parcels(dissolve(faces, groups), *_first_of(groups, block, home, street))
    stands = shapely.points(inner_points(footprints))
    parcels = _without_slivers(parcels, stands, local=local)
    return _without_slivers(_arms_cut(parcels, local=local), stands, local=local)


def _arms_cut(parcels: Parcels, *, local: LocalMetres) -> Parcels:
    """Parcels after the narrow arms of ground around complexes have become parcels of their own."""
    links = neighbours(parcels.polygons, local=local)
    outside = (parcels.complex < 0) & (parcels.street >= 0)
    beside = (parcels.street[links.a] == parcels.street[links.b]) & (outside[links.a] != outside[links.b])
    around = np.unique(np.concatenate([links.a[beside], links.b[beside]]))
    around = around[outside[around]]
    metres = local.to_metres(parcels.polygons[around])
    half = MIN_YARD_WIDTH_M / 2
    yards = shapely.buffer(shapely.buffer(metres, -half, quad_segs=4), half * 1.001, quad_segs=4)
    arms = shapely.get_parts(shapely.difference(metres, yards))
    arms = arms[(shapely.get_type_id(arms) == 3) & (shapely.area(arms) >= MIN_PARCEL_M2)]
    if not len(arms):
        return parcels
    cuts = shapely.boundary(local.to_degrees(arms))
    faces = make_faces([shapely.boundary(parcels.polygons), cuts])
    points = inner_points(faces)
    of = holder_of(shapely.points(points), parcels.polygons)
    faces, points, of = faces[of >= 0], points[of >= 0], of[of >= 0]
    arm = holder_of(local.to_metres(shapely.points(points)), arms)
    links = neighbours(faces, local=local)
    same = (of[links.a] == of[links.b]) & ((arm[links.a] < 0) == (arm[links.b] < 0))
    groups = connected(links, np.zeros(len(faces), dtype=np.int64), keep=same)
    columns = _first_of(groups, parcels.block[of], parcels.complex[of], parcels.street[of])
    return Parcels(dissolve(faces, groups), *columns)


def _open_lanes(lanes: Geometries, footprints: Geometries, *, local: LocalMetres) -> Geometries:
    """The pieces of lanes between their crossings that run through no building."""
    if not len(lanes):
        return lanes
    pieces = shapely.get_parts(shapely.union_all(round_coordinates(lanes), grid_size=COORDINATE_STEP_DEG))
    if not len(footprints):
        return np.asarray(pieces, dtype=object)
    deep = shapely.buffer(local.to_metres(footprints), -LANE_INSIDE_M, join_style="mitre")
    hit, _ = shapely.STRtree(deep).query(local.to_metres(pieces), predicate="intersects")
    return np.asarray(np.delete(pieces, np.unique(hit)), dtype=object)


def _without_slivers(parcels: Parcels, stands: Geometries, *, local: LocalMetres) -> Parcels:
    """Parcels after slivers on which nothing `stands` have joined others, round by round."""
    while True:
        n = len(parcels.polygons)
        built = np.zeros(n, dtype=bool)
        if len(stands):
            built[np.unique(shapely.STRtree(parcels.polygons).query(stands, predicate="within")[1])] = True
        weak = ~built & (areas_in(parcels.polygons, local=local) < MIN_PARCEL_M2)
        groups = absorb_faces(parcels.polygons, weak, groups=parcels.block, local=local)
        if groups.max(initial=-1) == n - 1:
            return parcels
        # the strong member of each group, or its largest one, says which complex it is
        rank = np.lexsort((-shapely.area(parcels.polygons), weak, groups))
        chief = rank[np.unique(groups[rank], return_index=True)[1]]
        parcels = Parcels(
            dissolve(parcels.polygons, groups),
            parcels.block[chief],
            parcels.complex[chief],
            parcels.street[chief],
        )


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
