"""Tables to a workbook that is pleasant to work in: frozen bold header, filters, widths by what is in them, round numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from geo.errors import FileError
from layers.files.formulas import inert

MOST_CELL_CHARACTERS = 32_767
"""What one cell of a workbook can hold."""
MOST_ROWS = 1_048_575
"""Below the header of a sheet."""
_LOOKED_AT = 300
_NARROWEST, _WIDEST = 6, 60
_ROUNDED = "0.##"
"""Shown with two digits, kept as it is."""


def inert_table(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with its texts, but for shapes, as they may be written where formulas compute."""
    texts = [c for c in table.columns if c != "wkt" and pd.api.types.is_string_dtype(table[c].dtype)]
    return table.assign(**{column: table[column].map(inert, na_action="ignore") for column in texts})


def write_sheets(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each table to a sheet of its title. Raises `FileError` for what a sheet cannot hold."""
    book = Workbook(write_only=True)
    for title, table in tables.items():
        _refuse_too_much(path.name, table)
        table = inert_table(table)
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for i, column in enumerate(table.columns):
            sheet.column_dimensions[get_column_letter(i + 1)].width = _width(str(column), table.iloc[:, i])
        if len(table.columns):
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
        sheet.append([_header(sheet, str(name)) for name in table.columns])
        for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def _refuse_too_much(name: str, table: pd.DataFrame) -> None:
    if len(table) > MOST_ROWS:
        raise FileError(
            f"{name}: {len(table):,} rows are more than a sheet holds; write .csv",
            f"{name}：{len(table):,} 行超出工作表上限；请改用 .csv",
        )
    if "wkt" in table and (table["wkt"].str.len() > MOST_CELL_CHARACTERS).any():
        raise FileError(
            f"{name}: a shape is too long for a cell of a workbook; write .csv or .gpkg",
            f"{name}：有图形超出单元格长度；请改用 .csv 或 .gpkg",
        )


def _header(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, float):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = _ROUNDED
    return cell


def _width(name: str, values: pd.Series) -> float:
    shown: Iterable[str] = (
        f"{value:.2f}" if isinstance(value, float) else str(value)
        for value in values.head(_LOOKED_AT).dropna()
    )
    widest = max([_columns(name) + 3, *(_columns(text) for text in shown)])  # 3 for the sign of the filter
    return float(min(max(widest + 1, _NARROWEST), _WIDEST))


def _columns(text: str) -> int:
    """How many columns of Latin letters a text takes.

    >>> _columns("3号楼")
    5
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
