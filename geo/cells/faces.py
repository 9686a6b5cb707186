"""Polygons from linework: lines are noded on the coordinate lattice, so the faces between them are a valid
coverage by construction, and whatever is put together from faces is one too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.cells.adjacency import Flags, Floats, Geometries, Ints, absorb, neighbours
from geo.crs import COORDINATE_STEP_DEG, LocalMetres, round_coordinates


def make_faces(lines: Iterable[Any]) -> Geometries:
    """All polygons that the lines (arrays of lines or polygons' outlines, degrees) close between them.

    Crossings become corners of both lines and every corner is a multiple of `COORDINATE_STEP_DEG`. Dangling
    ends close nothing and vanish. The faces include those of holes: choose the ones wanted by a point inside.

    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 2 2)", "LINESTRING (0 2, 2 0)"])
    >>> len(make_faces([shapely.boundary([shapely.box(0, 0, 2, 2)]), np.array(cross)]))
    4
    """
    parts = [shapely.get_parts(np.asarray(array, dtype=object)) for array in lines]
    every = (
        np.concatenate([shapely.get_parts(part) for part in parts]) if parts else np.empty(0, dtype=object)
    )
    noded = shapely.union_all(every, grid_size=COORDINATE_STEP_DEG)
    polygons = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return in_reading_order(round_coordinates(polygons)) if len(polygons) else polygons


def in_reading_order(polygons: Geometries) -> Geometries:
    """Polygons in normal form, sorted by their lower left corners, so that no input order shows in them."""
    normal = shapely.normalize(polygons)
    return np.asarray(normal[reading_order(normal)], dtype=object)


def reading_order(polygons: Any) -> NDArray[np.int64]:
    """Positions that sort polygons by bounds and then by area: from west to east, then south to north."""
    west, south, east, north = shapely.bounds(polygons).T
    return np.lexsort((shapely.area(polygons), north, east, south, west)).astype(np.int64)


def inner_points(polygons: Any) -> Floats:
    """Shape (n, 2): one point well inside each polygon."""
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(polygons)), dtype=np.float64)


def within(polygons: Any, area: Any) -> Flags:
    """Which faces lie in `area`, given that the outline of `area` was among their lines."""
    if area is None or shapely.is_empty(area):
        return np.zeros(len(polygons), dtype=bool)
    shapely.prepare(area)
    points = inner_points(polygons)
    return np.asarray(shapely.contains_xy(area, points[:, 0], points[:, 1]), dtype=bool)


def sound(geometries: Any) -> Geometries:
    """Geometries, each made valid where it is not; importing repairs them, this is for callers who did not."""
    array = np.asarray(geometries, dtype=object)
    broken = np.flatnonzero(~shapely.is_valid(array))
    if len(broken):
        array = array.copy()
        array[broken] = shapely.make_valid(array[broken], method="structure", keep_collapsed=False)
    return polygon_parts(array)


def polygon_parts(geometries: Any) -> Geometries:
    """Each geometry reduced to its polygons (Polygon or MultiPolygon, possibly empty)."""
    array = np.asarray(geometries, dtype=object)
    mixed = np.flatnonzero(shapely.get_type_id(array) == 7)
    if len(mixed):
        array = array.copy()
        for i in mixed:
            parts = shapely.get_parts(array[i])
            array[i] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    flat = np.flatnonzero(shapely.get_dimensions(array) < 2)
    if len(flat):
        array = array.copy()
        array[flat] = shapely.Polygon()
    return array


def dissolve(polygons: Geometries, groups: Ints) -> Geometries:
    """One geometry per group 0..k-1: the exact union of its polygons, corners kept, in normal form."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    merged = polygons[order[starts]].copy()
    sizes = np.diff(np.append(starts, len(order)))
    for k in np.flatnonzero(sizes > 1):
        merged[k] = shapely.coverage_union_all(polygons[order[starts[k] : starts[k] + sizes[k]]])
    return np.asarray(shapely.normalize(merged), dtype=object)


def is_thin(polygons: Any, *, width_m: float, local: LocalMetres) -> Flags:
    """Where no circle of diameter `width_m` fits into the polygon (degrees)."""
    shrunk = shapely.buffer(local.to_metres(polygons), -width_m / 2, quad_segs=2)
    return np.asarray(shapely.is_empty(shrunk), dtype=bool)


def is_long(polygons: Any, *, times: float, local: LocalMetres) -> Flags:
    """Where a polygon (degrees) is as drawn out as a rectangle `times` as long as wide, or more.

    >>> there = LocalMetres.around(108.7, 34.33)
    >>> is_long(there.to_degrees(shapely.box(0, 0, [700, 500], 100)), times=6, local=there).tolist()
    [True, False]
    """
    metres = local.to_metres(polygons)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread_out = shapely.length(metres) ** 2 / shapely.area(metres)
    return np.asarray(spread_out >= 4 * (1 + times) ** 2 / times, dtype=bool)


def areas_in(polygons: Any, *, local: LocalMetres) -> Floats:
    """Areas in square metres of polygons in degrees, measured in one frame, so that they add up exactly."""
    scale = local.metres_per_degree_lon * local.metres_per_degree_lat
    return np.asarray(shapely.area(polygons) * scale, dtype=np.float64)


def absorb_faces(polygons: Geometries, weak: Flags, *, groups: Ints, local: LocalMetres) -> Ints:
    """One round of `geo.cells.adjacency.absorb` among polygons (degrees) of equal `groups`."""
    links = neighbours(polygons, local=local)
    return absorb(links, weak, allowed=groups[links.a] == groups[links.b])
