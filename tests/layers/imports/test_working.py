"""Working areas: made when nobody gave communities, and giving way when somebody does."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.errors import FrameError
from geo.plans.rules import profile
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities
from layers.imports.imports import import_frame
from layers.imports.working import make_working_areas
from layers.plans.cells import build_cells
from layers.plans.drawing import draw_plans
from layers.plans.plans import read_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, buildings, communities, square


@pytest.fixture
def nameless(store: Store) -> Store:
    """The town without communities, parted by one main road between west and east."""
    roads = gpd.GeoDataFrame(
        {"ref": ["r"], "road_class": ["primary"]},
        geometry=[shapely.LineString([square(4, -1).exterior.coords[2], square(4, 3).exterior.coords[2]])],
        crs=4490,
    )
    import_frame(store, OPERATOR, "roads", roads, source="t", actor="test", now=NOW)
    import_frame(store, OPERATOR, "buildings", buildings(200), source="t", actor="test", now=NOW)
    return store


def test_working_areas_are_made_once_and_said(nameless: Store) -> None:
    (said,) = make_working_areas(nameless, OPERATOR, actor="t", now=NOW)
    assert "2 working areas" in said.en
    assert make_working_areas(nameless, OPERATOR, actor="t", now=NOW) == ()
    steps = list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    assert [step.error for step in steps] == [None, None]
    with nameless.reading(OPERATOR) as unit:
        assert set(read_communities(unit)["kind"]) == {"working"}
        assert read_buildings(unit)["community_code"].notna().all()


def test_real_communities_take_their_place(nameless: Store) -> None:
    make_working_areas(nameless, OPERATOR, actor="t", now=NOW)
    list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    list(draw_plans(nameless, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    report = import_frame(nameless, OPERATOR, "communities", communities(), source="t", actor="test", now=NOW)
    assert any("gave way" in note.en for note in report.notes)
    with nameless.reading(OPERATOR) as unit:
        assert read_communities(unit)["code"].tolist() == [WEST, EAST]
        assert set(read_buildings(unit)["community_code"]) == {WEST, EAST}
        assert read_plans(unit).empty


def test_published_working_areas_stay(nameless: Store) -> None:
    make_working_areas(nameless, OPERATOR, actor="t", now=NOW)
    list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    list(draw_plans(nameless, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    publish(nameless, OPERATOR, valid_from=DAY, actor="t", now=NOW)
    with pytest.raises(FrameError, match="overlap"):
        import_frame(nameless, OPERATOR, "communities", communities(), source="t", actor="test", now=NOW)
    with nameless.reading(OPERATOR) as unit:
        assert set(read_communities(unit)["kind"]) == {"working"}


def test_nothing_is_made_without_buildings(store: Store) -> None:
    assert make_working_areas(store, OPERATOR, actor="t", now=NOW) == ()
    with store.reading(OPERATOR) as unit:
        assert read_communities(unit).empty
