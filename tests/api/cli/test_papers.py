"""The papers of a redraw from the command line, unpacked and read as whoever gets them would."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.conftest import Run
from tests.conftest import missing

openpyxl = pytest.importorskip("openpyxl")
docx = pytest.importorskip("docx", reason="python-docx comes with docxtpl")
pytest.importorskip("xlsxwriter")

NAMES = ['<b>"甲"&乙</b>网格', "阳光花园" * 10, "镕堃喆网格"]
DRAWN = [
    f'g{number},"{name.replace(chr(34), chr(34) * 2)}",base,"POLYGON(({west} 34.30,{east} 34.30,{east} 34.31,{west} 34.31,{west} 34.30))"'
    for number, (name, west, east) in enumerate(
        zip(NAMES, ("108.70", "108.7028", "108.7075"), ("108.7028", "108.7075", "108.71"), strict=True)
    )
]


@pytest.fixture
def redrawn(planned: Run) -> Run:
    """`planned`, where the western community has a draft of three grids with awkward names."""
    Path("grids.csv").write_text("\n".join(["ref,name,kind,wkt", *DRAWN]) + "\n", "utf-8")
    done = planned("import", "grids", "grids.csv", "--crs", "EPSG:4490")
    assert done.code == 0, done.err
    return planned


def unpacked(path: str) -> dict[str, bytes]:
    """The members of an archive, once its manifest has been found true."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        members = {name: archive.read(name) for name in archive.namelist()}
    rows = list(csv.DictReader(io.StringIO(members.pop("manifest.csv").decode("utf-8-sig"))))
    assert {row["file"] for row in rows} == set(members)
    for row in rows:
        assert hashlib.sha256(members[row["file"]]).hexdigest() == row["sha256"]
        assert len(members[row["file"]]) == int(row["bytes"])
    return members


def pdf_words(content: bytes, folder: Path) -> str:
    path = folder / "drawing.pdf"
    path.write_bytes(content)
    try:
        done = subprocess.run(
            ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, text=True
        )
    except FileNotFoundError:
        missing("no pdftotext here; `./dev setup-tests` installs poppler-utils")
    return "".join(done.stdout.split())


def test_every_paper_names_every_grid(redrawn: Run, tmp_path: Path) -> None:
    done = redrawn("papers", "--community", "999901001001", "--out", "p.zip")
    assert done.code == 0, done.err
    files = unpacked("p.zip")
    assert set(files) == {
        "甲社区网格登记表.xlsx",
        "甲社区网格登记表.docx",
        "甲社区网格调整告知书.docx",
        "甲社区网格图.pdf",
        "甲社区网格调整对照图.pdf",
    }
    register = openpyxl.load_workbook(io.BytesIO(files["甲社区网格登记表.xlsx"]))["网格登记表"]
    assert {row[2] for row in register.iter_rows(min_row=5, values_only=True)} >= set(NAMES)
    tables = docx.Document(io.BytesIO(files["甲社区网格登记表.docx"])).tables
    assert {row.cells[2].text for row in tables[0].rows} >= set(NAMES)
    for name in ("甲社区网格图.pdf", "甲社区网格调整对照图.pdf"):
        words = pdf_words(files[name], tmp_path)
        for grid in NAMES:
            assert grid in words
    assert "原第一网格" in pdf_words(files["甲社区网格调整对照图.pdf"], tmp_path)


def test_the_code_list_adds_up(redrawn: Run) -> None:
    assert redrawn("papers", "--community", "999901001001", "--out", "p.zip").code == 0
    book = openpyxl.load_workbook(io.BytesIO(unpacked("p.zip")["甲社区网格登记表.xlsx"]))
    rows = list(book["新旧编码对照"].iter_rows(min_row=5, values_only=True))
    assert sum(row[5] for row in rows) == 4 * 180
    moved = list(book["更换网格楼栋"].iter_rows(min_row=5, values_only=True))
    assert all(row[3] != row[5] for row in moved)
    assert sum(row[2] for row in moved) == sum(row[5] for row in rows if row[0] != row[2])


def test_several_communities_lie_in_folders(redrawn: Run) -> None:
    done = redrawn("papers", "--out", "p.zip", "--drawing", "svg", "--drawing", "png", "--lang", "en")
    assert done.code == 0, done.err
    files = unpacked("p.zip")
    west, east = ("999901001001 甲社区", "999901001002 乙社区")
    assert {name.partition("/")[0] for name in files} == {west, east}
    assert f"{west}/Grids of 甲社区, before and after.svg" in files
    assert files[f"{west}/Grids of 甲社区, before and after.png"].startswith(b"\x89PNG")
    assert not any("before and after" in name for name in files if name.startswith(east)), "a first plan"


def test_the_same_day_gives_the_same_papers(redrawn: Run) -> None:
    made = []
    for name in ("a.zip", "b.zip"):
        assert redrawn("papers", "--community", "999901001001", "--out", name).code == 0
        made.append(unpacked(name))
    assert made[0] == made[1]


def write_template(words: str) -> None:
    document = docx.Document()
    document.add_paragraph(words)
    document.save("own.docx")


def test_a_template_of_the_tenant(redrawn: Run) -> None:
    write_template("本局登记表 {{ community }} {% for row in grids %}[{{ row.name }}]{% endfor %}")
    done = redrawn("papers", "--community", "999901001001", "--out", "p.zip", "--template", "own.docx")
    assert done.code == 0, done.err
    (text,) = [
        paragraph.text
        for paragraph in docx.Document(io.BytesIO(unpacked("p.zip")["甲社区网格登记表.docx"])).paragraphs
    ]
    assert text.startswith("本局登记表 甲社区 [")
    assert all(f"[{name}]" in text for name in NAMES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ ''.__class__.__mro__ }}", "own.docx"),
        ("{{ 'a' * 10000000000 }}", "of memory"),
        ("{{ nothing_of_this_name }}", "nothing_of_this_name"),
    ],
)
def test_a_template_that_misbehaves_leaves_no_archive_half_made(redrawn: Run, words: str, said: str) -> None:
    write_template(words)
    done = redrawn(
        "papers", "--community", "999901001001", "--out", "p.zip", "--template", "own.docx", "--lang", "en"
    )
    assert done.code == 1
    assert said in done.err
    assert not Path("p.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "p.docx"), "name a .zip"),
        (("--out", "p.zip", "--drawing", "gif"), "choose pdf, png or svg"),
        (("--out", "p.zip", "--plan", "99"), "no plan 99"),
        (("--out", "p.zip", "--template", "grids.csv"), "archive"),
        (("--out", "p.zip", "--template", "nothing.docx"), "no file"),
    ],
)
def test_what_cannot_be_made_is_told(redrawn: Run, arguments: tuple[str, ...], said: str) -> None:
    done = redrawn("papers", *arguments, "--lang", "en")
    assert (done.code, said in done.err) == (2, True), done.err
    assert not Path("p.zip").exists()


def test_no_plan_no_papers(run: Any) -> None:
    assert run("papers", "--out", "p.zip").code == 2
