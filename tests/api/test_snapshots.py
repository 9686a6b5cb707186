"""The version in force as files: with its styles, by ranges, and without a count of anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest

from api.answers.snapshot import make_snapshot, snapshot_folder
from layers.rights.viewer import OPERATOR
from maps.look.qgis import qml


def test_files_carry_styles_and_tiles_and_count_nobody(town: Any, tmp_path: Path) -> None:
    made = {path.name: path for path in make_snapshot(town.store, OPERATOR, tmp_path / "s", as_of=town.since)}
    assert {"wangge.gpkg", "grids.pmtiles", "grids.geojson", "grids.csv", "grids.xlsx"} <= set(made)
    grids = gpd.read_file(made["wangge.gpkg"], layer="grids")
    assert len(grids) == 3
    assert not {"households", "people"} & set(grids.columns)
    styles = pyogrio.read_dataframe(made["wangge.gpkg"], layer="layer_styles").set_index("f_table_name")
    assert set(styles.index) == {"grids", "communities", "buildings"}
    root = ElementTree.fromstring(styles.loc["grids", "styleQML"])  # noqa: S314  our own
    assert root.find("renderer-v2") is not None
    assert pyogrio.list_layers(made["grids.pmtiles"])[0][0] == "grids"


@pytest.mark.parametrize("layer", ["grids", "communities", "complexes", "buildings", "roads", "water"])
def test_every_style_is_sound_xml(layer: str) -> None:
    assert ElementTree.fromstring(qml(layer)).tag == "qgis"  # noqa: S314  our own


def test_a_file_by_ranges(town: Any, run_app: Callable[..., Any]) -> None:
    home = town.settings().home
    made = make_snapshot(town.store, OPERATOR, snapshot_folder(home, 1), as_of=town.since)
    with run_app(town.app()) as client:
        (listed,) = client.get("/api/snapshots").json()["snapshots"]
        assert (listed["version"], len(listed["files"])) == (1, len(made))
        part = client.get("/api/snapshots/1/grids.pmtiles", headers={"range": "bytes=0-6"})
        assert (part.status_code, part.content) == (206, b"PMTiles")
        assert client.get("/api/snapshots/1/nothing.gpkg").status_code == 404
        assert client.get("/api/snapshots/1/..%2Fx.gpkg").status_code in (404, 422)
