"""Wrong tokens and passwords are answered later and later, address by address, so that guessing is not worth it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from cachetools import TTLCache
from starlette.types import Scope

from api.http.problems import RefusedError
from geo.errors import Words

log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 4.0
"""What is wrong is answered after a quarter of a second, the next after twice that, up to this."""
FORGOTTEN_S = 600.0
"""So long after its last wrong try an address starts anew."""
AT_ONCE, CLEAN_AT_ONCE = 2, 8
"""So many tries of an address that guessed may be under way, waits for the answer included, and of any other: an office may
share one. More are not looked at."""
_ADDRESSES = 4096


class Slowing:
    """What is known of addresses that guessed. One a server; used from its event loop."""

    def __init__(self) -> None:
        self._wrong: TTLCache[str, int] = TTLCache(_ADDRESSES, FORGOTTEN_S)
        self._under_way: dict[str, int] = {}

    @contextmanager
    def trying(self, scope: Scope) -> Iterator[None]:
        """Around everything from the look at a password or token to the answer. Raises `RefusedError` (429) while too many
        tries from where this request comes are under way."""
        address = address_of(scope)
        if self._under_way.get(address, 0) >= (AT_ONCE if address in self._wrong else CLEAN_AT_ONCE):
            raise RefusedError(
                429,
                Words(
                    "too many wrong passwords or tokens came from this address; wait some seconds and try again",
                    "该地址的错误密码或令牌过多；请稍候数秒再试",
                ),
                headers={"Retry-After": str(int(LONGEST_WAIT_S))},
            )
        self._under_way[address] = self._under_way.get(address, 0) + 1
        try:
            yield
        finally:
            self._under_way[address] -= 1
            if not self._under_way[address]:
                del self._under_way[address]

    async def wrong(self, scope: Scope, what: str) -> None:
        """Wait, inside `trying`, once it is known that `what` (a token, a password) was wrong."""
        address = address_of(scope)
        times = self._wrong[address] = self._wrong.get(address, 0) + 1
        log.warning("wrong %s number %d from %s for %s", what, times, address, ascii(scope["path"]))
        await asyncio.sleep(min(FIRST_WAIT_S * 2.0 ** min(times - 1, 16), LONGEST_WAIT_S))


def address_of(scope: Scope) -> str:
    """Where a request comes from."""
    return str((scope.get("client") or ("unknown",))[0])
