"""Working areas 工作片区: stand-ins for communities where no boundary file is known, made from the extent of the
buildings and the barriers in it, and always called what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.cells.adjacency import Floats, Geometries, neighbours
from geo.cells.blocks import DEFAULT_BARRIERS, BarrierRules, make_blocks
from geo.cells.dwellings import estimate_households
from geo.cells.faces import dissolve, inner_points, make_faces, reading_order, sound, within
from geo.cells.homes import NOTHING_KNOWN
from geo.cells.joining import AreaSize, Blocks, join_blocks
from geo.cells.parcels import holder_of
from geo.cells.straight import straighten
from geo.conform import conform
from geo.crs import COORDINATE_STEP_DEG, KEPT_CRS, LocalMetres, require_kept_crs, round_coordinates
from geo.errors import EmptyLayerError
from geo.frames import COMMUNITIES

COMMUNITY = AreaSize()
"""An area is as large as an urban community, if nothing else is said."""
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


def working_areas(
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    rules: BarrierRules = DEFAULT_BARRIERS,
    size: AreaSize = COMMUNITY,
) -> gpd.GeoDataFrame:
    """A communities frame (contract of `geo.frames`, EPSG:4490) of made-up communities of kind `working`.

    The convex hull of the buildings, a margin wider, is cut into blocks by `rules`, crowded blocks by lanes as well;
    blocks are joined by `geo.cells.joining` inside the main roads, railways and water until each area has
    `size.min_households` (known or estimated), then across them where that is the only way. The areas are a valid coverage, each of one part, and cover every
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
    ordered = buildings.sort_values("ref", kind="stable")
    evident = estimate_households(ordered)["households"].fillna(0).to_numpy(np.float64)
    # where nobody knows what buildings are, a town would be one area: who may live there counts as well
    counted = estimate_households(ordered, from_sure=NOTHING_KNOWN)
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
    main = make_blocks(
        extent, roads, water, rules=replace(rules, road_classes=rules.road_classes & MAIN_CLASSES)
    )
    inside = shapely.points(inner_points(polygons))
    quarter = holder_of(inside, np.asarray(main.geometry.array, dtype=object))
    rim = shapely.dwithin(polygons, shapely.boundary(extent), COORDINATE_STEP_DEG)
    metric = local.to_metres(polygons)
    blocks_of = Blocks(
        links=neighbours(polygons, local=local),
        households=_households_in(polygons, footprints, evident),
        possible=_households_in(polygons, footprints, figures),
        quarter=quarter,
        rim=rim,
        area_m2=shapely.area(metric),
        outline_m=shapely.length(metric),
    )
    groups = join_blocks(blocks_of, size=size)
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
