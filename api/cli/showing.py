"""Commands that show: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.sheeting import FORMATS, Paper, Scale, print_area
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from layers.files.atomic import drafted
from layers.rights.viewer import OPERATOR


def grids(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="输出 .html .pdf .png 或 .svg 文件  Where it goes")],
    community: Communities = None,
    as_of: AsOf = None,
    paper: Paper = None,
    scale: Scale = None,
) -> None:
    """The grids in force on a day: an offline page, or a sheet to print."""
    run = shell(ctx)
    day, suffix = run.day(as_of), out.suffix.lower()
    if suffix[1:] in FORMATS:
        with run.store() as store:
            print_area(run, store, out, communities=community, as_of=day, paper=paper, scale=scale)
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
        page = draw_grids(store, OPERATOR, communities=community, as_of=day, lang=run.lang)
    write_page(run, page, out)


def write_page(run: Shell, page: str, out: Path) -> None:
    """Write a page, whole or not at all, and say where."""
    with drafted(writable(out)) as draft:
        draft.write_text(page, encoding="utf-8")
    run.say(
        f"map → {out} ({len(page.encode()) / 1e6:.1f} MB, opens in any browser)",
        f"地图 → {out}（{len(page.encode()) / 1e6:.1f} MB，用浏览器打开）",
    )
