"""Commands that ask: locate."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.answers import as_object, csv_lines, sentence
from api.cli.options import AsOf
from api.cli.shell import Shell, shell, writable
from api.datums import Datum, to_kept
from api.points import PointsFile
from geo.errors import FileError, InputError
from geo.locate.index import LookupIndex
from layers.files.limits import open_file
from layers.rights.viewer import OPERATOR
from layers.snapshots import load_index


def add_commands(app: typer.Typer) -> None:
    """Put this file's commands on `app`."""
    app.command("locate", help="查询坐标属于哪个网格  Which grid covers a point")(locate)


def locate(
    ctx: typer.Context,
    lon: Annotated[float | None, typer.Option(help="经度（度）  Longitude, degrees")] = None,
    lat: Annotated[float | None, typer.Option(help="纬度（度）  Latitude, degrees")] = None,
    file: Annotated[Path | None, typer.Option(help="CSV：id,lon,lat  A file of points")] = None,
    out: Annotated[Path | None, typer.Option(help="结果 CSV  Where its answers go")] = None,
    as_of: AsOf = None,
    crs: Annotated[Datum, typer.Option(help="坐标系  Datum of the coordinates")] = "EPSG:4490",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON  Print the object")] = False,
) -> None:
    """One point, or a file of them."""
    run = shell(ctx)
    day = run.day(as_of)
    if file is None and (lon is None or lat is None):
        raise InputError(
            "give --lon and --lat, or --file and --out", "请给出 --lon 与 --lat，或 --file 与 --out"
        )
    if file is not None and (out is None or lon is not None or lat is not None or as_json):
        raise InputError(
            "--file goes with --out, and not with --lon, --lat or --json",
            "--file 须与 --out 同用，且不能与 --lon、--lat、--json 同用",
        )
    if file is None and out is not None:
        raise InputError("--out goes with --file", "--out 须与 --file 同用")
    points = None if file is None else _opened(file)
    with run.store() as store:
        index = load_index(store, OPERATOR)
    if points is not None and out is not None:
        _answer_file(run, index, points, writable(out), day=day, datum=crs)
        return
    assert lon is not None and lat is not None  # noqa: S101, PT018  checked above
    kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), crs)
    answer = index.locate(float(kept_lon[0]), float(kept_lat[0]), as_of=day)
    if as_json:
        run.line(
            json.dumps(as_object(answer, lang=run.lang, version=index.version), ensure_ascii=False, indent=2)
        )
    else:
        run.line(sentence(answer, lang=run.lang))


def _opened(path: Path) -> PointsFile:
    binary = open_file(path).open("rb")
    try:
        return PointsFile(binary, path.name)
    except FileError:
        binary.close()
        raise


def _answer_file(
    run: Shell, index: LookupIndex, points: PointsFile, out: Path, *, day: date, datum: Datum
) -> None:
    """Answer a file of any length in bounded memory; it appears whole or not at all."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    lines = -1
    try:
        encoding = "utf-8-sig" if points.has_mark else "utf-8"
        with draft.open("w", encoding=encoding, newline="") as written:
            for text in csv_lines(index, points.chunks(), as_of=day, datum=datum, lang=run.lang):
                written.write(text)
                lines += text.count("\r\n")
                if run.err.is_terminal:
                    run.err.print(f"{lines:,}", end="\r")
        draft.replace(out)
    except OSError as error:
        raise FileError(
            f"cannot write {out}: {error.strerror}", f"无法写入 {out}：{error.strerror}"
        ) from error
    finally:
        points.close()
        draft.unlink(missing_ok=True)
    run.say(f"{lines:,} points answered → {out}", f"已查询 {lines:,} 个点 → {out}")
