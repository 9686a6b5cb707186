"""The plan as drawn on paper: main roads in an irregular lattice, each quarter between them cut further
down to superblocks and plots. All in plan metres, before the terrain bends it; all faces are convex."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from layers.demo.sizes import Figures
from layers.demo.terrain import BANK_OFFSET_M

Array = NDArray[np.float64]
SUPERBLOCK_MOST_M2 = 175_000.0
RAIL_CROSSING_M = 45.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A straight piece of line. `road` names the road it belongs to; equal keys are one road."""

    a: tuple[float, float]
    b: tuple[float, float]
    road_class: str
    """A road class, `river` for its middle line, `none` for a mere boundary or wall between plots."""
    road: tuple[str, int]
    crossing: str = ""
    """`bridge` or `tunnel` where it passes water or the railway."""


@dataclass(slots=True)
class Plot:
    """The smallest piece of land with one use."""

    corners: Array
    quarter: tuple[int, int]
    """Column and row."""
    half: int
    """0 or 1: which of the communities of a quarter that holds two."""
    superblock: int
    riverside: bool = False


@dataclass(slots=True)
class Draft:
    """Everything drawn so far."""

    plots: list[Plot] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    superblocks: int = 0
    roads: int = 0

    def line(self, ends: Array, road_class: str) -> None:
        """Draw one straight road of its own inside a quarter."""
        self.stretches.append(Stretch(_pair(ends[0]), _pair(ends[1]), road_class, ("inner", self.roads)))
        self.roads += 1


@dataclass(frozen=True, slots=True)
class Lattice:
    """Main roads: vertical line i is x = xs[i] + lean_x[i] * y, horizontal line j is y = ys[j] + lean_y[j] * x."""

    xs: Array
    ys: Array
    lean_x: Array
    lean_y: Array
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    """Per row: its first column and the column after its last."""

    def node(self, i: int, j: int) -> Array:
        """Where vertical line i meets horizontal line j."""
        y = (self.ys[j] + self.lean_y[j] * self.xs[i]) / (1.0 - self.lean_y[j] * self.lean_x[i])
        return np.array([self.xs[i] + self.lean_x[i] * y, y])

    def quarters(self) -> list[tuple[int, int]]:
        """All (column, row), rows from the south, columns from the west."""
        return [(c, r) for r in range(len(self.first)) for c in range(int(self.first[r]), int(self.last[r]))]

    def corners(self, column: int, row: int) -> Array:
        """The four corners of a quarter, counter-clockwise from the south-west."""
        ring = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        return np.array([self.node(i, j) for i, j in ring])


def draw_lattice(rng: np.random.Generator, wanted: Figures) -> Lattice:
    """Main roads closer together in the middle of the town; rows trimmed at their ends."""
    across = _widths(rng, wanted.columns, 800.0)
    up = _widths(rng, wanted.rows, 705.0)
    for row in {wanted.river_line - 1, wanted.river_line} & set(range(wanted.rows)):
        up[row] += BANK_OFFSET_M
    xs = np.concatenate([[0.0], np.cumsum(across)])
    ys = np.concatenate([[0.0], np.cumsum(up)])
    lean_x, lean_y = rng.uniform(-0.022, 0.022, len(xs)), rng.uniform(-0.012, 0.012, len(ys))
    lean_y[wanted.river_line] = 0.0  # the river's own winding is the terrain's business
    lean_y[wanted.rail_line] = 0.0
    steps = np.cumsum(rng.integers(-1, 2, (2, wanted.rows)), axis=1)
    trims = np.abs(steps - steps[:, :1] + rng.integers(0, wanted.trimmed + 1, (2, 1)))
    trims = np.minimum(trims, 2 * wanted.trimmed - trims).clip(0)  # a walk that turns back at its bounds
    xs, ys, last = xs - xs.mean(), ys - ys.mean(), wanted.columns - trims[1]
    drawn = Lattice(xs, ys, lean_x, lean_y, trims[0], last)
    area = sum(polygon_area(drawn.corners(*quarter)) for quarter in drawn.quarters())
    scale = float(np.sqrt(wanted.area_km2 * 1e6 / area))
    return Lattice(xs * scale, ys * scale, lean_x, lean_y, trims[0], last)


