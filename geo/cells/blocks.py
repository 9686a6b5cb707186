"""Blocks 街块: a community cut along its barriers, the main roads, railways, walls and water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints
from geo.cells.faces import (
    absorb_faces,
    areas_in,
    dissolve,
    inner_points,
    is_long,
    is_thin,
    make_faces,
    polygon_parts,
    reading_order,
    sound,
    within,
)
from geo.crs import KEPT_CRS, LocalMetres, require_kept_crs, round_coordinates
from geo.errors import InputError

MIN_WATER_M2 = 2_000.0
"""Smaller ponds are part of their surroundings: one walks around them. Our choice."""
MIN_BLOCK_M2 = 100.0
"""Smaller pieces are slivers of drawing, whatever stands on them. Our choice."""
MIN_EMPTY_BLOCK_M2 = 1_000.0
"""Smaller pieces without a building are traffic islands. Our choice."""
MIN_BLOCK_WIDTH_M = 12.0
"""Narrower pieces without a building are the strips between the carriageways of one road. Our choice."""
MIN_LONG_BLOCK_WIDTH_M = 30.0
"""So are pieces narrower than this that are drawn out: carriageways of wide avenues lie 15-25 m apart. Our choice."""
LONG_TIMES = 6.0
"""Length over width from which a piece counts as drawn out. Our choice."""
CLOSE_GAP_M = 5.0
"""A barrier that ends this close before another one, or before the community boundary, reaches it. Our choice."""


@dataclass(frozen=True, slots=True)
class BarrierRules:
    """What cuts a community into blocks. Tunnels never do; a bridge is still a road."""

    road_classes: frozenset[str] = frozenset(
        {"motorway", "trunk", "primary", "secondary", "tertiary", "rail", "wall"}
    )
    """Classes of `geo.frames.ROAD_CLASSES` that are barriers. A wall cuts only where it closes an area."""
    water: bool = True
    """Whether rivers, canals and lakes are barriers."""
    min_water_m2: float = MIN_WATER_M2
    min_block_m2: float = MIN_BLOCK_M2
    min_empty_block_m2: float = MIN_EMPTY_BLOCK_M2
    min_block_width_m: float = MIN_BLOCK_WIDTH_M
    min_long_block_width_m: float = MIN_LONG_BLOCK_WIDTH_M
    close_gap_m: float = CLOSE_GAP_M


DEFAULT_BARRIERS = BarrierRules()


def make_blocks(
    community: Any,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    *,
    rules: BarrierRules = DEFAULT_BARRIERS,
    buildings: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """The blocks of one community: columns block (0..n-1), kind (`land` or `water`), geometry (Polygon).

    `community` is a polygon or multi-polygon in EPSG:4490, the frames follow `geo.frames`. The blocks are a
    valid coverage and tile the community exactly. Barriers that end in the open do not cut. Slivers, traffic
    islands and the strips between two carriageways go to the neighbour of the same kind with the longest
    common edge, unless a building stands on them; `buildings` says where buildings stand.
    Raises `InputError` for a community that is empty or invalid. Limit: the merged strip belongs to one side
    of its road, so the edge of the block is one of the carriageways, not the middle between them.

    >>> none = gpd.GeoDataFrame({"ref": [], "road_class": [], "tunnel": []}, geometry=[], crs=KEPT_CRS)
    >>> road = gpd.GeoDataFrame(
    ...     {"ref": ["r"], "road_class": ["primary"]},
    ...     geometry=[shapely.LineString([(108.702, 34.32), (108.702, 34.34)])], crs=KEPT_CRS)
    >>> make_blocks(shapely.box(108.70, 34.325, 108.704, 34.328), road, none)[["block", "kind"]].values.tolist()
    [[0, 'land'], [1, 'land']]
    """
    outline = outline_of(community)
    local = LocalMetres.of(outline)
    lakes = _lakes(water, outline, rules=rules, local=local)
    lines = _barrier_lines(roads, water, outline, lakes, rules=rules, local=local)
    shores = np.empty(0, dtype=object) if lakes is None else np.array([shapely.boundary(lakes)], dtype=object)
    faces = make_faces([np.array([shapely.boundary(outline)], dtype=object), lines, shores])
    faces = faces[within(faces, outline)]
    wet = within(faces, lakes)
    faces, wet = _without_strips(faces, wet, buildings, rules=rules, local=local)
    order = reading_order(faces)
    return gpd.GeoDataFrame(
        {"block": np.arange(len(faces)), "kind": np.where(wet[order], "water", "land").astype(object)},
        geometry=faces[order],
        crs=KEPT_CRS,
    ).astype({"kind": "str"})


def outline_of(community: Any) -> Any:
    """The community's outline on the coordinate lattice. Raises `InputError` if there is none or it is invalid."""
    outline = round_coordinates(community)[0]
    if outline is None or shapely.is_empty(outline) or shapely.get_dimensions(outline) != 2:
        raise InputError("the community has no area; draw its outline", "社区没有面积；请绘制边界")
    if not shapely.is_valid(outline):
        reason = shapely.is_valid_reason(outline)
        raise InputError(
            f"the community's outline is invalid ({reason}); repair it first",
            f"社区边界无效（{reason}）；请先修复",
        )
    return outline


