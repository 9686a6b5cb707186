"""Workbooks (.xlsx, .xls) to rows of text. What lies in them is looked through before any reader parses it."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax import SAXException  # only the exception: what parses is defusedxml
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from geo.errors import Fault, FileError, Words
from layers.files.limits import DEFAULT, Limits, open_zip, read_member

_PROLOGUE_BYTES = 64 << 10
"""The root element of a part begins within so many bytes; behind it no entity can be declared any more."""
_CELL = re.compile(rb'<(?:\w{1,9}:)?c\b(?=[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})")[^>]{0,300}[^/>]>(?!</)')
_FORMULA = re.compile(
    rb'<(?:\w{1,9}:)?c\b(?=[^>]{0,200}?\br="([A-Z]{1,3}\d{1,7})")[^>]{0,300}>'
    rb"\s*<(?:\w+:)?f\b[^>]{0,300}?(?:/>|>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v[^>]*>([^<]*)</(?:\w+:)?v>)?"
)
_LONGEST_CELL_BYTES = 256 << 10
_ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, its cells as texts."""

    name: str
    rows: list[list[str]]
    """From the first row of the sheet on; an empty cell is an empty text."""
    numeric: set[tuple[int, int]]
    """Cells (row, column from 0) that hold numbers and not texts, kept where a merge begins."""
    merged: list[tuple[int, int, int, int]]
    """Merged cells: first row, first column, last row, last column, from 0."""
    faults: list[Fault] = field(default_factory=list)
    formulas: int = 0
    """Cells whose value was computed; the last computed value was read."""


class SheetName(NamedTuple):
    """A sheet in the order of the workbook."""

    name: str
    hidden: bool


class _Formulas(NamedTuple):
    """Formulas of one sheet: how many have a value, and those without one by cell."""

    computed: int
    uncomputed: dict[str, str]


class Workbook:
    """An open workbook. Raises `FileError` for what is damaged, too large or hostile.

    `.xlsx` is looked through first (`check_workbook`); `.xls` holds no XML and has at most 65,536 rows of 256
    columns a sheet.
    """

    def __init__(self, path: Path, limits: Limits = DEFAULT) -> None:
        self.path = path
        self._formulas = check_workbook(path, limits) if path.suffix.lower() == ".xlsx" else {}
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except (CalamineError, OSError, ValueError) as error:
            raise self._damaged(error) from error

    def sheets(self) -> list[SheetName]:
        """The worksheets, as they stand; charts and macros are left out."""
        return [
            SheetName(meta.name, meta.visible != SheetVisibleEnum.Visible)
            for meta in self._book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]

    def read(self, name: str) -> Sheet:
        """One sheet by name. Raises `FileError` for one that cannot be read."""
        try:
            sheet = self._book.get_sheet_by_name(name)
            merged = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or []]
            rows, numeric = _texts(sheet, {(r0, c0) for r0, c0, _, _ in merged})
        except (CalamineError, OSError, ValueError, OverflowError) as error:
            raise self._damaged(error) from error
        found = self._formulas.get(name, _Formulas(0, {}))
        faults = [*_uncomputed(found.uncomputed, rows), *_error_cells(rows)]
        return Sheet(name, rows, numeric, merged, faults, found.computed)

    def _damaged(self, error: Exception) -> FileError:
        reason = str(error).replace("\n", " ")[:200]
        if "password" in reason.lower():
            return FileError(
                f"{self.path.name} is locked with a password; save it without one",
                f"{self.path.name} 设有密码；请去掉密码后另存",
            )
        return FileError(
            f"{self.path.name} is a damaged workbook ({reason}); save it again",
            f"{self.path.name} 工作簿已损坏（{reason}）；请重新保存",
        )


def _texts(sheet: CalamineSheet, kept: set[tuple[int, int]]) -> tuple[list[list[str]], set[tuple[int, int]]]:
    """The cells as texts, and which of the cells in `kept` hold numbers."""
    rows: list[list[str]] = []
    numeric: set[tuple[int, int]] = set()
    left = sheet.start[1] if sheet.start else 0
    before = [""] * left
    wanted: dict[int, list[int]] = {}
    for row, column in kept:
        wanted.setdefault(row, []).append(column)
    for row, values in enumerate(sheet.iter_rows()):
        rows.append(before + [text_of(value) for value in values])
        for column in wanted.get(row, ()):
            at = column - left
            if 0 <= at < len(values) and isinstance(values[at], (int, float)):
                numeric.add((row, column))
    return rows, numeric


