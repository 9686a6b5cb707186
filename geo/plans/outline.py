"""Grid outlines from a plan's labels: the exact union of cells, the same with straight lines, and a simpler one to ship.

The labels are the truth; outlines are always made from them, so grids never overlap or leave gaps."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.cells.straight import straighten
from geo.crs import COORDINATE_STEP_DEG, KEPT_CRS, LocalMetres, require_kept_crs
from geo.errors import InputError
from geo.plans.labels import as_labels

AREA_TOLERANCE = 1e-9
"""Most the area of an outline may differ from that of its cells, relative; more means cells overlap."""
BOUNDARY_TOLERANCE = 1e-6
"""Share of a community's area by which its grids may differ from it, 0-1."""
STRAIGHT_M = 1.5
"""Lines between grids are straightened by less than this, half the gap between houses that stand close. Our choice."""
FINEST_TOLERANCE_M = 0.05
"""Below this a simpler outline is given up and the exact one kept."""


def outline(cells: gpd.GeoDataFrame, labels: ArrayLike) -> gpd.GeoDataFrame:
    """The union of the cells of each label: columns label, geometry; one row per label in use, ascending.

    `cells` are a valid coverage in EPSG:4490, `labels` has shape (n_cells,); cells labelled -1 are in no
    grid. No vertex is lost, so neighbours share theirs and the outlines are a valid coverage of equal
    area. A label whose cells are connected along edges gives a Polygon, any other a MultiPolygon.
    Raises `InputError` when the cells overlap.

    >>> from shapely import box
    >>> cells = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], crs=KEPT_CRS)
    >>> shapely.area(outline(cells, [0, 0, 1]).geometry.array).tolist()
    [2.0, 1.0]
    """
    require_kept_crs(cells, "cells")
    labels = as_labels(labels, len(cells))
    order = np.flatnonzero(labels >= 0)
    order = order[np.argsort(labels[order], kind="stable")]
    shapes = np.asarray(cells.geometry.array, dtype=object)[order]
    used, starts = np.unique(labels[order], return_index=True)
    unions = np.empty(len(used), dtype=object)
    for at, part in enumerate(np.split(shapes, starts[1:]) if len(used) else []):
        try:
            unions[at] = shapely.coverage_union_all(part)
        except shapely.GEOSException as error:
            raise _overlapping(int(used[at])) from error
    areas = np.add.reduceat(shapely.area(shapes), starts) if len(used) else np.zeros(0)
    wrong = (np.abs(shapely.area(unions) - areas) > AREA_TOLERANCE * areas) | ~shapely.is_valid(unions)
    if wrong.any():
        raise _overlapping(int(used[int(np.argmax(wrong))]))
    return gpd.GeoDataFrame({"label": used}, geometry=shapely.normalize(unions), crs=KEPT_CRS)


def drawn_outline(cells: gpd.GeoDataFrame, labels: ArrayLike) -> gpd.GeoDataFrame:
    """As `outline`, with the lines between grids straightened by less than `STRAIGHT_M` where cells meet on them.

    The outlines stay a valid coverage with the same outer boundary. `cells` are those of one community.

    >>> from shapely import box
    >>> cells = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)], crs=KEPT_CRS)
    >>> shapely.get_num_coordinates(drawn_outline(cells, [0, 0, 1]).geometry.array).tolist()
    [5, 5]
    """
    exact = outline(cells, labels)
    if exact.empty:
        return exact
    shapes = np.asarray(exact.geometry.array, dtype=object)
    straight = straighten(shapes, local=LocalMetres.of(shapes), tolerance_m=STRAIGHT_M)
    return exact.set_geometry(gpd.GeoSeries(straight, exact.index, crs=KEPT_CRS))


def _overlapping(label: int) -> InputError:
    return InputError(
        f"the cells of label {label} overlap; make the cells of this community anew",
        f"标签 {label} 的基元互相重叠；请重新生成该社区的基元",
    )


def fills(grids: gpd.GeoDataFrame, boundary: BaseGeometry) -> bool:
    """Whether grids made by `outline` cover exactly the polygon `boundary` (EPSG:4490), to `BOUNDARY_TOLERANCE`.

    They do not when the boundary was moved after the cells were cut.

    >>> from shapely import box
    >>> grids = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=KEPT_CRS)
    >>> fills(grids, box(0, 0, 2, 1)), fills(grids, box(0, 0, 2, 1.1))
    (True, False)
    """
    whole = shapely.coverage_union_all(np.asarray(grids.geometry.array, dtype=object))
    rounding = 4 * COORDINATE_STEP_DEG * float(shapely.length(boundary))
    slack = max(BOUNDARY_TOLERANCE * float(shapely.area(boundary)), rounding)
    return bool(shapely.area(shapely.symmetric_difference(whole, boundary)) <= slack)


def simplify_outline(
    grids: gpd.GeoDataFrame, *, tolerance_m: float, simplify_boundary: bool = False
) -> gpd.GeoDataFrame:
    """`grids` with fewer vertices: same rows and columns, still without gaps and overlaps, none dropped.

    `tolerance_m` is the square root of the largest triangle area that may be cut off (Visvalingam-Whyatt,
    `shapely.coverage_simplify`), so lines move by less than about this. Shared edges are simplified once for both
    neighbours. The outer boundary stays to the last bit unless `simplify_boundary`. Each community
    (column `community_code`, if there is one) is a coverage of its own. Where rounding to kept coordinates
    would break the coverage, a finer tolerance is used for that community, at last the exact outline.
    Raises `InputError` for a tolerance that is negative or not a number.
    """
    require_kept_crs(grids, "grids")
    if not tolerance_m >= 0:
        raise InputError(
            f"tolerance_m is {tolerance_m}; give metres of 0 or more",
            f"tolerance_m 为 {tolerance_m}；应为不小于 0 的米数",
        )
    shapes = np.asarray(grids.geometry.array, dtype=object).copy()
    codes = grids["community_code"] if "community_code" in grids.columns else pd.Series("", index=grids.index)
    for rows in codes.groupby(codes.to_numpy(), dropna=False).indices.values():
        shapes[rows] = _simpler(shapes[rows], tolerance_m, simplify_boundary)
    return grids.set_geometry(gpd.GeoSeries(shapes, grids.index, crs=KEPT_CRS))


def _simpler(shapes: NDArray[Any], tolerance_m: float, simplify_boundary: bool) -> NDArray[Any]:
    local = LocalMetres.of(shapes)
    metres = local.to_metres(shapes)
    parts = shapely.get_num_geometries(shapes)
    while tolerance_m >= FINEST_TOLERANCE_M:
        simpler = local.to_degrees(
            shapely.coverage_simplify(metres, tolerance_m, simplify_boundary=simplify_boundary)
        )
        whole = shapely.is_valid(simpler) & (shapely.get_num_geometries(simpler) == parts)
        if whole.all() and (shapely.area(simpler) > 0).all() and shapely.coverage_is_valid(simpler):
            return simpler
        tolerance_m /= 2
    return shapes
