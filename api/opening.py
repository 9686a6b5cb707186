"""Opening the store a setting names."""

from __future__ import annotations

from api.settings import Settings
from layers.store.database import Store


def open_store(settings: Settings, *, serving: bool = False) -> Store:
    """The store, ready to use.

    The embedded file is brought to the newest schema by itself: nobody administers it. A database server is
    not, because other programs may be using it; then `StoreError` says to run `wangge migrate`. With
    `serving` such a store is opened all the same, and `/ready` says what is wrong with it.
    """
    store = Store.open(url=settings.database_url, home=settings.home, keys=settings.keys)
    try:
        if store.dialect == "sqlite":
            store.migrate()
        elif not serving:
            store.require_current()
    except BaseException:
        store.close()
        raise
    return store
