"""Drawing plans of communities with their progress, and what came of it, for `partition` and `merge-nets`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.cli.options import (
    workers_for,
)
from api.cli.plan_tables import choice_table
from api.cli.progress import follow, report
from api.cli.shell import Shell
from geo.errors import InputError
from geo.partition.ask import Ask
from geo.plans.families import Family
from geo.plans.rules import Crossing
from layers.ground.regions import community_codes
from layers.plans.drawing import DraftFigures, Locks, draw_plans
from layers.plans.nets import require_nets
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store.database import Store


def draw(
    run: Shell,
    store: Store,
    community: list[str] | None,
    family: Family,
    ask: Ask,
    *,
    locks: Locks | None = None,
    resume: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> list[Step[DraftFigures]]:
    """Draw and keep plans, showing how far it is. Raises `InputError` for a number of grids of many communities."""
    with store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=community)
        require_nets(unit, dict(ask.nets))
    if ask.grids is not None and len(codes) > 1:
        raise InputError(
            f"--grids {ask.grids} is for one community, {len(codes)} are chosen; name one with --community",
            f"--grids {ask.grids} 只适用于一个社区，当前选中 {len(codes)} 个；请用 --community 指定一个",
        )
    steps = draw_plans(
        store,
        OPERATOR,
        codes=community,
        rules=family,
        ask=ask,
        locks=locks,
        resume=resume,
        actor=run.actor,
        now=run.now,
        workers=workers_for(len(codes), workers),
        scheduler=scheduler,
    )
    return follow(run, steps, en="Grids", zh="网格")


def report_drawn(run: Shell, done: Sequence[Step[DraftFigures]], rules: str) -> int:
    """Print what came of drawing. Returns how many communities failed."""
    failed = report(run, list(done))
    good = [step for step in done if step.error is None]
    drawn = [step.figures for step in good]
    again = sum(figures.again for figures in drawn)
    grids, over, under = (
        sum(f.grids for f in drawn),
        sum(f.over for f in drawn),
        sum(f.under for f in drawn),
    )
    split, stay = sum(f.complexes_split for f in drawn), sum(f.stay for f in drawn)
    moved = [figures.moved_households for figures in drawn]
    known = [number for number in moved if number is not None]
    run.say(
        f"{grids:,} grids in {len(good)} draft plans under {rules}; above the bounds {over}, below "
        f"{under}; complexes split {split}; kept as they are {stay}"
        + (f"; households moved {sum(known):,}" if known else "")
        + (f"; {again} drawn before and left alone" if again else ""),
        f"按规则 {rules} 得到 {len(good)} 个方案草稿、{grids:,} 个网格；超上限 {over} 个，低于下限 "
        f"{under} 个；被拆分小区 {split} 个；保留不动 {stay} 个"
        + (f"；调整 {sum(known):,} 户" if known else "")
        + (f"；{again} 个社区已有相同条件的草稿，未重做" if again else ""),
    )
    choosing = [step for step in good if len(step.figures.choice) > 1]
    if choosing:
        choice_table(run, choosing)
    return failed


def with_barriers(family: Family, barriers: Crossing | None) -> Family:
    """The family with every profile's barriers as asked for."""
    if barriers is None:
        return family
    changed: dict[str, Any] = {
        name: replace(rules, barriers=barriers)
        for name in ("other", "village", "mixed")
        if (rules := getattr(family, name)) is not None
    }
    return replace(family, **changed)
