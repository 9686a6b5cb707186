"""A grid cut in two or more along a line that somebody drew: which of its cells come to which side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints, connected, neighbours
from geo.cells.cutting import LEAST_PIECE_M2, Recut, cut_cells
from geo.cells.faces import make_faces, within
from geo.cells.parcels import holder_of
from geo.crs import LocalMetres, round_coordinates
from geo.errors import InputError

REACH_M = 1.0
"""A line that ends this near the border of its grid reaches it. Our choice."""
MOST_POINTS = 1_000
"""Most points of a line."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class GridCut:
    """A grid after a cut."""

    recut: Recut
    cells: Ints
    """(r,) the cells that were parted, numbered as after the cut."""
    parts: Ints
    """(r,) the part of each, 0 or more; parts from west to east."""


def drawn_line(points: Sequence[Point]) -> shapely.LineString:
    """The line through longitudes and latitudes (WGS 84 or CGCS2000, degrees). Raises `InputError` saying what is wrong.

    >>> drawn_line([(108.7, 34.33), (108.71, 34.33), (108.71, 34.33)]).wkt
    'LINESTRING (108.7 34.33, 108.71 34.33)'
    """
    if not 2 <= len(points) <= MOST_POINTS:
        raise InputError(
            f"a line has 2 to {MOST_POINTS} points, not {len(points)}",
            f"线应有 2–{MOST_POINTS} 个点，现为 {len(points)} 个",
        )
    for lon, lat in points:
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # nan too
            raise InputError(
                f"{lon},{lat} is no place; give longitude, then latitude, in degrees",
                f"“{lon},{lat}”不是有效坐标；请先经度后纬度，单位为度",
            )
    xy = np.array(points, np.float64)
    different = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))
    if different.sum() < 2:
        raise InputError("all points of the line are the same", "线上的各点相同")
    line = round_coordinates(shapely.linestrings(xy[different]))[0]
    if not line.is_simple:
        raise InputError(
            "the line crosses itself; draw it without a loop", "线与自身相交；请重新绘制，不要打结"
        )
    return line


def cut_grid(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    chosen: Ints,
    line: shapely.LineString,
    buildings: gpd.GeoDataFrame,
    *,
    grid: str,
) -> GridCut:
    """The grid of the `chosen` cells in parts, one for each area the line leaves of it, in EPSG:4490.

    `cells`, `edges` and `buildings` as for `geo.cells.cutting.cut_cells`. Cells in which a building stands on the line go
    whole to the side that holds most of them; empty ground that is cut off by that goes with it. Pieces of the grid that
    the line does not part stay out of the answer. `grid` is what errors call it. Raises `InputError` for a line that
    leaves the community between its ends, does not part the grid, or leaves no cell on one side.
    """
    shapes = np.asarray(cells.geometry.array, dtype=object)
    local = LocalMetres.of(shapes)
    whole = shapely.coverage_union_all(shapes[chosen])
    within_it = shapely.get_parts(shapely.intersection(_longer(line, local=local), whole))
    inside = shapely.multilinestrings(within_it[shapely.get_dimensions(within_it) == 1])
    if shapely.is_empty(inside):
        _require_in_community(line, shapes, local=local)
        raise InputError(
            f"the line does not touch grid {grid}; draw it across this grid, or choose the one it crosses",
            f"线没有经过网格 {grid}；请画过该网格，或选择线所经过的网格",
        )
    _require_in_community(line, shapes, local=local)
    areas, parted = _areas(whole, inside)
    if not parted.any():
        raise InputError(
            f"the line does not part grid {grid}; draw it from border to border",
            f"线没有把网格 {grid} 分开；请从边界画到边界",
        )
    recut = cut_cells(cells, edges, chosen, inside, buildings)
    members = np.flatnonzero(np.isin(recut.parent, chosen))
    pieces = np.asarray(recut.cells.geometry.array, dtype=object)[members]
    part = _side(pieces, areas, inside)
    members, pieces, part = (column[parted[part]] for column in (members, pieces, part))
    empty = recut.cells["building_ref"].isna().to_numpy(dtype=bool)[members]
    households = recut.cells["households"].to_numpy(np.int64)[members]
    part = _without_scraps(pieces, part, empty & (households == 0), local=local)
    if len(np.unique(part)) < 2:
        raise _nothing_parted(grid, recut.on_line)
    return GridCut(recut, members, part)


