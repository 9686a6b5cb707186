"""Ordinary files load without a mapping file; a mapping file wins; damaged texts are found."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import FileError, InputError
from geo.frames import CONTRACTS
from layers.files.mapping import ColumnMapping, check_mapping, map_columns, read_mapping
from layers.files.pieces import merge_pieces
from layers.files.readers import Source


def source(
    *, spreadsheet: bool = True, shapes: list[shapely.Geometry] | None = None, **columns: list[object]
) -> Source:
    count = len(next(iter(columns.values())))
    geometry = shapes or [shapely.Point(108.7 + i / 100, 34.3) for i in range(count)]
    frame = gpd.GeoDataFrame(
        {name: pd.Series(v, dtype=object) for name, v in columns.items()}, geometry=geometry
    )
    return Source("a.csv", frame, np.arange(2, count + 2), spreadsheet=spreadsheet)


def mapped(layer: str, **columns: list[object]) -> gpd.GeoDataFrame:
    return map_columns(source(**columns), CONTRACTS[layer], ColumnMapping()).frame


def test_chinese_headers_and_values_load_as_they_are() -> None:
    frame = mapped(
        "buildings",
        楼栋编号=["b1"],
        楼栋名称=["3号楼"],
        用途=["住宅"],
        层数=["18层"],
        单元数=["2"],
        **{
            "户数（户）": ["1,200 户"],
            "建筑高度(m)": ["54.5m"],
            "社区编码": ["610402001001"],
            "小区编号": ["x1"],
        },
    )
    row = frame.iloc[0]
    assert (row["ref"], row["name"], row.use, row.levels, row.units) == (
        "b1",
        "3号楼",
        "residential",
        "18",
        "2",
    )
    assert (row.households, row.height_m, row.community_code, row.complex_ref) == (
        "1200",
        "54.5",
        "610402001001",
        "x1",
    )


@pytest.mark.parametrize(
    ("layer", "header", "value", "column", "ours"),
    [
        ("communities", "城乡分类", "村", "kind", "village"),
        ("roads", "道路等级", "主干路", "road_class", "primary"),
        ("roads", "highway", "motorway_link", "road_class", "motorway"),
        ("water", "类型", "水库", "kind", "lake"),
        ("stations", "站点类型", "党群服务中心", "kind", "party_service"),
        ("grids", "网格类型", "专属网格", "kind", "exclusive"),
        ("buildings", "building", "apartments", "use", "residential"),
        ("buildings", "building", "yes", "use", None),
    ],
)
def test_the_usual_words(layer: str, header: str, value: str, column: str, ours: str | None) -> None:
    assert mapped(layer, 编号=["1"], **{header: [value]})[column].tolist() == [ours]


def test_the_first_column_that_says_something_gives_the_use() -> None:
    frame = mapped("buildings", osm_id=["1", "2"], building=["yes", "yes"], use=[None, "amenity=school"])
    assert frame["use"].tolist() == [None, "public"]


def test_unknown_words_stay_for_the_contract_to_blame_unless_they_are_openstreetmap_s() -> None:
    assert mapped("buildings", 编号=["1"], 用途=["综合楼"])["use"].tolist() == ["综合楼"]
    result = map_columns(source(osm_id=["1"], building=["pagoda"]), CONTRACTS["buildings"], ColumnMapping())
    assert result.frame["use"].tolist() == ["other"]
    assert "1 values of use" in result.notes[0].en


def test_dashes_mean_nothing() -> None:
    assert mapped("stations", ref=["1"], name=["站"], kind=["—"])["kind"].tolist() == [None]


def test_whole_numbers_stay_whole() -> None:
    raw = source(spreadsheet=False, code=["1"])
    frame = raw.frame.assign(code=pd.Series([610402005003.0]))
    out = map_columns(Source("a", frame, np.array([1])), CONTRACTS["communities"], ColumnMapping()).frame
    assert out["code"].tolist() == ["610402005003"]


def test_a_mapping_file_wins(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "ref: 自编号\nname: 别的\nvalues:\n  use: {甲类: residential, 乙类: public}\nconstants:\n  levels: 6\n",
        "utf-8",
    )
    said = read_mapping(tmp_path / "m.yaml")
    raw = source(自编号=["7"], 名称=["一"], 别的=["二"], 用途=["乙类"])
    frame = map_columns(raw, CONTRACTS["buildings"], said).frame
    assert frame[["ref", "name", "use", "levels"]].to_numpy().tolist() == [["7", "二", "public", "6"]]


def test_names_a_mapping_gets_wrong_are_listed() -> None:
    wrong = ColumnMapping({"storeys": "层数"})
    with pytest.raises(
        InputError, match="buildings have no column storeys; they have ref, name, use, levels"
    ):
        check_mapping(wrong, CONTRACTS["buildings"], "m.yaml")
    with pytest.raises(InputError, match="no column 楼层数; it has 层数, 编号"):
        map_columns(
            source(层数=["1"], 编号=["1"]), CONTRACTS["buildings"], ColumnMapping({"levels": "楼层数"})
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "not YAML"),
        ("- a\n- b", "must hold lines"),
        ("values: 3", "values"),
        ("name: {a: b}", "one name a line"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
    ],
)
def test_a_mapping_file_that_is_none(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    with pytest.raises(FileError, match=message):
        read_mapping(tmp_path / "m.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("=HYPERLINK(1)", "formula"),
        ("+1", "formula"),
        ("-2+3", "formula"),
        ("@SUM(A1)", "formula"),
        ("\t=1", "formula"),
        ("a\x07b", "control character"),
        ("\ud800", "wrong encoding"),
        ("锟斤拷", "wrong encoding"),
        ("x" * 5000, "more than 4000"),
    ],
)
def test_texts_that_must_not_come_in(text: str, why: str) -> None:
    (fault,) = map_columns(source(编号=["1"], 名称=[text]), CONTRACTS["roads"], ColumnMapping()).faults
    assert (fault.row, fault.column) == (2, "名称")
    assert why in fault.reason.en


def test_a_negative_number_is_no_formula() -> None:
    assert not map_columns(source(编号=["1"], 层数=["-5"]), CONTRACTS["buildings"], ColumnMapping()).faults


def test_keys_are_made_from_name_and_shape_where_a_file_has_none() -> None:
    two = map_columns(source(名称=["a", "b"]), CONTRACTS["roads"], ColumnMapping())
    again = map_columns(source(名称=["a", "b"]), CONTRACTS["roads"], ColumnMapping())
    assert two.frame["ref"].tolist() == again.frame["ref"].tolist()
    assert two.frame["ref"].is_unique
    assert "no key column" in two.notes[0].en


def test_a_key_longer_than_the_store_takes_is_blamed() -> None:
    (fault,) = map_columns(source(编号=["k" * 65]), CONTRACTS["roads"], ColumnMapping()).faults
    assert "64" in fault.reason.en


def test_pieces_of_one_key_are_joined_where_they_agree() -> None:
    lines = [shapely.LineString([(i, 0), (i + 1, 0)]) for i in range(5)]
    frame = gpd.GeoDataFrame(
        {"ref": ["a", "a", "b", "c", "c"], "kind": ["river", "other", "lake", "river", "lake"]},
        geometry=lines,
    )
    merged, rows, gone = merge_pieces(frame, np.arange(1, 6), "ref")
    assert (merged["ref"].tolist(), rows.tolist(), gone) == (["a", "b", "c", "c"], [1, 3, 4, 5], 1)
    assert merged["kind"].tolist() == ["river", "lake", "river", "lake"]
    assert merged.geometry.iloc[0].length == 2
