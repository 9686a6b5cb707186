"""Commands that ask: locate."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.answers.answers import as_object, sentence
from api.answers.datums import to_kept
from api.cli.options import AsOf
from api.cli.shell import Shell, shell, writable
from geo.datums import Datum, datum_of
from geo.errors import FileError, InputError
from geo.locate.coordinates import coordinates
from layers.files.atomic import drafted
from layers.files.limits import open_file
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from api.answers.called import Called
    from api.answers.questions import Form, QuestionsFile
    from geo.locate.addresses import AddressLookup
    from geo.locate.homes import AddressAnswer
    from geo.locate.index import Answer
    from geo.reach.chain import Directory
    from layers.store.database import Store
    from layers.store.keys import KeyPlace

Here = Annotated[
    str | None,
    typer.Option(
        "--here", help="当前社区编码，其中的地点排在前面  Code of the community at hand, its places first"
    ),
]
_NDJSON = (".ndjson", ".jsonl", ".geojsonl")
_KINDS = (".csv", ".xlsx", ".ndjson", ".jsonl", ".txt")
"""What answers are written as."""


def locate(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="地址  An address")] = None,
    lon: Annotated[float | None, typer.Option(help="经度（度）  Longitude, degrees")] = None,
    lat: Annotated[float | None, typer.Option(help="纬度（度）  Latitude, degrees")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="CSV、Excel 或 NDJSON：编号与经纬度，或编号与地址  CSV, XLSX or NDJSON of points or addresses"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="结果文件 .csv .xlsx .ndjson  Where its answers go")
    ] = None,
    as_of: AsOf = None,
    crs: Annotated[
        str,
        typer.Option(
            help="坐标系：EPSG:4490、EPSG:4326、gcj02、bd09  Datum of the coordinates: EPSG:4490, EPSG:4326, gcj02, bd09"
        ),
    ] = "EPSG:4490",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON  Print the object")] = False,
    here: Here = None,
    chain: Annotated[
        bool,
        typer.Option(
            help="文件结果另加党支部、党小组、站点、岗位各列  Also whom each row of a file finds: branches, groups, stations, posts"
        ),
    ] = False,
) -> None:
    """One address, name or point, or a file of them: addresses, grids, communities, stations, roads, institutions, coordinates
    in any order."""
    run = shell(ctx)
    day = run.day(as_of)
    _check(address, lon, lat, file, out, as_json=as_json)
    if chain and file is None:
        raise InputError(
            "--chain goes with --file; a single answer always says whom it finds",
            "--chain 须与 --file 同用；单次查询总会给出责任链",
        )
    datum = _datum(crs)
    point = None if address is None else coordinates(address)
    if file is not None and out is not None:
        _answer_file(run, file, writable(out, read=file, kinds=_KINDS), day=day, datum=datum, chain=chain)
    elif point is not None:
        _answer_point(run, point.lon, point.lat, day, datum, as_json=as_json)
    elif address is not None:
        _answer_address(run, address, day, here or "", as_json=as_json)
    else:
        assert lon is not None and lat is not None  # noqa: S101, PT018  checked above
        _answer_point(run, lon, lat, day, datum, as_json=as_json)


def suggest(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="已输入的文字、拼音或首字母  What was typed so far")],
    as_of: AsOf = None,
    here: Here = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="最多几条  Most suggestions")] = 10,
) -> None:
    """What a text may go on to: grids, communities, complexes, buildings, stations, roads, institutions, with their community."""
    from api.answers.found import thing_line
    from api.answers.suggestions import suggestions

    run = shell(ctx)
    day = run.day(as_of)
    found = suggestions(_lookup(run, day), text, as_of=day, here=here or "", limit=limit)
    for thing in found:
        run.line(thing_line(thing, lang=run.lang))
    if not found:
        run.say("nothing of this name is known", "没有找到这个名称")


def _datum(text: str) -> Datum:
    """The datum of points. Raises `InputError` for another one."""
    datum = datum_of(text)
    if datum is None:
        raise InputError(
            f"no point is given in {text!r}; use EPSG:4490, EPSG:4326, gcj02 or bd09",
            f"“{text}”不是经纬度所用的坐标系；请使用 EPSG:4490、EPSG:4326、gcj02 或 bd09",
        )
    return datum


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
        found = _chained(store)
    kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), datum)
    answer = index.locate(float(kept_lon[0]), float(kept_lat[0]), as_of=day)
    if as_json:
        _print(run, as_object(answer, lang=run.lang, version=index.version, chain=found.values(run, answer)))
    else:
        run.line(sentence(answer, lang=run.lang))
        found.say(run, answer)


def _answer_address(run: Shell, text: str, day: date, here: str, *, as_json: bool) -> None:
    from api.answers import address_answers
    from api.answers.found import found_object, place_line
    from layers.lookup.lookups import load_lookup

    with run.store() as store:
        lookup = load_lookup(store, OPERATOR, as_of=day)
        chained = _chained(store)
    answer = lookup.locate(text, as_of=day)
    found = lookup.find(text, as_of=day, here=here) if answer.status == "none" else None
    if as_json:
        told = as_object(
            answer, lang=run.lang, version=lookup.index.version, chain=chained.values(run, answer)
        )
        _print(run, told if found is None else told | {"found": found_object(found, lang=run.lang)})
        return
    if found is not None and found.places:
        run.line(found.words.text(run.lang))
        for place in found.places if len(found.places) > 1 else ():
            run.line(f"  {place_line(place, lang=run.lang)}")
        return
    run.line(address_answers.sentence(answer, lang=run.lang))
    for candidate in answer.candidates if answer.shared is None else ():
        name = f"{candidate.complex_name or ''}{candidate.building_name or ''}"
        grid = f"{candidate.grid_name} {candidate.grid_code}" if candidate.grid_code else "—"
        run.line(f"  {name} → {grid}")
    chained.say(run, answer)


@dataclass(frozen=True, slots=True)
class _Chained:
    """Whom places find."""

    directory: Directory
    keys: KeyPlace

    def values(self, run: Shell, answer: Answer | AddressAnswer) -> dict[str, Any] | None:
        """As plain values, with every name."""
        from api.answers.chain_answers import chain_object

        return chain_object(self.directory, answer, lang=run.lang, duty=OPERATOR, keys=self.keys)

    def say(self, run: Shell, answer: Answer | AddressAnswer) -> None:
        """Line by line; nothing where nothing was ever recorded."""
        from api.answers.chain_answers import chain_lines, spot_of

        found = self.directory.chain(spot_of(answer, self.directory), answer.as_of)
        for line in chain_lines(found, lang=run.lang, keys=self.keys):
            run.line(f"  {line}")


def _chained(store: Store) -> _Chained:
    from layers.reach.chain import load_directory

    return _Chained(load_directory(store, OPERATOR), store.keys)


def _lookup(run: Shell, day: date) -> AddressLookup:
    """What answers addresses. Imported only here: a point needs none of it and is answered sooner."""
    from layers.lookup.lookups import load_lookup

    with run.store() as store:
        return load_lookup(store, OPERATOR, as_of=day)


def _called(run: Shell) -> Called:
    from api.answers.called import Called

    with run.store() as store:
        found = _chained(store)
    return Called(found.directory, found.keys, OPERATOR)


def _print(run: Shell, value: object) -> None:
    run.line(json.dumps(value, ensure_ascii=False, indent=2))


def _opened(path: Path) -> QuestionsFile:
    """The file as questions: streamed where it is plain text, else as the office table it is."""
    from api.answers.questions import QuestionsFile
    from layers.files.questions import WORKBOOKS, as_csv

    if path.suffix.lower() in WORKBOOKS:
        return QuestionsFile(io.BytesIO(as_csv(path)), path.name, numbered=True)
    form: Form = "ndjson" if path.suffix.lower() in _NDJSON else "csv"
    binary = open_file(path).open("rb")
    try:
        return QuestionsFile(binary, path.name, form=form, numbered=True)
    except FileError:
        binary.close()
        if form == "ndjson":
            raise
        with suppress(FileError):  # a title above the header, another separator; what was told first is told
            return QuestionsFile(io.BytesIO(as_csv(path)), path.name, numbered=True)
        raise


def _answer_file(run: Shell, file: Path, out: Path, *, day: date, datum: Datum, chain: bool) -> None:
    """Answer a file of any length in bounded memory (a workbook is held whole); it appears whole or not at all."""
    from api.answers.batch import answer_lines

    questions = _opened(file)
    kind = out.suffix.lower()
    form: Form = "ndjson" if kind in _NDJSON else "csv"
    lines = -1 if form == "csv" else 0
    mark = "\ufeff" if questions.has_mark or file.suffix.lower() != ".csv" else ""

    def counted() -> Iterator[str]:
        nonlocal lines
        for text in answer_lines(
            lookup.index, lookup, questions, as_of=day, datum=datum, lang=run.lang, called=called, form=form
        ):
            lines += text.count("\r\n" if form == "csv" else "\n")
            yield text
            if run.err.is_terminal:
                run.err.print(f"{lines:,}", end="\r")

    try:
        lookup, called = _lookup(run, day), _called(run) if chain else None
        if kind == ".xlsx":
            from layers.files.writers import write_csv_lines

            write_csv_lines(counted(), out, sheet="locate", lang=run.lang)
        else:
            with (
                drafted(out) as draft,
                draft.open("w", encoding="utf-8", newline="", errors="replace") as written,
            ):
                written.write(mark if form == "csv" else "")
                written.writelines(counted())
    finally:
        questions.close()
    things, things_zh = ("points", "个点") if questions.asks == "points" else ("addresses", "条地址")
    run.say(f"{lines:,} {things} answered → {out}", f"已查询 {lines:,} {things_zh} → {out}")
