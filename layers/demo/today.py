"""Today's grids as community staff drew them: by plots, by eye, and not quite right.

Most hold a few hundred households, some far too many or too few; large complexes are split between
rows; neighbours leave gaps and overlaps of a few metres; some lie on both sides of a main road or in two parts.
Exclusive grids are the walled premises of one unit; the street in front of them is in no grid.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import KEPT_CRS, LocalMetres
from layers.demo.ground import Ground
from layers.demo.housing import Housing, apportion
from layers.demo.places import Places
from layers.demo.sizes import Figures
from layers.demo.uses import Uses
from layers.demo.words import chinese

Ints = NDArray[np.int64]
PIECE_HOUSEHOLDS = 230
"""Plots with more are drawn in several pieces, so a large complex may belong to several grids."""
ROAD_PENALTY = 0.12
"""How much imbalance, as a share of the households, is borne rather than cross a road."""
LOPSIDED = 0.25
"""Share of communities where one grid has become twice what it should be ..."""
NEGLECTED_HOUSEHOLDS = 700
"""... and holds at least so many."""
EXCLUSIVE = {"hospital": 0.0, "school": 0.1, "market": 0.25, "mall": 0.3, "works": 0.3, "office": 0.6}
"""What becomes an exclusive grid, the most likely first."""
HANDS = (0.42, 0.30, 0.14, 0.14)
"""Shares of grids drawn along the roads, retraced by eye, drawn a little too large, a little too small."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of plots that today's grids are made of, in metres."""

    shape: NDArray[Any]
    plot: Ints
    households: Ints
    xy: NDArray[np.float64]
    """Middle of each piece, turned so that x runs along the roads."""
    block_xy: NDArray[np.float64]
    """The same of its superblock."""


def today_frame(
    rng: np.random.Generator,
    ground: Ground,
    places: Places,
    uses: Uses,
    layout: pd.DataFrame,
    housing: Housing,
    wanted: Figures,
    local: LocalMetres,
) -> gpd.GeoDataFrame:
    """All grids of today, ordered by code; exclusive ones come last in each community."""
    exclusive = _exclusive_plots(rng, places, uses, wanted)
    per_plot = np.bincount(layout["plot"], weights=housing.households, minlength=len(uses.use))
    per_community = np.bincount(places.community, weights=per_plot)
    counts = apportion(
        per_community * rng.uniform(0.93, 1.07, len(per_community)), wanted.grids - len(exclusive)
    )
    shapes: list[Any] = []
    rows: list[tuple[str, str, str]] = []
    lopsided = set(rng.permutation(len(places.codes))[: max(1, round(LOPSIDED * len(places.codes)))].tolist())
    for community, code in enumerate(places.codes):
        plots = np.setdiff1d(np.flatnonzero(places.community == community), exclusive)
        pieces = _pieces(ground, plots, layout, housing, int(counts[community]) + 2 * (community in lopsided))
        drawn = [
            shapely.union_all(part, grid_size=0.01)
            for part in _drawn(rng, pieces, int(counts[community]), lopsided=community in lopsided)
        ]
        middle = shapely.get_coordinates(shapely.point_on_surface(np.array(drawn)))
        order = np.lexsort((-middle[:, 1], np.round(middle[:, 0] / 150.0)))
        shapes += list(_by_hand(rng, np.array([drawn[int(i)] for i in order])))
        rows += [(code, f"第{chinese(n + 1)}网格", "base") for n in range(len(drawn))]
        closed = exclusive[places.community[exclusive] == community]
        shapes += [ground.free[p] for p in closed]
        rows += [(code, f"{uses.title[p]}专属网格", "exclusive") for p in closed]
    frame = pd.DataFrame(rows, columns=["community_code", "name", "kind"])
    number = frame.groupby("community_code").cumcount() + 1
    frame["code"] = frame["community_code"] + number.map("{:03d}".format)
    frame["ref"] = "G" + frame["code"]
    return gpd.GeoDataFrame(frame, geometry=local.to_degrees(np.array(shapes)), crs=KEPT_CRS)


