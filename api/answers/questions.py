"""Files of questions, points (id, lon, lat) or addresses (id, address), as CSV or one JSON object a line, read in
chunks of bounded memory. A bad row is marked and passed on; only a first line that cannot be used stops a file."""

from __future__ import annotations

import io  # noqa: F401  used by the example
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from api.answers.records import TextFile
from geo.errors import FileError, Words
from geo.locate.index import bad_coordinates
from layers.files.encoding import UNREADABLE
from layers.files.questions import ADDRESS_NAMES, ID_NAMES

CHUNK_ROWS = 4096
MOST_ADDRESS_CHARACTERS = 500
_NAMES = {
    "id": ID_NAMES,
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "address": ADDRESS_NAMES,
}
_FIRST = ("address", "id")
"""Of these a table may have several under different names: the first in the list counts."""
Asks = Literal["points", "addresses"]
Form = Literal["csv", "ndjson"]
_Row = dict[str, Any]

_NO_NUMBER = Words("lon or lat is not a number", "经度或纬度不是数字")
_OUT_OF_RANGE = Words(
    "lon must lie between -180 and 180, lat between -90 and 90",
    "经度应在 -180 与 180 之间，纬度应在 -90 与 90 之间",
)
_SHORT = Words("the row has too few fields", "此行字段不足")
_UNREADABLE = Words(
    "the row is not readable text; save the file as UTF-8", "此行文字无法识别；请将文件另存为 UTF-8"
)
_NO_ADDRESS = Words("the address is empty", "地址为空")
_LONG_ADDRESS = Words(
    f"the address has more than {MOST_ADDRESS_CHARACTERS} characters",
    f"地址超过 {MOST_ADDRESS_CHARACTERS} 个字符",
)
_NO_OBJECT = Words("the line is not a JSON object", "此行不是 JSON 对象")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some thousand rows in file order."""

    ids: list[str]
    lon: NDArray[np.float64]
    """Degrees, shape (n,); NaN where the row is bad, and where addresses are asked."""
    lat: NDArray[np.float64]
    texts: list[str]
    """The addresses; empty texts where points are asked."""
    faults: dict[int, Words]
    """Position in this chunk to what is wrong with the row."""


class QuestionsFile(TextFile):
    """A file of questions over a binary, seekable file.

    >>> points = QuestionsFile(io.BytesIO(b"id,lon,lat\\na,108.7,34.3\\nb,x,1\\n"), "points.csv")
    >>> chunk = next(points.chunks())
    >>> points.asks, chunk.ids, chunk.lon.tolist()[0], chunk.faults[1].en
    ('points', ['a', 'b'], 108.7, 'lon or lat is not a number')
    >>> homes = QuestionsFile(io.BytesIO('{"id": 7, "address": "桂苑3号楼"}'.encode()), "q", form="ndjson")
    >>> homes.asks, next(homes.chunks()).texts
    ('addresses', ['桂苑3号楼'])
    """

    asks: Asks
    """Points where the first line has lon and lat, else addresses."""

    def __init__(self, binary: IO[bytes], name: str, *, form: Form = "csv", numbered: bool = False) -> None:
        """Read the first line. `numbered`: where it has no id, rows are numbered from 1. Raises `FileError` when it lacks
        a column or the file is no text."""
        super().__init__(binary, name)
        self.form = form
        if form == "csv":
            records = self.csv_records()
            self.asks, columns = _columns(next(records, []), name, numbered=numbered)
            filled = (record for record in records if any(field.strip() for field in record))
            rows = (_csv_row(record, columns) for record in filled)
            if "id" not in columns:
                rows = ({**row, "id": number} for number, row in enumerate(rows, start=1))
            self._rows: Iterator[_Row] = rows
        else:
            rows = (_json_row(line) for line in self.lines())
            first = next(rows, None)
            self.asks = "addresses" if first is None or "address" in first else "points"
            self._rows = rows if first is None else chain([first], rows)

    def chunks(self, *, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows, `rows` at a time; blank lines are left out."""
        shape = _points if self.asks == "points" else _addresses
        while some := list(islice(self._rows, rows)):
            yield shape(some)


def _columns(header: list[str], name: str, *, numbered: bool) -> tuple[Asks, dict[str, int]]:
    names = [field.strip().lower() for field in header]
    found = {
        wanted: sorted((i for i, n in enumerate(names) if n in known), key=lambda i: known.index(names[i]))
        for wanted, known in _NAMES.items()
    }
    for wanted in _FIRST:
        found[wanted] = [i for i in found[wanted] if names[i] == names[found[wanted][0]]]
    asks: Asks = "addresses" if found["address"] and not (found["lon"] and found["lat"]) else "points"
    needed = ["address"] if asks == "addresses" else ["lon", "lat"]
    if not numbered or found["id"]:
        needed.insert(0, "id")
    for column in needed:
        if len(found[column]) != 1:
            said = "twice" if found[column] else "not"
            shown = ", ".join(field[:30] for field in header[:10]) or "-"
            raise FileError(
                f"{name}: column {column!r} is {said} in the first line ({shown}); it must name id, lon, lat once each, "
                "or id and address",
                f"{name}：首行（{shown}）{'重复出现' if found[column] else '缺少'}列“{column}”；"
                "首行应各有一列 id、lon、lat，或 id 与 address（地址）",
            )
    return asks, {column: found[column][0] for column in needed}


def _csv_row(record: list[str], columns: dict[str, int]) -> _Row:
    row: _Row = {column: record[at] for column, at in columns.items() if at < len(record)}
    if len(row) < len(columns):
        row["fault"] = _SHORT
    return row


def _json_row(line: str) -> _Row:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {"fault": _UNREADABLE if "\ufffd" in line else _NO_OBJECT}
    return (
        {str(key): value for key, value in said.items()} if isinstance(said, dict) else {"fault": _NO_OBJECT}
    )


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _start(rows: list[_Row]) -> tuple[list[str], dict[int, Words]]:
    """Ids, and the faults known so far."""
    ids = [_text(row.get("id")) for row in rows]
    faults = {i: row["fault"] for i, row in enumerate(rows) if isinstance(row.get("fault"), Words)}
    for i, identity in enumerate(ids):
        if UNREADABLE.search(identity):
            faults.setdefault(i, _UNREADABLE)
    return ids, faults


def _points(rows: list[_Row]) -> Chunk:
    ids, faults = _start(rows)
    lon, lat = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for i, row in enumerate(rows):
        if i in faults:
            continue
        try:
            lon[i], lat[i] = float(row["lon"]), float(row["lat"])
        except (KeyError, TypeError, ValueError, OverflowError):
            faults[i] = _NO_NUMBER
            lon[i] = lat[i] = math.nan
    for i in np.flatnonzero(bad_coordinates(lon, lat)).tolist():
        faults.setdefault(i, _OUT_OF_RANGE)
        lon[i] = lat[i] = np.nan
    return Chunk(ids, lon, lat, [""] * len(ids), faults)


def _addresses(rows: list[_Row]) -> Chunk:
    ids, faults = _start(rows)
    texts = [_text(row.get("address")) for row in rows]
    for i, text in enumerate(texts):
        if not text:
            faults.setdefault(i, _NO_ADDRESS)
        elif len(text) > MOST_ADDRESS_CHARACTERS:
            faults.setdefault(i, _LONG_ADDRESS)
        elif UNREADABLE.search(text):
            faults.setdefault(i, _UNREADABLE)
    nothing = np.full(len(ids), np.nan)
    return Chunk(ids, nothing, nothing, texts, faults)
