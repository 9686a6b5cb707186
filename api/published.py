"""The published grids in memory, and what finds addresses in them: read once, swapped whole when a new version is
published or names change, kept while the store is away."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import date

from api.clock import Clock, today
from geo.errors import StoreError, Words
from geo.locate.addresses import AddressLookup
from geo.locate.index import LookupIndex
from layers.lookups import load_lookup
from layers.rights.viewer import Viewer
from layers.snapshots import State, current_state
from layers.store.database import Store

log = logging.getLogger(__name__)

STALE_S = 10.0
"""After this long without word from the store the index counts as possibly old."""


class Published:
    """Holds the newest index; `watch` keeps it so. Used from one event loop.

    A request takes `current()` once and uses it to its end, so an answer never mixes two versions.
    """

    def __init__(self, store: Store, viewer: Viewer, *, poll_s: float, clock: Clock) -> None:
        self._store, self._viewer, self._poll_s, self._clock = store, viewer, poll_s, clock
        self._lookup: AddressLookup | None = None
        self.state: State | None = None
        """The state of the store the index was read at; None before the first."""
        self._day: date | None = None
        """The day the index was read on: names of places begin on days, too."""
        self._heard_at: float | None = None
        self._silent = False
        self._tried = asyncio.Event()

    @property
    def loaded(self) -> LookupIndex | None:
        """The index, if there is one yet."""
        return None if self._lookup is None else self._lookup.index

    @property
    def loaded_addresses(self) -> AddressLookup | None:
        """What answers addresses, over the same index, if there is one yet."""
        return self._lookup

    def current(self) -> LookupIndex:
        """The index to answer from. Raises `StoreError` while none could be read yet."""
        return self.addresses().index

    def addresses(self) -> AddressLookup:
        """What to answer addresses from; its `index` is the one to answer points from. Raises as `current` does."""
        if self._lookup is None:
            raise StoreError("the index of published grids is not loaded yet", "已发布网格的索引尚未载入")
        return self._lookup

    def trouble(self) -> Words | None:
        """Why the index cannot be trusted to be there and new, with what to do; None when it can."""
        if self._lookup is None:
            return Words(
                "the index of published grids is not loaded; see the log of the server",
                "已发布网格的索引未载入；请查看服务器日志",
            )
        silent_s = time.monotonic() - (self._heard_at or 0.0)
        if silent_s > STALE_S + self._poll_s:
            return Words(
                f"nothing heard from the store for {silent_s:.0f} s; answers still come from version "
                f"{self._lookup.index.version}; check that the database runs",
                f"已有 {silent_s:.0f} 秒未能读取数据库；仍按版本 {self._lookup.index.version} 作答；请检查数据库是否运行",
            )
        return None

    async def refresh(self) -> None:
        """Look once, and swap if something was published or imported or a new day began. Raises whatever the store
        raises."""
        state, day = await asyncio.to_thread(current_state, self._store), today(self._clock)
        if self._lookup is None or (state, day) != (self.state, self._day):
            started = time.perf_counter()
            self._lookup = await asyncio.to_thread(self._load, day)
            self.state, self._day = state, day
            version, took_s = self._lookup.index.version, time.perf_counter() - started
            log.info("version %d loaded in %.1f s", version, took_s)
        self._heard_at = time.monotonic()

    def _load(self, day: date) -> AddressLookup:
        """Everything read, and today's grid of every building found before anybody asks."""
        lookup = load_lookup(self._store, self._viewer, as_of=day)
        lookup.locate("", as_of=day)
        return lookup

    async def watch(self) -> None:
        """Look for ever, every `poll_s` seconds. A store that is away is said in the log, once, and asked again."""
        while True:
            try:
                await self.refresh()
            except Exception as error:  # whatever happens to the store, the old index answers on
                if not self._silent:
                    log.warning("cannot read the published version, asking again: %s", error or type(error))
                self._silent = True
            else:
                if self._silent:
                    log.info("the store answers again")
                self._silent = False
            self._tried.set()
            await asyncio.sleep(self._poll_s)

    async def first_look(self, *, timeout_s: float) -> None:
        """Wait until `watch` has looked once, well or not, but no longer than `timeout_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), timeout_s)
