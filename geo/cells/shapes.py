"""The polygons of all cells of one community: parcels cut by middle lines, shores and hexagons, and the faces
between these lines given to the building, hexagon or empty ground they belong to."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints, absorb, connected, neighbours
from geo.cells.faces import areas_in, dissolve, inner_points, make_faces
from geo.cells.hexes import LARGE_IN_HEXES, hex_area_m2, hex_lines, hex_of, without_rim
from geo.cells.parcels import MIN_PARCEL_M2, Parcels, Standing, holder_of, place_buildings
from geo.cells.tessellation import Seeds, middle_lines, nearest_building, place_seeds
from geo.crs import LocalMetres

SHORE_M = 10.0
"""A building on water (a pier, a boat house) gets the water up to this distance; the rest stays water."""
ROUND_SHARE = 0.25
"""An empty parcel is a piece of its own when its largest circle fills this share of it or more, 0-1, ..."""
CONVEX_SHARE = 0.7
"""... and when it fills this share of its convex hull, 0-1, ..."""
MOST_RADIUS_M = 80.0
"""... or when its largest circle has this radius or more: fields are no verges. Our choices."""


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
    standing = place_buildings(footprints, parcels)
    built = np.zeros(len(parcels.polygons), dtype=bool)
    built[standing.parcel] = True
    shared = _shared_ground(parcels, built, wet, local=local)
    large = areas_in(parcels.polygons, local=local) > LARGE_IN_HEXES * hex_area_m2(resolution)
    hexed = ~built & ~wet & ~shared & (large | (len(footprints) == 0))
    seeds = place_seeds(local.to_metres(standing.ground)) if len(footprints) else None

    lines = [shapely.boundary(parcels.polygons)]
    if seeds is not None:
        lines.append(local.to_degrees(_middle_lines(parcels, standing, seeds, shared, local=local)))
    shores = _shores(standing, wet, local=local)
    if shores is not None:
        lines.append(np.array([shapely.boundary(shores)], dtype=object))
    if hexed.any():
        lines.append(hex_lines(parcels.polygons[hexed], resolution=resolution))
    faces = parcels.polygons if len(lines) == 1 else make_faces(lines)

    points = inner_points(faces)
    parcel = holder_of(shapely.points(points), parcels.polygons)
    faces, points, parcel = faces[parcel >= 0], points[parcel >= 0], parcel[parcel >= 0]
    building = np.full(len(faces), -1, dtype=np.int64)
    mine = built[parcel]
    if shores is not None:
        mine &= ~wet[parcel] | shapely.contains_xy(shores, points[:, 0], points[:, 1])
    if seeds is not None and mine.any():
        metres = shapely.get_coordinates(local.to_metres(shapely.points(points[mine])))
        building[mine] = nearest_building(metres, parcel[mine], seeds, standing.parcel)
    verge = shared[parcel]
    if seeds is not None and verge.any():
        metres = shapely.get_coordinates(local.to_metres(shapely.points(points[verge])))
        blocks = parcels.block[standing.parcel]
        building[verge] = nearest_building(metres, parcels.block[parcel[verge]], seeds, blocks)
        parcel[verge] = standing.parcel[building[verge]]
    hexagon = np.zeros(len(faces), dtype=np.int64)
    hexagon[hexed[parcel]] = hex_of(points[hexed[parcel]], resolution=resolution)
    shapes = _joined(faces, parcel, building, hexagon, local=local)
    shapes = _without_strays(shapes, parcels.block, footprints, wet & built, local=local)
    if hexed.any():
        groups = without_rim(
            shapes.polygons, shapes.is_hex, shapes.parcel, resolution=resolution, local=local
        )
        shapes, _ = _grouped(shapes, groups, np.zeros(len(groups), dtype=bool))
    return shapes


def _shared_ground(parcels: Parcels, built: Flags, wet: Flags, *, local: LocalMetres) -> Flags:
    """Which empty parcels of built-up blocks are verges and forecourts winding around complexes.

    As cells of their own they would be the only link between what they surround, and no plan could part it; so
    they are shared out among the buildings of the block, over the walls. Compact ones (parks, yards) stay whole.
    """
    inhabited = np.isin(parcels.block, parcels.block[built & ~wet])
    shared = ~built & ~wet & inhabited & (parcels.complex < 0)
    if shared.any():
        metres = local.to_metres(parcels.polygons[shared])
        radius_m = shapely.length(shapely.maximum_inscribed_circle(metres, tolerance=1.0))
        area_m2 = shapely.area(metres)
        hull_m2 = shapely.area(shapely.convex_hull(metres))
        winding = (np.pi * radius_m**2 < ROUND_SHARE * area_m2) | (area_m2 < CONVEX_SHARE * hull_m2)
        shared[shared] = winding & (radius_m < MOST_RADIUS_M)
    return shared


def _middle_lines(
    parcels: Parcels, standing: Standing, seeds: Seeds, shared: Flags, *, local: LocalMetres
) -> Geometries:
    """Lines between the buildings of each parcel, and in shared ground between those of the block."""
    parcel_of_seed = standing.parcel[seeds.building]
    order = np.argsort(parcel_of_seed, kind="stable")
    holders, starts = np.unique(parcel_of_seed[order], return_index=True)
    metres = local.to_metres(parcels.polygons)
    found = [
        middle_lines(metres[holder], Seeds(seeds.xy[rows], seeds.building[rows]))
        for holder, rows in zip(holders, np.split(order, starts[1:]), strict=True)
    ]
    for block in np.unique(parcels.block[shared]):
        rows = np.flatnonzero(parcels.block[parcel_of_seed] == block)
        ground = shapely.union_all(metres[shared & (parcels.block == block)])
        found.append(middle_lines(ground, Seeds(seeds.xy[rows], seeds.building[rows])))
    return np.concatenate(found)


def _shores(standing: Standing, wet: Flags, *, local: LocalMetres) -> Any | None:
    """The surroundings, in degrees, of all buildings that stand in water; None without any."""
    afloat = wet[standing.parcel]
    if not afloat.any():
        return None
    around = shapely.buffer(local.to_metres(standing.ground[afloat]), SHORE_M, quad_segs=2)
    return shapely.union_all(local.to_degrees(around), grid_size=1e-9)


def _joined(faces: Geometries, parcel: Ints, building: Ints, hexagon: Ints, *, local: LocalMetres) -> Shapes:
    """Faces joined where they touch and are the same thing of the same parcel."""
    same = np.unique(np.column_stack([parcel, building, hexagon]), axis=0, return_inverse=True)[1].reshape(-1)
    groups = connected(neighbours(faces, local=local), same.astype(np.int64))
    first = np.unique(groups, return_index=True)[1]
    return Shapes(dissolve(faces, groups), parcel[first], building[first], hexagon[first] != 0)


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
