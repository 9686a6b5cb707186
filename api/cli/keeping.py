"""Commands on plans as they are kept: which there are, one in full, a copy, thrown away, a publication taken back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from api.cli.options import Communities
from api.cli.plan_tables import figures_table
from api.cli.shell import Shell, shell
from geo.errors import InputError, Words
from layers.ground.regions import community_codes, read_communities
from layers.plans.drafts import copy_plan, delete_plans
from layers.plans.plans import read_grids, read_plans
from layers.plans.withdrawing import withdraw as withdraw_plans
from layers.rights.viewer import OPERATOR

PlanState = Literal["draft", "submitted", "returned", "approved", "published", "retired"]
PLAN_STATES: dict[str, Words] = {
    "draft": Words("draft", "草稿"),
    "submitted": Words("submitted", "已提交"),
    "returned": Words("returned", "已退回"),
    "approved": Words("approved", "已批准"),
    "published": Words("published", "已发布"),
    "retired": Words("withdrawn", "已撤回"),
}
_MOST_SHOWN = 200


PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号", help="见 wangge plans  As wangge plans lists it")
]


def plans(
    ctx: typer.Context,
    community: Communities = None,
    state: Annotated[PlanState | None, typer.Option(help="只列此状态  Only plans in this state")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = _MOST_SHOWN,
) -> None:
    """Plans with their state, figures, who made them and when, newest first."""
    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        found = read_plans(unit, codes=codes)
        names = read_communities(unit).set_index("code")["name"]
    if state is not None:
        found = found[found["state"] == state]
    shown = found.sort_values("id", ascending=False).head(limit)
    rows = [
        (
            plan.id,
            f"{names.get(plan.community_code, '')} {plan.community_code}".strip(),
            plan.version,
            _state(run, plan.state, plan.valid_from, plan.valid_to),
            *_figures(plan.score),
            plan.rules.get("name"),
            plan.author,
            f"{plan.made_at:%Y-%m-%d %H:%M}",
        )
        for plan in shown.itertuples()
    ]
    heads = Words(
        "plan|community|version|state|grids|smallest|largest|outside|rules|author|made (UTC)",
        "方案|社区|版本|状态|网格|最小|最大|超限|规则|作者|时间(UTC)",
    )
    run.table(*heads.text(run.lang).split("|"), rows=rows)
    left = len(found) - len(shown)
    more, more_zh = (
        (f"; {left} older ones with --limit", f"；更早的 {left} 个用 --limit 查看") if left else ("", "")
    )
    run.say(f"{len(found)} plans{more}", f"共 {len(found)} 个方案{more_zh}")


def _state(run: Shell, state: str, valid_from: date | None, valid_to: date | None) -> str:
    """The state with the days of what is or was in force."""
    word = PLAN_STATES[state].text(run.lang)
    if state != "published" or valid_from is None:
        return word
    if valid_to == valid_from:
        return run.text(f"replaced on its first day {valid_from}", f"{word} {valid_from} 当日被取代")
    return f"{word} {valid_from} – {'' if valid_to is None else valid_to}".rstrip()


def _figures(score: dict[str, Any]) -> tuple[Any, ...]:
    outside = (score.get("over") or 0) + (score.get("under") or 0) if "over" in score else None
    return score.get("grids"), score.get("smallest"), score.get("largest"), outside


def show(ctx: typer.Context, plan: PlanNumber) -> None:
    """One plan: what it is, its figures, what was said when it was made, and its grids."""
    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
        name = read_communities(unit, codes=[row.community_code])["name"].iloc[0]
        grids = read_grids(unit, plan_ids=[plan])
    state = _state(run, row.state, row.valid_from, row.valid_to)
    run.line(f"{row.id}  {name} {row.community_code}  v{row.version}.{row.revision}  {state}")
    made = f"{row.author}  {row.made_at:%Y-%m-%d %H:%M} UTC  {row.origin}"
    run.line(
        made
        + (
            ""
            if pd.isna(row.base_plan_id)
            else run.text(f"  after plan {int(row.base_plan_id)}", f"  上一方案 {int(row.base_plan_id)}")
        )
    )
    title = row.rules.get("title") or ["", ""]
    run.line(f"{row.rules.get('name')}  {Words(*title).text(run.lang)}")
    figures_table(run, [(row.id, Words(*row.title) if row.title else Words("", ""), row.score)])
    for note in row.notes:
        run.line(Words(*note).text(run.lang))
    columns = ["code", "name", "kind", "households", "people", "cells"]
    heads = Words("code|name|kind|households|people|cells", "编码|名称|类型|户数|人口|基元")
    run.table(*heads.text(run.lang).split("|"), rows=list(grids[columns].itertuples(index=False, name=None)))


def copy(ctx: typer.Context, plan: PlanNumber) -> None:
    """A new draft with the cells, grids and levels of a plan, to go on from; published plans themselves never change."""
    run = shell(ctx)
    with run.store() as store:
        made = copy_plan(store, OPERATOR, plan, actor=run.actor, now=run.now)
    run.say(f"plan {plan} was copied as draft {made}", f"方案 {plan} 已复制为草稿 {made}")


def delete(
    ctx: typer.Context,
    plan: Annotated[
        list[int], typer.Argument(metavar="方案编号...", help="草稿编号，可多个  Drafts, one or more")
    ],
) -> None:
    """Drafts go with their grids and levels; the history remembers that they were there."""
    run = shell(ctx)
    with run.store() as store:
        gone = delete_plans(store, OPERATOR, plan, actor=run.actor, now=run.now)
    run.say(f"{len(gone)} drafts deleted", f"已删除 {len(gone)} 个草稿")


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
