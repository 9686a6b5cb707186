"""What lookups read: everything published so far, under one version number that grows with each publication."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.locate.index import LookupIndex
from layers.buildings import read_buildings
from layers.plans import read_grids
from layers.regions import read_communities, read_complexes
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store


def current_version(store: Store) -> int:
    """The number of the newest publication; 0 when nothing was ever published."""
    with store.read() as conn:
        return int(conn.scalar(sa.select(sa.func.coalesce(sa.func.max(t.publications.c.id), 0))) or 0)


class State(NamedTuple):
    """What a process may compare to know whether the store moved on."""

    version: int
    """As `current_version`."""
    changes: int
    """The number of the newest row of the history that could change an answer: imports count too."""


QUIET = ("import residents", "read residents", "match", "review")
"""Deeds that change nothing a look-up or a map shows."""


def current_state(store: Store) -> State:
    """The state of the store now."""
    loud = t.history.c.action.not_in(QUIET)
    with store.read() as conn:
        version = conn.scalar(sa.select(sa.func.max(t.publications.c.id)))
        changes = conn.scalar(sa.select(sa.func.max(t.history.c.id)).where(loud))
    return State(int(version or 0), int(changes or 0))


def load_index(store: Store, viewer: Viewer) -> LookupIndex:
    """The lookup index of the newest version, read from one state of the store.

    Holds every grid ever published with its days, so that one index answers for any date.
    """
    with store.read() as conn:
        return load_index_from(conn, viewer)


def load_index_from(conn: Connection, viewer: Viewer) -> LookupIndex:
    """As `load_index`, inside a transaction."""
    version = int(conn.scalar(sa.select(sa.func.coalesce(sa.func.max(t.publications.c.id), 0))) or 0)
    return LookupIndex.build(
        version=version,
        grids=read_grids(conn, viewer),
        communities=read_communities(conn, viewer),
        complexes=read_complexes(conn, viewer),
        buildings=read_buildings(conn, viewer),
    )
