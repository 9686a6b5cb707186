"""CSV and workbooks to rows of text with a shape: from a WKT column, or from longitude and latitude."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, FileError, Words
from layers.files.encoding import decode
from layers.files.layout import Numbered, Table, lay_out
from layers.files.limits import Limits
from layers.files.workbooks import Sheet, SheetName, Workbook

SHAPE_NAMES = {
    "geometry": ("wkt", "geometry", "geom", "the_geom", "shape", "几何", "图形", "空间数据"),
    "lon": ("lon", "lng", "long", "longitude", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
}
"""Column names that hold the shape, in order of preference; a mapping file may name others."""

Known = Callable[[str], bool]
"""Whether a cell is a name under which files keep a column that is looked for."""

_SRID = re.compile(r"\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)
_SAMPLE_LINES = 20
_SEPARATORS = ",;\t|"
_LONGEST_CELL = 32_767
"""What a cell of a workbook holds at most; a longer WKT was cut there."""
_NO_WKT = Words("this is not WKT, such as POLYGON ((x y, ...))", "不是 WKT 格式，例如 POLYGON ((x y, ...))")
_WKT = re.compile(r"\s*(MULTI)?(POLYGON|LINESTRING|POINT)\b|\s*GEOMETRYCOLLECTION\b", re.IGNORECASE)
_CUT_WKT = Words(
    "the WKT was cut short, as a cell of a workbook (32,767 characters) or a field does; export the layer as GeoPackage or CSV",
    "WKT 被截断（单元格最多 32,767 字符，字段更短）；请导出为 GeoPackage 或 CSV",
)


def read_csv(path: Path, known: Known, limits: Limits) -> Table:
    """A CSV file with a header; comma, semicolon, tab or bar, or what its line `sep=` says. Raises `FileError`."""
    text = decode(path.read_bytes(), path.name).text
    if "\0" in text:
        raise FileError(f"{path.name} is not a text file", f"{path.name} 不是文本文件")
    said = re.match(r'\ufeff?"?sep=(.)"?[\s,;]*?[\r\n]+', text, re.IGNORECASE)
    first_line = 1 + (1 if said else 0)
    text = text[said.end() :] if said else text
    csv.field_size_limit(limits.shape_characters)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=said[1] if said else _separator(text), strict=True
    )
    try:
        return lay_out(path.name, Numbered(enumerate(reader, start=first_line)), known, limits)
    except csv.Error as error:
        line = reader.line_num + first_line - 1
        raise FileError(
            f"{path.name}, line {line}: {error}; check the quotes in that line",
            f"{path.name} 第 {line} 行：{error}；请检查该行的引号",
        ) from error


def _separator(text: str) -> str:
    """What separates the cells: the sign that most of the first lines have, the more often the better."""
    lines = [line for line in text[: 64 << 10].splitlines() if line.strip()][:_SAMPLE_LINES]
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    counts = {sign: sorted(line.count(sign) for line in bare) for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: counts[sign][len(bare) // 2] if bare else 0)


def read_workbook(path: Path, sheet: str | None, known: Known, limits: Limits) -> Table:
    """One sheet of a workbook: the one named, else the visible one whose header says most. Raises `FileError`.

    Merged cells count for all their rows; formulas give the value computed last, and are faults without one.
    """
    book = Workbook(path, limits)
    names = book.sheets()
    if not names:
        raise FileError(f"{path.name} has no worksheet", f"{path.name} 没有工作表")
    if sheet is not None and sheet not in [each.name for each in names]:
        listed = [each.name for each in names]
        raise FileError(
            f"{path.name} has no sheet {sheet!r}; it has: {', '.join(listed)}",
            f"{path.name} 没有工作表“{sheet}”；现有：{'、'.join(listed)}",
        )
    if sheet is not None:
        found = book.read(sheet)
    else:
        open_ones = [each for each in names if not each.hidden] or names
        found = _fullest([book.read(each.name) for each in open_ones], known)
    table = lay_out(path.name, _numbered(found), known, limits)
    faults = _named_columns(found.faults, table)
    return Table(
        table.columns,
        table.data,
        table.rows,
        [*table.faults, *faults],
        [*_sheets_said(found, names), *table.notes],
        table.spread,
    )


def _numbered(sheet: Sheet) -> Numbered:
    return Numbered(enumerate(sheet.rows, start=1), sheet.merged, sheet.numeric, strict=False)


def _fullest(sheets: Sequence[Sheet], known: Known) -> Sheet:
    """The sheet with the most known names in one of its first rows; the earlier of equal ones, none without rows."""

    def says(sheet: Sheet) -> tuple[int, bool]:
        best = max((len({c for c in row if c.strip() and known(c)}) for row in sheet.rows[:30]), default=0)
        return best, len([row for row in sheet.rows[:50] if any(row)]) > 1

    return max(sheets, key=says)


def _sheets_said(found: Sheet, names: Sequence[SheetName]) -> list[Words]:
    notes = []
    others = [each for each in names if each.name != found.name]
    if others:
        en = ", ".join(each.name + (" (hidden)" if each.hidden else "") for each in others)
        zh = "、".join(each.name + ("（隐藏）" if each.hidden else "") for each in others)
        notes.append(
            Words(
                f"sheet {found.name} was read; not read: {en} (choose with --table)",
                f"读取了工作表“{found.name}”；未读取：{zh}（可用 --table 指定）",
            )
        )
    if found.formulas:
        notes.append(
            Words(
                f"{found.formulas} cells are formulas; their last computed values were read",
                f"{found.formulas} 个单元格是公式，已读取其最近一次的计算结果",
            )
        )
    return notes


def _named_columns(faults: Sequence[Fault], table: Table) -> list[Fault]:
    """Faults of cells with the names of their columns; those outside the records concern nobody."""
    rows = set(table.rows)
    named = []
    for fault in faults:
        column = 0
        for letter in fault.column or "":
            column = column * 26 + ord(letter) - 64
        if fault.row in rows and column <= len(table.columns):
            named.append(Fault(fault.row, table.columns[column - 1], fault.value, fault.reason))
    return named


def has_shapes(table: Table, given: Mapping[str, str]) -> bool:
    """Whether a column holds the shape, by its usual name or as `given` says."""
    found = _shape_columns(table, given)
    return found["geometry"] is not None or (found["lon"] is not None and found["lat"] is not None)


def _shape_columns(table: Table, given: Mapping[str, str]) -> dict[str, str | None]:
    lower = {column.strip().lower(): column for column in reversed(table.columns)}
    found = {
        what: given.get(what) or next((lower[n] for n in names if n in lower), None)
        for what, names in SHAPE_NAMES.items()
    }
    if not given.get("geometry") and given.get("lon") and given.get("lat"):
        found["geometry"] = None
    return found


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
    found = _shape_columns(table, given)
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
            open_end = _WKT.match(text) and text.count("(") > text.count(")")
            words = _CUT_WKT if len(text) >= _LONGEST_CELL - 1 or open_end else _NO_WKT
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
