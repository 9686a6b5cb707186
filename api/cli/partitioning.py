"""`wangge partition`: draft plans for the communities of the store, or labels for one neutral instance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import (
    Communities,
    NetWeights,
    RulesFile,
    RulesName,
    Scheduler,
    Seed,
    TimeLimit,
    Workers,
    parse_nets,
    refuse_both,
)
from api.cli.shell import shell
from geo.errors import InputError
from geo.plans.families import DEFAULT_RULES
from geo.plans.goals import Goal
from geo.plans.levels import Level
from geo.plans.rules import Crossing
from layers.files.rule_files import read_rules


def partition(
    ctx: typer.Context,
    community: Communities = None,
    rules: RulesName = None,
    rules_file: RulesFile = None,
    level: Annotated[
        Level | None,
        typer.Option(help="为已有方案划分层级：微网格、楼栋党小组、网格党支部  A level of plans there are"),
    ] = None,
    plan: Annotated[
        list[int] | None,
        typer.Option(
            help="--level 的方案编号，可重复；默认各社区最新方案  Plans for --level; the newest by default"
        ),
    ] = None,
    grids: Annotated[
        int | None,
        typer.Option(min=1, help="希望的网格数（不计专属网格）  Wanted number of grids but exclusive ones"),
    ] = None,
    from_current: Annotated[
        bool,
        typer.Option("--from-current", help="尽量少调整现行网格  Move few households from today's grids"),
    ] = False,
    alternatives: Annotated[
        int, typer.Option(min=1, max=12, help="最多给出几个不同方案  Plans to choose from, at most")
    ] = 1,
    lock: Annotated[
        list[str] | None,
        typer.Option(help="锁定的现行网格编码或名称，可重复  Code or name of a grid that is to stay"),
    ] = None,
    unlock: Annotated[
        list[str] | None,
        typer.Option(
            help="解除锁定或专属的网格编码或名称，可重复  Code or name of a grid to unlock; an exclusive one is given up"
        ),
    ] = None,
    barriers: Annotated[
        Crossing | None, typer.Option(help="跨越道路水系：随意、有代价、禁止  Crossing roads and water")
    ] = None,
    net: NetWeights = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="略过条件未变、已有草稿的社区  Skip what was drawn from the same")
    ] = False,
    instance: Annotated[
        Path | None, typer.Option(help="中立格式实例  A neutral instance instead of the store")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="实例的标号文件  Labels of the instance, JSON")] = None,
    goal: Annotated[
        Goal | None,
        typer.Option(help="实例的优化目标；默认取实例所公布的指标，否则为 planning  Goal of the instance"),
    ] = None,
    time_limit: TimeLimit = 10.0,
    seed: Seed = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Draw a draft plan for each community, or solve one neutral instance."""
    run = shell(ctx)
    if (instance is None) != (out is None):
        raise InputError("--instance and --out go together", "--instance 与 --out 须同时给出")
    if instance is not None and out is not None:
        given = {"--community": community, "--grids": grids, "--lock": lock, "--net": net, "--resume": resume}
        _refuse(given | {"--level": level, "--rules": rules}, "--instance")
        # what solves takes seconds to load, so what cannot be done is said before
        from api.cli.instances import solve_instance

        solve_instance(run, instance, out, goal=goal, seed=seed, time_limit_s=time_limit)
        return
    if goal is not None:
        raise InputError("--goal goes with --instance", "--goal 须与 --instance 同用")
    refuse_both(workers, scheduler)
    book = read_rules(rules_file, home=run.settings.home)
    if level is not None:
        given = {"--grids": grids, "--lock": lock, "--unlock": unlock, "--net": net, "--resume": resume}
        _refuse(given | {"--from-current": from_current, "--barriers": barriers}, "--level")
        chosen = book.find(rules or str(level)).other
        from api.cli.levelling import LEVEL_LIMIT_S, draw_levels

        limit = min(time_limit, LEVEL_LIMIT_S) if level.inside else time_limit
        draw_levels(
            run,
            level,
            chosen,
            community,
            plan,
            seed=seed,
            time_limit_s=limit,
            workers=workers,
            scheduler=scheduler,
        )
        return
    if plan:
        raise InputError("--plan goes with --level only", "--plan 只能与 --level 同用")
    family = book.find(rules or DEFAULT_RULES)
    from api.cli.drawing import draw, report_drawn, with_barriers
    from geo.partition.ask import Ask
    from layers.plans.drawing import Locks

    ask = Ask(seed, time_limit, grids, from_current, alternatives, tuple(parse_nets(net).items()))
    with run.store() as store:
        done = draw(
            run,
            store,
            community,
            with_barriers(family, barriers),
            ask,
            locks=Locks(tuple(lock or ()), tuple(unlock or ())),
            resume=resume,
            workers=workers,
            scheduler=scheduler,
        )
    if report_drawn(run, done, family.name):
        raise typer.Exit(1)


def _refuse(given: Mapping[str, object], beside: str) -> None:
    for name, value in given.items():
        if value:
            raise InputError(f"{name} does not go with {beside}", f"{name} 不能与 {beside} 同用")
