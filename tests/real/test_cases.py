"""The small files that go wrong (`../shared/cases`), each row of their README, with its brothers: a test each says what should
become of it. Two communities of made-up
houses are in the store before. Row 21 (counts that changed since a plan was drawn) is in `tests/api/cli/test_keeping`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import InputError
from layers.files.faults import FaultyFileError
from layers.imports.imports import import_file
from layers.imports.lists import import_list
from layers.imports.osm import import_osm
from layers.imports.report import ImportReport
from layers.lookup.lookups import load_lookup
from layers.people.resident_matches import match_residents
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.address_tables import residents
from layers.store.database import EMBEDDED_FILE, Store
from tests.conftest import ROOT, missing
from tests.layers.unsealed import unsealed

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def cases() -> Path:
    """The folder of cases; not part of the project."""
    folder = Path(os.environ.get("WANGGE_CASES", ROOT.parent / "shared" / "cases"))
    if not folder.is_dir():
        missing(f"no cases at {folder}; set WANGGE_CASES to the folder that holds them")
    return folder


@pytest.fixture(scope="module")
def settled(cases: Path, embedded_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the communities, complexes and buildings of the cases."""
    home = tmp_path_factory.mktemp("cases")
    shutil.copy(embedded_template, home / EMBEDDED_FILE)
    store = Store.open(home=home)
    for layer in ("communities", "complexes", "buildings"):
        import_file(store, OPERATOR, layer, cases / f"{layer}.geojson", actor="t", now=NOW)
    store.close()
    return home / EMBEDDED_FILE


@pytest.fixture
def town(settled: Path, tmp_path: Path) -> Store:
    """A copy of it."""
    (tmp_path / "home").mkdir()
    shutil.copy(settled, tmp_path / "home" / EMBEDDED_FILE)
    return Store.open(home=tmp_path / "home")


def load(store: Store, layer: str, path: Path, **options: Any) -> ImportReport:
    how: Callable[..., ImportReport] = import_list if layer == "residents" else import_file
    return how(store, OPERATOR, layer, path, actor="t", now=NOW, **options)


def said(done: ImportReport) -> str:
    return "\n".join(note.zh for note in done.notes)


def faults(error: FaultyFileError) -> str:
    return "\n".join(fault.reason.zh for fault in error.faults)


def houses(store: Store, column: str = "ref") -> list[Any]:
    with store.read() as conn:
        return list(conn.scalars(sa.select(t.buildings.c[column]).order_by(t.buildings.c.ref)))


def lists(store: Store) -> list[tuple[str, str]]:
    found = unsealed(store, sa.select(residents))
    return sorted(zip(found["household"], found["address"], strict=True))


def asked(store: Store, text: str) -> Any:
    return load_lookup(store, OPERATOR, as_of=TODAY).locate(text, as_of=TODAY)


def written(path: Path, features: gpd.GeoDataFrame, **renamed: str) -> Path:
    pyogrio.write_dataframe(features.rename(columns=renamed), path, driver="GeoJSON")
    return path


def book(path: Path, *rows: list[Any], merge: tuple[str, ...] = ()) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merge:
        made.active.merge_cells(cells)
    made.save(path)
    return path


# ---------------------------------------------------------------- 01


def test_01_numbers_that_count_rows_are_no_keys(town: Store, cases: Path) -> None:
    before = houses(town)
    for name in ("a", "b"):
        done = load(town, "buildings", cases / "01-row-number-as-key" / f"{name}.geojson")
        assert "“序号”只是行号，未作为编号" in said(done)
        assert done.added == 0
    assert houses(town) == before
    for name in ("r1", "r2"):
        load(town, "residents", cases / "01-row-number-as-key" / f"{name}.csv")
    assert len(lists(town)) == 2


@pytest.mark.parametrize(
    "key", ["序号", "FID", "OBJECTID", "OBJECTID_1", "gid", "id", "ID", "编号", "楼栋编号", "行号"]
)
@pytest.mark.parametrize("start", [0, 1])
def test_01_under_every_name_they_have(
    town: Store, cases: Path, tmp_path: Path, key: str, start: int
) -> None:
    made = gpd.read_file(cases / "buildings.geojson")[["name", "geometry"]].iloc[:6]
    there = houses(town)
    path = written(tmp_path / "a.geojson", made.assign(**{key: range(start, start + 6)}), name="楼号")
    assert load(town, "buildings", path).added == 0
    assert houses(town) == there


def test_01_a_known_key_that_moved_is_asked_about(town: Store, cases: Path, tmp_path: Path) -> None:
    made = gpd.read_file(cases / "buildings.geojson").iloc[:6]
    others = gpd.read_file(cases / "buildings.geojson").iloc[60:66]
    path = written(
        tmp_path / "a.geojson",
        made.set_geometry(others.geometry.values, crs=made.crs)[["ref", "name", "geometry"]],
    )
    with pytest.raises(FaultyFileError) as error:
        load(town, "buildings", path)
    assert "在库中位于别处" in faults(error.value)


