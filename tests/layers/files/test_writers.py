"""What goes out comes back the same, opens in Excel, and computes nothing."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import shapely
from shapely import box

from geo.conform import conform
from geo.errors import FileError
from geo.frames import COMPLEXES, CONTRACTS
from layers.files.columns import pick
from layers.files.headings import heading
from layers.files.mapping import ColumnMapping, map_columns
from layers.files.readers import read_source
from layers.files.shapefiles_out import Encoding
from layers.files.writers import write_layer, write_table
from tests.layers.files.drawing import frame


def complexes() -> pd.DataFrame:
    shapes = [box(0, 0, 50, 50), shapely.MultiPolygon([box(90, 0, 99, 9), box(110, 0, 120, 9)])]
    made = frame(shapes, ref=["x1", "x2"], name=["=梅园", None], aliases=[["梅园一村", "老梅园"], []])
    return conform(made, COMPLEXES)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "csv", "xlsx", "shp"])
def test_a_layer_comes_back_the_same(tmp_path: Path, suffix: str) -> None:
    made = complexes().assign(name=["梅园三街坊", None])
    path = write_layer(made, tmp_path / "new" / f"x.{suffix}", layer="complexes")
    source = read_source(path, layer="complexes")
    back = map_columns(source, COMPLEXES, ColumnMapping()).frame.set_crs(4490, allow_override=True)
    back = conform(back, COMPLEXES)
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.drop(columns="geometry")), pd.DataFrame(made.drop(columns="geometry"))
    )
    assert shapely.equals_exact(
        back.geometry.array[:1], made.geometry.array[:1], 1e-9, normalize=True
    ).all() or (suffix in ("gpkg", "shp") and back.geometry.iloc[0].geom_type == "MultiPolygon")
    left = {p.suffix for p in path.parent.iterdir()}
    parts = {".shp", ".shx", ".dbf", ".prj", ".cpg"} if suffix == "shp" else {path.suffix}
    assert left == parts, "nothing else is left behind"


def test_csv_opens_in_excel_and_computes_nothing(tmp_path: Path) -> None:
    data = write_layer(complexes(), tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert "'=梅园" in text
    assert ",=梅园" not in text
    assert "梅园一村|老梅园" in text


def test_xlsx_computes_nothing(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_layer(complexes(), tmp_path / "x.xlsx", layer="小区")).active
    assert sheet.title == "小区"
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("'=梅园", "s")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("old")
    round_one = frame([shapely.Point(0, 0).buffer(50, quad_segs=500)], ref=["x"])
    with pytest.raises(FileError, match="too long for a cell"):
        write_layer(round_one, path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


def test_other_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"use \.geojson, \.gpkg, \.shp, \.csv, \.xlsx"):
        write_layer(complexes(), tmp_path / "x.kml")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_rows_without_shapes_are_written_too(tmp_path: Path, suffix: str) -> None:
    path = write_table(pd.DataFrame({"名称": ["=1+1", None], "n": [1, 2]}), tmp_path / f"t{suffix}")
    read = (
        pd.read_csv(path, encoding="utf-8-sig")
        if suffix == ".csv"
        else pd.read_excel(path, engine="calamine")
    )
    assert read["名称"].iloc[0] == "'=1+1"
    assert read["n"].tolist() == [1, 2]


def test_a_table_has_no_geojson(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="geojson"):
        write_table(pd.DataFrame({"n": [1]}), tmp_path / "t.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_is_pleasant_to_work_in(tmp_path: Path) -> None:
    made = complexes().assign(kind="商品房小区", share=0.123456)
    sheet = openpyxl.load_workbook(
        write_layer(made, tmp_path / "x.xlsx", layer="complexes", lang="zh", shapes=False)
    ).active
    assert sheet.title == "小区"
    heads = [cell.value for cell in sheet[1]]
    assert heads[:5] == ["小区编码", "小区名称", "别名", "期", "类型"]
    assert "图形" not in heads
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(heads)).column_letter}3"
    assert sheet.column_dimensions["E"].width >= 11
    number = sheet.cell(2, heads.index("占比") + 1)
    assert (number.value, number.number_format) == (0.123456, "0.##")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_shapefile_says_its_encoding_and_keeps_names(tmp_path: Path, encoding: Encoding) -> None:
    made = complexes().assign(community_code="610402001001", name=["梅园一村", "桂苑"])
    path = write_layer(made, tmp_path / "x.shp", layer="complexes", encoding=encoding)
    assert path.with_suffix(".cpg").read_text() == {"utf-8": "UTF-8", "gbk": "936"}[encoding]
    source = read_source(path, layer="complexes")
    back = map_columns(source, COMPLEXES, ColumnMapping()).frame
    assert back["name"].tolist() == ["梅园一村", "桂苑"]
    assert back["community_code"].tolist() == ["610402001001"] * 2
    assert source.frame.crs.to_epsg() == 4490


def test_what_a_shapefile_would_lose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="254 bytes"):
        write_layer(complexes().assign(name="村" * 100), tmp_path / "x.shp")
    with pytest.raises(FileError, match="GBK lacks"):
        write_layer(complexes().assign(name="\U00020000村"), tmp_path / "x.shp", encoding="gbk")
    mixed = frame([box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])], ref=["a", "b"])
    with pytest.raises(FileError, match="one kind of shapes"):
        write_layer(mixed, tmp_path / "x.shp")
    assert list(tmp_path.iterdir()) == []


def test_a_geopackage_carries_its_style(tmp_path: Path) -> None:
    path = write_layer(complexes(), tmp_path / "x.gpkg", layer="complexes", style="<qgis/>")
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall() == [
            ("complexes", "<qgis/>")
        ]
    assert len(read_source(path, layer="complexes").frame) == 2


def test_every_heading_of_a_layer_is_read_again() -> None:
    for layer, contract in CONTRACTS.items():
        names = [
            name for name in contract.names if (layer, name) != ("grids", "ref")
        ]  # written as code alone
        heads = [heading(layer, column, "zh") for column in names]
        assert len(set(heads)) == len(heads), layer
        assert all(re.search("[\u4e00-\u9fff]", head) for head in heads), (layer, heads)
        found = pick(heads, contract, {}, "x").theirs
        if layer == "grids":
            del found["ref"]
        assert found == {column: (head,) for column, head in zip(names, heads, strict=True)}, layer
