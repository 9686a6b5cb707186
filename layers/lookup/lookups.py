"""Everything look-ups answer from, points and addresses, read from one state of the store.

Apart from `layers.lookup.snapshots`, because what understands addresses takes longer to import than a point to answer.
"""

from __future__ import annotations

import threading
from datetime import date
from typing import TypeVar

from geo.locate.addresses import AddressLookup
from geo.locate.index import LookupIndex
from geo.locate.layers import EVERYWHERE, Area
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.lookup.aliases import read_aliases
from layers.lookup.gazetteer import lookup_of
from layers.lookup.places import Places, read_places
from layers.lookup.snapshots import State, index_of, read_state
from layers.rights.viewer import Viewer
from layers.store.database import Store

T = TypeVar("T")
AREAS_KEPT = 64
"""Registers of names of so many areas are kept; together they take little more than that of everywhere."""


class Lookups:
    """One state of the store, ready to answer every caller within his area. Never changes in what it answers, so threads
    share it.

    Points are answered from the one index there is, behind a mask. Names have a register for each area, made when it is
    first wanted.
    """

    def __init__(self, state: State, day: date, index: LookupIndex, places: Places, *, area: Area) -> None:
        """`area` is what `index` and `places` were read for; other names hold as on `day`."""
        self.state, self.day, self.index, self.places = state, day, index, places
        self._whole = (EVERYWHERE, area)
        self._masking, self._making = threading.Lock(), threading.Lock()
        self._points: dict[Area, LookupIndex] = {}
        self._addresses: dict[Area, AddressLookup] = {}
        self._all = lookup_of(index, places)

    def points(self, area: Area) -> LookupIndex:
        """What answers points to somebody who sees `area`."""
        found = self.masked(area)
        if found is None:
            with self._masking:
                found = _kept(self._points, area, self.index.within(area))
        return found

    def masked(self, area: Area) -> LookupIndex | None:
        """As `points`, if its mask is made already."""
        return self.index if area in self._whole else self._points.get(area)

    def ready(self, area: Area) -> AddressLookup | None:
        """As `addresses`, if it is made already."""
        return self._all if area in self._whole else self._addresses.get(area)

    def addresses(self, area: Area) -> AddressLookup:
        """What answers addresses and points to somebody who sees `area`. It takes some milliseconds for a community and
        a second for a district to make, once: ask in a thread, where `ready` gives nothing."""
        found = self.ready(area)
        if found is None:
            with self._making:
                found = self._addresses.get(area)
                if found is None:
                    own = lookup_of(self.points(area), self.places.within(area))
                    found = _kept(self._addresses, area, own)
        return found

    @property
    def areas(self) -> tuple[Area, ...]:
        """The areas that names were asked for."""
        return tuple(self._addresses)


def _kept(kept: dict[Area, T], area: Area, made: T) -> T:
    """Keep what was made, in the place of the oldest when there are many."""
    if len(kept) >= AREAS_KEPT:
        kept.pop(next(iter(kept)), None)
    kept[area] = made
    return made


def load_lookups(store: Store, viewer: Viewer, *, as_of: date, held: Lookups | None = None) -> Lookups:
    """What answers look-ups inside the area of `viewer`, as of the newest state of the store; `held` itself while that
    did not move.

    Each layer is read once, in one transaction, and only what `held` (read for the same viewer) does not have: for other
    names, or a new day on which some begin, the aliases alone. Areas that `held` was asked for are made ready, so that
    nobody waits after the swap.
    """
    with store.reading(viewer) as unit:
        state = read_state(unit)
        if held is not None and held.state.of_lookups == state.of_lookups and held.day == as_of:
            return held
        if held is not None and held.state.of_grids == state.of_grids:
            index, places = held.index, held.places.known_as(read_aliases(unit, as_of=as_of))
        else:
            layers = {
                "communities": read_communities(unit),
                "complexes": read_complexes(unit),
                "buildings": read_buildings(unit),
            }
            index = index_of(unit, **layers)
            places = read_places(unit, **layers, as_of=as_of)
    made = Lookups(state, as_of, index, places, area=viewer.area)
    for area in () if held is None else held.areas:
        made.addresses(area)
    return made


def load_lookup(store: Store, viewer: Viewer, *, as_of: date) -> AddressLookup:
    """The lookup index of the newest version together with what answers addresses.

    One answers for any date; other names of places are taken as known on `as_of`.
    """
    return load_lookups(store, viewer, as_of=as_of).addresses(viewer.area)
