"""Where buildings stand: rows and set pieces laid into each plot, shops along its main road.

Everything is proposed for all plots at once, as rectangles in each plot's own directions; what does not
fit into the plot, or touches what was proposed earlier, is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.demo.ground import Ground
from layers.demo.uses import Uses

Array = NDArray[np.float64]
SETBACK_M = 6.0
SHOP_DEPTH_M = 12.0
SHOP_SETBACK_M = 2.5
BEHIND_SHOPS_M = 9.0
LEAST_GAP_M = 1.2
SHOP_CHANCE = {
    "tower": 0.7,
    "midrise": 0.7,
    "slab": 0.75,
    "old": 0.8,
    "lanes": 0.9,
    "works": 0.15,
    "market": 0.6,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A pattern of rows; ranges are drawn once per plot."""

    units: tuple[int, int]
    unit_m: float
    """Length per unit (单元)."""
    depth_m: tuple[float, float]
    gap_m: tuple[float, float]
    """Between the ends of buildings in a row."""
    pitch_m: tuple[float, float]
    """From row to row: the winter sun decides."""
    kept: float
    """Share of the places that are built on."""
    stagger: bool = False
    jitter_m: float = 0.6


ROWS = {
    "tower": Rows((1, 2), 27.0, (16.0, 18.5), (17.0, 24.0), (44.0, 54.0), 0.93, stagger=True),
    "midrise": Rows((2, 3), 17.0, (13.5, 15.0), (13.0, 17.0), (35.0, 42.0), 0.93),
    "slab": Rows((3, 5), 14.0, (11.5, 12.5), (8.0, 12.0), (24.5, 29.0), 0.95),
    "old": Rows((2, 4), 13.0, (10.5, 11.5), (6.0, 9.0), (20.0, 24.5), 0.86, jitter_m=1.4),
    "lanes": Rows((1, 1), 14.5, (10.0, 11.5), (2.5, 4.5), (15.5, 18.5), 0.88, jitter_m=0.7),
    "works": Rows((1, 1), 62.0, (24.0, 30.0), (12.0, 18.0), (40.0, 48.0), 0.75, jitter_m=1.0),
}
SET_PIECES: dict[str, tuple[tuple[str, float, float, float, float, float, float], ...]] = {
    "school": (
        ("教学楼", -0.22, -0.33, 0.46, 66, 0.14, 14),
        ("实验楼", -0.22, -0.09, 0.46, 66, 0.14, 14),
        ("综合楼", -0.22, 0.15, 0.40, 56, 0.14, 14),
        ("体育馆", -0.24, 0.38, 0.36, 40, 0.18, 26),
        ("宿舍楼", 0.28, 0.41, 0.30, 46, 0.12, 14),
    ),
    "hospital": (
        ("门诊楼", 0.0, -0.35, 0.55, 80, 0.20, 26),
        ("住院楼", 0.0, -0.04, 0.60, 92, 0.20, 24),
        ("医技楼", -0.26, 0.30, 0.36, 50, 0.18, 18),
        ("行政楼", 0.26, 0.32, 0.32, 44, 0.16, 15),
    ),
    "office": (
        ("主楼", 0.0, 0.18, 0.50, 72, 0.18, 20),
        ("西配楼", -0.33, -0.14, 0.16, 17, 0.36, 48),
        ("东配楼", 0.33, -0.14, 0.16, 17, 0.36, 48),
    ),
    "mall": (
        ("购物中心", -0.18, -0.08, 0.54, 105, 0.62, 84),
        ("A座", 0.31, 0.25, 0.26, 34, 0.26, 32),
        ("B座", 0.31, -0.22, 0.26, 34, 0.26, 32),
    ),
    "market": (
        ("交易大厅", 0.0, 0.20, 0.66, 84, 0.36, 50),
        ("一排", -0.24, -0.16, 0.40, 56, 0.08, 9),
        ("二排", 0.24, -0.16, 0.40, 56, 0.08, 9),
        ("三排", -0.24, -0.36, 0.40, 56, 0.08, 9),
        ("四排", 0.24, -0.36, 0.40, 56, 0.08, 9),
    ),
    "park": (("管理用房", -0.38, 0.42, 0.10, 16, 0.08, 9), ("公共卫生间", 0.41, -0.42, 0.06, 9, 0.05, 7)),
}
"""Per use: part, centre (share of the plot's width and height from its middle), length (share, at most m),
depth (share, at most m)."""


