"""Repair of single shapes where it is safe, and what shapes do to each other: overlaps and slivers.

A repair is safe when it changes no place's answer that anybody would notice: same kind of polygon, no
part lost, area the same but for a hair. Everything else goes back to the owner as a fault."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import KEPT_CRS, LocalMetres, areas_m2, round_coordinates
from geo.errors import Words

AREA_TOLERANCE = 0.001
"""Largest relative change of area a repair may make."""
SLIVER_WIDTH_M = 0.5
"""Overlaps nowhere wider than this come from drawing, not from a dispute about a boundary."""
_LEAST_AREA_M2 = 1e-3

_POLYGON, _MULTIPOINT, _MULTIPOLYGON = 3, 4, 6
_MENDED = Words(
    "the ring touched or crossed itself, or had a spike: repaired, the area is the same",
    "边界自接触、自相交或有尖刺：已修复，面积不变",
)
_THINNED = Words("repeated points were removed", "已删除重复的点")
_FLATTENED = Words("heights were left out", "已去掉高程")
_UNWRAPPED = Words(
    "the collection around the shape was taken off", "已去掉图形外的集合（GeometryCollection）"
)
_EMPTIED = Words("empty parts were removed", "已删除空的部分")
_NO_AREA = Words(
    "the polygon has no area: its points are one, or lie on one line; redraw it",
    "面的面积为零（各点重合或在一条线上）；请重新绘制",
)
_NO_LENGTH = Words(
    "the line has no length: its points are one; redraw it", "线的长度为零（各点重合）；请重新绘制"
)

Geometries = NDArray[Any]


class Repaired(NamedTuple):
    """What `repair` gives back."""

    frame: gpd.GeoDataFrame
    """The frame with safe repairs made; unsafe rows are as they were, see `broken`."""
    changes: list[tuple[int, Words]]
    """Row position and what was done to it."""


def repair(frame: gpd.GeoDataFrame) -> Repaired:
    """Mend invalid shapes of a layer in EPSG:4490 where the repair is safe, and say what was done.

    Repeated points and spikes go; rings that touch or cross themselves are taken apart when a polygon
    stays one polygon (a multi-part one keeps its number of parts) and the area stays within
    `AREA_TOLERANCE` of what was drawn. Lines are only rid of repeated points. Heights go, and so do collections
    around shapes of one kind. What has no area or length, or holds coordinates that are no numbers, stays as it is
    for `broken` to name. The input does not change.

    >>> from shapely import from_wkt
    >>> spike = from_wkt("POLYGON ((0 0, 2 0, 2 2, 2 3, 2 2, 0 2, 0 0))")
    >>> mended = repair(gpd.GeoDataFrame(geometry=[spike], crs="EPSG:4490"))
    >>> mended.frame.geometry.iloc[0].is_valid, mended.changes[0][0]
    (True, 0)
    """
    array = np.asarray(frame.geometry.array, dtype=object).copy()
    changes: list[tuple[int, Words]] = []
    for i in np.flatnonzero(_in_wrapping(array)):
        array[i], words = _unwrapped(array[i])
        changes.append((int(i), words))
    finite = _finite(array)
    invalid = finite & _is_polygon(array) & ~shapely.is_valid(array)
    count = shapely.get_num_coordinates(array)
    array[finite] = _thinned(array[finite])
    fewer = finite & (shapely.get_num_coordinates(array) < count)
    for i in np.flatnonzero(invalid | fewer):
        mended = _mend(array[i]) if invalid[i] else None
        if mended is not None:
            array[i] = mended
            changes.append((int(i), _MENDED))
        elif fewer[i]:
            changes.append((int(i), _THINNED))
    if not changes:
        return Repaired(frame, [])
    changes.sort(key=lambda change: change[0])
    return Repaired(frame.set_geometry(gpd.GeoSeries(array, frame.index, crs=frame.crs)), changes)


def _in_wrapping(array: Geometries) -> NDArray[np.bool_]:
    """True for collections of one kind of shape, for multi-part shapes with empty parts, and for shapes with heights."""
    found = np.asarray(shapely.has_z(array), dtype=np.bool_)
    for i in np.flatnonzero(shapely.get_type_id(array) >= _MULTIPOINT):
        parts = _leaves(array[i])
        empty = shapely.is_empty(parts)
        kinds = np.unique(shapely.get_dimensions(parts[~empty]))
        collected = array[i].geom_type == "GeometryCollection"
        found[i] |= len(kinds) == 1 and bool(collected or empty.any())
    return found


def _leaves(shape: Any) -> Geometries:
    """The single shapes in a collection, however deeply it is nested."""
    parts = shapely.get_parts(shape)
    while (nested := shapely.get_type_id(parts) >= _MULTIPOINT).any():
        parts = np.concatenate([parts[~nested], shapely.get_parts(parts[nested])])
    return np.asarray(parts, dtype=object)


def _unwrapped(shape: Any) -> tuple[Any, Words]:
    """The shape without heights, empty parts and the collection around it."""
    words = _UNWRAPPED if shape.geom_type == "GeometryCollection" else _FLATTENED if shape.has_z else _EMPTIED
    shape = shapely.force_2d(shape)
    if shapely.get_type_id(shape) < _MULTIPOINT:
        return shape, words
    parts = _leaves(shape)
    parts = parts[~shapely.is_empty(parts)]
    if len(np.unique(shapely.get_dimensions(parts))) != 1:
        return shape, words
    if len(parts) == 1:
        return parts[0], words
    many = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
    return many[int(shapely.get_dimensions(parts[0]))](parts), words


def _thinned(array: Geometries) -> Geometries:
    """The shapes without repeated points; those that would be nothing without them stay as they are."""
    try:
        return np.asarray(shapely.remove_repeated_points(array), dtype=object)
    except shapely.GEOSException:
        return np.array([_thinned_one(shape) for shape in array], dtype=object)


def _thinned_one(shape: Any) -> Any:
    try:
        return shapely.remove_repeated_points(shape)
    except shapely.GEOSException:
        return shape


def _mend(shape: Any) -> Any | None:
    """The safe repair of one invalid polygon, or None."""
    try:
        made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.GEOSException:
        return None
    if not _is_polygon(np.array([made], dtype=object))[0]:
        return None
    parts = shapely.get_parts(round_coordinates(made))
    areas = shapely.area(parts)
    if not areas.sum() > 0:
        return None
    if shape.geom_type == "Polygon":
        made, kept = parts[int(np.argmax(areas))], float(areas.max())
    else:
        made, kept = shapely.multipolygons(parts), float(areas.sum())
        if len(parts) != len(shapely.get_parts(shape)):
            return None
    lost = float(areas.sum()) - kept
    change = abs(_claimed_area(shape) - kept)
    return made if made.is_valid and max(lost, change) <= AREA_TOLERANCE * kept else None


def _claimed_area(shape: Any) -> float:
    """Area as drawn: outer rings less holes, each ring by the shoelace sum. A bow tie shows here: its
    lobes cancel, so the repaired area differs and the repair is refused."""
    total = 0.0
    for part in shapely.get_parts(shape):
        holes = sum(abs(_shoelace(ring)) for ring in part.interiors)
        total += abs(_shoelace(part.exterior)) - holes
    return total


def _shoelace(ring: Any) -> float:
    xy = shapely.get_coordinates(ring)
    xy = xy - xy[0]
    return float(np.sum(xy[:-1, 0] * xy[1:, 1] - xy[1:, 0] * xy[:-1, 1]) / 2)


def broken(frame: gpd.GeoDataFrame) -> list[tuple[int, Words]]:
    """Rows whose shape cannot be used: position and reason. Empty and missing shapes are not its business.

    >>> from shapely import from_wkt
    >>> bow_tie = from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> broken(gpd.GeoDataFrame(geometry=[bow_tie], crs="EPSG:4490"))[0][0]
    0
    """
    array = np.asarray(frame.geometry.array, dtype=object)
    present = ~(shapely.is_missing(array) | shapely.is_empty(array))
    finite = _finite(array)
    reasons = shapely.is_valid_reason(array)
    found: list[tuple[int, Words]] = []
    surface = _is_polygon(array)
    without = present & finite & surface
    drawn = np.where(shapely.is_valid(array[without]), array[without], shapely.convex_hull(array[without]))
    without[without] = areas_m2(drawn) < _LEAST_AREA_M2  # the lobes of a bow tie cancel, its hull does not
    point_only = (
        present & finite & ~surface & (shapely.get_dimensions(array) == 1) & (shapely.length(array) == 0)
    )
    for i in np.flatnonzero(present & ~(finite & shapely.is_valid(array)) | without | point_only):
        if not finite[i]:
            words = Words("a coordinate is not a finite number", "坐标含有无效数值")
        elif without[i] or point_only[i]:
            words = _NO_AREA if without[i] else _NO_LENGTH
        else:
            words = Words(
                f"the shape is invalid and cannot be repaired safely: {reasons[i]}; redraw it",
                f"图形无效，无法安全修复（{reasons[i]}）；请重新绘制",
            )
        found.append((int(i), words))
    return found


def _is_polygon(array: Geometries) -> NDArray[np.bool_]:
    kind = shapely.get_type_id(array)
    return np.asarray((kind == _POLYGON) | (kind == _MULTIPOLYGON), dtype=np.bool_)


def _finite(array: Geometries) -> NDArray[np.bool_]:
    """True where every coordinate is finite; False for missing and empty shapes."""
    xy, owner = shapely.get_coordinates(array, return_index=True)
    bad = np.zeros(len(array), dtype=bool)
    bad[owner[~np.isfinite(xy).all(axis=1)]] = True
    bad |= shapely.is_missing(array) | shapely.is_empty(array)
    return ~bad


def overlaps(frame: gpd.GeoDataFrame, *, min_area_m2: float) -> pd.DataFrame:
    """Pairs of rows that share more than `min_area_m2`: columns a, b (positions, a < b), area_m2, sliver.

    `sliver` is True where the shared piece is nowhere wider than `SLIVER_WIDTH_M`. Shapes must be valid.
    Sorted by a, b.

    >>> from shapely import box
    >>> squares = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 1), box(1, 0, 3, 1)], crs="EPSG:4490")
    >>> overlaps(squares, min_area_m2=1.0)[["a", "b"]].values.tolist()
    [[0, 1]]
    """
    array = np.asarray(frame.geometry.array, dtype=object)
    a, b = shapely.STRtree(array).query(array, predicate="intersects")
    keep = a < b
    a, b = a[keep], b[keep]
    return _shared(array[a], array[b], a, b, min_area_m2)


def overlaps_between(frame: gpd.GeoDataFrame, other: gpd.GeoDataFrame, *, min_area_m2: float) -> pd.DataFrame:
    """As `overlaps`, between the rows of two frames: `a` counts in `frame`, `b` in `other`."""
    array = np.asarray(frame.geometry.array, dtype=object)
    others = np.asarray(other.geometry.array, dtype=object)
    a, b = shapely.STRtree(others).query(array, predicate="intersects")
    return _shared(array[a], others[b], a, b, min_area_m2)


def _shared(
    left: Geometries, right: Geometries, a: NDArray[np.int64], b: NDArray[np.int64], min_area_m2: float
) -> pd.DataFrame:
    found = pd.DataFrame({"a": a, "b": b, "area_m2": areas_m2(shapely.intersection(left, right))})
    many = found.area_m2.to_numpy() > min_area_m2
    found = found[many]
    if found.empty:
        return found.assign(sliver=np.zeros(0, dtype=bool)).reset_index(drop=True)
    local = LocalMetres.of(left[many])
    pieces = shapely.intersection(local.to_metres(left[many]), local.to_metres(right[many]))
    sliver = shapely.is_empty(shapely.buffer(pieces, -SLIVER_WIDTH_M / 2))
    return found.assign(sliver=sliver).sort_values(["a", "b"]).reset_index(drop=True)


def clean_slivers(frame: gpd.GeoDataFrame, *, width_m: float = SLIVER_WIDTH_M) -> gpd.GeoDataFrame:
    """A layer that should tile (communities), with overlaps and shut-in gaps narrower than `width_m` closed.

    The overlaps must all be slivers (see `overlaps`): the neighbour with the longer common border takes
    each. Shared borders come out equal to the last bit. Order, index and other columns stay. A gap open to
    the outside stays: it may be meant.
    """
    local = LocalMetres.of(frame)
    cleaned = shapely.coverage_clean(local.to_metres(frame), gap_width=width_m, snapping_distance=0.01)
    return frame.set_geometry(gpd.GeoSeries(local.to_degrees(cleaned), frame.index, crs=KEPT_CRS))


def trim(frame: gpd.GeoDataFrame, rows: Any, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` with the area of `other` taken off the rows at positions `rows`: for slivers against
    shapes that stay as they are."""
    array = np.asarray(frame.geometry.array, dtype=object).copy()
    taken = shapely.union_all(np.asarray(other.geometry.array, dtype=object))
    array[rows] = round_coordinates(shapely.difference(array[rows], taken))
    return frame.set_geometry(gpd.GeoSeries(array, frame.index, crs=frame.crs))


