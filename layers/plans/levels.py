"""Levels of stored plans: micro-grids and building groups inside their grids, branches over them; drawn, kept, read.

A unit is kept with its number alone; code and name follow from the grids of its plan, so they stay true when the plan
is published under other codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.cells.totals import spread
from geo.errors import ConflictError, EmptyLayerError, WanggeError, Words
from geo.partition.levels import divide, nested, unite
from geo.partition.problem.problem import Problem
from geo.plans.levels import Level
from geo.plans.outline import outline
from geo.plans.rules import Rules
from geo.plans.sizes import cell_people
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities
from layers.plans.cells import StoredCells, read_cells
from layers.plans.plans import newest_plan_ids, read_grids, read_labels, read_plans
from layers.plans.stairs import Tower, by_unit, divided_words, towers
from layers.plans.states import SEALED
from layers.rights.viewer import Viewer
from layers.runs.steps import Step, attempt, each
from layers.store import planning_tables as p
from layers.store.database import Store
from layers.store.unit import Writing


@dataclass(frozen=True, slots=True)
class Leveled:
    """What came of drawing a level of one plan."""

    plan_id: int
    units: int
    outside: int
    """Units with households that are outside the bounds."""


@dataclass(frozen=True, slots=True)
class _Job:
    plan_id: int
    code: str
    name: str
    stored: StoredCells
    grids: NDArray[np.int64]
    grid_codes: dict[int, str]
    buildings: gpd.GeoDataFrame
    told: dict[str, dict[str, int]]
    """Households by unit of buildings above the bound, as matched residents tell."""
    level: Level
    rules: Rules
    seed: int
    time_limit_s: float


@dataclass(frozen=True, slots=True)
class _Made:
    labels: NDArray[np.int64]
    units: gpd.GeoDataFrame
    parts: pd.DataFrame
    """The micro-grids inside single buildings, by the label of the unit that is the building."""
    outside: int
    notes: tuple[Words, ...]


def draw_level(
    store: Store,
    viewer: Viewer,
    *,
    level: Level,
    rules: Rules,
    plan_ids: Iterable[int] | None = None,
    codes: Sequence[str] | None = None,
    seed: int = 1,
    time_limit_s: float = 1.0,
    actor: str,
    now: datetime,
    workers: int = 1,
    scheduler: str | None = None,
) -> Iterator[Step[Leveled]]:
    """Draw one level of plans and keep it in place of what it was, one step per plan.

    Without `plan_ids`, the newest plan of each community (of `codes`). `rules` hold the bounds of a unit. For micro-grids
    a building above the bound is divided inside: by its units (单元), then floors.
    `time_limit_s` bounds the search of each grid, or of each community for branches. Raises `EmptyLayerError` when
    there is no plan.
    """
    with store.reading(viewer) as unit:
        ids = list(plan_ids) if plan_ids is not None else newest_plan_ids(unit, codes=codes)
        plans = read_plans(unit, codes=codes, plan_ids=ids)
        names = read_communities(unit).set_index("code")["name"]
    if plans.empty:
        raise EmptyLayerError(
            "there are no plans to draw levels of; run wangge partition",
            "还没有方案可分级；请先运行 wangge partition",
        )

    def job_of(plan: Any) -> _Job:
        code = str(plan.community_code)
        if plan.state in SEALED:
            raise ConflictError(
                f"plan {plan.id} is published, and its levels with it; make a draft of it with wangge plan copy {plan.id}, "
                "draw the level there and publish that",
                f"方案 {plan.id} 已发布，其分级不能再改；请用 wangge plan copy {plan.id} 复制为草稿，划分后再发布",
            )
        with store.writing(
            viewer, actor=actor, now=now
        ) as unit:  # what residents tell is read, which is recorded
            stored = read_cells(unit, code, cell_set_id=int(plan.cell_set_id))
            grids = read_grids(unit, plan_ids=[plan.id])
            labels = read_labels(unit, plan.id)
            buildings = read_buildings(unit, codes=[code]).set_index("ref", drop=False)
            large = stored.cells[stored.cells["households"] > rules.max_households]["building_ref"].dropna()
            inside = sorted(large) if level is Level.MICRO else []
            told = by_unit(unit, inside, community_code=code)
        known = {int(label): str(c) for label, c in zip(grids["label"], grids["code"], strict=True)}
        name = str(names[code])
        return _Job(
            int(plan.id), code, name, stored, labels, known, buildings.loc[buildings.index.isin(inside)], told, level,
            rules, seed, time_limit_s,
        )  # fmt: skip

    def jobs() -> Iterator[_Job | Step[Leveled]]:
        for plan in plans.itertuples():
            code = str(plan.community_code)
            job = attempt(partial(job_of, plan))
            if isinstance(job, WanggeError):
                yield Step(code, str(names[code]), 0, 0, error=job.words)
            else:
                yield job

    def keep(job: _Job, made: _Made) -> Step[Leveled]:
        with store.writing(viewer, actor=actor, now=now) as unit:
            _keep(unit, job, made)
        units = len(made.units) - made.parts["label"].nunique() + len(made.parts)
        return Step(job.code, job.name, 0, 0, Leveled(job.plan_id, units, made.outside), made.notes)

    return each(_make, jobs(), keep, total=len(plans), workers=workers, scheduler=scheduler)


def _make(job: _Job) -> _Made:
    cells = job.stored.cells
    problem = Problem.from_cells(cells, job.stored.edges, job.rules, name=job.code)
    refs = [None if pd.isna(ref) else str(ref) for ref in cells["building_ref"]]
    inside = towers(problem, refs, job.buildings, job.told)
    if job.level.inside:
        found = divide(problem, job.grids, alone=sorted(inside), seed=job.seed, time_limit_s=job.time_limit_s)
    else:
        found = unite(problem, job.grids, seed=job.seed, time_limit_s=job.time_limit_s)
    parts = _parts(cells, found.labels, inside)
    sizes = np.bincount(found.labels, problem.households)
    sizes = np.append(np.delete(sizes, parts["label"].unique()), parts["households"])
    outside = int(((sizes < problem.lo) | (sizes > problem.hi))[sizes > 0].sum())
    notes = [
        words
        if grid < 0
        else Words(f"{job.grid_codes[grid]}: {words.en}", f"{job.grid_codes[grid]}：{words.zh}")
        for grid, words in found.notes
    ]
    if inside:
        notes.insert(0, divided_words(inside))
    return _Made(found.labels, _units(job, found.labels, parts), parts, outside, tuple(notes))


def _parts(cells: gpd.GeoDataFrame, labels: NDArray[np.int64], inside: Mapping[int, Tower]) -> pd.DataFrame:
    """label, part, building_ref, units, floor_low, floor_high, households, people and basis of each part of a building."""
    heads = cell_people(cells)
    rows = []
    for cell, tower in inside.items():
        shares = np.array([part.households for part in tower.parts], dtype=np.float64)
        people = [None] * len(shares) if heads is None else spread(int(heads[cell]), shares).tolist()
        for number, (part, some) in enumerate(zip(tower.parts, people, strict=True), start=1):
            low, high = (None, None) if part.floors is None else part.floors
            row = (
                int(labels[cell]),
                number,
                tower.building_ref,
                list(part.units),
                low,
                high,
                part.households,
            )
            rows.append((*row, some, tower.basis))
    names = (
        "label",
        "part",
        "building_ref",
        "units",
        "floor_low",
        "floor_high",
        "households",
        "people",
        "basis",
    )
    frame = pd.DataFrame(rows, columns=list(names))
    whole = ("label", "part", "households")
    empty = ("floor_low", "floor_high", "people")
    return frame.astype(dict.fromkeys(whole, "int64") | dict.fromkeys(empty, "Int64"))


def _units(job: _Job, labels: NDArray[np.int64], parts: pd.DataFrame) -> gpd.GeoDataFrame:
    """label, sequence, grid_label, households, people, cells, grids and the outline of each unit. A building that is
    divided takes as many numbers as it has parts."""
    cells = job.stored.cells
    frame = pd.DataFrame({"label": labels, "grid": job.grids, "households": cells["households"].to_numpy()})
    people = cell_people(cells)
    frame["people"] = 0 if people is None else people
    groups = frame.groupby("label")
    table = groups.agg(
        households=("households", "sum"),
        people=("people", "sum"),
        cells=("grid", "size"),
        grids=("grid", "nunique"),
        grid_label=("grid", "first"),
    ).reset_index()
    if people is None:
        table["people"] = pd.array([None] * len(table), "Int64")
    if job.level.inside:
        taken = table["label"].map(parts.groupby("label").size()).fillna(1).astype("int64")
        table["sequence"] = taken.groupby(table["grid_label"]).cumsum() - taken + 1
    else:
        table["sequence"] = np.arange(len(table)) + 1
        table["grid_label"] = pd.array([None] * len(table), "Int64")
    return gpd.GeoDataFrame(
        outline(cells, labels)[["label", "geometry"]].merge(table, on="label"), crs=cells.crs
    )


def _keep(unit: Writing, job: _Job, made: _Made) -> None:
    if not nested(made.labels, job.grids) and not nested(job.grids, made.labels):
        raise ConflictError(
            f"plan {job.plan_id}: the units are not nested in its grids; draw the level again",
            f"方案 {job.plan_id}：分级结果未与网格嵌套；请重新划分",
        )
    unit.execute(
        p.level_units.delete().where(
            p.level_units.c.plan_id == job.plan_id, p.level_units.c.level == job.level
        )
    )
    fixed = {"plan_id": job.plan_id, "level": str(job.level)}
    unit.insert_frame(p.level_units, made.units, rules=job.rules.name[:40], **fixed)
    members = pd.DataFrame({"cell": np.arange(len(made.labels)), "label": made.labels})
    unit.insert_frame(p.level_cells, members, **fixed)
    unit.insert_frame(p.level_parts, made.parts, **fixed)
    unit.record(
        action="level",
        community_code=job.code,
        plan_id=job.plan_id,
        detail={"level": str(job.level), "units": len(made.units), "rules": job.rules.name}
        | ({"parts": len(made.parts)} if len(made.parts) else {}),
    )
