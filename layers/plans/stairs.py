"""The units (单元) of buildings with their households: as the ledger counts them, as matched residents tell, or evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.cells.totals import spread
from geo.errors import Words
from geo.partition.problem.problem import Problem
from geo.plans.parts import Part, Stair, divide_building, plain_unit
from layers.store.address_tables import matches, residents
from layers.store.unit import Writing

Basis = Literal["ledger", "residents", "even"]
LEAST_TOLD = 0.5
"""Matched households speak for the units of a building from this share of its households on. Our choice."""
BASES: dict[Basis, Words] = {
    "ledger": Words("by the ledger", "按台账"),
    "residents": Words("by matched residents", "按已关联居民"),
    "even": Words("evenly", "平均分配"),
}
"""How the households of a unit are known."""


@dataclass(frozen=True, slots=True)
class Tower:
    """A building that is divided inside."""

    building_ref: str
    parts: tuple[Part, ...]
    basis: Basis


def by_unit(unit: Writing, refs: Sequence[str], *, community_code: str) -> dict[str, dict[str, int]]:
    """Households by unit of buildings, as matched residents tell; empty unless the viewer may read household detail. The
    read is kept in the history."""
    if not unit.viewer.reads_households or not len(refs):
        return {}
    found = unit.table(
        sa.select(matches.c.resident_ref, matches.c.building_ref, matches.c.unit, residents.c.household)
        .join(residents, residents.c.ref == matches.c.resident_ref)
        .where(
            matches.c.building_ref.in_(list(refs)), matches.c.status == "matched", matches.c.unit.is_not(None)
        )
    )
    unit.record(action="read residents", community_code=community_code, detail={"buildings": len(refs)})
    told: dict[str, dict[str, int]] = {}
    found["unit"] = [plain_unit(str(name)) for name in found["unit"]]
    for (ref, name), homes in found.groupby(["building_ref", "unit"])["household"]:
        told.setdefault(str(ref), {})[str(name)] = int(homes.nunique())
    return told


def towers(
    problem: Problem,
    refs: Sequence[str | None],
    buildings: gpd.GeoDataFrame,
    told: dict[str, dict[str, int]],
) -> dict[int, Tower]:
    """Of the cells above the bound of `problem` those that are buildings which divide into parts nearer to it.

    `refs` (n,): the building of each cell. `buildings` by ref; `told` as `by_unit` gives it.
    """
    found: dict[int, Tower] = {}
    for cell in np.flatnonzero(problem.households > problem.hi).tolist():
        ref = refs[cell]
        if ref is None or ref not in buildings.index:
            continue
        total, row = int(problem.households[cell]), buildings.loc[ref]
        stairs, basis = _stairs(total, row, told.get(ref, {}))
        levels = None if pd.isna(row["levels"]) else int(row["levels"])
        parts = divide_building(stairs, lo=problem.lo, hi=problem.hi, levels=levels)
        missed = sum(max(0, p.households - problem.hi) + max(0, problem.lo - p.households) for p in parts)
        if len(parts) > 1 and missed < total - problem.hi:
            found[cell] = Tower(ref, parts, basis)
    return found


def _stairs(total: int, building: Any, told: dict[str, int]) -> tuple[list[Stair], Basis]:
    """The units with `total` households shared out over them."""
    count = 0 if pd.isna(building["units"]) else int(building["units"])
    numbered = [str(number + 1) for number in range(count)]
    basis: Basis = "even"
    if not pd.isna(building["unit_households"]):
        pairs = (text.rsplit(":", 1) for text in str(building["unit_households"]).split("|"))
        weights = {plain_unit(name): int(number) for name, number in pairs}
        basis = "ledger"
    elif sum(told.values()) >= LEAST_TOLD * total:
        weights = {name: told.get(name, 0) for name in dict.fromkeys([*numbered, *sorted(told, key=_order)])}
        basis = "residents"
    else:
        weights = dict.fromkeys(numbered or [""], 1)
    if not sum(weights.values()):
        weights = dict.fromkeys(weights, 1)
    shares = spread(total, np.array(list(weights.values()), dtype=np.float64))
    return [Stair(name, int(share)) for name, share in zip(weights, shares, strict=True)], basis


def _order(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (10**6, name)


def divided_words(inside: Mapping[int, Tower]) -> Words:
    """How many buildings are divided inside, and how their households by unit are known."""
    count = Counter(tower.basis for tower in inside.values())
    parts = sum(len(tower.parts) for tower in inside.values())
    en = ", ".join(f"{count[basis]} {words.en}" for basis, words in BASES.items() if count[basis])
    zh = "、".join(f"{words.zh} {count[basis]} 栋" for basis, words in BASES.items() if count[basis])
    return Words(
        f"{len(inside)} buildings above the bound were divided into {parts} micro-grids by units and floors; households "
        f"shared out: {en}",
        f"{len(inside)} 栋超过上限的楼按单元、楼层分为 {parts} 个微网格；户数分摊：{zh}",
    )
