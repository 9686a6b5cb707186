"""Who asks: one function from a request to a `Viewer`, used by every route before anything of the request is read.

There are no accounts yet. Grids and maps of the configured area are for everybody who reaches the server; addresses of
households are for the holder of the operator's token. Accounts, sessions and grants come in here and nowhere else.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from enum import Enum

from cachetools import TTLCache
from starlette.types import Scope

from api.http.problems import RefusedError
from api.settings import Settings
from geo.errors import NotAllowedError, Words
from layers.rights.viewer import Purpose, Role, Viewer

log = logging.getLogger(__name__)

VIEWER = "wangge.viewer"
"""Where the scope of a request holds who asks."""
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 4.0
"""A wrong token is answered after a quarter of a second, the next after twice that, up to this."""
FORGOTTEN_S = 600.0
"""So long after its last wrong token an address starts anew."""
AT_ONCE = 2
"""So many wrong tokens of one address may wait for their answer; meanwhile no other is looked at."""
_ADDRESSES = 4096


class Asks(Enum):
    """What a route gives away, and so what it needs to know of who asks."""

    NOTHING = "nothing of any place: state, pages without data"
    LOOKUP = "grids of points and addresses"
    DISPLAY = "maps and outlines"
    FIGURES = "counts of people and households, small ones told with others"
    REVIEW = "addresses of households"


class Identity:
    """Tells who asks. One a server; used from its event loop."""

    def __init__(self, settings: Settings) -> None:
        area = settings.area
        self._token = settings.review_token
        self._open = {
            Asks.NOTHING: Viewer(Role.PUBLIC, area, Purpose.DISPLAY),
            Asks.LOOKUP: Viewer(Role.SYSTEM, area, Purpose.LOOKUP),
            Asks.DISPLAY: Viewer(Role.LEADER, area, Purpose.DISPLAY),
            Asks.FIGURES: Viewer(Role.LEADER, area, Purpose.DISPLAY),
        }
        self._operator = Viewer(Role.OPERATOR, area, Purpose.MAINTENANCE)
        self._wrong: TTLCache[str, int] = TTLCache(_ADDRESSES, FORGOTTEN_S)
        self._waiting: dict[str, int] = {}

    def at_once(self, asks: Asks) -> Viewer:
        """Who asks for what everybody may have."""
        return self._open[asks]

    async def viewer(self, scope: Scope, asks: Asks) -> Viewer:
        """Who asks, from nothing but the head of the request.

        Raises `NotAllowedError` for who may not, after a wait that grows with each wrong token of an address, and
        `RefusedError` (429) while too many of them wait.
        """
        if asks is not Asks.REVIEW:
            return self._open[asks]
        if self._token is None:
            raise NotAllowedError(
                "addresses of households are not served; set WANGGE_REVIEW_TOKEN and start the server again, "
                "or use wangge review on its machine",
                "未开放住户地址；请设置 WANGGE_REVIEW_TOKEN 后重启服务，或在服务器上使用 wangge review",
            )
        given = _bearer(scope)
        if given:
            address = str((scope.get("client") or ("unknown",))[0])
            if self._waiting.get(address, 0) >= AT_ONCE:
                raise _too_many()
            if hmac.compare_digest(given, self._token.encode()):
                return self._operator
            await self._slow_down(address, str(scope["path"]))
        raise NotAllowedError(
            "the operator's token is missing or wrong; programs send it in the header Authorization: Bearer TOKEN",
            "管理口令缺失或不正确，请重新输入；程序请放在请求头 Authorization: Bearer 中",
        )

    async def _slow_down(self, address: str, path: str) -> None:
        times = self._wrong[address] = self._wrong.get(address, 0) + 1
        log.warning("wrong token number %d from %s for %s", times, address, ascii(path))
        self._waiting[address] = self._waiting.get(address, 0) + 1
        try:
            await asyncio.sleep(min(FIRST_WAIT_S * 2.0 ** min(times - 1, 16), LONGEST_WAIT_S))
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]


def _bearer(scope: Scope) -> bytes:
    """What was sent as the token; empty without any."""
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(sent) != 1:
        return b""
    kind, _, token = sent[0].partition(b" ")
    return bytes(token.strip()) if kind.lower() == b"bearer" else b""


def _too_many() -> RefusedError:
    return RefusedError(
        429,
        Words(
            "too many wrong tokens came from this address; wait some seconds and try again",
            "该地址的错误口令过多；请稍候数秒再试",
        ),
        headers={"Retry-After": str(int(LONGEST_WAIT_S))},
    )
