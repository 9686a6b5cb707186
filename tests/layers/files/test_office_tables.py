"""Tables as offices keep them: titles, merged cells, totals, sheets, encodings, formulas, hostile workbooks."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo.errors import FileError
from layers.files.geojson import read_geojson
from layers.files.geopackages import check_geopackage
from layers.files.limits import DEFAULT, Limits
from layers.files.readers import Source, read_rows
from layers.files.shapefiles import cut_forms
from layers.files.workbooks import check_workbook

HEADER = ["户号", "居住地址", "人数"]
ROWS = [["H1", "石榴花园3号楼2单元501室", 3], ["H2", "石榴花园3号楼2单元502室", 2]]


def book(path: Path, *rows: list[Any], merge: tuple[str, ...] = (), title: str = "名单") -> Path:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for cells in merge:
        made.active.merge_cells(cells)
    made.save(path)
    return path


def residents(path: Path, sheet: str | None = None) -> Source:
    return read_rows(path, layer="residents", sheet=sheet)


def table(source: Source) -> list[list[Any]]:
    return source.frame.drop(columns="geometry").to_numpy().tolist()


def said(source: Source) -> str:
    return "\n".join(note.zh for note in source.notes)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "above", [[], [["某社区居民花名册"]], [["某社区"], ["填报单位：某街道  2026年"], []]]
)
def test_the_header_is_found_below_titles(tmp_path: Path, kind: str, above: list[list[str]]) -> None:
    rows = [*above, HEADER, *ROWS, ["合计", "", 5], ["备注：以上为常住户"]]
    path = tmp_path / f"r.{kind}"
    if kind == "xlsx":
        book(path, *rows)
    else:
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), "utf-8")
    source = residents(path)
    assert [c for c in source.frame.columns if c != "geometry"] == HEADER
    assert [[str(v) for v in row] for row in table(source)] == [[str(v) for v in row] for row in ROWS]
    assert source.rows.tolist() == [len(above) + 2, len(above) + 3]
    assert "合计行未作为数据" in said(source)
    assert "备注" in said(source)
    assert ("表头以上的行未读取" in said(source)) == bool(above)
    assert not source.faults


def test_a_header_of_two_lines(tmp_path: Path) -> None:
    rows = [
        ["花名册"],
        ["户号", "住房信息", None, "人员信息", None],
        [None, "居住地址", "面积", "人数", "备注"],
        ["H1", "石榴花园3号楼501室", 88, 3, None],
        ["H2", "石榴花园3号楼502室", 60, 2, "租"],
    ]
    source = residents(book(tmp_path / "a.xlsx", *rows, merge=("A2:A3", "B2:C2", "D2:E2", "A1:E1")))
    assert list(source.frame.columns)[:5] == ["户号", "居住地址", "面积", "人数", "备注"]
    assert source.rows.tolist() == [4, 5]


def test_merged_texts_count_for_all_their_rows_and_merged_numbers_are_marked(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ["H1", "石榴花园3号楼501室", 6],
        [None, "石榴花园3号楼501室", None],
        ["H2", "石榴花园3号楼502室", 2],
    ]
    source = residents(book(tmp_path / "a.xlsx", *rows, merge=("A2:A3", "C2:C3")))
    assert source.frame["户号"].tolist() == ["H1", "H1", "H2"]
    assert source.spread == {(0, "人数"), (1, "人数")}
    assert "跨行合并" in said(source)


def test_a_header_that_is_repeated_and_cells_beside_the_table(tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], HEADER, [*ROWS[1], None, "此处勿动"], [None] * 5 + ["注"]]
    source = residents(book(tmp_path / "a.xlsx", *rows))
    assert len(source.frame) == 2
    assert not source.faults
    assert "重复的表头" in said(source)
    assert "表格范围之外" in said(source)


def test_visible_sheets_first_and_the_others_named(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "旧"
    made.active.append(HEADER)
    made.active.append(["H9", "旧址1号", 1])
    made.active.sheet_state = "hidden"
    notes, real = made.create_sheet("填表说明"), made.create_sheet("2026")
    notes.append(["请勿改动表头"])
    real.append(HEADER)
    real.append(ROWS[0])
    made.save(tmp_path / "a.xlsx")
    source = residents(tmp_path / "a.xlsx")
    assert source.frame["户号"].tolist() == ["H1"]
    assert "旧（隐藏）" in said(source)
    assert "填表说明" in said(source)
    assert residents(tmp_path / "a.xlsx", sheet="旧").frame["户号"].tolist() == ["H9"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_tables_in_every_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [separator.join(map(str, row)) for row in (["名单"], HEADER, *ROWS)]
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode(encoding))
    source = residents(tmp_path / "a.csv")
    assert source.frame["户号"].tolist() == ["H1", "H2"]
    assert source.rows.tolist() == [3, 4]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_line_that_says_the_separator(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.csv").write_text(f"{line}\r\n户号;居住地址\r\nH1;甲,乙\r\n", "utf-8")
    source = residents(tmp_path / "a.csv")
    assert table(source) == [["H1", "甲,乙"]]
    assert source.rows.tolist() == [3]


def rewritten(path: Path, out: Path, part: str, change: Any) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, change(data) if member.filename == part else data)
    return out


def test_formulas_give_their_last_value_or_are_faults(tmp_path: Path) -> None:
    plain = book(tmp_path / "a.xlsx", HEADER, ["H1", "甲路1号", "=1+2"], ["H2", "甲路2号", "=B3"])
    computed = rewritten(
        plain,
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>").replace(
            b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>"
        ),
    )
    source = residents(computed)
    assert source.frame["人数"].tolist()[0] == "3"
    assert "1 个单元格是公式" in said(source)
    (fault,) = source.faults
    assert (fault.row, fault.column, fault.value) == (3, "人数", "=B3")


LAUGHS = '<?xml version="1.0"{}?><!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/other.bin", "docProps/app.xml"]
)
def test_entities_are_refused_in_every_encoding_and_part(tmp_path: Path, encoding: str, part: str) -> None:
    path = tmp_path / "a.xlsx"
    declared = ' encoding="UTF-16"' if "16" in encoding else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, LAUGHS.format(declared).encode(encoding))
    with pytest.raises(FileError, match=r"entities|another encoding"):
        check_workbook(path)


def test_a_cell_far_out_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active["A1"] = "户号"
    made.active["XFD60000"] = "x"
    made.save(tmp_path / "a.xlsx")
    with pytest.raises(FileError, match="60,000 rows and 16,384 columns"):
        residents(tmp_path / "a.xlsx")
    check_workbook(tmp_path / "a.xlsx", Limits(cells=2_000_000_000))


def test_thousands_of_formatted_blank_rows_are_no_rows(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(HEADER)
    made.active.append(ROWS[0])
    for number in range(3, 4000):
        made.active.cell(number, 1).font = openpyxl.styles.Font(bold=True)
    made.active["XFD3"].font = openpyxl.styles.Font(bold=True)
    made.save(tmp_path / "a.xlsx")
    assert len(residents(tmp_path / "a.xlsx").frame) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><table>", "web page"),
        ("\ufeff<table>".encode(), "web page"),
        (b"PK\x03\x04rest", "rename it to .xlsx"),
    ],
)
def test_what_is_no_xls_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.xls").write_bytes(content)
    with pytest.raises(FileError, match=message):
        residents(tmp_path / "a.xls")


def test_a_text_table_named_xls_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes("户号\t居住地址\r\nH1\t甲路1号\r\n".encode("gbk"))
    source = residents(tmp_path / "a.xls")
    assert table(source) == [["H1", "甲路1号"]]
    assert "文本文件" in said(source)


def geopackage(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA application_id = 1196444487")
        database.execute("CREATE TABLE a (fid INTEGER PRIMARY KEY, geom BLOB)")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE VIEW v AS SELECT zeroblob(1000000000) AS geom",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END",
        "CREATE TABLE b (x INTEGER, y BLOB GENERATED ALWAYS AS (zeroblob(1000000000)))",
        "CREATE TABLE b (x INTEGER, y BLOB AS (zeroblob(1000000000)) VIRTUAL)",
        "CREATE VIRTUAL TABLE b USING fts5(x)",
    ],
)
def test_a_geopackage_that_computes_is_refused(tmp_path: Path, statement: str) -> None:
    check_geopackage(geopackage(tmp_path / "good.gpkg"))
    with pytest.raises(FileError, match="only plain tables"):
        check_geopackage(geopackage(tmp_path / "bad.gpkg", statement))


@pytest.mark.parametrize(
    ("crs", "epsg"),
    [
        ({"type": "name", "properties": {"name": "EPSG:4490"}}, 4490),
        ({"type": "name", "properties": {"name": "epsg:4547"}}, 4547),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, 4490),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG:9.8.1:4490"}}, 4490),
        ({"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/EPSG/0/4490"}}, 4490),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, 4326),
        ({"type": "name", "properties": {"name": "WGS84"}}, 4326),
        ({"type": "name", "properties": {"name": "CGCS2000"}}, 4490),
        ({"type": "EPSG", "properties": {"code": 4490}}, 4490),
        ({"type": "name", "properties": {"name": "EPSG: 4490"}}, 4490),
        ({"type": "name", "properties": {"name": "EPSG4490"}}, 4490),
        ({"type": "name", "properties": {"name": "CGCS2000 (EPSG:4490)"}}, 4490),
        ({"type": "name", "properties": {"name": "GCS_China_Geodetic_Coordinate_System_2000"}}, 4490),
        ({"type": "name", "properties": {"name": "GCS_WGS_1984"}}, 4326),
        ({"type": "link", "properties": {"href": "http://example.org/ref/epsg/4490/"}}, 4490),
        ({"init": "epsg:4490"}, 4490),
        ("EPSG:4490", 4490),
    ],
)
def test_every_way_to_name_a_crs_in_geojson(tmp_path: Path, crs: Any, epsg: int) -> None:
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [108.7, 34.3]},
    }
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    assert read_geojson(path, DEFAULT).frame.crs.to_epsg() == epsg


def test_a_crs_nobody_knows_is_said_and_waits_for_the_declared_one(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    whole = {"type": "FeatureCollection", "crs": {"properties": {"name": "地方坐标"}}, "features": [feature]}
    (tmp_path / "a.geojson").write_text(json.dumps(whole), "utf-8")
    found = read_geojson(tmp_path / "a.geojson", DEFAULT)
    assert found.frame.crs is None
    assert "地方坐标" in found.notes[0].zh


@pytest.mark.parametrize(
    ("called", "datum"), [("GCJ-02", "gcj02"), ("火星坐标系", "gcj02"), ("BD09", "bd09")]
)
def test_a_vendor_s_datum_is_named_and_must_be_declared(tmp_path: Path, called: str, datum: str) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    whole = {"type": "FeatureCollection", "crs": {"properties": {"name": called}}, "features": [feature]}
    (tmp_path / "a.geojson").write_text(json.dumps(whole), "utf-8")
    assert f"请用 --crs {datum} 声明" in read_geojson(tmp_path / "a.geojson", DEFAULT).notes[0].zh


def test_names_cut_at_ten_bytes() -> None:
    assert cut_forms("所属社区编码") == {"所属社", "所属社区编"}
