"""Maps of stations, of who walks to them, of members, and of all together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.reaching import Close, Kinds, Minutes, Profile
from api.cli.shell import Shell, shell
from api.cli.showing import write_page
from geo.errors import InputError
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer

if TYPE_CHECKING:
    from layers.store.database import Store
    from maps.pages.members import Members

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


def everything(
    ctx: typer.Context,
    out: Out,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    public: Annotated[
        bool, typer.Option("--public", help="可外发：不含党员户，不读名单  To hand out: without members")
    ] = False,
) -> None:
    """Grids, stations, walk areas, circles, homes not reached and members in one page, each with a switch."""
    from api.answers.reach_map import draw_reach
    from geo.errors import EmptyLayerError
    from layers.reach.reach import measure_reach
    from layers.reach.walks import make_walks

    run = shell(ctx)
    _require_page(out)
    with run.store() as store:
        viewer = Viewer(Role.PUBLIC, ("",), Purpose.EXPORT) if public else OPERATOR
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
        )
    write_page(run, page, out)


def _members(run: Shell, store: Store, community: list[str] | None, *, required: bool = True) -> Members:
    """Member households of the communities (codes, or of the street or district they lie in). Raises `EmptyLayerError` where
    there are none, if they are `required`."""
    from geo.cells.dwellings import estimate_households
    from geo.errors import EmptyLayerError
    from layers.ground.buildings import read_buildings
    from layers.ground.regions import community_codes
    from layers.people.households import read_households
    from layers.people.members import members_by_building
    from maps.pages.members import Members

    with store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        dwellings = estimate_households(read_buildings(unit, codes=codes)).set_index("ref")["households"]
    households = read_households(store, OPERATOR, as_of=run.today, actor=run.actor, now=run.now, codes=codes)
    homes = members_by_building(households, dwellings)
    if homes.empty and required:
        raise EmptyLayerError(
            "no member household is tied to a building here; import lists of residents (wangge import residents FILE), "
            "then wangge match",
            "此范围内没有已关联到楼栋的党员户；请先导入居民名单（wangge import residents 文件），再运行 wangge match",
        )
    return Members(homes)


def _require_page(out: Path) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out.name}: this map is written as .html", f"{out.name}：此地图写为 .html 文件")
