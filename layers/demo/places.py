"""Who governs what: plots put together to communities, streets (街道) and the district."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import KEPT_CRS
from layers.demo.ground import Ground, beside
from layers.demo.quarters import Lattice
from layers.demo.sizes import DISTRICT_CODE, DISTRICT_NAME, Figures
from layers.demo.words import COMMUNITY_HEADS, COMMUNITY_TAILS, STREETS, pick

HANDED_OVER_SHARE = 0.3
"""So many communities, at most, have a superblock on the far side of a road that bounds them otherwise."""


@dataclass(frozen=True, slots=True)
class Places:
    """The administrative register."""

    community: NDArray[np.int64]
    """Per plot, the position of its community."""
    codes: tuple[str, ...]
    names: tuple[str, ...]
    street_names: dict[str, str]
    """By 9-digit code."""


def found(rng: np.random.Generator, ground: Ground, lattice: Lattice, wanted: Figures) -> Places:
    """Communities, their codes and names. Every one is connected by roads' width at least."""
    keys = sorted({(plot.quarter, plot.half) for plot in ground.plots})
    street_of_quarter = _streets(rng, lattice, wanted, [quarter for quarter, _ in keys])
    streets = np.array([street_of_quarter[quarter] for quarter, _ in keys])
    position = {key: number for number, key in enumerate(keys)}
    community = np.array([position[plot.quarter, plot.half] for plot in ground.plots])
    community = _hand_over(rng, ground, community, streets)
    column, row = np.array([quarter for quarter, _ in keys]).T
    order = np.lexsort((column, -row, streets))
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys))
    seen: dict[int, int] = {}
    codes = []
    for street in streets[order]:
        seen[int(street)] = seen.get(int(street), 0) + 1
        codes.append(f"{DISTRICT_CODE}{street + 1:03d}{seen[int(street)]:03d}")
    names = [f"{name}社区" for name in pick(rng, COMMUNITY_HEADS, COMMUNITY_TAILS, len(keys))]
    street_names = {f"{DISTRICT_CODE}{n + 1:03d}": f"{STREETS[n]}街道" for n in range(wanted.streets)}
    return Places(rank[community], tuple(codes), tuple(names), street_names)


def _streets(
    rng: np.random.Generator, lattice: Lattice, wanted: Figures, homes: list[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """The street of each quarter. Bands of rows are parted at columns that shift a little from row to row.

    `homes` has the quarter of each community: the streets of a band get about equally many.
    """
    out: dict[tuple[int, int], int] = {}
    base = 0
    for low, high, count in wanted.bands:
        held = np.bincount([c for c, row in homes if low <= row < high], minlength=wanted.columns)
        reached = np.concatenate([[0.0], np.cumsum(held) / held.sum()])
        middle = np.interp(np.arange(1, count) / count, reached, np.arange(wanted.columns + 1))
        for row in range(low, high):
            cuts = np.round(middle + rng.uniform(-0.7, 0.7, len(middle)))
            for column in range(int(lattice.first[row]), int(lattice.last[row])):
                out[column, row] = base + int((column >= cuts).sum())
        base += count
    return out


def _hand_over(
    rng: np.random.Generator, ground: Ground, community: NDArray[np.int64], streets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Some communities cede a superblock to a neighbour in their street, as history left it."""
    block = np.array([plot.superblock for plot in ground.plots])
    riverside = np.array([plot.riverside for plot in ground.plots])
    owner = dict(zip(block.tolist(), community.tolist(), strict=True))
    links = _links(ground, block)
    pairs = sorted({(min(a, b), max(a, b)) for a in links for b in links[a] if owner[a] != owner[b]})
    water = set(block[riverside].tolist())
    left = int(len(streets) * HANDED_OVER_SHARE)
    touched: set[int] = set()
    for number in rng.permutation(len(pairs)):
        given, taker = pairs[number] if rng.random() < 0.5 else pairs[number][::-1]
        donor, heir = owner[given], owner[taker]
        if left == 0 or {donor, heir} & touched or streets[donor] != streets[heir] or {given, taker} & water:
            continue
        rest = {b for b, o in owner.items() if o == donor and b != given}
        if len(rest - water) >= 3 and _connected(rest, links):
            owner[given] = heir
            touched |= {donor, heir}
            left -= 1
    return np.array([owner[int(b)] for b in block])


def _links(ground: Ground, block: NDArray[np.int64]) -> dict[int, set[int]]:
    """Superblocks that share at least 80 m of one road other than a primary road, the railway or the river."""
    face, edge = beside(ground.faces, ground.edges)
    closing = {"primary", "river", "rail"}
    pairs = pd.DataFrame({"edge": edge, "block": block[face], "stretch": ground.stretch[edge]})
    both = pairs.merge(pairs, on="edge")
    both = both[both["block_x"] != both["block_y"]]
    both = both[[ground.stretches[s].road_class not in closing for s in both["stretch_x"]]]
    shared = (
        both.assign(m=shapely.length(ground.edges[both["edge"]])).groupby(["block_x", "block_y"])["m"].sum()
    )
    links: dict[int, set[int]] = {int(b): set() for b in np.unique(block)}
    for a, b in shared[shared >= 80.0].index:
        links[int(a)].add(int(b))
    return links


def _connected(members: set[int], links: dict[int, set[int]]) -> bool:
    start = min(members)
    seen, queue = {start}, deque([start])
    while queue:
        fresh = (links[queue.popleft()] & members) - seen
        seen |= fresh
        queue.extend(sorted(fresh))
    return seen == members


def unions(faces: NDArray[Any], member: NDArray[np.int64]) -> NDArray[Any]:
    """Exact unions of plots, one per value 0..n-1 of `member`; shared corners stay shared."""
    order = np.argsort(member, kind="stable")
    starts = np.flatnonzero(np.diff(member[order], prepend=-1))
    return np.array([shapely.coverage_union_all(part) for part in np.split(faces[order], starts[1:])])


def place_frames(
    places: Places, faces: NDArray[Any], *, households: NDArray[np.int64], people: NDArray[np.int64]
) -> dict[str, gpd.GeoDataFrame]:
    """Districts, streets and communities. `faces` in EPSG:4490; totals per community."""
    areas = unions(faces, places.community)
    street_codes = sorted(places.street_names)
    street = np.array([street_codes.index(code[:9]) for code in places.codes])
    communities = {
        "code": places.codes,
        "name": places.names,
        "kind": ["urban"] * len(places.codes),
        "households": households,
        "people": people,
    }
    streets = {"code": street_codes, "name": [places.street_names[code] for code in street_codes]}
    whole = np.array([shapely.coverage_union_all(areas)])
    return {
        "districts": gpd.GeoDataFrame(
            {"code": [DISTRICT_CODE], "name": [DISTRICT_NAME]}, geometry=whole, crs=KEPT_CRS
        ),
        "streets": gpd.GeoDataFrame(streets, geometry=unions(areas, street), crs=KEPT_CRS),
        "communities": gpd.GeoDataFrame(communities, geometry=areas, crs=KEPT_CRS),
    }
