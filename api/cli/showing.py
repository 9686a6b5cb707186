"""Commands that show: map."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.sheeting import FORMATS, Approval, Exempt, Paper, Scale, print_area, seen_by_public
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from layers.files.atomic import drafted
from layers.rights.viewer import OPERATOR


def grids(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="输出 .html .pdf .png 或 .svg 文件  Where it goes")],
    community: Communities = None,
    as_of: AsOf = None,
    plan: Annotated[
        list[str] | None,
        typer.Option(
            help="方案编号，可重复；draft 为各社区最新草案  Plans by number, or draft: the newest ones"
        ),
    ] = None,
    paper: Paper = None,
    scale: Scale = None,
    approval: Approval = None,
    exempt: Exempt = None,
) -> None:
    """The grids in force on a day: an offline page, or a sheet to print. With --plan drafts beside the grids before."""
    run = shell(ctx)
    if plan:
        _plans(
            run,
            out,
            plan,
            community,
            given={
                "--as-of": as_of,
                "--paper": paper,
                "--scale": scale,
                "--approval": approval,
                "--exempt": exempt,
            },
        )
        return
    day, suffix = run.day(as_of), out.suffix.lower()
    if suffix[1:] in FORMATS:
        with run.store() as store:
            print_area(
                run,
                store,
                out,
                communities=community,
                as_of=day,
                paper=paper,
                scale=scale,
                approval=approval,
                exempt=exempt,
            )
        return
    if suffix not in (".html", ".htm"):
        raise InputError(
            f"{out.name}: maps are written as .html, .pdf, .png or .svg",
            f"{out.name}：地图可写为 .html、.pdf、.png 或 .svg 文件",
        )
    if paper is not None or scale is not None:
        raise InputError(
            "--paper and --scale are for sheets (.pdf, .png, .svg), not for pages",
            "--paper 与 --scale 用于图纸（.pdf、.png、.svg），不用于网页",
        )
    from api.answers.grids_map import draw_grids

    with run.store() as store:
        viewer, notice = seen_by_public(run, store, community, approval, exempt, what="map grids", as_of=day)
        page = draw_grids(store, viewer, communities=community, as_of=day, lang=run.lang, notice=notice)
    write_page(run, page, out)


def _plans(
    run: Shell, out: Path, plan: list[str], community: list[str] | None, *, given: Mapping[str, object]
) -> None:
    """Drafts, or published plans, as a page."""
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name} does not go with --plan", f"{name} 不能与 --plan 同用")
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(
            f"{out.name}: plans are shown as .html; what a redraw changes is printed by wangge papers --plan",
            f"{out.name}：方案以 .html 显示；打印调整对照图请用 wangge papers --plan",
        )
    ids = None if plan == ["draft"] else [_number(one) for one in plan]
    from api.answers.plan_map import draw_plan

    with run.store() as store:
        page = draw_plan(store, OPERATOR, ids, communities=community, lang=run.lang)
    write_page(run, page, out)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise InputError(
            f"--plan {text}: give a plan's number, or draft alone for the newest drafts",
            f"--plan {text}：请给出方案编号；单独写 draft 则为各社区最新草案",
        )
    return int(text)


def write_page(run: Shell, page: str, out: Path) -> None:
    """Write a page, whole or not at all, and say where."""
    with drafted(writable(out)) as draft:
        draft.write_text(page, encoding="utf-8")
    run.say(
        f"map → {out} ({len(page.encode()) / 1e6:.1f} MB, opens in any browser)",
        f"地图 → {out}（{len(page.encode()) / 1e6:.1f} MB，用浏览器打开）",
    )
