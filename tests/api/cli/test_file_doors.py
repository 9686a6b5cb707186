"""The doors of files: what an office has goes in and what it asked for comes out, nothing is overwritten by accident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

IN_B1 = ("108.7017", "34.3051")


def points(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["巡查点位"])
    book.active.append(["编号", "经度", "纬度"])
    book.active.append(["P1", *map(float, IN_B1)])
    book.active.append(["P2", 1.0, 2.0])
    book.save(path)
    return path


def cells(path: Path) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_a_workbook_is_answered_with_a_workbook(planned: Any, tmp_path: Path) -> None:
    points(tmp_path / "in.xlsx")
    done = planned("locate", "--file", "in.xlsx", "--out", "out.xlsx")
    assert (done.code, done.err) == (0, "")
    heads, first, second = cells(tmp_path / "out.xlsx")
    assert heads[:4] == ["编号", "结果", "网格编码", "网格名称"]
    assert first[:2] == ["P1", "已匹配"]
    assert second[:2] == ["P2", "范围之外"]


def test_the_suffix_says_what_is_written(planned: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"id,lon,lat\na,{','.join(IN_B1)}\n", "utf-8")
    assert planned("locate", "--file", "in.csv", "--out", "out.ndjson").code == 0
    assert (tmp_path / "out.ndjson").read_text("utf-8").startswith('{"id":"a"')
    for name in ("out.pdf", "out.geojson", "out.xls", "out"):
        done = planned("locate", "--file", "in.csv", "--out", name)
        assert done.code == 2
        assert "请使用 .csv" in done.err
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize("out", ["in.csv", "./sub/../in.csv", "soft.csv", "hard.csv"])
@pytest.mark.parametrize("command", [("locate",), ("parse",), ("parse", "--areas")])
def test_the_file_that_is_read_is_not_written_over(
    planned: Any, tmp_path: Path, command: tuple[str, ...], out: str
) -> None:
    given = tmp_path / "in.csv"
    given.write_text("id,address\na,甲社区1号楼\n", "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "soft.csv").symlink_to(given)
    (tmp_path / "hard.csv").hardlink_to(given)
    done = planned(*command, "--file", "in.csv", "--out", out)
    assert done.code == 2
    assert "正是要读取的文件" in done.err
    assert given.read_text("utf-8") == "id,address\na,甲社区1号楼\n"


@pytest.mark.parametrize(
    "text",
    [
        "某社区巡查表,,\n编号;经度;纬度\nP1;{0};{1}\n",
        "lon\tlat\n{0}\t{1}\n",
        "序号,经度,纬度,备注\n1,{0},{1},\n合计,,,1\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_tables_as_they_come_are_answered(
    planned: Any, tmp_path: Path, read_csv: Any, text: str, encoding: str
) -> None:
    (tmp_path / "in.csv").write_bytes(text.format(*IN_B1).encode(encoding))
    done = planned("locate", "--file", "in.csv", "--out", "out.csv")
    assert (done.code, done.err) == (0, "")
    assert read_csv(tmp_path / "out.csv")[0]["status"] == "matched"


def test_where_people_live_is_asked_before_where_they_are_registered(
    planned: Any, tmp_path: Path, read_csv: Any
) -> None:
    (tmp_path / "in.csv").write_text("户籍地址,现住址\n外地某村,甲社区\n", "utf-8")
    assert planned("locate", "--file", "in.csv", "--out", "out.csv").code == 0
    assert [row["id"] for row in read_csv(tmp_path / "out.csv")] == ["1"]


@pytest.mark.parametrize("crs", ["GCJ02", "gcj-02", "GCJ-02", "火星坐标", "BD09", "bd-09", "百度"])
def test_a_datum_is_understood_however_it_is_written(planned: Any, crs: str) -> None:
    plain = "gcj02" if crs[0] in "Gg火" else "bd09"
    asked = ("locate", "--lon", "108.7066", "--lat", "34.3035")
    assert planned(*asked, "--crs", crs) == planned(*asked, "--crs", plain)
    assert planned(*asked, "--crs", crs).code == 0


def test_a_projected_crs_is_none_of_a_point(planned: Any) -> None:
    done = planned("locate", "--lon", "1", "--lat", "2", "--crs", "EPSG:4547")
    assert done.code == 2
    assert "不是经纬度所用的坐标系" in done.err


def test_parse_reads_and_writes_workbooks(planned: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "居住地址"])
    book.active.append(["某", "芙蓉苑3号楼2单元501室"])
    book.save(tmp_path / "in.xlsx")
    assert planned("parse", "--file", "in.xlsx", "--out", "out.xlsx").code == 0
    heads, row = cells(tmp_path / "out.xlsx")
    assert row[heads.index("房号")] == "501"
    assert "某" not in row
