"""Sheets to walk the outlines of a plan with, as a job: one part, one zip."""

from __future__ import annotations

from typing import Any

from api.answers.sheet_terms import make
from api.answers.walk_sheets import walk_jobs
from api.jobs.bench import Bench, keep_part, packed
from api.jobs.printing import pages
from geo.errors import Words
from layers.jobs.ledger import Job
from layers.jobs.worker import Came

ARCHIVE = "walk-sheets.zip"


def plan(bench: Bench, job: Job) -> list[str]:  # noqa: ARG001
    """One part: the plan."""
    return [str(job.wanted["plan"])]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  made anew as a whole
    """The sheets of a plan. Raises `NotFoundError` for one the viewer does not see, or a grid that is not in it."""
    sheets = list(
        walk_jobs(
            bench.store,
            job.viewer,
            int(name),
            grid_codes=job.wanted["grids"],
            made=bench.today(job),
            lang=job.lang,
            paper=job.wanted["paper"],
            kind="pdf",
            producer=job.wanted["producer"],
        )
    )
    files = (file for made in bench.each(make, sheets) for file in pages(made, "pdf"))
    keep_part(bench, job, name, files)
    return {"sheets": len(sheets)}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:
    """All of them in one zip."""
    (one,) = came
    said = Words(f"{one['sheets']} sheets to walk with", f"{one['sheets']} 张踏勘图，已打包")
    return Came((said,), packed(bench, job, ARCHIVE))
