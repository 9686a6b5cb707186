"""Commands of the walk on site: the sheets it is done with, and what was walked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.archiving import archived
from api.cli.options import Workers, workers_for
from api.cli.sheeting import DEFAULT_PAPER, FORMATS, Paper, pages
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, Words

if TYPE_CHECKING:
    import geopandas as gpd

_MOST_NUMBER = 9_999
_RANGE = re.compile(r"(\d{1,4})(?:\s*[-–—~～至]\s*(\d{1,4}))?")
PlanNumber = Annotated[int, typer.Argument(help="方案编号  Plan number")]


def walk_sheets(
    ctx: typer.Context,
    plan: PlanNumber,
    out: Annotated[Path, typer.Option(help="压缩包 FILE.zip  The archive they go to")],
    grid: Annotated[
        list[str] | None, typer.Option(help="只出这些网格，可重复  Of these grids only, repeatable")
    ] = None,
    kind: Annotated[str, typer.Option("--format", help="pdf、png 或 svg")] = "pdf",
    paper: Paper = None,
    producer: Annotated[str | None, typer.Option(help="编制单位  Who makes them")] = None,
    workers: Workers = None,
) -> None:
    """A sheet for each grid: its outline in numbered stretches on a large scale, and a form with room for a remark and a
    signature for every stretch."""
    from api.answers.sheet_terms import make
    from api.answers.walk_sheets import walk_jobs
    from layers.rights.viewer import OPERATOR
    from layers.runs.steps import steadily

    run = shell(ctx)
    if out.suffix.lower() != ".zip":
        raise InputError(f"--out {out}: name a .zip", f"--out {out}：应为 .zip 文件")
    if kind not in FORMATS:
        raise InputError(f"--format {kind}: choose pdf, png or svg", f"--format {kind}：可选 pdf、png、svg")
    failed: list[tuple[str, Words]] = []
    with run.store() as store:
        jobs = list(
            walk_jobs(
                store,
                OPERATOR,
                plan,
                grid_codes=grid,
                made=run.today,
                lang=run.lang,
                paper=paper or DEFAULT_PAPER,
                kind=kind,
                producer=producer,
            )
        )
    made = steadily(make, iter(jobs), workers=workers_for(len(jobs), workers))
    count = archived(run, made, lambda done: pages(done, kind), writable(out), failed)
    run.say(
        f"{len(jobs) - len(failed)} sheets, {count} files → {out}; type back with wangge walked",
        f"{len(jobs) - len(failed)} 张踏勘图，{count} 个文件 → {out}；踏勘后用 wangge walked 录入",
    )
    if failed:
        raise typer.Exit(1)


def walked(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Annotated[str | None, typer.Argument(help="网格编码  Code of the grid")] = None,
    stretches: Annotated[
        list[str] | None,
        typer.Argument(help="线段编号，如 1 3-5；all 为全部  Numbers of stretches, or all"),
    ] = None,
    by: Annotated[str | None, typer.Option(help="踏勘人（签名者）  Who walked and signed")] = None,
    on: Annotated[str | None, typer.Option(help="踏勘日期 YYYY-MM-DD  The day; today by default")] = None,
    remark: Annotated[str | None, typer.Option(help="踏勘情况、意见  What was found")] = None,
    sheet: Annotated[str | None, typer.Option(help="图纸核对码  The check word on the sheet")] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="删除误录的记录  Forget what was typed wrongly")
    ] = False,
) -> None:
    """Keep that stretches of a grid's outline were walked on site; without stretches, tell what was and what still is to be."""
    from layers.plans.walking import Walk, keep_walk, read_stretches, take_walk_back
    from layers.rights.viewer import OPERATOR

    run = shell(ctx)
    if grid is not None and stretches:
        numbers = stretch_numbers(stretches)
        if not take_back and by is None:
            raise InputError("say who walked with --by NAME", "请用 --by 写明踏勘人")
        with run.store() as store:
            if take_back:
                count = take_walk_back(store, OPERATOR, plan, grid, numbers, actor=run.actor, now=run.now)
                run.say(f"{count} entries taken back", f"已删除 {count} 条踏勘记录")
            else:
                walk = Walk(plan, grid, numbers, by or "", run.day(on), remark, sheet)
                count = keep_walk(store, OPERATOR, walk, actor=run.actor, now=run.now)
                run.say(
                    f"{count} stretches walked on {run.day(on)}", f"已录入 {count} 段，踏勘日期 {run.day(on)}"
                )
    elif by is not None or take_back:
        raise InputError("name the grid and its stretches, or all", "请写明网格与线段编号，或 all")
    with run.store() as store, store.reading(OPERATOR) as unit:
        found = read_stretches(unit, plan)
    _tell(run, found, grid)


def _tell(run: Shell, found: gpd.GeoDataFrame, grid: str | None) -> None:
    """The stretches of one grid, or how far each grid has come."""
    if grid is None:
        rows = [
            (code, some["name"].iloc[0], len(some), int(some["walked"].sum()))
            for code, some in found.groupby("code", sort=True)
        ]
        run.table(
            *(
                run.text(*words)
                for words in (("grid", "网格"), ("name", "名称"), ("stretches", "线段"), ("walked", "已踏勘"))
            ),
            rows=rows,
        )
    else:
        own = found[found["code"] == grid]
        words = (("no.", "线段"), ("along", "沿"), ("beside", "相邻"), ("metres", "长度（米）"), ("walked by", "踏勘人"), ("on", "日期"), ("remark", "备注"))  # fmt: skip
        yes = run.text("yes, with the grid beside it", "已随相邻网格踏勘")
        run.table(
            *(run.text(*each) for each in words),
            rows=[
                (
                    row.number,
                    row.along,
                    row.beside,
                    f"{row.length_m:,.0f}",
                    row.walked_by or (yes if row.walked else ""),
                    row.walked_on,
                    row.remark,
                )
                for row in own.itertuples()
            ],
        )
    here = found if grid is None else found[found["code"] == grid]
    done = int(here["walked"].sum())
    run.say(f"{done} of {len(here)} stretches walked", f"{len(here)} 段中已踏勘 {done} 段")


def stretch_numbers(words: list[str]) -> tuple[int, ...]:
    """Numbers from what was typed; none for all. Raises `InputError`.

    >>> stretch_numbers(["1", "3-5"]), stretch_numbers(["all"])
    ((1, 3, 4, 5), ())
    """
    if [word.lower() for word in words] in (["all"], ["全部"]):
        return ()
    found: set[int] = set()
    for word in words:
        match = _RANGE.fullmatch(word.strip())
        if match is None or not 0 < int(match[1]) <= int(match[2] or match[1]) <= _MOST_NUMBER:
            raise InputError(
                f"{word!r} is no number of a stretch; write 3, 3-5 or all",
                f"“{word}”不是线段编号；请写作 3、3-5 或 all",
            )
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(found))
