"""The papers of redraws as a job: one part a plan, and one zip."""

from __future__ import annotations

from typing import Any

from api.answers.papers import Terms, make_papers, papers_jobs
from api.jobs.bench import Bench, keep_part, packed
from geo.errors import EmptyLayerError, WanggeError, Words
from layers.files.archives import Packed
from layers.ground.regions import community_codes
from layers.jobs.ledger import Job
from layers.jobs.worker import Came
from layers.plans.plans import newest_plan_ids, read_plans

ARCHIVE = "papers.zip"


def plan(bench: Bench, job: Job) -> list[str]:
    """The plans, by number. Raises `NotFoundError`; `EmptyLayerError` where there are none."""
    with bench.store.reading(job.viewer) as unit:
        codes = community_codes(unit, prefixes=job.wanted["communities"])
        wanted = job.wanted["plans"]
        if wanted is None:
            ids = newest_plan_ids(unit, codes=codes)
        else:
            ids = read_plans(unit, codes=codes, plan_ids=wanted)["id"].astype(int).tolist()
    if not ids:
        raise EmptyLayerError(
            "there are no plans to make papers of; draw some first", "还没有方案可出材料；请先划分网格"
        )
    return [str(one) for one in ids]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  made anew as a whole
    """The papers of one plan. Raises as `api.answers.papers`."""
    failed: list[tuple[str, Words]] = []
    terms = Terms(bench.today(job), job.lang, job.wanted["producer"], job.wanted["paper"])
    found = list(
        papers_jobs(
            bench.store, job.viewer, [int(name)], terms, failed=failed, actor=job.actor, now=job.asked_at
        )
    )
    if failed:
        raise WanggeError(*failed[0][1])
    made = make_papers(found[0])
    keep_part(bench, job, name, (Packed(f"{made.name}/{file.name}", file.content) for file in made.files))
    return {"files": len(made.files), "notes": [list(note) for note in made.notes]}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:
    """All of them in one zip."""
    good = [one for one in came if "error" not in one]
    file = packed(bench, job, ARCHIVE)
    said = Words(f"papers of {len(good)} plans", f"{len(good)} 个方案的材料，已打包")
    return Came((said, *dict.fromkeys(Words(*note) for one in good for note in one["notes"])), file)
