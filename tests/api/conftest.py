"""A town of two communities, small enough to check by eye, and the app over it.

34.31 ┌────────┬────────┬──────────────────┐
      │  ▪ b1  │  ▪ b2  │       ▪ b3       │     buildings of 40 m, one in the middle of each grid
34.30 └────────┴────────┴──────────────────┘
   108.70   108.705   108.71             108.72
       甲社区 …001001         乙社区 …001002
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pytest
import shapely
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers import households
from tests.layers.reach import place

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def _frame(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry="geometry", crs="EPSG:4490")


def _around(point: tuple[float, float]) -> shapely.Polygon:
    return shapely.box(point[0] - 0.0002, point[1] - 0.0002, point[0] + 0.0002, point[1] + 0.0002)


@dataclass(frozen=True)
class Town:
    """The town in a store."""

    store: Store

    west = (108.7025, 34.305)
    east = (108.7075, 34.305)
    right = (108.715, 34.305)
    """The middles of the buildings."""
    garden = (108.703, 34.309)
    """In the western grid, in no building."""
    border = (108.71, 34.3051)
    """On the border of the two communities."""
    outside = (108.0, 34.0)
    since = date(2026, 6, 1)
    """The first day of its grids."""

    def build(self) -> None:
        """Communities, buildings and cells."""
        squares = [shapely.box(108.70, 34.30, 108.71, 34.31), shapely.box(108.71, 34.30, 108.72, 34.31)]
        communities = _frame(
            code=["999901001001", "999901001002"], name=["甲社区", "乙社区"], geometry=squares
        )
        buildings = _frame(
            ref=["b1", "b2", "b3"],
            name=["1号楼", "=2号楼", None],
            use=["residential"] * 3,
            households=[350, 360, 400],
            geometry=[_around(self.west), _around(self.east), _around(self.right)],
        )
        import_frame(self.store, OPERATOR, "communities", communities, source="town", actor="test", now=NOW)
        import_frame(self.store, OPERATOR, "buildings", buildings, source="town", actor="test", now=NOW)
        for step in build_cells(self.store, OPERATOR, actor="test", now=NOW):
            assert step.error is None

    def publish(self, *, valid_from: date, split: bool = True) -> int:
        """Publish hand-drawn grids: 甲 in two, or in one when not `split`; 乙 in one. Returns the version."""
        west, east = shapely.box(108.70, 34.30, 108.705, 34.31), shapely.box(108.705, 34.30, 108.71, 34.31)
        shapes = [*([west, east] if split else [west | east]), shapely.box(108.71, 34.30, 108.72, 34.31)]
        drawn = _frame(
            ref=[f"g{i}" for i in range(len(shapes))], kind=["base"] * len(shapes), geometry=shapes
        )
        adoption = adopt_grids(
            self.store, OPERATOR, drawn, rules=profile("national"), source="town", actor="test", now=NOW
        )
        done = publish(
            self.store, OPERATOR, plan_ids=adoption.plan_ids, valid_from=valid_from, actor="test", now=NOW
        )
        return done.version

    def settings(self, **more: Any) -> Settings:
        """Settings that lead to this store."""
        more.setdefault("trial", True)  # the town is made up, and most tests ask without accounts
        url = self.store.engine.url
        if self.store.dialect == "sqlite":
            return Settings(home=Path(str(url.database)).parent, **more)
        home = self.store.keys.path.parent if self.store.keys.path else Path("wangge-data")
        return Settings(database_url=url.render_as_string(hide_password=False), home=home, **more)

    def app(self, **more: Any) -> FastAPI:
        """The app over this store, at a fixed moment."""
        return create_app(self.settings(**more), clock=lambda: NOW)


@dataclass(frozen=True)
class Client:
    """A client of an app that runs in an event loop of its own."""

    portal: BlockingPortal
    held: httpx.AsyncClient
    app: FastAPI

    def get(self, url: str, **more: Any) -> httpx.Response:
        """Ask."""
        return self.portal.call(lambda: self.held.get(url, **more))

    def put(self, url: str, **more: Any) -> httpx.Response:
        """Put."""
        return self.portal.call(lambda: self.held.put(url, **more))

    def post(self, url: str, **more: Any) -> httpx.Response:
        """Send."""
        return self.portal.call(lambda: self.held.post(url, **more))

    def delete(self, url: str, **more: Any) -> httpx.Response:
        """Delete."""
        return self.portal.call(lambda: self.held.delete(url, **more))


@contextmanager
def running(app: FastAPI) -> Iterator[Client]:
    """The app from the start of its lifespan to its end."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    asking = httpx.AsyncClient(transport=transport, base_url="http://test")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        portal.wrap_async_context_manager(asking) as held,
    ):
        yield Client(portal, held, app)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WANGGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def town(store: Store) -> Town:
    """A town of one test's own, with its grids in force."""
    made = Town(store)
    made.build()
    made.publish(valid_from=made.since)
    return made


def _lasting_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, name: str
) -> Store:
    """An empty store of the kind asked for that is there for the whole session."""
    if request.param == "sqlite":
        store = Store.open(home=tmp_path_factory.mktemp(name))
        store.migrate()
        return store
    cluster = request.getfixturevalue("postgis_cluster")
    name = f"{name}_{uuid.uuid4().hex[:12]}"  # made again when tests between two of its own took the fixture down
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "-T", "wangge_template", name)
    return Store.open(url=cluster.url(name), home=tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def lasting_store() -> Callable[..., Store]:
    """`_lasting_store`, for tests that make a fixture of their own."""
    return _lasting_store


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that nobody changes, made once per kind of store."""
    made = Town(_lasting_store(request, tmp_path_factory, "standing_town"))
    made.build()
    made.publish(valid_from=made.since)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def client(standing: Town) -> Iterator[Client]:
    """The app over the standing town; for tests that only ask."""
    with running(standing.app()) as asked:
        yield asked


@pytest.fixture(scope="session")
def town_of() -> Callable[[Store], Town]:
    """`Town`, for tests that bring their own store; nothing is built yet."""
    return Town


@pytest.fixture
def settings_of() -> Callable[..., Settings]:
    """`Settings`, for tests that need no town."""
    return Settings


@pytest.fixture(scope="session")
def run_app() -> Callable[[FastAPI], AbstractContextManager[Client]]:
    """`running`, for tests that make their own app."""
    return running


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def housed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with complexes, grids and matched residents (`tests.layers.households`) that nobody changes."""
    made = Town(_lasting_store(request, tmp_path_factory, "housed_town"))
    households.settle(made.store)
    households.move_in(made.store)
    households.match(made.store)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def desk(housed: Town) -> Iterator[Client]:
    """The app over the housed town; for tests that only ask."""
    with running(housed.app()) as asked:
        yield asked


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A street with a station (`tests.layers.reach.place`) that nobody changes."""
    made = Town(_lasting_store(request, tmp_path_factory, "walked_street"))
    place.settle(made.store)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def walkers(walked: Town) -> Iterator[Client]:
    """The app over the street; for tests that only ask."""
    with running(walked.app()) as asked:
        yield asked