def _longer(line: shapely.LineString, *, local: LocalMetres) -> shapely.LineString:
    """The line with both ends `REACH_M` further out."""
    xy = shapely.get_coordinates(local.to_metres(line))
    if (xy[0] == xy[-1]).all():
        return line
    ends = []
    for end, next_one in ((xy[0], xy[1]), (xy[-1], xy[-2])):
        step = end - next_one
        ends.append(end + REACH_M * step / np.hypot(*step))
    return local.to_degrees(shapely.linestrings(np.vstack([ends[0], xy, ends[1]])))[0]


def _require_in_community(line: shapely.LineString, shapes: Geometries, *, local: LocalMetres) -> None:
    """Raise `InputError` where the line is outside altogether, or leaves the community between its ends."""
    community = shapely.coverage_union_all(shapes)
    lon, lat = shapely.get_coordinates(line)[0]
    if not shapely.intersects(community, line):
        raise InputError(
            f"the line lies outside the community (it begins at {lon:.6f},{lat:.6f}); give longitude first, then latitude",
            f"线在社区之外（起点 {lon:.6f},{lat:.6f}）；坐标应先经度后纬度",
        )
    outside = shapely.get_parts(shapely.difference(line, community))
    ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
    between = outside[~shapely.intersects(outside[:, None], ends[None, :]).any(axis=1)]
    between = between[shapely.length(local.to_metres(between)) > REACH_M]
    if len(between):
        lon, lat = shapely.get_coordinates(between[0])[0]
        raise InputError(
            f"the line leaves the community at {lon:.6f},{lat:.6f}; only its ends may lie outside",
            f"线在 {lon:.6f},{lat:.6f} 处离开社区；只有线的两端可以在社区之外",
        )


def _areas(whole: shapely.Geometry, inside: shapely.Geometry) -> tuple[Geometries, Flags]:
    """What the line leaves of a grid, from west to east, and which of it is part of a piece that it parts."""
    faces = make_faces([shapely.boundary([whole]), np.array([inside])])
    faces = faces[within(faces, whole)]
    piece = holder_of(shapely.point_on_surface(faces), shapely.get_parts(whole))
    return faces, np.asarray(np.bincount(piece)[piece] > 1, dtype=bool)


def _side(pieces: Geometries, areas: Geometries, inside: shapely.Geometry) -> Ints:
    """The area that holds most of each piece."""
    side = holder_of(shapely.point_on_surface(pieces), areas)
    open_ = shapely.relate_pattern(pieces, inside, "T********") | (side < 0)
    held = shapely.area(shapely.intersection(pieces[open_][:, None], areas[None, :]))
    side[open_] = np.argmax(np.round(held, 16), axis=1)
    return side


def _without_scraps(pieces: Geometries, part: Ints, bare: Flags, *, local: LocalMetres) -> Ints:
    """Parts after bare pieces that hang together with nothing of their own part have joined the one beside them."""
    links = neighbours(pieces, local=local)
    part = part.copy()
    group = connected(links, part)
    area = np.bincount(group, shapely.area(pieces))
    lived = np.bincount(group, ~bare) > 0
    of = part[np.unique(group, return_index=True)[1]]
    order = np.lexsort((-area, ~lived, of))
    main = np.zeros(len(area), dtype=bool)
    main[order[np.unique(of[order], return_index=True)[1]]] = True
    for scrap in np.flatnonzero(~main & ~lived):
        here, there = group[links.a] == scrap, group[links.b] == scrap
        beside = np.concatenate([part[links.b[here & ~there]], part[links.a[there & ~here]]])
        metres = np.concatenate([links.shared_m[here & ~there], links.shared_m[there & ~here]])
        if len(beside):
            part[group == scrap] = np.argmax(np.bincount(beside, metres))
    return part


def _nothing_parted(grid: str, on_line: tuple[str, ...]) -> InputError:
    if on_line:
        listed = ", ".join(on_line[:5]) + (" …" if len(on_line) > 5 else "")
        return InputError(
            f"the line runs through {listed}, whose cells stay whole, so that nothing of grid {grid} is left on one side; draw it "
            "between the buildings",
            f"线穿过楼栋 {listed}，其基元不能切开，网格 {grid} 因此无法分成两部分；请从楼栋之间画过",
        )
    return InputError(
        f"what the line takes off grid {grid} is less than a cell ({LEAST_PIECE_M2:g} m², or too narrow); draw it further inside",
        f"线从网格 {grid} 切下的部分太小（不足 {LEAST_PIECE_M2:g} 平方米或过窄）；请再往里画",
    )
