"""The real extracts go in: OpenStreetMap files of four towns, and GeoPackages with their own column names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import FileError
from geo.topology import largest_share
from layers.files.faults import FaultyFileError
from layers.imports.imports import import_file
from layers.imports.osm import import_osm
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

pytestmark = pytest.mark.real

# of 2,171, 446 and 1,207: OpenStreetMap has one, two and one of them a second time, on the same ground
BUILDINGS = {"bayreuth_north": 4267, "finland_karhula": 2170, "helsinki_center": 444, "monaco": 1206}


@pytest.fixture
def embedded(tmp_path: Path) -> Store:
    store = Store.open(home=tmp_path / "home")
    store.migrate()
    return store


@pytest.mark.parametrize("town", sorted(BUILDINGS))
def test_an_extract_goes_in_whole(embedded: Store, real_data: Path, town: str) -> None:
    report = import_osm(embedded, OPERATOR, real_data / "osm_raw" / f"{town}.osm.pbf", actor="test", now=NOW)
    assert report.layers["buildings"].added == BUILDINGS[town]
    with embedded.read() as conn:
        communities = read_frame(conn, sa.select(t.communities).order_by(t.communities.c.code))
        buildings = read_frame(conn, sa.select(t.buildings).order_by(t.buildings.c.ref))
        roads = read_frame(conn, sa.select(t.roads))
    assert shapely.coverage_is_valid(communities.geometry.array)
    assert tuple(communities["code"]) == report.communities
    placed = buildings["community_code"].notna().to_numpy()
    assert placed.mean() > 0.98
    shares = largest_share(buildings.geometry.array[placed], communities.geometry.array)
    found = communities["code"].to_numpy()[shares.area]
    assert (found == buildings["community_code"].to_numpy()[placed]).all()
    assert np.isfinite(shapely.bounds(roads.geometry.array)).all()


def test_monaco_by_its_wards(embedded: Store, real_data: Path) -> None:
    report = import_osm(
        embedded,
        OPERATOR,
        real_data / "osm_raw" / "monaco.osm.pbf",
        community_from="admin",
        actor="test",
        now=NOW,
    )
    with embedded.read() as conn:
        names = set(conn.scalars(sa.select(t.communities.c.name)))
    assert names == {"La Rousse", "Monte-Carlo", "Fontvieille", "Monaco-Ville", "La Condamine", "Larvotto"}
    assert any("lie in none of them" in note.en for note in report.notes)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_extract_loads_nothing(
    embedded: Store, real_data: Path, tmp_path: Path, share: float
) -> None:
    whole = (real_data / "osm_raw" / "monaco.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileError, match="cut short"):
        import_osm(embedded, OPERATOR, path, actor="test", now=NOW)
    with embedded.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.buildings)) == 0


def test_a_damaged_extract_loads_nothing(embedded: Store, real_data: Path, tmp_path: Path) -> None:
    whole = bytearray((real_data / "osm_raw" / "monaco.osm.pbf").read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 2000] = bytes(2000)
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(bytes(whole))
    with pytest.raises(FileError, match=r"damaged|cut short"):
        import_osm(embedded, OPERATOR, path, actor="test", now=NOW)


def test_lujiazui_goes_in_layer_by_layer_without_a_mapping_file(embedded: Store, real_data: Path) -> None:
    path = real_data / "osm" / "shanghai_lujiazui.gpkg"
    loaded = {
        layer: import_file(embedded, OPERATOR, layer, path, good_rows=True, actor="test", now=NOW)
        for layer in ("complexes", "buildings", "streets", "water")
    }
    assert {layer: report.added for layer, report in loaded.items()} == {
        "complexes": 18,
        "buildings": 1319,
        "streets": 1055,
        "water": 7,
    }
    assert loaded["streets"].layer == "roads"
    with embedded.read() as conn:
        names = set(conn.scalars(sa.select(t.complexes.c.name)))
        classes = set(conn.scalars(sa.select(t.roads.c.road_class)))
        known = conn.scalar(sa.select(sa.func.count()).where(t.buildings.c.complex_ref.is_not(None)))
    assert {"崂山三村", "梅园三街坊", "上港小区"} <= names
    assert {"primary", "secondary", "footway"} <= classes
    assert known is not None
    assert known >= 50


@pytest.mark.parametrize(
    ("file", "layer", "rows"),
    [
        ("monaco", "buildings", 1206),
        ("bayreuth_north", "buildings", 4267),
        ("finland_karhula_suburb", "buildings", 2170),
        ("hangzhou_complexes_excl_gongshu", "complexes", 1763),
        ("hangzhou_complexes_excl_gongshu", "water", 2559),
        ("monaco", "roads", 2361),
    ],
)
def test_geopackages_go_in_by_the_usual_names(
    embedded: Store, real_data: Path, file: str, layer: str, rows: int
) -> None:
    assert (
        import_file(
            embedded,
            OPERATOR,
            layer,
            real_data / "osm" / f"{file}.gpkg",
            good_rows=True,
            actor="test",
            now=NOW,
        ).added
        == rows
    )


def test_a_building_that_is_twice_in_openstreetmap_is_told_before_anything_is_written(
    embedded: Store, real_data: Path
) -> None:
    path = real_data / "osm" / "monaco.gpkg"
    with pytest.raises(FaultyFileError, match=r"row 1202\): covers the same ground as row 202 \(w94399476\)"):
        import_file(embedded, OPERATOR, "buildings", path, actor="test", now=NOW)
    both = import_file(embedded, OPERATOR, "buildings", path, same="add", actor="test", now=NOW)
    assert both.added == 1207
