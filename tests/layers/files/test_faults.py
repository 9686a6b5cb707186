"""The list of faults: once each, in order, bounded, and a spreadsheet in which nothing computes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from geo.errors import Fault, Words
from layers.files.faults import FaultyFileError, bounded, write_faults

WORDS = Words("wrong", "有误")


def test_faults_come_once_each_in_row_order_the_whole_file_first() -> None:
    late, early, whole = Fault(9, "b", "", WORDS), Fault(2, "a", "", WORDS), Fault(None, None, "", WORDS)
    assert bounded([late, early, late, whole]) == [whole, early, late]


def test_what_is_beyond_the_bound_is_counted() -> None:
    listed = bounded([Fault(row, None, "", WORDS) for row in range(1, 31)], 10)
    assert [fault.row for fault in listed] == [*range(1, 11), None]
    assert listed[-1].reason.zh == "另有 20 处问题"


@pytest.mark.parametrize(("lang", "header", "reason"), [("zh", "行号", "有误"), ("en", "row", "wrong")])
def test_the_spreadsheet(tmp_path: Path, lang: str, header: str, reason: str) -> None:
    nasty = [Fault(3, "=A1", "=1+1", WORDS), Fault(4, "名称", "a\x07\ud800b", WORDS)]
    sheet = openpyxl.load_workbook(write_faults(tmp_path / "new" / "f.xlsx", nasty, lang=lang)).active
    assert sheet["A1"].value == header
    assert [cell.value for cell in sheet[2]] == [3, "=A1", "=1+1", reason]
    assert {cell.data_type for cell in sheet[2]} == {"n", "s"}
    assert sheet["C3"].value == "a??b"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["f.xlsx"]


def test_the_error_names_the_spreadsheet(tmp_path: Path) -> None:
    error = FaultyFileError("buildings", [Fault(3, None, "", WORDS)], faults_file=tmp_path / "f.xlsx")
    assert str(error).startswith(
        "buildings: 1 fault(s), nothing was loaded; the first (row 3): wrong. All of them: "
    )
    assert "全部问题见" in error.text("zh")
