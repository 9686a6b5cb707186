"""`wangge demo`: the whole journey on a made-up district, with the figures and the map at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from api.cli.options import Workers, workers_for
from api.cli.shell import shell
from geo.plans.rules import profile
from layers.demo.shipped import SHIPPED_SEED
from layers.demo.sizes import Size, figures
from layers.rights.viewer import OPERATOR

_RULES = "national"


def demo(
    ctx: typer.Context,
    size: Annotated[
        Size, typer.Option(help="small：6 个社区；district：106 个社区  6 or 106 communities")
    ] = "small",
    seed: Annotated[
        int, typer.Option(min=0, help="虚构数据的随机种子  Seed of the made-up data")
    ] = SHIPPED_SEED,
    residents: Annotated[
        int,
        typer.Option(
            min=0,
            max=5_000_000,
            help="虚构居民数，0 为不要；district 实为 669700  Made-up residents, 0 for none",
        ),
    ] = 1_000,
    workers: Workers = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="完成后启动服务  Start the server afterwards")
    ] = False,
) -> None:
    """Import, cells, today's grids, new grids, checks, publish, look-up and map."""
    from api.answers.grids_map import draw_grids
    from api.cli.demo_figures import (
        make_room,
        say_chain,
        say_figures,
        say_reached,
        say_residents,
        say_sample,
    )
    from api.cli.journey import Journey
    from api.cli.running import serve_with
    from api.cli.showing import write_page

    run = shell(ctx)
    make_room(run)
    with run.store() as store:
        count = workers_for(figures(size).communities, workers)
        journey = Journey(run, store, size, seed, count, profile(_RULES))
        today, drawn, findings = journey.run()
        found = journey.move_in(residents) if residents else None
        journey.organise()
        with journey.step("map", "绘制地图"):
            page = draw_grids(store, OPERATOR, communities=None, as_of=run.today, lang=run.lang)
        say_figures(journey, today, drawn, findings)
        if found is not None:
            say_residents(run, *found)
        say_sample(run, store)
        say_chain(run, store)
        run.line("")
        say_reached(run, store)
    write_page(run, page, run.settings.maps / "grids.html")
    run.say(
        "next: wangge serve --trial, wangge locate ADDRESS, wangge review, wangge match --rates grid, wangge check, wangge advise",
        "接下来可试：wangge serve --trial、wangge locate 地址、wangge review、wangge match --rates grid、wangge check、wangge advise",
    )
    if serve:
        serve_with(run, replace(run.settings, trial=True))
