"""`wangge station add` by address: one place, several, or none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from layers.ground.stations import read_stations
from layers.imports.imports import import_frame
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.api.cli.conftest import Run
from tests.layers import town


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """Two complexes 芙蓉小区, one in each community, each with a building 1号楼, the east one also with 2号楼."""
    home = tmp_path / "wangge-data"
    store = Store.open(home=home)
    store.migrate()
    frames = {
        "communities": town.communities(),
        "complexes": gpd.GeoDataFrame(
            {"ref": ["w", "e"], "name": ["芙蓉小区", "芙蓉小区"]},
            geometry=[town.square(0, 0, width=2), town.square(5, 0, width=2)],
            crs=4490,
        ),
        "buildings": gpd.GeoDataFrame(
            {"ref": ["w1", "e1", "e2"], "name": ["1号楼", "1号楼", "2号楼"], "use": "residential"},
            geometry=[town.square(column, 0, shrink=0.3) for column in (0, 5, 6)],
            crs=4490,
        ),
    }
    for layer, frame in frames.items():
        import_frame(store, OPERATOR, layer, frame, source="twins", actor="test", now=town.NOW)
    store.close()
    return home


def stations(home: Path) -> list[tuple[str, str]]:
    store = Store.open(home=home)
    with store.reading(OPERATOR) as unit:
        frame = read_stations(unit)
    store.close()
    return list(zip(frame["ref"], frame["community_code"], strict=True))


def test_an_address_that_means_two_places_is_told_with_both(run: Run, twins: Path) -> None:
    said = run("station", "add", "s1", "--name", "站", "--address", "芙蓉小区1号楼", "--lang", "en")
    assert said.code == 2
    assert "the address is no single place" in said.err
    for place in ("西社区芙蓉小区1号楼", "东社区芙蓉小区1号楼"):
        assert place in said.err
    assert "give a fuller one, or --lon and --lat" in said.err
    assert stations(twins) == []


def test_what_makes_it_one_place_is_enough(run: Run, twins: Path) -> None:
    assert run("station", "add", "s1", "--name", "站", "--address", "东社区芙蓉小区1号楼").code == 0
    assert run("station", "add", "s2", "--name", "站", "--address", "芙蓉小区2号楼").code == 0
    assert stations(twins) == [("s1", town.EAST), ("s2", town.EAST)]


def test_an_address_nobody_knows_and_a_place_outside_are_told(run: Run, twins: Path) -> None:
    said = run("station", "add", "s1", "--name", "站", "--address", "无名小区9号楼")
    assert said.code == 2
    assert "地址无法确定到一处" in said.err
    said = run("station", "add", "s1", "--name", "站", "--lon", "109", "--lat", "34")
    assert said.code == 2
    assert "该位置不在任何社区内" in said.err
    assert stations(twins) == []
