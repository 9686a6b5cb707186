"""Sessions and tokens that were looked up a moment ago, so that not every request asks the store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from cachetools import TTLCache

from api.clock import Clock
from api.http.callers import Caller, person, program
from geo.errors import StoreError
from layers.accounts.sessions import TOUCHED, Session, find_session, key_of, touch
from layers.accounts.tokens import find_token
from layers.store.database import Store

log = logging.getLogger(__name__)

FRESH_S = TOUCHED.total_seconds()
"""So long the store is not asked again, unless its counter of accounts moves."""
_KEPT_S, _MOST = 900.0, 4096
_LONGEST_TOKEN = 200
_SESSION, _TOKEN = "session ", "token "
"""One may not be sent as the other."""


class _Entry(NamedTuple):
    caller: Caller
    read_at: float
    """Monotonic."""


class Known:
    """Who holds which session or token, by its hash. Used from one event loop."""

    def __init__(self, store: Store, clock: Clock, *, served: tuple[str, ...]) -> None:
        self._store, self._clock, self._served = store, clock, served
        self._entries: TTLCache[str, _Entry] = TTLCache(_MOST, _KEPT_S)
        self._generation = 0

    def forget(self) -> None:
        """Ask the store again about everybody; what is being read just now is not kept either."""
        self._entries.clear()
        self._generation += 1

    def program(self, sent: str) -> Caller | None:
        """The program with this token, if that was looked up a moment ago and is not over."""
        return self._at_once(_TOKEN + key_of(sent))

    async def session(self, sent: str, *, trusting: bool) -> Caller | None:
        """The person with this session; None if there is none or it is over. `trusting`: while the store is away, as it
        was when last read; else raises `StoreError` then."""
        key = _SESSION + key_of(sent)
        return self._at_once(key) or await self._read(key, sent, self._person, trusting=trusting)

    async def token(self, sent: str, *, trusting: bool) -> Caller | None:
        """The program with this token, as `session`."""
        key = _TOKEN + key_of(sent)
        return self._at_once(key) or await self._read(key, sent, self._program, trusting=trusting)

    def _at_once(self, key: str) -> Caller | None:
        entry = self._entries.get(key)
        if entry is None or time.monotonic() - entry.read_at > FRESH_S:
            return None
        session = entry.caller.session
        if session is not None and session.must_change:
            return None  # another process may have taken the new password a moment ago
        return entry.caller if self._runs(entry.caller) else None

    async def _read(
        self, key: str, sent: str, look: Callable[[str], Caller | None], *, trusting: bool
    ) -> Caller | None:
        if len(sent) > _LONGEST_TOKEN:
            return None
        generation = self._generation
        try:
            found = await asyncio.to_thread(look, sent)
        except StoreError:
            entry = self._entries.get(key)
            if entry is None or not trusting or not self._runs(entry.caller):
                raise
            return entry.caller
        if found is None:
            self._entries.pop(key, None)
        elif generation == self._generation:
            self._entries[key] = _Entry(found, time.monotonic())
        return found

    def _runs(self, caller: Caller) -> bool:
        now = self._clock()
        if caller.session is not None:
            return not caller.session.over(now)
        return caller.token is not None and not caller.token.over(now)

    def _person(self, sent: str) -> Caller | None:
        """Runs in a thread. A look is a use: it is written down, but nobody is turned away where it cannot be."""
        now = self._clock()
        found: Session | None = find_session(self._store, sent, now=now)
        if found is None:
            return None
        if now - found.seen_at >= TOUCHED:
            try:
                touch(self._store, found.key, now=now)
            except StoreError as error:
                log.warning("the use of a session could not be written down: %s", error)
            else:
                found = found._replace(seen_at=now)
        return person(found, self._served)

    def _program(self, sent: str) -> Caller | None:
        found = find_token(self._store, sent, now=self._clock())
        return None if found is None else program(found, self._served)
