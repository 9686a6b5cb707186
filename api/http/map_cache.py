"""Drawn pages kept for a while: a map of a district takes seconds to draw and a moment to send."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple

from cachetools import LRUCache


class Page(NamedTuple):
    """A drawn page, compressed once."""

    etag: str
    """As it goes into the header, quotes included."""
    zipped: bytes
    """The page as gzip."""

    @classmethod
    def of(cls, text: str) -> Page:
        """Compress a page.

        >>> Page.of("<p>").plain
        b'<p>'
        """
        body = text.encode()
        return cls(f'"{hashlib.sha256(body).hexdigest()[:32]}"', gzip.compress(body, 6, mtime=0))

    @property
    def plain(self) -> bytes:
        """The page as it was drawn."""
        return gzip.decompress(self.zipped)


class MapCache:
    """The pages last asked for, within `max_bytes`. Used from one event loop.

    A page many ask for at once is drawn once. The key holds everything the page shows: whoever makes it answers for
    that.
    """

    def __init__(self, *, max_bytes: int = 64 << 20) -> None:
        self._pages: LRUCache[Hashable, Page] = LRUCache(max_bytes, getsizeof=lambda page: len(page.zipped))
        self._drawing: dict[Hashable, asyncio.Task[Page]] = {}

    async def get(self, key: Hashable, draw: Callable[[], Awaitable[Page]]) -> Page:
        """The page of `key`, drawn if it is not kept. Raises what `draw` raises; the next one to ask tries again."""
        page = self._pages.get(key)
        if page is not None:
            return page
        task = self._drawing.get(key)
        if task is None:
            task = self._drawing[key] = asyncio.ensure_future(self._drawn(key, draw))
        return await asyncio.shield(task)

    async def _drawn(self, key: Hashable, draw: Callable[[], Awaitable[Page]]) -> Page:
        try:
            page = await draw()
            if len(page.zipped) <= self._pages.maxsize:
                self._pages[key] = page
            return page
        finally:
            del self._drawing[key]
