"""Communities cut into cells as a job: one part each."""

from __future__ import annotations

from typing import Any

from api.jobs.bench import Bench, named
from geo.errors import Words
from layers.ground.regions import community_codes
from layers.imports.working import make_working_areas
from layers.jobs.ledger import Job
from layers.jobs.worker import Came
from layers.plans.cells import build_cells


def plan(bench: Bench, job: Job) -> list[str]:
    """The communities. Raises `NotFoundError` for a prefix without one."""
    if job.viewer.sees_everything:
        make_working_areas(bench.store, job.viewer, actor=job.actor, now=job.asked_at)
    with bench.store.reading(job.viewer) as unit:
        return community_codes(unit, prefixes=job.wanted["communities"])


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  a set nobody uses is replaced
    """Cut one. Raises what it failed with."""
    (step,) = build_cells(
        bench.store,
        job.viewer,
        codes=[name],
        h3_resolution=job.wanted["h3"],
        actor=job.actor,
        now=job.asked_at,
    )
    if step.error is not None:
        return {"error": named(step.name, step.error), "part": name}
    cut = step.figures
    notes = [named(step.name, note) for note in step.notes]
    return {"cells": cut.cells, "households": cut.households, "estimated": cut.estimated, "notes": notes}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:  # noqa: ARG001
    """The figures of all."""
    good = [one for one in came if "error" not in one]
    cells, households = sum(one["cells"] for one in good), sum(one["households"] for one in good)
    said = Words(
        f"{cells:,} cells in {len(good)} communities, {households:,} households",
        f"{len(good)} 个社区共 {cells:,} 个基元，{households:,} 户",
    )
    return Came((said, *(Words(*note) for one in good for note in one["notes"])))
