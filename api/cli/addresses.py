"""The command that ties addresses to buildings: match."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.options import refuse_both
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from layers.runs.steps import executor, helpers

if TYPE_CHECKING:
    from layers.lookup.matching import Lines

_ENOUGH_FOR_A_PROCESS = 250_000
"""Below so many addresses each, the start of another process costs more than it saves."""


def match(
    ctx: typer.Context,
    gazetteer: Annotated[
        Path | None,
        typer.Option(help="地名库文件夹  Folder with complexes.csv, buildings.csv, roads.csv, admin.json"),
    ] = None,
    addresses: Annotated[
        Path | None, typer.Option(help="CSV、NDJSON 或 Parquet：id,text  A file of addresses")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="结果 CSV；匹配库中居民时为待核对清单 .xlsx  Answers, or what wants review"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="最多进程数；默认按核数，少量地址只用一个  Most processes; by cores"
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Dask 集群地址 tcp://…  A cluster instead of processes here")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="全部重新匹配  Match all residents again, not what changed only")
    ] = False,
    rates: Annotated[
        Literal["complex", "community", "grid"] | None,
        typer.Option(help="显示人房关联率  Show how many households are tied, by complex, community or grid"),
    ] = None,
) -> None:
    """Match the residents in the store, or a file of addresses against a gazetteer of files."""
    run = shell(ctx)
    refuse_both(workers, scheduler)
    if gazetteer is None and addresses is None:
        # imported here: the file form needs neither a store nor its layers
        from api.cli.matching import match_store

        match_store(run, workers=workers, scheduler=scheduler, everything=everything, rates=rates, out=out)
        return
    if gazetteer is None or addresses is None or out is None:
        raise InputError(
            "a file needs --gazetteer, --addresses and --out; without them the residents in the store are matched",
            "匹配文件须同时给出 --gazetteer、--addresses、--out；都不给则匹配库中居民",
        )
    if everything or rates is not None:
        raise InputError(
            "--all and --rates go with the residents in the store", "--all 与 --rates 只用于匹配库中居民"
        )
    from geo.addresses.match.resolve import COLUMNS
    from layers.files.addresses import KINDS, read_addresses, write_lines
    from layers.files.gazetteers import read_gazetteer
    from layers.lookup.matching import match_lines

    target = writable(out, read=addresses, kinds=KINDS)
    given = read_addresses(addresses)
    register = read_gazetteer(gazetteer)
    count = len(given.texts)
    processes = min(workers or os.cpu_count() or 1, 1 + count // _ENOUGH_FOR_A_PROCESS)
    began = time.perf_counter()
    tally = _Tally(run)
    with helpers(processes) if scheduler is None else executor(1, scheduler) as pool:
        helping = processes - 1 if scheduler is None else 0
        answers = match_lines(register, given.ids, given.texts, pool=pool, lang=run.lang, helping=helping)
        write_lines(target, ("id", *COLUMNS), tally.through(answers), lang=run.lang)
    seconds = time.perf_counter() - began
    matched, ambiguous, none = tally.counts
    rate = count / max(seconds, 1e-9)
    run.say(
        f"{count:,} addresses: {matched:,} matched, {ambiguous:,} ambiguous, {none:,} not found; "
        f"{seconds:.1f} s, {rate:,.0f} a second → {out}",
        f"共 {count:,} 条地址：匹配 {matched:,}，待定 {ambiguous:,}，未找到 {none:,}；"
        f"用时 {seconds:.1f} 秒，每秒 {rate:,.0f} 条 → {out}",
    )


class _Tally:
    """Counts answers as they go by, and shows how many there are."""

    def __init__(self, run: Shell) -> None:
        from layers.lookup.matching import STATUSES

        self.run = run
        self.counts = [0] * len(STATUSES)

    def through(self, answers: Iterator[Lines]) -> Iterator[str]:
        """The text of each stretch."""
        for lines in answers:
            self.counts = [a + b for a, b in zip(self.counts, lines.counts, strict=True)]
            yield lines.text
            if self.run.err.is_terminal:
                self.run.err.print(f"{sum(self.counts):,}", end="\r")
