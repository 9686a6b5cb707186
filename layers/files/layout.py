"""How offices lay out a table: a title above the header, a header of two lines, merged cells, 合计 rows, notes
below. Everything that is no record is left out and named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import pandas as pd

from geo.errors import Fault, FileError, Words
from geo.texts import shown
from layers.files.limits import Limits
from layers.files.synonyms import plain

_LOOK_AT_ROWS = 40
"""A header stands within the first so many filled rows."""
_BLANK_ROWS_AT_MOST = 100_000
_TOTAL = re.compile(
    r"(总\s*)?(合|总|小|共|累)\s*计\s*(数|户数|人数|栋)?\s*[：:]?(\d.*)?|汇\s*总\s*[：:]?|total",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(备\s*注|附\s*注|注|说\s*明|填\s*表|制\s*表|填\s*报|审\s*核|复\s*核|负责人|联系人|日\s*期|打印|第\s*\d+\s*页)"
    r".{0,12}[：:].*|第\s*\d+\s*页.*|(以下空白|空白以下)",
    re.DOTALL,
)
_NUMBER = re.compile(r"[\d.,%\-+ ]+")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in the file."""

    columns: list[str]
    data: pd.DataFrame
    """All text, or None where a cell is empty."""
    rows: list[int]
    """The row each record starts in, as a spreadsheet numbers it, from 1."""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    """What was found and left out: titles, totals, notes, cells outside the table."""
    spread: set[tuple[int, str]] = field(default_factory=set)
    """Record and column of numbers that one merged cell gives to several rows."""


@dataclass(slots=True)
class Numbered:
    """The rows of a table with the number each has in the file."""

    rows: Iterable[tuple[int, Sequence[str]]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    numeric: set[tuple[int, int]] = field(default_factory=set)
    strict: bool = True
    """A row with more cells than the header is a fault (commas went wrong), not a remark beside the table."""


def lay_out(name: str, source: Numbered, known: Callable[[str], bool], limits: Limits) -> Table:
    """The records of a table, below the header that `known` names make out. Raises `FileError` without any."""
    rows = iter(source.rows)
    head = list(islice((row for row in rows if any(cell.strip() for cell in row[1])), _LOOK_AT_ROWS))
    if not head:
        raise _no_rows(name)
    first, lines = _header_at(head, source, known)
    columns = _header(name, _names(head, first, lines, source), known, limits)
    notes = _titles(head[:first])
    names = [plain(column) for column in columns]
    body = _Body(name, columns, names, source, limits)
    for number, cells in chain(head[first + lines :], rows):
        body.take(number, cells)
    if not body.records:
        raise _no_rows(name)
    spread, more = _carry_down(body, source)
    data = pd.DataFrame(body.records, columns=columns, dtype=object)
    return Table(columns, data, body.rows, body.faults, [*notes, *body.notes(), *more], spread)


def _no_rows(name: str) -> FileError:
    return FileError(
        f"{name} has no rows below its header; is it the right file?",
        f"{name} 表头之下没有数据；请确认文件是否正确",
    )


# ---------------------------------------------------------------- the header


def _header_at(
    head: Sequence[tuple[int, Sequence[str]]], source: Numbered, known: Callable[[str], bool]
) -> tuple[int, int]:
    """Where the header begins among the first rows, and of how many lines it is (1 or 2)."""
    scores = [sum(bool(cell.strip()) and known(cell) for cell in cells) for _, cells in head]
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in head]
    best, lines = 0, 1
    while best + 1 < len(head) and filled[best] == 1 and max(filled[best + 1 :]) > 1 and not scores[best]:
        best += 1
    top = scores[best]
    for i, score in enumerate(scores):
        if score > top and (score >= 2 or filled[best] == 1):
            best, top = i, score
    for i in (best - 1, best):
        if not 0 <= i < len(head) - 1 or head[i + 1][0] != head[i][0] + 1 or filled[i] < 2:
            continue
        if any(_NUMBER.fullmatch(cell.strip()) for cell in head[i + 1][1] if cell.strip()):
            continue
        both = sum(bool(cell) and known(cell) for cell in _names(head, i, 2, source))
        if both > top:
            best, top, lines = i, both, 2
    return best, lines


