"""Commands around plans: rules, cells, check, publish, history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Communities, Workers, workers_for
from api.cli.progress import follow, report
from api.cli.shell import shell, writable
from geo.errors import Words
from layers.cells import build_cells
from layers.checking import check_plans
from layers.files.rule_files import read_rules
from layers.files.writers import write_table
from layers.history import read_history
from layers.plans import newest_plan_ids, read_plans
from layers.publishing import publish as publish_plans
from layers.regions import community_codes
from layers.rights.viewer import OPERATOR
from layers.steps import Step
from layers.working import make_working_areas

_MOST_FINDINGS_SHOWN = 40
_MOST_NAMES_SHOWN = 3


def add_commands(app: typer.Typer) -> None:
    """Put this file's commands on `app`."""
    app.command("rules", help="列出划分规则  List the rule profiles")(list_rules)
    app.command("cells", help="把社区切成基元  Cut communities into cells")(cells)
    app.command("check", help="检查方案是否符合规则  Check plans against their rules")(check)
    app.command("publish", help="发布方案并指定生效日期  Publish plans from a date")(publish)
    app.command("history", help="查看谁在何时做了什么  Who changed what and when")(history)


def list_rules(
    ctx: typer.Context,
    rules_file: Annotated[
        Path | None,
        typer.Option(
            help="自有规则文件（YAML/TOML）；默认工作目录的 rules.yaml  Own rules; rules.yaml by default"
        ),
    ] = None,
) -> None:
    """The rule profiles and the families that choose among them by a community's kind and size."""
    run = shell(ctx)
    book = read_rules(rules_file, home=run.settings.home)
    rows = [
        (
            r.name,
            r.min_households,
            r.max_households,
            r.max_people,
            run.text("households", "户") if r.workload is None else r.unit.text(run.lang),
            r.title.text(run.lang),
        )
        for r in book.profiles.values()
    ]
    heads = Words("name min max people counts title", "名称 下限 上限 人数上限 计量 说明").text(run.lang)
    run.table(*heads.split(), rows=rows)
    run.line("")
    families = [
        (f.name, ", ".join(r.name for r in f.members()), f.title.text(run.lang))
        for f in book.families.values()
    ]
    run.table(
        run.text("family", "规则组"),
        run.text("chooses from", "可选规则"),
        run.text("title", "说明"),
        rows=families,
    )


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
