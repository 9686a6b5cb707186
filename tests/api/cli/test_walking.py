"""Sheets for the walk on site, and what was walked typed back, from the command line."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from api.cli.walking import stretch_numbers
from geo.errors import InputError
from tests.api.cli.conftest import Run
from tests.conftest import missing

GRID = "999901001001001"


def words(content: bytes, folder: Path) -> str:
    path = folder / "sheet.pdf"
    path.write_bytes(content)
    try:
        done = subprocess.run(
            ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, text=True
        )
    except FileNotFoundError:
        missing("no pdftotext here; `./dev setup-tests` installs poppler-utils")
    return "".join(done.stdout.split())


def test_a_sheet_each_with_a_form_and_what_was_walked_comes_back(planned: Run, tmp_path: Path) -> None:
    done = planned("walk-sheets", "1", "--out", "w.zip", "--lang", "en")
    assert done.code == 0, done.err
    with zipfile.ZipFile("w.zip") as archive:
        names = archive.namelist()
        (first,) = [name for name in names if name.startswith(GRID)]
        said = words(archive.read(first), tmp_path)
    assert "manifest.csv" in names
    assert "Walkonsite:aremarkandasignatureforeachstretch" in said
    word = said.partition(f"{GRID}-1-")[2][:4]
    done = planned(
        "walked", "1", GRID, "1", "--by", '<b>"王"</b>', "--sheet", word, "--on", "2026-06-01", "--lang", "en"
    )
    assert done.code == 0, done.err
    assert "1 stretches walked" in done.out
    assert '<b>"王"</b>' in done.out
    assert "not-walked" in planned("check", "--plan", "1").out
    for grid in planned("export", "grids", "--plan", "1", "--out", "g.csv") and [
        line.split(",")[0] for line in Path("g.csv").read_text("utf-8-sig").splitlines()[1:]
    ]:
        assert planned("walked", "1", grid, "all", "--by", "王某").code == 0
    assert "not-walked" not in planned("check", "--plan", "1").out
    assert planned("walked", "1", GRID, "all", "--take-back").code == 0
    assert "not-walked" in planned("check", "--plan", "1").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("walked", "1", GRID, "1"), "--by"),
        (("walked", "1", "--by", "王某"), "name the grid"),
        (("walked", "1", GRID, "0", "--by", "王某"), "no number of a stretch"),
        (("walked", "1", GRID, "999", "--by", "王某"), "stretches 1 to"),
        (("walked", "1", GRID, "1", "--by", "王某", "--sheet", "2222"), "print it again"),
        (("walked", "99"), "no plan 99"),
        (("walk-sheets", "99", "--out", "w.zip"), "no plan 99"),
        (("walk-sheets", "1", "--out", "w.zip", "--grid", "x"), "no grid x"),
        (("walk-sheets", "1", "--out", "w.pdf"), "name a .zip"),
        (("walk-sheets", "1", "--out", "w.zip", "--format", "gif"), "choose pdf"),
    ],
)
def test_what_cannot_be_done_is_told(planned: Run, arguments: tuple[str, ...], said: str) -> None:
    done = planned(*arguments, "--lang", "en")
    assert (done.code, said in done.err) == (2, True), done.err


@pytest.mark.parametrize("typed", ["0", "3-1", "x", "1,2", "-1"])
def test_numbers_that_are_none(typed: str) -> None:
    with pytest.raises(InputError, match="number of a stretch"):
        stretch_numbers([typed])
