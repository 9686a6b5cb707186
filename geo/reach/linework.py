"""Street lines made into a network: noded where levels agree, cut where something closes the way, small gaps joined.

A stretch of the network is a line and two distances along it, so that a thousand doors can split the same street
without any line being cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Geometries = NDArray[Any]

STEP_M = 0.001
"""Crossings are put on a lattice of millimetres, so that equal ends are equal numbers."""
_RIM_M = 0.02


@dataclass(frozen=True, slots=True)
class Linework:
    """Noded lines in metres with their levels: 0 on the ground, above it positive, below it negative."""

    lines: Geometries
    """(m,) LineStrings that touch each other only at their ends."""
    level: Ints
    """(m,)"""
    start: Ints
    """(m,) number of the junction at each line's first point."""
    end: Ints
    """(m,) number of the junction at its last point."""
    junctions: int
    gaps: int = 0
    """How many gaps were joined."""


def node_lines(lines: Geometries, level: Ints, *, cut: Any = None) -> Linework:
    """Lines (n,), in metres, noded level by level; `cut` (one geometry or None) closes the way on the ground.

    A crossing of two levels joins nothing. Where lines of two levels end at one point they meet there, unless
    both levels pass through it: then one is above the other.

    >>> cross = np.array(shapely.from_wkt(["LINESTRING (0 0, 10 0)", "LINESTRING (5 -5, 5 5)"]))
    >>> node_lines(cross, np.array([0, 0])).junctions, node_lines(cross, np.array([0, 1])).junctions
    (5, 4)
    """
    made: list[Geometries] = []
    levels: list[Ints] = []
    for one in np.unique(level):
        some = lines[level == one]
        if one == 0 and cut is not None:
            some = shapely.difference(some, cut)
        noded = shapely.get_parts(shapely.union_all(_rounded(shapely.get_parts(some)), grid_size=STEP_M))
        noded = noded[(shapely.get_type_id(noded) == 1) & (shapely.length(noded) > STEP_M)]
        made.append(_rounded(noded))
        levels.append(np.full(len(noded), one, dtype=np.int64))
    if not made:
        nothing = np.empty(0, dtype=np.int64)
        return Linework(np.empty(0, dtype=object), nothing, nothing, nothing, 0)
    every, at = np.concatenate(made), np.concatenate(levels)
    start, end, count = _junctions(every, at)
    return Linework(every, at, start, end, count)


def join_gaps(work: Linework, *, gap_m: float, closed: Geometries) -> Linework:
    """`work` with dead ends joined to the line or end that is nearest within `gap_m` metres.

    A dead end on the ground joins lines on the ground, one of a bridge or tunnel its own level or the ground; nothing
    is joined through `closed` geometries (walls, water, railways; metres).
    """
    dead, tip, owner = _dead_ends(work)
    if not len(dead) or gap_m <= 0:
        return work
    tree = shapely.STRtree(work.lines)
    which, line = tree.query(tip, predicate="dwithin", distance=gap_m)
    allowed = (line != owner[which]) & (
        (work.level[line] == work.level[owner[which]]) | (work.level[line] == 0)
    )
    which, line = which[allowed], line[allowed]
    measure = shapely.line_locate_point(work.lines[line], tip[which])
    target = shapely.line_interpolate_point(work.lines[line], measure)
    apart = shapely.distance(tip[which], target)
    if len(closed):
        # an end may lie on the rim of what is closed: only what leads through its inside is barred
        crossing = shapely.STRtree(shapely.buffer(closed, -_RIM_M)).query(
            shapely.linestrings(np.stack([_xy(tip[which]), _xy(target)], axis=1)), predicate="intersects"
        )[0]
        open_ = np.ones(len(which), dtype=bool)
        open_[crossing] = False
        which, line, measure, apart = which[open_], line[open_], measure[open_], apart[open_]
    order = np.lexsort((line, np.round(apart, 4), which))
    first = order[np.unique(which[order], return_index=True)[1]]
    return _joined(work, dead[which[first]], tip[which[first]], line[first], measure[first])


