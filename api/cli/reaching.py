"""The command that measures who walks to a station: reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import shell
from layers.rights.viewer import OPERATOR

Minutes = Annotated[float, typer.Option(help="步行分钟数  Minutes on foot")]
Profile = Annotated[
    str,
    typer.Option(
        help="步行速度：default 1.1 米/秒，elderly 0.8 米/秒，或自定，如 0.9  Walking speed, or metres per second"
    ),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="只算此类站点；可重复  Stations of this kind only, repeatable"),
]
Close = Annotated[
    list[str] | None, typer.Option(help="假设关闭的站点编号；可重复  Ref of a station to close, repeatable")
]
_MOST_SHOWN = 20


def reach(
    ctx: typer.Context,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    by: Annotated[
        Literal["district", "street", "community", "grid", "kind"],
        typer.Option(help="按区县、街道、社区、网格或站点类别  What the rows are"),
    ] = "street",
    community: Communities = None,
    kind: Kinds = None,
    close: Close = None,
    as_of: AsOf = None,
    beside: Annotated[
        str | None,
        typer.Option(
            help="对照日期：并列该日的站点与网格（户与道路为今天的）  Another day beside it: its stations and grids"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="写入文件：.xlsx/.csv 为各表，.geojson/.gpkg 为逐栋结果  Tables, or each building with its minutes"
        ),
    ] = None,
) -> None:
    """Households within so many minutes of a station on foot, beside the straight-line circle."""
    from api.answers.reach_answers import reach_rows, remarks, two_days
    from api.cli.reach_tables import say_gaps, say_groups, say_norms, say_two_days, say_whole, write_reach
    from layers.reach.changes import Changes
    from layers.reach.reach import measure_reach
    from layers.reach.walks import make_walks

    run = shell(ctx)
    with run.store() as store:
        walks = make_walks(store)
        day = run.day(as_of)
        others = [] if beside is None else [run.day(beside)]
        found, *then = (
            measure_reach(
                store,
                OPERATOR,
                walks,
                as_of=one,
                minutes=minutes,
                profile=profile,
                codes=community,
                kinds=kind,
                changes=Changes(close=close or ()) if one == day else None,
            )
            for one in (day, *others)
        )
    say_whole(run, found)
    say_norms(run, found)
    run.line("")
    say_groups(run, found, reach_rows(found, by, run.lang))
    run.line("")
    beside_it = None
    if then:
        beside_it = two_days(reach_rows(then[0], by, run.lang), reach_rows(found, by, run.lang), minutes)
        say_two_days(run, beside_it, others[0], day)
        run.line("")
    say_gaps(run, found, most=_MOST_SHOWN)
    for remark in remarks(walks, found):
        run.complain(remark.text(run.lang))
    if out is not None:
        write_reach(run, found, by, out, beside=beside_it)
