"""The command that cuts communities into cells: cells."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import Communities, Workers, workers_for
from api.cli.progress import follow, report
from api.cli.shell import shell
from layers.rights.viewer import OPERATOR


def cells(
    ctx: typer.Context,
    community: Communities = None,
    h3: Annotated[
        int | None, typer.Option(min=7, max=12, help="无建筑处 H3 分辨率  H3 resolution without buildings")
    ] = None,
    workers: Workers = None,
) -> None:
    """Cut communities into cells."""
    from layers.ground.regions import community_codes
    from layers.imports.working import make_working_areas
    from layers.plans.cells import build_cells

    run = shell(ctx)
    with run.store() as store:
        for note in make_working_areas(store, OPERATOR, actor=run.actor, now=run.now):
            run.complain(note.text(run.lang))
        with store.reading(OPERATOR) as unit:
            count = len(community_codes(unit, prefixes=community))
        steps = build_cells(
            store,
            OPERATOR,
            codes=community,
            h3_resolution=h3,
            actor=run.actor,
            now=run.now,
            workers=workers_for(count, workers),
        )
        done = follow(run, steps, en="Cells", zh="基元")
    failed = report(run, done)
    good = [step for step in done if step.error is None]
    total, households = sum(s.figures.cells for s in good), sum(s.figures.households for s in good)
    estimated = any(step.figures.estimated for step in good)
    run.say(
        f"{total:,} cells in {len(good)} communities, {households:,} households{' (partly estimated)' if estimated else ''}",
        f"{len(good)} 个社区共 {total:,} 个基元，{households:,} 户{'（含估算）' if estimated else ''}",
    )
    if failed:
        raise typer.Exit(1)
