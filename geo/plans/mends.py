"""Mends of what a check found: what could be moved where, so that the finding goes and no new error comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import ConflictError
from geo.plans.dissolving import heirs_beside
from geo.plans.edits import Draft
from geo.plans.rules import Rules
from geo.plans.sizes import cell_sizes

Ints = NDArray[np.int64]


class Mend(NamedTuple):
    """A way to mend one finding about one grid."""

    rule: str
    code: str
    """The grid's."""
    moves: dict[str, tuple[int, ...]]
    """By the code of the grid that takes them: cells, ascending."""


def stray_cells(draft: Draft, label: int, cells: gpd.GeoDataFrame, edges: pd.DataFrame, rules: Rules) -> Ints:
    """The cells of a grid that lie apart from its main part, ascending: the main part is the largest by size, then by cells.
    `edges` (a, b) join the cells that touch."""
    chosen = draft.cells_of([label])
    return chosen[_part(draft, chosen, edges, cell_sizes(cells, rules)) > 0]


def mends(draft: Draft, cells: gpd.GeoDataFrame, edges: pd.DataFrame, rules: Rules) -> list[Mend]:
    """What could be mended in a draft: parts of a grid that lie apart (`not-connected`) go to the grids that hold them; a grid
    too small (`few-households`) is joined to a neighbour that stays within the upper bound; a complex in several grids
    (`complex-split`) goes whole to the one that holds most of it. Locked and exclusive grids are left alone.

    `cells` and `edges` are those of the draft. No mend is told that would tear a grid or push one over the bound.
    """
    sizes = cell_sizes(cells, rules)
    found = [
        *_strays(draft, cells, edges, rules, sizes),
        *_small(draft, cells, edges, rules, sizes),
        *_split_complexes(draft, cells, rules, sizes),
    ]
    torn = _torn(draft.labels, edges)
    return [one for one in found if _torn(_after(draft, one), edges) + (one.rule == "not-connected") <= torn]


def _strays(
    draft: Draft, cells: gpd.GeoDataFrame, edges: pd.DataFrame, rules: Rules, sizes: Ints
) -> Iterator[Mend]:
    for label, own in draft.grids.items():
        chosen = draft.cells_of([label])
        part = _part(draft, chosen, edges, sizes)
        if own.locked or not part.any():
            continue
        apart = chosen[part > 0]
        homes = _homes(draft, label, apart, part[part > 0] - 1, cells, edges, rules)
        if homes:
            yield Mend("not-connected", own.code, _moves(draft, homes))


def _small(
    draft: Draft, cells: gpd.GeoDataFrame, edges: pd.DataFrame, rules: Rules, sizes: Ints
) -> Iterator[Mend]:
    for label, own in draft.grids.items():
        chosen = draft.cells_of([label])
        size = int(sizes[chosen].sum())
        if own.locked or own.kind == "exclusive" or size >= rules.least_households:
            continue
        homes = _homes(draft, label, chosen, np.zeros(len(chosen), np.int64), cells, edges, rules)
        if homes and size + int(sizes[draft.cells_of(homes.values())].sum()) <= rules.most_households:
            yield Mend("few-households", own.code, _moves(draft, homes))


def _split_complexes(draft: Draft, cells: gpd.GeoDataFrame, rules: Rules, sizes: Ints) -> Iterator[Mend]:
    refs = cells["complex_ref"].to_numpy(dtype=object)
    counted = (
        cells["complex_ref"].notna().to_numpy(dtype=bool) & cells["kind"].isin(["building", "hex"]).to_numpy()
    )
    total = np.bincount(draft.labels, sizes)
    moves: dict[int, dict[int, list[int]]] = {}
    for ref in sorted(set(refs[counted])):
        members = np.flatnonzero(counted & (refs == ref))
        held = np.bincount(draft.labels[members], sizes[members], minlength=len(total))
        labels = np.unique(draft.labels[members])
        if len(labels) < 2:
            continue
        most = int(labels[np.argmax(held[labels])])
        shut = any(
            draft.grids[int(label)].locked or draft.grids[int(label)].kind == "exclusive" for label in labels
        )
        if shut or total[most] + held.sum() - held[most] > rules.most_households:
            continue
        for label in labels[labels != most].tolist():
            moving = members[draft.labels[members] == label].tolist()
            for grid in (int(label), most):
                moves.setdefault(grid, {}).setdefault(most, []).extend(moving)
    for label, homes in sorted(moves.items()):
        by_code = {draft.grids[home].code: tuple(sorted(some)) for home, some in homes.items()}
        yield Mend("complex-split", draft.grids[label].code, by_code)


def _homes(
    draft: Draft,
    label: int,
    chosen: Ints,
    piece: Ints,
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
) -> dict[int, int]:
    try:
        return heirs_beside(draft, label, chosen, piece, cells, edges, rules)
    except ConflictError:  # nobody takes them
        return {}


def _moves(draft: Draft, homes: dict[int, int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for cell, home in sorted(homes.items()):
        found.setdefault(draft.grids[home].code, []).append(cell)
    return {code: tuple(some) for code, some in found.items()}


def _part(draft: Draft, chosen: Ints, edges: pd.DataFrame, sizes: Ints) -> Ints:
    """(r,) which connected part each of these cells is in, 0 for the main one."""
    place = np.full(len(draft.labels), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    a, b = (place[edges[end].to_numpy(dtype=np.int64)] for end in ("a", "b"))
    joined = (a >= 0) & (b >= 0)
    ends = (a[joined], b[joined])
    graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(len(chosen), len(chosen)))
    count, part = connected_components(graph, directed=False)
    order = np.lexsort(
        (-np.bincount(part, minlength=count), -np.bincount(part, sizes[chosen], minlength=count))
    )
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    return np.asarray(rank[part], np.int64)


def _after(draft: Draft, mend: Mend) -> Ints:
    labels = draft.labels.copy()
    for code, some in mend.moves.items():
        labels[list(some)] = draft.label_of(code)
    return labels


def _torn(labels: Ints, edges: pd.DataFrame) -> int:
    """How many parts there are beyond one a grid."""
    a, b = edges["a"].to_numpy(dtype=np.int64), edges["b"].to_numpy(dtype=np.int64)
    same = labels[a] == labels[b]
    graph = coo_array(
        (np.ones(int(same.sum()), np.int8), (a[same], b[same])), shape=(len(labels), len(labels))
    )
    return int(connected_components(graph, directed=False)[0]) - len(np.unique(labels))
