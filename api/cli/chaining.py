"""The command that walks the chain of organisations: chain."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import AsOf
from api.cli.shell import Shell, shell
from geo.errors import InputError, NotFoundError
from geo.reach.chain import Link, Place
from layers.rights.viewer import OPERATOR


def chain(
    ctx: typer.Context,
    community: Annotated[str | None, typer.Option(help="社区编码  Code of a community")] = None,
    grid: Annotated[str | None, typer.Option(help="网格编码  Code of a grid")] = None,
    branch: Annotated[str | None, typer.Option(help="党支部编号  Ref of a branch")] = None,
    group: Annotated[str | None, typer.Option(help="楼栋党小组编号  Ref of a building group")] = None,
    station: Annotated[str | None, typer.Option(help="站点编号  Ref of a station")] = None,
    as_of: AsOf = None,
) -> None:
    """What hangs under a community, branch, group or station, and who holds the posts; upwards from a grid. From an address:
    wangge locate."""
    run = shell(ctx)
    asked = {
        Link.COMMUNITY: community,
        Link.GRID: grid,
        Link.BRANCH: branch,
        Link.GROUP: group,
        Link.STATION: station,
    }
    given = [(kind, ref) for kind, ref in asked.items() if ref is not None]
    if len(given) != 1:
        raise InputError(
            "give one of --community, --grid, --branch, --group, --station",
            "请给出 --community、--grid、--branch、--group、--station 之一",
        )
    _say_tree(run, given[0], as_of)


def _say_tree(run: Shell, top: Place, as_of: str | None) -> None:
    from api.answers.chain_answers import KINDS, chain_lines, tree_rows
    from geo.reach.chain import Spot
    from layers.reach.chain import place_names, read_directory, told

    day = run.day(as_of)
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            directory, names = read_directory(unit), place_names(unit, day)
        known = top in names or directory.organisation(top, day) is not None or directory.posts(top, day)
        if not known:
            kind = KINDS[top[0]]
            raise NotFoundError(f"there is no {kind.en} {top[1]} on {day}", f"{day} 没有{kind.zh} {top[1]}")
        if top[0] is Link.GRID:
            run.line(f"{names.get(top, '')} {top[1]}")
            spot = Spot(top[1][:12], grid_code=top[1])
            for line in chain_lines(directory.chain(spot, day), lang=run.lang, keys=store.keys):
                run.line(f"  {line}")
            return
        for depth, place, name in tree_rows(directory, top, day, names=names):
            held = [
                (post.title, *told(post, store.keys, calls_duty=True)) for post in directory.posts(place, day)
            ]
            said = "；".join(
                f"{title} {holder}{f' {phone}' if phone else ''}" for title, holder, phone in held
            )
            kind_name = KINDS[place[0]].text(run.lang)
            run.line(f"{'  ' * depth}{kind_name} {name} {place[1]}{f'  {said}' if said else ''}")
