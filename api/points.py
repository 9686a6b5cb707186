"""CSV files of points (id, lon, lat), read in chunks of bounded memory. A bad row is marked and passed on: it
never stops the others; only a header that cannot be used stops a file."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

import numpy as np
from numpy.typing import NDArray

from geo.errors import FileError, Words
from geo.locate.index import bad_coordinates
from layers.files.encoding import UNREADABLE, encoding_of

CHUNK_ROWS = 4096
_MAX_LINE = 65_536
_MAX_LINES_A_RECORD = 50
_BLOCK = 1 << 20
_NAMES = {
    "id": ("id", "编号", "序号"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
}

_NO_NUMBER = Words("lon or lat is not a number", "经度或纬度不是数字")
_OUT_OF_RANGE = Words(
    "lon must lie between -180 and 180, lat between -90 and 90",
    "经度应在 -180 与 180 之间，纬度应在 -90 与 90 之间",
)
_SHORT = Words("the row has too few fields", "此行字段不足")
_UNREADABLE = Words(
    "the row is not readable text; save the file as UTF-8", "此行文字无法识别；请将文件另存为 UTF-8"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some thousand rows in file order."""

    ids: list[str]
    lon: NDArray[np.float64]
    """Degrees, shape (n,); NaN where the row is bad."""
    lat: NDArray[np.float64]
    faults: dict[int, Words]
    """Position in this chunk to what is wrong with the row."""


class PointsFile:
    """A CSV of points over a binary, seekable file.

    >>> points = PointsFile(io.BytesIO(b"id,lon,lat\\na,108.7,34.3\\nb,x,1\\n"), "points.csv")
    >>> chunk = next(points.chunks())
    >>> chunk.ids, chunk.lon.tolist()[0], chunk.faults[1].en
    (['a', 'b'], 108.7, 'lon or lat is not a number')
    """

    def __init__(self, binary: IO[bytes], name: str) -> None:
        """Read the header. Raises `FileError` when it lacks a column or the file is no text."""
        self.encoding = _encoding(binary, name)
        binary.seek(0)
        text = io.TextIOWrapper(binary, encoding=self.encoding, errors="replace", newline="")
        self._records = _records(text)
        self._columns = _columns(next(self._records, []), name)
        self._text = text

    @property
    def has_mark(self) -> bool:
        """Whether the file began with a byte order mark, as spreadsheets write and want it."""
        return self.encoding == "utf-8-sig"

    def chunks(self, *, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows, `rows` at a time; blank lines are left out."""
        filled = (record for record in self._records if any(field.strip() for field in record))
        while some := list(islice(filled, rows)):
            yield _chunk(some, self._columns)

    def close(self) -> None:
        """Close the file underneath."""
        self._text.close()


def _encoding(binary: IO[bytes], name: str) -> str:
    """The encoding, from the whole file, a block at a time. Damage is left for the rows that have it."""
    head = binary.read(_BLOCK)
    if len(head) == _BLOCK:
        head = head[: head.rfind(b"\n") + 1]
    try:
        encoding = encoding_of(head, name)
    except FileError:
        encoding = "utf-8"
    if encoding == "utf-16":
        raise FileError(f"{name} is UTF-16; save it as UTF-8", f"{name} 是 UTF-16 编码；请另存为 UTF-8")
    if encoding == "utf-8" and not _decodes(binary, "utf-8") and _decodes(binary, "gb18030"):
        return "gb18030"
    return encoding


def _decodes(binary: IO[bytes], encoding: str) -> bool:
    binary.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := binary.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _records(text: io.TextIOWrapper) -> Iterator[list[str]]:
    """CSV records. A quoted field may run over some lines; a quote that is never closed spoils its own line only,
    where `csv.reader` on the file would swallow the rest of it."""
    waiting: list[str] = []
    again: deque[str] = deque()
    open_quote = False
    while line := again.popleft() if again else text.readline(_MAX_LINE):
        waiting.append(line)
        open_quote ^= line.count('"') % 2 == 1
        if open_quote and len(waiting) <= _MAX_LINES_A_RECORD and sum(map(len, waiting)) <= _MAX_LINE:
            continue
        if open_quote:
            again.extendleft(reversed(waiting[1:]))
            del waiting[1:]
            open_quote = False
        yield from csv.reader(waiting)
        waiting = []
    for line in waiting:
        yield from csv.reader([line])


def _columns(header: list[str], name: str) -> tuple[int, int, int]:
    names = [field.strip().lower() for field in header]
    places = []
    for wanted, accepted in _NAMES.items():
        found = [i for i, field in enumerate(names) if field in accepted]
        if len(found) != 1:
            said = "twice" if found else "not"
            shown = ", ".join(field[:30] for field in header[:10]) or "-"
            raise FileError(
                f"{name}: column {wanted!r} is {said} in the first line ({shown}); it must name id, lon, lat once each",
                f"{name}：首行（{shown}）{'重复出现' if found else '缺少'}列“{wanted}”；首行应各有一列 id、lon、lat",
            )
        places.append(found[0])
    return places[0], places[1], places[2]


def _chunk(records: list[list[str]], columns: tuple[int, int, int]) -> Chunk:
    at_id, at_lon, at_lat = columns
    ids: list[str] = []
    lon, lat = np.full(len(records), np.nan), np.full(len(records), np.nan)
    faults: dict[int, Words] = {}
    for i, record in enumerate(records):
        ids.append(record[at_id].strip() if at_id < len(record) else "")
        if len(record) <= max(columns):
            faults[i] = _SHORT
            continue
        if UNREADABLE.search(record[at_id]):
            faults[i] = _UNREADABLE
            continue
        try:
            lon[i], lat[i] = float(record[at_lon]), float(record[at_lat])
        except ValueError:
            faults[i] = _NO_NUMBER
    for i in np.flatnonzero(bad_coordinates(lon, lat)).tolist():
        faults.setdefault(i, _OUT_OF_RANGE)
        lon[i] = lat[i] = np.nan
    return Chunk(ids, lon, lat, faults)
