"""The command that takes back a publication before it begins."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.shell import shell
from geo.errors import InputError
from layers.rights.viewer import OPERATOR


def withdraw(
    ctx: typer.Context,
    plan: Annotated[list[int] | None, typer.Option(help="方案编号，可重复  Plan number, repeatable")] = None,
    version: Annotated[
        int | None, typer.Option(min=1, help="某次发布的全部方案  All plans of this published version")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="理由，记入历史  Why, for the history")] = None,
) -> None:
    """Publications that begin today or later are taken back: the plan before them holds on, their grids become drafts."""
    run = shell(ctx)
    if (plan is None) == (version is None):
        raise InputError(
            "name what to withdraw: --plan N, or --version N for all plans of one publication; wangge plans lists them",
            "请指定撤回内容：--plan 方案编号，或 --version 发布版本号；用 wangge plans 查看",
        )
    from layers.plans.withdrawing import withdraw as withdraw_plans

    with run.store() as store:
        done = withdraw_plans(
            store, OPERATOR, plan_ids=plan, version=version, reason=reason, actor=run.actor, now=run.now
        )
    drafts = ", ".join(map(str, done.drafts))
    run.say(
        f"version {done.version}: {len(done.plan_ids)} plans withdrawn, {len(done.again)} plans before them hold on; "
        f"their grids are drafts again: {drafts}",
        f"版本 {done.version}：已撤回 {len(done.plan_ids)} 个方案，{len(done.again)} 个原方案继续有效；"
        f"其网格另存为草稿：{drafts}",
    )
