"""Draft plans by the partition engine: cells and rules in, one draft per community out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.errors import ConflictError, NotFoundError, WanggeError, Words
from geo.partition.explain import reasons
from geo.partition.problem import Problem
from geo.partition.score import Score
from geo.partition.solve import best
from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from layers.cells import StoredCells, read_cells
from layers.plans import NewPlan, codes_ever_used, latest_published, read_grids, save_draft
from layers.regions import community_codes, read_communities
from layers.rights.viewer import Viewer
from layers.steps import Step, executor, in_parallel
from layers.store.database import Store


@dataclass(frozen=True, slots=True)
class _Job:
    code: str
    name: str
    stored: StoredCells
    base_plan_id: int | None
    previous: gpd.GeoDataFrame
    taken: frozenset[str]
    rules: Rules
    seed: int
    time_limit_s: float


@dataclass(frozen=True, slots=True)
class _Drawn:
    labels: NDArray[np.int64]
    grids: gpd.GeoDataFrame
    score: Score
    notes: tuple[Words, ...]


def _draw(job: _Job) -> _Drawn:
    problem = Problem.from_cells(job.stored.cells, job.stored.edges, job.rules, name=job.code)
    solution = best(problem, seed=job.seed, time_limit_s=job.time_limit_s)
    grids = make_grids(
        job.stored.cells,
        solution.labels,
        community_code=job.code,
        rules=job.rules,
        previous=job.previous,
        taken=job.taken,
    )
    return _Drawn(solution.labels, grids, solution.score, reasons(problem))


def draw_plans(
    store: Store,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    rules: Rules,
    seed: int = 1,
    time_limit_s: float = 10.0,
    actor: str,
    now: datetime,
    workers: int = 1,
) -> Iterator[Step]:
    """Draw a draft plan for each community and keep it, one step per community.

    `codes` are prefixes of community codes; None takes all. `time_limit_s` bounds the search of each community.
    A community without cells is a failed step and stops nobody else.
    """
    with store.read() as conn:
        wanted = community_codes(conn, viewer, prefixes=codes)
        names = dict(read_communities(conn, viewer, codes=wanted)[["code", "name"]].itertuples(index=False))
    done, missing = 0, {}

    def jobs() -> Iterator[_Job]:
        for code in wanted:
            try:
                yield _job(store, viewer, code, names[code], rules, seed, time_limit_s)
            except NotFoundError as error:
                missing[code] = error.words

    with executor(workers) as pool:
        for job, drawn in in_parallel(pool, _draw, jobs(), ahead=2 * workers):
            done += 1
            if isinstance(drawn, WanggeError):
                yield Step(job.code, job.name, done, len(wanted), error=drawn.words)
                continue
            try:
                with store.begin() as conn:
                    plan_id = save_draft(conn, _new_plan(job, drawn), author=actor, now=now)
            except ConflictError as error:
                yield Step(job.code, job.name, done, len(wanted), error=error.words)
                continue
            figures = {
                "plan_id": plan_id,
                "grids": drawn.score.grids,
                "lower_bound": drawn.score.lower_bound,
                "over": drawn.score.over,
                "under": drawn.score.under,
                "complexes_split": drawn.score.complexes_split,
                "households": int(drawn.grids["households"].sum()),
            }
            yield Step(job.code, job.name, done, len(wanted), figures, drawn.notes)
    for code, why in missing.items():
        done += 1
        yield Step(code, names[code], done, len(wanted), error=why)


def _job(
    store: Store, viewer: Viewer, code: str, name: str, rules: Rules, seed: int, time_limit_s: float
) -> _Job:
    with store.read() as conn:
        stored = read_cells(conn, viewer, code)
        base = latest_published(conn, code)
        base_id = None if base is None else int(base.id)
        previous = read_grids(conn, viewer, plan_ids=[] if base_id is None else [base_id])
        return _Job(
            code,
            name,
            stored,
            base_id,
            previous,
            frozenset(codes_ever_used(conn, code)),
            rules,
            seed,
            time_limit_s,
        )


def _new_plan(job: _Job, drawn: _Drawn) -> NewPlan:
    return NewPlan(
        community_code=job.code,
        cell_set_id=job.stored.cell_set_id,
        base_plan_id=job.base_plan_id,
        labels=drawn.labels,
        grids=drawn.grids,
        rules=job.rules,
        origin="partition",
        score=asdict(drawn.score),
        notes=drawn.notes,
    )