def _widths(rng: np.random.Generator, count: int, middle_m: float) -> Array:
    rim = np.abs(np.linspace(-1.0, 1.0, count)) if count > 3 else np.zeros(count)
    return np.asarray(middle_m * (0.91 + 0.33 * rim**2) * rng.uniform(0.88, 1.14, count), dtype=np.float64)


def draw(rng: np.random.Generator, lattice: Lattice, wanted: Figures) -> Draft:
    """The whole plan: main roads, then quarter by quarter. The largest quarters hold two communities."""
    draft = Draft()
    quarters = lattice.quarters()
    draft.stretches += _main_roads(rng, lattice, wanted)
    areas = np.array([polygon_area(lattice.corners(*quarter)) for quarter in quarters])
    areas *= rng.uniform(0.8, 1.0, len(areas))  # not always the very largest
    doubles = set(np.argsort(-areas, kind="stable")[: max(0, wanted.communities - len(quarters))].tolist())
    for number, quarter in enumerate(quarters):
        _draw_quarter(rng, draft, lattice, wanted, quarter, double=number in doubles)
    return draft


def _main_roads(rng: np.random.Generator, lattice: Lattice, wanted: Figures) -> list[Stretch]:
    there = set(lattice.quarters())
    first_primary = int(rng.integers(0, 3))
    bridged = rng.random(len(lattice.xs)) < 0.5
    out: list[Stretch] = []
    for i in range(len(lattice.xs)):
        primary = i % 3 == first_primary
        for row in range(wanted.rows):
            if {(i - 1, row), (i, row)} & there:
                ends = lattice.node(i, row), lattice.node(i, row + 1)
                out += _vertical(
                    ends, row, wanted, ("v", i), primary=primary, bridged=primary or bool(bridged[i])
                )
    for j in range(len(lattice.ys)):
        special = {wanted.river_line: "river", wanted.rail_line: "rail"}
        road_class = special.get(j, "primary" if j % 3 == (wanted.river_line + 2) % 3 else "secondary")
        out += [
            Stretch(_pair(lattice.node(c, j)), _pair(lattice.node(c + 1, j)), road_class, ("h", j))
            for c in range(wanted.columns)
            if {(c, j - 1), (c, j)} & there
        ]
    return out


def _vertical(
    ends: tuple[Array, Array],
    row: int,
    wanted: Figures,
    road: tuple[str, int],
    *,
    primary: bool,
    bridged: bool,
) -> list[Stretch]:
    """One side of a quarter, parted where it crosses the river's strip or the railway."""
    road_class = "primary" if primary else "secondary"
    low, high = ends
    up = (high - low) / (high[1] - low[1])  # one metre northward

    parts: list[tuple[Array, str]] = []
    for line, end, sign in ((row, low, 1.0), (row + 1, high, -1.0)):
        if line == wanted.river_line:
            parts.append((end + up * sign * BANK_OFFSET_M, "bridge"))
        elif line == wanted.rail_line and 0 < line < wanted.rows:
            parts.append((end + up * sign * RAIL_CROSSING_M, "tunnel"))
        else:
            parts.append((end, ""))
    (inner_low, kind_low), (inner_high, kind_high) = parts
    out = [Stretch(_pair(inner_low), _pair(inner_high), road_class, road)]
    for outer, inner, kind in ((low, inner_low, kind_low), (high, inner_high, kind_high)):
        if kind:
            crossed = road_class if kind == "tunnel" or bridged else "none"
            out.append(Stretch(_pair(outer), _pair(inner), crossed, road, kind))
    return out


def _draw_quarter(
    rng: np.random.Generator,
    draft: Draft,
    lattice: Lattice,
    wanted: Figures,
    quarter: tuple[int, int],
    *,
    double: bool,
) -> None:
    halves = [lattice.corners(*quarter)]
    if double:
        low, high, ends = cut(halves[0], *_cut_line(rng, halves[0], narrow=0.46))
        road_class = "secondary" if rng.random() < 0.4 else "tertiary"
        _line_to_bank(draft, ends, road_class, float(lattice.ys[wanted.river_line]))
        halves = [low, high]
    for half, land in enumerate(halves):
        land = _cut_bank(draft, land, wanted, quarter, half)
        for superblock in _cut_down(rng, draft, land, SUPERBLOCK_MOST_M2, ("tertiary",)):
            most_m2 = float(rng.uniform(40_000.0, 84_000.0))
            for corners in _cut_down(rng, draft, superblock, most_m2, ("residential", "residential", "none")):
                draft.plots.append(Plot(corners, quarter, half, draft.superblocks))
            draft.superblocks += 1


