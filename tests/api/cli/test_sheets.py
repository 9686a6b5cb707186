"""Sheets from the command line, on the published plan of a small town."""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
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


def test_names_by_a_pattern_in_one_archive(planned: Any) -> None:
    done = planned("sheets", "--format", "svg", "--out", "s.zip", "--names", "{code} {day}")
    assert done.code == 0, done.err
    with zipfile.ZipFile("s.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[-1] == "manifest.csv"
    assert all(re.fullmatch(r"\d{12} \d{8}(-\d)?\.svg", name) for name in names[:-1])
    refused = planned("sheets", "--out", "t.zip", "--names", "{title}", "--lang", "en")
    assert (refused.code, "{code}" in refused.err) == (2, True)


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
        (("--per", "house"), "choose one of community, grid, complex, street, board, booklet"),
        (("--format", "gif"), "choose pdf, png or svg"),
        (("--paper", "B5"), "no paper 'B5'"),
        (("--scale", "100"), "does not fit"),
        (("--approval", "A", "--exempt", "B"), "not both"),
        (("--per", "board"), "hangs in public"),
        (("--per", "grid", "--pledge", "p.txt"), "a pledge does not go with sheets per grid, only per board"),
        (("--per", "board", "--exempt", "x", "--leaders", "nobody.csv"), "nobody.csv"),
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


def test_a_notice_with_leaders_from_a_table_of_the_office(planned: Any) -> None:
    Path("l.csv").write_text(
        '社区,网格,级别,姓名\n甲社区,,1,王建国\n甲社区,第一网格,3,<b>李"秀英"</b>\n', "utf-8"
    )
    Path("p.txt").write_text("有事必应。\n", "utf-8")
    arguments = (
        "--per",
        "board",
        "--exempt",
        "张贴",
        "--leaders",
        "l.csv",
        "--pledge",
        "p.txt",
        "--format",
        "svg",
    )
    done = planned(
        "sheets", "--out", "s", *arguments, "--community", "999901001001", "--grey", "--force", "无"
    )
    assert done.code == 0, done.err
    (page,) = (path.read_text("utf-8") for path in Path("s").glob("*.svg"))
    for words in ("王建国", '&lt;b&gt;李"秀英"&lt;/b&gt;', "有事必应。", "url(#hatch"):
        assert words in page
    assert "public-export" in planned("history", "--limit", "3").out
    for name, text, said in (
        ("l.csv", "甲,乙\n1,2\n", "no column of the grid"),
        ("l.csv", "网格,姓名\n,李\n", "neither a grid nor a community"),
        ("p.txt", " \n", "a pledge has 1 to 4000 characters"),
    ):
        Path(name).write_text(text, "utf-8")
        done = planned("sheets", "--out", "s", *arguments, "--lang", "en")
        assert (done.code, said in done.err) == (2, True), done.err
        Path("l.csv").write_text("网格,姓名\n第一网格,李\n", "utf-8")


def test_a_public_page_says_by_what_right_and_is_recorded(planned: Any) -> None:
    assert planned("map", "grids", "--out", "in.html").code == 0
    assert planned("map", "grids", "--out", "out.html", "--approval", "陕S(2026)001号").code == 0
    assert "审图号：陕S(2026)001号" in Path("out.html").read_text("utf-8")
    assert "内部工作用图</p>" in Path("in.html").read_text("utf-8")
    assert planned("history").out.count("public-export") == 1
    done = planned("map", "grids", "--out", "o.html", "--exempt", "", "--lang", "en")
    assert (done.code, "is empty" in done.err) == (2, True)
