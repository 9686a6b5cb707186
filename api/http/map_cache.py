"""Answers kept for a while, drawn pages above all: a map of a district takes seconds to draw and a moment to send."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import NamedTuple

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response


class Page(NamedTuple):
    """A drawn page, compressed once."""

    etag: str
    """As it goes into the header, quotes included."""
    zipped: bytes
    """The page as gzip."""

    @classmethod
    def of(cls, page: str | bytes) -> Page:
        """Compress a page, or whatever else is sent more than once.

        >>> Page.of("<p>").plain
        b'<p>'
        """
        body = page if isinstance(page, bytes) else page.encode("utf-8", "replace")
        return cls(f'"{hashlib.sha256(body).hexdigest()[:32]}"', gzip.compress(body, 6, mtime=0))

    @property
    def plain(self) -> bytes:
        """The page as it was drawn."""
        return gzip.decompress(self.zipped)

    async def sent(
        self, request: Request, *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The page as an answer: 304 to who has it already, gzip to who takes it."""
        said = {
            "ETag": self.etag,
            "Cache-Control": "private, no-cache",  # keep it, but ask whether a new version is out
            "Vary": "Accept-Encoding, Accept-Language",
            **(headers or {}),
        }
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=said)
        if "gzip" in request.headers.get("accept-encoding", ""):
            said["Content-Encoding"] = "gzip"
            return Response(self.zipped, headers=said, media_type=media_type)
        return Response(await asyncio.to_thread(lambda: self.plain), headers=said, media_type=media_type)


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
