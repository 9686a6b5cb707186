"""Everything look-ups answer from, points and addresses, read from one state of the store.

Apart from `layers.snapshots`, because what understands addresses takes longer to import than a point to answer.
"""

from __future__ import annotations

from datetime import date

from geo.locate.addresses import AddressLookup
from layers.gazetteer import address_lookup, read_gazetteer
from layers.rights.viewer import Viewer
from layers.snapshots import load_index_from
from layers.store.database import Store


def load_lookup(store: Store, viewer: Viewer, *, as_of: date) -> AddressLookup:
    """The lookup index of the newest version together with what answers addresses.

    One answers for any date; other names of places are taken as known on `as_of`.
    """
    with store.read() as conn:
        index = load_index_from(conn, viewer)
        gazetteer = read_gazetteer(conn, viewer, as_of=as_of)
    return address_lookup(index, gazetteer)
