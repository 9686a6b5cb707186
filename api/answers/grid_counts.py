"""Households and people of grids as a viewer may read them: small ones withheld, and those that would give them away, today or
beside the grids of another day."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.privacy.small_counts import Mark, shown, withheld
from layers.plans.versions import Versions, read_versions
from layers.rights.counting import least_for
from layers.store.unit import Reading

_COUNTS = ("households", "people")
_WHOLE = 0
"""The community in a system of equations; its count is always known."""
Grid = tuple[int, int]
"""Plan and label."""
Marks = Mapping[Grid, Mark | None]
"""How the count of a grid was shown from the day its plan was published on; None: as it is."""


def with_told(unit: Reading, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`grids` with columns households_told and people_told, texts: what the viewer may read of the counts. Who may count
    everything gets no such column."""
    least = least_for(unit.viewer)
    if least <= 1:
        return grids
    about = grids["households_estimated"].astype("boolean").fillna(False).to_numpy()
    versions = read_versions(unit, sorted(set(grids["community_code"])))
    texts = {}
    for key in _COUNTS:
        counts, marks = _marked(grids, key, least, versions)
        texts[f"{key}_told"] = [
            ""
            if number not in counts
            else ("≈" if key == "households" and about[number] and number not in marks else "")
            + shown(counts[number], marks.get(number), least=least)
            for number in range(len(grids))
        ]
    return grids.assign(**texts)


def as_read(unit: Reading, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`grids` whose counts are missing where the viewer may not read them."""
    least = least_for(unit.viewer)
    if least <= 1:
        return grids
    versions = read_versions(unit, sorted(set(grids["community_code"])))
    read = {}
    for key in _COUNTS:
        _, marks = _marked(grids, key, least, versions)
        kept = [number not in marks for number in range(len(grids))]
        read[key] = grids[key].astype("Int64").where(pd.Series(kept, grids.index))
    return grids.assign(**read)


def _marked(
    grids: gpd.GeoDataFrame, key: str, least: int, versions: list[Versions]
) -> tuple[dict[int, int], dict[int, Mark]]:
    """The counts that are known by row, and what is withheld of them; the sum of each community is taken as known."""
    values = pd.to_numeric(grids[key], errors="coerce")
    counts = {number: int(value) for number, value in enumerate(values) if pd.notna(value)}
    rows: list[Grid] = list(zip(grids["plan_id"].astype(int), grids["label"].astype(int), strict=True))
    places: dict[str, list[int]] = {}
    for number in counts:
        places.setdefault(str(grids["community_code"].iloc[number]), []).append(number)
    decided: dict[Grid, Mark | None] = {}
    for one in versions:
        decided |= marks_of_versions(one, key, least)
    found: dict[int, Mark] = {}
    for some in places.values():
        if all(rows[one] in decided for one in some):
            found |= {one: mark for one in some if (mark := decided[rows[one]]) is not None}
        else:
            found |= _of_one_day({one: counts[one] for one in some}, least)
    return counts, found


def _of_one_day(counts: Mapping[int, int], least: int) -> dict[int, Mark]:
    whole = -1
    every = dict(counts) | {whole: sum(counts.values())}
    marks = withheld(every, [(whole, list(counts))], least=least)
    return {number: mark for number, mark in marks.items() if number != whole}


def marks_of_versions(versions: Versions, key: str, least: int) -> Marks:
    """How each grid of each version is shown, decided in the order in which they were published: what an older one showed
    is known, so that the next shows nothing beside which a small number of households that moved could be read off.

    `key` is `households` or `people`; versions with cells nobody counted are left out.
    """
    cells = _of_cells(versions, key)
    if cells is None:
        return {}
    decided: dict[Grid | int, Mark | None] = {_WHOLE: None}
    for number in range(1, len(versions.plan_ids) + 1):
        counts, sums, atoms = _system(versions, cells, number)
        marks: dict[Grid | int, Mark] = withheld(counts, sums, least=least, unpublished=atoms, before=decided)
        decided |= {
            grid: marks.get(grid) for grid in counts if isinstance(grid, tuple) and grid not in decided
        }
    return {grid: mark for grid, mark in decided.items() if isinstance(grid, tuple)}


def _of_cells(versions: Versions, key: str) -> NDArray[np.int64] | None:
    """(cells,) what each holds; None where some were not counted. Where nobody lives nobody need be counted."""
    counts = versions.counts
    held = pd.to_numeric(counts[key], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    held = np.where(np.isnan(held) & (counts["households"].to_numpy() == 0), 0.0, held)
    return None if np.isnan(held).any() else held.astype(np.int64)


def _system(
    versions: Versions, cells: NDArray[np.int64], number: int
) -> tuple[dict[Grid | int, int], list[tuple[Grid | int, list[Grid | int]]], list[int]]:
    """The counts of the first `number` versions: what lies in the same grid in all of them (by a number below 0), the grids,
    and the community as a whole."""
    together, atom = np.unique(versions.labels[:number], axis=1, return_inverse=True)
    held = np.bincount(atom.ravel(), weights=cells, minlength=together.shape[1]).astype(np.int64)
    counts: dict[Grid | int, int] = {-1 - n: int(count) for n, count in enumerate(held)}
    atoms = [key for key in counts if isinstance(key, int)]
    sums: list[tuple[Grid | int, list[Grid | int]]] = [(_WHOLE, list(atoms))]
    counts[_WHOLE] = int(held.sum())
    for plan, labels in zip(versions.plan_ids[:number], together, strict=True):
        for label in np.unique(labels).tolist():
            parts: list[Grid | int] = [-1 - int(n) for n in np.flatnonzero(labels == label)]
            counts[plan, label] = sum(counts[part] for part in parts)
            sums.append(((plan, label), parts))
    return counts, sums, atoms