# ---------------------------------------------------------------- 02


def test_02_the_complex_in_the_name_of_a_building(town: Store, cases: Path) -> None:
    load(town, "buildings", cases / "02-building-names" / "prefixed.geojson")
    home = asked(town, "石榴花园3号楼2单元501室").home
    assert (home.complex_name, home.building_ref) == ("石榴花园", "X01B03")


@pytest.mark.parametrize(
    "pattern",
    [
        "{0}幢",
        "第{0}幢",
        "{0}#",
        "{0}#楼",
        "{0}栋",
        "{0}号",
        "{0}号住宅楼",
        "石榴花园{0}号楼",
        "石榴花园小区{0}#楼",
        "石榴花园第{0}栋",
        "{0}号楼（高层）",
        "{0}号楼（原17号楼）",
    ],
)
def test_02_other_ordinary_names(town: Store, cases: Path, tmp_path: Path, pattern: str) -> None:
    made = gpd.read_file(cases / "buildings.geojson").iloc[:12]
    path = written(tmp_path / "a.geojson", made.assign(name=[pattern.format(i) for i in range(1, 13)]))
    load(town, "buildings", path)
    for text in ("石榴花园3号楼2单元501室", "石榴花园3-2-501", "石榴花园三幢"):
        assert asked(town, text).home.building_ref == "X01B03", (pattern, text)


def test_02_a_polygon_for_each_unit_and_two_of_one_house(town: Store, cases: Path, tmp_path: Path) -> None:
    made = gpd.read_file(cases / "buildings.geojson").iloc[:3]
    names = ["3号楼1单元", "3号楼2单元", "3号楼3单元"]
    load(town, "buildings", written(tmp_path / "a.geojson", made.assign(name=names)))
    assert asked(town, "石榴花园3号楼2单元501室").home.building_ref == "X01B02"
    load(town, "buildings", written(tmp_path / "d.geojson", made.iloc[:2].assign(name="20号楼")))
    answer = asked(town, "石榴花园20号楼")
    assert answer.status == "ambiguous"
    assert {one.building_ref for one in answer.candidates} == {"X01B01", "X01B02"}


# ---------------------------------------------------------------- 03


@pytest.mark.parametrize("choice", ["update", "add"])
def test_03_the_same_houses_under_new_ids(town: Store, cases: Path, choice: Any) -> None:
    path = cases / "03-reissued-ids-stack-up" / "again.geojson"
    before = houses(town)
    with pytest.raises(FaultyFileError) as error:
        load(town, "buildings", path)
    assert "12 个与库中已有对象占地相同" in faults(error.value)
    assert houses(town) == before
    load(town, "buildings", path, same=choice)
    assert len(houses(town)) == len(before) + (12 if choice == "add" else 0)


# ---------------------------------------------------------------- 04, 10, 15: Shapefiles


def test_04_a_cpg_that_lies(town: Store, cases: Path) -> None:
    done = load(town, "buildings", cases / "04-cpg-latin1" / "b.shp")
    assert ".cpg 声明 ISO88591，但文字是 GBK" in said(done)
    assert done.updated == 6
    assert not any(houses(town, "households_estimated")[:6])


def test_10_names_cut_inside_a_character(town: Store, cases: Path) -> None:
    done = load(town, "buildings", cases / "10-dbf-cut-names" / "b.shp")
    assert "楼栋编 → ref（常用名，被截断）" in said(done)
    assert done.updated == 6


@pytest.mark.parametrize(
    ("text", "cpg"), [("UTF-8", "GBK"), ("UTF-8", "1252"), ("GBK", "UTF-8"), ("GBK", "Big5"), ("GBK", None)]
)
def test_04_10_every_pair_of_text_and_claim(
    town: Store, cases: Path, tmp_path: Path, text: str, cpg: str | None
) -> None:
    made = gpd.read_file(cases / "buildings.geojson").iloc[:6]
    named = (
        made[["ref", "name", "geometry"]]
        .assign(n=41)
        .set_axis(["楼栋编号", "楼栋名称", "geometry", "居民户数"], axis=1)
    )
    path = tmp_path / "b.shp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are cut, where they are
        pyogrio.write_dataframe(named.set_geometry("geometry"), path, encoding=text)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    done = load(town, "buildings", path)
    assert houses(town, "households")[:6] == [41] * 6
    assert (".cpg 声明" in said(done)) == (cpg is not None)


def test_15_an_old_datum_without_public_parameters(town: Store, cases: Path) -> None:
    with pytest.raises(InputError, match="Xian 1980") as error:
        load(town, "buildings", cases / "15-old-datums" / "x.shp")
    assert "120 米" in error.value.words.zh


