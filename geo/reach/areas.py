"""Walk areas drawn for the eye: squares along the streets that can be reached in time. Figures never come from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label
from scipy.spatial import KDTree

from geo.reach.linework import Floats, Geometries, Ints
from geo.reach.streets import Streets
from geo.reach.walk import WalkNetwork, stretch_at

STEP_M = 25.0
"""Side of a square. Our choice: finer than a building, coarse enough for a district."""
BESIDE_M = 60.0
"""How far from a street ground still counts as reached by it."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Squares beside the streets, k of them, each tied to the stretch of street nearest to its middle."""

    west_m: float
    south_m: float
    step_m: float
    row: Ints
    """(k,) counted from the south."""
    column: Ints
    """(k,) counted from the west."""
    edge: Ints
    """(k,) the stretch of the network."""
    before_m: Floats
    """(k,) metres from the stretch's beginning to where the square meets it."""
    after_m: Floats
    """(k,) metres from there to the stretch's end."""
    walk_m: Floats
    """(k,) metres from the square's middle to the stretch."""


def lattice(
    streets: Streets, network: WalkNetwork, *, step_m: float = STEP_M, beside_m: float = BESIDE_M
) -> Lattice:
    """The squares of `step_m` metres whose middles lie within `beside_m` of a street on the ground."""
    ground = np.flatnonzero(streets.work.level == 0)
    lines = streets.work.lines[ground]
    west, south, _, _ = shapely.total_bounds(streets.work.lines) - beside_m
    beads, line, along = _beads(lines, step_m / 2)
    row, column = _squares_near(beads, west, south, step_m, beside_m)
    middle = np.column_stack([west + (column + 0.5) * step_m, south + (row + 0.5) * step_m])
    apart, bead = KDTree(beads).query(middle, distance_upper_bound=beside_m)
    spot = np.flatnonzero(np.isfinite(apart))
    line, along, apart = line[bead[spot]], along[bead[spot]], apart[spot]
    edge = stretch_at(network, ground[line], along)
    along = np.clip(along, network.from_m[edge], network.to_m[edge])
    return Lattice(
        float(west),
        float(south),
        step_m,
        row[spot],
        column[spot],
        edge,
        along - network.from_m[edge],
        network.to_m[edge] - along,
        apart,
    )


def _beads(lines: Geometries, step_m: float) -> tuple[Floats, Ints, Floats]:
    """Points along the lines, their ends among them: (p, 2) where, (p,) the line, (p,) the distance along it."""
    length = shapely.length(lines)
    count = np.ceil(length / step_m).astype(np.int64) + 1
    line = np.repeat(np.arange(len(lines)), count)
    number = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    along = number * (length / np.maximum(count - 1, 1))[line]
    return shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along)), line, along


def _squares_near(
    spots: Floats, west: float, south: float, step_m: float, beside_m: float
) -> tuple[Ints, Ints]:
    """Squares around the points: more than are near enough, but no fewer."""
    reach = int(np.ceil(beside_m / step_m)) + 1
    column, row = np.floor((spots - [west, south]) / step_m).astype(np.int64).T + reach
    wide, high = int(column.max()) + reach + 1, int(row.max()) + reach + 1
    near = np.zeros((high, wide), dtype=bool)
    near[row, column] = True
    near = binary_dilation(near, np.ones((2 * reach + 1, 2 * reach + 1), dtype=bool))
    found_row, found_column = np.nonzero(near)
    return found_row - reach, found_column - reach


def walk_areas(
    streets: Streets, network: WalkNetwork, squares: Lattice, node_m: Floats, limits_m: Sequence[float]
) -> NDArray[Any]:
    """One (multi)polygon per limit, in degrees (EPSG:4490): ground within so many metres on foot.

    `node_m` (nodes,) are metres to each node of the network. Each area holds the smaller ones. Empty where nothing is
    reached.
    """
    a, b = network.a[squares.edge], network.b[squares.edge]
    metres = np.minimum(node_m[a] + squares.before_m, node_m[b] + squares.after_m) + squares.walk_m
    made = [_outline(squares, metres <= limit) for limit in limits_m]
    return streets.local.to_degrees(np.array(made, dtype=object))


def _outline(squares: Lattice, inside: NDArray[np.bool_]) -> Any:
    """The outline of some squares, corners cut."""
    if not inside.any():
        return shapely.MultiPolygon()
    row, column = squares.row[inside], squares.column[inside]
    low, left = int(row.min()) - 1, int(column.min()) - 1
    mask = np.zeros((int(row.max()) - low + 2, int(column.max()) - left + 2), dtype=bool)
    mask[row - low, column - left] = True
    corner = np.array([squares.west_m + left * squares.step_m, squares.south_m + low * squares.step_m])
    parts, _ = label(mask)
    at, turn, ring = _rims(mask)
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    inner = at[first] + _INNER[turn[first]]
    part = parts[inner[:, 1], inner[:, 0]]
    xy, of = _closed((at + 0.5 * _STEPS[turn]) * squares.step_m + corner, ring)
    lines = shapely.linestrings(xy, indices=of)
    drawn = (np.bincount(ring) > _SMALL_HOLE) | shapely.is_ccw(lines)
    lines, part = lines[drawn], part[drawn]
    return shapely.multipolygons(_simplified(lines, part, squares.step_m))


