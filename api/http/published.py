"""The published grids in memory, and what finds addresses in them: read once, swapped whole when something a look-up
leans on has moved (`layers.lookup.snapshots.State`), kept while the store is away."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import date

from api.answers.told import Told, telling
from api.clock import Clock, today
from api.http.threads import waited_for
from geo.errors import StoreError, Words
from geo.locate.addresses import AddressLookup
from geo.locate.index import LookupIndex
from geo.locate.layers import Area
from geo.reach.chain import Directory
from layers.lookup.lookups import Lookups, load_lookups
from layers.lookup.snapshots import read_state
from layers.reach.chain import read_directory
from layers.rights.viewer import Viewer
from layers.store.database import Store

log = logging.getLogger(__name__)

STALE_S = 10.0
"""After this long without word from the store the index counts as possibly old."""


class Published:
    """Holds the newest index; `watch` keeps it so. Used from one event loop.

    A request takes `points` or `addresses` once and uses it to its end, so an answer never mixes two versions.
    """

    def __init__(self, store: Store, viewer: Viewer, *, poll_s: float, clock: Clock) -> None:
        self._store, self._viewer, self._poll_s, self._clock = store, viewer, poll_s, clock
        self._lookups: Lookups | None = None
        self._directory = Directory((), (), ())
        self._told = telling(self._directory, store.keys)
        self._directory_of: tuple[int, int, int] | None = None
        self._heard_at: float | None = None
        self._silent = False
        self._tried = asyncio.Event()

    @property
    def state(self) -> tuple[int, int] | None:
        """What moves when a map of grids would look different; None before the first index."""
        return None if self._lookups is None else self._lookups.state.of_grids

    @property
    def chain_state(self) -> tuple[int, int, int] | None:
        """What moves when organisations, posts or loads did; None before they were read."""
        return self._directory_of

    @property
    def directory(self) -> Directory:
        """Organisations, what belongs to what, and posts; empty until they could be read."""
        return self._directory

    @property
    def told(self) -> Told:
        """Tells answers about points to everybody, with what `directory` knows."""
        return self._told

    @property
    def version(self) -> int:
        """The version to answer from. Raises `StoreError` while none could be read yet."""
        return self._held().index.version

    def require(self) -> None:
        """Raise `StoreError` while there is nothing to answer from."""
        self._held()

    async def points(self, area: Area) -> LookupIndex:
        """The index to answer somebody from who sees `area`. Raises as `require` does."""
        held = self._held()
        made = held.masked(area)
        return await asyncio.to_thread(held.points, area) if made is None else made

    async def addresses(self, area: Area) -> AddressLookup:
        """What to answer addresses from; its `index` is the one to answer points from. Raises as `require` does."""
        held = self._held()
        made = held.ready(area)
        return await asyncio.to_thread(held.addresses, area) if made is None else made

    def made(self, area: Area) -> AddressLookup:
        """As `addresses`, for who is in a thread anyway."""
        return self._held().addresses(area)

    def _held(self) -> Lookups:
        if self._lookups is None:
            raise StoreError("the index of published grids is not loaded yet", "已发布网格的索引尚未载入")
        return self._lookups

    def trouble(self) -> Words | None:
        """Why the index cannot be trusted to be there and new, with what to do; None when it can."""
        if self._lookups is None:
            return Words(
                "the index of published grids is not loaded; see the log of the server",
                "已发布网格的索引未载入；请查看服务器日志",
            )
        silent_s = time.monotonic() - (self._heard_at or 0.0)
        if silent_s > STALE_S + self._poll_s:
            return Words(
                f"nothing heard from the store for {silent_s:.0f} s; answers still come from version "
                f"{self._lookups.index.version}; check that the database runs",
                f"已有 {silent_s:.0f} 秒未能读取数据库；仍按版本 {self._lookups.index.version} 作答；请检查数据库是否运行",
            )
        return None

    async def refresh(self) -> None:
        """Look once, and swap if grids, ground or names moved or a new day began. Raises whatever the store raises."""
        started = time.perf_counter()
        newest = await waited_for(self._newest, self._lookups, today(self._clock))
        if newest is not self._lookups:
            self._lookups = newest
            took_s = time.perf_counter() - started
            log.info("version %d loaded in %.1f s", newest.index.version, took_s)
        self._heard_at = time.monotonic()

    def _newest(self, held: Lookups | None, day: date) -> Lookups:
        """Runs in a thread: everything read, and the table of today's grids made before anybody asks."""
        newest = load_lookups(self._store, self._viewer, as_of=day, held=held)
        newest.index.keep(day)
        with self._store.reading(self._viewer) as unit:
            state = read_state(unit).of_chain
            if state != self._directory_of:
                directory = read_directory(unit)
                self._told = telling(directory, self._store.keys)
                self._directory, self._directory_of = directory, state
        return newest

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
