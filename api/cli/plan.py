"""Commands on one plan: show it, copy it, throw drafts away."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.plan_states import state_text
from api.cli.plan_tables import figures_table
from api.cli.shell import shell
from geo.errors import Words
from layers.rights.viewer import OPERATOR

PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号", help="见 wangge plans  As wangge plans lists it")
]


def show(ctx: typer.Context, plan: PlanNumber) -> None:
    """One plan: what it is, its figures, what was said when it was made, its grids and what stands in their way."""
    import pandas as pd

    from layers.ground.regions import read_communities
    from layers.plans.plans import read_grids, read_plans
    from layers.plans.reasons import reasons_of

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
        name = read_communities(unit, codes=[row.community_code])["name"].iloc[0]
        grids = read_grids(unit, plan_ids=[plan])
        reasons = reasons_of(unit, grids)
    state = state_text(run, row.state, row.valid_from, row.valid_to)
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
    for name, words in zip(grids["name"], reasons, strict=True):
        if words is not None:
            run.line(run.text(f"{name}: {words.en}", f"{name}：{words.zh}"))


def copy(ctx: typer.Context, plan: PlanNumber) -> None:
    """A new draft with the cells, grids and levels of a plan, to go on from; published plans themselves never change."""
    from layers.plans.drafts import copy_plan

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
    from layers.plans.drafts import delete_plans

    run = shell(ctx)
    with run.store() as store:
        gone = delete_plans(store, OPERATOR, plan, actor=run.actor, now=run.now)
    run.say(f"{len(gone)} drafts deleted", f"已删除 {len(gone)} 个草稿")
