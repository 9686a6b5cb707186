"""Commands on exceptions: findings of a draft that may stand."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.shell import shell
from geo.errors import Words
from layers.rights.viewer import OPERATOR

PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号", help="见 wangge plans  As wangge plans lists it")
]
Rule = Annotated[str, typer.Argument(metavar="检查项", help="如 many-households  As wangge check names it")]
Grid = Annotated[
    str | None,
    typer.Option(help="网格编码；方案整体的问题不填  Code of the grid; none for the plan as a whole"),
]


def except_(
    ctx: typer.Context,
    plan: PlanNumber,
    rule: Rule,
    reason: Annotated[str, typer.Option(help="理由  Why it may stand")],
    approver: Annotated[str, typer.Option(help="批准人或批准文件  Who approved it")],
    grid: Grid = None,
) -> None:
    """A finding of a draft holds nothing back any more, while it gets no worse."""
    from layers.plans.excepting import keep_exception

    run = shell(ctx)
    with run.store() as store:
        keep_exception(
            store, OPERATOR, plan, rule, grid, reason=reason, approver=approver, actor=run.actor, now=run.now
        )
    run.say(f"plan {plan}: {rule} may stand", f"方案 {plan}：{rule} 已登记为例外")


def except_no_more(ctx: typer.Context, plan: PlanNumber, rule: Rule, grid: Grid = None) -> None:
    """A finding counts again."""
    from layers.plans.excepting import drop_exception

    run = shell(ctx)
    with run.store() as store:
        drop_exception(store, OPERATOR, plan, rule, grid, actor=run.actor, now=run.now)
    run.say(f"plan {plan}: {rule} counts again", f"方案 {plan}：{rule} 的例外已取消")


def exceptions(ctx: typer.Context, plan: PlanNumber) -> None:
    """What was allowed to stand in a plan, why and by whom."""
    from layers.plans.exceptions import read_exceptions
    from layers.plans.plans import read_plans

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        read_plans(unit, plan_ids=[plan])
        found = read_exceptions(unit, [plan])
    rows = [
        (row.rule, row.code, row.reason, row.approver, row.actor) for row in found.itertuples(index=False)
    ]
    heads = Words("rule grid why approver by", "检查项 网格 理由 批准人 登记人").text(run.lang)
    run.table(*heads.split(), rows=rows)
