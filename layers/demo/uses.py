"""What each plot is used for, and the residential complexes (小区) that come of it, with their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.demo.ground import Ground
from layers.demo.places import Places
from layers.demo.words import (
    COMPLEX_HEADS,
    LONG_COMPLEX,
    MIDDLE_TAILS,
    NEW_TAILS,
    ROAD_HEADS,
    ROAD_TAILS,
    WORKS,
    WORKS_TAILS,
    chinese,
    pick,
)

SHARES = {
    "tower": 0.08,
    "midrise": 0.06,
    "slab": 0.165,
    "old": 0.12,
    "lanes": 0.035,
    "school": 0.10,
    "office": 0.075,
    "mall": 0.09,
    "market": 0.045,
    "hospital": 0.025,
    "park": 0.075,
    "works": 0.065,
    "vacant": 0.04,
}
"""Share of the plots of a community, before its place in town shifts them."""
COMPLEX_KINDS = {"tower": "高层小区", "midrise": "小高层小区", "slab": "多层小区", "old": "单位家属院"}
_LAND_NEED = {
    "tower": 1.0,
    "slab": 0.9,
    "works": 0.9,
    "park": 0.8,
    "school": 0.8,
    "lanes": 0.15,
    "vacant": 0.1,
}
_TITLES = {
    "school": "{}学校",
    "office": "{}办公区",
    "mall": "{}广场",
    "market": "{}市场",
    "hospital": "{}医院",
    "park": "{}公园",
    "works": "{}厂区",
}
LEAST_M2 = 3_000.0
GATHERED = 0.3
"""Chance that an estate goes on across the wall to the next plot."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Per plot its use, and the register of complexes."""

    use: NDArray[np.str_]
    title: tuple[str, ...]
    """Per plot the name of the school, park, market ... on it; empty for others."""
    complex_of: NDArray[np.int64]
    """Per plot the position of its complex, -1 for none. A complex has one plot."""
    plot_of: NDArray[np.int64]
    """Per complex its plot."""
    names: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    phases: tuple[str | None, ...]


def allot(rng: np.random.Generator, ground: Ground, places: Places) -> Uses:
    """Every community gets its share of each use; larger plots go to what needs land."""
    area = shapely.area(ground.free)
    block = np.array([plot.superblock for plot in ground.plots])
    use = np.full(len(ground.plots), "green", dtype="<U8")
    centre = shapely.get_coordinates(shapely.centroid(ground.faces))
    for community in range(len(places.codes)):
        plots = np.flatnonzero((places.community == community) & (area >= LEAST_M2))
        use[plots] = _shared_out(rng, area[plots], centre[plots].mean(axis=0))
        use[plots] = _gathered(rng, use[plots], block[plots])
    plot_of = np.flatnonzero(np.isin(use, list(COMPLEX_KINDS)))
    complex_of = np.full(len(use), -1, dtype=np.int64)
    complex_of[plot_of] = np.arange(len(plot_of))
    names, aliases, phases = _complex_names(rng, ground, use, plot_of)
    return Uses(use, _titles(rng, use), complex_of, plot_of, names, aliases, phases)


def _shared_out(
    rng: np.random.Generator, area: NDArray[np.float64], centre: NDArray[np.float64]
) -> NDArray[np.str_]:
    """Uses for the plots of one community, by systematic sampling: no share is missed by more than a plot."""
    newness = min(1.0, float(np.hypot(centre[0], centre[1] - 900.0)) / 3500.0)
    shift = {
        "tower": 0.5 + newness,
        "midrise": 0.6 + 0.8 * newness,
        "old": 1.5 - newness,
        "lanes": 1.6 - 1.2 * newness,
        "works": 0.4 + 1.2 * newness,
        "vacant": 0.3 + 1.4 * newness,
    }
    weight = np.array([share * shift.get(name, 1.0) for name, share in SHARES.items()])
    steps = (np.arange(len(area)) + rng.random()) / len(area)
    names = np.array(list(SHARES))[np.searchsorted(np.cumsum(weight) / weight.sum(), steps, side="right")]
    need = np.array([_LAND_NEED.get(str(name), 0.5) for name in names]) + rng.normal(0.0, 0.3, len(names))
    size = np.argsort(np.argsort(area, kind="stable"), kind="stable") / len(area) + rng.normal(
        0.0, 0.2, len(area)
    )
    out = np.empty(len(area), dtype="<U8")
    out[np.argsort(size, kind="stable")] = names[np.argsort(need, kind="stable")]
    return out


