"""Commands that ask: locate."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.answers.answers import as_object, sentence
from api.answers.datums import Datum, to_kept
from api.cli.options import AsOf
from api.cli.shell import Shell, shell, writable
from geo.errors import FileError, InputError
from layers.files.atomic import drafted
from layers.files.limits import open_file
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from api.answers.questions import Form, QuestionsFile
    from geo.locate.addresses import AddressLookup

_NDJSON = (".ndjson", ".jsonl", ".geojsonl")


def locate(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="地址  An address")] = None,
    lon: Annotated[float | None, typer.Option(help="经度（度）  Longitude, degrees")] = None,
    lat: Annotated[float | None, typer.Option(help="纬度（度）  Latitude, degrees")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="CSV 或 NDJSON：id,lon,lat 或 id,address  A file of points or addresses"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="结果文件  Where its answers go")] = None,
    as_of: AsOf = None,
    crs: Annotated[Datum, typer.Option(help="坐标系  Datum of the coordinates")] = "EPSG:4490",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON  Print the object")] = False,
) -> None:
    """One address or point, or a file of them."""
    run = shell(ctx)
    day = run.day(as_of)
    _check(address, lon, lat, file, out, as_json=as_json)
    if file is not None and out is not None:
        _answer_file(run, file, writable(out), day=day, datum=crs)
    elif address is not None:
        _answer_address(run, address, day, as_json=as_json)
    else:
        assert lon is not None and lat is not None  # noqa: S101, PT018  checked above
        _answer_point(run, lon, lat, day, crs, as_json=as_json)


def _check(
    address: str | None,
    lon: float | None,
    lat: float | None,
    file: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Raise `InputError` unless exactly one thing is asked, in full."""
    one = lon is not None or lat is not None
    if file is None and address is None and (lon is None or lat is None):
        raise InputError(
            "give an address, or --lon and --lat, or --file and --out",
            "请给出地址，或 --lon 与 --lat，或 --file 与 --out",
        )
    if address is not None and (one or file is not None):
        raise InputError(
            "an address goes without --lon, --lat and --file", "地址不能与 --lon、--lat、--file 同用"
        )
    if file is not None and (out is None or one or as_json):
        raise InputError(
            "--file goes with --out, and not with --lon, --lat or --json",
            "--file 须与 --out 同用，且不能与 --lon、--lat、--json 同用",
        )
    if file is None and out is not None:
        raise InputError("--out goes with --file", "--out 须与 --file 同用")


def _answer_point(run: Shell, lon: float, lat: float, day: date, datum: Datum, *, as_json: bool) -> None:
    import numpy as np

    from layers.lookup.snapshots import load_index

    with run.store() as store:
        index = load_index(store, OPERATOR)
    kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), datum)
    answer = index.locate(float(kept_lon[0]), float(kept_lat[0]), as_of=day)
    if as_json:
        _print(run, as_object(answer, lang=run.lang, version=index.version))
    else:
        run.line(sentence(answer, lang=run.lang))


def _answer_address(run: Shell, text: str, day: date, *, as_json: bool) -> None:
    from api.answers import address_answers

    lookup = _lookup(run, day)
    answer = lookup.locate(text, as_of=day)
    if as_json:
        _print(run, as_object(answer, lang=run.lang, version=lookup.index.version))
        return
    run.line(address_answers.sentence(answer, lang=run.lang))
    for candidate in answer.candidates if answer.shared is None else ():
        name = f"{candidate.complex_name or ''}{candidate.building_name or ''}"
        grid = f"{candidate.grid_name} {candidate.grid_code}" if candidate.grid_code else "—"
        run.line(f"  {name} → {grid}")


def _lookup(run: Shell, day: date) -> AddressLookup:
    """What answers addresses. Imported only here: a point needs none of it and is answered sooner."""
    from layers.lookup.lookups import load_lookup

    with run.store() as store:
        return load_lookup(store, OPERATOR, as_of=day)


def _print(run: Shell, value: object) -> None:
    run.line(json.dumps(value, ensure_ascii=False, indent=2))


def _opened(path: Path) -> QuestionsFile:
    from api.answers.questions import QuestionsFile

    form: Form = "ndjson" if path.suffix.lower() in _NDJSON else "csv"
    binary = open_file(path).open("rb")
    try:
        return QuestionsFile(binary, path.name, form=form)
    except FileError:
        binary.close()
        raise


def _answer_file(run: Shell, file: Path, out: Path, *, day: date, datum: Datum) -> None:
    """Answer a file of any length in bounded memory; it appears whole or not at all."""
    from api.answers.batch import answer_lines

    questions = _opened(file)
    lines = -1 if questions.form == "csv" else 0
    try:
        lookup = _lookup(run, day)
        encoding = "utf-8-sig" if questions.has_mark else "utf-8"
        with (
            drafted(out) as draft,
            draft.open("w", encoding=encoding, newline="", errors="replace") as written,
        ):
            for text in answer_lines(lookup.index, lookup, questions, as_of=day, datum=datum, lang=run.lang):
                written.write(text)
                lines += text.count("\r\n" if questions.form == "csv" else "\n")
                if run.err.is_terminal:
                    run.err.print(f"{lines:,}", end="\r")
    finally:
        questions.close()
    things, things_zh = ("points", "个点") if questions.asks == "points" else ("addresses", "条地址")
    run.say(f"{lines:,} {things} answered → {out}", f"已查询 {lines:,} {things_zh} → {out}")
