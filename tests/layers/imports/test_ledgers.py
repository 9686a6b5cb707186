"""Ledgers without shapes are joined to what the store holds; only what they say changes, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import sqlalchemy as sa
from shapely import Point, box

from geo.errors import FileError, FrameError
from layers.imports.imports import import_file, import_frame
from layers.imports.report import ImportReport
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame
from tests.layers.files.drawing import WEST, frame, house, two_communities, write_csv, write_xlsx
from tests.layers.town import NOW


def stored(store: Store, table: sa.Table = t.buildings) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(table).order_by(*table.primary_key.columns))


@pytest.fixture
def settled(store: Store) -> Store:
    def put(layer: str, made: gpd.GeoDataFrame) -> None:
        import_frame(store, OPERATOR, layer, made, source="t", actor="t", now=NOW)

    put("communities", two_communities())
    put(
        "complexes",
        frame(
            [box(-600, -100, -300, 100), box(300, -100, 600, 100)],
            ref=["X1", "X2"],
            name=["石榴花园", "桂苑"],
            aliases=[["老石榴院"], []],
        ),
    )
    put(
        "buildings",
        frame(
            [house(-580 + 40 * i, 0) for i in range(3)] + [house(320, 0), house(360, 0)],
            ref=["N1", "N2", "N3", "G1", "G2"],
            name=["1号楼", "2号楼", "3号楼", "1号楼", "2号楼"],
            use=["residential"] * 5,
            levels=[6] * 5,
        ),
    )
    put("stations", frame([Point(-400, 0)], ref=["S1"], name=["红石榴驿站"], kind=["pioneer_post"]))
    return store


def load(store: Store, path: Path, layer: str = "buildings", **more: Any) -> ImportReport:
    return import_file(store, OPERATOR, layer, path, actor="t", now=NOW, **more)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (["楼栋编号", "户数"], [["N2", 24], ["G1", 36]]),
        (["小区", "楼栋", "户数"], [["石榴花园", "2", 24], ["桂苑", "1", 36]]),
        (["序号", "小区名称", "楼号", "总户数"], [[1, "石榴花园", "2幢", 24], [2, "桂苑", "第1栋", 36]]),
        (["楼栋名称", "户数"], [["石榴花园2号楼", 24], ["桂苑一号楼", 36]]),
        (["坐落", "户数"], [["老石榴院2#", 24], ["桂苑1号楼", "36户"]]),
        (["id", "所属小区", "栋号", "住户数"], [["1.0", "石榴花园", 2, 24], ["2.0", "桂苑", 1, 36]]),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_counts_of_a_ledger_reach_their_buildings(
    settled: Store, tmp_path: Path, header: list[str], rows: list[list[Any]], kind: str
) -> None:
    before = stored(settled)
    if kind == "xlsx":
        path = write_xlsx(tmp_path / "台账.xlsx", header, rows)
    else:
        path = write_csv(tmp_path / "台账.csv", header, rows, "gbk")
    report = load(settled, path)
    after = stored(settled)
    assert (report.added, report.updated) == (0, 2)
    counts = dict(zip(after["ref"], after["households"], strict=True))
    assert (counts["N2"], counts["G1"]) == (24, 36)
    estimated = dict(zip(after["ref"], after["households_estimated"], strict=True))
    assert estimated == {"N1": True, "N2": False, "N3": True, "G1": False, "G2": True}
    for column in ("name", "levels", "use", "complex_ref", "community_code"):
        assert after[column].tolist() == before[column].tolist(), column
    assert after.geometry.geom_equals(before.geometry).all()
    assert "台账没有图形" in "\n".join(note.zh for note in report.notes)


def test_rows_that_mean_nothing_or_several_things_are_listed(settled: Store, tmp_path: Path) -> None:
    rows = [["石榴花园", "2", 24], ["石榴花园", "99", 10], ["不存在小区", "1", 10], ["", "1号楼", 10]]
    path = write_xlsx(tmp_path / "台账.xlsx", ["小区", "楼栋", "户数"], rows)
    with pytest.raises(FrameError, match=r"3 fault\(s\)"):
        load(settled, path)
    assert stored(settled)["households_estimated"].all()
    report = load(settled, path, good_rows=True, faults_dir=tmp_path / "lists")
    assert (report.rows, report.left_out) == (1, 3)
    assert report.faults_file is not None
    listed = openpyxl.load_workbook(report.faults_file).active
    assert [row[0] for row in listed.iter_rows(min_row=2, values_only=True)] == [3, 4, 5]


def test_two_rows_for_one_building_are_told(settled: Store, tmp_path: Path) -> None:
    rows = [["石榴花园", "2", 24], ["石榴花园", "2号楼", 25]]
    with pytest.raises(FrameError, match="already used in row 2"):
        load(settled, write_csv(tmp_path / "a.csv", ["小区", "楼栋", "户数"], rows))


def test_other_layers_are_joined_by_code_or_name(settled: Store, tmp_path: Path) -> None:
    load(settled, write_csv(tmp_path / "c.csv", ["社区名称", "户数"], [["西社区", 900]]), "communities")
    assert stored(settled, t.communities)["households"].fillna(0).tolist() == [900, 0]
    load(settled, write_csv(tmp_path / "d.csv", ["社区编码", "人口"], [[WEST, 2000]]), "communities")
    rows = stored(settled, t.communities)
    assert (rows["households"].iloc[0], rows["people"].iloc[0]) == (900, 2000)
    load(settled, write_csv(tmp_path / "s.csv", ["站点名称", "面积"], [["红石榴驿站", 800]]), "stations")
    assert stored(settled, t.stations)["floor_area_m2"].tolist() == [800]
    load(settled, write_csv(tmp_path / "x.csv", ["小区", "类型"], [["老石榴院", "商品房"]]), "complexes")
    rows = stored(settled, t.complexes)
    assert rows[["name", "kind"]].fillna("").to_numpy().tolist() == [["石榴花园", "商品房"], ["桂苑", ""]]


def test_a_ledger_needs_something_to_be_joined_to(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="import buildings with shapes first"):
        load(store, write_csv(tmp_path / "a.csv", ["小区", "楼栋", "户数"], [["石榴花园", "2", 24]]))
