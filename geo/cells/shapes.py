"""The polygons of all cells of one community: parcels cut by middle lines, shores and hexagons, and the faces
between these lines given to the building, hexagon or empty ground they belong to."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely

from geo.cells.adjacency import Flags, Floats, Geometries, Ints, absorb, connected, neighbours
from geo.cells.faces import areas_in, dissolve, inner_points, make_faces
from geo.cells.hexes import LARGE_IN_HEXES, hex_area_m2, hex_lines, hex_of, without_rim
from geo.cells.parcels import MIN_PARCEL_M2, Parcels, Standing, holder_of, place_buildings
from geo.cells.tessellation import Seeds, middle_lines, nearest_building, place_seeds
from geo.cells.verges import Fronts, fronts, strip_fronts, strip_widths, verges
from geo.crs import LocalMetres

SHORE_M = 10.0
"""A building on water (a pier, a boat house) gets the water up to this distance; the rest stays water."""


class Shapes(NamedTuple):
    """Finished cells before they get their figures; all arrays (n,)."""

    polygons: Geometries
    parcel: Ints
    building: Ints
    is_hex: Flags


def make_shapes(
    parcels: Parcels, footprints: Geometries, wet: Flags, *, resolution: int, local: LocalMetres
) -> Shapes:
    """Polygons of all cells: parcels cut by middle lines, shores and hexagons, strays given away."""
    n, count = len(parcels.polygons), len(footprints)
    standing = place_buildings(footprints, parcels)
    built = np.zeros(n, dtype=bool)
    built[standing.parcel] = True
    shared = verges(parcels, built, wet, local=local)
    sharers, width_m = _sharers(parcels, standing, built, shared, wet, local=local)
    shared &= np.isin(np.arange(n), sharers.region)
    large = areas_in(parcels.polygons, local=local) > LARGE_IN_HEXES * hex_area_m2(resolution)
    hexed = ~built & ~wet & ~shared & (width_m == 0) & (large | (count == 0))

    lines = [shapely.boundary(parcels.polygons)]
    if len(sharers.owner):
        lines.append(local.to_degrees(_middle_lines(parcels, sharers, local=local)))
    shores = _shores(standing, wet, local=local)
    if shores is not None:
        lines.append(np.array([shapely.boundary(shores)], dtype=object))
    if hexed.any():
        lines.append(hex_lines(parcels.polygons[hexed], resolution=resolution))
    faces = parcels.polygons if len(lines) == 1 else make_faces(lines)

    points = inner_points(faces)
    parcel = holder_of(shapely.points(points), parcels.polygons)
    faces, points, parcel = faces[parcel >= 0], points[parcel >= 0], parcel[parcel >= 0]
    owner = _owners(points, parcel, sharers, local=local)
    if shores is not None:
        afar = wet[parcel] & built[parcel] & ~shapely.contains_xy(shores, points[:, 0], points[:, 1])
        owner[afar] = -1
    strip = (width_m > 0)[parcel]
    part = np.where(strip, 1 + owner, 0)
    building = np.where(strip | (owner >= count), -1, owner)
    given = shared[parcel] | (building >= 0)
    parcel = np.where(given & (owner >= count) & ~strip, owner - count, parcel)
    parcel[building >= 0] = standing.parcel[building[building >= 0]]
    part[hexed[parcel]] = hex_of(points[hexed[parcel]], resolution=resolution)
    shapes = _joined(faces, parcel, building, part, hexed, local=local)
    shapes = _without_strays(shapes, parcels.block, footprints, wet & built, local=local)
    shapes = _without_short_pieces(shapes, width_m, local=local)
    if hexed.any():
        groups = without_rim(
            shapes.polygons, shapes.is_hex, shapes.parcel, resolution=resolution, local=local
        )
        shapes, _ = _grouped(shapes, groups, np.zeros(len(groups), dtype=bool))
    return shapes


def _sharers(
    parcels: Parcels,
    standing: Standing,
    built: Flags,
    shared: Flags,
    wet: Flags,
    *,
    local: LocalMetres,
) -> tuple[Fronts, Floats]:
    """Among whom each parcel is shared: its buildings, what lies around a verge, the fronts along a strip; and
    the width of each strip."""
    nothing = Seeds(np.empty((0, 2)), np.empty(0, np.int64))
    seeds = place_seeds(local.to_metres(standing.ground)) if len(standing.parcel) else nothing
    around = fronts(parcels, built, shared, wet, seeds, standing.parcel, local=local)
    shared = shared & np.isin(np.arange(len(shared)), around.region)
    width_m = strip_widths(parcels, ~built & ~shared & (parcels.complex < 0), wet, local=local)
    home = parcels.complex[standing.parcel]
    group = np.where(home >= 0, len(home) + home, np.arange(len(home)))
    along = strip_fronts(parcels, width_m, seeds, group, local=local)
    width_m[~np.isin(np.arange(len(width_m)), along.region)] = 0.0
    own = Fronts(seeds.xy, seeds.building, standing.parcel[seeds.building])
    return Fronts(*(np.concatenate(part) for part in zip(own, around, along, strict=True))), width_m


def _owners(points: Floats, parcel: Ints, sharers: Fronts, *, local: LocalMetres) -> Ints:
    """The owner of the nearest sample of its parcel for each point (degrees), -1 in parcels nobody shares."""
    owner = np.full(len(points), -1, dtype=np.int64)
    some = np.isin(parcel, sharers.region)
    if some.any():
        metres = shapely.get_coordinates(local.to_metres(shapely.points(points[some])))
        sample = np.arange(len(sharers.owner))
        found = nearest_building(metres, parcel[some], Seeds(sharers.xy, sample), sharers.region)
        owner[some] = sharers.owner[found]
    return owner


def _middle_lines(parcels: Parcels, sharers: Fronts, *, local: LocalMetres) -> Geometries:
    """Lines between the owners of each parcel."""
    order = np.argsort(sharers.region, kind="stable")
    regions, starts = np.unique(sharers.region[order], return_index=True)
    metres = local.to_metres(parcels.polygons[regions])
    found = [
        middle_lines(ground, Seeds(sharers.xy[rows], sharers.owner[rows]))
        for ground, rows in zip(metres, np.split(order, starts[1:]), strict=True)
    ]
    return np.concatenate(found)


def _shores(standing: Standing, wet: Flags, *, local: LocalMetres) -> Any | None:
    """The surroundings, in degrees, of all buildings that stand in water; None without any."""
    afloat = wet[standing.parcel]
    if not afloat.any():
        return None
    around = shapely.buffer(local.to_metres(standing.ground[afloat]), SHORE_M, quad_segs=2)
    return shapely.union_all(local.to_degrees(around), grid_size=1e-9)


def _joined(
    faces: Geometries, parcel: Ints, building: Ints, part: Ints, hexed: Flags, *, local: LocalMetres
) -> Shapes:
    """Faces joined where they touch and are the same thing of the same parcel."""
    same = np.unique(np.column_stack([parcel, building, part]), axis=0, return_inverse=True)[1].reshape(-1)
    groups = connected(neighbours(faces, local=local), same.astype(np.int64))
    first = np.unique(groups, return_index=True)[1]
    is_hex = hexed[parcel[first]] & (building[first] < 0)
    return Shapes(dissolve(faces, groups), parcel[first], building[first], is_hex)


def _without_short_pieces(shapes: Shapes, width_m: Floats, *, local: LocalMetres) -> Shapes:
    """Pieces of strips after those shorter than wide have joined the next piece of their strip."""
    while True:
        wide = width_m[shapes.parcel]
        piece = (wide > 0) & (shapes.building < 0)
        weak = piece & (areas_in(shapes.polygons, local=local) < wide**2)
        if not weak.any():
            return shapes
        links = neighbours(shapes.polygons, local=local)
        same = (shapes.parcel[links.a] == shapes.parcel[links.b]) & piece[links.a] & piece[links.b]
        groups = absorb(links, weak, allowed=same)
        if groups.max() == len(weak) - 1:
            return shapes
        shapes, _ = _grouped(shapes, groups, weak)


def _grouped(shapes: Shapes, groups: Ints, weak: Flags) -> tuple[Shapes, Flags]:
    """Shapes united by group; each group is what its strong member is, or else its largest one."""
    order = np.lexsort((-np.round(shapely.area(shapes.polygons), 16), weak, groups))
    chief = order[np.unique(groups[order], return_index=True)[1]]
    united = Shapes(
        dissolve(shapes.polygons, groups), shapes.parcel[chief], shapes.building[chief], shapes.is_hex[chief]
    )
    return united, weak[chief]


def _without_strays(
    shapes: Shapes, block: Ints, footprints: Geometries, afloat: Flags, *, local: LocalMetres
) -> Shapes:
    """Each building keeps one piece, the one with its middle or else the largest; the others, and splinters of
    water between buildings, go to the neighbour of the same block with the longest common edge."""
    splinter = (shapes.building < 0) & afloat[shapes.parcel]
    splinter &= areas_in(shapes.polygons, local=local) < MIN_PARCEL_M2
    holds = np.zeros(len(shapes.polygons), dtype=bool)
    if len(footprints):
        middle = shapely.points(inner_points(footprints))
        owner, piece = shapely.STRtree(shapes.polygons).query(middle, predicate="within")
        holds[piece[shapes.building[piece] == owner]] = True
    order = np.lexsort((-np.round(shapely.area(shapes.polygons), 16), ~holds, shapes.building))
    second = np.zeros(len(order), dtype=bool)
    second[order[1:]] = shapes.building[order][1:] == shapes.building[order][:-1]
    weak = (second & (shapes.building >= 0)) | splinter
    while weak.any():
        links = neighbours(shapes.polygons, local=local)
        block_of = block[shapes.parcel]
        groups = absorb(links, weak, allowed=block_of[links.a] == block_of[links.b])
        if groups.max() == len(weak) - 1:
            break
        shapes, weak = _grouped(shapes, groups, weak)
    return shapes
