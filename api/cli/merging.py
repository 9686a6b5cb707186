"""`wangge merge-nets`: several departments' nets become one (多网合一), with the least moved from each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import (
    Communities,
    NetWeights,
    RulesFile,
    RulesName,
    Scheduler,
    Seed,
    TimeLimit,
    Workers,
    parse_nets,
    refuse_both,
)
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from geo.plans.families import DEFAULT_RULES
from layers.files.rule_files import read_rules
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.plans.merging import Merger

_MOST_ROWS = 30


def merge_nets(
    ctx: typer.Context,
    net: NetWeights = None,
    community: Communities = None,
    rules: RulesName = None,
    rules_file: RulesFile = None,
    out: Annotated[
        Path | None,
        typer.Option(help="对照表 .xlsx（多表）或 .csv（多文件）  Overlaps and crosswalks: sheets or files"),
    ] = None,
    time_limit: TimeLimit = 10.0,
    seed: Seed = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """One draft per community that moves the fewest households from each net, by weight."""
    run = shell(ctx)
    weights = parse_nets(net)
    if not weights:
        raise InputError(
            "name the nets to merge: --net civil=2 --net police=1; import them with wangge import grids FILE --net NAME",
            "请指定要合并的网：--net 民政=2 --net 公安=1；用 wangge import grids 文件 --net 名称 导入",
        )
    refuse_both(workers, scheduler)
    family = read_rules(rules_file, home=run.settings.home).find(rules or DEFAULT_RULES)
    from api.cli.drawing import draw, report_drawn
    from geo.partition.ask import Ask
    from layers.files.writers import write_tables
    from layers.plans.merging import merged_nets

    ask = Ask(seed, time_limit, nets=tuple(weights.items()))
    with run.store() as store:
        done = draw(run, store, community, family, ask, workers=workers, scheduler=scheduler)
        ids = [step.figures.plan_id for step in done if step.error is None]
        merger = merged_nets(store, OPERATOR, ids, weights) if ids else None
    failed = report_drawn(run, done, family.name)
    if merger is not None:
        _say(run, merger)
        if out is not None:
            tables = {"summary": merger.summary, "overlap": merger.overlay, **merger.crosswalks}
            files = write_tables(tables, writable(out), lang=run.lang)
            run.line(" ".join(["→", *map(str, files)]))
    if failed:
        raise typer.Exit(1)


def _say(run: Shell, merger: Merger) -> None:
    """The summary by net over all communities, then the largest overlaps."""
    total = merger.summary.groupby(["net", "weight"], as_index=False)[
        ["areas", "whole", "households", "moved"]
    ].sum()
    heads = run.text(
        "net weight areas whole households moved share", "网 权重 区域 整区保留 户数 调整户数 占比"
    )
    run.table(
        *heads.split(),
        rows=[
            (
                row.net,
                f"{row.weight:g}",
                row.areas,
                row.whole,
                f"{row.households:,}",
                f"{row.moved:,}",
                f"{row.share:.1%}",
            )
            for row in total.assign(share=total["moved"] / total["households"].clip(lower=1)).itertuples()
        ],
    )
    shown = merger.overlay.drop(columns="plan_id").head(_MOST_ROWS)
    run.line("")
    run.table(*shown.columns, rows=list(shown.itertuples(index=False, name=None)))
    if len(merger.overlay) > len(shown):
        left = len(merger.overlay) - len(shown)
        run.say(
            f"... and {left} more combinations with --out FILE", f"……另有 {left} 种组合，可用 --out 写入文件"
        )
