"""Texts on their way into CSV: none of them may start a formula in the spreadsheet that opens the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import pandas as pd

from layers.files.formulas import inert


def cell(value: Any) -> str:
    """A value as text; an apostrophe goes before what would be taken for a formula.

    >>> cell("=1+1"), cell(-5.5), cell(None)
    ("'=1+1", '-5.5', '')
    """
    return "" if value is None or value is pd.NA or value != value else inert(str(value))


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV lines."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
