"""Everything on the list of bad input: a clear error each, and nothing half-loaded."""

from __future__ import annotations

import sqlite3
import struct
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
import sqlalchemy as sa
from shapely import box

from geo.crs import wgs84_to_gcj02
from geo.errors import FileError, FrameError, InputError, MissingCrsError
from layers.files import faults as faults_module
from layers.files.faults import FaultyFileError
from layers.files.limits import Limits
from layers.imports.imports import import_file, import_frame
from layers.imports.osm import import_osm
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from layers.store.tables import LAYER_TABLES
from tests.layers.files.drawing import (
    EAST,
    WEST,
    frame,
    house,
    pack,
    sheet_rows,
    two_communities,
    wkt,
    write_csv,
    write_geojson,
    write_shapefile,
    write_xlsx,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def counts(store: Store) -> dict[str, int]:
    with store.read() as conn:
        return {
            n: conn.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for n, t in LAYER_TABLES.items()
        }


@pytest.fixture
def settled(tmp_path: Path) -> Store:
    """Two communities in an embedded store."""
    store = Store.open(home=tmp_path / "home")
    store.migrate()
    import_frame(store, OPERATOR, "communities", two_communities(), source="test", actor="test", now=NOW)
    return store


def refused(store: Store, layer: str, path: Path, **options: object) -> FaultyFileError:
    """The error of an import that must leave the store as it was."""
    before = counts(store)
    with pytest.raises(FaultyFileError) as caught:
        import_file(
            store, OPERATOR, layer, path, faults_dir=path.parent / "faults", **options, actor="test", now=NOW
        )  # type: ignore[arg-type]
    assert counts(store) == before
    return caught.value


def shifted(made: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same shapes as a GCJ-02 map shows them."""
    moved = shapely.transform(
        np.asarray(made.geometry.array), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1]))
    )
    return made.set_geometry(list(moved), crs=4490)


def rim_of_houses() -> gpd.GeoDataFrame:
    places = [(x, y) for x in range(-980, 980, 100) for y in (-490, 0, 470)]
    return frame([house(x, y, 15) for x, y in places], ref=[f"b{i}" for i in range(len(places))])


def test_wrong_datum_is_named(settled: Store, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "b.geojson", shifted(rim_of_houses()))
    error = refused(settled, "buildings", path)
    assert error.faults[0].row is None
    assert "wrong datum?" in error.faults[0].reason.en
    assert "--crs gcj02" in error.faults[0].reason.en
    assert import_file(settled, OPERATOR, "buildings", path, crs="gcj02", actor="test", now=NOW).added == len(
        rim_of_houses()
    )


def test_wrong_datum_the_other_way_round(settled: Store, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "b.geojson", rim_of_houses())
    error = refused(settled, "buildings", path, crs="gcj02", skip_outside=True)
    assert "--crs EPSG:4490" in error.faults[0].reason.en


def test_swapped_longitude_and_latitude(settled: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", ["编号", "名称", "经度", "纬度"], [["s", "站", 34.33, 108.7]])
    (fault,) = refused(settled, "stations", path, crs="EPSG:4490").faults
    assert (fault.row, fault.column) == (2, "geometry")
    assert "swapped" in fault.reason.en
    assert "颠倒" in fault.reason.zh


def test_self_crossing_and_empty_polygons(settled: Store, tmp_path: Path) -> None:
    bow_tie = wkt(shapely.from_wkt("POLYGON ((0 0, 90 90, 90 0, 0 90, 0 0))"))
    rows = [
        ["a", bow_tie],
        ["b", "POLYGON EMPTY"],
        ["c", ""],
        ["d", wkt(house(5, 5))],
        ["e", wkt(shapely.Point(1, 1))],
    ]
    error = refused(
        settled, "buildings", write_csv(tmp_path / "b.csv", ["ref", "wkt"], rows), crs="EPSG:4490"
    )
    assert [fault.row for fault in error.faults] == [2, 3, 4, 6]
    texts = [fault.reason.en for fault in error.faults]
    assert "Self-intersection" in texts[0]
    assert "empty" in texts[1]
    assert "need outlines (polygons), this is a point" in texts[3]


def test_overlapping_communities_name_both_and_the_area(settled: Store, tmp_path: Path) -> None:
    pair = frame(
        [box(5000, 0, 5100, 100), box(5080, 0, 5200, 100)],
        code=["610402001008", "610402001009"],
        name=["甲", "乙"],
    )
    (fault,) = refused(settled, "communities", write_geojson(tmp_path / "c.geojson", pair)).faults
    assert fault.row == 2
    assert "610402001009 乙 overlaps 610402001008 甲 by 2,000" in fault.reason.en
    new = frame([box(990, 0, 1100, 100)], code=["610402001008"], name=["丙"])
    (fault,) = refused(settled, "communities", write_geojson(tmp_path / "d.geojson", new)).faults
    assert f"overlaps {EAST} 东社区 by 1,000" in fault.reason.en


def test_duplicate_codes(settled: Store, tmp_path: Path) -> None:
    twice = two_communities().assign(code=[WEST, WEST])
    (fault,) = refused(settled, "communities", write_geojson(tmp_path / "c.geojson", twice)).faults
    assert (fault.row, fault.column, fault.value) == (2, "code", WEST)
    assert "already used in row 1" in fault.reason.en


def test_a_building_in_two_communities(settled: Store, tmp_path: Path) -> None:
    shared = frame([box(-8, 0, 12, 20), box(-2, 50, 98, 60)], ref=["b1", "b2"])
    (fault,) = refused(settled, "buildings", write_geojson(tmp_path / "b.geojson", shared)).faults
    assert (fault.row, fault.value) == (1, "b1")
    assert f"60% in {EAST} and 40% in {WEST}" in fault.reason.en
    said = shared.assign(社区编码=[WEST, EAST])
    assert (
        import_file(
            settled, OPERATOR, "buildings", write_geojson(tmp_path / "b.geojson", said), actor="test", now=NOW
        ).added
        == 2
    )


def test_what_lies_outside_is_refused_or_left_out(settled: Store, tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "b.geojson", frame([house(0, 0), house(9000, 0)], ref=["in", "out"], name=["甲", "乙"])
    )
    (fault,) = refused(settled, "buildings", path).faults
    assert (fault.row, fault.value) == (2, "out 乙")
    report = import_file(
        settled,
        OPERATOR,
        "buildings",
        path,
        skip_outside=True,
        faults_dir=tmp_path,
        lang="zh",
        actor="test",
        now=NOW,
    )
    assert (report.rows, report.notes[0].zh) == (1, "1 个楼栋在所有社区之外，未载入")
    assert report.faults_file is not None
    assert sheet_rows(report.faults_file)[0][2] == "out 乙"


def test_a_community_that_is_not_there(settled: Store, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "b.geojson", frame([house(0, 0)], ref=["b"], 社区编码=["610402001999"]))
    (fault,) = refused(settled, "buildings", path).faults
    assert (fault.column, fault.value) == ("社区编码", "610402001999")


def test_missing_columns_are_named(settled: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "c.csv", ["说明", "wkt"], [["x", wkt(box(5000, 0, 5100, 100))]])
    error = refused(settled, "communities", path, crs="EPSG:4490")
    assert [fault.column for fault in error.faults] == ["code", "name"]
    assert "add it or name it in the column mapping" in error.faults[0].reason.en


def test_gbk_never_loads_as_mojibake(settled: Store, tmp_path: Path) -> None:
    row = [[EAST, "咸阳秦都社区", shapely.to_wkt(two_communities().geometry.iloc[1], rounding_precision=9)]]
    import_file(
        settled,
        OPERATOR,
        "communities",
        write_csv(tmp_path / "c.csv", ["code", "name", "wkt"], row, "gbk"),
        crs="EPSG:4490",
        actor="test",
        now=NOW,
    )
    with settled.read() as conn:
        names = set(conn.scalars(sa.select(LAYER_TABLES["communities"].c.name)))
    assert names == {"西社区", "咸阳秦都社区"}
    spoilt = "咸阳".encode("gbk").decode("utf-8", errors="replace")
    path = write_csv(tmp_path / "d.csv", ["code", "name", "wkt"], [[EAST, spoilt, row[0][2]]])
    (fault,) = refused(settled, "communities", path, crs="EPSG:4490").faults
    assert (fault.row, fault.column) == (2, "name")
    assert "wrong encoding" in fault.reason.en


def test_no_crs_and_none_declared(settled: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", ["ref", "name", "lon", "lat"], [["s", "站", 108.7, 34.33]])
    with pytest.raises(MissingCrsError, match="--crs"):
        import_file(settled, OPERATOR, "stations", path, actor="test", now=NOW)
    with pytest.raises(InputError, match="unknown CRS 'EPSG:99999999'"):
        import_file(settled, OPERATOR, "stations", path, crs="EPSG:99999999", actor="test", now=NOW)
    assert counts(settled)["stations"] == 0


def test_metres_declared_as_degrees(settled: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", ["ref", "name", "x", "y"], [["s", "站", 36500000, 3800000]])
    for crs in ("EPSG:4490", "gcj02", "bd09"):
        with pytest.raises(InputError):
            import_file(settled, OPERATOR, "stations", path, crs=crs, actor="test", now=NOW)


@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+86", '=HYPERLINK("http://x")'])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_formula_in_a_cell(settled: Store, tmp_path: Path, formula: str, kind: str) -> None:
    writer = write_csv if kind == "csv" else write_xlsx
    path = writer(tmp_path / f"s.{kind}", ["编号", "名称", "lon", "lat"], [["s", formula, 108.7, 34.33]])
    error = refused(settled, "stations", path, crs="EPSG:4490", lang="zh")
    (fault,) = error.faults
    assert (fault.row, fault.column, fault.value) == (2, "名称", formula)
    assert error.faults_file is not None
    cell = openpyxl.load_workbook(error.faults_file).active["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (formula, "s", True)


def test_control_characters_in_a_text(settled: Store, tmp_path: Path) -> None:
    made = frame([house(0, 0)], ref=["b"], name=["a\u0000b"])
    (fault,) = refused(settled, "buildings", write_geojson(tmp_path / "b.geojson", made)).faults
    assert "control character" in fault.reason.en


def test_all_faults_of_a_file_come_back_in_a_spreadsheet(settled: Store, tmp_path: Path) -> None:
    rows = [
        ["b1", "三层", "住宅", wkt(house(0, 0))],
        ["b2", "6", "违建", wkt(house(50, 0))],
        ["", "6", "住宅", wkt(house(90, 0))],
        ["b4", "6", "住宅", wkt(house(9000, 0))],
        ["b2", "6", "住宅", "not a shape"],
    ]
    path = write_csv(tmp_path / "b.csv", ["楼栋编号", "层数", "用途", "wkt"], rows)
    error = refused(settled, "buildings", path, crs="EPSG:4490", lang="zh")
    found = [(fault.row, fault.column) for fault in error.faults]
    assert found == [(2, "层数"), (3, "用途"), (4, "楼栋编号"), (5, "geometry"), (6, "wkt"), (6, "楼栋编号")]
    assert error.faults_file == tmp_path / "faults" / "b-buildings-faults.xlsx"
    listed = sheet_rows(error.faults_file)
    assert [(row[0], row[1]) for row in listed] == found
    assert listed[0][2:] == ("三层", "“levels”不是数字")
    assert "b-buildings-faults.xlsx" in error.text("zh")


def test_the_list_of_faults_is_bounded(settled: Store, tmp_path: Path) -> None:
    rows = [[f"b{i}", "很多", wkt(house(0, 0))] for i in range(50)]
    path = write_csv(tmp_path / "b.csv", ["ref", "levels", "wkt"], rows)
    error = refused(settled, "buildings", path, crs="EPSG:4490")
    assert len(error.faults) == 50
    bounded = faults_module.bounded(error.faults, 10)
    assert len(bounded) == 11
    assert bounded[-1].reason.en == "and 40 more faults"


def test_a_hopeless_large_file_is_given_up(settled: Store, tmp_path: Path) -> None:
    rows = [[f"b{i}", "很多", "POINT (1 1)"] for i in range(60_000)]
    error = refused(
        settled, "buildings", write_csv(tmp_path / "b.csv", ["ref", "levels", "wkt"], rows), crs="EPSG:4490"
    )
    assert len(error.faults) == faults_module.MOST_FAULTS
    assert error.faults[0].row == 2
    assert (error.faults[-1].row, error.faults[-1].reason.zh) == (50_002, "自此起 10,000 行未再检查")


# ---------------------------------------------------------------- files that are not what they say


def test_a_zip_bomb(settled: Store, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.shp", "w") as member:
        for _ in range(100):
            member.write(bytes(1 << 20))
    with pytest.raises(FileError, match="zip bomb"):
        import_file(settled, OPERATOR, "buildings", bomb, actor="test", now=NOW)


def test_a_two_gigabyte_claim_in_a_header(settled: Store, tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "c.shp", two_communities(), "utf-8")
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack(">i", 2**30)
    path.write_bytes(bytes(data))
    with pytest.raises(FileError, match="claims 2,147,483,648 bytes"):
        import_file(settled, OPERATOR, "communities", path, actor="test", now=NOW)


def test_a_geopackage_that_claims_a_billion_rows(settled: Store, tmp_path: Path) -> None:
    path = tmp_path / "c.gpkg"
    two_communities().to_file(path, driver="GPKG")
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE gpkg_ogr_contents SET feature_count = 1000000000")
    conn.close()
    with pytest.raises(FileError, match="claims 1,000,000,000 features"):
        import_file(settled, OPERATOR, "communities", path, actor="test", now=NOW)


def test_a_truncated_geopackage(settled: Store, tmp_path: Path) -> None:
    path = tmp_path / "c.gpkg"
    two_communities().to_file(path, driver="GPKG")
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(FileError, match="cut short"):
        import_file(settled, OPERATOR, "communities", path, actor="test", now=NOW)


def test_a_geopackage_of_garbage(settled: Store, tmp_path: Path) -> None:
    path = tmp_path / "c.gpkg"
    two_communities().to_file(path, driver="GPKG")
    data = bytearray(path.read_bytes())
    data[200:] = np.random.default_rng(7).bytes(len(data) - 200)
    path.write_bytes(bytes(data))
    with pytest.raises(FileError):
        import_file(settled, OPERATOR, "communities", path, actor="test", now=NOW)


def test_a_truncated_pbf(settled: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(struct.pack(">I", 13) + b"\x0a\x09OSMHeader\x18\x7f" + b"half of it")
    before = counts(settled)
    with pytest.raises(FileError, match="cut short"):
        import_osm(settled, OPERATOR, path, actor="test", now=NOW)
    assert counts(settled) == before


def test_more_rows_than_bearable(settled: Store, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="more than 1"):
        import_file(
            settled,
            OPERATOR,
            "communities",
            write_geojson(tmp_path / "c.geojson", two_communities()),
            limits=Limits(rows=1),
            actor="test",
            now=NOW,
        )


def test_a_frame_with_faults_leaves_nothing(settled: Store) -> None:
    with pytest.raises(FrameError, match=r"buildings: 1 fault\(s\), nothing was loaded; the first \(row 2\)"):
        import_frame(
            settled,
            OPERATOR,
            "buildings",
            frame([house(0, 0), house(50, 0)], ref=["a", "a"]),
            source="t",
            actor="test",
            now=NOW,
        )
    assert counts(settled)["buildings"] == 0


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "csv", "xlsx", "zip", "shp", "dbf", "shx", "prj"])
def test_random_damage_ends_in_our_errors_or_in_sound_rows(settled: Store, tmp_path: Path, kind: str) -> None:
    made = two_communities()
    rows = [[row.code, row.name, shapely.to_wkt(row.geometry)] for row in made.itertuples(index=False)]
    shp = write_shapefile(tmp_path / "c.shp", made, "utf-8")
    made.to_file(tmp_path / "c.gpkg", driver="GPKG")
    write_geojson(tmp_path / "c.geojson", made)
    write_csv(tmp_path / "c.csv", ["code", "name", "wkt"], rows)
    write_xlsx(tmp_path / "c.xlsx", ["code", "name", "wkt"], rows)
    pack(tmp_path / "c.zip", *(shp.with_suffix(part) for part in (".shp", ".shx", ".dbf", ".prj")))
    victim = tmp_path / f"c.{kind}"
    whole = victim.read_bytes()
    rng = np.random.default_rng(11)
    for _ in range(15):
        data = bytearray(whole)
        if rng.random() < 0.3:
            del data[int(rng.integers(1, len(data))) :]
        for place in rng.integers(0, min(len(data), 400), 3):
            data[place] = int(rng.integers(256))
        victim.write_bytes(bytes(data))
        with suppress(InputError):
            import_file(
                settled,
                OPERATOR,
                "communities",
                shp if kind in ("dbf", "shx", "prj") else victim,
                dry_run=True,
                actor="test",
                now=NOW,
            )
    assert counts(settled)["communities"] == 2
