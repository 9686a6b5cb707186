"""Grids of a plan in words, words of grids as a draft plan, and the register of names that both are read with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import NotFoundError, Words
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from geo.words.claims import place
from geo.words.filling import fill
from geo.words.register import Register
from geo.words.telling import Told, tell
from geo.words.trouble import Trouble
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.ground.streets import around, read_roads, read_water
from layers.lookup.aliases import read_aliases
from layers.plans.adopting import Kept
from layers.plans.cells import StoredCells, read_cells
from layers.plans.operations import Distribute
from layers.plans.plans import (
    ADOPTED,
    NewPlan,
    codes_ever_used,
    latest_published,
    read_grids,
    read_labels,
    read_plans,
    save_draft,
)
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading

_HOUSEHOLDS_OFF = 0.05
"""From this share on the households stated and those of the buildings named disagree, and it is said. Our choice."""
_HOUSEHOLDS_LEAST = 5
"""Fewer households than this are no disagreement."""


@dataclass(frozen=True, slots=True)
class GridWords:
    """One grid as a registration table tells it."""

    row: int
    """Of the file, from 1."""
    community_code: str
    text: str
    bounds: str = ""
    """What a column of its own says of its four sides."""
    code: str | None = None
    name: str | None = None
    kind: str = "base"
    households: int | None = None


@dataclass(frozen=True, slots=True)
class WordsAdopted:
    """What became of grids in words."""

    plan_ids: tuple[int, ...]
    """Draft plans, one a community; none when nothing was to be written."""
    grids: int
    """Grids that got cells."""
    troubles: tuple[tuple[int | None, Trouble], ...]
    """What could not be placed, with the row of the file; None for what concerns no single grid."""


def register_of(unit: Reading, community_code: str) -> Register:
    """What words may name in a community. Raises `NotFoundError` for one the viewer does not see."""
    community = read_communities(unit, codes=[community_code])
    bounds = around(tuple(community.total_bounds))
    roads = read_roads(unit, bounds=bounds)
    return Register.of(
        str(community["name"].iloc[0]),
        read_buildings(unit, codes=[community_code]),
        read_complexes(unit, codes=[community_code]),
        aliases=read_aliases(unit, as_of=None),
        lines=[roads, read_water(unit, bounds=bounds)],
    )


def told_in_words(unit: Reading, plan_id: int) -> pd.DataFrame:
    """The grids of a plan in words: label, code, name, words and cells (`geo.words.telling.Told`), by label.

    Raises `NotFoundError` for a plan the viewer does not see.
    """
    plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    stored: StoredCells = read_cells(unit, str(plan.community_code), cell_set_id=int(plan.cell_set_id))
    labels = read_labels(unit, plan_id)
    told: list[Told] = tell(labels, stored.cells, stored.edges, register_of(unit, str(plan.community_code)))
    grids = read_grids(unit, plan_ids=[plan_id]).sort_values("label", kind="stable")
    return pd.DataFrame(
        {
            "label": grids["label"].array,
            "code": grids["code"].array,
            "name": grids["name"].array,
            "words": [told[int(label)].words for label in grids["label"]],
            "cells": [told[int(label)].cells for label in grids["label"]],
        }
    )


def adopt_words(
    store: Store,
    viewer: Viewer,
    rows: Sequence[GridWords],
    *,
    rules: Rules,
    source: str,
    actor: str,
    now: datetime,
    dry_run: bool = False,
    kept: Kept | None = None,
) -> WordsAdopted:
    """Keep grids told in words as one draft plan per community. Buildings that no words mean go with those beside them and
    are told; grids none of whose words could be placed become none. `kept` is told the drafts in their transaction.

    All communities or none. Raises `NotFoundError` when a community has no cells yet.
    """
    made: list[NewPlan] = []
    troubles: list[tuple[int | None, Trouble]] = []
    grids = 0
    with store.reading(viewer) as unit:
        for code in sorted({row.community_code for row in rows}):
            own = [row for row in rows if row.community_code == code]
            plan, found = _draft(unit, code, own, rules)
            troubles += found
            if plan is not None:
                made.append(plan)
                grids += len(plan.grids)
    if dry_run or not made:
        return WordsAdopted((), grids, tuple(troubles))
    with store.writing(viewer, actor=actor, now=now) as writing:
        plan_ids = tuple(save_draft(writing, plan) for plan in made)
        detail: dict[str, Any] = {"source": source, "grids": grids, "plans": len(plan_ids), "words": True}
        writing.record(action="adopt", detail=detail | dict({} if kept is None else kept(writing, plan_ids)))
    return WordsAdopted(plan_ids, grids, tuple(troubles))


def words_as_areas(
    unit: Reading, rows: Sequence[GridWords], *, rules: Rules
) -> tuple[gpd.GeoDataFrame, list[tuple[int | None, Trouble]]]:
    """The ground that grids told in words cover, as areas of a net (contract `grids`): what the words mean and the ground
    around it, every cell once; and what could not be placed. An area is known by its code, else by community and name.

    Raises `NotFoundError` when a community has no cells yet.
    """
    parts: list[gpd.GeoDataFrame] = []
    troubles: list[tuple[int | None, Trouble]] = []
    for community in sorted({row.community_code for row in rows}):
        own = [row for row in rows if row.community_code == community]
        plan, found = _draft(unit, community, own, rules)
        troubles += found
        if plan is not None:
            by_name = {row.name: row.code for row in own}
            names = plan.grids["name"].tolist()
            refs = [by_name.get(name) or f"{community} {name}" for name in names]
            parts.append(
                plan.grids[["name", "kind", "geometry"]].assign(ref=refs, code=refs, community_code=community)
            )
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True) if parts else None), troubles


def plan_words(unit: Reading, plan_id: int, rows: Sequence[GridWords]) -> tuple[Distribute, list[Words]]:
    """Words of a plan's grids as one edit: the cells they mean that are in another grid now, and what could not be placed.

    A row names its grid by code or name. Raises `NotFoundError` for one the plan does not have.
    """
    plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    grids = read_grids(unit, plan_ids=[plan_id])
    codes = {str(code): str(code) for code in grids["code"]}
    codes |= {str(name): str(code) for code, name in zip(grids["code"], grids["name"], strict=True)}
    asked = [codes.get(row.code or "") or codes.get(row.name or "") for row in rows]
    for row, code in zip(rows, asked, strict=True):
        if code is None:
            raise NotFoundError(
                f"row {row.row}: plan {plan_id} has no grid {row.code or row.name}",
                f"第 {row.row} 行：方案 {plan_id} 中没有网格 {row.code or row.name}",
            )
    stored = read_cells(unit, str(plan.community_code), cell_set_id=int(plan.cell_set_id))
    register = register_of(unit, str(plan.community_code))
    placed = place([row.text for row in rows], register, [row.bounds for row in rows])
    label_of = dict(zip(grids["code"], grids["label"].astype(int), strict=True))
    now = read_labels(unit, plan_id)
    refs = stored.cells["building_ref"].astype(object)
    owner = dict(zip(register.buildings["ref"], placed.owner.tolist(), strict=True))
    wanted: dict[str, str] = {}
    for at, (number, ref) in enumerate(zip(stored.cells["cell"], refs, strict=True)):
        by = placed.cells.get(int(number), owner.get(ref, -1) if isinstance(ref, str) else -1)
        code = asked[by] if by >= 0 else None
        if code is not None and label_of[code] != int(now[at]):
            wanted[str(int(number))] = code
    said = [
        Words(
            (f"row {rows[one.grid].row}: " if one.grid >= 0 else "") + f"{one.value}: {one.reason.en}",
            (f"第 {rows[one.grid].row} 行：" if one.grid >= 0 else "") + f"“{one.value}”{one.reason.zh}",
        )
        for one in placed.troubles
        if one.rule != "words-nobody"
    ]
    return Distribute(cells=wanted), said


def _draft(
    unit: Reading, code: str, rows: Sequence[GridWords], rules: Rules
) -> tuple[NewPlan | None, list[tuple[int | None, Trouble]]]:
    stored = read_cells(unit, code)
    register = register_of(unit, code)
    placed = place([row.text for row in rows], register, [row.bounds for row in rows])
    troubles = [(rows[one.grid].row if one.grid >= 0 else None, one) for one in placed.troubles]
    owner = dict(zip(register.buildings["ref"], placed.owner.tolist(), strict=True))
    filled = fill(stored.cells, stored.edges, owner, placed.cells)
    if (filled < 0).any():
        words = Words(
            f"no words of community {code} could be placed; no draft was made of it",
            f"社区 {code} 的文字均无法落到楼栋上，未生成方案",
        )
        return None, [*troubles, (None, Trouble(-1, "words-unplaced", code, words))]
    used, labels = np.unique(filled, return_inverse=True)
    troubles += _without_cells(rows, used)
    troubles += _other_households(rows, filled, stored)
    drawn = pd.DataFrame(
        {
            "label": np.arange(len(used)),
            "ref": [str(rows[int(row)].row) for row in used],
            "code": pd.array([rows[int(row)].code for row in used], dtype=object),
            "name": pd.array([rows[int(row)].name for row in used], dtype=object),
            "kind": [rows[int(row)].kind for row in used],
        }
    )
    base = latest_published(unit, code)
    base_id = None if base is None else int(base.id)
    grids = make_grids(
        stored.cells,
        labels,
        community_code=code,
        rules=rules,
        previous=read_grids(unit, plan_ids=[] if base_id is None else [base_id]),
        taken=frozenset(codes_ever_used(unit, code)),
        drawn=drawn,
    )
    score = evaluate(Problem.from_cells(stored.cells, stored.edges, rules, name=code), labels)
    plan = NewPlan(
        community_code=code,
        cell_set_id=stored.cell_set_id,
        base_plan_id=base_id,
        labels=labels.astype(np.int64),
        grids=grids,
        rules=rules,
        origin=ADOPTED,
        score=asdict(score),
        notes=tuple(dict.fromkeys(trouble.reason for _, trouble in troubles)),
    )
    return plan, troubles


def _without_cells(rows: Sequence[GridWords], used: NDArray[np.int64]) -> list[tuple[int | None, Trouble]]:
    there = set(used.tolist())
    words = Words(
        "nothing of this grid could be placed; it is not in the draft",
        "该网格的文字均未落到楼栋上，方案中没有该网格",
    )
    return [
        (row.row, Trouble(at, "words-empty", row.name or row.code or row.text[:40], words))
        for at, row in enumerate(rows)
        if at not in there
    ]


def _other_households(
    rows: Sequence[GridWords], filled: NDArray[np.int64], stored: StoredCells
) -> list[tuple[int | None, Trouble]]:
    """Grids whose stated households are not those of the buildings their words mean."""
    counted = np.bincount(filled, weights=stored.cells["households"].to_numpy(float), minlength=len(rows))
    troubles: list[tuple[int | None, Trouble]] = []
    for at, row in enumerate(rows):
        if row.households is None:
            continue
        off = abs(int(counted[at]) - row.households)
        if off >= _HOUSEHOLDS_LEAST and off > _HOUSEHOLDS_OFF * row.households:
            words = Words(
                f"{row.households:,} households are stated, the buildings named have {int(counted[at]):,}",
                f"表中写 {row.households:,} 户，所写楼栋共 {int(counted[at]):,} 户",
            )
            troubles.append((row.row, Trouble(at, "words-households", str(row.households), words)))
    return troubles
