"""How much one caller may ask for, so that a program gone astray leaves room for the others.

A meter that leaks (GCRA): one moment a caller is kept, no list of what he asked. Callers are accounts, tokens, and addresses of
strangers where something is open to these; each server process keeps its own meters.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from api.http.problems import RefusedError
from geo.errors import Words

BURST_S = 10.0
"""So many seconds' worth may be asked for at once, after a pause as long: a page loads many things."""
_MOST = 10_000


class Pace:
    """The meters of one server process. Used from its event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._empty_at: dict[str, float] = {}

    def require(self, who: str, *, per_s: float, counts: float = 1.0) -> None:
        """Count a request of `who`, who may ask `per_s` times a second for ever, as so much of one as `counts` says.
        Raises `RefusedError` (429), and counts nothing, when he asked for more.

        >>> Pace(lambda: 0.0).require("token:hotline", per_s=50.0)
        """
        now = self._clock()
        full_at = max(self._empty_at.get(who, now), now) + counts / per_s
        if full_at - now > BURST_S:
            raise _too_many(per_s / counts, math.ceil(full_at - now - BURST_S))
        if len(self._empty_at) >= _MOST and who not in self._empty_at:
            self._forget(now)
        self._empty_at[who] = full_at

    def _forget(self, now: float) -> None:
        """Drop meters that ran empty; when none did, all of them: refusing strangers to each other helps nobody."""
        self._empty_at = {who: at for who, at in self._empty_at.items() if at > now}
        if len(self._empty_at) >= _MOST:
            self._empty_at.clear()


def _too_many(per_s: float, wait_s: int) -> RefusedError:
    return RefusedError(
        429,
        Words(
            f"you ask more than {per_s:g} times a second; wait {wait_s} s, ask for many at once (POST /api/locate/batch), "
            "or have whoever keeps the server raise the limit",
            f"请求超过每秒 {per_s:g} 次；请等待 {wait_s} 秒、改用批量查询（POST /api/locate/batch），或联系管理员提高上限",
        ),
        name="too-many-requests",
        headers={"Retry-After": str(wait_s)},
    )