def _names(head: Sequence[tuple[int, Sequence[str]]], first: int, lines: int, source: Numbered) -> list[str]:
    """The names of the columns; of two lines the lower one counts where it says something."""
    upper = [cell.strip().lstrip("\ufeff") for cell in head[first][1]]
    if lines == 1:
        return upper
    lower = [cell.strip() for cell in head[first + 1][1]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    number = head[first][0] - 1
    spans = {c: c0 for r0, c0, r1, c1 in source.merged if r0 <= number <= r1 for c in range(c0, c1 + 1)}
    over = [
        upper[spans.get(i, i)]
        or (next((u for u in reversed(upper[:i]) if u), "") if not source.merged else "")
        for i in range(width)
    ]
    twice = {name for name in lower if name and lower.count(name) > 1}
    return [
        (f"{over[i]}{low}" if low in twice else low) if low else upper[spans.get(i, i)]
        for i, low in enumerate(lower)
    ]


def _header(name: str, cells: Sequence[str], known: Callable[[str], bool], limits: Limits) -> list[str]:
    header = [re.sub(r"\s*[\r\n]+\s*", "", cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > limits.columns:
        raise FileError(f"{name} has {len(header)} columns, too many", f"{name} 有 {len(header)} 列，过多")
    header = [cell or f"column {i}" for i, cell in enumerate(header, start=1)]
    twice = sorted({cell for cell in header if header.count(cell) > 1 and known(cell)})
    if twice:
        raise FileError(
            f"{name} has two columns named {', '.join(twice)}; rename one",
            f"{name} 有重名的列：{'、'.join(twice)}；请改名",
        )
    seen: dict[str, int] = {}
    for i, cell in enumerate(header):
        seen[cell] = seen.get(cell, 0) + 1
        if seen[cell] > 1:
            header[i] = f"{cell} ({seen[cell]})"
    return header


def _titles(above: Sequence[tuple[int, Sequence[str]]]) -> list[Words]:
    if not above:
        return []
    texts = [shown(next(cell for cell in cells if cell.strip()).strip(), most=30) for _, cells in above]
    which = ", ".join(str(number) for number, _ in above)
    return [
        Words(
            f"rows above the header were left out: {which} ({'; '.join(texts)})",
            f"表头以上的行未读取：第 {which} 行（{'；'.join(texts)}）",
        )
    ]


# ---------------------------------------------------------------- the records


class _Body:
    """The records below a header, and what stands between and beside them."""

    def __init__(
        self, name: str, columns: list[str], names: list[str], source: Numbered, limits: Limits
    ) -> None:
        self.name, self.columns, self.names, self.source, self.limits = name, columns, names, source, limits
        self.records: list[list[str | None]] = []
        self.rows: list[int] = []
        self.faults: list[Fault] = []
        self.totals: list[int] = []
        self.footers: list[int] = []
        self.headers: list[int] = []
        self.beside: list[int] = []
        self.blank = 0
        self.first = columns[0]

    def take(self, number: int, cells: Sequence[str]) -> None:
        """One row: a record, or something to leave out and name."""
        filled = [(i, cell.strip()) for i, cell in enumerate(cells) if cell.strip()]
        if not filled:
            self.blank += 1
            if self.blank > _BLANK_ROWS_AT_MOST:
                raise FileError(
                    f"{self.name} is mostly blank rows; delete them", f"{self.name} 空白行过多；请删除"
                )
            return
        self.blank = 0
        width = len(self.columns)
        if _is_total(filled):
            self.totals.append(number)
        elif len(filled) <= 2 and width > 2 and _FOOTER.fullmatch(filled[0][1]):
            self.footers.append(number)
        elif (
            filled[0][1] == self.first and [plain(cell) for cell in cells[:width]] == self.names[: len(cells)]
        ):
            self.headers.append(number)
        elif filled[0][0] >= width and not self.source.strict:
            self.beside.append(number)
        else:
            self._record(number, cells, beyond=filled[-1][0] >= width)

    def _record(self, number: int, cells: Sequence[str], *, beyond: bool) -> None:
        width = len(self.columns)
        if len(self.records) >= self.limits.rows:
            raise FileError(
                f"{self.name} has more than {self.limits.rows:,} rows; split it",
                f"{self.name} 超过 {self.limits.rows:,} 行；请拆分",
            )
        if beyond and self.source.strict:
            words = Words(
                f"the row has {len(cells)} cells, the header {width}; check commas and quotes",
                f"该行有 {len(cells)} 个单元格，表头只有 {width} 个；请检查逗号与引号",
            )
            self.faults.append(Fault(number, None, "", words))
        elif beyond:
            self.beside.append(number)
        self.records.append([cell or None for cell in islice(cells, width)] + [None] * (width - len(cells)))
        self.rows.append(number)

    def notes(self) -> list[Words]:
        """What was left out, by kind, with the rows."""
        kinds = (
            (self.totals, "rows of totals were left out", "合计行未作为数据"),
            (self.footers, "remarks below the table were left out", "表下的备注、签字行未读取"),
            (self.headers, "repeated headers were left out", "重复的表头未读取"),
            (self.beside, "cells beside the table were left out", "表格范围之外的内容未读取"),
        )
        return [
            Words(f"{en}: row {_listed(rows)}", f"{zh}：第 {_listed(rows)} 行")
            for rows, en, zh in kinds
            if rows
        ]


def _listed(rows: Sequence[int], most: int = 10) -> str:
    text = ", ".join(map(str, rows[:most]))
    return text if len(rows) <= most else f"{text} … ({len(rows)})"


def _is_total(filled: Sequence[tuple[int, str]]) -> bool:
    """Whether a row sums up others: its first text, behind a running number at most, is 合计 or the like, and
    what follows are figures."""
    at = 1 if len(filled) > 1 and _NUMBER.fullmatch(filled[0][1]) else 0
    if not _TOTAL.fullmatch(filled[at][1]):
        return False
    return sum(not _NUMBER.fullmatch(text) for _, text in filled[at + 1 :]) <= 1


def _carry_down(body: _Body, source: Numbered) -> tuple[set[tuple[int, str]], list[Words]]:
    """Give the value of a cell merged over several rows to each of them; where it is a number, they are marked."""
    spread: set[tuple[int, str]] = set()
    if not source.merged:
        return spread, []
    position = {number: i for i, number in enumerate(body.rows)}
    count = 0
    for r0, c0, r1, _ in source.merged:
        records = [position[number] for number in range(r0 + 1, r1 + 2) if number in position]
        if len(records) < 2 or c0 >= len(body.columns):
            continue
        value = body.records[records[0]][c0]
        if value is None:
            continue
        count += 1
        for i in records[1:]:
            body.records[i][c0] = value
        if (r0, c0) in source.numeric or _NUMBER.fullmatch(value):
            spread.update((i, body.columns[c0]) for i in records)
    if not count:
        return spread, []
    note = Words(
        f"{count} cells merged over several rows count for each of these rows",
        f"{count} 处跨行合并的单元格已按各行取值",
    )
    return spread, [note]
