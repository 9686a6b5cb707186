"""What lookups read: everything published so far, and the state of the store by which it is known to be new."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import sqlalchemy as sa

from geo.locate.index import LookupIndex
from geo.locate.micro import NONE, MicroGrids
from geo.plans.levels import Level
from layers.ground.buildings import read_buildings
from layers.ground.ended import dated, read_ended
from layers.ground.regions import read_communities, read_complexes
from layers.plans.level_units import read_units
from layers.plans.plans import read_grids
from layers.rights.viewer import NOBODY, Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading


class State(NamedTuple):
    """What a process compares to know whether the store moved on: the version, and counters that rise with whatever a
    reader can see (`layers.store.state`)."""

    version: int
    """The number of the newest publication; 0 when nothing was ever published."""
    published: int
    ground: int
    names: int
    people: int
    chain: int = 0

    @property
    def of_grids(self) -> tuple[int, int]:
        """What the index of points and the maps lean on."""
        return self.published, self.ground

    @property
    def of_lookups(self) -> tuple[int, int, int]:
        """What look-ups lean on, of points and of addresses; residents and drafts are not among it."""
        return self.published, self.ground, self.names

    @property
    def of_chain(self) -> tuple[int, int, int]:
        """What tells of organisations, posts and stations leans on."""
        return self.published, self.ground, self.chain


def read_state(unit: Reading) -> State:
    """The state of the store in this transaction."""
    version = unit.scalar(sa.select(sa.func.coalesce(sa.func.max(t.publications.c.id), 0)))
    wanted = sa.select(t.state).where(t.state.c.name.in_(State._fields))
    counters = {row.name: int(row.value) for row in unit.execute(wanted)}
    return State(version=int(version), **counters)


def current_state(store: Store) -> State:
    """The state of the store now."""
    with store.reading(NOBODY) as unit:
        return read_state(unit)


def load_index(store: Store, viewer: Viewer) -> LookupIndex:
    """The lookup index of the newest version, read from one state of the store.

    Holds every grid ever published with its days, so that one index answers for any date.
    """
    with store.reading(viewer) as unit:
        return load_index_from(unit)


def load_index_from(unit: Reading) -> LookupIndex:
    """As `load_index`, inside a transaction."""
    return index_of(
        unit,
        communities=read_communities(unit),
        complexes=read_complexes(unit),
        buildings=read_buildings(unit),
    )


def index_of(
    unit: Reading,
    *,
    communities: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
) -> LookupIndex:
    """As `load_index_from`, with the three layers of today that were read already; what has ended holds until its day."""
    grids = read_grids(unit)
    units = read_units(unit, level=Level.MICRO, plan_ids=grids["plan_id"].unique(), grids=grids)
    return LookupIndex.build(
        version=read_state(unit).version,
        grids=grids,
        micro=MicroGrids.of(units) if len(units) else NONE,
        communities=communities,
        complexes=dated("complexes", complexes, read_ended(unit, "complexes")),
        buildings=dated("buildings", buildings, read_ended(unit, "buildings")),
    )
