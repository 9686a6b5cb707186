"""The command that puts plans in force: publish."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli.options import Workers
from api.cli.plan_tables import findings_table
from api.cli.shell import shell
from layers.plans.days import far
from layers.rights.viewer import OPERATOR


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
    from layers.plans.publishing import ChecksError
    from layers.plans.publishing import publish as publish_plans

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
