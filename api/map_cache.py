"""Drawn pages kept for a while: a map of a district takes seconds to draw and a moment to send."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple


class Page(NamedTuple):
    """A drawn page, compressed once."""

    etag: str
    """As it goes into the header, quotes included."""
    zipped: bytes
    """The page as gzip."""

    @property
    def plain(self) -> bytes:
        """The page as it was drawn."""
        return gzip.decompress(self.zipped)


class MapCache:
    """The pages last asked for, within `max_bytes`. Safe to use from many threads; draws one at a time, because
    two district maps at once would need the memory of both.

    >>> cache = MapCache(max_bytes=1000)
    >>> cache.get("a", lambda: "<p>") is cache.get("a", lambda: "never drawn")
    True
    """

    def __init__(self, *, max_bytes: int = 64 << 20) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock, self._drawing = threading.Lock(), threading.Lock()

    def get(self, key: Hashable, draw: Callable[[], str]) -> Page:
        """The page of `key`, drawn if it is not kept."""
        if (page := self._kept(key)) is not None:
            return page
        with self._drawing:
            if (page := self._kept(key)) is not None:
                return page
            text = draw().encode()
            etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
            page = Page(etag, gzip.compress(text, 6, mtime=0))
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > 1 and sum(len(p.zipped) for p in self._pages.values()) > self._max_bytes:
                self._pages.popitem(last=False)
        return page

    def _kept(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page
