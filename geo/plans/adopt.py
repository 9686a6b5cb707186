"""Today's grids as somebody drew them, turned into labels of cells, with a list of what did not fit.

Drawn grids overlap, leave gaps and miss edges; cells do none of this. What adopting had to decide is
reported, so that the planner can tell a slip of the pen from a grid that is really meant so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import areas_m2, require_kept_crs
from geo.errors import EmptyLayerError, Words
from geo.topology import Shares, largest_share, overlaps

MIN_AREA_M2 = 1.0
"""Overlaps, gaps and strips outside smaller than this are the width of a pencil and not reported."""
LEAST_SHARE = 0.01
"""A grid that holds less than this of a building and of its cell only grazes it: the cell lies in a gap."""
CUT_SHARE = 0.05
"""A building is reported as cut when at least this share of it lies in a second drawn grid."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Adopted:
    """Drawn grids as a plan of one community."""

    labels: Ints
    """Label of each cell, 0..k-1; shape (n_cells,). Every cell has one."""
    grids: pd.DataFrame
    """label, ref, code, name, kind: the drawn grids that got cells, by ref; code and name may be empty."""
    notes: pd.DataFrame
    """rule, ref, value, reason (Words): what was not as it should be; see `adopt`."""


def adopt(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    drawn: gpd.GeoDataFrame,
    *,
    buildings: gpd.GeoDataFrame | None = None,
) -> Adopted:
    """Give every cell of a community to one of its `drawn` grids (contract `grids`, EPSG:4490).

    A cell goes to the grid that holds most of its building (by the footprint in `buildings`), or most of
    its area where it has none; when two hold the same, to the one with more of the cell, then to the
    smaller ref. A cell that no grid holds to `LEAST_SHARE` goes, gap by gap from its rim, to the neighbouring grid with
    the longest shared edge; one that cannot be reached so, to the nearest grid. Drawn grids that got no
    cell are left out. Connectedness is not forced: `check_plan` says where it is missing.

    Rules of the notes, with their value: `drawn-overlap` (m², two refs joined by "|"), `drawn-gap` (m²),
    `drawn-outside` (m² outside the community), `drawn-empty` (0), `building-cut` (buildings cut between
    grids), `cells-in-gap` (cells given by shared edge), `cells-by-distance` (cells given by distance).
    Raises `EmptyLayerError` when no drawn grid touches the community.
    """
    require_kept_crs(cells, "cells")
    require_kept_crs(drawn, "grids")
    drawn = drawn.sort_values("ref", kind="stable").reset_index(drop=True)
    shapes = np.asarray(cells.geometry.array, dtype=object)
    areas = np.asarray(drawn.geometry.array, dtype=object)
    by_cell = largest_share(shapes, areas)
    by_building = by_cell if buildings is None else largest_share(_footprints(cells, buildings), areas)
    owner = _owners(by_building, by_cell)
    if not (owner >= 0).any():
        raise EmptyLayerError(
            "no drawn grid touches this community; check the datum (--crs) and the community of the file",
            "没有一个现状网格与该社区相交；请检查坐标系（--crs）与文件所属社区",
        )
    touched = owner >= 0
    owner = _fill_gaps(owner, edges)
    reached = owner >= 0
    owner[~reached] = _nearest(shapes[~reached], shapes[reached], owner[reached])
    used, labels = np.unique(owner, return_inverse=True)
    grids = drawn.loc[used, ["ref", "code", "name", "kind"]].reset_index(drop=True)
    grids["kind"] = grids["kind"].fillna("base")
    grids.insert(0, "label", np.arange(len(used)))
    notes = [
        *_drawing_notes(shapes, drawn, used),
        *_cut_note(cells, drawn, by_building),
        *_filling_notes(int((reached & ~touched).sum()), int((~reached).sum())),
    ]
    return Adopted(
        labels.astype(np.int64), grids, pd.DataFrame(notes, columns=["rule", "ref", "value", "reason"])
    )


