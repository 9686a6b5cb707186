"""A second source of buildings against the register, by command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.api.cli.conftest import SQUARES

Run = Callable[..., Any]


def write(folder: Path, name: str, head: str, rows: list[str]) -> str:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def town(run: Run, tmp_path: Path) -> Run:
    """`run`, over a store with two communities and six buildings."""
    for layer in ("communities", "buildings"):
        head, rows = SQUARES[layer]
        assert (
            run("import", layer, write(tmp_path, f"{layer}.csv", head, rows), "--crs", "EPSG:4490").code == 0
        )
    return run


def test_what_is_the_same_missing_and_contradicting_is_listed(town: Run, tmp_path: Path) -> None:
    head, rows = SQUARES["buildings"]
    renamed = rows[0].replace("1号楼", "9号楼")
    other = write(tmp_path, "survey.csv", head, [renamed, *rows[2:]])
    done = town("conflate", "buildings", other, "--crs", "EPSG:4490", "--out", "list.xlsx", "--lang", "en")
    assert done.code == 0, done.err
    assert "same 4, split 0, joined 0, contradicting 1, missing_there 1, missing_here 0" in done.out
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    found = {row[1]: row[0] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert (found["b1"], found["b2"], found["b3"]) == ("contradicting", "missing_there", "same")


def test_nothing_to_compare_with_is_said(run: Run, tmp_path: Path) -> None:
    head, rows = SQUARES["communities"]
    assert run("import", "communities", write(tmp_path, "c.csv", head, rows), "--crs", "EPSG:4490").code == 0
    other = write(tmp_path, "b.csv", *SQUARES["buildings"])
    done = run("conflate", "buildings", other, "--crs", "EPSG:4490", "--out", "list.xlsx", "--lang", "en")
    assert (done.code, "there are no buildings to compare with" in done.err) == (2, True)


def test_a_file_with_faults_is_refused(town: Run, tmp_path: Path) -> None:
    head, rows = SQUARES["buildings"]
    other = write(tmp_path, "twice.csv", head, [rows[0], rows[0]])
    done = town("conflate", "buildings", other, "--crs", "EPSG:4490", "--out", "list.xlsx", "--lang", "en")
    assert done.code == 2
    assert "b1" in done.err