def text_of(value: Any) -> str:
    """The value of a cell as text: whole numbers without a point, days as YYYY-MM-DD.

    >>> text_of(36.0), text_of(36.5), text_of(datetime.datetime(2026, 1, 2))
    ('36', '36.5', '2026-01-02')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return "" if value is None else str(value)


def _uncomputed(formulas: dict[str, str], rows: list[list[str]]) -> Iterator[Fault]:
    words = Words(
        "the cell looks like a formula and was never computed; open the file in a spreadsheet program, save it again, "
        "or enter the plain value",
        "单元格疑似公式且没有计算结果；请用表格软件打开并重新保存，或填入纯文本",
    )
    for cell, text in formulas.items():
        row, column = _place(cell)
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        yield Fault(row + 1, _letters(column), f"={text}"[:60], words)


def _error_cells(rows: list[list[str]]) -> Iterator[Fault]:
    words = Words(
        "the cell shows an error of the spreadsheet program; enter the value",
        "单元格显示公式错误；请填入正确的值",
    )
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if text[:1] == "#" and _ERRORS.fullmatch(text):
                yield Fault(number, _letters(column), text, words)


def _place(cell: str) -> tuple[int, int]:
    """Row and column from 0 of a cell such as B12."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _letters(column: int) -> str:
    """The letters of a column counted from 0.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ---------------------------------------------------------------- before it is read


def check_workbook(path: Path, limits: Limits = DEFAULT) -> dict[str, _Formulas]:
    """Read an XLSX once through, counting: a zip like any other, of XML in UTF-8 without a document type, whose
    sheets span no more cells than `limits.cells`. Gives the formulas by sheet name. Raises `FileError`."""
    budget = limits.unpacked_bytes
    parts: dict[str, _Formulas] = {}
    with open_zip(path, limits) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise FileError(
                f"{path.name} is not an XLSX workbook; save it as .xlsx",
                f"{path.name} 不是 XLSX 文件；请另存为 .xlsx",
            )
        for member in archive.infolist():
            inside = member.filename.replace("\\", "/").lower().lstrip("/")
            look: _Look | None = None
            for count, piece in enumerate(read_member(archive, member, budget, limits=limits)):
                budget -= len(piece)
                if count == 0 and (inside.endswith((".xml", ".rels", ".vml")) or _is_markup(piece)):
                    _check_prologue(path.name, piece[:_PROLOGUE_BYTES])
                    look = _Look(path.name, limits)  # any part may be called a sheet by the workbook
                if look is not None:
                    look.feed(piece)
            if look is not None:
                parts[inside] = look.close()
        names = _sheet_parts(archive)
    return {name: parts[part] for name, part in names.items() if part in parts}


def _is_markup(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


class _RootReached(SAXException):
    """The root element began: what follows can declare nothing."""

    def __init__(self) -> None:
        super().__init__("root")


class _UntilRoot(ContentHandler):
    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802, ARG002  the names of SAX
        """Stop the reader at the root: the prologue was all that was asked for."""
        raise _RootReached


def _check_prologue(name: str, head: bytes) -> None:
    """Raise `FileError` unless the part begins as XML in UTF-8 without a document type."""
    start = head[3:] if head.startswith(b"\xef\xbb\xbf") else head
    encoding = re.match(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""", start)
    plain = encoding is None or encoding[1].lower() in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    if b"\0" in start[:4] or not plain:
        raise FileError(
            f"{name} keeps a part of its XML in another encoding than UTF-8; save it again from a spreadsheet program",
            f"{name} 内部 XML 不是 UTF-8 编码；请用表格软件重新保存",
        )
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(_UntilRoot())
    try:
        parser.feed(head)
    except _RootReached:
        return
    except DefusedXmlException as error:
        raise FileError(
            f"{name} declares XML entities or a document type; save it again from a spreadsheet program",
            f"{name} 声明了 XML 实体或文档类型；请用表格软件重新保存",
        ) from error
    except SAXException as error:
        raise FileError(
            f"{name} is a damaged workbook ({error}); save it again",
            f"{name} 工作簿已损坏（{error}）；请重新保存",
        ) from error
    raise FileError(
        f"{name} is a damaged workbook: a part of it holds no XML; save it again",
        f"{name} 工作簿已损坏：有部分不是 XML；请重新保存",
    )


class _Look:
    """One pass over the bytes of a sheet: how far it reaches, and its formulas."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.row = self.column = self.computed = 0
        self.uncomputed: dict[str, str] = {}
        self.rest = b""

    def feed(self, piece: bytes) -> None:
        """Look at the next bytes; what may be half a cell waits for more."""
        data = self.rest + piece
        end = max(data.rfind(tag) + len(tag) for tag in (b"</c>", b":c>", b"</row>"))
        if end < len(b"</row>") or len(data) - end > _LONGEST_CELL_BYTES:
            end = len(data)
        self._look(data[:end])
        self.rest = data[end:]

    def close(self) -> _Formulas:
        """The formulas of the sheet."""
        self._look(self.rest)
        return _Formulas(self.computed, self.uncomputed)

    def _look(self, data: bytes) -> None:
        for match in _CELL.finditer(data):
            letters = match[1]
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            self.row, self.column = max(self.row, int(match[2])), max(self.column, column)
        if self.row * self.column > self.limits.cells:
            raise FileError(
                f"{self.name}: a sheet spans {self.row:,} rows and {self.column:,} columns; delete the cells far out",
                f"{self.name}：工作表范围达 {self.row:,} 行 {self.column:,} 列；请删除远处的多余单元格",
            )
        if b"<f" not in data and b":f" not in data:
            return
        for match in _FORMULA.finditer(data):
            if match[3]:
                self.computed += 1
            else:
                self.uncomputed[match[1].decode()] = (match[2] or b"").decode("utf-8", "replace")


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part that holds each sheet, by the name of the sheet."""
    found: dict[str, bytes] = {}
    for member in archive.infolist():
        inside = member.filename.replace("\\", "/").lower().lstrip("/")
        if inside in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            found[inside] = archive.read(member)
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").lower().lstrip("/")
        for tag in re.findall(
            rb"<(?:\w+:)?Relationship\b[^>]*>", found.get("xl/_rels/workbook.xml.rels", b"")
        )
    }
    sheets = re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", found.get("xl/workbook.xml", b""))
    named = {_attribute(tag, b"name"): targets.get(_attribute(tag, rb"\w+:id"), "") for tag in sheets}
    return {name: part if part.startswith("xl/") else f"xl/{part}" for name, part in named.items()}


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb"\s*=\s*\"([^\"]*)\"", tag)
    text = match[1].decode("utf-8", "replace") if match else ""
    for code, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(code, sign)
    return text