def holders(
    cells: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame, *, buildings: gpd.GeoDataFrame | None = None
) -> Ints:
    """The row of `drawn` that holds most of each cell's building, or of its ground where it has none; shape (n_cells,),
    -1 where none holds `LEAST_SHARE` of it. Both frames in EPSG:4490.

    >>> from shapely import box
    >>> from geo.crs import KEPT_CRS
    >>> two = gpd.GeoDataFrame(geometry=[box(0, 0, 0.01, 0.01), box(0.01, 0, 0.02, 0.01)], crs=KEPT_CRS)
    >>> holders(two, two.iloc[[0]]).tolist()
    [0, -1]
    """
    require_kept_crs(cells, "cells")
    require_kept_crs(drawn, "grids")
    if drawn.empty:
        return np.full(len(cells), -1, np.int64)
    areas = np.asarray(drawn.geometry.array, dtype=object)
    by_cell = largest_share(np.asarray(cells.geometry.array, dtype=object), areas)
    by_building = by_cell if buildings is None else largest_share(_footprints(cells, buildings), areas)
    return _owners(by_building, by_cell)


def _footprints(cells: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The building of each cell, the cell itself where it has none."""
    shapes = np.asarray(cells.geometry.array, dtype=object).copy()
    row = pd.Index(buildings["ref"]).get_indexer(cells["building_ref"])
    found = row >= 0
    shapes[found] = np.asarray(buildings.geometry.array, dtype=object)[row[found]]
    return shapes


def _owners(by_building: Shares, by_cell: Shares) -> Ints:
    """The drawn grid of each cell, -1 where none holds a part worth the name."""
    owner = np.where(by_cell.share >= LEAST_SHARE, by_cell.area, -1)
    owner = np.where(by_building.share >= LEAST_SHARE, by_building.area, owner)
    even = (by_building.second_share >= LEAST_SHARE) & (by_building.share - by_building.second_share < 1e-9)
    either = (by_cell.area == by_building.area) | (by_cell.area == by_building.second)
    return np.where(even & either, by_cell.area, owner).astype(np.int64)


def _fill_gaps(owner: Ints, edges: pd.DataFrame) -> Ints:
    """`owner` with gaps closed from their rims inwards, each round by the longest shared edge."""
    owner = owner.copy()
    a, b = edges["a"].to_numpy(dtype=np.int64), edges["b"].to_numpy(dtype=np.int64)
    shared = np.tile(edges["shared_m"].to_numpy(dtype=np.float64), 2)
    cell, neighbour = np.concatenate([a, b]), np.concatenate([b, a])
    while True:
        rim = (owner[cell] < 0) & (owner[neighbour] >= 0)
        if not rim.any():
            return owner
        table = pd.DataFrame({"cell": cell[rim], "owner": owner[neighbour[rim]], "shared_m": shared[rim]})
        table = table.groupby(["cell", "owner"], as_index=False)["shared_m"].sum().round({"shared_m": 6})
        table = table.sort_values(["cell", "shared_m", "owner"], ascending=[True, False, True])
        table = table.drop_duplicates("cell")
        owner[table["cell"].to_numpy()] = table["owner"].to_numpy()


def _nearest(shapes: NDArray[np.object_], others: NDArray[np.object_], owner: Ints) -> Ints:
    """The owner of the nearest of `others`; of several at the same distance the smallest owner."""
    if not len(shapes):
        return np.zeros(0, dtype=np.int64)
    found = shapely.STRtree(others).query_nearest(shapes, all_matches=True)
    table = pd.DataFrame({"shape": found[0], "owner": owner[found[1]]})
    return np.asarray(table.groupby("shape")["owner"].min(), dtype=np.int64)


def _drawing_notes(
    shapes: NDArray[np.object_], drawn: gpd.GeoDataFrame, used: Ints
) -> list[tuple[str, str, float, Words]]:
    community = shapely.coverage_union_all(shapes)
    areas = np.asarray(drawn.geometry.array, dtype=object)
    touching = shapely.intersects(areas, community)
    notes: list[tuple[str, str, float, Words]] = []
    pairs = overlaps(drawn[touching], min_area_m2=MIN_AREA_M2)
    refs = drawn["ref"].to_numpy()[touching]
    for a, b, area in zip(refs[pairs["a"]], refs[pairs["b"]], pairs["area_m2"], strict=True):
        words = Words(
            f"drawn grids {a} and {b} overlap by {area:.0f} m²", f"现状网格 {a} 与 {b} 重叠 {area:.0f} 平方米"
        )
        notes.append(("drawn-overlap", f"{a}|{b}", float(area), words))
    gap = float(areas_m2(shapely.difference(community, shapely.union_all(areas[touching])))[0])
    if gap >= MIN_AREA_M2:
        words = Words(
            f"{gap:.0f} m² of the community lie in no drawn grid",
            f"社区内有 {gap:.0f} 平方米不在任何现状网格内",
        )
        notes.append(("drawn-gap", "", gap, words))
    outside = areas_m2(shapely.difference(areas[touching], community)) if touching.any() else np.zeros(0)
    for ref, area in zip(refs[outside >= MIN_AREA_M2], outside[outside >= MIN_AREA_M2], strict=True):
        words = Words(
            f"{area:.0f} m² of drawn grid {ref} lie outside the community",
            f"现状网格 {ref} 有 {area:.0f} 平方米在社区之外",
        )
        notes.append(("drawn-outside", str(ref), float(area), words))
    for ref in np.delete(drawn["ref"].to_numpy(), used):
        words = Words(
            f"drawn grid {ref} holds most of no building and no cell; it was left out",
            f"现状网格 {ref} 未占有任何楼栋或基元的大部分，未采用",
        )
        notes.append(("drawn-empty", str(ref), 0.0, words))
    return notes


def _cut_note(
    cells: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame, by_building: Shares
) -> list[tuple[object, ...]]:
    """One note on the buildings that lie in two drawn grids, with the first few of them."""
    has = cells["building_ref"].notna().to_numpy(dtype=bool)
    cut = has & (by_building.second_share >= CUT_SHARE) & (by_building.share < 1 - 1e-9)
    if not cut.any():
        return []
    refs = sorted(set(cells["building_ref"].to_numpy(dtype=object)[cut]))
    grids = sorted(
        set(drawn["ref"].to_numpy(dtype=object)[np.r_[by_building.area[cut], by_building.second[cut]]])
    )
    words = Words(
        f"{len(refs)} building(s) are cut by drawn grids and went whole to the grid with the larger part: {_some(refs)}",
        f"{len(refs)} 栋楼被现状网格线切开，已整栋归入占比较大的网格：{_some(refs)}",
    )
    return [("building-cut", "|".join(grids), float(len(refs)), words)]


def _filling_notes(by_edge: int, by_distance: int) -> list[tuple[object, ...]]:
    notes: list[tuple[object, ...]] = []
    if by_edge:
        words = Words(
            f"{by_edge} cell(s) in no drawn grid went to the neighbour with the longest shared edge",
            f"{by_edge} 个基元不在任何现状网格内，已归入公共边最长的相邻网格",
        )
        notes.append(("cells-in-gap", "", float(by_edge), words))
    if by_distance:
        words = Words(
            f"{by_distance} cell(s) without any neighbour in a drawn grid went to the nearest grid",
            f"{by_distance} 个基元与现状网格不相邻，已归入最近的网格",
        )
        notes.append(("cells-by-distance", "", float(by_distance), words))
    return notes


def _some(values: Sequence[str], most: int = 5) -> str:
    return ", ".join(values[:most]) + (" …" if len(values) > most else "")