def lay_out(rng: np.random.Generator, ground: Ground, uses: Uses) -> pd.DataFrame:
    """Footprints: columns plot, role ('shop', 'row' or the part's name), units, row, column, footprint (metres).

    Ordered by plot, then shops last; inside the plot's free land, at least `LEAST_GAP_M` apart.
    """
    shops = _shops(rng, ground, uses)
    room = room_for_buildings(ground, set(shops["plot"].tolist()))
    proposed = pd.concat([shops, _rows(rng, ground, uses, room), _set_pieces(rng, ground, uses, room)])
    proposed = proposed.reset_index(drop=True)
    kept = proposed[_apart(proposed["footprint"].to_numpy())]
    order = np.lexsort((kept["column"], -kept["row"], kept["role"] == "shop", kept["plot"]))
    return kept.iloc[order].reset_index(drop=True)


def room_for_buildings(ground: Ground, with_shops: set[int]) -> NDArray[Any]:
    """Per plot the land for buildings that stand back from its edges, and behind its shops."""
    behind = np.array([number in with_shops for number in range(len(ground.plots))])
    room = ground.free.copy()
    front = shapely.distance(ground.free[behind], ground.main_side[behind])
    depth = front + SHOP_SETBACK_M + SHOP_DEPTH_M + BEHIND_SHOPS_M - SETBACK_M
    room[behind] = shapely.difference(
        room[behind], shapely.buffer(ground.main_side[behind], depth, quad_segs=2)
    )
    return np.asarray(shapely.buffer(room, -SETBACK_M, join_style="mitre"))


def _shops(rng: np.random.Generator, ground: Ground, uses: Uses) -> pd.DataFrame:
    """Shops of two or three storeys with their fronts along the main road."""
    chance = np.array([SHOP_CHANCE.get(str(use), 0.0) for use in uses.use])
    there = ~shapely.is_empty(ground.main_side) & ~shapely.is_empty(ground.free)
    plots = np.flatnonzero((rng.random(len(chance)) < chance) & there)
    lines = _longest_part(ground.main_side[plots])
    front = shapely.distance(ground.free[plots], lines) + SHOP_SETBACK_M
    most = int(np.ceil(shapely.length(lines).max(initial=0.0) / 31.0)) + 1
    length, gap = rng.uniform(26.0, 62.0, (len(plots), most)), rng.uniform(5.0, 16.0, (len(plots), most))
    start = (
        (front + rng.uniform(6.0, 20.0, len(plots)))[:, None] + np.cumsum(length + gap, axis=1) - length - gap
    )
    which, column = np.nonzero(start + length <= (shapely.length(lines) - 6.0)[:, None])
    start, length = start[which, column], length[which, column]
    a = shapely.get_coordinates(shapely.line_interpolate_point(lines[which], start))
    b = shapely.get_coordinates(shapely.line_interpolate_point(lines[which], start + length))
    along = (b - a) / np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
    inward = np.column_stack([-along[:, 1], along[:, 0]])
    centre = shapely.get_coordinates(shapely.centroid(ground.free[plots]))[which]
    inward *= np.sign(((centre - a) * inward).sum(axis=1))[:, None]
    near, far = inward * front[which, None], inward * (front[which, None] + SHOP_DEPTH_M)
    footprint = shapely.polygons(np.stack([a + near, b + near, b + far, a + far], axis=1))
    straight = np.hypot(*(b - a).T) > 0.995 * length
    fits = straight & shapely.covers(ground.free[plots][which], footprint)
    return _proposal(plots[which], "shop", 1, 0, column, footprint)[fits]


