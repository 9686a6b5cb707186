"""Commands that change a draft step by step; every step can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.shell import Shell, shell, writable
from api.clock import on_the_wall
from geo.errors import InputError, Words
from geo.frames import GRID_KINDS
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.editing import Edited
    from layers.plans.operations import Operation

PlanNumber = Annotated[
    int,
    typer.Argument(metavar="方案编号  PLAN", help="草稿，见 wangge plans  A draft, as wangge plans lists it"),
]
Grid = Annotated[str, typer.Argument(metavar="网格  GRID", help="网格编码或名称  Code or name of a grid")]
Grids = Annotated[
    list[str], typer.Argument(metavar="网格...  GRID...", help="网格编码或名称  Codes or names of grids")
]
Buildings = Annotated[
    list[str] | None, typer.Option("--building", help="楼栋编号，可重复  Ref of a building, repeatable")
]
Complexes = Annotated[
    list[str] | None, typer.Option("--complex", help="小区编号，可重复  Ref of a complex, repeatable")
]
CellNumbers = Annotated[
    list[int] | None, typer.Option("--cell", help="基元编号，可重复  Number of a cell, repeatable")
]

_WORDS = {
    "assign": Words("cells assigned", "划入网格"),
    "create": Words("new grid", "新建网格"),
    "merge": Words("merged", "合并"),
    "dissolve": Words("dissolved", "撤销网格"),
    "split": Words("split", "拆分"),
    "cut": Words("cut along a line", "沿线切分"),
    "redraw": Words("drawn again", "重新划分"),
    "distribute": Words("by a table", "按表分配"),
    "rename": Words("renamed", "改名"),
    "kind": Words("other kind", "改类型"),
    "lock": Words("locked or unlocked", "锁定或解锁"),
}


def assign(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Grid,
    building: Buildings = None,
    complex_: Complexes = None,
    cell: CellNumbers = None,
) -> None:
    """Cells, buildings or whole complexes go to a grid there is."""
    from layers.plans.operations import Assign

    do_step(ctx, plan, Assign(tuple(cell or ()), tuple(building or ()), tuple(complex_ or ()), to=grid))


def create(
    ctx: typer.Context,
    plan: PlanNumber,
    building: Buildings = None,
    complex_: Complexes = None,
    cell: CellNumbers = None,
    name: Annotated[str | None, typer.Option(help="名称，默认按序号  Its name; by number")] = None,
    kind: Annotated[
        str | None, typer.Option(help=f"类型，默认按规则  {' '.join(GRID_KINDS)}; by the rules")
    ] = None,
) -> None:
    """A new grid of cells, buildings or whole complexes."""
    from layers.plans.operations import Create

    do_step(
        ctx,
        plan,
        Create(tuple(cell or ()), tuple(building or ()), tuple(complex_ or ()), name=name, kind=kind),
    )


def merge(
    ctx: typer.Context,
    plan: PlanNumber,
    grids: Grids,
    into: Annotated[
        str | None, typer.Option(help="保留哪个网格的编码，默认第一个  Whose code stays; the first")
    ] = None,
) -> None:
    """Several grids become one."""
    from layers.plans.operations import Merge

    do_step(ctx, plan, Merge(tuple(grids), into))


def dissolve(ctx: typer.Context, plan: PlanNumber, grid: Grid) -> None:
    """A grid is given up; its cells go to the unlocked base grids beside it, whole complexes together."""
    from layers.plans.operations import Dissolve

    do_step(ctx, plan, Dissolve(grid))


def split(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Grid,
    parts: Annotated[int, typer.Option(min=2, help="份数  How many parts")] = 2,
) -> None:
    """A grid falls into parts of about equal size; the largest keeps its code."""
    from layers.plans.operations import Split

    do_step(ctx, plan, Split(grid, parts))


def redraw(
    ctx: typer.Context,
    plan: PlanNumber,
    grids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[网格...]  [GRID...]", help="默认所有未锁定的非专属网格  All unlocked base grids"
        ),
    ] = None,
    number: Annotated[
        int | None, typer.Option("--grids", min=1, help="希望的网格数  Wanted number of grids")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="随机种子  Seed of the search")] = 1,
) -> None:
    """The engine draws grids again within the rules; the others stay. An exclusive grid that is named is given up."""
    from layers.plans.operations import Redraw

    do_step(ctx, plan, Redraw(tuple(grids or ()), number, seed))


def mend(
    ctx: typer.Context,
    plan: PlanNumber,
    rule: Annotated[str, typer.Argument(metavar="检查项", help="如 not-connected  As wangge check names it")],
    grid: Grid,
) -> None:
    """What a check found is mended where that is plain: strays to the grid that holds them, a small grid to a neighbour, a
    complex to the grid with most of it."""
    from layers.plans.arranging import Mend

    do_step(ctx, plan, Mend(rule, grid))


def rename(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Grid,
    name: Annotated[str, typer.Argument(metavar="新名称  NAME", help="新名称  The new name")],
) -> None:
    """Another name for a grid; it stays with the grid from plan to plan."""
    from layers.plans.operations import Rename

    do_step(ctx, plan, Rename(grid, name))


def kind(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Grid,
    kind: Annotated[str, typer.Argument(metavar="类型  KIND", help=" ".join(GRID_KINDS))],
) -> None:
    """Another kind for a grid: base, exclusive or micro."""
    from layers.plans.operations import Kind

    do_step(ctx, plan, Kind(grid, kind))


def lock(ctx: typer.Context, plan: PlanNumber, grids: Grids) -> None:
    """Grids that stay as they are, now and when the next plan is drawn."""
    from layers.plans.operations import Lock

    do_step(ctx, plan, Lock(tuple(grids)))


def unlock(ctx: typer.Context, plan: PlanNumber, grids: Grids) -> None:
    """Grids that may be changed again."""
    from layers.plans.operations import Lock

    do_step(ctx, plan, Lock(tuple(grids), locked=False))


def table(
    ctx: typer.Context,
    plan: PlanNumber,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[表格]  [FILE]", help="两列：楼栋编号 网格编码  Two columns: building ref, grid code"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写出 .xlsx 或 .csv  Write a file")] = None,
) -> None:
    """Which building is in which grid, out as a table and in again: --out writes it, a FILE is taken as one step."""
    from layers.files.writers import write_table
    from layers.imports.distribution import read_distribution
    from layers.plans import edit_states
    from layers.plans.operations import Distribute

    run = shell(ctx)
    if (file is None) == (out is None):
        raise InputError(
            "give a FILE to take, or --out FILE to write", "请给出要读入的表格，或用 --out 指定要写出的文件"
        )
    if out is not None:
        with run.store() as store, store.reading(OPERATOR) as unit:
            rows = edit_states.distribution(unit, plan)
        write_table(rows, writable(out), sheet="grids", lang=run.lang)
        run.say(f"{len(rows)} buildings → {out}", f"{len(rows)} 栋楼 → {out}")
        return
    assert file is not None  # noqa: S101  one of the two
    do_step(ctx, plan, Distribute(read_distribution(file)))


def undo(ctx: typer.Context, plan: PlanNumber) -> None:
    """Go back one step."""
    from layers.plans import editing

    run = shell(ctx)
    with run.store() as store:
        done = editing.undo(store, OPERATOR, plan, actor=run.actor, now=run.now)
    told_step(run, done)


def redo(ctx: typer.Context, plan: PlanNumber) -> None:
    """Go forward one step again."""
    from layers.plans import editing

    run = shell(ctx)
    with run.store() as store:
        done = editing.redo(store, OPERATOR, plan, actor=run.actor, now=run.now)
    told_step(run, done)


Step = Annotated[
    int,
    typer.Argument(metavar="步  STEP", min=0, help="见 log；0 为编辑之前  As log lists it; 0 is before all"),
]


def go(ctx: typer.Context, plan: PlanNumber, step: Step) -> None:
    """Go to any step of the timeline; nothing is lost by it."""
    from layers.plans import editing

    run = shell(ctx)
    with run.store() as store:
        done = editing.go_to(store, OPERATOR, plan, step, actor=run.actor, now=run.now)
    told_step(run, done)


def copy(ctx: typer.Context, plan: PlanNumber, step: Step) -> None:
    """A new draft as the plan was at a step."""
    from layers.plans import editing

    run = shell(ctx)
    with run.store() as store:
        made = editing.copy_at(store, OPERATOR, plan, step, actor=run.actor, now=run.now)
    run.say(f"plan {plan} at step {step} is draft {made}", f"方案 {plan} 第 {step} 步已另存为草稿 {made}")


def log(ctx: typer.Context, plan: PlanNumber) -> None:
    """The timeline: who did what and when; * marks the steps that led to where the plan stands."""
    from layers.plans import edit_states

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        found = edit_states.timeline(unit, plan)
    rows = [
        (
            "*" if row.current else "",
            row.number,
            row.after,
            f"{on_the_wall(row.at):%Y-%m-%d %H:%M:%S}",
            row.actor,
            _WORDS[row.operation].text(run.lang),
            _short(row.said),
        )
        for row in found.itertuples(index=False)
    ]
    heads = Words("here step after time who what said", "当前 步 承接 时间 操作者 操作 内容")
    run.table(*heads.text(run.lang).split(), rows=rows)
    run.say(f"{len(rows)} steps", f"共 {len(rows)} 步")


def do_step(ctx: typer.Context, plan: int, operation: Operation) -> None:
    """Do one operation on a draft and print what it did."""
    from layers.plans import editing

    run = shell(ctx)
    with run.store() as store:
        done = editing.edit(store, OPERATOR, plan, operation, actor=run.actor, now=run.now)
    told_step(run, done)


def told_step(run: Shell, done: Edited) -> None:
    """Print what a step did: the grids that look different, and where the plan stands."""
    for note in done.notes:
        run.say(*note)
    columns = ["code", "name", "kind", "households", "cells"]
    if len(done.changed):
        heads = Words("code|name|kind|households|cells", "编码|名称|类型|户数|基元")
        rows = list(done.changed[columns].itertuples(index=False, name=None))
        run.table(*heads.text(run.lang).split("|"), rows=rows)
    gone = ", ".join(done.gone)
    run.say(
        f"plan {done.plan_id} is at step {done.step}, revision {done.revision}"
        + (f"; no more: {gone}" if gone else "" if len(done.changed) else "; nothing changed"),
        f"方案 {done.plan_id} 现为第 {done.step} 步，修订 {done.revision}"
        + (f"；撤销的网格：{gone}" if gone else "" if len(done.changed) else "；没有变化"),
    )


def _short(said: dict[str, Any], most: int = 60) -> str:
    text = " ".join(f"{key}={_list(value)}" for key, value in said.items())
    return text if len(text) <= most else text[: most - 1] + "…"


def _list(value: Any) -> str:
    if isinstance(value, dict):
        return f"[{len(value)}]"
    return ",".join(map(_list, value)) if isinstance(value, list) else str(value)