# ---------------------------------------------------------------- 05, 06, 07, 13: lists


def test_05_numbers_a_spreadsheet_shortened(town: Store, cases: Path) -> None:
    with pytest.raises(FaultyFileError) as error:
        load(town, "residents", cases / "05-excel-number-keys" / "r.csv")
    assert faults(error.value).count("末位数字已丢失") == 3
    assert lists(town) == []


@pytest.mark.parametrize(
    "keys", [["6.10102E+17"] * 2, ["6.1010219800101E+17", "x"], ["610102198001010000", "610102198001020000"]]
)
def test_05_in_every_form(town: Store, tmp_path: Path, keys: list[str]) -> None:
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["户号", "地址"], *([key, f"石榴花园{i}号楼"] for i, key in enumerate(keys, 1))]
        )
    with pytest.raises(FaultyFileError):
        load(town, "residents", tmp_path / "r.csv")
    assert lists(town) == []


def test_06_merged_cells_and_hidden_sheets(town: Store, cases: Path) -> None:
    load(town, "residents", cases / "06-merged-and-sheets" / "merged.xlsx")
    assert len({household for household, _ in lists(town)}) == 2
    done = load(town, "residents", cases / "06-merged-and-sheets" / "hidden.xlsx")
    assert "未读取：旧（隐藏）" in said(done)


def test_07_two_addresses_in_one_cell(town: Store, cases: Path) -> None:
    rows = list(
        csv.DictReader((cases / "07-two-addresses-one-cell" / "a.csv").read_text("utf-8").splitlines())
    )
    answer = asked(town, rows[0]["address"])
    assert (answer.status, answer.confidence) == ("ambiguous", 0)
    assert [one.building_name for one in answer.candidates] == ["3号楼", "5号楼"]
    none_such = asked(town, rows[1]["address"])
    assert none_such.confidence < 0.95
    assert any("没有此单元" in why.zh for why in none_such.evidence)
    load(town, "residents", cases / "07-two-addresses-one-cell" / "r.csv")
    assert [address for _, address in lists(town)] == ["石榴花园3号楼2单元501室"]
    assert list(match_residents(town, OPERATOR, actor="t", now=NOW))[-1].figures.matched == 1


@pytest.mark.parametrize("joint", ["；", ";", "、", "/", " ", "和", "以及", "→", "，另有", "\n"])
def test_07_however_they_are_joined(town: Store, joint: str) -> None:
    assert asked(town, f"石榴花园3号楼2单元501室{joint}青禾苑5号楼1单元101室").status == "ambiguous"


def test_13_a_title_above_the_header(town: Store, cases: Path, tmp_path: Path) -> None:
    done = load(town, "residents", cases / "13-title-row" / "r.xlsx")
    assert "表头以上的行未读取：第 1 行" in said(done)
    assert done.added == 1
    rows = [
        ["某社区"],
        ["填报日期：2026年1月1日", None, None],
        [],
        ["户号", "居住地址", "人数"],
        ["H7", "云杉里1号楼101", "约3人"],
        ["合计", None, 3],
    ]
    more = load(town, "residents", book(tmp_path / "r.xlsx", *rows, merge=("A1:C1",)))
    assert more.added == 1


# ---------------------------------------------------------------- 09, 11: GeoJSON and OpenStreetMap


def test_09_a_crs_in_short(town: Store, cases: Path) -> None:
    assert load(town, "buildings", cases / "09-geojson-crs-short" / "g.geojson").added == 1


@pytest.mark.parametrize(
    "name", ["EPSG:4490", "EPSG::4490", "urn:ogc:def:crs:EPSG::4490", "CGCS2000", "CGCS2000 (EPSG:4490)"]
)
def test_09_in_every_form(town: Store, cases: Path, tmp_path: Path, name: str) -> None:
    whole = json.loads((cases / "09-geojson-crs-short" / "g.geojson").read_text("utf-8"))
    whole["crs"] = {"type": "name", "properties": {"name": name}}
    (tmp_path / "g.geojson").write_text(json.dumps(whole), "utf-8")
    assert load(town, "buildings", tmp_path / "g.geojson").added == 1


def test_11_ways_before_nodes(cases: Path, store: Store) -> None:
    done = import_osm(store, OPERATOR, cases / "11-osm-order" / "ways_first.osm", actor="t", now=NOW)
    assert done.layers["buildings"].added > 0


def test_shapes_of_the_cases_lie_where_they_are_told(cases: Path) -> None:
    towns = gpd.read_file(cases / "communities.geojson")
    made = gpd.read_file(cases / "buildings.geojson")
    assert shapely.within(made.geometry.array, shapely.union_all(towns.geometry.array)).all()
