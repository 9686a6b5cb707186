"""Commands that make plans: rules, cells, partition, check, publish, history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Communities, Workers, workers_for
from api.cli.progress import follow, report
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, Words
from geo.partition.explain import reasons, violations
from geo.partition.problem import Goal
from geo.partition.quality import quality
from geo.partition.solve import Solution, solve
from geo.plans.rules import PROFILES, profile
from layers.cells import build_cells
from layers.checking import check_plans
from layers.drawing import draw_plans
from layers.files.instances import read_instance, write_labels
from layers.files.writers import write_table
from layers.history import read_history
from layers.plans import newest_plan_ids, read_plans
from layers.publishing import publish as publish_plans
from layers.regions import community_codes
from layers.rights.viewer import OPERATOR
from layers.steps import Step
from layers.working import make_working_areas

Seed = Annotated[int, typer.Option(min=0, help="随机种子  Seed of the search")]

_MOST_FINDINGS_SHOWN = 40
_MOST_NAMES_SHOWN = 3


def add_commands(app: typer.Typer) -> None:
    """Put this file's commands on `app`."""
    app.command("rules", help="列出划分规则  List the rule profiles")(list_rules)
    app.command("cells", help="把社区切成基元  Cut communities into cells")(cells)
    app.command("partition", help="划分网格（生成方案草稿）  Group cells into grids (draft plans)")(partition)
    app.command("check", help="检查方案是否符合规则  Check plans against their rules")(check)
    app.command("publish", help="发布方案并指定生效日期  Publish plans from a date")(publish)
    app.command("history", help="查看谁在何时做了什么  Who changed what and when")(history)


def list_rules(ctx: typer.Context) -> None:
    """The rule profiles."""
    run = shell(ctx)
    rows = [(r.name, r.min_households, r.max_households, r.title.text(run.lang)) for r in PROFILES.values()]
    run.table("name", run.text("min", "下限"), run.text("max", "上限"), run.text("title", "说明"), rows=rows)


def cells(
    ctx: typer.Context,
    community: Communities = None,
    h3: Annotated[
        int | None, typer.Option(min=7, max=12, help="无建筑处 H3 分辨率  H3 resolution without buildings")
    ] = None,
    workers: Workers = None,
) -> None:
    """Cut communities into cells."""
    run = shell(ctx)
    with run.store() as store:
        for note in make_working_areas(store, actor=run.actor, now=run.now):
            run.complain(note.text(run.lang))
        with store.read() as conn:
            count = len(community_codes(conn, OPERATOR, prefixes=community))
        steps = build_cells(
            store,
            OPERATOR,
            codes=community,
            h3_resolution=h3,
            actor=run.actor,
            now=run.now,
            workers=workers_for(count, workers),
        )
        done = follow(run, steps, en="Cells", zh="基元")
    failed = report(run, done)
    good = [step for step in done if step.error is None]
    total, households = _sum(good, "cells"), _sum(good, "households")
    estimated = any(step.figures["estimated"] for step in good)
    run.say(
        f"{total:,} cells in {len(good)} communities, {households:,} households{' (partly estimated)' if estimated else ''}",
        f"{len(good)} 个社区共 {total:,} 个基元，{households:,} 户{'（含估算）' if estimated else ''}",
    )
    if failed:
        raise typer.Exit(1)


def partition(
    ctx: typer.Context,
    community: Communities = None,
    rules: Annotated[
        str, typer.Option(help="规则名称，见 wangge rules  Rules profile, see wangge rules")
    ] = "national",
    instance: Annotated[
        Path | None, typer.Option(help="中立格式实例  A neutral instance instead of the store")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="实例的标号文件  Labels of the instance, JSON")] = None,
    goal: Annotated[
        Goal | None,
        typer.Option(help="实例的优化目标；默认取实例所公布的指标，否则为 planning  Goal of the instance"),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=0.0, help="每个社区最多搜索秒数  Seconds of search per community")
    ] = 10.0,
    seed: Seed = 1,
    workers: Workers = None,
) -> None:
    """Draw a draft plan for each community, or solve one neutral instance."""
    run = shell(ctx)
    if (instance is None) != (out is None):
        raise InputError("--instance and --out go together", "--instance 与 --out 须同时给出")
    if instance is not None and out is not None:
        if community:
            raise InputError("--community does not go with --instance", "--community 不能与 --instance 同用")
        _solve_instance(run, instance, out, goal=goal, seed=seed, time_limit_s=time_limit)
        return
    if goal is not None:
        raise InputError("--goal goes with --instance", "--goal 须与 --instance 同用")
    chosen = profile(rules)
    with run.store() as store:
        with store.read() as conn:
            count = len(community_codes(conn, OPERATOR, prefixes=community))
        steps = draw_plans(
            store,
            OPERATOR,
            codes=community,
            rules=chosen,
            seed=seed,
            time_limit_s=time_limit,
            actor=run.actor,
            now=run.now,
            workers=workers_for(count, workers),
        )
        done = follow(run, steps, en="Grids", zh="网格")
    failed = report(run, done)
    good = [step for step in done if step.error is None]
    run.say(
        f"{_sum(good, 'grids'):,} grids in {len(good)} draft plans under {chosen.name}; above the bounds "
        f"{_sum(good, 'over')}, below {_sum(good, 'under')}; complexes split {_sum(good, 'complexes_split')}",
        f"按规则 {chosen.name} 得到 {len(good)} 个方案草稿、{_sum(good, 'grids'):,} 个网格；超上限 {_sum(good, 'over')} 个，"
        f"低于下限 {_sum(good, 'under')} 个；被拆分小区 {_sum(good, 'complexes_split')} 个",
    )
    if failed:
        raise typer.Exit(1)


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