def _exclusive_plots(rng: np.random.Generator, places: Places, uses: Uses, wanted: Figures) -> Ints:
    """Schools, hospitals, markets ... with a grid of their own, spread over the communities."""
    plots = np.flatnonzero(np.isin(uses.use, list(EXCLUSIVE)))
    wish = np.array([EXCLUSIVE[str(use)] for use in uses.use[plots]]) + rng.uniform(0.0, 0.5, len(plots))
    order = np.lexsort((wish, places.community[plots]))
    turn = (
        pd.Series(places.community[plots[order]])
        .groupby(places.community[plots[order]])
        .cumcount()
        .to_numpy()
    )
    chosen = plots[order][np.lexsort((wish[order], turn))[: wanted.exclusive_grids]]
    return np.sort(chosen)


def _pieces(ground: Ground, plots: Ints, layout: pd.DataFrame, housing: Housing, count: int) -> Pieces:
    """The plots of a community, those with many households split, so that at least `count` pieces are lived in."""
    here = layout["plot"].isin(plots).to_numpy()
    plot_of, households = layout["plot"].to_numpy()[here], housing.households[here]
    middle = shapely.get_coordinates(shapely.centroid(layout["footprint"].to_numpy()[here]))
    most = float(PIECE_HOUSEHOLDS)
    while True:
        parts = [_split(ground, p, middle[plot_of == p], households[plot_of == p], most) for p in plots]
        if sum(int((h > 0).sum()) for _, h in parts) >= count:
            break
        most *= 0.8
    shape = np.concatenate([s for s, _ in parts])
    plot = np.repeat(plots, [len(s) for s, _ in parts])
    block = np.array([p.superblock for p in ground.plots])
    turn = -float(np.mean(ground.angle[plots]))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    xy = shapely.get_coordinates(shapely.centroid(shape)) @ matrix.T
    sums = pd.DataFrame(xy).groupby(block[plot]).transform("mean").to_numpy()
    return Pieces(shape, plot, np.concatenate([h for _, h in parts]), xy, sums)


def _split(
    ground: Ground, plot: int, middle: NDArray[np.float64], households: Ints, most: float
) -> tuple[NDArray[Any], Ints]:
    """One plot in strips between its buildings, across its longer side."""
    face, total = ground.faces[plot], int(households.sum())
    parts = min(int(np.ceil(total / most)), int((households > 0).sum()))
    if parts <= 1:
        return np.array([face]), np.array([total])
    angle = ground.angle[plot]
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = shapely.get_coordinates(face) @ axes.T
    axis = int(np.argmax(np.ptp(corners, axis=0)))
    along = middle @ axes[axis]
    order = np.argsort(along, kind="stable")
    done = np.cumsum(households[order])
    after = np.searchsorted(done, total * np.arange(1, parts) / parts)
    after = np.unique(np.minimum(after, len(order) - 2))
    cuts = (along[order][after] + along[order][after + 1]) / 2
    bounds = np.concatenate([[-1e6], np.unique(cuts), [1e6]])
    wide = axes[1 - axis] * 1e6
    strips = [
        shapely.Polygon(
            [axes[axis] * a - wide, axes[axis] * b - wide, axes[axis] * b + wide, axes[axis] * a + wide]
        )
        for a, b in itertools.pairwise(bounds)
    ]
    shares = np.histogram(along, bounds, weights=households)[0].astype(np.int64)
    return shapely.intersection(face, np.array(strips)), shares


