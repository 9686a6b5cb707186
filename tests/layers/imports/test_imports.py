"""A file goes into the store whole or not at all, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from shapely import box

from geo.crs import gcj02_to_bd09, wgs84_to_gcj02
from geo.errors import FrameError, InputError
from layers.history import read_history
from layers.imports.imports import import_file, import_frame
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame
from tests.layers import town
from tests.layers.files.drawing import (
    EAST,
    WEST,
    degrees,
    frame,
    house,
    two_communities,
    wkt,
    write_csv,
    write_geojson,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def stored(store: Store, table: sa.Table) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(table).order_by(*table.primary_key.columns))


@pytest.fixture
def settled(store: Store) -> Store:
    import_frame(store, OPERATOR, "communities", two_communities(), source="test", actor="test", now=NOW)
    return store


def test_a_layer_is_added_then_updated(store: Store, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "c.geojson", two_communities())
    first = import_file(store, OPERATOR, "communities", path, now=town.NOW, actor="ms wang")
    assert (first.layer, first.source, first.rows, first.added, first.updated) == (
        "communities",
        "c.geojson",
        2,
        2,
        0,
    )
    renamed = two_communities().assign(name=["甲", "乙"])
    second = import_file(
        store, OPERATOR, "communities", write_geojson(tmp_path / "c.geojson", renamed), actor="test", now=NOW
    )
    assert (second.added, second.updated) == (0, 2)
    assert stored(store, t.communities)["name"].tolist() == ["甲", "乙"]
    with store.reading(OPERATOR) as unit:
        deeds = read_history(unit)
    assert deeds["actor"].tolist() == ["test", "ms wang"]
    assert deeds["detail"].iloc[-1] == {
        "layer": "communities",
        "source": "c.geojson",
        "batch": 1,
        "added": 2,
        "updated": 0,
    }


def test_a_dry_run_checks_and_writes_nothing(settled: Store, tmp_path: Path) -> None:
    moved = two_communities().assign(code=[WEST, "610402001003"])
    moved = moved.set_geometry(list(degrees(box(-1000, -500, 0, 500), box(2000, 0, 3000, 900))), crs=4490)
    report = import_file(
        settled,
        OPERATOR,
        "communities",
        write_geojson(tmp_path / "c.geojson", moved),
        dry_run=True,
        actor="test",
        now=NOW,
    )
    assert (report.dry_run, report.added, report.updated) == (True, 1, 1)
    assert stored(settled, t.communities)["code"].tolist() == [WEST, EAST]
    clash = frame([box(500, 0, 1500, 100)], code=["610402001009"], name=["x"])
    with pytest.raises(FrameError, match="overlaps 610402001002 东社区"):
        import_file(
            settled,
            OPERATOR,
            "communities",
            write_geojson(tmp_path / "d.geojson", clash),
            dry_run=True,
            actor="test",
            now=NOW,
        )


def test_buildings_get_community_complex_and_estimated_households(settled: Store, tmp_path: Path) -> None:
    homes = frame(
        [box(-500, -100, -300, 100), box(-500, -100, -400, 100)], ref=["big", "small"], name=["甲", "乙"]
    )
    import_frame(settled, OPERATOR, "complexes", homes, source="test", actor="test", now=NOW)
    path = write_csv(
        tmp_path / "b.csv",
        ["编号", "用途", "层数", "户数", "几何"],
        [
            ["b1", "住宅", "6", "", wkt(house(-450, 0))],
            ["b2", "住宅", "6", "24", wkt(house(-350, 0))],
            ["b3", "学校", "", "", wkt(house(500, 0))],
        ],
        "gbk",
    )
    report = import_file(settled, OPERATOR, "buildings", path, crs="EPSG:4490", actor="test", now=NOW)
    assert any("households of 1 of 3 buildings are estimates" in note.en for note in report.notes)
    rows = stored(settled, t.buildings)
    assert rows["community_code"].tolist() == [WEST, WEST, EAST]
    assert rows["complex_ref"].tolist()[:2] == ["small", "big"]
    assert rows["complex_ref"].isna().tolist() == [False, False, True]
    assert rows["households"].fillna(-1).tolist() == [24, 24, -1]
    assert rows["households_estimated"].tolist() == [True, False, False]
    assert rows["source"].unique().tolist() == ["b.csv"]


def test_what_is_stored_finds_communities_and_complexes_that_come_later(store: Store) -> None:
    import_frame(
        store,
        OPERATOR,
        "buildings",
        frame([house(-500, 0), house(500, 0), house(5000, 0)], ref=["a", "b", "c"]),
        source="t",
        actor="test",
        now=NOW,
    )
    import_frame(
        store,
        OPERATOR,
        "stations",
        frame([shapely.Point(-400, 0)], ref=["s"], name=["站"]),
        source="t",
        actor="test",
        now=NOW,
    )
    report = import_frame(
        store, OPERATOR, "communities", two_communities(), source="t", actor="test", now=NOW
    )
    assert any("2 stored buildings changed community" in note.en for note in report.notes)
    import_frame(
        store,
        OPERATOR,
        "complexes",
        frame([box(-600, -50, -400, 50)], ref=["x"]),
        source="t",
        actor="test",
        now=NOW,
    )
    rows = stored(store, t.buildings)
    assert rows["community_code"].fillna("").tolist() == [WEST, EAST, ""]
    assert rows["complex_ref"].fillna("").tolist() == ["x", "", ""]
    assert stored(store, t.stations)["community_code"].tolist() == [WEST]
    assert stored(store, t.complexes)["community_code"].tolist() == [WEST]


def test_a_declared_community_stays_on_a_shared_building(settled: Store) -> None:
    shared = frame([box(-8, 0, 12, 20)], ref=["b"], community_code=[WEST])
    report = import_frame(settled, OPERATOR, "buildings", shared, source="t", actor="test", now=NOW)
    assert any("lie mostly in another" in note.en for note in report.notes)
    import_frame(settled, OPERATOR, "communities", two_communities(), source="t", actor="test", now=NOW)
    assert stored(settled, t.buildings)["community_code"].tolist() == [WEST]


def test_streets_that_are_lines_are_roads(store: Store, tmp_path: Path) -> None:
    lines = frame([shapely.LineString([(0, 0), (90, 0)])], 编号=["r1"], 路名=["人民路"], 道路等级=["主干道"])
    report = import_file(
        store, OPERATOR, "streets", write_geojson(tmp_path / "s.geojson", lines), actor="test", now=NOW
    )
    assert report.layer == "roads"
    assert "taken as roads" in report.notes[0].en
    rows = stored(store, t.roads)
    assert rows[["ref", "name", "road_class"]].to_numpy().tolist() == [["r1", "人民路", "primary"]]


def test_streets_that_are_areas_stay_streets(store: Store, tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "s.geojson", frame([box(0, 0, 9, 9)], 街道编码=["610402001"], 街道名称=["人民路街道"])
    )
    assert import_file(store, OPERATOR, "streets", path, actor="test", now=NOW).layer == "streets"
    assert stored(store, t.streets)["name"].tolist() == ["人民路街道"]


def test_safe_repairs_are_made_and_counted(store: Store) -> None:
    spike = shapely.from_wkt("POLYGON ((0 0, 100 0, 100 100, 100 150, 100 100, 0 100, 0 0))")
    report = import_frame(
        store, OPERATOR, "buildings", frame([spike], ref=["b"]), source="t", actor="test", now=NOW
    )
    assert report.repaired == 1
    assert "1 rows: the ring touched or crossed itself" in report.notes[0].en
    assert stored(store, t.buildings).geometry.iloc[0].is_valid


def test_slivers_between_communities_are_closed_and_said(store: Store) -> None:
    halves = frame([box(-1000, 0, 0.2, 500), box(0, 0, 1000, 500)], code=[WEST, EAST], name=["西", "东"])
    report = import_frame(store, OPERATOR, "communities", halves, source="t", actor="test", now=NOW)
    assert "narrower than half a metre were closed" in report.notes[0].en
    shapes = stored(store, t.communities).geometry.array
    assert shapely.coverage_is_valid(shapes)
    third = frame([box(999.8, 0, 2000, 500)], code=["610402001003"], name=["远"])
    report = import_frame(store, OPERATOR, "communities", third, source="t", actor="test", now=NOW)
    assert "trimmed" in report.notes[0].en
    east, far = stored(store, t.communities).geometry.iloc[1:]
    assert east.intersection(far).area < 1e-14


@pytest.mark.parametrize("declared", ["gcj02", "bd09", "EPSG:4547", "EPSG:4326"])
def test_a_declared_crs_is_turned_into_the_kept_one(store: Store, tmp_path: Path, declared: str) -> None:
    made = frame([shapely.Point(0, 0)], ref=["s"], name=["站"])
    lon, lat = made.geometry.x.to_numpy(), made.geometry.y.to_numpy()
    if declared == "EPSG:4547":
        point = made.to_crs(4547).geometry.iloc[0]
        x, y = point.x, point.y
    else:
        if declared in ("gcj02", "bd09"):
            lon, lat = wgs84_to_gcj02(lon, lat)
        if declared == "bd09":
            lon, lat = gcj02_to_bd09(lon, lat)
        x, y = lon[0], lat[0]
    path = write_csv(
        tmp_path / "s.csv", ["ref", "name", "x", "y"], [["s", "站", repr(float(x)), repr(float(y))]]
    )
    import_file(store, OPERATOR, "stations", path, crs=declared, actor="test", now=NOW)
    found = stored(store, t.stations).geometry.iloc[0]
    assert found.distance(made.geometry.iloc[0]) < 2e-9


def test_todays_grids_become_draft_plans(store: Store, tmp_path: Path) -> None:
    town.settle(store)
    drawn = town.drawn_grids((0, 2), (2, 2))
    path = write_geojson(tmp_path / "g.geojson", drawn)
    checked = import_file(store, OPERATOR, "grids", path, dry_run=True, actor="test", now=NOW)
    assert checked.rows == len(drawn)
    report = import_file(store, OPERATOR, "grids", path, now=town.NOW, actor="test")
    assert any("draft plans" in note.en for note in report.notes)
    with store.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.plans)) > 0


def test_an_unknown_layer_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose one of districts, streets, communities"):
        import_file(store, OPERATOR, "houses", tmp_path / "a.csv", actor="test", now=NOW)


def test_rows_in_another_order_store_the_same(store: Store) -> None:
    homes = frame([house(-500 + 40 * i, 0) for i in range(5)], ref=list("abcde"), use=["residential"] * 5)
    import_frame(store, OPERATOR, "communities", two_communities(), source="t", actor="test", now=NOW)
    import_frame(store, OPERATOR, "buildings", homes.iloc[::-1], source="t", actor="test", now=NOW)
    backwards = stored(store, t.buildings)
    import_frame(store, OPERATOR, "buildings", homes, source="t", actor="test", now=NOW)
    pd.testing.assert_frame_equal(pd.DataFrame(backwards), pd.DataFrame(stored(store, t.buildings)))


def test_a_wrong_zone_is_found_by_laying_the_data_over_the_communities(
    settled: Store, tmp_path: Path
) -> None:
    homes = frame([house(-500 + 40 * i, 0) for i in range(5)]).to_crs(4545)  # 108 E
    path = write_csv(
        tmp_path / "b.csv", ["ref", "wkt"], [[f"b{i}", s.wkt] for i, s in enumerate(homes.geometry)]
    )
    with pytest.raises(FrameError, match="declare it with --crs EPSG:4545"):
        import_file(settled, OPERATOR, "buildings", path, crs="EPSG:4546", actor="test", now=NOW)
    done = import_file(settled, OPERATOR, "buildings", path, crs="4545", actor="test", now=NOW)
    assert done.added == 5
