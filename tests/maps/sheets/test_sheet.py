"""Printed sheets: true to scale, nothing covered, everything in the index, every font inside."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import KEPT_CRS, LocalMetres
from geo.errors import EmptyLayerError, InputError
from maps.sheets.ground import Shown
from maps.sheets.paper import PAPERS_MM, fit
from maps.sheets.printing import glyph_notes, print_sheet
from maps.sheets.said import Said
from maps.sheets.sheet import make_sheet
from maps.sheets.tables import walk_table
from tests.conftest import missing

LOCAL = LocalMetres.around(108.7, 34.33)
SAID = Said(
    "鹭坊社区网格图", made=date(2026, 11, 28), serial="WG-0001", link="999901001001", credit="made up"
)


def frame(shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=LOCAL.to_degrees(np.array(shapes, dtype=object)), crs=KEPT_CRS)


def town(**more: Any) -> Shown:
    """Two grids side by side, 400 m each, a complex, houses, a road, a lake and a station."""
    boxes = [shapely.box(0, 0, 400, 300), shapely.box(400, 0, 800, 300)]
    houses = [shapely.box(20 + 60 * n, 40, 60 + 60 * n, 60) for n in range(12)]
    made = {
        "grids": frame(
            boxes,
            code=["999901001001001", "999901001001002"],
            name=["第一网格", "第10网格"],
            kind=["base", "base"],
            colour=[0, 1],
            households=[305, 298],
            people=[800, 700],
            households_estimated=[False, True],
        ),
        "communities": frame([shapely.box(0, 0, 800, 300)], code=["999901001001"], name=["鹭坊社区"]),
        "neighbours": frame([shapely.box(0, 300, 800, 600)], code=["999901001002"], name=["晴园社区"]),
        "complexes": frame([shapely.box(10, 10, 390, 200)], ref=["c"], name=["芙蓉小区"]),
        "buildings": frame(houses, ref=[str(n) for n in range(12)], name=[f"{n + 1}号楼" for n in range(12)]),
        "roads": frame(
            [shapely.LineString([(-50, 250), (850, 250)])], name=["人民西路"], road_class=["residential"]
        ),
        "water": frame([shapely.box(600, 100, 700, 200)], name=["宝庆湖"], kind=["lake"]),
        "stations": frame([shapely.Point(200, 150)], name=["站"], kind=["party_service"]),
    }
    return Shown(**(made | more))


def words_of(pdf: bytes, folder: Path, *options: str) -> str:
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    try:
        found = subprocess.run(
            ["pdftotext", *options, str(path), "-"], capture_output=True, check=True, text=True
        )
    except FileNotFoundError:
        missing("no pdftotext here; `./dev setup-tests` installs poppler-utils")
    return found.stdout


def test_a_sheet_says_all_it_must() -> None:
    (page,) = make_sheet(town(), SAID).pages
    for words in (
        "鹭坊社区网格图",
        "第一网格",
        "第10网格",
        "芙蓉小区",
        "人民西路",
        "晴园社区",
        "内部工作用图",
        "WG-0001",
        "≈298",
    ):
        assert f">{words}<" in page or words in page
    assert "党群服务中心" in page
    assert "铁路" not in page  # the legend names only what is drawn


def test_the_scale_is_true() -> None:
    sheet = make_sheet(town(), SAID)
    (page,) = sheet.pages
    first = re.search(r'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*" fill="#b9c4df"', page)
    assert first is not None
    box = re.findall(r"([\d.]+) ([\d.]+)", re.search(r'<path d="(M[^"]+)" fill="#b9c4df"', page)[1])  # type: ignore[index]
    wide = max(float(x) for x, _ in box) - min(float(x) for x, _ in box)
    assert wide == pytest.approx(400 * 1000 / sheet.layout.scale, abs=0.05)


@pytest.mark.parametrize("paper", sorted(PAPERS_MM))
@pytest.mark.parametrize("size", [(800, 300), (300, 800), (5, 5), (9000, 7000)])
def test_the_place_fits_every_paper(paper: str, size: tuple[float, float]) -> None:
    layout = fit(*size, paper=paper)
    assert size[0] * 1000 / layout.scale <= layout.map.width
    assert size[1] * 1000 / layout.scale <= layout.map.height
    assert layout.map.right <= layout.width - 10 + 1e-9
    assert layout.panel.bottom <= layout.height - 10 + 1e-9


def test_a_scale_that_does_not_fit_is_told_with_one_that_does() -> None:
    with pytest.raises(InputError, match="1:500 the place does not fit on A4; at 1:5000 it does"):
        make_sheet(town(), SAID, paper="A4", scale=500)


def labels_of(page: str) -> list[tuple[float, float, float, float]]:
    """Boxes of the level names on the map, as drawn."""
    boxes = []
    for found in re.finditer(r'<text x="([\d.]+)" y="([\d.]+)"([^>]*)>([^<]+)<', page):
        if 'text-anchor="middle"' not in found[3] or "rotate" in found[3] or "paint-order" not in found[3]:
            continue
        size = float(re.search(r'font-size="([\d.]+)"', found[3])[1])  # type: ignore[index]
        wide = size * sum(1.0 if ord(one) > 255 else 0.5 for one in found[4])
        x, y = float(found[1]), float(found[2])
        boxes.append((x - wide / 2, y - size * 0.8, x + wide / 2, y + size * 0.05))
    return boxes


def test_no_name_covers_another_or_leaves_the_frame() -> None:
    rng = np.random.default_rng(5)
    spots = rng.uniform(0, 380, (60, 2))
    many = frame(
        [shapely.box(x, y * 0.7, x + 25, y * 0.7 + 18) for x, y in spots],
        ref=range(60),
        name=[f"小区名称{n}" for n in range(60)],
    )
    sheet = make_sheet(town(complexes=many), SAID)
    boxes = np.array(labels_of(sheet.pages[0]))
    assert len(boxes) > 15
    frame_ = sheet.layout.map
    assert (boxes[:, :2] >= [frame_.x, frame_.y]).all()
    assert (boxes[:, 2:] <= [frame_.right, frame_.bottom]).all()
    tree = shapely.STRtree(shapely.box(*boxes.T))
    a, b = tree.query(shapely.box(*boxes.T), predicate="overlaps")
    assert len(a[a != b]) == 0
    # what found no room on the map stands there as a number, and in the index with its number and square
    assert sheet.numbers
    for name, number in sheet.numbers.items():
        assert f">{number}</text>" in sheet.pages[0]
        assert f"{number} {name}" in "".join(sheet.pages)


def test_a_forced_name_stands() -> None:
    name = "一个很长的小区名称到处都写不下去只好留在索引里面"
    tiny = frame([shapely.box(395, 140, 399, 144)], ref=["t"], name=[name])
    crowd = {
        "complexes": tiny,
        "stations": frame(
            [shapely.Point(x, y) for x in range(5, 800, 9) for y in range(5, 300, 9)],
            kind=["other"] * 89 * 33,
        ),
    }
    assert make_sheet(town(**crowd), SAID).left_out[0] == ("complex", name)
    forced = make_sheet(town(**crowd), SAID, force=[name])
    assert ("complex", name) not in forced.left_out


def test_tables_too_long_go_on_overleaf() -> None:
    count = 260
    cells = [shapely.box(3 * n, 0, 3 * n + 3, 300) for n in range(count)]
    grids = frame(
        cells,
        code=[f"9999010010{n:05d}" for n in range(count)],
        name=[f"第{n}网格" for n in range(count)],
        kind=["base"] * count,
        colour=[n % 8 for n in range(count)],
        households=[300] * count,
    )
    sheet = make_sheet(town(grids=grids), SAID)
    assert len(sheet.pages) > 1
    every = "".join(sheet.pages)
    assert all(f">9999010010{n:05d}<" in every for n in range(count))


@pytest.mark.parametrize(
    "name", ['<b>"A" & B</b>', "王".ljust(40, "长"), "\u0f56\u0f7c\u0f51\u0f0b", "مرحبا", "𠮷田", "a'b\\c"]
)
def test_names_of_any_kind_go_in(name: str, tmp_path: Path) -> None:
    grids = town().grids.assign(name=[name, "第二网格"])
    sheet = make_sheet(town(grids=grids), replace(SAID, title=f"{name} 图"))
    (pdf,) = print_sheet(sheet, "pdf", title=name)
    assert pdf.startswith(b"%PDF")
    assert bool(glyph_notes(sheet)) == any(
        (ord(one) > 0x2FFF and one == "𠮷") or 0x600 <= ord(one) < 0x700 or 0xF00 <= ord(one) < 0x1000
        for one in name
    )


def test_a_pdf_is_searchable_with_every_font_inside(tmp_path: Path) -> None:
    (pdf,) = print_sheet(make_sheet(town(), SAID), "pdf", title="鹭坊社区网格图")
    said = words_of(pdf, tmp_path)
    for words in ("第一网格", "第10网格", "999901001001002", "芙蓉小区", "人民西路"):
        assert words in said
    fonts = subprocess.run(
        ["pdffonts", str(tmp_path / "sheet.pdf")], capture_output=True, check=True, text=True
    ).stdout
    rows = fonts.splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)  # emb
    assert all("NotoSansCJKsc" in row for row in rows)


def test_the_same_input_gives_the_same_bytes() -> None:
    once, again = (print_sheet(make_sheet(town(), SAID), "pdf", title="x")[0] for _ in range(2))
    assert once == again


def test_pictures_and_drawings() -> None:
    sheet = make_sheet(town(), SAID, paper="A4")
    (png,) = print_sheet(sheet, "png", title="x", dots_per_inch=100)
    assert png.startswith(b"\x89PNG")
    wide = int.from_bytes(png[16:20], "big")
    assert wide == pytest.approx(sheet.layout.width / 25.4 * 100, abs=1)
    (svg,) = print_sheet(sheet, "svg", title="x")
    assert "<text" in svg.decode()
    with pytest.raises(InputError, match="pdf, png, svg"):
        print_sheet(sheet, "gif", title="x")


def test_public_sheets_say_why_and_carry_no_watermark() -> None:
    (internal,) = make_sheet(town(), SAID).pages
    (public,) = make_sheet(town(), replace(SAID, approval="陕S(2026)001号")).pages
    assert "内部工作用图 WG-0001" in internal
    assert "内部工作用图" not in public
    assert "审图号：陕S(2026)001号" in public


def test_nothing_to_draw_is_told() -> None:
    none = town().grids.iloc[:0]
    with pytest.raises(EmptyLayerError, match="no grids or communities"):
        make_sheet(town(grids=none, communities=town().communities.iloc[:0]), SAID)


def test_a_place_with_nothing_but_grids() -> None:
    bare = town()
    empty = {
        name: getattr(bare, name).iloc[:0]
        for name in ("neighbours", "complexes", "buildings", "roads", "water", "stations")
    }
    (page,) = make_sheet(town(**empty), replace(SAID, link=None), paper="A4").pages
    assert "第一网格" in page


def test_what_changes_is_hatched_named_and_in_the_legend() -> None:
    before = frame(
        [shapely.box(0, 0, 300, 300), shapely.box(300, 0, 800, 300)], name=["第一网格", "第二网格"]
    )
    changed = frame([shapely.box(300, 0, 400, 300)], name=["原第二网格"])
    (page,) = make_sheet(town(before=before, changed=changed), SAID).pages
    for words in ("原第二网格", "更换网格的范围", "原网格界", 'fill="url(#changed)"'):
        assert words in page
    (plain,) = make_sheet(town(), SAID).pages
    assert "更换网格的范围" not in plain
    assert "url(#changed)" not in plain


def test_ghosts_stand_only_where_the_outline_moved() -> None:
    same = make_sheet(town(before=town().grids, changed=town().grids.iloc[:0]), SAID).pages[0]
    assert 'stroke-dasharray="2.2 1.3"' not in same.replace(same[same.index("图例") :], "")


def test_stretches_are_numbered_and_no_number_covers_another() -> None:
    sides = shapely.get_parts(shapely.node(shapely.box(0, 0, 400, 300).exterior))
    ring = shapely.get_coordinates(sides[0])
    lines = [shapely.LineString(ring[n : n + 2]) for n in range(4)]
    stretches = frame(
        lines,
        number=[1, 2, 3, 4],
        along=["人民西路", "", "", ""],
        beside=["", "第10网格", "", ""],
        length_m=[400.0, 300.0, 400.0, 300.0],
        remark=["界桩缺失", None, None, None],
        walked_by=["王某", None, None, None],
        walked_on=[date(2026, 11, 28), None, None, None],
    )
    shown = town(stretches=stretches)
    first, second = make_sheet(shown, SAID, blocks=[walk_table(stretches, "zh")]).pages
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.5"', first)
    assert len(set(circles)) == 4
    xy = np.array(circles, dtype=float)
    apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)) + 99 * np.eye(4)
    assert apart.min() > 5
    for words in ("踏勘人签名", "人民西路", "界桩缺失", "王某", "2026-11-28", "WG-0001"):
        assert words in second
    assert "踏勘人签名" not in first