def _line_to_bank(draft: Draft, ends: Array, road_class: str, river_y: float) -> None:
    """A road that ends at the embankment where its line goes on to the river."""
    wet = np.abs(ends[:, 1] - river_y) < 1e-6
    if not wet.any():
        draft.line(ends, road_class)
        return
    water, land = (ends[0], ends[1]) if wet[0] else (ends[1], ends[0])
    bank = water + (land - water) * (BANK_OFFSET_M / abs(land[1] - water[1]))
    draft.line(np.array([bank, land]), road_class)
    draft.line(np.array([water, bank]), "none")


def _cut_bank(draft: Draft, land: Array, wanted: Figures, quarter: tuple[int, int], half: int) -> Array:
    """Cut the riverside off a quarter beside the river; the embankment road runs along the cut."""
    row = quarter[1]
    if wanted.river_line not in (row, row + 1):
        return land
    side = 1.0 if row == wanted.river_line else -1.0
    river_y = land[:, 1].min() if side > 0 else land[:, 1].max()
    beside = np.abs(land[:, 1] - river_y) < 1e-6
    if beside.sum() < 2:  # the half of a quarter that lies away from the river
        return land
    low, high, ends = cut(land, np.array([0.0, river_y + side * BANK_OFFSET_M]), np.array([1.0, 0.0]))
    road = ("bank", int(side))
    draft.stretches.append(Stretch(_pair(ends[0]), _pair(ends[1]), "tertiary", road))
    strip, rest = (low, high) if side > 0 else (high, low)
    draft.plots.append(Plot(strip, quarter, half, draft.superblocks, riverside=True))
    draft.superblocks += 1
    return rest


def _cut_down(
    rng: np.random.Generator, draft: Draft, land: Array, most_m2: float, classes: tuple[str, ...]
) -> list[Array]:
    """Halve `land` until no piece is larger than `most_m2`; roads of one of `classes` run along the cuts."""
    if polygon_area(land) <= most_m2:
        return [land]
    low, high, ends = cut(land, *_cut_line(rng, land, narrow=0.40))
    draft.line(ends, classes[int(rng.integers(0, len(classes)))])
    return _cut_down(rng, draft, low, most_m2, classes) + _cut_down(rng, draft, high, most_m2, classes)


def _cut_line(rng: np.random.Generator, land: Array, *, narrow: float) -> tuple[Array, Array]:
    """A point and a direction that cut `land` across its longer side, somewhere near the middle."""
    size = np.ptp(land, axis=0)
    share, lean = rng.uniform(narrow, 1.0 - narrow), rng.uniform(-0.05, 0.05)
    point = land.min(axis=0) + size * share
    direction = (
        np.array([lean, 1.0]) if size[0] * rng.uniform(0.9, 1.15) >= size[1] else np.array([1.0, lean])
    )
    return point, direction


def cut(land: Array, point: Array, direction: Array) -> tuple[Array, Array, Array]:
    """Both parts of a convex polygon, shape (k, 2), and the ends of the cut between them, shape (2, 2).

    The first part lies to the south or west of the line. The line must pass through the polygon.

    >>> square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    >>> west, east, ends = cut(square, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    >>> polygon_area(west), polygon_area(east)
    (4.0, 12.0)
    """
    if abs(direction[1]) > abs(direction[0]):
        direction = direction if direction[1] > 0 else -direction
        normal = np.array([direction[1], -direction[0]])
    else:
        direction = direction if direction[0] > 0 else -direction
        normal = np.array([-direction[1], direction[0]])
    side = (land - point) @ normal
    low: list[Array] = []
    high: list[Array] = []
    ends: list[Array] = []
    for here, after, s, t in zip(land, np.roll(land, -1, axis=0), side, np.roll(side, -1), strict=True):
        (low if s <= 0 else high).append(here)
        if (s <= 0) != (t <= 0):
            crossing = here + (after - here) * (s / (s - t))
            ends.append(crossing)
            low.append(crossing)
            high.append(crossing)
    return np.array(low), np.array(high), np.array(ends)


def polygon_area(corners: Array) -> float:
    """Area of a counter-clockwise ring, shape (k, 2), not closed."""
    x, y = corners[:, 0], corners[:, 1]
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _pair(point: Array) -> tuple[float, float]:
    return float(point[0]), float(point[1])
