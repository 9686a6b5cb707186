"""The list of what is wrong with a file, kept short enough to hold and written as a spreadsheet to mend by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import IllegalCharacterError

from geo.errors import Fault, FrameError, Words
from layers.files.atomic import drafted
from layers.files.formulas import computes

MOST_FAULTS = 10_000
"""More are counted, not listed: whoever has ten thousand mends the cause, not the rows."""

_HEADER = {"zh": ("行号", "列", "值", "问题与建议"), "en": ("row", "column", "value", "reason")}
_TITLE = {"zh": "问题清单", "en": "faults"}
_WIDTHS = (10, 22, 40, 90)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FaultyFileError(FrameError):
    """A file with faults; nothing of it was loaded. The list is also in `faults_file`, when that was asked for."""

    def __init__(self, layer: str, faults: Sequence[Fault], *, faults_file: Path | None = None) -> None:
        super().__init__(layer, faults)
        self.faults_file = faults_file
        if faults_file is not None:
            self.words = Words(
                f"{self.words.en}. All of them: {faults_file}", f"{self.words.zh}。全部问题见：{faults_file}"
            )
            self.args = (self.words.en,)


def bounded(faults: Iterable[Fault], most: int = MOST_FAULTS) -> list[Fault]:
    """The faults in row order, those of the whole file first, the same one named once; above `most` the rest
    is only counted."""
    distinct = list(dict.fromkeys(faults))
    ordered = sorted(distinct, key=lambda fault: (fault.row is not None, fault.row or 0, fault.column or ""))
    if len(ordered) <= most:
        return ordered
    more = len(ordered) - most
    return [
        *ordered[:most],
        Fault(None, None, "", Words(f"and {more:,} more faults", f"另有 {more:,} 处问题")),
    ]


def write_faults(path: Path, faults: Sequence[Fault], *, lang: str) -> Path:
    """Write the faults as XLSX: row, column, value, reason in `lang`. Texts are texts: nothing in it computes.

    The file appears whole or not at all; the folder is made when missing. Returns `path`.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = _TITLE[lang]
    sheet.append(_HEADER[lang])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, fault in enumerate(faults, start=2):
        texts = (fault.column or "", fault.value, fault.reason.text(lang))
        if fault.row is not None:
            sheet.cell(number, 1, fault.row)
        for column, text in enumerate(texts, start=2):
            cell = sheet.cell(number, column)
            try:
                cell.value = _NOT_XML.sub("?", text)
            except IllegalCharacterError:
                cell.value = ""
            cell.data_type = "s"  # openpyxl takes a leading = for a formula
            cell.quotePrefix = computes(text)
            cell.alignment = Alignment(wrap_text=column == 4, vertical="top")
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    with drafted(path, make_folder=True) as draft:
        book.save(draft)
    return path
