"""Residents matched to buildings as a job, in one part: what was found is written when all is done."""

from __future__ import annotations

from typing import Any

from api.jobs.bench import Bench
from geo.errors import NotAllowedError, Words
from layers.jobs.ledger import Job
from layers.jobs.worker import Came
from layers.people.resident_matches import match_residents


def plan(bench: Bench, job: Job) -> list[str]:  # noqa: ARG001
    """One part. Raises `NotAllowedError` for somebody who does not see everything: a record nobody has placed yet is in
    nobody's area."""
    if not job.viewer.sees_everything:
        raise NotAllowedError(
            "matching looks at all residents; it needs a grant for everywhere",
            "人房关联涉及全部居民，需要全部范围的授权",
        )
    return ["match"]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  what was matched stays so
    """Match. Raises as `layers.people.resident_matches.match_residents`."""
    steps = match_residents(
        bench.store,
        job.viewer,
        everything=job.wanted["everything"],
        actor=job.actor,
        now=job.asked_at,
    )
    for step in steps:
        bench.say(step.name)
    found = step.figures
    return {
        "looked": found.looked_at,
        "matched": found.matched,
        "ambiguous": found.ambiguous,
        "none": found.none,
    }


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:  # noqa: ARG001
    """The figures."""
    (one,) = came
    return Came(
        (
            Words(
                f"{one['looked']:,} records looked at: {one['matched']:,} matched, {one['ambiguous']:,} ambiguous, "
                f"{one['none']:,} not found",
                f"本次匹配 {one['looked']:,} 条：成功 {one['matched']:,}，多个候选 {one['ambiguous']:,}，"
                f"未找到 {one['none']:,}",
            ),
        )
    )
