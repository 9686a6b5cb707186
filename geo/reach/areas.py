"""Walk areas drawn for the eye: squares along the streets that can be reached in time. Figures never come from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
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
    faces = shapely.get_parts(shapely.polygonize(_rim(mask)))
    filled = shapely.multipolygons(faces[_filled(faces, mask)])
    corner = np.array([squares.west_m + left * squares.step_m, squares.south_m + low * squares.step_m])
    placed = shapely.transform(filled, lambda xy: xy * squares.step_m + corner)
    return shapely.simplify(placed, 0.75 * squares.step_m)


def _filled(faces: Geometries, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the square just inside each face's first edge is one of those asked for."""
    rings = shapely.get_exterior_ring(faces)
    begin = shapely.get_coordinates(shapely.get_point(rings, 0))
    step = np.sign(shapely.get_coordinates(shapely.get_point(rings, 1)) - begin)
    inward = np.column_stack([-step[:, 1], step[:, 0]]) * np.where(shapely.is_ccw(rings), 1, -1)[:, None]
    spot = np.floor(begin + 0.5 * step + 0.5 * inward).astype(np.int64)
    return np.asarray(mask[spot[:, 1], spot[:, 0]])


def _rim(mask: NDArray[np.bool_]) -> Geometries:
    """The lines between True and False in the unit of squares, broken where they turn or meet."""
    flat = np.zeros((mask.shape[0] + 1, mask.shape[1]), dtype=bool)
    flat[1:-1] = mask[1:] != mask[:-1]
    upright = np.zeros((mask.shape[0], mask.shape[1] + 1), dtype=bool)
    upright[:, 1:-1] = mask[:, 1:] != mask[:, :-1]
    along, across = _runs(flat, upright), _runs(upright.T, flat.T)
    return np.asarray(shapely.linestrings(np.concatenate([along, across[..., ::-1]])), dtype=object)


def _runs(lines: NDArray[np.bool_], crossing: NDArray[np.bool_]) -> Floats:
    """(k, 2, 2) begin and end, (column, row), of unbroken stretches along the rows of `lines`."""
    padded = np.zeros((crossing.shape[0] + 2, crossing.shape[1]), dtype=bool)
    padded[1:-1] = crossing
    broken = padded[1:] | padded[:-1]  # a crossing line begins or ends at this corner
    before, after = np.zeros_like(lines), np.zeros_like(lines)
    before[:, 1:], after[:, :-1] = lines[:, :-1], lines[:, 1:]
    row, first = np.nonzero(lines & (~before | broken[:, :-1]))
    _, last = np.nonzero(lines & (~after | broken[:, 1:]))
    return np.stack([np.stack([first, row], axis=1), np.stack([last + 1, row], axis=1)], axis=1).astype(
        np.float64
    )


def circles(streets: Streets, points: Any, radius_m: float) -> NDArray[Any]:
    """(n,) circles of `radius_m` around `points` in degrees, in degrees (EPSG:4490): 直线估算, never a walk area."""
    around = shapely.buffer(streets.local.to_metres(points), radius_m, quad_segs=16)
    return streets.local.to_degrees(around)