def _near(frame: gpd.GeoDataFrame, outline: Any) -> gpd.GeoDataFrame:
    """The rows that touch the outline, in the order of their refs."""
    require_kept_crs(frame, "barriers")
    array = np.asarray(frame.geometry.array, dtype=object)
    shapely.prepare(outline)
    return frame[np.asarray(shapely.intersects(array, outline), dtype=bool)].sort_values("ref", kind="stable")


def _lakes(water: gpd.GeoDataFrame, outline: Any, *, rules: BarrierRules, local: LocalMetres) -> Any | None:
    """All water that is drawn as an area and large enough, as one geometry; None without any."""
    if not rules.water or water.empty:
        return None
    drawn = np.asarray(_near(water, outline).geometry.array, dtype=object)
    areas = sound(drawn[shapely.get_dimensions(drawn) == 2])
    if not len(areas):
        return None
    parts = shapely.get_parts(shapely.union_all(round_coordinates(areas), grid_size=1e-9))
    parts = parts[areas_in(parts, local=local) >= rules.min_water_m2]
    return shapely.multipolygons(parts) if len(parts) else None


def _barrier_lines(
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    outline: Any,
    lakes: Any | None,
    *,
    rules: BarrierRules,
    local: LocalMetres,
) -> Geometries:
    """Lines in degrees, cut to the surroundings of the community, with small gaps closed."""
    pieces = []
    if not roads.empty:
        near = _near(roads, outline)
        cuts = near["road_class"].isin(rules.road_classes)
        if "tunnel" in near:
            cuts &= ~near["tunnel"].astype("boolean").fillna(False).astype(bool)
        pieces.append(np.asarray(near.geometry[cuts].array, dtype=object))
    if rules.water and not water.empty:
        drawn = np.asarray(_near(water, outline).geometry.array, dtype=object)
        streams = drawn[shapely.get_dimensions(drawn) == 1]
        # the middle line of a river that is drawn as an area as well must not cut the river lengthwise
        pieces.append(streams if lakes is None else shapely.difference(streams, lakes))
    if not pieces:
        return np.empty(0, dtype=object)
    reach = 2 * rules.close_gap_m / min(local.metres_per_degree_lon, local.metres_per_degree_lat)
    west, south, east, north = shapely.bounds(outline)
    clipped = shapely.clip_by_rect(
        np.concatenate(pieces), west - reach, south - reach, east + reach, north + reach
    )
    lines = shapely.get_parts(clipped)
    lines = lines[~shapely.is_empty(lines) & (shapely.get_dimensions(lines) == 1)]
    return np.concatenate([lines, _gap_closers(lines, outline, lakes, rules=rules, local=local)])


