"""Maps of stations, of who walks to them, of members, and of all together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from api.cli.options import AsOf, Communities
from api.cli.reaching import Close, Kinds, Minutes, Profile
from api.cli.sheeting import Approval, Exempt, seen_by_public
from api.cli.shell import Shell, shell
from api.cli.showing import write_page
from geo.errors import InputError
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer

if TYPE_CHECKING:
    from layers.people.match_rates import By
    from layers.store.database import Store
    from maps.pages.members import Members

Heat = Annotated[
    str | None,
    typer.Option(help="工作量名称，按六边形显示热力  A load kept with wangge workload, by hexagon"),
]
Out = Annotated[Path, typer.Option(help="输出 .html 文件  Where it goes")]


def reach(
    ctx: typer.Context,
    out: Out,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    kind: Kinds = None,
    close: Close = None,
    heat: Heat = None,
    approval: Approval = None,
    exempt: Exempt = None,
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
        viewer, notice = seen_by_public(run, store, community, approval, exempt, what="map reach", as_of=day)
        viewer = _in_a_file(viewer)
        walks = make_walks(store)
        found = measure_reach(
            store,
            viewer,
            walks,
            as_of=day,
            minutes=minutes,
            profile=profile,
            codes=community,
            kinds=kind,
            changes=Changes(close=close or ()),
        )
        page = draw_reach(
            store,
            viewer,
            (walks, found),
            communities=community,
            as_of=day,
            lang=run.lang,
            heat=heat,
            notice=notice,
        )
    write_page(run, page, out)


def stations(
    ctx: typer.Context,
    out: Out,
    community: Communities = None,
    as_of: AsOf = None,
    approval: Approval = None,
    exempt: Exempt = None,
) -> None:
    """The stations by kind, as a page that works offline."""
    from api.answers.reach_map import draw_reach

    run = shell(ctx)
    _require_page(out)
    with run.store() as store:
        day = run.day(as_of)
        viewer, notice = seen_by_public(
            run, store, community, approval, exempt, what="map stations", as_of=day
        )
        page = draw_reach(store, viewer, None, communities=community, as_of=day, lang=run.lang, notice=notice)
    write_page(run, page, out)


def members(ctx: typer.Context, out: Out, community: Communities = None) -> None:
    """Buildings with member households lit, centre households with a star. The read of households is kept in the history."""
    from api.answers.reach_map import draw_reach

    run = shell(ctx)
    _require_page(out)
    with run.store() as store:
        found = _members(run, store, community)
        page = draw_reach(
            store, OPERATOR, None, communities=community, as_of=run.today, lang=run.lang, members=found
        )
    write_page(run, page, out)


def rates(
    ctx: typer.Context,
    out: Out,
    by: Annotated[
        str, typer.Option(help="community 社区、complex 小区、grid 网格  What the rates are of")
    ] = "community",
    community: Communities = None,
) -> None:
    """How many listed residents' households were matched to a building, place by place, and where some wait."""
    from api.answers.rates_map import draw_rates

    run = shell(ctx)
    _require_page(out)
    if by not in ("community", "complex", "grid"):
        raise InputError(
            f"--by {by}: choose community, complex or grid", f"--by {by}：可选 community、complex、grid"
        )
    with run.store() as store:
        page = draw_rates(
            store,
            OPERATOR,
            by=cast("By", by),
            communities=community,
            as_of=run.today,
            lang=run.lang,
        )
    write_page(run, page, out)


def everything(
    ctx: typer.Context,
    out: Out,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    heat: Heat = None,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="可外发：不含党员户，不读名单；须给出审图号或免审理由  To hand out: without members; by approval or exemption",
        ),
    ] = False,
    approval: Approval = None,
    exempt: Exempt = None,
) -> None:
    """Grids, stations, walk areas, circles, homes not reached and members in one page, each with a switch."""
    from api.answers.reach_map import draw_reach
    from geo.errors import EmptyLayerError
    from layers.reach.reach import measure_reach
    from layers.reach.walks import make_walks

    run = shell(ctx)
    _require_page(out)
    if public and approval is None and exempt is None:
        raise InputError(
            "a public map needs its approval number (--approval) or the reason for having none (--exempt)",
            "公开地图须给出审图号（--approval）或免审理由（--exempt）",
        )
    with run.store() as store:
        viewer, notice = seen_by_public(
            run, store, community, approval, exempt, what="map all", as_of=run.today
        )
        public = notice is not None
        viewer = _in_a_file(viewer)
        walked, lacking = None, None
        try:
            walks = make_walks(store)
            walked = (
                walks,
                measure_reach(
                    store,
                    viewer,
                    walks,
                    as_of=run.today,
                    minutes=minutes,
                    profile=profile,
                    codes=community,
                ),
            )
        except EmptyLayerError as error:
            lacking = error.words
        page = draw_reach(
            store,
            viewer,
            walked,
            communities=community,
            as_of=run.today,
            lang=run.lang,
            lacking=lacking,
            members=None if public else _members(run, store, community, required=False),
            with_grids=True,
            heat=heat,
            notice=notice,
        )
    write_page(run, page, out)


def _members(run: Shell, store: Store, community: list[str] | None, *, required: bool = True) -> Members:
    from api.answers.members_map import members_of

    return members_of(
        store,
        OPERATOR,
        communities=community,
        as_of=run.today,
        required=required,
        actor=run.actor,
        now=run.now,
    )


def _in_a_file(viewer: Viewer) -> Viewer:
    """Whose counts a file holds: it goes from hand to hand, so small ones are in none, whoever makes it."""
    return Viewer(Role.LEADER, ("",), Purpose.DISPLAY) if viewer is OPERATOR else viewer


def _require_page(out: Path) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out.name}: this map is written as .html", f"{out.name}：此地图写为 .html 文件")
