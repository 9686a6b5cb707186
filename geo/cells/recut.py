"""Cells that wind around others, or would fall apart if a little were taken off all around, cut by straight lines: each
keeps the part with its building, the rest goes to what it lies in front of."""

from __future__ import annotations

import numpy as np
import shapely

from geo.cells.adjacency import Flags, Floats, Geometries, Ints, absorb, connected, neighbours
from geo.cells.faces import dissolve, inner_points, make_faces
from geo.cells.parcels import holder_of
from geo.cells.tessellation import Seeds, middle_lines, nearest_building
from geo.crs import LocalMetres

NECK_M = 6.0
"""A passage of a cell narrower than this is a neck. Our choice."""
LEAST_LOBE_M2 = 5.0
"""What remains behind a neck counts from this area on, when half the neck's width is taken off all around."""
SAMPLE_M = 2.0
PARTS = 4_096
"""More parts than any cell is cut into."""
ROUNDS = 4
"""Giving a part away may make its new cell wind in turn; so often it is tried. Our choice."""


def without_winding(
    polygons: Geometries, middles: Floats, apart: Ints, *, local: LocalMetres
) -> tuple[Geometries, Ints]:
    """`polygons` (n, degrees, a coverage of single polygons) recut, and the position each came from.

    `middles` (n, 2), degrees, is a point that each cell must keep where it can: the middle of its building; NaN
    for empty ground. Parts go to cells of equal `apart` (n,), the block, where there is one beside. Empty ground
    in the hole of a cell joins that cell: then there are fewer polygons than before.
    """
    came_from = np.arange(len(polygons))
    for _ in range(ROUNDS):
        empty = np.isnan(middles[came_from, 0])
        groups = _filled(polygons, empty, local=local)
        if groups.max(initial=-1) < len(polygons) - 1:
            order = np.lexsort((-shapely.area(polygons), empty, groups))
            chief = order[np.unique(groups[order], return_index=True)[1]]
            polygons, came_from = dissolve(polygons, groups), came_from[chief]
        cuts, seeds = _cuts(polygons, middles[came_from], local=local)
        if not len(seeds.xy):
            break
        links = neighbours(polygons, local=local)
        touched = np.zeros(len(polygons), dtype=bool)
        touched[seeds.building // PARTS] = True
        near = touched.copy()
        near[links.a[touched[links.b]]] = near[links.b[touched[links.a]]] = True
        here = np.flatnonzero(near)
        row = np.cumsum(near) - 1
        seeds = Seeds(seeds.xy, row[seeds.building // PARTS] * PARTS + seeds.building % PARTS)
        kept = middles[came_from[here]]
        pieces, of = _recut(polygons[here], apart[came_from[here]], kept, cuts, seeds, local=local)
        if len(pieces) != len(here):
            break
        polygons = polygons.copy()
        polygons[here[of]] = pieces
    return polygons, came_from


def _filled(polygons: Geometries, empty: Flags, *, local: LocalMetres) -> Ints:
    """Groups in which empty polygons that one other polygon surrounds have joined it."""
    links = neighbours(polygons, local=local)
    count = np.bincount(np.concatenate([links.a, links.b]), minlength=len(polygons))
    rim = shapely.coverage_union_all(polygons)
    inside = shapely.contains_properly(rim, polygons)
    weak = np.asarray(empty & (count == 1) & inside, dtype=bool)
    return absorb(links, weak)


def _cuts(polygons: Geometries, middles: Floats, *, local: LocalMetres) -> tuple[Geometries, Seeds]:
    """Lines in metres across the cells to recut, and samples of their parts: part 0 of a cell stays its own.

    The building of a sample is `PARTS * cell + part`.
    """
    metres = local.to_metres(polygons)
    lines: list[Geometries] = [np.empty(0, dtype=object)]
    samples: list[Floats] = [np.empty((0, 2))]
    owners: list[Ints] = [np.empty(0, dtype=np.int64)]
    holed = np.flatnonzero(shapely.get_num_interior_rings(metres) > 0)
    for cell in holed:
        xy = _around_holes(metres[cell], middles[cell], local=local)
        owner = PARTS * cell + np.arange(len(xy))
        lines.append(middle_lines(metres[cell], Seeds(xy, owner)))
        samples.append(xy)
        owners.append(owner)
    shrunk = shapely.buffer(metres, -NECK_M / 2, join_style="mitre")
    for cell in np.setdiff1d(np.flatnonzero(shapely.get_num_geometries(shrunk) > 1), holed):
        lobes = shapely.get_parts(shrunk[cell])
        lobes = lobes[shapely.area(lobes) > LEAST_LOBE_M2]
        if len(lobes) < 2:
            continue
        away = -shapely.area(lobes)
        if not np.isnan(middles[cell, 0]):
            away = shapely.distance(lobes, local.to_metres(shapely.points(middles[cell]))[0])
        part = np.arange(1, len(lobes) + 1)
        part[np.argmin(away)] = 0
        rims = shapely.segmentize(shapely.boundary(lobes), SAMPLE_M)
        xy, which = shapely.get_coordinates(rims, return_index=True)
        xy, first = np.unique(np.round(xy, 4), axis=0, return_index=True)
        owner = PARTS * cell + part[which[first]]
        lines.append(middle_lines(metres[cell], Seeds(xy, owner)))
        samples.append(xy)
        owners.append(owner)
    return np.concatenate(lines), Seeds(np.concatenate(samples), np.concatenate(owners).astype(np.int64))


def _around_holes(cell: shapely.Polygon, middle: Floats, *, local: LocalMetres) -> Floats:
    """What a cell must keep (its widest place where that is nothing), and the middle of each of its holes, in
    metres: shape (1 + holes, 2)."""
    if np.isnan(middle[0]):
        own = shapely.get_coordinates(shapely.maximum_inscribed_circle(cell, tolerance=0.5))[:1]
    else:
        own = shapely.get_coordinates(local.to_metres(shapely.points(middle)))
    holes = shapely.centroid([shapely.Polygon(ring) for ring in cell.interiors])
    return np.concatenate([own, shapely.get_coordinates(holes)])


def _surrounded_by(polygons: Geometries) -> Ints:
    """Position of the polygon in a hole of which each one lies, -1 for none."""
    around = np.full(len(polygons), -1, dtype=np.int64)
    for outer in np.flatnonzero(shapely.get_num_interior_rings(polygons) > 0):
        holes = shapely.polygons(shapely.get_rings(polygons[outer])[1:])
        points = shapely.points(inner_points(polygons))
        around[np.unique(shapely.STRtree(points).query(holes, predicate="contains")[1])] = outer
    return around


def _recut(
    polygons: Geometries,
    apart: Ints,
    middles: Floats,
    cuts: Geometries,
    seeds: Seeds,
    *,
    local: LocalMetres,
) -> tuple[Geometries, Ints]:
    """The cuts made, and the parts beyond them given to the neighbour with the longest common edge: one piece for
    each polygon, and which. Nothing where some part finds no taker."""
    nothing = np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    faces = make_faces([shapely.boundary(polygons), local.to_degrees(cuts)])
    points = inner_points(faces)
    of = holder_of(shapely.points(points), polygons)
    faces, points, of = faces[of >= 0], points[of >= 0], of[of >= 0]
    cell = seeds.building // PARTS
    mine = np.isin(of, cell)
    part = np.zeros(len(faces), dtype=np.int64)
    metres = shapely.get_coordinates(local.to_metres(shapely.points(points[mine])))
    sample = nearest_building(metres, of[mine], Seeds(seeds.xy, np.arange(len(seeds.xy))), cell)
    part[mine] = seeds.building[sample] % PARTS
    links = neighbours(faces, local=local)
    whole = connected(links, of, keep=part[links.a] == part[links.b])
    first = np.unique(whole, return_index=True)[1]
    pieces, of, part = dissolve(faces, whole), of[first], part[first]
    # of each cell one piece stays: the one with its middle, else the largest of part 0
    holds = shapely.contains_xy(pieces, *middles[of].T)
    order = np.lexsort((-np.round(shapely.area(pieces), 16), part > 0, ~holds, of))
    weak = np.ones(len(pieces), dtype=bool)
    weak[order[np.unique(of[order], return_index=True)[1]]] = False
    around = _surrounded_by(polygons)
    while weak.any():
        links = neighbours(pieces, local=local)
        a, b = of[links.a], of[links.b]
        # what is cut off beside a hole goes to what is in the hole, else to the same block, else anywhere
        takers = (around[a] == b) | (around[b] == a), (a != b) & (apart[a] == apart[b]), a != b
        joined = (absorb(links, weak, allowed=allowed) for allowed in takers)
        groups = next((found for found in joined if found.max() < len(pieces) - 1), None)
        if groups is None:
            return nothing
        order = np.lexsort((-np.round(shapely.area(pieces), 16), weak, groups))
        chief = order[np.unique(groups[order], return_index=True)[1]]
        pieces, of, weak = dissolve(pieces, groups), of[chief], weak[chief]
    single = (shapely.get_type_id(pieces) == 3).all() and len(np.unique(of)) == len(of)
    return (pieces, of) if single else nothing