def _gap_closers(
    lines: Geometries, outline: Any, lakes: Any | None, *, rules: BarrierRules, local: LocalMetres
) -> Geometries:
    """Short straight lines from ends in the open to the nearest other barrier within `close_gap_m`."""
    if not len(lines) or rules.close_gap_m <= 0:
        return np.empty(0, dtype=object)
    shores = [] if lakes is None else [shapely.boundary(lakes)]
    targets = np.concatenate([lines, np.array([shapely.boundary(outline), *shores], dtype=object)])
    targets = local.to_metres(targets)
    own = np.tile(np.arange(len(lines)), 2)
    ends = np.concatenate(
        [shapely.get_point(targets[: len(lines)], 0), shapely.get_point(targets[: len(lines)], -1)]
    )
    end, target = shapely.STRtree(targets).query(ends, predicate="dwithin", distance=rules.close_gap_m)
    other = own[end] != target
    end, target = end[other], target[other]
    gap_m = shapely.distance(ends[end], targets[target])
    order = np.lexsort((target, gap_m, end))
    first = order[np.unique(end[order], return_index=True)[1]]
    first = first[gap_m[first] > 0]
    if not len(first):
        return np.empty(0, dtype=object)
    bridge = shapely.shortest_line(ends[end[first]], targets[target[first]])
    # a little beyond the target, so that rounding cannot leave the two apart
    xy = shapely.get_coordinates(bridge).reshape(-1, 2, 2)
    xy[:, 1] += (xy[:, 1] - xy[:, 0]) * (0.01 / np.maximum(gap_m[first], 0.01))[:, None]
    return local.to_degrees(shapely.linestrings(xy))


def _without_strips(
    faces: Geometries,
    wet: Flags,
    buildings: gpd.GeoDataFrame | None,
    *,
    rules: BarrierRules,
    local: LocalMetres,
) -> tuple[Geometries, Flags]:
    """Faces after slivers and empty strips have joined a neighbour, round by round until none is left."""
    while len(faces) > 1:
        area_m2 = areas_in(faces, local=local)
        sliver = area_m2 < rules.min_block_m2
        idle = ~_built_up(faces, buildings)
        island = idle & (area_m2 < rules.min_empty_block_m2)
        thin = is_thin(faces, width_m=rules.min_block_width_m, local=local)
        strip = is_thin(faces, width_m=rules.min_long_block_width_m, local=local)
        thin |= strip & is_long(faces, times=LONG_TIMES, local=local) & ~wet
        weak = sliver | island | (idle & thin)
        # water and land mix only where a piece is too small to be either
        groups = absorb_faces(faces, weak, groups=wet.astype(np.int64), local=local)
        alone = weak & (np.bincount(groups, minlength=len(faces))[groups] == 1) & (sliver | island)
        if groups.max() == len(faces) - 1 and alone.any():
            groups = absorb_faces(faces, alone, groups=np.zeros(len(faces), dtype=np.int64), local=local)
        if groups.max() == len(faces) - 1:
            break
        wet = _larger_side(groups, wet, area_m2)
        faces = dissolve(faces, groups)
    return faces, wet


def _built_up(faces: Geometries, buildings: gpd.GeoDataFrame | None) -> Flags:
    """Which faces hold the middle of a building."""
    held = np.zeros(len(faces), dtype=bool)
    if buildings is not None and not buildings.empty:
        footprints = polygon_parts(np.asarray(buildings.geometry.array, dtype=object))
        points = shapely.points(inner_points(footprints[~shapely.is_empty(footprints)]))
        held[np.unique(shapely.STRtree(faces).query(points, predicate="within")[1])] = True
    return held


def _larger_side(groups: Ints, wet: Flags, area_m2: Any) -> Flags:
    """Whether each group is water: it is what the larger part of its area is."""
    wet_m2 = np.bincount(groups, weights=np.where(wet, area_m2, 0.0))
    return np.asarray(wet_m2 > np.bincount(groups, weights=area_m2) / 2, dtype=bool)
