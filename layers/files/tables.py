"""CSV and XLSX to rows of text with a shape: from a WKT column, or from longitude and latitude."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import shapely

from geo.errors import Fault, FileError, Words
from layers.files.encoding import decode
from layers.files.limits import Limits, check_workbook

SHAPE_NAMES = {
    "geometry": ("wkt", "geometry", "geom", "the_geom", "shape", "几何", "图形", "空间数据"),
    "lon": ("lon", "lng", "long", "longitude", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
}
"""Column names that hold the shape, in order of preference; a mapping file may name others."""

_SRID = re.compile(r"\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)
_SAMPLE_CHARACTERS = 64 << 10
_BLANK_ROWS_AT_MOST = 100_000


class Table(NamedTuple):
    """A table as it stands in the file."""

    columns: list[str]
    data: pd.DataFrame
    """All text, or None where a cell is empty."""
    rows: list[int]
    """The row each record starts in, as a spreadsheet numbers it; the header is row 1."""
    faults: list[Fault]


def read_csv(path: Path, limits: Limits) -> Table:
    """A CSV file with a header; comma, semicolon or tab. Raises `FileError`."""
    text = decode(path.read_bytes(), path.name).text
    if "\0" in text:
        raise FileError(f"{path.name} is not a text file", f"{path.name} 不是文本文件")
    head = text[:_SAMPLE_CHARACTERS].lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(limits.shape_characters)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _table(path.name, enumerate(reader, start=1), limits)
    except csv.Error as error:
        raise FileError(
            f"{path.name}, line {reader.line_num}: {error}; check the quotes in that line",
            f"{path.name} 第 {reader.line_num} 行：{error}；请检查该行的引号",
        ) from error


def read_xlsx(path: Path, sheet: str | None, limits: Limits) -> Table:
    """One sheet of a workbook (the first when `sheet` is None) with a header in its first row.

    Formulas come back as their text, so that they are found and not computed. Raises `FileError`.
    """
    check_workbook(path, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions it leaves out
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
            try:
                worksheet = _sheet(book, sheet, path.name)
                worksheet.reset_dimensions()  # what a sheet claims of its size is not to be trusted
                rows = ([_cell_text(value) for value in row] for row in worksheet.iter_rows(values_only=True))
                return _table(path.name, enumerate(rows, start=1), limits)
            finally:
                book.close()
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        OSError,
        zipfile.BadZipFile,
    ) as error:
        raise FileError(
            f"{path.name} is a damaged workbook ({error}); save it again",
            f"{path.name} 工作簿已损坏（{error}）；请重新保存",
        ) from error


def _sheet(book: Any, sheet: str | None, name: str) -> Any:
    sheets = {worksheet.title: worksheet for worksheet in book.worksheets}
    if not sheets:
        raise FileError(f"{name} has no worksheet", f"{name} 没有工作表")
    if sheet is None:
        return next(iter(sheets.values()))
    if sheet not in sheets:
        raise FileError(
            f"{name} has no sheet {sheet!r}; it has: {', '.join(sheets)}",
            f"{name} 没有工作表“{sheet}”；现有：{'、'.join(sheets)}",
        )
    return sheets[sheet]


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _table(name: str, numbered: Iterator[tuple[int, Sequence[str]]], limits: Limits) -> Table:
    header: list[str] | None = None
    records: list[Sequence[str | None]] = []
    rows: list[int] = []
    faults: list[Fault] = []
    blank = 0
    for number, cells in numbered:
        if not any(cell.strip() for cell in cells):
            blank += 1
            if blank > _BLANK_ROWS_AT_MOST:
                raise FileError(f"{name} is mostly blank rows; delete them", f"{name} 空白行过多；请删除")
            continue
        blank = 0
        if header is None:
            header = _header(name, cells, limits)
            continue
        if len(records) >= limits.rows:
            raise FileError(
                f"{name} has more than {limits.rows:,} rows; split it",
                f"{name} 超过 {limits.rows:,} 行；请拆分",
            )
        if any(cell.strip() for cell in cells[len(header) :]):
            words = Words(
                f"the row has {len(cells)} cells, the header {len(header)}; check commas and quotes",
                f"该行有 {len(cells)} 个单元格，表头只有 {len(header)} 个；请检查逗号与引号",
            )
            faults.append(Fault(number, None, "", words))
        records.append(
            [cell or None for cell in islice(cells, len(header))] + [None] * (len(header) - len(cells))
        )
        rows.append(number)
    if header is None or not records:
        raise FileError(
            f"{name} has no rows below its header; is it the right file?",
            f"{name} 表头之下没有数据；请确认文件是否正确",
        )
    return Table(header, pd.DataFrame(records, columns=header, dtype=object), rows, faults)


def _header(name: str, cells: Sequence[str], limits: Limits) -> list[str]:
    header = [cell.strip().lstrip("\ufeff") for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > limits.columns:
        raise FileError(f"{name} has {len(header)} columns, too many", f"{name} 有 {len(header)} 列，过多")
    header = [cell or f"column {i}" for i, cell in enumerate(header, start=1)]
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if twice:
        raise FileError(
            f"{name} has two columns named {', '.join(twice)}; rename one",
            f"{name} 有重名的列：{'、'.join(twice)}；请改名",
        )
    return header


class Shapes(NamedTuple):
    """The shapes of a table."""

    frame: gpd.GeoDataFrame
    """The other columns with the geometry; the CRS is set only where the WKT says it."""
    faults: list[Fault]


def with_shapes(table: Table, name: str, given: Mapping[str, str], limits: Limits) -> Shapes:
    """The table with shapes made of its WKT column, else of its longitude and latitude columns.

    `given` names them by `geometry`, or `lon` and `lat`; else the usual names are looked for (`SHAPE_NAMES`).
    A cell that is no shape becomes a fault. Raises `FileError` when there is no such column.
    """
    lower = {column.strip().lower(): column for column in reversed(table.columns)}
    found = {
        what: given.get(what) or next((lower[n] for n in names if n in lower), None)
        for what, names in SHAPE_NAMES.items()
    }
    if not given.get("geometry") and given.get("lon") and given.get("lat"):
        found["geometry"] = None
    crs: str | None = None
    if found["geometry"] is not None:
        used = [found["geometry"]]
        shapes, crs, faults = _from_wkt(table, found["geometry"], limits)
    elif found["lon"] is not None and found["lat"] is not None:
        used = [found["lon"], found["lat"]]
        shapes, faults = _from_degrees(table, found["lon"], found["lat"])
    else:
        columns = ", ".join(table.columns)
        raise FileError(
            f"{name} has no shape: no column wkt, and no lon and lat. Its columns are: {columns}",
            f"{name} 没有空间列：既无 wkt 列，也无 lon、lat 列。现有列：{columns}",
        )
    rest = table.data.drop(columns=[column for column in used if column])
    geometry = gpd.GeoSeries(shapes, index=rest.index, crs=crs)
    rest = rest.rename(columns={"geometry": "geometry "}) if "geometry" in rest.columns else rest
    return Shapes(gpd.GeoDataFrame(rest, geometry=geometry), table.faults + faults)


def _from_wkt(table: Table, column: str, limits: Limits) -> tuple[Any, str | None, list[Fault]]:
    texts = [text.strip() if isinstance(text, str) else None for text in table.data[column]]
    faults: list[Fault] = []
    srids: set[str] = set()
    for i, text in enumerate(texts):
        if text is None:
            continue
        if len(text) > limits.shape_characters:
            words = Words("the WKT is too long; simplify the shape", "WKT 过长；请简化图形")
            faults.append(Fault(table.rows[i], column, text[:40] + "…", words))
            texts[i] = None
        elif match := _SRID.match(text):
            srids.add(match[1])
            texts[i] = text[match.end() :]
    shapes = shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")
    for i, missing in enumerate(shapely.is_missing(shapes)):
        text = texts[i]
        if missing and text:
            words = Words(
                "this is not WKT, such as POLYGON ((x y, ...))", "不是 WKT 格式，例如 POLYGON ((x y, ...))"
            )
            faults.append(Fault(table.rows[i], column, text[:40], words))
    if len(srids) > 1:
        raise FileError(
            f"column {column} mixes SRIDs {', '.join(sorted(srids))}; use one",
            f"列“{column}”混用多个 SRID；请统一",
        )
    return shapely.force_2d(shapes), f"EPSG:{srids.pop()}" if srids else None, faults


def _from_degrees(table: Table, lon: str, lat: str) -> tuple[Any, list[Fault]]:
    faults: list[Fault] = []
    values = {}
    for column in (lon, lat):
        text = table.data[column].astype("str").str.strip()
        number = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
        wrong = ~np.isfinite(number) & table.data[column].notna().to_numpy(dtype=bool)
        words = Words(f"{column} is not a number", f"“{column}”不是数字")
        faults += [
            Fault(table.rows[i], column, str(table.data[column].iloc[i])[:40], words)
            for i in np.flatnonzero(wrong)
        ]
        values[column] = np.where(np.isfinite(number), number, np.nan)
    shapes = np.full(len(table.rows), None, dtype=object)
    there = ~(np.isnan(values[lon]) | np.isnan(values[lat]))
    shapes[there] = shapely.points(values[lon][there], values[lat][there])
    return shapes, faults
