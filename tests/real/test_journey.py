"""Real extracts from file to a published plan, an answer and a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.plans.rules import profile
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.ground.streets import read_roads, read_water
from layers.imports.imports import import_file
from layers.imports.osm import import_osm
from layers.imports.working import make_working_areas
from layers.lookup.snapshots import load_index
from layers.plans.cells import build_cells, read_cells
from layers.plans.checking import check_plans
from layers.plans.drawing import draw_plans
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from maps.pages.grids import grids_page
from tests.layers.town import DAY, NOW

pytestmark = pytest.mark.real

PBF = ["monaco", "bayreuth_north", "finland_karhula", "helsinki_center"]
GEOPACKAGES = {
    "shanghai_lujiazui": ("roads", "water", "residential", "buildings"),
    "bayreuth_north": ("roads", "water", "residential", "buildings"),
    "monaco": ("roads", "water", "residential", "buildings"),
    "finland_karhula_suburb": ("roads", "residential", "buildings"),
}
LAYER_OF = {"residential": "complexes"}


@pytest.fixture
def embedded(tmp_path: Path) -> Store:
    store = Store.open(home=tmp_path)
    store.migrate()
    return store


def finish(store: Store) -> None:
    """From imported layers to a published plan, an answer for every building, and a map."""
    make_working_areas(store, OPERATOR, actor="t", now=NOW)
    steps = list(build_cells(store, OPERATOR, actor="t", now=NOW))
    steps += list(draw_plans(store, OPERATOR, rules=profile("national"), time_limit_s=1, actor="t", now=NOW))
    assert [step.error for step in steps if step.error] == []
    findings = check_plans(store, OPERATOR, today=DAY)
    assert findings[findings["severity"] == "error"].empty
    publish(store, OPERATOR, valid_from=DAY, actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        communities = read_communities(unit)
        buildings = read_buildings(unit)
        grids = read_grids(unit, as_of=DAY)
        page = grids_page(
            grids=grids,
            communities=communities,
            complexes=read_complexes(unit),
            buildings=buildings,
            roads=read_roads(unit),
            water=read_water(unit),
            title="实测",
            as_of=DAY,
        )
        cells = read_cells(unit, communities["code"].iloc[0])
    assert shapely.coverage_is_valid(cells.cells.geometry.to_numpy())
    assert np.isclose(shapely.area(grids.geometry).sum(), shapely.area(communities.geometry).sum(), rtol=1e-6)
    inside = shapely.get_coordinates(shapely.point_on_surface(buildings.geometry.to_numpy()))
    answers = load_index(store, OPERATOR).locate_many(inside[:, 0], inside[:, 1], as_of=DAY)
    placed = buildings["community_code"].notna().to_numpy()
    assert (answers["status"].to_numpy()[placed] == "matched").mean() > 0.99
    assert len(page) > 100_000
    store.close()


@pytest.mark.parametrize("name", PBF)
def test_osm_extract(real_data: Path, embedded: Store, name: str) -> None:
    report = import_osm(embedded, OPERATOR, real_data / "osm_raw" / f"{name}.osm.pbf", now=NOW, actor="test")
    assert report is not None
    finish(embedded)


@pytest.mark.parametrize("name", GEOPACKAGES)
def test_geopackage(real_data: Path, embedded: Store, name: str) -> None:
    for table in GEOPACKAGES[name]:
        import_file(
            embedded,
            OPERATOR,
            LAYER_OF.get(table, table),
            real_data / "osm" / f"{name}.gpkg",
            table=table,
            good_rows=True,  # some of OpenStreetMap's buildings are there twice
            now=NOW,
            actor="test",
        )
    finish(embedded)


def test_complexes_without_buildings(real_data: Path, embedded: Store) -> None:
    """Hangzhou's complexes come without buildings or roads: they load, whole villages and all."""
    path = real_data / "osm" / "hangzhou_complexes_excl_gongshu.gpkg"
    report = import_file(embedded, OPERATOR, "complexes", path, table="residential", now=NOW, actor="test")
    assert report.rows == 1763
    embedded.close()
