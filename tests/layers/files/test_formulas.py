"""One guard against formulas, in every file that is written."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from api.answers.spreadsheet import csv_text
from geo.errors import Fault, Words
from layers.files.faults import write_faults
from layers.files.formulas import as_read, computes, inert, looks_like_formula
from layers.files.writers import write_layer, write_table

COMPUTING = [
    "=1+1", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹢1+1", "﹦A1", "−1+A1",
    "\t=1+1", "\n=1+1", "\r=1+1", "\r\n＝1", " =1+1", "\u3000=1+1", "\n好", "-1层商铺", "\u200b=1", "\x0b=1", "+86",
]  # fmt: skip
PLAIN = ["", "芙蓉小区", "3-2-501", "-5", "-5.5", "1e-5", "A=1", "'九七'年", "3#楼", "50%"]


@pytest.mark.parametrize("text", COMPUTING)
def test_what_computes_gets_an_apostrophe(text: str) -> None:
    assert computes(text)
    assert inert(text) == f"'{text}"
    assert as_read(inert(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_the_rest_is_left_alone(text: str) -> None:
    assert not computes(text)
    assert inert(text) == text == as_read(text)


@given(st.text())
def test_what_was_written_is_read_back(text: str) -> None:
    assert not computes(inert(text))
    if not (text.startswith("'") and computes(text[1:])):
        assert as_read(inert(text)) == text


@pytest.mark.parametrize("text", COMPUTING)
def test_every_writer_is_guarded(tmp_path: Path, text: str) -> None:
    frame = gpd.GeoDataFrame({"name": [text]}, geometry=[Point(108, 34)], crs="EPSG:4490")
    table = pd.DataFrame({"name": [text]})
    write_layer(frame, tmp_path / "a.csv")
    write_table(table, tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text("name\r\n" + csv_text([[text]]), encoding="utf-8-sig", newline="")
    for name in ("a.csv", "b.csv", "c.csv"):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            assert [row[0] for row in csv.reader(file)] == ["name", f"'{text}"], name
    if "\x0b" in text:  # no workbook can hold it
        return
    write_layer(frame, tmp_path / "a.xlsx")
    write_faults(tmp_path / "f.xlsx", [Fault(2, "name", text, Words("bad", "有误"))], lang="zh")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"].value.startswith("'")
    cell = openpyxl.load_workbook(tmp_path / "f.xlsx").active["C2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("text", ["-1层商铺", "-1", "－2F", "--", "-"])
def test_names_that_begin_with_a_sign_are_names(text: str) -> None:
    assert not looks_like_formula(text)


@pytest.mark.parametrize("text", ["=A1", "＝A1", "+86", "+A1", "-1+A1", "@SUM(A1)", "-cmd|x", "\t=1", "\n=1"])
def test_formulas_are_formulas(text: str) -> None:
    assert looks_like_formula(text)
