"""Commands around plans: rules, cells, check, publish, history."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Communities, Workers, workers_for
from api.cli.plan_tables import MOST_FINDINGS, findings_table
from api.cli.progress import follow, report
from api.cli.shell import shell, writable
from geo.errors import Words
from layers.files.rule_files import read_rules
from layers.files.writers import write_table
from layers.ground.regions import community_codes
from layers.history import read_history
from layers.imports.working import make_working_areas
from layers.plans.cells import build_cells
from layers.plans.checking import check_plans
from layers.plans.days import far
from layers.plans.plans import newest_plan_ids, read_plans
from layers.plans.publishing import ChecksError
from layers.plans.publishing import publish as publish_plans
from layers.rights.viewer import OPERATOR

_MOST_NAMES_SHOWN = 3


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
        for note in make_working_areas(store, OPERATOR, actor=run.actor, now=run.now):
            run.complain(note.text(run.lang))
        with store.reading(OPERATOR) as unit:
            count = len(community_codes(unit, prefixes=community))
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
    total, households = sum(s.figures.cells for s in good), sum(s.figures.households for s in good)
    estimated = any(step.figures.estimated for step in good)
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
            with store.reading(OPERATOR) as unit:
                codes = community_codes(unit, prefixes=community)
                if plan is None:
                    ids = newest_plan_ids(unit, codes=codes)
                else:
                    ids = read_plans(unit, codes=codes, plan_ids=plan)["id"].tolist()
        found = check_plans(store, OPERATOR, plan_ids=ids, workers=workers or 1)
    severities = {name: int((found["severity"] == name).sum()) for name in ("error", "warning", "notice")}
    if out is not None:
        reasons = [words.text(run.lang) for words in found["reason"]]
        write_table(found.assign(reason=reasons), writable(out), sheet="findings")
    else:
        findings_table(run, found)
    left = 0 if out else max(0, len(found) - MOST_FINDINGS)
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
    yes: Annotated[
        bool, typer.Option("--yes", help="确认较远的生效日期  The far first day is meant")
    ] = False,
    as_drawn: Annotated[
        bool,
        typer.Option(
            "--as-drawn",
            help="导入的现行网格即使分成几块也照原样发布  Imported grids as they are, in pieces or not",
        ),
    ] = False,
    workers: Workers = None,
) -> None:
    """Publish plans that pass the checks: from that day on they are what lookups and maps answer with."""
    run = shell(ctx)
    valid_from = run.day(start)
    why = far(valid_from, today=run.today)
    if why is not None and not yes and sys.stdin.isatty():
        yes = typer.confirm(
            run.text(f"{why.en}; publish from {valid_from}?", f"{why.zh}。确定自 {valid_from} 起发布？")
        )
    with run.store() as store:
        try:
            done = publish_plans(
                store,
                OPERATOR,
                plan_ids=plan,
                valid_from=valid_from,
                confirmed=yes,
                as_drawn=as_drawn,
                workers=workers or 1,
                actor=run.actor,
                now=run.now,
            )
        except ChecksError as error:
            findings_table(run, error.findings[error.findings["severity"] == "error"])
            raise
    let_stand = done.findings[done.findings["severity"] == "warning"]
    findings_table(run, let_stand)
    run.say(
        f"version {done.version}: {len(done.plan_ids)} plans from {done.valid_from}; grids kept {done.kept}, "
        f"new {done.new}, retired {done.retired}; warnings let stand {len(let_stand)}, kept with the deed",
        f"已发布版本 {done.version}：{len(done.plan_ids)} 个方案自 {done.valid_from} 起生效；沿用网格 {done.kept} 个，"
        f"新增 {done.new} 个，停用 {done.retired} 个；保留警告 {len(let_stand)} 条，已记入历史",
    )


def history(
    ctx: typer.Context,
    community: Communities = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = 50,
) -> None:
    """The newest deeds, newest first."""
    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        found = read_history(unit, codes=codes, limit=limit)
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
