"""How high, how many households, how many people: figures for every building, with exact totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.demo.sizes import Figures
from layers.demo.uses import Uses

Ints = NDArray[np.int64]
LEVELS = {
    "tower": (18, 33),
    "midrise": (9, 17),
    "slab": (6, 6),
    "old": (4, 6),
    "lanes": (2, 4),
    "works": (1, 2),
    "shop": (1, 3),
    "教学楼": (4, 5),
    "实验楼": (4, 5),
    "综合楼": (3, 5),
    "体育馆": (2, 2),
    "宿舍楼": (5, 6),
    "门诊楼": (4, 6),
    "住院楼": (11, 18),
    "医技楼": (3, 5),
    "行政楼": (4, 6),
    "主楼": (6, 16),
    "西配楼": (3, 4),
    "东配楼": (3, 4),
    "购物中心": (4, 6),
    "A座": (18, 28),
    "B座": (15, 26),
    "交易大厅": (1, 2),
}
"""Fewest and most storeys by use or part; 1 for what is not listed."""
PER_FLOOR = {"tower": 4, "midrise": 2, "slab": 2, "old": 2, "lanes": 1}
"""Dwellings on each floor of a unit. Only these uses house anybody."""
LIVED_IN = 0.93
"""Share of dwellings with a household, aimed at by the height of the towers."""
UNKNOWN_HOUSEHOLDS = 0.05
UNKNOWN_LEVELS = 0.015


@dataclass(frozen=True, slots=True)
class Housing:
    """Per building, in the order of the layout. What is true; the register knows a little less."""

    levels: Ints
    dwellings: Ints
    households: Ints
    people: Ints
    households_known: NDArray[np.bool_]
    levels_known: NDArray[np.bool_]


def house(rng: np.random.Generator, layout: pd.DataFrame, uses: Uses, wanted: Figures) -> Housing:
    """Levels, dwellings, households and people. Households and people add up to the figures exactly."""
    kind = np.where(layout["role"] == "row", uses.use[layout["plot"]], layout["role"].astype(object))
    levels = _levels(rng, layout["plot"].to_numpy(), kind)
    per_level = np.array([PER_FLOOR.get(str(k), 0) for k in kind]) * layout["units"].to_numpy()
    levels = _raised(levels, per_level, kind, wanted.households)
    dwellings = levels * per_level
    lived_in = dwellings * rng.uniform(0.85, 1.0, len(levels))
    households = apportion(lived_in, wanted.households, most=dwellings)
    people = apportion(households * rng.uniform(2.4, 3.2, len(levels)), wanted.people)
    homes = households > 0
    unknown = np.zeros(len(levels), dtype=bool)
    unknown[rng.permutation(np.flatnonzero(homes))[: round(homes.sum() * UNKNOWN_HOUSEHOLDS)]] = True
    no_levels = (rng.random(len(levels)) < UNKNOWN_LEVELS) & ~unknown
    return Housing(levels, dwellings, households, people, ~unknown, ~no_levels)


def _levels(rng: np.random.Generator, plot: Ints, kind: NDArray[np.object_]) -> Ints:
    """Storeys, much the same within a plot."""
    low, high = np.array([LEVELS.get(str(k), (1, 1)) for k in kind]).T
    base = rng.random(int(plot.max()) + 1)[plot]
    spread = np.clip(base + rng.normal(0.0, 0.12, len(plot)), 0.0, 0.999)
    return np.asarray(low + np.floor(spread * (high - low + 1)), dtype=np.int64)


def _raised(levels: Ints, per_level: Ints, kind: NDArray[np.object_], households: int) -> Ints:
    """Towers made higher or lower, walk-ups after them, until the dwellings suit the households."""
    target = households / LIVED_IN
    for uses, least, most in ((("tower",), 18, 33), (("midrise",), 7, 18), (("slab", "old"), 4, 7)):
        movable = np.isin(kind, uses)
        while True:
            lack = target - float((levels * per_level).sum())
            step = 1 if lack > 0 else -1
            room = movable & (levels < most if step > 0 else levels > least)
            if not room.any() or abs(lack) < per_level[room].sum() / 2:
                break
            levels = levels + step * room
    return levels


def apportion(weights: NDArray[np.float64], total: int, *, most: Ints | None = None) -> Ints:
    """Whole numbers in proportion to `weights` that add up to `total`, none above `most`; shape (n,).

    Largest remainders are rounded up, earlier rows first. `total` must not exceed the sum of `most`.

    >>> apportion(np.array([1.0, 1.0, 2.0]), 10).tolist()
    [3, 2, 5]
    """
    cap = np.full(len(weights), np.inf) if most is None else most.astype(np.float64)
    share = np.zeros(len(weights))
    while True:  # what a full building cannot take goes to the others
        open_ = (share < cap) & (weights > 0)
        left = total - share.sum()
        if left < 1e-9 or not open_.any():
            break
        share = np.minimum(cap, share + np.where(open_, weights, 0.0) * (left / weights[open_].sum()))
    whole = np.floor(share + 1e-9)
    rest = round(total - whole.sum())
    remainder = np.where(whole < cap, share - whole, -1.0)
    whole[np.argsort(-remainder, kind="stable")[:rest]] += 1
    return whole.astype(np.int64)