def _rows(rng: np.random.Generator, ground: Ground, uses: Uses, room: NDArray[Any]) -> pd.DataFrame:
    """Buildings in parallel rows."""
    plots = np.flatnonzero(np.isin(uses.use, list(ROWS)) & ~shapely.is_empty(room))
    patterns = [ROWS[str(use)] for use in uses.use[plots]]
    low, size = _extent(ground, plots, room)
    depth, gap, pitch = (
        rng.uniform(*np.array([getattr(p, name) for p in patterns]).reshape(-1, 2).T)
        for name in ("depth_m", "gap_m", "pitch_m")
    )
    unit_m = np.array([p.unit_m for p in patterns])
    fewest, most = np.array([p.units for p in patterns]).reshape(-1, 2).T
    units = _best_fit(rng, size[:, 0], unit_m, gap, fewest, most)
    columns = np.maximum(1, (size[:, 0] + gap) // (units * unit_m + gap)).astype(np.int64)
    rows = np.maximum(1, (size[:, 1] - depth) // pitch + 1).astype(np.int64)
    which = np.repeat(np.arange(len(plots)), columns * rows)
    place = np.arange(len(which)) - np.repeat(np.cumsum(columns * rows) - columns * rows, columns * rows)
    row, column = place // columns[which], place % columns[which]
    shorter = (rng.random(len(which)) < 0.2) & (units[which] > fewest[which])
    units_here = units[which] - shorter
    jitter = np.array([p.jitter_m for p in patterns])[which]
    width = size[which, 0] / columns[which]
    stagger = np.where(row % 2 == 0, 0.09, -0.09) * np.array([p.stagger for p in patterns])[which] * width
    x = low[which, 0] + (column + 0.5) * width + stagger + rng.uniform(-1, 1, len(which)) * jitter
    first = (size[which, 1] - (rows[which] - 1) * pitch[which]) / 2
    y = low[which, 1] + first + row * pitch[which] + rng.uniform(-1, 1, len(which)) * jitter
    footprint = _rectangles(ground, plots[which], x, y, units_here * unit_m[which], depth[which])
    kept = rng.random(len(which)) < np.array([p.kept for p in patterns])[which]
    fits = kept & shapely.covers(room[plots[which]], footprint)
    return _proposal(plots[which], "row", units_here, row, column, footprint)[fits]


def _best_fit(
    rng: np.random.Generator, width: Array, unit_m: Array, gap: Array, fewest: Any, most: Any
) -> Any:
    """Units per building with which a row fills its width best; where several do nearly so, chance decides."""
    best, score = np.ones(len(width), dtype=np.int64), np.full(len(width), -1.0)
    for units in range(1, int(most.max(initial=0)) + 1):
        fitting = np.floor((width + gap) / (units * unit_m + gap)) * units * unit_m / np.maximum(width, 1.0)
        fitting = fitting + rng.uniform(0.0, 0.2, len(width)) - 0.5 * (units < fewest) - 9.0 * (units > most)
        best, score = np.where(fitting > score, units, best), np.maximum(score, fitting)
    return best


def _set_pieces(rng: np.random.Generator, ground: Ground, uses: Uses, room: NDArray[Any]) -> pd.DataFrame:
    """Schools, hospitals, malls ...: a few buildings with a place of their own in the plot."""
    plots = np.flatnonzero(np.isin(uses.use, list(SET_PIECES)) & ~shapely.is_empty(room))
    pieces = [
        (n, i, *piece)
        for n, plot in enumerate(plots)
        for i, piece in enumerate(SET_PIECES[str(uses.use[plot])])
    ]
    which, column = np.array([p[0] for p in pieces], int), np.array([p[1] for p in pieces], int)
    shares = np.array([p[3:] for p in pieces], dtype=np.float64).reshape(-1, 6)
    low, size = _extent(ground, plots, room)
    width, height = size[which, 0], size[which, 1]
    mirrored = np.where(rng.random(len(plots)) < 0.5, -1.0, 1.0)[which]
    x = low[which, 0] + (0.5 + mirrored * shares[:, 0]) * width
    y = low[which, 1] + (0.5 + shares[:, 1]) * height
    length, depth = (
        np.minimum(shares[:, 2] * width, shares[:, 3]),
        np.minimum(shares[:, 4] * height, shares[:, 5]),
    )
    footprint = _rectangles(ground, plots[which], x, y, length, depth)
    roles = np.array([p[2] for p in pieces], dtype=object)
    fits = shapely.covers(room[plots[which]], footprint) & (np.minimum(length, depth) > 4.0)
    return _proposal(plots[which], roles, 1, 0, column, footprint)[fits]


def _extent(ground: Ground, plots: NDArray[np.int64], room: NDArray[Any]) -> tuple[Array, Array]:
    """Lower corner and size of each plot's room in its own slanting directions, both of shape (n, 2)."""
    xy, which = shapely.get_coordinates(room[plots], return_index=True)
    xy = xy - shapely.get_coordinates(shapely.centroid(ground.free[plots]))[which]
    angle, lean = ground.angle[plots][which], ground.lean[plots][which]
    y = -np.sin(angle) * xy[:, 0] + np.cos(angle) * xy[:, 1]
    x = np.cos(angle) * xy[:, 0] + np.sin(angle) * xy[:, 1] - lean * y
    low, high = np.full((len(plots), 2), np.inf), np.full((len(plots), 2), -np.inf)
    np.minimum.at(low, which, np.column_stack([x, y]))
    np.maximum.at(high, which, np.column_stack([x, y]))
    return low, high - low


def _rectangles(
    ground: Ground, plots: NDArray[np.int64], x: Array, y: Array, length: Array, depth: Array
) -> NDArray[Any]:
    """Rectangles along each plot's rows; x, y are centres in the directions of `_extent`."""
    angle = ground.angle[plots]
    east = np.column_stack([np.cos(angle), np.sin(angle)])
    north = np.column_stack([-np.sin(angle), np.cos(angle)])
    middle = shapely.centroid(ground.free[plots])
    centre = (
        np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
        + east * (x + ground.lean[plots] * y)[:, None]
        + north * y[:, None]
    )
    side, end = east * (length / 2)[:, None], north * (depth / 2)[:, None]
    ring = [centre - side - end, centre + side - end, centre + side + end, centre - side + end]
    return np.asarray(shapely.polygons(np.stack(ring, axis=1)))


def _proposal(
    plot: NDArray[np.int64],
    role: str | NDArray[Any],
    units: Any,
    row: Any,
    column: Any,
    footprint: NDArray[Any],
) -> pd.DataFrame:
    columns = {"plot": plot, "role": role, "units": units, "row": row, "column": column}
    return pd.DataFrame(columns, index=np.arange(len(plot))).assign(footprint=footprint)


def _apart(footprints: NDArray[Any]) -> NDArray[np.bool_]:
    """True for each footprint that keeps its distance from all earlier ones that stay."""
    earlier, later = shapely.STRtree(footprints).query(footprints, predicate="dwithin", distance=LEAST_GAP_M)
    near = sorted((int(b), int(a)) for a, b in zip(earlier, later, strict=True) if a < b)
    kept = np.ones(len(footprints), dtype=bool)
    for after, before in near:
        kept[after] &= not kept[before]
    return kept


def _longest_part(lines: NDArray[Any]) -> NDArray[Any]:
    parts, owner = shapely.get_parts(lines, return_index=True)
    order = np.lexsort((-shapely.length(parts), owner))
    _, first = np.unique(owner[order], return_index=True)
    return np.asarray(parts[order][first])
