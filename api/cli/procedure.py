"""Commands on the way of a plan: submitted, taken back, approved, sent back with a remark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import shell
from geo.errors import Words
from layers.plans.states import STATES
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.procedure import Deed

PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号  PLAN", help="见 wangge plans  As wangge plans lists it")
]
Remark = Annotated[str | None, typer.Option(help="意见，记入历史  A remark, for the history")]
Grids = Annotated[
    list[str] | None,
    typer.Option("--grid", help="只审所列网格（编码或名称），可重复  Only these grids, repeatable"),
]


def submit(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A draft without errors is submitted; nobody edits it from then on."""
    _move(ctx, plan, "submit", remark)


def recall(ctx: typer.Context, plan: PlanNumber, remark: Remark = None) -> None:
    """A submitted plan is a draft again."""
    _move(ctx, plan, "recall", remark)


def approve(ctx: typer.Context, plan: PlanNumber, remark: Remark = None, grid: Grids = None) -> None:
    """A submitted plan may be published; with --grid, only these grids are approved, and the plan once all are."""
    _move(ctx, plan, "approve", remark, grid or ())


def send_back(ctx: typer.Context, plan: PlanNumber, remark: Remark = None, grid: Grids = None) -> None:
    """A submitted or approved plan goes back with a remark that says what is to be changed; with --grid, these grids are
    refused, and the plan goes back when all grids have been decided about."""
    _move(ctx, plan, "return", remark, grid or ())


def way(ctx: typer.Context, plan: PlanNumber) -> None:
    """Who submitted, took back, approved or sent back a plan, when, and with which remark."""
    from layers.plans.procedure import DEEDS, remarks

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        found = remarks(unit, plan)
    rows = [
        (
            f"{row.at.astimezone():%Y-%m-%d %H:%M}",
            row.actor,
            DEEDS[row.action].text(run.lang),
            " ".join([*row.detail.get("grids", ()), row.remark or ""]).strip(),
        )
        for row in found.itertuples(index=False)
    ]
    run.table(*Words("time who what remark", "时间 操作者 操作 意见").text(run.lang).split(), rows=rows)


def _move(ctx: typer.Context, plan: int, deed: Deed, remark: str | None, grids: Sequence[str] = ()) -> None:
    from layers.plans.procedure import move_plan

    run = shell(ctx)
    with run.store() as store:
        done = move_plan(
            store, OPERATOR, plan, deed, grids=grids, remark=remark, actor=run.actor, now=run.now
        )
    state = STATES[done.state]
    left = Words("", "")
    if done.undecided:
        left = Words(f"; {done.undecided} grids are undecided", f"；尚有 {done.undecided} 个网格未审")
    run.say(f"plan {plan} is {state.en} now{left.en}", f"方案 {plan} 现为：{state.zh}{left.zh}")
