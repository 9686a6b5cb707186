"""Matching residents to buildings in the store, as the command line shows it."""

from __future__ import annotations

import os
from pathlib import Path

from api.cli.progress import follow
from api.cli.shell import Shell, writable
from layers.people.match_rates import By, masked_rates, match_rates
from layers.people.resident_matches import match_residents
from layers.people.residents import count_residents
from layers.people.review import count_open, review_list, write_review
from layers.rights.viewer import OPERATOR
from layers.runs.steps import executor
from layers.store.database import Store

_MOST_ROWS_SHOWN = 30
_ENOUGH_FOR_PROCESSES = 1_000_000
"""Below so many records processes save nothing: half of the time goes into reading and writing the store."""


def match_store(
    run: Shell,
    *,
    workers: int | None,
    scheduler: str | None,
    everything: bool,
    rates: By | None,
    out: Path | None,
) -> None:
    """Match what is new or touched by a change; say how many were found, and where the rates are low."""
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            records, _ = count_residents(unit)
        processes = workers or (1 if records < _ENOUGH_FOR_PROCESSES else os.cpu_count() or 1)
        several = scheduler is not None or processes > 1
        with executor(processes, scheduler) as pool:
            steps = match_residents(
                store,
                OPERATOR,
                pool=pool if several else None,
                everything=everything,
                actor=run.actor,
                now=run.now,
            )
            done = follow(run, steps, en="Matching", zh="匹配")
        figures = done[-1].figures
        looked, matched = figures.looked_at, figures.matched
        with store.reading(OPERATOR) as unit:
            waiting = count_open(unit)
        run.say(
            f"{looked:,} of {figures.records:,} records looked at: {matched:,} matched, {figures.ambiguous:,} "
            f"ambiguous, {figures.none:,} not found; {waiting:,} wait for review",
            f"共 {figures.records:,} 条，本次匹配 {looked:,} 条：成功 {matched:,}，多个候选 {figures.ambiguous:,}，"
            f"未找到 {figures.none:,}；待核对 {waiting:,} 条",
        )
        if rates is not None:
            say_rates(run, store, rates)
        if out is not None:
            write_doubts(run, store, out)


def write_doubts(run: Shell, store: Store, out: Path) -> None:
    """The review list as a spreadsheet."""
    table = review_list(store, OPERATOR, actor=run.actor, now=run.now)
    write_review(table, writable(out), lang=run.lang)
    run.say(f"{len(table):,} records to review → {out}", f"待核对 {len(table):,} 条 → {out}")


def say_rates(run: Shell, store: Store, by: By) -> None:
    """The match rate of each complex, community or grid, lowest first, small counts masked."""
    with store.reading(OPERATOR) as unit:
        table = masked_rates(match_rates(unit, by=by, as_of=run.today))
    columns = ["name", "listed", "matched", "share", "households"]
    rows = [
        (key or run.text("(nowhere)", "（无法归属）"), *texts)
        for key, *texts in table[["key", *columns]].itertuples(index=False)
    ]
    run.table(
        by,
        run.text("name", "名称"),
        run.text("listed", "名单户数"),
        run.text("matched", "已关联"),
        run.text("rate", "人房关联率"),
        run.text("households there", "登记户数"),
        rows=rows[:_MOST_ROWS_SHOWN],
    )
    if len(rows) > _MOST_ROWS_SHOWN:
        run.say(f"... and {len(rows) - _MOST_ROWS_SHOWN} more", f"……另有 {len(rows) - _MOST_ROWS_SHOWN} 行")
