"""Texts on their way into CSV: none of them may start a formula in the spreadsheet that opens the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def cell(value: Any) -> str:
    """A value as text; an apostrophe goes before what would be taken for a formula.

    >>> cell("=1+1"), cell(-5.5), cell(None)
    ("'=1+1", '-5.5', '')
    """
    text = "" if value is None or value is pd.NA or value != value else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV lines."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
