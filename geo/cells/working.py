"""Working areas 工作片区: stand-ins for communities where no boundary file is known, made from the extent of the
buildings and the barriers in it, and always called what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.cells.adjacency import Floats, Geometries, Ints, Links, in_order_of_appearance, neighbours
from geo.cells.blocks import DEFAULT_BARRIERS, BarrierRules, make_blocks
from geo.cells.dwellings import estimate_households
from geo.cells.faces import dissolve, inner_points, make_faces, reading_order, sound, within
from geo.cells.parcels import holder_of
from geo.cells.straight import straighten
from geo.conform import conform
from geo.crs import KEPT_CRS, LocalMetres, require_kept_crs, round_coordinates
from geo.errors import EmptyLayerError
from geo.frames import COMMUNITIES

MIN_AREA_HOUSEHOLDS = 1_000
MAX_AREA_HOUSEHOLDS = 3_000
"""A working area is put together until it has the first of these, and never beyond the second unless one block
alone is larger: the size of an urban community. Our choice."""
MARGIN_M = 30.0
"""How far the areas reach beyond the outermost buildings. Our choice."""
CLOSE_GAP_M = 60.0
"""Roads that end this close before the outer edge reach it: an extract's roads seldom end where its buildings do."""
STRAIGHT_M = 4.0
"""Lines between areas are straightened by less than this, never through a building. Our choice."""
LANE_CLASSES = frozenset({"residential", "service", "other"})
"""Lanes that cut a block on which alone more than the largest number of households live."""
MAIN_CLASSES = frozenset({"motorway", "trunk", "primary", "rail"})
"""Barriers that an area crosses only when it would stay too small otherwise."""
CODE_PREFIX = "990000"
"""No county has this code: a working area can never be taken for a real community."""


@dataclass(frozen=True, slots=True)
class AreaSize:
    """Households of a working area, both inclusive."""

    min_households: int = MIN_AREA_HOUSEHOLDS
    max_households: int = MAX_AREA_HOUSEHOLDS


def working_areas(
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    rules: BarrierRules = DEFAULT_BARRIERS,
    size: AreaSize = AreaSize(),
) -> gpd.GeoDataFrame:
    """A communities frame (contract of `geo.frames`, EPSG:4490) of made-up communities of kind `working`.

    The convex hull of the buildings, a margin wider, is cut into blocks by `rules`, crowded blocks by lanes as well; blocks are joined inside
    the main roads, railways and water until each area has `size.min_households` (known or estimated), then
    across them where that is the only way. The areas are a valid coverage, each of one part, and cover every
    building whole. Codes start with 990000 and are counted from west to east; names are 工作片区 1, 2, 3 ...
    Deterministic and independent of the order of rows. Raises `EmptyLayerError` without buildings.
    Limit: these are not communities; the outer edge follows the buildings, not any administrative line.
    """
    require_kept_crs(buildings, "buildings")
    if buildings.empty:
        raise EmptyLayerError(
            "no buildings to make working areas from; import buildings or a communities file first",
            "没有楼栋，无法生成工作片区；请先导入楼栋或社区边界",
        )
    counted = estimate_households(buildings.sort_values("ref", kind="stable"))
    footprints = sound(round_coordinates(counted.geometry))
    extent = _extent(footprints)
    local = LocalMetres.of(extent)
    rules = replace(rules, close_gap_m=max(rules.close_gap_m, CLOSE_GAP_M))
    figures = counted["households"].fillna(0).to_numpy(np.float64)
    blocks = make_blocks(extent, roads, water, rules=rules, buildings=counted)
    polygons = np.asarray(blocks.geometry.array, dtype=object)
    crowded = _households_in(polygons, footprints, figures) > size.max_households
    if crowded.any():
        lanes = replace(rules, road_classes=rules.road_classes | LANE_CLASSES)
        parts = [
            make_blocks(polygon, roads, water, rules=lanes, buildings=counted)
            for polygon in polygons[crowded]
        ]
        outlines = [shapely.boundary(np.asarray(part.geometry.array, dtype=object)) for part in parts]
        polygons = make_faces([shapely.boundary(polygons), *outlines])
        polygons = polygons[within(polygons, extent)]
    households = _households_in(polygons, footprints, figures)
    main = make_blocks(
        extent, roads, water, rules=replace(rules, road_classes=rules.road_classes & MAIN_CLASSES)
    )
    inside = shapely.points(inner_points(polygons))
    quarter = holder_of(inside, np.asarray(main.geometry.array, dtype=object))
    groups = join_blocks(neighbours(polygons, local=local), households, quarter, size=size)
    walls = shapely.buffer(local.to_metres(footprints), 0.1)
    areas = straighten(dissolve(polygons, groups), local=local, tolerance_m=STRAIGHT_M, obstacles=walls)
    areas = areas[reading_order(areas)]
    number = np.arange(len(areas))
    return conform(
        gpd.GeoDataFrame(
            {
                "code": [f"{CODE_PREFIX}{1 + n // 999:03d}{1 + n % 999:03d}" for n in number],
                "name": [f"工作片区 {n + 1}" for n in number],
                "kind": ["working"] * len(areas),
            },
            geometry=areas,
            crs=KEPT_CRS,
        ),
        COMMUNITIES,
    )


