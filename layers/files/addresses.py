"""Files of addresses in, and the answers out: CSV, newline-delimited JSON and Parquet, order kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import FileError
from layers.files.atomic import drafted
from layers.files.encoding import decode
from layers.files.limits import DEFAULT, Limits, open_file, too_many
from layers.files.questions import ADDRESS_NAMES, ID_NAMES, WORKBOOKS, as_csv
from layers.files.writers import write_csv_lines

KINDS = (".csv", ".xlsx", ".txt")
"""What answers are written as."""


class Addresses(NamedTuple):
    """The addresses of a file, in its order."""

    ids: list[str]
    texts: list[str]
    """Empty where the file has none."""


def read_addresses(path: Path, *, limits: Limits = DEFAULT) -> Addresses:
    """The addresses in a CSV, XLSX, XLS, NDJSON or Parquet file: columns `id` and `text` or `address` (`ADDRESS_NAMES`).

    Without an id column rows are numbered from 1. Raises `FileError` for a file that is damaged, too large or
    has no column of addresses.
    """
    resolved = open_file(path, limits)
    suffix = resolved.suffix.lower()
    if suffix in (".parquet", ".pq"):
        return _read_parquet(resolved, limits)
    if suffix in (".ndjson", ".jsonl", ".json"):
        return _read_ndjson(resolved, limits)
    if suffix in (".csv", ".tsv", ".txt"):
        return _read_csv(path.name, decode(resolved.read_bytes(), path.name).text, limits)
    if suffix in WORKBOOKS:
        return _read_csv(path.name, as_csv(resolved, limits=limits).decode(), limits)
    raise FileError(
        f"{path.name}: addresses are read from .csv, .xlsx, .ndjson or .parquet; convert the file",
        f"{path.name}：地址文件应为 .csv、.xlsx、.ndjson 或 .parquet；请转换格式",
    )


def write_lines(
    out: Path, columns: Sequence[str], texts: Iterable[str], *, sheet: str = "match", lang: str = "en"
) -> None:
    """Write CSV lines under a header, UTF-8, or as a workbook with headings in `lang` where `out` is one; the file appears
    whole or not at all. Raises `FileError`."""
    if out.suffix.lower() == ".xlsx":
        write_csv_lines([",".join(columns) + "\r\n", *texts], out, sheet=sheet, lang=lang)
        return
    with drafted(out) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(columns)
        for text in texts:
            file.write(text)


def _read_csv(name: str, text: str, limits: Limits) -> Addresses:
    if "\0" in text:
        raise FileError(f"{name} is not a text file", f"{name} 不是文本文件")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    csv.field_size_limit(limits.shape_characters)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header = [cell.strip().lstrip("\ufeff") for cell in next((row for row in reader if row), [])]
        at, numbered = _columns(name, header)
        ids: list[str] = []
        texts: list[str] = []
        for row in reader:
            if not row:
                continue
            if len(ids) >= limits.rows:
                raise too_many(name, len(ids) + 1, limits)
            ids.append(row[numbered] if numbered is not None and numbered < len(row) else str(len(ids) + 1))
            texts.append(row[at] if at < len(row) else "")
    except csv.Error as error:
        raise FileError(
            f"{name}, line {reader.line_num}: {error}; check the quotes in that line",
            f"{name} 第 {reader.line_num} 行：{error}；请检查该行的引号",
        ) from error
    return Addresses(ids, texts)


def _read_parquet(path: Path, limits: Limits) -> Addresses:
    try:
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > limits.rows:
            raise too_many(path.name, file.metadata.num_rows, limits)
        names = list(file.schema_arrow.names)
        at, numbered = _columns(path.name, names)
        wanted = [names[at]] if numbered is None else [names[at], names[numbered]]
        table = file.read(columns=wanted)
        columns = [_texts(table.column(name)) for name in wanted]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileError(
            f"{path.name} cannot be read as Parquet ({error}); export it again",
            f"{path.name} 无法按 Parquet 读取（{error}）；请重新导出",
        ) from error
    texts = columns[0]
    return Addresses(columns[1] if numbered is not None else [str(i + 1) for i in range(len(texts))], texts)


def _texts(column: Any) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _read_ndjson(path: Path, limits: Limits) -> Addresses:
    lines = [line for line in decode(path.read_bytes(), path.name).text.splitlines() if line.strip()]
    if len(lines) > limits.rows:
        raise too_many(path.name, len(lines), limits)
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _bad_line(path.name, number) from error
        if not isinstance(record, dict):
            raise _bad_line(path.name, number)
        records.append(record)
    names = list(dict.fromkeys(key for record in records[:1_000] for key in record))
    at, numbered = _columns(path.name, names)
    text, key = names[at], None if numbered is None else names[numbered]
    return Addresses(
        [str(i) if key is None else _plain(record.get(key)) for i, record in enumerate(records, start=1)],
        [_plain(record.get(text)) for record in records],
    )


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _bad_line(name: str, number: int) -> FileError:
    return FileError(
        f"{name}, line {number} is not a JSON object; write one object with id and text in each line",
        f"{name} 第 {number} 行不是 JSON 对象；每行应为一个含 id 与 text 的对象",
    )


def _columns(name: str, header: Sequence[str]) -> tuple[int, int | None]:
    """Where the address and the id stand."""
    lower = [cell.strip().lower() for cell in header]
    text = next((lower.index(known) for known in ADDRESS_NAMES if known in lower), None)
    if text is None:
        raise FileError(
            f"{name} has no column 'text' or 'address'; its columns are: {', '.join(header) or 'none'}",
            f"{name} 没有 text 或 address（地址）列；现有列：{'、'.join(header) or '无'}",
        )
    return text, next((lower.index(known) for known in ID_NAMES if known in lower), None)
