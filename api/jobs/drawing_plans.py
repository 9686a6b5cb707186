"""Drafts of grids drawn as a job: one part a community."""

from __future__ import annotations

from typing import Any

from api.jobs.bench import Bench, named
from geo.errors import InputError, Words
from geo.partition.ask import Ask
from geo.plans.families import DEFAULT_RULES
from layers.files.rule_files import read_rules
from layers.ground.regions import community_codes
from layers.jobs.ledger import Job
from layers.jobs.worker import Came
from layers.plans.drawing import draw_plans


def plan(bench: Bench, job: Job) -> list[str]:
    """The communities. Raises `NotFoundError`; `InputError` for a number of grids of several, `RulesError`."""
    _rules(bench, job)
    with bench.store.reading(job.viewer) as unit:
        codes = community_codes(unit, prefixes=job.wanted["communities"])
    if job.wanted["grids"] is not None and len(codes) > 1:
        raise InputError(
            f"a number of grids is for one community, {len(codes)} are chosen",
            f"指定网格数只适用于一个社区，当前选中 {len(codes)} 个",
        )
    return codes


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:
    """Draw one; what a worker that died had kept already is not drawn twice. Raises what it failed with."""
    wanted = job.wanted
    ask = Ask(
        wanted["seed"],
        wanted["time_limit_s"],
        wanted["grids"],
        wanted["from_current"],
        wanted["alternatives"],
    )
    (step,) = draw_plans(
        bench.store,
        job.viewer,
        codes=[name],
        rules=_rules(bench, job),
        ask=ask,
        resume=again,
        actor=job.actor,
        now=job.asked_at,
    )
    if step.error is not None:
        return {"error": named(step.name, step.error), "part": name}
    drawn = step.figures
    notes = [named(step.name, note) for note in step.notes]
    return {
        "plan": drawn.plan_id,
        "grids": drawn.grids,
        "over": drawn.over,
        "under": drawn.under,
        "notes": notes,
    }


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:  # noqa: ARG001
    """The figures of all."""
    good = [one for one in came if "error" not in one]
    grids, over, under = (sum(one[name] for one in good) for name in ("grids", "over", "under"))
    said = Words(
        f"{grids:,} grids in {len(good)} draft plans; above the bounds {over}, below {under}",
        f"{len(good)} 个方案草稿共 {grids:,} 个网格；超上限 {over} 个，低于下限 {under} 个",
    )
    return Came((said, *(Words(*note) for one in good for note in one["notes"])))


def _rules(bench: Bench, job: Job) -> Any:
    return read_rules(None, home=bench.settings.home).find(job.wanted["rules"] or DEFAULT_RULES)
