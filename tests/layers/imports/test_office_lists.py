"""Lists of residents as offices keep them: parts of addresses in columns, rows without one, rows that are wrong."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import FrameError
from layers.imports.lists import NO_ADDRESS, import_list
from layers.imports.report import ImportReport
from layers.rights.viewer import OPERATOR
from layers.store.address_tables import residents
from layers.store.database import Store
from tests.layers.files.drawing import write_csv, write_xlsx
from tests.layers.town import NOW
from tests.layers.unsealed import unsealed


def kept(store: Store) -> pd.DataFrame:
    found = unsealed(store, sa.select(residents).order_by(residents.c.household))
    return found.sort_values(["household", "address"], ignore_index=True)


def load(store: Store, path: Path, **more: object) -> ImportReport:
    return import_list(store, OPERATOR, "residents", path, now=NOW, actor="t", **more)  # type: ignore[arg-type]


def said(done: ImportReport) -> str:
    return "\n".join(note.zh for note in done.notes)


@pytest.mark.parametrize(
    ("header", "row", "address"),
    [
        (["小区", "楼栋", "单元", "房号"], ["石榴花园", "3", "2", "501"], "石榴花园3号楼2单元501室"),
        (
            ["房间号", "单元号", "楼号", "小区名称"],
            ["501室", "2单元", "3幢", "石榴花园"],
            "石榴花园3幢2单元501室",
        ),
        (["所属小区", "栋号", "室号"], ["石榴花园", "3栋", "501"], "石榴花园3栋501室"),
        (["街路巷", "门牌号", "楼号", "房号"], ["人民西路", "12", "5", "302"], "人民西路12号5号楼302室"),
        (["小区", "楼栋", "单元", "房号"], ["石榴花园", "3", "", "501"], "石榴花园3号楼501室"),
        (["所在小区", "楼幢号", "单元", "户室"], ["石榴花园", "3", "2", "501"], "石榴花园3号楼2单元501室"),
        (["住宅小区", "楼", "单", "房"], ["石榴花园", "3", "2", "501"], "石榴花园3号楼2单元501室"),
        (["小区/院", "楼号", "单元", "门牌"], ["石榴花园", "3", "2", "501"], "石榴花园3号楼2单元501室"),
        (["小区", "楼栋单元房号"], ["石榴花园", "3-2-501"], "石榴花园3-2-501"),
        (["小区", "房号"], ["石榴花园", "3-2-501"], "石榴花园3-2-501"),
        (
            ["社区", "小区", "楼栋", "房号"],
            ["石榴社区", "石榴花园", "3", "501"],
            "石榴社区石榴花园3号楼501室",
        ),
        (["社区", "小区", "楼栋", "房号"], ["999901001001", "石榴花园", "3", "501"], "石榴花园3号楼501室"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_parts_in_columns_are_one_address(
    store: Store, tmp_path: Path, header: list[str], row: list[str], address: str, kind: str
) -> None:
    if kind == "csv":
        path = write_csv(tmp_path / "r.csv", ["户号", *header], [["H1", *row]])
    else:
        numbers = [int(text) if text.isdigit() else text or None for text in row]
        path = write_xlsx(tmp_path / "r.xlsx", ["户号", *header], [["H1", *numbers]])
    done = load(store, path)
    assert kept(store)["address"].tolist() == [address]
    assert "地址由以下列拼成" in said(done)
    assert "未读取的列" not in said(done)


def test_an_address_column_wins_over_parts(store: Store, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "r.csv", ["户号", "楼栋", "房号", "住址"], [["H1", "3", "501", "桂苑9号楼901室"]]
    )
    load(store, path)
    assert kept(store)["address"].tolist() == ["桂苑9号楼901室"]


def test_an_address_without_a_building_is_completed(store: Store, tmp_path: Path) -> None:
    rows = [["H1", "桂苑", "3", "501"], ["H2", "桂苑5号楼502室", "5", "502"], ["H3", "", "4", "401"]]
    done = load(store, write_csv(tmp_path / "r.csv", ["户号", "地址", "楼栋", "房号"], rows))
    assert kept(store)["address"].tolist() == ["桂苑3号楼501室", "桂苑5号楼502室", "4号楼401室"]
    assert "2 个地址未写楼栋，已用以下列补全：楼栋、房号" in said(done)


def test_parts_of_where_people_live_win_over_where_they_are_registered(store: Store, tmp_path: Path) -> None:
    header = ["户号", "户籍地址", "小区", "楼栋", "房号"]
    load(store, write_csv(tmp_path / "r.csv", header, [["H1", "外地某村", "桂苑", "3", "501"]]))
    assert kept(store)["address"].tolist() == ["桂苑3号楼501室"]


@pytest.mark.parametrize("lived", ["现住址", "居住地址", "现居住地址", "住址"])
@pytest.mark.parametrize("registered", ["户籍地址", "户籍所在地", "户籍地"])
def test_the_address_lived_at_is_taken(store: Store, tmp_path: Path, lived: str, registered: str) -> None:
    path = write_csv(tmp_path / "r.csv", ["户号", registered, lived], [["H1", "外地1号楼", "桂苑3号楼"]])
    load(store, path)
    assert kept(store)["address"].tolist() == ["桂苑3号楼"]


def test_households_without_an_address_are_kept_as_such(store: Store, tmp_path: Path) -> None:
    rows = [["H1", "桂苑3号楼"], ["H2", ""], ["H3", "  "], ["H3", "/"]]
    done = load(store, write_csv(tmp_path / "r.csv", ["户号", "住址"], rows))
    assert kept(store)["address"].tolist() == ["桂苑3号楼", NO_ADDRESS, NO_ADDRESS]
    assert "3 行没有地址" in said(done)


def test_a_list_of_nobody_s_addresses_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FrameError):
        load(store, write_csv(tmp_path / "r.csv", ["户号", "住址"], [["H1", ""], ["H2", ""]]))


def test_good_rows_of_a_list_are_loaded_and_the_others_listed(store: Store, tmp_path: Path) -> None:
    rows = [
        ["H1", "桂苑3号楼", "户籍", "2"],
        ["", "", "户籍", "2"],
        ["H3", "桂苑4号楼", "天外来客", "1"],
        ["H4", "桂苑5号楼", "天外来客", "1"],
        ["610402199001011234", "桂苑6号楼", "户籍", "1"],
        ["H6", "桂苑7号楼", "户籍", "很多"],
    ]
    path = write_csv(tmp_path / "r.csv", ["户号", "住址", "人口类型", "人数"], rows)
    with pytest.raises(FrameError):
        load(store, path)
    assert kept(store).empty
    done = load(store, path, good_rows=True, faults_dir=tmp_path / "lists")
    assert kept(store)["household"].tolist() == ["H1"]
    assert (done.rows, done.left_out) == (1, 5)
    assert done.faults_file is not None
    listed = str(list(openpyxl.load_workbook(done.faults_file).active.values))
    assert "610402199001011234" not in listed
    assert "天外来客" in listed


def test_radicals_of_a_pdf_become_characters(store: Store, tmp_path: Path) -> None:
    load(store, write_csv(tmp_path / "r.csv", ["户号", "居住地址"], [["H1", "⻄关⼩区⻓乐坊3号楼"]]))
    assert kept(store)["address"].tolist() == ["西关小区长乐坊3号楼"]