def _drawn(rng: np.random.Generator, pieces: Pieces, count: int, *, lopsided: bool) -> list[NDArray[Any]]:
    """`count` groups of pieces: halved again and again, then given the land nobody lives on."""
    lived = np.flatnonzero(pieces.households > 0)
    groups = _halved(rng, pieces, lived, count)
    if lopsided:
        groups = _neglected(rng, pieces, groups)
    group_of = np.empty(len(pieces.plot), dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[group] = number
    for row in np.flatnonzero(pieces.households == 0):
        away = shapely.distance(pieces.shape[lived], pieces.shape[row])
        away += 0.02 * np.hypot(*(pieces.xy[lived] - pieces.xy[row]).T)
        away += 6.0 * (pieces.block_xy[lived] != pieces.block_xy[row]).any(axis=1)
        group_of[row] = group_of[lived[np.argmin(away)]]
    return [pieces.shape[group_of == number] for number in range(count)]


def _neglected(rng: np.random.Generator, pieces: Pieces, groups: list[Ints]) -> list[Ints]:
    """Neighbours run as one grid for want of staff, while others were parted for somebody's sake."""
    size = np.array([pieces.households[group].sum() for group in groups])
    for merged, first in itertools.product(range(2, len(groups)), range(len(groups))):
        window = range(first, min(first + merged, len(groups)))
        spare = [n for n in range(len(groups)) if n not in window and len(groups[n]) > 1]
        if size[list(window)].sum() < NEGLECTED_HOUSEHOLDS or len(spare) < len(window) - 1:
            continue
        out = [np.concatenate([groups[n] for n in window])]
        for number, group in enumerate(groups):
            if number not in window:
                out += _halved(rng, pieces, group, 2 if number in spare[: len(window) - 1] else 1)
        return out
    return groups


def _halved(rng: np.random.Generator, pieces: Pieces, rows: Ints, count: int) -> list[Ints]:
    """`rows` in `count` groups, by cuts across the longer side that keep superblocks together where they can."""
    if count == 1:
        return [rows]
    axis = int(np.argmax(np.ptp(pieces.xy[rows], axis=0)))
    order = rows[
        np.lexsort((pieces.xy[rows, axis], pieces.block_xy[rows, 1 - axis], pieces.block_xy[rows, axis]))
    ]
    first = count // 2
    careless = rng.random() < 0.08
    share = first / count + rng.normal(0.0, 0.18 if careless else 0.01)
    done = np.cumsum(pieces.households[order]) / pieces.households[order].sum()
    at = np.arange(first, len(order) - (count - first) + 1)
    across = (pieces.block_xy[order[at - 1]] == pieces.block_xy[order[np.minimum(at, len(order) - 1)]]).all(
        axis=1
    )
    cut = int(at[np.argmin(np.abs(done[at - 1] - share) + ROAD_PENALTY / count * across)])
    return _halved(rng, pieces, order[:cut], first) + _halved(rng, pieces, order[cut:], count - first)


def _by_hand(rng: np.random.Generator, shapes: NDArray[Any]) -> NDArray[Any]:
    """The shapes as different hands draw them, a few metres off; always valid."""
    hand = rng.choice(len(HANDS), len(shapes), p=HANDS)
    out = shapes.copy()
    out[hand == 1] = [_retraced(rng, shape) for shape in shapely.simplify(shapes[hand == 1], 4.0)]
    out[hand == 2] = shapely.buffer(
        shapes[hand == 2], rng.uniform(2.0, 5.0, int((hand == 2).sum())), join_style="mitre"
    )
    out[hand == 3] = shapely.buffer(
        shapes[hand == 3], -rng.uniform(2.0, 5.0, int((hand == 3).sum())), join_style="mitre"
    )
    usable = shapely.is_valid(out) & ~shapely.is_empty(out) & np.isin(shapely.get_type_id(out), (3, 6))
    return np.where(usable, out, shapes)


def _retraced(rng: np.random.Generator, shape: Any) -> Any:
    """The shape with its corners up to about 3 m off, each in its own way; equal corners stay equal."""
    wave, phase = rng.uniform(0.02, 0.05, (2, 2)), rng.uniform(0.0, 2 * np.pi, 2)
    return shapely.transform(shape, lambda xy: xy + 2.2 * np.sin(xy @ wave + phase))
