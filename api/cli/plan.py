"""Commands on one plan: show it, copy it, throw drafts away."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.plan_states import state_text
from api.cli.plan_tables import figures_table, grids_table
from api.cli.shell import shell
from api.clock import on_the_wall
from geo.errors import InputError, Words
from geo.plans.families import DEFAULT_RULES
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.growth import Growth
    from layers.store.unit import Reading

PlanNumber = Annotated[
    int, typer.Argument(metavar="方案编号  PLAN", help="见 wangge plans  As wangge plans lists it")
]


def _growth(unit: Reading, plan: Any, today: date) -> Growth:
    from layers.plans.cells import read_cells
    from layers.plans.growth import growth_of
    from layers.plans.plans import read_labels

    stored = read_cells(unit, plan.community_code, cell_set_id=int(plan.cell_set_id))
    return growth_of(unit, plan, stored, read_labels(unit, int(plan.id)), today=today)


def show(ctx: typer.Context, plan: PlanNumber) -> None:
    """One plan: what it is, its figures, what was said when it was made, its grids today and in 1, 3 and 5 years."""
    import pandas as pd

    from layers.ground.regions import read_communities
    from layers.plans.growth import any_planned
    from layers.plans.plans import read_grids, read_plans
    from layers.plans.reasons import reasons_of

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
        name = read_communities(unit, codes=[row.community_code])["name"].iloc[0]
        grids = read_grids(unit, plan_ids=[plan])
        reasons = reasons_of(unit, grids)
        growth = _growth(unit, row, run.today) if any_planned(unit, row.community_code) else None
    state = state_text(run, row.state, row.valid_from, row.valid_to)
    run.line(f"{row.id}  {name} {row.community_code}  v{row.version}.{row.revision}  {state}")
    made = f"{row.author}  {on_the_wall(row.made_at):%Y-%m-%d %H:%M}  {row.origin}"
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
    grids_table(run, grids, growth)
    for name, words in zip(grids["name"], reasons, strict=True):
        if words is not None:
            run.line(run.text(f"{name}: {words.en}", f"{name}：{words.zh}"))


def new(
    ctx: typer.Context,
    community: Annotated[str, typer.Argument(metavar="社区编码", help="12 位  12 digits")],
    template: Annotated[
        str, typer.Option("--from", help="today 现行方案 | empty 全部一格 | net 现有网  Where it starts from")
    ] = "today",
    net: Annotated[str | None, typer.Option(help="网的名称  Name of the net")] = None,
    rules: Annotated[str | None, typer.Option(help="规则名称，见 wangge rules  Name of the rules")] = None,
) -> None:
    """A new draft from the plan in force, from an existing net, or of one grid; wangge partition has the engine draw one."""
    from typing import get_args

    from layers.files.rule_files import read_rules
    from layers.plans.templates import Template, draft_from

    run = shell(ctx)
    choices = get_args(Template)
    if template not in choices:
        raise InputError(
            f"--from is {template!r}; use one of {', '.join(choices)}",
            f"--from 为“{template}”；可用：{'、'.join(choices)}",
        )
    family = read_rules(None, home=run.settings.home).find(rules or DEFAULT_RULES)
    with run.store() as store:
        made = draft_from(
            store,
            OPERATOR,
            community,
            template,  # type: ignore[arg-type]
            rules=family,
            net=net,
            actor=run.actor,
            now=run.now,
        )
    run.say(f"draft {made} of community {community}", f"已为社区 {community} 新建草稿 {made}")


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
        list[int],
        typer.Argument(metavar="方案编号...  PLAN...", help="草稿编号，可多个  Drafts, one or more"),
    ],
) -> None:
    """Drafts go with their grids and levels; the history remembers that they were there."""
    from layers.plans.drafts import delete_plans

    run = shell(ctx)
    with run.store() as store:
        gone = delete_plans(store, OPERATOR, plan, actor=run.actor, now=run.now)
    run.say(f"{len(gone)} drafts deleted", f"已删除 {len(gone)} 个草稿")
