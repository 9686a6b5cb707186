"""`wangge partition --level`: micro-grids and building groups inside the grids of plans, branches over them."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from api.cli.options import workers_for
from api.cli.progress import follow, report
from api.cli.shell import Shell
from geo.plans.levels import Level
from geo.plans.rules import Rules
from layers.ground.regions import community_codes
from layers.plans.levels import draw_level
from layers.rights.viewer import OPERATOR

LEVEL_LIMIT_S = 1.0
"""Most seconds of search for the units of one grid."""


def draw_levels(
    run: Shell,
    level: Level,
    rules: Rules,
    community: Sequence[str] | None,
    plans: Sequence[int] | None,
    *,
    seed: int,
    time_limit_s: float,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Draw one level of plans, showing how far it is, and say what came of it."""
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            codes = community_codes(unit, prefixes=community)
        steps = draw_level(
            store,
            OPERATOR,
            level=level,
            rules=rules,
            plan_ids=plans,
            codes=codes if community else None,
            seed=seed,
            time_limit_s=time_limit_s,
            actor=run.actor,
            now=run.now,
            workers=workers_for(len(codes), workers),
            scheduler=scheduler,
        )
        done = follow(run, steps, en="Units", zh="分级")
    failed = report(run, done)
    good = [step for step in done if step.error is None]
    units, outside = sum(s.figures.units for s in good), sum(s.figures.outside for s in good)
    run.say(
        f"{units:,} units of level {level} ({level.words.en}) in {len(good)} plans under {rules.name}, nested in their "
        f"grids; {outside} outside {rules.min_households}-{rules.max_households}; export with wangge export grids "
        f"--level {level}",
        f"按规则 {rules.name} 在 {len(good)} 个方案中划出{level.words.zh} {units:,} 个，与网格逐级嵌套；"
        f"{outside} 个不在 {rules.min_households}–{rules.max_households} 之内；用 wangge export grids --level {level} 导出",
    )
    if failed:
        raise typer.Exit(1)
