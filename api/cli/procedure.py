"""Commands on the way of a plan: submitted, taken back, approved, sent back with a remark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import shell
from geo.errors import Words
from layers.plans.states import STATES
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.procedure import Deed

PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号", help="见 wangge plans  As wangge plans lists it")
]
Remark = Annotated[str | None, typer.Option(help="意见，记入历史  A remark, for the history")]


def submit(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A draft without errors is submitted; nobody edits it from then on."""
    _move(ctx, plan, "submit", remark)


def recall(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A submitted plan is a draft again."""
    _move(ctx, plan, "recall", remark)


def approve(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A submitted plan may be published."""
    _move(ctx, plan, "approve", remark)


def send_back(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A submitted or approved plan goes back to whoever draws it, with a remark that says what is to be changed."""
    _move(ctx, plan, "return", remark)


def way(ctx: typer.Context, plan: PlanNumber) -> None:
    """Who submitted, took back, approved or sent back a plan, when, and with which remark."""
    from layers.plans.procedure import MOVES, remarks

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        found = remarks(unit, plan)
    rows = [
        (
            f"{row.at.astimezone():%Y-%m-%d %H:%M}",
            row.actor,
            MOVES[row.action].done.text(run.lang),
            row.remark or "",
        )
        for row in found.itertuples(index=False)
    ]
    run.table(*Words("time who what remark", "时间 操作者 操作 意见").text(run.lang).split(), rows=rows)


def _move(ctx: typer.Context, plan: int, deed: Deed, remark: str | None) -> None:
    from layers.plans.procedure import move_plan

    run = shell(ctx)
    with run.store() as store:
        done = move_plan(store, OPERATOR, plan, deed, remark=remark, actor=run.actor, now=run.now)
    state = STATES[done.state]
    run.say(f"plan {plan} is {state.en} now", f"方案 {plan} 现为：{state.zh}")
