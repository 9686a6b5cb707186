"""Eight colours for the grids of a plan, so that neighbours never look alike and a grid keeps its
colour from version to version."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

COLOURS = 8
"""How many fills there are; `maps.look.style` draws exactly as many."""

_TOUCH_DEG = 5e-6
"""Outlines closer than this (about half a metre) count as shared: hand-drawn grids leave hair gaps."""
_LEAST_SHARED_DEG = 4 * _TOUCH_DEG
"""Corners that only meet share less outline than this; two metres of common edge are more."""

Neighbours = list[set[int]]


def colour_grids(
    grids: gpd.GeoDataFrame, *, keep: Mapping[str, int] | None = None, fixed: Collection[str] = frozenset()
) -> NDArray[np.int64]:
    """A colour number 0-7 for each grid, shape (n,); grids that share an edge or overlap never get the same.

    `grids` in degrees (EPSG:4490) with `code` and geometry. `keep` holds the colour each code had before:
    it is kept unless a neighbour earlier in code order holds the same one. Codes in `fixed` keep theirs whatever
    their neighbours have: they are published, and sealed. Where there is a choice, corner
    neighbours are kept apart as well and the colours are used evenly. The answer depends on codes and
    geometry only, not on the order of rows. DSATUR (Brelaz 1979); kept colours that leave a grid without
    a free one are given up around it, and smallest-last order (at most six colours on any plane map) stands
    behind. Limit: overlapping input in which nine grids meet each other has no answer; two stay alike there.

    >>> from shapely import box
    >>> frame = gpd.GeoDataFrame({"code": ["1", "2", "3"]}, geometry=[box(i, 0, i + 1, 1) for i in range(3)])
    >>> colours = colour_grids(frame, keep={"2": 5})
    >>> int(colours[1]), len(set(colours[:2])), len(set(colours[1:]))
    (5, 2, 2)
    """
    if len(grids) == 0:
        return np.zeros(0, dtype=np.int64)
    order = _canonical_order(grids)
    codes = grids["code"].astype("str").to_numpy()[order]
    edges, corners = _neighbours(np.asarray(grids.geometry.array, dtype=object)[order])
    held = np.isin(codes, list(fixed))
    kept = _kept_colours(codes, edges, keep or {}, held)
    while isinstance(colours := _dsatur(edges, corners, kept), int):
        released = {i for i in edges[colours] & kept.keys() if not held[i]}
        if not released:
            colours = _smallest_last(edges, corners)
            break
        kept = {i: colour for i, colour in kept.items() if i not in released}
    answer = np.empty(len(order), dtype=np.int64)
    answer[order] = colours
    return answer


def _canonical_order(grids: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row positions by code, then by place: the order every choice below is made in."""
    box = shapely.bounds(np.asarray(grids.geometry.array, dtype=object))
    codes = grids["code"].astype("str").fillna("").to_numpy(dtype=str)
    return np.lexsort((box[:, 3], box[:, 2], box[:, 1], box[:, 0], codes))


def _neighbours(polygons: NDArray[Any]) -> tuple[Neighbours, Neighbours]:
    """Who shares an edge or area with whom, and who meets only at a corner."""
    grown = shapely.buffer(polygons, _TOUCH_DEG, quad_segs=1, join_style="mitre", mitre_limit=2.0)
    left, right = shapely.STRtree(polygons).query(grown, predicate="intersects")
    apart = left != right
    left, right = left[apart], right[apart]
    shared_deg = shapely.length(shapely.intersection(grown[left], shapely.boundary(polygons[right])))
    edges: Neighbours = [set() for _ in polygons]
    corners: Neighbours = [set() for _ in polygons]
    for a, b, is_edge in zip(left.tolist(), right.tolist(), shared_deg > _LEAST_SHARED_DEG, strict=True):
        target = edges if is_edge else corners
        target[a].add(b)
        target[b].add(a)
    return edges, [meeting - touching for meeting, touching in zip(corners, edges, strict=True)]


def _kept_colours(
    codes: NDArray[Any], edges: Neighbours, keep: Mapping[str, int], held: NDArray[np.bool_]
) -> dict[int, int]:
    kept: dict[int, int] = {}
    for i in [*np.flatnonzero(held).tolist(), *np.flatnonzero(~held).tolist()]:
        colour = keep.get(codes[i])
        if colour is None or not 0 <= colour < COLOURS:
            continue
        if held[i] or all(kept.get(j) != colour for j in edges[i]):
            kept[i] = int(colour)
    return kept


def _dsatur(edges: Neighbours, corners: Neighbours, kept: dict[int, int]) -> list[int] | int:
    """Colour the grid with the most colours around it first; the grid that has no free one if it comes to that."""
    n = len(edges)
    colours = [kept.get(i, -1) for i in range(n)]
    around = [{colours[j] for j in edges[i]} - {-1} for i in range(n)]
    used = np.bincount(list(kept.values()), minlength=COLOURS)
    open_grids = {i for i in range(n) if colours[i] < 0}
    while open_grids:
        i = min(open_grids, key=lambda v: (-len(around[v]), -len(edges[v]), v))
        if len(around[i]) == COLOURS:
            return i
        colours[i] = _choose(colours, around[i], corners[i], used)
        used[colours[i]] += 1
        open_grids.discard(i)
        for j in edges[i]:
            around[j].add(colours[i])
    return colours


def _smallest_last(edges: Neighbours, corners: Neighbours) -> list[int]:
    """Take away the grid with the fewest neighbours again and again, then colour in the reverse order."""
    left = set(range(len(edges)))
    degree = [len(e) for e in edges]
    removed = []
    while left:
        i = min(left, key=lambda v: (degree[v], v))
        left.discard(i)
        removed.append(i)
        for j in edges[i]:
            degree[j] -= 1
    colours = [-1] * len(edges)
    used = np.zeros(COLOURS, dtype=np.int64)
    for i in reversed(removed):
        around = {colours[j] for j in edges[i]} - {-1}
        colours[i] = _choose(colours, around if len(around) < COLOURS else set(), corners[i], used)
        used[colours[i]] += 1
    return colours


def _choose(colours: list[int], taken: set[int], corners: set[int], used: NDArray[np.int64]) -> int:
    """The free colour not seen across a corner, then the least used, then the lowest."""
    across = {colours[j] for j in corners}
    free = (c for c in range(COLOURS) if c not in taken)
    return min(free, key=lambda c: (c in across, int(used[c]), c))