def _gathered(rng: np.random.Generator, use: NDArray[np.str_], block: NDArray[np.int64]) -> NDArray[np.str_]:
    """Now and then the plot next to an estate changes its use with a further piece of the estate."""
    out = use.copy()
    for plot in range(len(out) - 1):
        if out[plot] not in ("tower", "midrise", "slab") or block[plot] != block[plot + 1]:
            continue
        far = np.flatnonzero((out == out[plot]) & (block != block[plot]))
        if far.size and out[plot + 1] != out[plot] and rng.random() < GATHERED:
            other = int(far[rng.integers(0, far.size)])
            out[plot + 1], out[other] = out[other], out[plot + 1]
    return out


def _complex_names(
    rng: np.random.Generator, ground: Ground, use: NDArray[np.str_], plot_of: NDArray[np.int64]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str | None, ...]]:
    """Names, aliases and phases. Neighbouring complexes of one kind are often phases of one estate."""
    block = np.array([plot.superblock for plot in ground.plots])
    names: list[str] = []
    aliases: list[tuple[str, ...]] = []
    phases: list[str | None] = []
    stocks = {
        kind: iter(pick(rng, heads, tails, len(plot_of)))
        for kind, heads, tails in (
            ("new", COMPLEX_HEADS, NEW_TAILS),
            ("middle", COMPLEX_HEADS, MIDDLE_TAILS),
            ("works", WORKS, WORKS_TAILS),
        )
    }
    estate, phase = "", 0
    for number, plot in enumerate(plot_of):
        kind = str(use[plot])
        before = plot_of[number - 1] if number else -1
        goes_on = number > 0 and use[before] == kind != "old" and block[before] == block[plot]
        if goes_on and rng.random() < 0.65:
            if phase == 1:
                names[-1], aliases[-1], phases[-1] = f"{estate}一期", (estate, *aliases[-1]), "一期"
            phase += 1
            names.append(f"{estate}{chinese(phase)}期")
            aliases.append((f"{estate}{phase}期",))
            phases.append(f"{chinese(phase)}期")
            continue
        estate, phase = next(stocks["works" if kind == "old" else "middle" if kind == "slab" else "new"]), 1
        names.append(estate)
        aliases.append(_aliases(rng, estate, kind))
        phases.append(None)
    slabs = [n for n, plot in enumerate(plot_of) if use[plot] == "slab" and phases[n] is None]
    if slabs:
        aliases[slabs[-1]] = (names[slabs[-1]],)
        names[slabs[-1]] = LONG_COMPLEX
    return tuple(names), tuple(aliases), tuple(phases)


def _aliases(rng: np.random.Generator, name: str, kind: str) -> tuple[str, ...]:
    chance = rng.random()
    if kind == "old":
        head = next(name.removesuffix(tail) for tail in WORKS_TAILS if name.endswith(tail))
        return (f"{head}老院", f"锦川{name}") if chance < 0.2 else (f"锦川{name}",) if chance < 0.45 else ()
    return (f"{name}小区",) if chance < 0.2 and not name.endswith(("小区", "社区花园")) else ()


def _titles(rng: np.random.Generator, use: NDArray[np.str_]) -> tuple[str, ...]:
    """Names of what is not a complex; schools and hospitals are numbered through the district."""
    words = iter(pick(rng, ROAD_HEADS, ROAD_TAILS, len(use)))
    works = iter(pick(rng, WORKS, ("",), len(use)))
    counts = {"小学": 0, "中学": 0, "医院": 0}
    titles = []
    for kind in use:
        if kind == "school":
            level = "小学" if rng.random() < 0.6 else "中学"
            counts[level] += 1
            titles.append(f"锦川区第{chinese(counts[level])}{level}")
        elif kind == "hospital":
            counts["医院"] += 1
            titles.append(f"锦川区第{chinese(counts['医院'])}医院")
        elif kind == "works":
            titles.append(f"{next(works)}厂区" if rng.random() < 0.7 else f"{next(words)}工业园")
        elif kind == "market":
            titles.append(f"{next(words)}{('农贸', '建材', '批发')[int(rng.integers(0, 3))]}市场")
        elif kind in _TITLES:
            titles.append(_TITLES[str(kind)].format(next(words)))
        else:
            titles.append("")
    return tuple(titles)