class Shares(NamedTuple):
    """How shapes lie in areas: for each shape its best area, and the second best."""

    area: NDArray[np.int64]
    """Position of the area with the largest share; -1 where no area is touched."""
    share: NDArray[np.float64]
    """That share of the shape, 0-1."""
    second: NDArray[np.int64]
    """Position of the area with the next largest share, -1 for none."""
    second_share: NDArray[np.float64]
    total: NDArray[np.float64]
    """Share of the shape in all areas together (areas that overlap count twice)."""


def largest_share(shapes: Any, areas: Any) -> Shares:
    """Which of `areas` (polygons) holds the largest part of each of `shapes`, by area, length or, for
    points, by lying in it. Both in the same CRS. Ties go to the area that comes first.

    >>> from shapely import box
    >>> found = largest_share([box(0, 0, 10, 1)], [box(0, 0, 3, 1), box(3, 0, 20, 1)])
    >>> int(found.area[0]), round(float(found.second_share[0]), 2)
    (1, 0.3)
    """
    shapes = np.asarray(shapes, dtype=object)
    areas = np.asarray(areas, dtype=object)
    n = len(shapes)
    if not n or not len(areas):
        none, zero = np.full(n, -1), np.zeros(n)
        return Shares(none, zero, none.copy(), zero.copy(), zero.copy())
    i, j = shapely.STRtree(areas).query(shapes, predicate="intersects")
    shapely.prepare(areas)
    share = np.ones(len(i))
    part = ~shapely.covers(areas[j], shapes[i])
    share[part] = _size_share(shapes[i[part]], shapely.intersection(shapes[i[part]], areas[j[part]]))
    order = np.lexsort((j, -share, i))
    i, j, share = i[order], j[order], share[order]
    first = np.r_[True, i[1:] != i[:-1]] if len(i) else np.zeros(0, dtype=bool)
    following = np.flatnonzero(~first & np.r_[False, first[:-1]]) if len(i) else np.zeros(0, dtype=np.int64)
    best, best_share = np.full(n, -1), np.zeros(n)
    second, second_share = np.full(n, -1), np.zeros(n)
    best[i[first]], best_share[i[first]] = j[first], share[first]
    second[i[following]], second_share[i[following]] = j[following], share[following]
    total = np.bincount(i, weights=share, minlength=n).astype(np.float64)
    return Shares(best, best_share, second, second_share, total)


def _size_share(whole: Geometries, part: Geometries) -> NDArray[np.float64]:
    """Part over whole, by area for polygons, by length for lines, 1 for points."""
    dimension = shapely.get_dimensions(whole)
    size = np.where(dimension == 2, shapely.area(whole), shapely.length(whole))
    inside = np.where(dimension == 2, shapely.area(part), shapely.length(part))
    return np.where(size > 0, inside / np.where(size > 0, size, 1.0), 1.0)
