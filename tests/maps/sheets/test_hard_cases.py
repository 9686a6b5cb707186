"""Sheets of what real places throw at them: names of every script, odd grids, crowded communities; all of it still to be found."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from maps.sheets.blocks import Facts, Prose
from maps.sheets.booklet import Entry, bind
from maps.sheets.grey import in_grey
from maps.sheets.panel import Panel, draw_table
from maps.sheets.paper import Box
from maps.sheets.printing import glyph_notes, missing_characters, print_sheet
from maps.sheets.sheet import make_sheet
from maps.sheets.tables import leader_table
from tests.conftest import missing
from tests.maps.sheets.test_sheet import SAID, frame, labels_of, town, words_of

NAMES = {
    "html": "<b>\"A\" & 'B'</b>",
    "forty": "长" * 40,
    "rare": "𠮷𡋾",
    "arabic": "مرحبا بكم",
    "uyghur": "ئۈرۈمچى",
    "tibetan": "བོད་ལྗོངས།",
    "emoji": "花园🏠小区",
    "unbroken": "A" * 60,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_of_any_script_stands_everywhere(name: str, tmp_path: Path) -> None:
    """On the map, in table, index, facts and leaders; the PDF says what it is made of."""
    shown = town()
    grids = shown.grids.assign(name=[name, "第二网格"])
    complexes = shown.complexes.assign(name=[name])
    blocks = [
        leader_table([("三级", name, name, "1")], "zh"),
        Facts("基本情况", ((name, name),)),
        Prose("承诺", (name,)),
    ]
    sheet = make_sheet(
        replace(shown, grids=grids, complexes=complexes), replace(SAID, title=name), blocks=blocks
    )
    ends = re.sub(r"\s", "", "".join(re.findall(r">([^<]*)</text>", sheet.pages[0])))
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert ends.count(re.sub(r"\s", "", escaped)) >= 5
    (pdf,) = print_sheet(sheet, "pdf", title=name)
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_fonts_of_any_script_are_inside_and_what_none_has_is_named(name: str, tmp_path: Path) -> None:
    sheet = make_sheet(town(grids=town().grids.assign(name=[name, "第二网格"])), SAID)
    (pdf,) = print_sheet(sheet, "pdf", title="x")
    said = words_of(pdf, tmp_path)
    listed = subprocess.run(
        ["pdffonts", str(tmp_path / "sheet.pdf")], check=True, capture_output=True, text=True
    ).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        assert line.split()[-5] == "yes", line  # emb, sub, uni and the two numbers of the object
    told = "".join(note.en for note in glyph_notes(sheet))
    lost = missing_characters(sheet)
    assert all(character in told for character in lost)
    for character in set(name) - set(lost):
        assert character in said or unicodedata.combining(character), character


def test_a_community_of_two_thousand_buildings_collides_nowhere(tmp_path: Path) -> None:
    """40 grids of 50 houses each on A3: every grid is found in the PDF, and no name covers another."""
    places = [(x, y) for x in range(8) for y in range(5)]
    houses = [
        shapely.box(200 * x + 18 * a + 8, 200 * y + 36 * b + 10, 200 * x + 18 * a + 20, 200 * y + 36 * b + 30)
        for x, y in places
        for a in range(10)
        for b in range(5)
    ]
    grids = frame(
        [shapely.box(200 * x, 200 * y, 200 * x + 200, 200 * y + 200) for x, y in places],
        code=[f"999901001001{n:03d}" for n in range(40)],
        name=[f"第{n + 1}网格" for n in range(40)],
        kind=["base"] * 40,
        colour=[n % 8 for n in range(40)],
        households=[300] * 40,
    )
    refs = [str(n) for n in range(2_000)]
    shown = town(
        grids=grids, buildings=frame(houses, ref=refs, name=[f"{n % 50 + 1}号楼" for n in range(2_000)])
    )
    sheet = make_sheet(shown, SAID)
    boxes = shapely.box(*np.array(labels_of(sheet.pages[0])).T)
    a, b = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert len(a[a != b]) == 0
    (pdf,) = print_sheet(sheet, "pdf", title="x")
    said = words_of(pdf, tmp_path)
    assert all(name in said for name in grids["name"])


def test_no_cell_of_a_table_is_cut_before_it_was_made_small_and_broken() -> None:
    panel = Panel.at(Box(0, 0, 60, 100))
    draw_table(panel, ("网格", "姓名"), [("第一网格", "古丽娜尔·阿布都热合曼·吐尔逊")], (1, 1), right=())
    written = re.findall(r">([^<]+)</text>", "".join(panel.made))
    assert "".join(written[2:]) == "第一网格古丽娜尔·阿布都热合曼·吐尔逊"


def test_grids_of_one_cell_with_holes_and_in_two_parts() -> None:
    ring = shapely.difference(shapely.box(0, 0, 400, 300), shapely.box(150, 100, 250, 200))
    parts = shapely.MultiPolygon([shapely.box(420, 0, 500, 60), shapely.box(700, 200, 800, 300)])
    speck = shapely.box(195, 145, 200, 150)
    grids = frame(
        [ring, parts, speck],
        code=["999901001001001", "999901001001002", "999901001001003"],
        name=["有洞网格", "两片网格", "单元网格"],
        kind=["base", "base", "exclusive"],
        colour=[0, 1, 2],
    )
    (page,) = make_sheet(town(grids=grids), SAID).pages
    for name in ("有洞网格", "两片网格", "单元网格"):
        assert page.count(f">{name}</text>") == 2  # on the map and in the table
    assert not [box for box in labels_of(page) if box[0] < 10]


def test_a_crowd_of_grids_never_collides_and_every_one_is_found() -> None:
    """144 grids of 20 m on A4: those without room for a name have a number, and the index says whose."""
    cells = [shapely.box(20 * x, 20 * y, 20 * x + 20, 20 * y + 20) for x in range(12) for y in range(12)]
    grids = frame(
        cells,
        code=[f"999901001001{n:03d}" for n in range(144)],
        name=[f"第{n}号特别长的网格名称" for n in range(144)],
        kind=["base"] * 144,
        colour=[n % 8 for n in range(144)],
    )
    sheet = make_sheet(town(grids=grids), SAID, paper="A4")
    boxes = shapely.box(*np.array(labels_of(sheet.pages[0])).T)
    a, b = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert len(a[a != b]) == 0
    every = "".join(sheet.pages)
    assert sheet.numbers
    for code, number in sheet.numbers.items():
        if code.startswith("9999"):
            assert f">{number}</text>" in sheet.pages[0]
            assert f"{code[-9:]}" in every


def test_the_bar_of_a_hundred_metres_is_as_long_as_it_says() -> None:
    sheet = make_sheet(town(), SAID, scale=2_000, paper="A2")
    page = sheet.pages[0]
    last = re.search(r">([\d.]+) 米</text>", page)
    assert last is not None
    fields = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="1.3"', page)
    length = sum(float(wide) for _, wide in fields)
    assert length == pytest.approx(float(last[1]) * 1000 / 2_000, abs=0.05)


def test_the_paper_itself_is_true_to_scale(tmp_path: Path) -> None:
    """Measured on the PDF as a printer draws it, ten dots a millimetre: the page, and the first field of the bar."""
    sheet = make_sheet(town(), SAID, scale=2_000, paper="A2")
    (pdf,) = print_sheet(sheet, "pdf", title="x")
    words_of(pdf, tmp_path)
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            "254",
            "-gray",
            "-singlefile",
            str(tmp_path / "sheet.pdf"),
            str(tmp_path / "page"),
        ],
        check=True,
    )
    kind, width, height, _, raster = (tmp_path / "page.pgm").read_bytes().split(maxsplit=4)
    assert kind == b"P5"
    assert (int(width), int(height)) == (pytest.approx(5_940, abs=2), pytest.approx(4_200, abs=2))
    dots = np.frombuffer(raster, dtype=np.uint8).reshape(int(height), int(width))
    page = sheet.pages[0]
    x, y, wide = map(
        float, re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="1.3"', page)[0]
    )
    row = dots[round((y + 0.65) * 10), round(x * 10) - 30 :] < 100
    start = int(np.argmax(row))
    length_mm = int(np.argmin(row[start:])) / 10
    last = re.search(r">([\d.]+) 米</text>", page)
    fields = page.count('height="1.3"')
    assert last is not None
    assert length_mm == pytest.approx(wide, abs=0.3)
    assert length_mm * 2 == pytest.approx(float(last[1]) / fields, abs=0.8)  # metres on the ground, 1:2,000


def test_every_name_of_table_and_index_is_found_in_the_pdf_and_it_is_sound(tmp_path: Path) -> None:
    shown = town()
    sheet = make_sheet(shown, SAID)
    (pdf,) = print_sheet(sheet, "pdf", title="x")
    said = words_of(pdf, tmp_path)
    for name in [*shown.grids["name"], *shown.grids["code"], *(name for name, _ in sheet.index)]:
        assert name in said
    if shutil.which("qpdf") is None:
        missing("no qpdf here; `./dev setup-tests` installs it")
    done = subprocess.run(
        ["qpdf", "--check", str(tmp_path / "sheet.pdf")], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_colours_neighbours_differ_by_hatching() -> None:
    (page,) = make_sheet(town(), replace(SAID, title="图 #ff0000"), grey=True).pages
    drawn = page.replace("图 #ff0000", "")
    for red, green, blue in re.findall(r'="#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})"', drawn):
        assert red == green == blue
    assert "图 #ff0000" in page  # a name is no colour
    assert 'fill="url(#hatch0)"' in page
    assert 'fill="url(#hatch1)"' in page
    assert "url(#hatch" not in make_sheet(town(), SAID).pages[0]
    assert in_grey('<text fill="#00ff00">') == '<text fill="#b6b6b6">'


def test_a_booklet_has_contents_page_numbers_and_one_index() -> None:
    parts = [(f"图{n}", make_sheet(town(), replace(SAID, title=f"图{n}"), standing=False)) for n in range(3)]
    book = bind(SAID, parts, [Entry("第一网格", 2)])
    assert len(book.pages) == 1 + 1 + 3 + 1
    contents = re.findall(r">([^<]+)</text>", book.pages[1])
    assert [contents[contents.index(f"图{n}") + 1] for n in range(3)] == ["3", "4", "5"]
    for number, page in enumerate(book.pages[1:], start=2):
        assert f">第 {number} 页</text>" in page
    index = re.findall(r">([^<]+)</text>", book.pages[-1])
    assert index[index.index("第一网格") + 1] == "5"
    assert index[index.index("芙蓉小区") + 1].startswith("4 ")  # the overview only where nothing else has it


def test_long_texts_go_on_overleaf() -> None:
    long = tuple(f"第{n}条：" + "服务承诺内容" * 30 for n in range(60))
    sheet = make_sheet(town(), SAID, blocks=[Prose("承诺", long)], paper="A4")
    every = re.sub(r"<[^>]*>", "", "".join(sheet.pages))
    assert len(sheet.pages) > 2
    assert all(f"第{n}条" in every for n in range(60))
