"""What goes out comes back the same, opens in Excel, and computes nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import shapely
from shapely import box

from geo.conform import conform
from geo.errors import FileError
from geo.frames import COMPLEXES
from layers.files.mapping import ColumnMapping, map_columns
from layers.files.readers import read_source
from layers.files.writers import write_layer, write_table
from tests.layers.files.drawing import frame


def complexes() -> pd.DataFrame:
    shapes = [box(0, 0, 50, 50), shapely.MultiPolygon([box(90, 0, 99, 9), box(110, 0, 120, 9)])]
    made = frame(shapes, ref=["x1", "x2"], name=["=梅园", None], aliases=[["梅园一村", "老梅园"], []])
    return conform(made, COMPLEXES)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "csv", "xlsx"])
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
    ).all() or (suffix == "gpkg" and back.geometry.iloc[0].geom_type == "MultiPolygon")
    assert [p.name for p in path.parent.iterdir()] == [path.name], "nothing else is left behind"


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
    with pytest.raises(FileError, match=r"use \.geojson, \.gpkg, \.csv, \.xlsx"):
        write_layer(complexes(), tmp_path / "x.shp")


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
