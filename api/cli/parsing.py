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
        Path | None, typer.Option(help="CSV、NDJSON 或 Parquet：id,text  A file of addresses")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="结果 CSV  Where the parts go")] = None,
) -> None:
    """One address, or a file of them."""
    run = shell(ctx)
    if (address is None) == (file is None) or (file is None) != (out is None):
        raise InputError(
            "give one address, or --file and --out", "请给出一条地址，或同时给出 --file 与 --out"
        )
    from geo.addresses.parts.parse import Parts, parse
    from layers.files.addresses import read_addresses, write_lines

    if address is not None:
        read = {name: value for name, value in dataclasses.asdict(parse(address)).items() if value}
        for name, value in read.items():
            run.line(f"{name} {value}")
        if not read:
            run.say("nothing of an address was read in this text", "这段文字中没有读出地址")
        return
    assert file is not None and out is not None  # noqa: S101, PT018  checked above
    target = writable(out)
    given = read_addresses(file)
    rows = (
        (key, *dataclasses.astuple(parse(text))) for key, text in zip(given.ids, given.texts, strict=True)
    )
    write_lines(target, ("id", *(part.name for part in dataclasses.fields(Parts))), _stretches(rows))
    count = len(given.texts)
    run.say(f"{count:,} addresses parsed → {out}", f"已解析 {count:,} 条地址 → {out}")


def _stretches(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    from api.answers.spreadsheet import csv_text
    from layers.lookup.matching import JOB_SIZE

    while stretch := list(islice(rows, JOB_SIZE)):
        yield csv_text(stretch)
