"""Who asks: one function from the head of a request to a `Viewer`, used by every route before anything else of the request
is read.

People bring a session and programs a token; what is open to strangers is named in the settings. Before there is an account
nobody gets anything, but in a trial, on the machine itself: look-ups, maps and figures, and addresses of households for the
holder of the review token.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from contextlib import suppress

from starlette.types import Scope

from api.clock import Clock
from api.http.callers import Caller
from api.http.cookies import chosen_area, require_own_page, session_token
from api.http.known import Known
from api.http.needs import Door, Need, Open
from api.http.pacing import Pace
from api.http.refusals import first_password, sign_in_needed
from api.http.slowing import Slowing, address_of
from api.http.threads import waited_for
from api.settings import Settings
from geo.errors import NotAllowedError, StoreError
from layers.accounts.audit import write_audit
from layers.accounts.choices import Choices
from layers.accounts.standing import Standing, read_standing
from layers.rights.rights import Right
from layers.rights.viewer import OfPeople, Purpose, Role, Viewer
from layers.store.database import Store

log = logging.getLogger(__name__)

VIEWER, CALLER = "wangge.viewer", "wangge.caller"
"""Where the scope of a request holds who asks, as what he does and as who he is (None: a stranger)."""
TRUSTED_S = 600.0
"""So long without word from the store those who are known are answered on; then nobody is."""
_BEFORE = frozenset({Right.LOOKUP, Right.DISPLAY, Right.FIGURES})
"""What is open in a trial."""


class Identity:
    """Tells who asks. One a server; used from its event loop."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        area = settings.area
        self.served = Viewer(Role.SYSTEM, area, Purpose.LOOKUP)
        """What the server reads and keeps in memory, on behalf of all who ask."""
        self._nobody = Viewer(Role.PUBLIC, (), Purpose.DISPLAY, OfPeople.NOTHING)
        self._open = {
            Right.LOOKUP: self.served,
            Right.DISPLAY: Viewer(Role.PUBLIC, area, Purpose.DISPLAY),
            Right.FIGURES: Viewer(Role.PUBLIC, area, Purpose.DISPLAY),
        }
        self._public = frozenset(Right(name) for name in settings.public)
        self._holder = Caller("http:token", area, lambda _: Viewer(Role.OPERATOR, area, Purpose.MAINTENANCE))
        self._known = Known(store, clock, served=area)
        self._standing: Standing | None = None
        self._heard_at = 0.0
        self._tried, self._one_look = asyncio.Event(), asyncio.Lock()
        self.slowing, self.pace = Slowing(), Pace()

    async def refresh(self) -> None:
        """Look how accounts stand; forget who is known if anything moved. Raises whatever the store raises."""
        async with self._one_look:  # an older look must not be taken for a newer one
            newest = await waited_for(read_standing, self._store)
            self._heard_at = time.monotonic()
            if newest != self._standing:
                if self._standing is not None and newest.accounts and not self._standing.accounts:
                    log.info("there is an account now: whoever asks must be signed in")
                self._standing = newest
                self._known.forget()

    async def watch(self) -> None:
        """Look for ever, as often as for a new version. What goes wrong with the store is told by who watches for that."""
        while True:
            try:
                await self.refresh()
            except Exception as error:  # as long as nothing is heard, what is known stays, within `TRUSTED_S`
                log.debug("cannot look how accounts stand: %s", type(error).__name__)
            self._tried.set()
            await asyncio.sleep(self._settings.index_poll_s)

    async def first_look(self, *, timeout_s: float) -> None:
        """Wait until `watch` has looked once, well or not, but no longer than `timeout_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), timeout_s)

    def forget(self) -> None:
        """Ask the store again who everybody is."""
        self._known.forget()

    @property
    def accounts(self) -> bool:
        """Whether there are accounts. Raises `StoreError` while the store has not said so."""
        if self._standing is None or (self._standing.accounts and not self._trusted):
            raise StoreError("it is not known yet who may come in", "尚不能确认访问权限")
        return self._standing.accounts

    @property
    def trial(self) -> bool:
        """Whether whoever sits at this machine may look around while there is no account."""
        return self._settings.trial

    @property
    def open(self) -> frozenset[Right]:
        """The rights strangers have just now."""
        if not self.accounts:
            return _BEFORE if self.trial else frozenset()
        chosen = self.choices.public
        return self._public if chosen is None else frozenset(Right(name) for name in chosen)

    @property
    def choices(self) -> Choices:
        """What was chosen while the server runs."""
        return Choices() if self._standing is None else self._standing.choices

    async def viewer(self, scope: Scope, door: Door) -> Viewer:
        """Who asks, from nothing but the head of the request; the scope holds him from then on.

        Raises `RefusedError` (401) for a stranger where that is not enough, after a wait that grows with each wrong
        token of an address, (429) while too many of them wait or for more than a caller may ask, (403) for a write from a
        foreign page; `NotAllowedError` for somebody known who lacks the right.
        """
        scope[CALLER], need = None, door.need
        if need is Open.EVERYBODY:
            return self._nobody
        if isinstance(need, Right) and need in self.open:
            if not self.trial:
                self.pace.require(
                    f"address:{address_of(scope)}", per_s=self._settings.person_per_s, counts=door.counts
                )
            return self._open[need]
        if not self.accounts and not self.trial:
            raise sign_in_needed()
        if not self.accounts:
            return self._nobody if door.asks_itself else await self._before_accounts(scope, need)
        caller = scope[CALLER] = await self.caller(scope)
        if caller is None:
            raise sign_in_needed(over=bool(session_token(scope)))
        self._keep_pace(caller, door)
        if caller.token is None:
            require_own_page(scope)
        if need is Open.OWN:
            if caller.token is not None:
                raise NotAllowedError("a token has no account of its own", "令牌没有账号")
            return self._nobody
        if caller.session is not None and caller.session.must_change:
            raise first_password()
        if not isinstance(need, Right):
            return self._nobody
        try:
            return caller.viewer(need, chosen=chosen_area(scope) if caller.token is None else "")
        except NotAllowedError:
            await self._tell(
                scope,
                caller.actor,
                what="refused",
                right=need.value,
                path=_route(scope),
                method=scope["method"],
            )
            raise

    async def also(self, scope: Scope, right: Right) -> Viewer | None:
        """Who asks, as he uses another right than that of the route; None where he does not have it. `viewer` was asked
        before. Raises as `caller` for a wrong token."""
        caller: Caller | None = scope.get(CALLER)
        if caller is None and self.accounts:
            caller = scope[CALLER] = await self.caller(scope)
        if (
            caller is None
            or (caller.session is not None and caller.session.must_change)
            or not caller.may(right)
        ):
            return None
        return caller.viewer(right)

    async def caller(self, scope: Scope) -> Caller | None:
        """Who sent a request, once there are accounts; None for a stranger, and for a session that is over. Raises as
        `viewer` for a wrong token."""
        given = _bearer(scope)
        if given is None:
            sent = session_token(scope)
            return await self._known.session(sent, trusting=self._trusted) if sent else None
        found = self._known.program(given)
        if found is not None:
            return found
        with self.slowing.trying(scope):
            found = await self._known.token(given, trusting=self._trusted)
            if found is None:
                await self._tell(scope, "http", what="token-refused")
                await self.slowing.wrong(scope, "token")
                raise sign_in_needed(token=True)
        return found

    async def caller_with(self, token: str) -> Caller | None:
        """The person with a session, by its token; None if it is over."""
        return await self._known.session(token, trusting=self._trusted)

    def _keep_pace(self, caller: Caller, door: Door) -> None:
        settings = self._settings
        per_s = settings.person_per_s if caller.token is None else settings.program_per_s
        self.pace.require(caller.actor, per_s=per_s, counts=door.counts)

    @property
    def _trusted(self) -> bool:
        return time.monotonic() - self._heard_at < TRUSTED_S

    async def _before_accounts(self, scope: Scope, need: Need) -> Viewer:
        """In a trial: only the review token is known."""
        if need is Open.MEMBERS:
            return self._nobody
        if need is Open.OWN:
            raise sign_in_needed()
        if need not in (Right.HOUSEHOLDS, Right.REVIEW):
            raise NotAllowedError(
                "there is no account yet; make one with wangge user add",
                "尚无账号；请用 wangge user add 新建",
            )
        token = self._settings.review_token
        if token is None:
            raise NotAllowedError(
                "addresses of households are not served; make accounts with wangge user add, or set "
                "WANGGE_REVIEW_TOKEN and start the server again, or use wangge review on its machine",
                "未开放住户地址；请用 wangge user add 建立账号，或设置 WANGGE_REVIEW_TOKEN 后重启服务，"
                "或在服务器上使用 wangge review",
            )
        given = _bearer(scope)
        if given:
            with self.slowing.trying(scope):
                if hmac.compare_digest(given.encode("latin-1"), token.encode()):
                    scope[CALLER] = self._holder
                    return self._holder.viewer(need)
                await self.slowing.wrong(scope, "token")
        raise NotAllowedError(
            "the operator's token is missing or wrong; programs send it in the header Authorization: Bearer TOKEN",
            "管理口令缺失或不正确，请重新输入；程序请放在请求头 Authorization: Bearer 中",
        )

    async def _tell(self, scope: Scope, who: str, **said: str) -> None:
        """Put a refusal into the audit; it is a refusal all the same where that cannot be done."""
        said["from"] = address_of(scope)
        try:
            await asyncio.to_thread(write_audit, self._store, who=who, now=self._clock(), **said)
        except StoreError as error:
            log.warning("a refusal could not be audited: %s", error)


def _route(scope: Scope) -> str:
    """The path of the route, not of the request, which may hold what was asked about."""
    return getattr(scope.get("route"), "path", None) or str(scope["path"])


def _bearer(scope: Scope) -> str | None:
    """What was sent as the token; None without any."""
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if not sent:
        return None
    kind, _, token = bytes(sent[0]).partition(b" ")
    if len(sent) != 1 or kind.lower() != b"bearer":
        return ""
    return str(token.strip(), "latin-1")
