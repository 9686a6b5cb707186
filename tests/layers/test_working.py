"""Working areas: made when nobody gave communities, and giving way when somebody does."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.errors import FrameError
from geo.plans.rules import profile
from layers.buildings import read_buildings
from layers.cells import build_cells
from layers.drawing import draw_plans
from layers.files.imports import import_frame
from layers.plans import read_plans
from layers.publishing import publish
from layers.regions import read_communities
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
    import_frame(store, "roads", roads, source="t")
    import_frame(store, "buildings", buildings(), source="t")
    return store


def test_cells_make_working_areas_and_say_so(nameless: Store) -> None:
    steps = list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    assert "working areas" in steps[0].notes[0].en
    assert all(step.error is None for step in steps)
    with nameless.read() as conn:
        assert set(read_communities(conn, OPERATOR)["kind"]) == {"working"}
        assert read_buildings(conn, OPERATOR)["community_code"].notna().all()


def test_real_communities_take_their_place(nameless: Store) -> None:
    list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    list(draw_plans(nameless, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    report = import_frame(nameless, "communities", communities(), source="t")
    assert any("gave way" in note.en for note in report.notes)
    with nameless.read() as conn:
        assert read_communities(conn, OPERATOR)["code"].tolist() == [WEST, EAST]
        assert set(read_buildings(conn, OPERATOR)["community_code"]) == {WEST, EAST}
        assert read_plans(conn, OPERATOR).empty


def test_published_working_areas_stay(nameless: Store) -> None:
    list(build_cells(nameless, OPERATOR, actor="t", now=NOW))
    list(draw_plans(nameless, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    publish(nameless, OPERATOR, valid_from=DAY, actor="t", now=NOW)
    with pytest.raises(FrameError, match="overlap"):
        import_frame(nameless, "communities", communities(), source="t")
    with nameless.read() as conn:
        assert set(read_communities(conn, OPERATOR)["kind"]) == {"working"}
