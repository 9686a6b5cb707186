"""Today's grids as somebody drew them, adopted as draft plans: the drawing is imperfect, the plan is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.conform import conform
from geo.errors import Fault, FrameError, WanggeError, Words
from geo.frames import GRIDS
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import Score, evaluate
from geo.plans.adopt import adopt
from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from geo.topology import largest_share
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities
from layers.plans.cells import StoredCells, read_cells
from layers.plans.nets import keep_net
from layers.plans.plans import ADOPTED, NewPlan, codes_ever_used, latest_published, read_grids, save_draft
from layers.rights.viewer import Viewer
from layers.runs.steps import steadily
from layers.store.database import Store
from layers.store.unit import Reading, Writing

FINDINGS = ("community_code", "rule", "ref", "value", "reason")


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of drawn grids."""

    plan_ids: tuple[int, ...]
    scores: tuple[Score, ...]
    """The figures of each plan under the rules, in the order of `plan_ids`."""
    findings: pd.DataFrame
    """Columns `FINDINGS`: what the drawing left open or contradicted, and what was decided."""


Kept = Callable[[Writing, Sequence[int]], Mapping[str, Any]]
"""Told the numbers of drafts in the transaction that makes them; answers what the history should say besides."""


@dataclass(frozen=True, slots=True)
class _Job:
    code: str
    drawn: gpd.GeoDataFrame
    stored: StoredCells
    buildings: gpd.GeoDataFrame
    base_plan_id: int | None
    previous: gpd.GeoDataFrame
    taken: frozenset[str]
    rules: Rules


def adopt_grids(
    store: Store,
    viewer: Viewer,
    frame: gpd.GeoDataFrame,
    *,
    rules: Rules,
    source: str,
    actor: str,
    now: datetime,
    workers: int = 1,
    kept: Kept | None = None,
) -> Adoption:
    """Keep drawn grids (contract `grids`, EPSG:4490) as one draft plan per community they lie in.

    A grid belongs to the community it names, else to the one that holds most of it. Names, kinds and codes that
    follow the rules' template are kept. `kept` is told the drafts in their transaction. All communities or none. Raises `FrameError` when a grid lies in no
    community, `NotFoundError` when a community has no cells yet.
    """
    with store.reading(viewer) as unit:
        placed = _placed(unit, conform(frame, GRIDS))
        jobs = [_job(unit, str(code), drawn, rules) for code, drawn in placed.groupby("community_code")]
    made: dict[str, tuple[NewPlan, Score, pd.DataFrame]] = {}
    for job, result in steadily(_adopt, jobs, workers=workers):
        if isinstance(result, WanggeError):
            raise result
        made[job.code] = result
    plans = [made[code] for code in sorted(made)]
    with store.writing(viewer, actor=actor, now=now) as unit:
        plan_ids = tuple(save_draft(unit, plan) for plan, _, _ in plans)
        detail: dict[str, Any] = {"source": source, "grids": len(frame), "plans": len(plan_ids)}
        unit.record(action="adopt", detail=detail | dict({} if kept is None else kept(unit, plan_ids)))
    findings = pd.concat([found for _, _, found in plans], ignore_index=True)
    return Adoption(plan_ids, tuple(score for _, score, _ in plans), findings)


def receive(
    store: Store,
    viewer: Viewer,
    frame: gpd.GeoDataFrame,
    *,
    rules: Rules,
    net: str | None,
    source: str,
    actor: str,
    now: datetime,
    kept: Kept | None = None,
) -> tuple[list[Words], list[Fault]]:
    """Imported grids become draft plans (`kept` is told which), or areas of the existing net `net`; what was done, and
    what the drawing left open. Raises as `adopt_grids` and `layers.plans.nets.keep_net` do."""
    if net is not None:
        return [keep_net(store, viewer, net, frame, source=source, actor=actor, now=now)], []
    adoption = adopt_grids(store, viewer, frame, rules=rules, source=source, actor=actor, now=now, kept=kept)
    plans, found = len(adoption.plan_ids), adoption.findings
    listed = [
        Fault(None, str(row.rule), f"{row.community_code} {row.ref} {row.value}".strip(), row.reason)
        for row in found.itertuples()
    ]
    words = Words(
        f"the grids became {plans} draft plans, with {len(listed)} remarks",
        f"网格已成为 {plans} 个方案草稿，有 {len(listed)} 条说明",
    )
    return [words], listed


def _placed(unit: Reading, drawn: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    known = read_communities(unit, codes=community_codes(unit))
    shares = largest_share(drawn.geometry.array, known.geometry.array)
    inside = np.where(shares.area >= 0, known["code"].to_numpy(dtype=object)[shares.area], None)
    stated = drawn["community_code"].where(drawn["community_code"].isin(known["code"]))
    codes = stated.astype(object).where(stated.notna(), pd.Series(inside, index=drawn.index))
    if codes.isna().any():
        raise FrameError(
            "grids",
            [
                Fault(
                    int(row) + 1,
                    "geometry",
                    str(drawn["ref"].iloc[row]),
                    Words(
                        "lies in no known community; import it first", "不在任何已有社区内；请先导入该社区"
                    ),
                )
                for row in np.flatnonzero(codes.isna())
            ],
        )
    return drawn.assign(community_code=codes.astype("str"))


def _job(unit: Reading, code: str, drawn: gpd.GeoDataFrame, rules: Rules) -> _Job:
    base = latest_published(unit, code)
    base_id = None if base is None else int(base.id)
    return _Job(
        code,
        drawn,
        read_cells(unit, code),
        read_buildings(unit, codes=[code]),
        base_id,
        read_grids(unit, plan_ids=[] if base_id is None else [base_id]),
        frozenset(codes_ever_used(unit, code)),
        rules,
    )


def _adopt(job: _Job) -> tuple[NewPlan, Score, pd.DataFrame]:
    cells, edges = job.stored.cells, job.stored.edges
    adopted = adopt(cells, edges, job.drawn, buildings=job.buildings)
    grids = make_grids(
        cells,
        adopted.labels,
        community_code=job.code,
        rules=job.rules,
        previous=job.previous,
        taken=job.taken,
        drawn=adopted.grids,
    )
    score = evaluate(Problem.from_cells(cells, edges, job.rules, name=job.code), adopted.labels)
    plan = NewPlan(
        community_code=job.code,
        cell_set_id=job.stored.cell_set_id,
        base_plan_id=job.base_plan_id,
        labels=adopted.labels,
        grids=grids,
        rules=job.rules,
        origin=ADOPTED,
        score=asdict(score),
        notes=tuple(adopted.notes["reason"]),
    )
    return plan, score, adopted.notes.assign(community_code=job.code)[list(FINDINGS)]