def join_blocks(links: Links, households: Floats, quarter: Ints, *, size: AreaSize) -> Ints:
    """Groups 0..k-1 of blocks, joined from the smallest up.

    In a first pass only blocks of one `quarter` (the same side of all main barriers) are joined, in a second
    any neighbours. The smallest group below the minimum joins the neighbour with the longest common edge among
    those it fits with, else, in the second pass, the neighbour with the fewest households.

    >>> row = Links(np.array([0, 1]), np.array([1, 2]), np.array([50.0, 50.0]))
    >>> join_blocks(row, np.array([600.0, 600.0, 1500.0]), np.array([0, 0, 1]), size=AreaSize()).tolist()
    [0, 0, 1]
    """
    groups = np.arange(len(households), dtype=np.int64)
    total = households.copy()
    edges: list[dict[int, float]] = [{} for _ in range(len(households))]
    for a, b, metres in zip(links.a.tolist(), links.b.tolist(), links.shared_m.tolist(), strict=True):
        edges[a][b] = edges[b][a] = metres
    for across in (False, True):
        open_ = set(range(len(households))) & set(groups.tolist())
        while open_:
            small = min(open_, key=lambda g: (total[g], g))
            if total[small] >= size.min_households:
                break
            near = [g for g in edges[small] if across or quarter[g] == quarter[small]]
            fits = [g for g in near if total[g] + total[small] <= size.max_households]
            if not fits and not (across and near):
                open_.discard(small)
                continue
            if fits:
                into = min(fits, key=lambda g: (-round(edges[small][g], 4), g))
            else:
                into = min(near, key=lambda g: (total[g], g))
            _join(small, into, groups, total, edges)
            open_.discard(small)
            open_.add(into)
    return in_order_of_appearance(groups)


def _join(small: int, into: int, groups: Ints, total: Floats, edges: list[dict[int, float]]) -> None:
    groups[groups == small] = into
    total[into] += total[small]
    for other, metres in edges[small].items():
        del edges[other][small]
        if other != into:
            edges[into][other] = edges[other][into] = edges[into].get(other, 0.0) + metres
    edges[small] = {}


def _extent(footprints: Geometries) -> Any:
    """Convex hull of all footprints, a margin wider, in degrees."""
    hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(footprints)))
    local = LocalMetres.of(hull)
    return local.to_degrees(shapely.buffer(local.to_metres(hull), MARGIN_M, join_style="mitre"))[0]


def _households_in(polygons: Geometries, footprints: Geometries, households: Floats) -> Floats:
    drawn = ~shapely.is_empty(footprints)
    points = shapely.points(inner_points(footprints[drawn]))
    point, block = shapely.STRtree(polygons).query(points, predicate="within")
    return np.bincount(block, weights=households[drawn][point], minlength=len(polygons)).astype(np.float64)
