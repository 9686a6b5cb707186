"""Every format gives the same rows, with the numbers their owner knows."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from geo.errors import FileError
from layers.files.limits import Limits
from layers.files.readers import read_source
from tests.layers.files.drawing import (
    dump,
    pack,
    two_communities,
    wkt,
    write_csv,
    write_geojson,
    write_shapefile,
    write_xlsx,
)

NAMES = ["西社区", "东社区"]
HEADER = ["code", "name", "wkt"]


def table() -> list[list[str]]:
    made = two_communities()
    return [
        [row.code, row.name, shapely.to_wkt(row.geometry, rounding_precision=9)]
        for row in made.itertuples(index=False)
    ]


def every_format(folder: Path) -> dict[str, Path]:
    made = two_communities()
    made.to_file(folder / "c.gpkg", driver="GPKG", layer="社区")
    lines = [json.dumps(feature, ensure_ascii=False) for feature in made.to_geo_dict()["features"]]
    (folder / "lines.geojsonl").write_text("\n".join(lines), "utf-8")
    plain = write_shapefile(folder / "utf8.shp", made, "utf-8", cpg="UTF-8")
    return {
        "geojson": write_geojson(folder / "c.geojson", made),
        "lines": folder / "lines.geojsonl",
        "gpkg": folder / "c.gpkg",
        "shp": plain,
        "shp, GBK without .cpg": write_shapefile(folder / "gbk.shp", made, "gbk"),
        "shp, GBK that says UTF-8": write_shapefile(folder / "lie.shp", made, "gbk", cpg="UTF-8"),
        "shp, UTF-8 that says GBK": write_shapefile(folder / "lie2.shp", made, "utf-8", cpg="GBK"),
        "zip": pack(folder / "c.zip", *sorted(folder.glob("utf8.*"))),
        "csv": write_csv(folder / "c.csv", HEADER, table()),
        "csv with BOM": write_csv(folder / "bom.csv", HEADER, table(), "utf-8-sig"),
        "csv, GBK": write_csv(folder / "gbk.csv", HEADER, table(), "gbk"),
        "xlsx": write_xlsx(folder / "c.xlsx", HEADER, table()),
    }


FORMATS = [
    "geojson",
    "lines",
    "gpkg",
    "shp",
    "shp, GBK without .cpg",
    "shp, GBK that says UTF-8",
    "shp, UTF-8 that says GBK",
    "zip",
    "csv",
    "csv with BOM",
    "csv, GBK",
    "xlsx",
]


@pytest.mark.parametrize("which", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, which: str) -> None:
    source = read_source(every_format(tmp_path)[which], layer="communities")
    assert source.frame["name"].tolist() == NAMES
    assert source.frame["code"].astype(str).tolist() == ["610402001001", "610402001002"]
    assert source.rows.tolist() == ([2, 3] if source.spreadsheet else [1, 2])
    wanted = np.asarray(two_communities().geometry.array)
    assert shapely.equals_exact(np.asarray(source.frame.geometry.array), wanted, 1e-8, normalize=True).all()
    assert (source.frame.crs is None) == source.spreadsheet
    assert not source.faults


def test_a_zipped_shapefile_reads_like_the_unzipped(tmp_path: Path) -> None:
    write_shapefile(tmp_path / "社区.shp", two_communities(), "gbk")
    (tmp_path / "out").mkdir()
    zipped = pack(tmp_path / "out" / "c.zip", *sorted(tmp_path.glob("社区.*")))
    assert read_source(zipped, layer="communities").frame["name"].tolist() == NAMES


def test_csv_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", ["name", "lon", "lat"], [["a", 108.7, 34.3], [], ["b", 108.8, "x"]])
    source = read_source(path, layer="stations")
    assert source.rows.tolist() == [2, 4]
    assert [(fault.row, fault.column, fault.value) for fault in source.faults] == [(4, "lat", "x")]


def test_semicolons_and_tabs_and_chinese_headers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称;经度;纬度\n站;108.7;34.3\n", "utf-8")
    (tmp_path / "b.tsv").write_text("名称\t经度\t纬度\n站\t108.7\t34.3\n", "utf-8")
    for name in ("a.csv", "b.tsv"):
        source = read_source(tmp_path / name, layer="stations")
        assert source.frame.geometry.iloc[0].wkt == "POINT (108.7 34.3)"


def test_ewkt_says_its_crs(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["ref", "geom"], [["1", "SRID=4490;POINT (108.7 34.3)"]])
    assert read_source(path, layer="stations").frame.crs.to_epsg() == 4490


def test_the_columns_of_the_shape_can_be_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["ref", "东", "北"], [["1", 108.7, 34.3]])
    source = read_source(path, layer="stations", shape_columns={"lon": "东", "lat": "北"})
    assert source.frame.geometry.iloc[0].x == 108.7
    assert list(source.frame.columns) == ["ref", "geometry"]


def test_a_table_without_a_shape_says_its_columns(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="Its columns are: ref, 名称"):
        read_source(write_csv(tmp_path / "a.csv", ["ref", "名称"], [["1", "x"]]), layer="stations")


def test_wkt_that_is_none_is_blamed_on_its_row(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", ["ref", "wkt"], [["1", wkt(shapely.Point(0, 0))], ["2", "POLYGON((oops"]]
    )
    (fault,) = read_source(path, layer="stations").faults
    assert (fault.row, fault.column, fault.value) == (3, "wkt", "POLYGON((oops")


def test_wkt_of_absurd_length_is_refused(tmp_path: Path) -> None:
    long = wkt(shapely.Point(0, 0).buffer(99))
    limits = Limits(shape_characters=1000)
    path = write_csv(tmp_path / "a.csv", ["ref", "wkt"], [["1", long]])
    with pytest.raises(FileError, match="field larger than field limit"):
        read_source(path, layer="stations", limits=limits)
    book = write_xlsx(tmp_path / "a.xlsx", ["ref", "wkt"], [["1", long]])
    (fault,) = read_source(book, layer="stations", limits=limits).faults
    assert (fault.row, fault.column) == (2, "wkt")


def test_a_row_with_more_cells_than_the_header_is_blamed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ref,lon,lat\n1,108.7,34.3,oops\n", "utf-8")
    (fault,) = read_source(tmp_path / "a.csv", layer="stations").faults
    assert fault.row == 2
    assert "4 cells" in fault.reason.en


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a,b\n1,"open quote\n', "line"),
        ("name,name\n1,2\n", "two columns named name"),
        ("a,b\n", "no rows below its header"),
        ("a,b\n1,\0\n", "not a text file"),
    ],
)
def test_csv_that_cannot_be_a_table(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(FileError, match=message):
        read_source(tmp_path / "a.csv", layer="stations")


def test_the_sheet_of_a_workbook_is_chosen_by_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["nothing", "here"])
    sheet = book.create_sheet("站点")
    sheet.append(["编号", "经度", "纬度"])
    sheet.append([610402005003, 108.7, 34.3])
    book.save(tmp_path / "a.xlsx")
    source = read_source(tmp_path / "a.xlsx", layer="stations", table="站点")
    assert source.frame["编号"].tolist() == ["610402005003"]
    with pytest.raises(FileError, match="it has: Sheet, 站点"):
        read_source(tmp_path / "a.xlsx", layer="stations", table="网格")


def test_a_sheet_that_claims_to_be_huge_is_read_for_what_it_holds(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", ["ref", "lon", "lat"], [["1", 108.7, 34.3]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for item in old.namelist():
            data = old.read(item)
            new.writestr(item, data.replace(b'ref="A1:C2"', b'ref="A1:XFD1048576"'))
    assert len(read_source(tmp_path / "b.xlsx", layer="stations").frame) == 1


def test_a_geopackage_of_several_layers(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    two_communities().to_file(path, driver="GPKG", layer="admin")
    two_communities().iloc[:1].to_file(path, driver="GPKG", layer="residential")
    assert len(read_source(path, layer="communities").frame) == 2
    assert len(read_source(path, layer="complexes").frame) == 1
    assert len(read_source(path, layer="buildings", table="admin").frame) == 2
    with pytest.raises(FileError, match="admin, residential; say which one holds the buildings"):
        read_source(path, layer="buildings")
    with pytest.raises(FileError, match="no layer 'x'"):
        read_source(path, layer="buildings", table="x")


def test_geojson_names_its_crs_or_is_wgs84(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "id": 7,
        "properties": {"a": [1]},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    whole = {"type": "FeatureCollection", "features": [feature]}
    source = read_source(dump(tmp_path / "a.geojson", whole), layer="stations")
    assert source.frame.crs.to_epsg() == 4326
    assert source.frame["id"].tolist() == [7]
    named = whole | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}}
    assert read_source(dump(tmp_path / "b.geojson", named), layer="stations").frame.crs.to_epsg() == 4547
    assert (
        read_source(dump(tmp_path / "c.geojson", whole | {"crs": None}), layer="stations").frame.crs is None
    )


def test_features_that_are_none_are_blamed(tmp_path: Path) -> None:
    good = {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    bad = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": "here"}}
    whole = {"type": "FeatureCollection", "features": [good, bad, "oops"]}
    source = read_source(dump(tmp_path / "a.geojson", whole), layer="stations")
    assert [(fault.row, fault.column) for fault in source.faults] == [(3, None), (2, "geometry")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "Topology"}', "type 'Topology'"),
        ("[1, 2]", "type None"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN is not a number"),
        ('{"type": ', "not JSON"),
        ("[" * 200_000, "not GeoJSON|not JSON"),
        ("<OGRVRTDataSource/>", "not JSON"),
    ],
)
def test_json_that_is_no_geojson(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.geojson").write_text(text, "utf-8")
    with pytest.raises(FileError, match=message):
        read_source(tmp_path / "a.geojson", layer="stations")


def test_formats_that_are_not_ours_are_named(tmp_path: Path) -> None:
    for name, message in (
        ("a.osm.pbf", "wangge import osm"),
        ("a.kml", "not supported"),
        ("a", "without suffix"),
    ):
        (tmp_path / name).write_text("x")
        with pytest.raises(FileError, match=message):
            read_source(tmp_path / name, layer="stations")


def test_a_renamed_workbook_is_known(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", ["a"], [[1]]).rename(tmp_path / "a.csv")
    with pytest.raises(FileError, match="was a workbook renamed"):
        read_source(tmp_path / "a.csv", layer="stations")
    (tmp_path / "b.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="not an XLSX"):
        read_source(tmp_path / "b.xlsx", layer="stations")


def test_a_shapefile_without_its_parts(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", two_communities(), "utf-8")
    path.with_suffix(".dbf").unlink()
    with pytest.raises(FileError, match=r"\.dbf is missing"):
        read_source(path, layer="communities")


def test_a_shapefile_without_prj_has_no_crs(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", two_communities(), "utf-8")
    path.with_suffix(".prj").unlink()
    assert read_source(path, layer="communities").frame.crs is None


def test_more_features_than_the_limit(tmp_path: Path) -> None:
    two_communities().to_file(tmp_path / "a.gpkg", driver="GPKG")
    for path in (tmp_path / "a.gpkg", write_csv(tmp_path / "a.csv", HEADER, table())):
        with pytest.raises(FileError, match="more than 1"):
            read_source(path, layer="communities", limits=Limits(rows=1))


def test_shapes_lose_their_heights(tmp_path: Path) -> None:
    made = gpd.GeoDataFrame({"ref": ["1"]}, geometry=[shapely.Point(108.7, 34.3, 400)], crs=4326)
    source = read_source(write_geojson(tmp_path / "a.geojson", made), layer="stations")
    assert not source.frame.geometry.has_z.any()


@pytest.mark.parametrize("length", [60, 254, 255, 8000, 32_767])
def test_wkt_that_was_cut_is_told_as_such(tmp_path: Path, length: int) -> None:
    corners = ", ".join(f"{108.7 + i * 1e-7:.12f} 34.33" for i in range(1500))
    whole = f"POLYGON (({corners}, 108.71 34.34, 108.7 34.33))"
    path = write_csv(tmp_path / "a.csv", ["ref", "wkt"], [["A", whole[:length]], ["B", "nonsense"]])
    cut, other = read_source(path, layer="buildings").faults
    assert "WKT 被截断" in cut.reason.zh
    assert "不是 WKT 格式" in other.reason.zh
