"""Maps of stations and of who walks to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.reaching import Close, Kinds, Minutes, Profile
from api.cli.shell import shell
from api.cli.showing import write_page
from geo.errors import InputError
from layers.rights.viewer import OPERATOR

Out = Annotated[Path, typer.Option(help="输出 .html 文件  Where it goes")]


def reach(
    ctx: typer.Context,
    out: Out,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    kind: Kinds = None,
    close: Close = None,
) -> None:
    """Stations, walk areas, circles and homes not reached, as a page that works offline."""
    from api.answers.reach_map import draw_reach
    from layers.reach.changes import Changes
    from layers.reach.reach import measure_reach
    from layers.reach.walks import make_walks

    run = shell(ctx)
    _require_page(out)
    day = run.today
    with run.store() as store:
        walks = make_walks(store)
        found = measure_reach(
            store,
            OPERATOR,
            walks,
            as_of=day,
            minutes=minutes,
            profile=profile,
            codes=community,
            kinds=kind,
            changes=Changes(close=close or ()),
        )
        page = draw_reach(store, OPERATOR, (walks, found), communities=community, as_of=day, lang=run.lang)
    write_page(run, page, out)


def stations(ctx: typer.Context, out: Out, community: Communities = None, as_of: AsOf = None) -> None:
    """The stations by kind, as a page that works offline."""
    from api.answers.reach_map import draw_reach

    run = shell(ctx)
    _require_page(out)
    with run.store() as store:
        page = draw_reach(store, OPERATOR, None, communities=community, as_of=run.day(as_of), lang=run.lang)
    write_page(run, page, out)


def _require_page(out: Path) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out.name}: this map is written as .html", f"{out.name}：此地图写为 .html 文件")
