"""Commands that show: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from api.grids_map import draw_grids
from geo.errors import InputError
from layers.files.drafts import drafted
from layers.rights.viewer import OPERATOR


def add_commands(app: typer.Typer) -> None:
    """Put this file's commands on `app`."""
    maps = typer.Typer(help="绘制地图  Draw a map", rich_markup_mode=None)
    maps.callback()(_maps)
    maps.command("grids", help="网格图，单个离线网页  The grids, one page that works offline")(grids)
    app.add_typer(maps, name="map")


def _maps() -> None:
    """Maps by kind."""


def grids(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="输出 .html 文件  Where it goes")],
    community: Communities = None,
    as_of: AsOf = None,
) -> None:
    """The grids in force on a day."""
    run = shell(ctx)
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out.name}: maps are written as .html", f"{out.name}：地图只能写为 .html 文件")
    day = run.day(as_of)
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
