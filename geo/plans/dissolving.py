"""Grids given up: their cells go to the neighbours, or they become grids like others, to be drawn by the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import ConflictError
from geo.plans.codes import CodeTemplate, fresh_name
from geo.plans.edits import Draft, Numbering, assign
from geo.plans.rules import Rules
from geo.plans.sizes import cell_sizes

Ints = NDArray[np.int64]


def dissolve(draft: Draft, grid: str, cells: gpd.GeoDataFrame, edges: pd.DataFrame, rules: Rules) -> Draft:
    """`draft` without the grid of this code or name; its cells go to grids beside it that are neither locked nor exclusive.

    Connected cells of one complex go together. Each such piece goes, as long as there is one, to a grid that stays
    within the upper bound, without a barrier between, along the longest common outline. `cells` and `edges` (a, b,
    shared_m, barrier) are those of the draft. Raises `ConflictError` when the grid is locked or no open grid adjoins,
    `NotFoundError` for one the plan does not have.
    """
    label = draft.label_of(grid)
    chosen = draft.cells_of([label])
    homes = heirs_beside(draft, label, chosen, _pieces(chosen, cells, edges), cells, edges, rules)
    for home in sorted(set(homes.values())):
        given = [cell for cell, owner in homes.items() if owner == home]
        draft = assign(draft, given, draft.grids[home].code)
    return draft


def heirs_beside(
    draft: Draft,
    label: int,
    chosen: Ints,
    piece: Ints,
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
) -> dict[int, int]:
    """The new label of each of the cells `chosen` (r,) of the grid `label`, where each `piece` (r,) goes whole to an open grid
    beside it, as `dissolve` says. Raises `ConflictError` where only locked or exclusive grids adjoin."""
    counts = cell_sizes(cells, rules)
    sizes = {own: int(counts[draft.labels == own].sum()) for own in draft.grids}
    weight = np.bincount(piece, counts[chosen]).astype(np.int64)
    labels = draft.labels.copy()
    closed = {own for own, what in draft.grids.items() if what.locked or what.kind == "exclusive"} | {label}
    left, homes = set(range(len(weight))), dict[int, int]()
    while left:
        beside = _beside(labels, chosen, piece, left, closed, edges)
        if not beside:
            own = draft.grids[label]
            raise ConflictError(
                f"only locked or exclusive grids adjoin {own.name} ({own.code}); unlock or dissolve one of them first",
                f"{own.name}（{own.code}）的相邻网格均已锁定或为专属网格；请先解锁或撤销其中之一",
            )
        part, home = min(
            beside,
            key=lambda pair: (
                sizes[pair[1]] + weight[pair[0]] > max(rules.max_households, sizes[pair[1]]),
                beside[pair][0] == 0,
                -sum(beside[pair]),
                pair,
            ),
        )
        given = chosen[piece == part]
        labels[given] = home
        sizes[home] += int(weight[part])
        homes |= dict.fromkeys(given.tolist(), home)
        left.remove(part)
    return homes


def _pieces(chosen: Ints, cells: gpd.GeoDataFrame, edges: pd.DataFrame) -> Ints:
    """(r,) the piece of each chosen cell: connected cells of one complex, any other cell by itself."""
    place = np.full(len(cells), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    a, b = edges["a"].to_numpy(dtype=np.int64), edges["b"].to_numpy(dtype=np.int64)
    homes = cells["complex_ref"].fillna("").to_numpy(dtype=object)
    joined = (place[a] >= 0) & (place[b] >= 0) & (homes[a] == homes[b]) & (homes[a] != "")
    ends = (place[a[joined]], place[b[joined]])
    graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(len(chosen), len(chosen)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _beside(
    labels: Ints, chosen: Ints, piece: Ints, left: set[int], closed: set[int], edges: pd.DataFrame
) -> dict[tuple[int, int], tuple[float, float]]:
    """Metres of common outline of pieces and open grids: without a barrier between, and across one."""
    of_cell = np.full(len(labels), -1, np.int64)
    of_cell[chosen] = np.where(np.isin(piece, list(left)), piece, -1)
    a, b = edges["a"].to_numpy(dtype=np.int64), edges["b"].to_numpy(dtype=np.int64)
    metres, barrier = edges["shared_m"].to_numpy(dtype=np.float64), edges["barrier"].to_numpy(dtype=bool)
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for here, there in ((a, b), (b, a)):
        edge = (of_cell[here] >= 0) & (of_cell[there] < 0) & ~np.isin(labels[there], list(closed))
        rows = (of_cell[here[edge]], labels[there[edge]], metres[edge], barrier[edge])
        for part, home, length, across in zip(*(row.tolist() for row in rows), strict=True):
            free, barred = found.get((part, home), (0.0, 0.0))
            found[part, home] = (free, barred + length) if across else (free + length, barred)
    return found


def given_up(draft: Draft, labels: Iterable[int], numbering: Numbering) -> Draft:
    """`draft` with the exclusive ones among the grids `labels` as grids like others: of the kind that is drawn, under the
    name of their number."""
    template, grids = CodeTemplate.parse(numbering.template), dict(draft.grids)
    for label in sorted(labels):
        own = grids[label]
        if own.kind != "exclusive":
            continue
        number = template.sequence_of(own.code, numbering.community_code) or 1
        name = fresh_name(number, {other.name for other in grids.values()}, numbering.community_code)
        grids[label] = replace(own, kind=numbering.kind, name=name, chosen=True)
    return Draft(draft.labels, MappingProxyType(grids))
