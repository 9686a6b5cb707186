"""Cells 基元: the atoms of a plan, tiling one community exactly; put together from blocks, parcels, middle lines
between buildings and hexagons, and checked before they are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells.adjacency import Flags, Ints, cell_edges
from geo.cells.blocks import DEFAULT_BARRIERS, BarrierRules, make_blocks, outline_of
from geo.cells.dwellings import estimate_households, unknown_ground
from geo.cells.faces import areas_in, inner_points, reading_order, sound
from geo.cells.hexes import DEFAULT_RESOLUTION, hex_area_m2
from geo.cells.parcels import LANE_CLASSES, Parcels, cut_parcels
from geo.cells.recut import without_winding
from geo.cells.shapes import Shapes, make_shapes
from geo.cells.straight import straighten
from geo.cells.totals import fit_people, fit_to_total, share_over_land
from geo.crs import COORDINATE_STEP_DEG, KEPT_CRS, LocalMetres, areas_m2, require_kept_crs, round_coordinates
from geo.errors import InputError, Words

MOST_HEXES = 5_000
"""A community is not cut into more hexagons unless a resolution is asked for. Our choice."""
AREA_TOLERANCE = 1e-6
"""Largest relative difference between the cells' total area and the community's."""
STRAIGHT_M = 2.0
"""Lines between cells are straightened by less than this. Our choice."""
WALL_M = 0.5
"""A straightened line may come this deep into a building, no deeper than lines between houses wall to wall do."""
ROUNDING_M2 = 0.002
"""Difference that rounding corners to 0.1 mm may make in a community of a few metres."""


@dataclass(frozen=True)
class CellSet:
    """The cells of one community, their neighbourhood, and what the planner should know about them."""

    cells: gpd.GeoDataFrame
    """One row per cell in EPSG:4490: cell, kind (`building`, `empty`, `hex`, `water`), block, building_ref,
    complex_ref, households, households_estimated, people, area_m2, geometry (Polygon)."""
    edges: pd.DataFrame
    """One row per neighbouring pair: a, b (a < b), shared_m, barrier."""
    notes: tuple[Words, ...]
    """What was estimated, scaled, left out or unknown."""


def make_cells(
    community: Any,
    *,
    buildings: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    households: int | None = None,
    people: int | None = None,
    h3_resolution: int | None = None,
    rules: BarrierRules = DEFAULT_BARRIERS,
    name: str = "",
) -> CellSet:
    """The cells of one community: a valid coverage of single polygons that tile it exactly.

    `community` is a polygon or multi-polygon in EPSG:4490; the frames follow `geo.frames` and may reach beyond
    it. Barriers cut it into blocks, outlines of complexes cut these into parcels, and a parcel is shared out
    among its buildings by the nearest wall. A parcel without buildings is one `empty` cell; where it is larger
    than a few hexagons, or where the community has no buildings at all, it is cut into H3 hexagons of
    `h3_resolution` (10 by default). Every building whose middle lies in the community has exactly one cell.

    `households` and `people` are the community's known totals: estimates are fitted to them, and without
    buildings they are spread over the hexagons by land area. `name` appears in errors.

    Raises `InputError` for an invalid community, and when the cells would not tile it within
    `AREA_TOLERANCE`: a broken coverage is never returned. The result does not depend on the order of rows.
    Limits: a building across a barrier belongs to the side with most of its footprint, and its cell ends there;
    buildings drawn twice share their ground in slices.
    """
    outline = outline_of(community)
    local = LocalMetres.of(outline)
    resolution = _resolution_for(float(areas_m2(outline)[0])) if h3_resolution is None else h3_resolution
    hex_area_m2(resolution)
    standing, left_out = _buildings_in(buildings, outline)
    require_kept_crs(complexes, "complexes")
    near = shapely.intersects(np.asarray(complexes.geometry.array, dtype=object), outline)
    walled = complexes[np.asarray(near, dtype=bool)].sort_values("ref", kind="stable")
    footprints = np.asarray(standing.geometry.array, dtype=object)

    blocks = make_blocks(outline, roads, water, rules=rules, buildings=standing)
    lanes = _lanes(roads, outline)
    walls = np.asarray(walled.geometry.array, dtype=object)
    parcels = cut_parcels(blocks, walls, footprints, lanes, local=local)
    wet = (blocks["kind"] == "water").to_numpy(dtype=bool)[parcels.block]
    shapes = make_shapes(parcels, footprints, wet, resolution=resolution, local=local)
    shapes = _gently_bent(shapes, parcels, footprints, local=local)
    cells, notes = _with_figures(shapes, parcels, wet, standing, walled, households, people, local=local)
    verify(cells, outline, standing, name=name)
    notes = _notes_on_ground(left_out, cells, walled) + notes
    if h3_resolution is None and resolution < DEFAULT_RESOLUTION and (cells["kind"] == "hex").any():
        notes += (
            Words(
                f"the ground is large: its hexagons are of H3 resolution {resolution}, not {DEFAULT_RESOLUTION}",
                f"面积较大：六边形采用 H3 分辨率 {resolution}，而非 {DEFAULT_RESOLUTION}",
            ),
        )
    return CellSet(cells, cell_edges(cells, local=local), notes)


def _lanes(roads: gpd.GeoDataFrame, outline: Any) -> Any:
    """Lines of the small streets that reach into the community, tunnels left out."""
    if roads.empty:
        return np.empty(0, dtype=object)
    lane = roads["road_class"].isin(LANE_CLASSES)
    if "tunnel" in roads:
        lane &= ~roads["tunnel"].astype("boolean").fillna(False).astype(bool)
    lines = np.asarray(roads[lane].sort_values("ref", kind="stable").geometry.array, dtype=object)
    return shapely.get_parts(lines[np.asarray(shapely.intersects(lines, outline), dtype=bool)])


def _resolution_for(area_m2: float) -> int:
    """The usual resolution, or the finest that keeps a community of this size below `MOST_HEXES` hexagons."""
    resolution = DEFAULT_RESOLUTION
    while resolution > 0 and area_m2 / hex_area_m2(resolution) > MOST_HEXES:
        resolution -= 1
    return resolution


def _buildings_in(buildings: gpd.GeoDataFrame, outline: Any) -> tuple[gpd.GeoDataFrame, int]:
    """Buildings whose middle lies in the community, sorted by ref, valid and with households; and how many
    others touch it."""
    require_kept_crs(buildings, "buildings")
    geometry = np.asarray(buildings.geometry.array, dtype=object)
    shapely.prepare(outline)
    rows = np.flatnonzero(shapely.intersects(outline, geometry))
    near = buildings.iloc[rows].sort_values("ref", kind="stable")
    footprints = sound(round_coordinates(near.geometry))
    near = near.set_geometry(gpd.GeoSeries(footprints, near.index, crs=KEPT_CRS))[
        shapely.area(footprints) > 0
    ]
    middle = inner_points(near.geometry.array)
    inside = shapely.contains_xy(outline, middle[:, 0], middle[:, 1])
    return estimate_households(near[inside].reset_index(drop=True)), int((~inside).sum())


def _gently_bent(shapes: Shapes, parcels: Parcels, footprints: Any, *, local: LocalMetres) -> Shapes:
    """Shapes that wind around nothing, with straight or gently bent lines between them."""
    middles = np.full((len(shapes.polygons), 2), np.nan)
    built = shapes.building >= 0
    middles[built] = inner_points(footprints[shapes.building[built]])
    polygons, of = without_winding(shapes.polygons, middles, parcels.block[shapes.parcel], local=local)
    walls = (
        shapely.buffer(local.to_metres(footprints), -WALL_M, join_style="mitre") if len(footprints) else None
    )
    polygons = straighten(polygons, local=local, tolerance_m=STRAIGHT_M, obstacles=walls)
    return Shapes(polygons, shapes.parcel[of], shapes.building[of], shapes.is_hex[of])


def _with_figures(
    shapes: Shapes,
    parcels: Parcels,
    wet: Flags,
    standing: gpd.GeoDataFrame,
    walled: gpd.GeoDataFrame,
    households: int | None,
    people: int | None,
    *,
    local: LocalMetres,
) -> tuple[gpd.GeoDataFrame, tuple[Words, ...]]:
    """The cells frame in its final order, and notes on how its households and people came about."""
    block = parcels.block[shapes.parcel]
    order = reading_order(shapes.polygons)
    order = order[np.argsort(block[order], kind="stable")]
    polygons, parcel = shapes.polygons[order], shapes.parcel[order]
    building, is_hex = shapes.building[order], shapes.is_hex[order]
    built = building >= 0
    area_m2 = areas_in(polygons, local=local)
    water = wet[parcel] & ~built
    if built.any():
        counts, estimated, heads, notes = _counts_of_buildings(standing, building, households, people)
    else:
        counts, estimated, heads, notes = _counts_without_buildings(area_m2, water, households, people)
    refs = _picked(walled["ref"], parcels.complex[parcel])
    if "complex_ref" in standing:
        own = _picked(standing["complex_ref"], building)
        refs = np.where(pd.isna(own), refs, own)
    kind = np.full(len(polygons), "empty", dtype=object)
    kind[is_hex], kind[water], kind[built] = "hex", "water", "building"
    cells = gpd.GeoDataFrame(
        {
            "cell": np.arange(len(polygons)),
            "kind": pd.Series(kind, dtype="str"),
            "block": block[order],
            "building_ref": pd.Series(_picked(standing["ref"], building), dtype="str"),
            "complex_ref": pd.Series(refs, dtype="str"),
            "households": counts,
            "households_estimated": estimated,
            "people": pd.array(heads, dtype="Int64"),
            "area_m2": area_m2,
        },
        geometry=polygons,
        crs=KEPT_CRS,
    )
    return cells, notes


def _picked(values: pd.Series, position: Ints) -> Any:
    """Values at the positions, None where a position is -1."""
    picked = np.full(len(position), None, dtype=object)
    has = position >= 0
    picked[has] = values.to_numpy(dtype=object)[position[has]]
    return picked


def _counts_of_buildings(
    standing: gpd.GeoDataFrame, building: Ints, households: int | None, people: int | None
) -> tuple[Ints, Flags, Any, tuple[Words, ...]]:
    known = standing["households"].fillna(0).to_numpy(np.int64)
    estimated = standing["households_estimated"].to_numpy(dtype=bool)
    fitted = fit_to_total(known, estimated, households)
    counts = np.append(fitted.households, 0)[building]
    residents = standing.get("people", pd.Series(None, index=standing.index, dtype="Int64"))
    heads = residents.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    heads, notes = fit_people(np.append(heads, np.nan)[building], counts, people)
    said = unknown_ground(standing).words
    notes = fitted.notes + (() if said is None else (said,)) + notes
    return counts, np.append(estimated, False)[building], heads, notes


def _counts_without_buildings(
    area_m2: Any, water: Flags, households: int | None, people: int | None
) -> tuple[Ints, Flags, Any, tuple[Words, ...]]:
    counts = np.zeros(len(area_m2), dtype=np.int64)
    heads = np.full(len(area_m2), np.nan)
    notes: tuple[Words, ...] = (
        Words("no buildings are known here; the cells are hexagons", "本社区没有楼栋数据；基元为六边形"),
    )
    if households is not None:
        counts = share_over_land(households, area_m2, water)
        notes += (
            Words(
                f"{households:,} households are spread evenly over the land; every cell's figure is an estimate",
                f"{households:,} 户按陆地面积平均分配；各基元户数均为估算值",
            ),
        )
    if people is not None:
        heads = share_over_land(people, area_m2, water).astype(np.float64)
    return counts, counts > 0, heads, notes


def _notes_on_ground(left_out: int, cells: gpd.GeoDataFrame, walled: gpd.GeoDataFrame) -> tuple[Words, ...]:
    notes: tuple[Words, ...] = ()
    if left_out:
        notes += (
            Words(
                f"{left_out} buildings reach into the community but have their middle outside; they were left out",
                f"{left_out} 栋楼仅部分位于本社区、主体在外，未计入",
            ),
        )
    built = cells["kind"] == "building"
    silent = set(cells["complex_ref"][~built].dropna()) - set(cells["complex_ref"][built].dropna())
    if built.any() and silent:
        known = walled.set_index("ref").get("name", pd.Series(dtype="str"))
        names = ", ".join(
            str(known.get(ref)) if pd.notna(known.get(ref)) else ref for ref in sorted(silent)[:5]
        )
        notes += (
            Words(
                f"{len(silent)} complexes have no buildings, so no households either: {names}",
                f"{len(silent)} 个小区没有楼栋数据，户数按 0 计：{names}",
            ),
        )
    return notes


def verify(cells: gpd.GeoDataFrame, outline: Any, standing: gpd.GeoDataFrame, *, name: str) -> None:
    """Raise `InputError` unless the cells tile the community and each building has exactly one of them."""
    polygons = np.asarray(cells.geometry.array, dtype=object)
    whole = shapely.area(outline)
    scale = float(cells["area_m2"].sum()) / max(float(shapely.area(polygons).sum()), 1e-300)
    rounding = float(shapely.length(outline)) * COORDINATE_STEP_DEG  # each corner may move by half a step
    slack = max(AREA_TOLERANCE * whole, ROUNDING_M2 / scale, rounding)
    gone = sorted(set(standing["ref"]) - set(cells["building_ref"].dropna()))
    if not (shapely.get_type_id(polygons) == 3).all() or not shapely.is_valid(polygons).all():
        why = Words("a cell is not one valid polygon", "有基元不是单一有效多边形")
    elif not shapely.coverage_is_valid(polygons):
        why = Words("cells overlap or leave gaps", "基元之间存在重叠或缝隙")
    elif abs(float(shapely.area(polygons).sum()) - whole) > slack:
        why = Words("the cells' area is not the community's", "基元面积之和与社区面积不符")
    elif gone or cells["building_ref"].dropna().duplicated().any():
        which = ", ".join(gone[:5])
        why = Words(f"buildings without a cell of their own: {which}", f"以下楼栋没有独立基元：{which}")
    else:
        return
    raise InputError(
        f"community {name or '(unnamed)'}: no exact cells could be made: {why.en}; check its outline and buildings",
        f"社区{name or '（未命名）'}：无法生成严密的基元：{why.zh}；请检查边界和楼栋",
    )
