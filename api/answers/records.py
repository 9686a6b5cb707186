"""Text files as records, in any of the encodings clerks have, one record at a time: a spoiled record spoils no
other, and no file is too long."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import IO

from geo.errors import FileError
from layers.files.encoding import encoding_of

_MAX_LINE = 65_536
_MAX_LINES_A_RECORD = 50
_BLOCK = 1 << 20


class TextFile:
    """Text over a binary, seekable file, its encoding found from the whole of it."""

    def __init__(self, binary: IO[bytes], name: str) -> None:
        """Find the encoding. Raises `FileError` when the file is no text."""
        self.name = name
        self.encoding = _encoding(binary, name)
        binary.seek(0)
        self._text = io.TextIOWrapper(binary, encoding=self.encoding, errors="replace", newline="")

    @property
    def has_mark(self) -> bool:
        """Whether the file began with a byte order mark, as spreadsheets write and want it."""
        return self.encoding == "utf-8-sig"

    def close(self) -> None:
        """Close the file underneath."""
        self._text.close()

    def lines(self) -> Iterator[str]:
        """The lines with something on them; the rest of an endless one counts as lines of its own."""
        while line := self._text.readline(_MAX_LINE):
            if line.strip():
                yield line

    def csv_records(self) -> Iterator[list[str]]:
        """CSV records. A quoted field may run over some lines; a quote that is never closed spoils its own line
        only, where `csv.reader` on the file would swallow the rest of it."""
        waiting: list[str] = []
        again: deque[str] = deque()
        open_quote = False
        while line := again.popleft() if again else self._text.readline(_MAX_LINE):
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
