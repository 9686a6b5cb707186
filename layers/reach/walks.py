"""The streets as a walkable network with every home tied to it: made once per state of the ground, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells.dwellings import estimate_households
from geo.errors import EmptyLayerError
from geo.reach.areas import Lattice, lattice
from geo.reach.linework import Floats
from geo.reach.streets import Streets, street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import WalkNetwork, door_walk_m, node_walk_m, walk_network
from layers.ground.buildings import read_buildings
from layers.ground.ended import held_on, read_ended
from layers.ground.regions import read_complexes
from layers.ground.stations import opened, read_stations
from layers.ground.streets import read_roads, read_water
from layers.lookup.snapshots import current_state
from layers.reach.counted import counted_homes
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store.database import Store

_PROGRAM = Viewer(Role.SYSTEM, ("",), Purpose.LOOKUP)
"""Ways lead through the neighbours' streets and past their walls: the network is one for all viewers. What it says of
a place is handed to those who may see the place (`layers.reach.reach`)."""

_MOST_KEPT = 20_000_000
"""Metres from stations to nodes and homes that are kept, of 8 bytes each."""


class _Standing(NamedTuple):
    """Metres from the stations that stand."""

    row: dict[tuple[float, ...], int]
    """Place (degrees) → its row."""
    nodes: Floats
    """(s, nodes)"""
    doors: Floats
    """(s, n)"""


def _places(points: Any) -> list[tuple[float, ...]]:
    return list(map(tuple, shapely.get_coordinates(points).tolist()))


@dataclass(frozen=True)
class Walks:
    """Streets, homes and stations in one state of the ground."""

    ground: int
    """The counter of the ground it was made from."""
    streets: Streets
    network: WalkNetwork
    homes: pd.DataFrame
    """(n,) buildings with households, by ref: ref, name, complex_ref, community_code, households, people, lon, lat and
    households_estimated. Row i is door i of `network`."""
    stations: gpd.GeoDataFrame
    """Every station of the register of today, by ref."""
    gone: gpd.GeoDataFrame
    """Those closed, and the places of those moved, each with the day from which it was so (`layers.ground.ended`)."""
    _counted: dict[int, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def counted(self, least: int) -> pd.DataFrame:
        """`homes` as they are counted for who may see no count below `least` (`layers.reach.counted`); kept."""
        if least not in self._counted:
            self._counted[least] = counted_homes(self.homes, self.homes_xy, least=least)
        return self._counted[least]

    def stations_on(self, day: date) -> gpd.GeoDataFrame:
        """The stations that are there on a day, by ref."""
        return opened(held_on("stations", self.stations, self.gone, day), day)

    @cached_property
    def squares(self) -> Lattice:
        """The lattice walk areas are drawn on, made when first asked for."""
        return lattice(self.streets, self.network)

    def node_m(self, points: Any) -> Floats:
        """(s, nodes) metres from stations at `points` (s,), in degrees (EPSG:4490), to each node. Those of stations that
        stand are worked out once: whoever drags one about asks for the others again and again."""
        return self._of(points, self.network.nodes, lambda: self._standing.nodes, self._to_nodes)

    def door_m(self, points: Any) -> Floats:
        """(s, n) metres from stations at `points` (s,), in degrees (EPSG:4490), to each home, kept as those to nodes are."""
        return self._of(points, len(self.homes), lambda: self._standing.doors, self._to_doors)

    def _of(
        self, points: Any, width: int, kept: Callable[[], Floats], anew: Callable[[Any], Floats]
    ) -> Floats:
        """Rows of `kept` for the points where stations stand, of `anew` for others."""
        if len(self.stations) * (self.network.nodes + len(self.homes)) > _MOST_KEPT:
            return anew(points)
        places, row = _places(points), self._standing.row
        found = np.empty((len(places), width))
        known = np.array([place in row for place in places], dtype=bool)
        found[known] = kept()[[row[place] for place in places if place in row]]
        if not known.all():
            found[~known] = anew(np.asarray(points, dtype=object)[~known])
        return found

    @cached_property
    def _standing(self) -> _Standing:
        points = np.asarray(self.stations.geometry.array, dtype=object)
        ties = tie_places(self.streets, points)
        nodes = node_walk_m(self.network, ties)
        row = {place: number for number, place in enumerate(_places(points))}
        return _Standing(row, nodes, np.ascontiguousarray(door_walk_m(self.network, ties, nodes)))

    def _to_nodes(self, points: Any) -> Floats:
        return node_walk_m(self.network, tie_places(self.streets, points))

    def _to_doors(self, points: Any) -> Floats:
        ties = tie_places(self.streets, points)
        return door_walk_m(self.network, ties, node_walk_m(self.network, ties))

    @property
    def homes_xy(self) -> Floats:
        """(n, 2) homes in the network's metres."""
        return self.network.doors.xy


class Keeper:
    """Holds the newest `Walks` of one store. Safe to use from many threads; one builds while the others wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._held: Walks | None = None

    def current(self) -> Walks:
        """The network of the ground as it is now. Raises `EmptyLayerError` without a street or a home."""
        ground = current_state(self._store).ground
        with self._lock:
            if self._held is None or self._held.ground != ground:
                self._held = make_walks(self._store)
            return self._held


def make_walks(store: Store) -> Walks:
    """Read the ground and make the network. Raises `EmptyLayerError` without a street or a home."""
    state = current_state(store)
    with store.reading(_PROGRAM) as unit:
        buildings = read_buildings(unit)
        roads, water = read_roads(unit), read_water(unit)
        complexes, stations = read_complexes(unit), read_stations(unit)
        gone = read_ended(unit, "stations")
    homes = homes_of(buildings)
    if homes.empty:
        raise EmptyLayerError(
            "no building with households; import buildings first (wangge import buildings FILE)",
            "还没有住户楼栋；请先导入楼栋（wangge import buildings 文件）",
        )
    streets = street_graph(roads, water=water, complexes=complexes)
    place = pd.Series(np.arange(len(complexes)), index=complexes["ref"].to_numpy())
    inside = homes["complex_ref"].map(place).fillna(-1).to_numpy(dtype=np.int64)
    doors = tie_places(streets, shapely.points(homes["lon"], homes["lat"]), complex_at=inside)
    return Walks(state.ground, streets, walk_network(streets, doors), homes, stations, gone)


def homes_of(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """The buildings with households, counted or estimated, with a point inside each (lon, lat)."""
    known = estimate_households(buildings)
    lived = known[known["households"].fillna(0).gt(0).to_numpy()].reset_index(drop=True)
    at = shapely.point_on_surface(np.asarray(lived.geometry.array, dtype=object))
    columns = ["ref", "name", "complex_ref", "community_code", "households", "households_estimated", "people"]
    return pd.DataFrame(lived[columns]).assign(lon=shapely.get_x(at), lat=shapely.get_y(at))
