"""Does a plan keep the rules: one table of errors, warnings and notices with their reasons.

Rules and units of `value` and `limit` (domain rules 1-7):

    error    not-covered (cells)        empty-grid (cells)         not-connected (parts)
             outside, overlap, gap (m²) community-mixed            code-missing, code-duplicate
    warning  few-households, many-households (households, or units of workload)          many-people (people)
             complex-split (complexes)  barrier-crossed (m)        holes (holes)
             code-template              name-missing, name-duplicate, name-content
    notice   low-compactness (0-1)      not-closable (share 0-1)   households-estimated (share 0-1)

Beside them, where rules look ahead, `geo.plans.growth` tells many-households-ahead (warning; households, or units of workload).

Sizes are counted from the cells, never taken from the grids frame. Exclusive grids have no size bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geo.crs import LocalMetres, require_kept_crs
from geo.errors import Words
from geo.plans.checks_names import name_findings
from geo.plans.checks_shapes import barriers_within, shape_findings
from geo.plans.findings import Checked, Finding, as_table, listed
from geo.plans.labels import as_labels
from geo.plans.rules import Crossing, Rules
from geo.plans.severities import Severity
from geo.plans.sizes import cell_sizes

CLOSABLE_SHARE = 0.5
"""Least share of a grid's outline on barriers, complex edges and the community's boundary, 0-1."""
BARRIER_M = 5.0
"""Cells that share less than this across a barrier touch at a crossing; the grid does not cross there."""


def check_plan(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    labels: ArrayLike,
    grids: gpd.GeoDataFrame,
    *,
    rules: Rules,
    complexes: gpd.GeoDataFrame | None = None,
    boundary: BaseGeometry | None = None,
    community_name: str | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    reasons: Mapping[int, Words] | None = None,
) -> pd.DataFrame:
    """Check the plan of one community; columns severity, rule, label, code, value, limit, reason (Words).

    `cells` and `edges` as made by `geo.cells.cover`, `labels` of shape (n_cells,) with -1 for a cell in no
    grid, `grids` with label, code, name, kind, community_code and geometry (EPSG:4490). `complexes` give
    the split ones their names; `boundary` is the community's polygon, without it the cells' union;
    `barriers` (name, geometry, optionally tunnel: the roads and water that part blocks) let a crossed barrier
    be named; `reasons` say by label what stood in the way of a size. Worst findings first.
    """
    require_kept_crs(cells, "cells")
    require_kept_crs(grids, "grids")
    plan = Checked.of(grids, as_labels(labels, len(cells)))
    if boundary is None:
        boundary = shapely.coverage_union_all(np.asarray(cells.geometry.array, dtype=object))
    found: list[Finding] = []
    found += _cover(plan, cells)
    found += _connected(plan, edges)
    found += _sizes(plan, cells, rules, reasons or {})
    found += _complexes(plan, cells, complexes, rules)
    found += _barriers(plan, cells, edges, grids, barriers, rules)
    found += _closable(plan, cells, edges)
    found += _estimates(cells)
    found += shape_findings(plan, grids, boundary)
    found += name_findings(plan, grids, rules=rules, community_name=community_name)
    return as_table(found)


def _cover(plan: Checked, cells: gpd.GeoDataFrame) -> Iterator[Finding]:
    missing = plan.row < 0
    if missing.any():
        count, households = int(missing.sum()), int(cells["households"].to_numpy()[missing].sum())
        words = Words(
            f"{count} cell(s) with {households} households are in no grid; assign them",
            f"{count} 个基元（{households} 户）不属于任何网格；请划入网格",
        )
        yield Finding("error", "not-covered", None, None, count, 0, words)
    for row in np.flatnonzero(plan.count() == 0).tolist():
        title = plan.title(row)
        words = Words(f"{title} has no cell; delete it", f"{title}没有任何基元；请删除")
        yield plan.finding("error", "empty-grid", row, 0, 1, words)


def _connected(plan: Checked, edges: pd.DataFrame) -> Iterator[Finding]:
    a, b, inside = plan.ends(edges)
    n = len(plan.row)
    graph = coo_array((np.ones(int(inside.sum())), (a[inside], b[inside])), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    pairs = np.unique(np.column_stack([plan.row, part])[plan.row >= 0], axis=0)
    parts = np.bincount(pairs[:, 0], minlength=plan.grids)
    for row in np.flatnonzero(parts > 1).tolist():
        words = Words(
            f"{plan.title(row)} lies in {parts[row]} separate parts; a grid must be one",
            f"{plan.title(row)}分为 {parts[row]} 片；网格必须连成一片",
        )
        yield plan.finding("error", "not-connected", row, int(parts[row]), 1, words)


def _sizes(
    plan: Checked, cells: gpd.GeoDataFrame, rules: Rules, reasons: Mapping[int, Words]
) -> Iterator[Finding]:
    sizes, unit = plan.total(pd.Series(cell_sizes(cells, rules))).astype(np.int64), rules.unit
    people = plan.total(cells["people"]) if "people" in cells.columns else np.zeros(plan.grids)
    bound = np.flatnonzero((plan.kind != "exclusive") & (plan.count() > 0))
    low, high = rules.min_households, rules.max_households
    for row in bound.tolist():
        number, title = int(sizes[row]), plan.title(row)
        for rule, off, near, limit, side in (
            ("few-households", number < low, number >= rules.least_households, low, ("below", "少于")),
            ("many-households", number > high, number <= rules.most_households, high, ("above", "多于")),
        ):
            if not off:
                continue
            en, zh = (", within the tolerance", "，在容差之内") if near else ("", "")
            words = Words(
                f"{title} has {number} {unit.en}, {side[0]} {limit}{en}",
                f"{title}有 {number} {unit.zh}，{side[1]} {limit} {unit.zh}{zh}",
            )
            words = _with_reason(words, reasons.get(plan.label[row]))
            yield plan.finding("notice" if near else "warning", rule, row, number, limit, words)
        if rules.max_people is not None and people[row] > rules.max_people:
            number, most = int(people[row]), rules.max_people
            words = Words(
                f"{title} has {number} people, above {most}", f"{title}有 {number} 人，多于 {most} 人"
            )
            yield plan.finding("warning", "many-people", row, number, most, words)


def _with_reason(words: Words, reason: Words | None) -> Words:
    return words if reason is None else Words(f"{words.en}: {reason.en}", f"{words.zh}：{reason.zh}")


def _complexes(
    plan: Checked, cells: gpd.GeoDataFrame, complexes: gpd.GeoDataFrame | None, rules: Rules
) -> Iterator[Finding]:
    """A complex counts by its buildings (or hexagons); its empty ground may lie elsewhere."""
    frame = pd.DataFrame(
        {
            "complex": cells["complex_ref"].to_numpy(),
            "row": plan.row,
            "size": cell_sizes(cells, rules),
        }
    )
    counted = (
        cells["complex_ref"].notna().to_numpy(dtype=bool) & cells["kind"].isin(["building", "hex"]).to_numpy()
    )
    frame = frame[counted & (plan.row >= 0)]
    groups = frame.groupby("complex")
    split = groups["row"].nunique()
    split = split[split > 1].index
    too_large = groups["size"].sum().reindex(split) > rules.most_households
    names = _complex_names(complexes)
    parts = frame[frame["complex"].isin(split)].drop_duplicates(["complex", "row"])
    for row, refs in parts.groupby("row")["complex"]:
        large = bool(too_large[refs].all())
        title, text = plan.title(row), listed(sorted(names.get(ref, ref) for ref in refs))
        why = "; too large for one grid" if large else ""
        why_zh = "；规模超过一个网格" if large else ""
        words = Words(
            f"{title} holds only part of {len(refs)} complex(es): {text}{why}",
            f"{title}只含 {len(refs)} 个小区的一部分：{text}{why_zh}",
        )
        severity: Severity = "notice" if large or not rules.keep_complexes else "warning"
        yield plan.finding(severity, "complex-split", row, len(refs), 0, words)


def _complex_names(complexes: gpd.GeoDataFrame | None) -> dict[str, str]:
    if complexes is None:
        return {}
    named = complexes[complexes["name"].notna()]
    return dict(zip(named["ref"], named["name"], strict=True))


def _barriers(
    plan: Checked,
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    grids: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame | None,
    rules: Rules,
) -> Iterator[Finding]:
    crossed = _crossed_m(plan, cells, edges)
    rows = np.flatnonzero(crossed >= BARRIER_M)
    names = barriers_within(grids, rows, barriers)
    for row in rows.tolist():
        metres, title, text = float(crossed[row]), plan.title(row), listed(names.get(row, ()))
        words = Words(
            f"{title} crosses a barrier along {metres:.0f} m{': ' + text if text else ''}",
            f"{title}跨越道路或水系等界线，长 {metres:.0f} 米{'：' + text if text else ''}",
        )
        severity: Severity = "notice" if rules.barriers is Crossing.FREE else "warning"
        yield plan.finding(severity, "barrier-crossed", row, metres, 0, words)


def _crossed_m(plan: Checked, cells: gpd.GeoDataFrame, edges: pd.DataFrame) -> NDArray[np.float64]:
    """Metres of barrier inside each grid; shape (n_grids,).

    A grid may hold the water on its bank: a water cell counts only where it joins two blocks of land,
    with the shores of all but the longest.
    """
    a, b, inside = plan.ends(edges)
    metres = edges["shared_m"].to_numpy(dtype=np.float64)
    barrier = inside & edges["barrier"].to_numpy(dtype=bool)
    water, block = cells["kind"].to_numpy() == "water", cells["block"].to_numpy()
    land = barrier & ~water[a] & ~water[b]
    crossed = np.zeros(plan.grids)
    np.add.at(crossed, plan.row[a[land]], metres[land])
    shore = barrier & (water[a] != water[b])
    wet, dry = np.where(water[a], a, b)[shore], np.where(water[a], b, a)[shore]
    shores = pd.DataFrame({"water": wet, "block": block[dry], "metres": metres[shore]})
    shores = shores.groupby(["water", "block"])["metres"].sum().groupby("water").agg(["sum", "max"])
    np.add.at(crossed, plan.row[shores.index.to_numpy(dtype=np.int64)], shores["sum"] - shores["max"])
    return crossed


def _closable(plan: Checked, cells: gpd.GeoDataFrame, edges: pd.DataFrame) -> Iterator[Finding]:
    """Where a cell's outline is no edge to another cell, it is the community's boundary."""
    a, b = (edges[end].to_numpy(dtype=np.int64) for end in ("a", "b"))
    metres = edges["shared_m"].to_numpy(dtype=np.float64)
    complex_ref = cells["complex_ref"].fillna("").to_numpy()
    closed = edges["barrier"].to_numpy(dtype=bool) | (complex_ref[a] != complex_ref[b])
    boundary = shapely.length(LocalMetres.of(cells).to_metres(cells))
    outline, held = np.zeros(plan.grids), np.zeros(plan.grids)
    for end, other in ((a, b), (b, a)):
        boundary = boundary - np.bincount(end, weights=metres, minlength=len(boundary))
        across = (plan.row[end] >= 0) & (plan.row[end] != plan.row[other])
        outline += np.bincount(plan.row[end[across]], weights=metres[across], minlength=plan.grids)
        across &= closed
        held += np.bincount(plan.row[end[across]], weights=metres[across], minlength=plan.grids)
    outer = plan.total(pd.Series(boundary))
    outline, held = outline + outer, held + outer
    share = np.clip(np.divide(held, outline, out=np.ones(plan.grids), where=outline > 0), 0.0, 1.0)
    for row in np.flatnonzero(share < CLOSABLE_SHARE).tolist():
        words = Words(
            f"only {share[row]:.0%} of the outline of {plan.title(row)} follow roads, water, complex edges or the "
            f"community boundary ({CLOSABLE_SHARE:.0%} wanted): hard to close",
            f"{plan.title(row)}的边界只有 {share[row]:.0%} 沿道路、水系、小区边界或社区边界（宜达 {CLOSABLE_SHARE:.0%}）："
            "不易封闭管理",
        )
        yield plan.finding("notice", "not-closable", row, float(share[row]), CLOSABLE_SHARE, words)


def _estimates(cells: gpd.GeoDataFrame) -> Iterator[Finding]:
    households = cells["households"].to_numpy(dtype=np.float64)
    estimated = float(households[cells["households_estimated"].to_numpy(dtype=bool)].sum())
    if estimated > 0:
        share = estimated / float(households.sum())
        words = Words(
            f"{share:.0%} of the households ({estimated:.0f}) are estimates; sizes are only as good",
            f"{share:.0%} 的户数（{estimated:.0f} 户）为估算；网格规模仅供参考",
        )
        yield Finding("notice", "households-estimated", None, None, share, None, words)
