"""The command that takes addresses apart: parse."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.shell import shell, writable
from geo.errors import InputError


def parse_(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="一条地址  One address")] = None,
    file: Annotated[
        Path | None, typer.Option(help="CSV、Excel、NDJSON 或 Parquet：id,text  A file of addresses")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="结果 .csv .xlsx  Where the parts go")] = None,
    areas: Annotated[
        bool,
        typer.Option(
            "--areas",
            help="范围描述（学区、网格四至、所含楼栋）逐句拆解  Texts about areas: which road, numbers, side, what is left out",
        ),
    ] = False,
) -> None:
    """One address, or a file of them; with --areas descriptions of areas."""
    run = shell(ctx)
    if (address is None) == (file is None) or (file is None) != (out is None):
        raise InputError(
            "give one address, or --file and --out", "请给出一条地址，或同时给出 --file 与 --out"
        )
    if areas:
        from api.cli.wording import parse_areas

        parse_areas(run, address, file, out)
        return
    from geo.addresses.parts.parse import Parts, parse
    from layers.files.addresses import KINDS, read_addresses, write_lines

    if address is not None:
        read = {name: value for name, value in dataclasses.asdict(parse(address)).items() if value}
        for name, value in read.items():
            run.line(f"{name} {value}")
        if not read:
            run.say("nothing of an address was read in this text", "这段文字中没有读出地址")
        return
    assert file is not None and out is not None  # noqa: S101, PT018  checked above
    target = writable(out, read=file, kinds=KINDS)
    given = read_addresses(file)
    rows = (
        (key, *dataclasses.astuple(parse(text))) for key, text in zip(given.ids, given.texts, strict=True)
    )
    write_lines(
        target,
        ("id", *(part.name for part in dataclasses.fields(Parts))),
        _stretches(rows),
        sheet="parse",
        lang=run.lang,
    )
    count = len(given.texts)
    run.say(f"{count:,} addresses parsed → {out}", f"已解析 {count:,} 条地址 → {out}")


def _stretches(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    from api.answers.spreadsheet import csv_text
    from layers.lookup.matching import JOB_SIZE

    while stretch := list(islice(rows, JOB_SIZE)):
        yield csv_text(stretch)