def _joined(work: Linework, dead: Ints, tip: Geometries, line: Ints, measure: Floats) -> Linework:
    """Lines split where dead ends now join them; connectors of any length become lines of their own."""
    order = np.lexsort((measure, line))
    lines, level = list(work.lines), list(work.level)
    start, end = list(work.start), list(work.end)
    count = work.junctions
    same: list[tuple[int, int]] = []
    for at in np.unique(line):
        mine = order[line[order] == at]
        whole, total = work.lines[at], shapely.length(work.lines[at])
        spots = measure[mine]
        inner = np.unique(np.round(spots[(spots > STEP_M) & (spots < total - STEP_M)], 3))
        numbers = {0.0: int(work.start[at]), float(total): int(work.end[at])}
        for spot in inner:
            numbers[float(spot)] = count
            count += 1
        stops = np.array(sorted(numbers))
        if len(inner):
            pieces = [_piece(whole, a, b) for a, b in pairwise(stops)]
            lines[at], end[at] = pieces[0], numbers[float(stops[1])]
            for piece, a, b in zip(pieces[1:], stops[1:-1], stops[2:], strict=True):
                lines.append(piece)
                level.append(work.level[at])
                start.append(numbers[float(a)])
                end.append(numbers[float(b)])
        for number in mine:
            spot = stops[np.abs(stops - measure[number]).argmin()]
            goal = shapely.line_interpolate_point(whole, spot)
            if shapely.distance(tip[number], goal) <= STEP_M:
                same.append((int(dead[number]), numbers[float(spot)]))
                continue
            lines.append(shapely.linestrings(np.concatenate([_xy(tip[number]), _xy(goal)])))
            level.append(work.level[at])
            start.append(int(dead[number]))
            end.append(numbers[float(spot)])
    return _merged(
        np.array(lines, dtype=object),
        np.array(level, dtype=np.int64),
        np.array(start, dtype=np.int64),
        np.array(end, dtype=np.int64),
        count,
        same,
        len(line),
    )


def _merged(
    lines: Geometries,
    level: Ints,
    start: Ints,
    end: Ints,
    count: int,
    same: list[tuple[int, int]],
    gaps: int,
) -> Linework:
    """Junctions that are one place from now on get one number."""
    pairs = np.array(same, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    groups, number = connected_components(graph, directed=False)
    number = number.astype(np.int64)
    return Linework(lines, level, number[start], number[end], int(groups), gaps)


def _dead_ends(work: Linework) -> tuple[Ints, Geometries, Ints]:
    """Junctions where one line ends: their number, their point and that line."""
    ends = np.concatenate([work.start, work.end])
    owner = np.tile(np.arange(len(work.lines)), 2)
    points = np.concatenate([shapely.get_point(work.lines, 0), shapely.get_point(work.lines, -1)])
    lonely = np.bincount(ends, minlength=work.junctions)[ends] == 1
    return ends[lonely], points[lonely], owner[lonely]


def _junctions(lines: Geometries, level: Ints) -> tuple[Ints, Ints, int]:
    """Numbers of the first and last junction of each line, and how many junctions there are."""
    ends = np.concatenate([_xy(shapely.get_point(lines, 0)), _xy(shapely.get_point(lines, -1))])
    levels = np.tile(level, 2)
    place = np.unique(np.round(ends / STEP_M).astype(np.int64), axis=0, return_inverse=True)[1].reshape(-1)
    spread = place * (np.ptp(levels) + 1 if len(levels) else 1) + (levels - levels.min(initial=0))
    kinds, node, degree = np.unique(spread, return_inverse=True, return_counts=True)
    at = np.zeros(len(kinds), dtype=np.int64)
    at[node] = place
    on = np.zeros(len(kinds), dtype=np.int64)
    on[node] = levels
    order = np.lexsort(
        (np.abs(on), degree < 2, at)
    )  # per place: what passes through first, the ground before others
    first = np.unique(at[order], return_index=True)[1]
    leader = np.repeat(order[first], np.diff(np.append(first, len(order))))
    number = np.empty(len(kinds), dtype=np.int64)
    number[order] = leader
    apart = (degree >= 2) & (number != np.arange(len(kinds)))  # passes through on another level: no meeting
    number[apart] = np.flatnonzero(apart)
    names, joined = np.unique(number, return_inverse=True)
    ids = joined.astype(np.int64)[node]
    return ids[: len(lines)], ids[len(lines) :], len(names)


def _piece(line: Any, start_m: float, end_m: float) -> Any:
    """The stretch of a line between two distances along it."""
    xy = shapely.get_coordinates(line)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    inside = (along > start_m + STEP_M / 2) & (along < end_m - STEP_M / 2)
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [start_m, end_m]))
    return shapely.linestrings(np.concatenate([ends[:1], xy[inside], ends[1:]]))


def _rounded(geometries: Geometries) -> Geometries:
    return np.asarray(shapely.transform(geometries, lambda xy: np.round(xy, 3)), dtype=object)


def _xy(points: Any) -> Floats:
    return np.asarray(shapely.get_coordinates(points), dtype=np.float64)
