"""The tables of a redraw as a workbook to print and to work on: one sheet a table, nothing in it computes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from maps.papers.tables import Cell, Column, Table

_FONT = "宋体"
_MOST_NAME = 31
"""Characters a sheet's name may have."""
_HEAD_ROW = 3
_A4 = 9
_A3 = 8
_WIDE = 130
"""From so many characters across on a table is printed on A3."""
_GRID = "#8c8c8c"


def workbook(tables: Sequence[Table], *, made: date, footer: str) -> bytes:
    """An XLSX of `tables`, laid out to be printed: lying paper, one page wide, the head on every page, `footer` with the
    page number below. Texts stay texts whatever they begin with. The same tables give the same bytes."""
    import xlsxwriter  # takes its time to load

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001  a plain day
    styles = _styles(book)
    for table in tables:
        _sheet(book, table, styles, footer)
    book.close()
    return target.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    body = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "border": 1, "border_color": _GRID}
    return {
        "title": book.add_format({"font_name": _FONT, "font_size": 16, "bold": True, "quote_prefix": True}),
        "said": book.add_format({"font_name": _FONT, "font_size": 9, "quote_prefix": True}),
        "head": book.add_format(
            body | {"bold": True, "align": "center", "bg_color": "#ece9e1", "text_wrap": True}
        ),
        # the apostrophe of spreadsheets: a name that begins with = stays a name, also when the cell is edited
        "text": book.add_format(body | {"text_wrap": True, "quote_prefix": True, "num_format": "@"}),
        "count": book.add_format(body | {"num_format": "#,##0"}),
        "hidden": book.add_format(body | {"align": "right", "quote_prefix": True}),
        "share": book.add_format(body | {"num_format": "0.0%"}),
    }


def _sheet(book: Any, table: Table, styles: dict[str, Any], footer: str) -> None:
    sheet = book.add_worksheet(_sheet_name(table.name))
    sheet.write_string(0, 0, table.title, styles["title"])
    sheet.write_string(1, 0, table.said, styles["said"])
    sheet.write_string(2, 0, " · ".join(table.notes), styles["said"])
    for place, (column, words) in enumerate(zip(table.columns, table.head, strict=True)):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_HEAD_ROW, place, words, styles["head"])
    for number, row in enumerate(table.rows, start=_HEAD_ROW + 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _cell(sheet, number, place, column, cell, styles)
    if table.empty:
        sheet.write_string(_HEAD_ROW + 1, 0, table.empty, styles["said"])
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_landscape()
    sheet.set_paper(_A3 if sum(column.width for column in table.columns) > _WIDE else _A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{footer.replace('&', '&&')}&R&P / &N")


def _cell(sheet: Any, row: int, place: int, column: Column, cell: Cell, styles: dict[str, Any]) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, place, None, styles["text"])
    elif isinstance(cell, str):
        sheet.write_string(row, place, cell, styles["text" if column.form == "text" else "hidden"])
    else:
        sheet.write_number(row, place, cell, styles[column.form])


def _sheet_name(name: str) -> str:
    return name[:_MOST_NAME]
