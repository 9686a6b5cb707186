"""Checks on the polygons of a plan: inside the community, no overlaps, no gaps, no holes, compact."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import LocalMetres, areas_m2
from geo.errors import Words
from geo.plans.findings import Checked, Finding
from geo.topology import overlaps

MIN_AREA_M2 = 1.0
"""Areas below this come from rounding along a boundary of some kilometres."""
LOW_COMPACTNESS = 0.2
"""Polsby-Popper measure, 4 pi area / outline²: 1 for a circle, 0.79 for a square, 0.26 for a strip 10:1."""
INSIDE_M = 3.0
"""A line that runs nearer than this to a grid's outline bounds the grid and does not cross it."""
CROSSING_M = 10.0
"""A barrier is named when at least so much of it runs inside the grid."""


def shape_findings(plan: Checked, grids: gpd.GeoDataFrame, boundary: BaseGeometry) -> Iterator[Finding]:
    """Findings on the polygons of `grids` (EPSG:4490) against the community's `boundary`."""
    shapes = np.asarray(grids.geometry.array, dtype=object)
    yield from _outside(plan, shapes, boundary)
    yield from _overlaps(plan, grids)
    yield from _gap(shapes, boundary)
    yield from _holes(plan, shapes)
    yield from _compactness(plan, shapes)


def _outside(plan: Checked, shapes: NDArray[np.object_], boundary: BaseGeometry) -> Iterator[Finding]:
    area = areas_m2(shapely.difference(shapes, boundary))
    for row in np.flatnonzero(area > MIN_AREA_M2).tolist():
        title = plan.title(row)
        words = Words(
            f"{area[row]:.0f} m² of {title} lie outside the community",
            f"{title}有 {area[row]:.0f} 平方米在社区之外",
        )
        yield plan.finding("error", "outside", row, float(area[row]), MIN_AREA_M2, words)


def _overlaps(plan: Checked, grids: gpd.GeoDataFrame) -> Iterator[Finding]:
    if shapely.coverage_is_valid(np.asarray(grids.geometry.array, dtype=object)):
        return  # as ever when outlines come from labels
    for a, b, area in overlaps(grids, min_area_m2=MIN_AREA_M2)[["a", "b", "area_m2"]].itertuples(index=False):
        words = Words(
            f"{plan.title(a)} and {plan.title(b)} overlap by {area:.0f} m²",
            f"{plan.title(a)}与{plan.title(b)}重叠 {area:.0f} 平方米",
        )
        yield plan.finding("error", "overlap", a, float(area), MIN_AREA_M2, words)


def _gap(shapes: NDArray[np.object_], boundary: BaseGeometry) -> Iterator[Finding]:
    area = float(areas_m2(shapely.difference(boundary, shapely.union_all(shapes)))[0])
    if area > MIN_AREA_M2:
        words = Words(
            f"{area:.0f} m² of the community are covered by no grid",
            f"社区内有 {area:.0f} 平方米没有网格覆盖",
        )
        yield Finding("error", "gap", None, None, area, MIN_AREA_M2, words)


def _holes(plan: Checked, shapes: NDArray[np.object_]) -> Iterator[Finding]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    holes = np.bincount(owner, weights=shapely.get_num_interior_rings(parts), minlength=len(shapes))
    for row in np.flatnonzero(holes).tolist():
        count = int(holes[row])
        words = Words(
            f"{plan.title(row)} surrounds {count} hole(s): it cannot be closed by its outline alone",
            f"{plan.title(row)}内有 {count} 个空洞：仅靠外边界无法封闭",
        )
        yield plan.finding("warning", "holes", row, count, 0, words)


def _compactness(plan: Checked, shapes: NDArray[np.object_]) -> Iterator[Finding]:
    if not len(shapes):
        return
    metres = LocalMetres.of(shapes).to_metres(shapes)
    length = shapely.length(metres)
    measure = 4 * np.pi * shapely.area(metres) / np.where(length > 0, length, 1.0) ** 2
    for row in np.flatnonzero((measure < LOW_COMPACTNESS) & (length > 0)).tolist():
        words = Words(
            f"{plan.title(row)} is drawn out or ragged: compactness {measure[row]:.2f}, {LOW_COMPACTNESS} wanted",
            f"{plan.title(row)}形状狭长或曲折：紧凑度 {measure[row]:.2f}，宜达 {LOW_COMPACTNESS}",
        )
        yield plan.finding("notice", "low-compactness", row, float(measure[row]), LOW_COMPACTNESS, words)


def barriers_within(
    grids: gpd.GeoDataFrame, rows: NDArray[np.int64], barriers: gpd.GeoDataFrame | None
) -> dict[int, list[str]]:
    """By row of `grids` the names of the `barriers` (name, geometry) that run through its inside, the
    longest first. Tunnels (column tunnel, if there is one) part nothing and are not named."""
    if barriers is None or not len(rows):
        return {}
    named = barriers[barriers["name"].notna()]
    if "tunnel" in named.columns:
        named = named[~named["tunnel"].fillna(False).astype(bool)]
    west, south, east, north = grids.total_bounds
    box = named.geometry.bounds
    named = named[(box.minx <= east) & (box.maxx >= west) & (box.miny <= north) & (box.maxy >= south)]
    if named.empty:
        return {}
    local = LocalMetres.of(grids)
    inside = shapely.buffer(local.to_metres(np.asarray(grids.geometry.array, dtype=object)[rows]), -INSIDE_M)
    lines = local.to_metres(named)
    grid, line = shapely.STRtree(lines).query(inside, predicate="intersects")
    metres = shapely.length(shapely.intersection(inside[grid], lines[line]))
    found = pd.DataFrame(
        {"row": rows[grid], "name": named["name"].to_numpy(dtype=object)[line], "metres": metres}
    )
    found = found.groupby(["row", "name"], as_index=False)["metres"].sum()
    found = found[found["metres"] >= CROSSING_M].sort_values(
        ["row", "metres", "name"], ascending=[True, False, True]
    )
    return {int(row): names.tolist() for row, names in found.groupby("row")["name"]}