def _simplified(lines: Geometries, part: Ints, step_m: float) -> Geometries:
    """The polygons of rims with as few points as their squares allow, all valid."""
    made = _polygons(lines, part)
    rough = np.ones(len(made), dtype=bool)
    for tolerance in _TOLERANCES:
        simpler = shapely.simplify(lines, tolerance * step_m, preserve_topology=False)
        whole = shapely.get_num_coordinates(simpler) >= _LEAST_RING
        tried = _polygons(np.where(whole, simpler, lines), part)
        better = rough & shapely.is_valid(tried)
        made[better] = tried[better]
        rough &= ~better
        if not rough.any():
            break
    return made


_STEPS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
"""East, north, west, south."""
_INNER = np.array([[0, 0], [-1, 0], [-1, -1], [0, -1]])
"""From the beginning of a side going that way to the square on its left."""
_TOLERANCES = (0.75, 0.34)
"""Shares of a square outlines may be off; where rims would cross, the next is taken. Rims lie 0.7 of a square apart at least."""
_LEAST_RING = 5
"""Points of the smallest ring, the last of them the first."""
_SMALL_HOLE = 8
"""Sides of a hole of four squares; such are not drawn."""


def _rims(mask: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """The sides between True and False of a mask whose rim is False, those of one rim after each other with True on the
    left: where each begins (k, 2) as (column, row), its way (0 east, 1 north, 2 west, 3 south), and the number of its rim.
    Squares that meet at a corner only have rims of their own."""
    high, wide = mask.shape
    there = np.zeros((4, high + 1, wide + 1), dtype=bool)
    for side, inner, right in zip(there, _INNER.tolist(), np.roll(_STEPS, 1, axis=0).tolist(), strict=True):
        (left, down), (east, north) = inner, right
        beyond = mask[1 + north : high - 1 + north, 1 + east : wide - 1 + east]
        side[1 - down : high - 1 - down, 1 - left : wide - 1 - left] = mask[1:-1, 1:-1] & ~beyond
    way, row, column = np.nonzero(there)
    number = np.full(there.shape, -1, dtype=np.int32)
    number[way, row, column] = np.arange(len(way), dtype=np.int32)
    end_row, end_column = row + _STEPS[way, 1], column + _STEPS[way, 0]
    following = np.full(len(way), -1, dtype=np.int32)
    for bend in (3, 0, 1):  # of several ways on the one that keeps to its own square, the last of these
        on = number[(way + bend) % 4, end_row, end_column]
        following = np.where(on >= 0, on, following)
    order, ring = _cycles(following.tolist())
    return np.column_stack([column, row])[order], way[order], ring


def _cycles(following: list[int]) -> tuple[Ints, Ints]:
    """The cycles of a permutation one after another, and the number of the cycle of each."""
    order: list[int] = []
    ring: list[int] = []
    seen = bytearray(len(following))
    count = 0
    for first in range(len(following)):
        if seen[first]:
            continue
        at, before = first, len(order)
        while not seen[at]:
            seen[at] = 1
            order.append(at)
            at = following[at]
        ring += [count] * (len(order) - before)
        count += 1
    return np.array(order, dtype=np.int64), np.array(ring, dtype=np.int64)


def _closed(xy: Floats, ring: Ints) -> tuple[Floats, Ints]:
    """Points and the number of their ring, each ring with its first point again at its end."""
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    last = np.append(first[1:], len(ring))
    return np.insert(xy, last, xy[first], axis=0), np.insert(ring, last, ring[first])


def _polygons(rings: Geometries, part: Ints) -> Geometries:
    """Polygons of closed lines: of each part the one around it and those around its holes."""
    hole = ~shapely.is_ccw(rings)
    order = np.lexsort((hole, part))
    coordinates, at = shapely.get_coordinates(rings[order], return_index=True)
    ends = np.append(0, np.cumsum(np.bincount(at, minlength=len(order))))
    outer = np.append(np.flatnonzero(~hole[order]), len(order))
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, coordinates, (ends, outer)), dtype=object
    )


def circles(streets: Streets, points: Any, radius_m: float) -> NDArray[Any]:
    """(n,) circles of `radius_m` around `points` in degrees, in degrees (EPSG:4490): 直线估算, never a walk area."""
    around = shapely.buffer(streets.local.to_metres(points), radius_m, quad_segs=16)
    return streets.local.to_degrees(around)