def check(
    ctx: typer.Context,
    community: Communities = None,
    plan: Annotated[list[int] | None, typer.Option(help="方案编号；可重复  Plan number, repeatable")] = None,
    out: Annotated[Path | None, typer.Option(help="结果写入 .xlsx 或 .csv  Write the list to a file")] = None,
    workers: Workers = None,
) -> None:
    """What is wrong with plans under the rules they were drawn with."""
    run = shell(ctx)
    with run.store() as store:
        ids = plan
        if community is not None:
            with store.read() as conn:
                codes = community_codes(conn, OPERATOR, prefixes=community)
                if plan is None:
                    ids = newest_plan_ids(conn, OPERATOR, codes=codes)
                else:
                    ids = read_plans(conn, OPERATOR, codes=codes, plan_ids=plan)["id"].tolist()
        found = check_plans(store, OPERATOR, plan_ids=ids, workers=workers or 1)
    found = found.assign(reason=[words.text(run.lang) for words in found["reason"]])
    severities = {name: int((found["severity"] == name).sum()) for name in ("error", "warning", "notice")}
    if out is not None:
        write_table(found, writable(out), sheet="findings")
    else:
        columns = ["plan_id", "community_code", "severity", "rule", "code", "reason"]
        shown = found[columns].head(_MOST_FINDINGS_SHOWN)
        if len(shown):
            run.table(*columns, rows=list(shown.itertuples(index=False, name=None)))
    left = 0 if out else max(0, len(found) - _MOST_FINDINGS_SHOWN)
    where = (
        f" → {out}"
        if out
        else run.text(f"; {left} more with --out FILE", f"；另有 {left} 条，可用 --out 写入文件")
        if left
        else ""
    )
    run.say(
        f"{severities['error']} errors, {severities['warning']} warnings, {severities['notice']} notices{where}",
        f"错误 {severities['error']} 条，警告 {severities['warning']} 条，提示 {severities['notice']} 条{where}",
    )


def publish(
    ctx: typer.Context,
    plan: Annotated[
        list[int] | None,
        typer.Option(help="方案编号，可重复；默认各社区最新草稿  Plan number; newest drafts by default"),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="生效日期 YYYY-MM-DD；默认今天  First day; today")
    ] = None,
) -> None:
    """Publish plans: from that day on they are what lookups and maps answer with."""
    run = shell(ctx)
    valid_from = run.day(start)
    with run.store() as store:
        done = publish_plans(
            store, OPERATOR, plan_ids=plan, valid_from=valid_from, actor=run.actor, now=run.now
        )
    run.say(
        f"version {done.version}: {len(done.plan_ids)} plans from {done.valid_from}; grids kept {done.kept}, "
        f"new {done.new}, retired {done.retired}",
        f"已发布版本 {done.version}：{len(done.plan_ids)} 个方案自 {done.valid_from} 起生效；沿用网格 {done.kept} 个，"
        f"新增 {done.new} 个，停用 {done.retired} 个",
    )


def history(
    ctx: typer.Context,
    community: Communities = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = 50,
) -> None:
    """The newest deeds, newest first."""
    run = shell(ctx)
    with run.store() as store, store.read() as conn:
        codes = None if community is None else community_codes(conn, OPERATOR, prefixes=community)
        found = read_history(conn, OPERATOR, codes=codes, limit=limit)
    rows: Sequence[tuple[object, ...]] = [
        (
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            row.actor,
            row.action,
            row.community_code,
            row.plan_id,
            " ".join(f"{key}={_short(value)}" for key, value in row.detail.items()),
        )
        for row in found.itertuples(index=False)
    ]
    heads = Words(
        "time (UTC) actor action community plan detail", "时间(UTC) 操作者 操作 社区 方案 说明"
    ).text(run.lang)
    run.table(*heads.replace(" (UTC)", "(UTC)").split(), rows=list(rows))


def _short(value: Any) -> Any:
    """A long list as its length: the history has all of it, a line on a terminal has no room."""
    if isinstance(value, list):
        return f"[{len(value)}]" if len(value) > _MOST_NAMES_SHOWN or not value else ",".join(map(str, value))
    return value


def _sum(steps: list[Step], figure: str) -> int:
    return sum(int(step.figures[figure]) for step in steps)
