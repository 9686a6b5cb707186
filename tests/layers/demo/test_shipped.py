"""The files in data/boundaries are the small district, to the last decimal."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.conform import conform
from geo.frames import CONTRACTS
from layers.demo.district import DemoDistrict, generate
from layers.demo.ship import ship
from layers.demo.shipped import FOLDER, SHIPPED_SEED, shipped_small

COMMAND = "run `python -m layers.demo.ship` after changing the generator"


@pytest.fixture(scope="module")
def small() -> DemoDistrict:
    return generate("small", seed=SHIPPED_SEED)


def test_every_layer_ships() -> None:
    assert list(shipped_small()) == list(CONTRACTS)
    assert all(path.is_file() for path in shipped_small().values())


@pytest.mark.parametrize("layer", list(CONTRACTS))
def test_a_file_read_back_is_the_generated_frame(layer: str, small: DemoDistrict) -> None:
    with as_file(shipped_small()[layer]) as path:
        read = conform(gpd.read_file(path), CONTRACTS[layer])
    made = small.frames[layer]
    for column in CONTRACTS[layer].names:
        assert read[column].equals(made[column]), f"{layer}.{column}: {COMMAND}"
    # another machine's last bit may round to the next 0.1 mm
    close = shapely.equals_exact(read.geometry.to_numpy(), made.geometry.to_numpy(), tolerance=1.5e-9)
    assert close.all(), f"{layer}: {COMMAND}"


def test_the_catalog_describes_the_files(small: DemoDistrict) -> None:
    catalog = json.loads((files(FOLDER) / "catalog.json").read_text(encoding="utf-8"))
    listed = {entry["layer"]: entry for entry in catalog["files"]}
    assert list(listed) == list(CONTRACTS)
    for layer, entry in listed.items():
        assert entry["features"] == len(small.frames[layer])
        assert entry["file"] == shipped_small()[layer].name
        assert (entry["licence"], entry["crs"]) == ("CC0-1.0", "EPSG:4490")
        assert f"seed {SHIPPED_SEED}" in entry["source"]
        assert entry["title"]["zh"]
        assert entry["title"]["en"]


def test_shipping_writes_what_is_there_and_little_of_it(tmp_path: Path) -> None:
    written = ship(tmp_path)
    assert {path.name for path in written} == {*(f"{layer}.geojson" for layer in CONTRACTS), "catalog.json"}
    assert sum(path.stat().st_size for path in written) < 1_500_000
