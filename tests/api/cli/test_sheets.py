"""Sheets from the command line, on the published plan of a small town."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import pytest


def test_a_sheet_of_each_grid_with_its_checksum(planned: Any) -> None:
    done = planned("sheets", "--per", "grid", "--out", "sheets", "--paper", "A4", "--lang", "en")
    assert done.code == 0, done.err
    with Path("sheets/manifest.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        content = (Path("sheets") / row["file"]).read_bytes()
        assert content.startswith(b"%PDF")
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
    assert len({row["file"] for row in rows}) == len(rows)


@pytest.mark.parametrize(("name", "magic"), [("m.pdf", b"%PDF"), ("m.png", b"\x89PNG"), ("m.svg", b"<svg")])
def test_the_map_goes_to_paper_too(planned: Any, name: str, magic: bytes) -> None:
    done = planned("map", "grids", "--out", name, "--paper", "A3")
    assert done.code == 0, done.err
    assert Path(name).read_bytes().startswith(magic)
    assert "1:" in done.out


def test_a_map_of_another_kind_is_refused_with_those_there_are(planned: Any) -> None:
    done = planned("map", "grids", "--out", "m.docx", "--lang", "en")
    assert (done.code, ".html, .pdf, .png or .svg" in done.err) == (2, True)
    done = planned("map", "grids", "--out", "m.html", "--paper", "A3", "--lang", "en")
    assert (done.code, "--paper" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--per", "house"), "choose community, grid or complex"),
        (("--format", "gif"), "choose pdf, png or svg"),
        (("--paper", "B5"), "no paper 'B5'"),
        (("--scale", "100"), "does not fit"),
        (("--approval", "A", "--exempt", "B"), "not both"),
        (("--community", "111"), "111"),
    ],
)
def test_what_cannot_be_printed_is_told(planned: Any, arguments: tuple[str, ...], said: str) -> None:
    done = planned("sheets", "--out", "s", *arguments, "--lang", "en")
    assert done.code != 0
    assert said in done.err


def test_a_public_sheet_is_never_made_by_accident(planned: Any) -> None:
    assert planned("sheets", "--out", "s", "--format", "svg").code == 0
    assert all("内部工作用图" in path.read_text("utf-8") for path in Path("s").glob("*.svg"))
    assert planned("sheets", "--out", "p", "--format", "svg", "--approval", "陕S(2026)001号").code == 0
    for path in Path("p").glob("*.svg"):
        words = path.read_text("utf-8")
        assert "审图号：陕S(2026)001号" in words
        assert "内部工作用图" not in words
