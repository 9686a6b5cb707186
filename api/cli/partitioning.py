"""`wangge partition`: draft plans for the communities of the store, or labels for one neutral instance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.levelling import LEVEL_LIMIT_S, draw_levels
from api.cli.options import (
    DEFAULT_RULES,
    Communities,
    NetWeights,
    RulesFile,
    RulesName,
    Scheduler,
    Seed,
    TimeLimit,
    Workers,
    refuse_both,
    workers_for,
)
from api.cli.plan_tables import choice_table
from api.cli.progress import follow, report
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from geo.partition.ask import Ask
from geo.partition.explain import reasons, violations
from geo.partition.quality import quality
from geo.partition.solve import Solution, solve
from geo.plans.families import Family
from geo.plans.goals import Goal
from geo.plans.levels import Level
from geo.plans.rules import Crossing
from layers.files.instances import read_instance, write_labels
from layers.files.rule_files import read_rules
from layers.ground.regions import community_codes
from layers.plans.drawing import DraftFigures, Locks, draw_plans
from layers.plans.nets import require_nets
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store.database import Store


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
        list[str] | None, typer.Option(help="锁定的现行网格编码，可重复  Code of a grid that is to stay")
    ] = None,
    unlock: Annotated[
        list[str] | None, typer.Option(help="解除锁定的网格编码，可重复  Code of a grid to unlock")
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
        _solve_instance(run, instance, out, goal=goal, seed=seed, time_limit_s=time_limit)
        return
    if goal is not None:
        raise InputError("--goal goes with --instance", "--goal 须与 --instance 同用")
    refuse_both(workers, scheduler)
    book = read_rules(rules_file, home=run.settings.home)
    if level is not None:
        given = {"--grids": grids, "--lock": lock, "--unlock": unlock, "--net": net, "--resume": resume}
        _refuse(given | {"--from-current": from_current, "--barriers": barriers}, "--level")
        chosen = book.find(rules or str(level)).other
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


def parse_nets(given: Sequence[str] | None) -> dict[str, float]:
    """Nets by name with their weights, from `NAME=WEIGHT` or `NAME` (weight 1). Raises `InputError`.

    >>> parse_nets(["civil=2", "police"])
    {'civil': 2.0, 'police': 1.0}
    """
    found: dict[str, float] = {}
    for text in given or ():
        name, has_weight, weight = text.partition("=")
        try:
            found[name] = float(weight) if has_weight else 1.0
        except ValueError:
            raise InputError(
                f"--net {text}: write NAME=WEIGHT, such as police=2",
                f"--net {text}：应写作 名称=权重，例如 police=2",
            ) from None
    return found


def _refuse(given: Mapping[str, object], beside: str) -> None:
    for name, value in given.items():
        if value:
            raise InputError(f"{name} does not go with {beside}", f"{name} 不能与 {beside} 同用")


def _solve_instance(
    run: Shell, instance: Path, out: Path, *, goal: Goal | None, seed: int, time_limit_s: float
) -> None:
    problem = read_instance(instance, goal=goal)
    writable(out)
    *_, found = _told(run, solve(problem, seed=seed, time_limit_s=time_limit_s))
    write_labels(out, found.labels)
    for words in (*reasons(problem), *found.reasons, *violations(problem, found.labels)):
        run.complain(words.text(run.lang))
    score = found.score
    run.line(quality(problem, found).words().text(run.lang))
    run.say(
        f"{score.grids} grids (at least {found.fewest}), above the bounds {score.over}, below {score.under}, "
        f"cut {score.cut_length_m:,.0f} m → {out}",
        f"{score.grids} 个网格（下界 {found.fewest}），超上限 {score.over} 个，低于下限 {score.under} 个，"
        f"内部边界 {score.cut_length_m:,.0f} 米 → {out}",
    )


def _told(run: Shell, solutions: Iterator[Solution]) -> Iterator[Solution]:
    """The solutions, each told on a terminal as it comes."""
    for solution in solutions:
        if run.err.is_terminal:
            score = solution.score
            run.complain(
                f"{solution.seconds:6.1f} s  {score.grids}  ±{score.violation}  {score.cut_length_m:,.0f} m"
            )
        yield solution
