"""Stored plans side by side: figures under their rules, what moves between them, their place among random plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError, Words
from geo.partition.carve import carve
from geo.partition.problem.figures import PlanFigures, plan_figures
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.partition.sample import places, sample_plans
from geo.partition.solve import best
from geo.plans.codes import crosswalk, overlap_table
from geo.plans.grids import owner_codes
from geo.plans.overlaps import moved_households
from geo.plans.rules import Rules
from layers.plans.cells import StoredCells, read_cells
from layers.plans.lineage import labels_over
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.today import read_today
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading

ORIGINS = {"adopted": Words("drawn", "手工绘制"), "partition": Words("generated", "自动划分")}


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One plan among others."""

    plan_id: int
    title: Words
    figures: PlanFigures
    """Exclusive and locked grids count in none of them."""
    places: dict[str, float]
    """The share of random plans it is better than, by figure; empty without a sample."""
    sampled: int
    """Random plans it was compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class _Stored:
    plan_id: int
    title: Words
    rules: Rules
    stored: StoredCells
    labels: NDArray[np.int64]
    grids: gpd.GeoDataFrame
    today: NDArray[np.int64] | None


def compare_plans(
    store: Store, viewer: Viewer, plan_ids: Sequence[int], *, sample: int = 0, seed: int = 1
) -> list[Compared]:
    """Plans of one community with their figures under the rules of the first, in the order given.

    `sample` random plans with as many grids, within the same rules, put each in its place. Raises `InputError` when
    plans are of different communities.
    """
    found = _read(store, viewer, plan_ids)
    rules = found[0].rules
    return [_compared(plan, rules, sample=sample, seed=seed) for plan in found]


def changes(store: Store, viewer: Viewer, before: int, after: int) -> tuple[int, pd.DataFrame]:
    """From one plan to another of the same community: households that move, and the old-to-new code list.

    Columns as `geo.plans.codes.crosswalk`. Where the plans have different cells, those of `after` count.
    """
    one, other = _read(store, viewer, [before, after])
    cells = other.stored.cells
    owners = owner_codes(cells, one.grids)
    with store.reading(viewer) as unit:
        own = labels_over(unit, one.labels, one.stored.cell_set_id, other.stored.cell_set_id)
    if own is not None:
        known = dict(zip(one.grids["label"].astype(int), one.grids["code"], strict=True))
        owners = np.array([known[int(label)] for label in own], dtype=object)
    table = overlap_table(other.labels, owners, households=cells["households"], area_m2=cells["area_m2"])
    codes = dict(zip(other.grids["label"].astype(int), other.grids["code"], strict=True))
    old, _ = pd.factorize(pd.Series(owners, dtype="str"))
    moved = moved_households(old, other.labels, cells["households"].to_numpy())
    return moved, crosswalk(table, codes)


def _read(store: Store, viewer: Viewer, plan_ids: Sequence[int]) -> list[_Stored]:
    with store.reading(viewer) as unit:
        plans = read_plans(unit, plan_ids=plan_ids)
        codes = sorted(set(plans["community_code"]))
        if len(codes) > 1:
            raise InputError(
                f"plans of one community can be compared, these are of {', '.join(codes)}",
                f"只能比较同一社区的方案，这些方案属于 {'、'.join(codes)}",
            )
        rows = {int(row.id): row for row in plans.itertuples()}
        return [_stored(unit, rows[int(plan_id)]) for plan_id in plan_ids]


def _stored(unit: Reading, plan: object) -> _Stored:
    row = pd.Series(plan._asdict())  # type: ignore[attr-defined]
    stored = read_cells(unit, row["community_code"], cell_set_id=int(row["cell_set_id"]))
    today = read_today(unit, row["community_code"], stored).today
    title = row["title"]
    words = Words(*title) if isinstance(title, list) else ORIGINS.get(row["origin"], Words("", ""))
    return _Stored(
        int(row["id"]),
        words,
        Rules.from_dict(row["rules"]),
        stored,
        read_labels(unit, int(row["id"])),
        read_grids(unit, plan_ids=[int(row["id"])]),
        None if today is None else today.labels,
    )


def _compared(plan: _Stored, rules: Rules, *, sample: int, seed: int) -> Compared:
    cells = plan.stored.cells
    problem = Problem.from_cells(cells, plan.stored.edges, rules, current=plan.today)
    aside = (plan.grids["kind"] == "exclusive") | plan.grids["code"].isin(rules.locked)
    carved = carve(problem, plan.labels, plan.grids.loc[aside, "label"].astype(int).tolist())
    rest = problem if carved.rest is None else carved.rest
    labels = plan.labels if carved.rest is None else plan.labels[carved.cells]
    households = cells["households"].to_numpy(dtype=np.int64)
    if carved.rest is not None:
        households = households[carved.cells]
    figures = plan_figures(rest, labels, households=households)
    if not sample:
        return Compared(plan.plan_id, plan.title, figures, {}, 0)
    start = labels
    if not evaluate(rest, labels).feasible:
        start = best(replace(rest, k=figures.grids), seed=seed, time_limit_s=5.0).labels
    others = [
        plan_figures(rest, one, households=households)
        for one in sample_plans(rest, start, count=sample, seed=seed)
    ]
    return Compared(plan.plan_id, plan.title, figures, places(figures, others), len(others))
