"""The cookie that holds the session of a page, and what shows that a write comes from a page of this server."""

from __future__ import annotations

import re

from starlette.types import Scope

from api.http.problems import RefusedError
from geo.errors import Words

PLAIN, OVER_TLS = "wangge", "__Host-wangge"
"""Its names; browsers take the second over TLS only, for this host only, and let no other page set it."""
BEGUN = "-signin"
"""Behind the name: the cookie of a sign-in at the provider, while it is under way."""
BEGUN_S = 600
AREA = "wangge-area"
"""The name of the cookie in which a page keeps the area somebody chose to look at; it only ever narrows."""
_AREA = re.compile(rb"(?:^|; ?)wangge-area=(\d{6}(?:\d{3}){0,2})(?:;|$)")
_SAFE = ("GET", "HEAD", "OPTIONS")
_PORTS = {"http": "80", "https": "443"}


def session_token(scope: Scope) -> str:
    """What the browser sent as its session; empty without one, or with several."""
    return _sent(scope, _name(scope))


def begun_sign_in(scope: Scope) -> str:
    """What the browser keeps of the sign-in it began at the provider; empty without one, or with several."""
    return _sent(scope, _name(scope) + BEGUN)


def set_begun(scope: Scope, kept: str) -> str:
    """The `Set-Cookie` header that gives a browser what it keeps of a sign-in it begins; for some minutes."""
    return f"{_name(scope)}{BEGUN}={kept}; Max-Age={BEGUN_S}; {_rules(scope)}"


def clear_begun(scope: Scope) -> str:
    """The `Set-Cookie` header that takes it back."""
    return f"{_name(scope)}{BEGUN}=; Max-Age=0; {_rules(scope)}"


def _sent(scope: Scope, name: str) -> str:
    wanted = name.encode()
    found = []
    for header, value in scope["headers"]:
        if header == b"cookie":
            for part in value.split(b";"):
                said, _, token = part.strip().partition(b"=")
                if said == wanted:
                    found.append(token)
    return found[0].decode("latin-1") if len(found) == 1 else ""


def chosen_area(scope: Scope) -> str:
    """The code of the district, street or community somebody chose to look at; empty for none."""
    for name, value in scope["headers"]:
        if name == b"cookie" and b"wangge-area" in value and (found := _AREA.search(value)) is not None:
            return str(found[1], "ascii")
    return ""


def set_session(scope: Scope, token: str) -> str:
    """The `Set-Cookie` header that gives a browser its session: until it is closed; out of reach of scripts."""
    return f"{_name(scope)}={token}; {_rules(scope)}"


def clear_session(scope: Scope) -> str:
    """The `Set-Cookie` header that takes it back."""
    return f"{_name(scope)}=; Max-Age=0; {_rules(scope)}"


def require_own_page(scope: Scope) -> None:
    """Raise `RefusedError` (403) for a write that was not sent by a page of this server: the browser adds the cookie to
    what other pages send too, but says where it comes from."""
    if scope["method"] in _SAFE:
        return
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    sites = {value for name, value in scope["headers"] if name == b"sec-fetch-site"}
    own = (
        len(origins) == 1
        and len(hosts) == 1
        and _same(origins[0].decode("latin-1"), hosts[0].decode("latin-1"))
    )
    if not own or not sites <= {b"same-origin"}:
        raise RefusedError(
            403,
            Words(
                "this was not sent by a page of this server, so it is not done; programs use a token, and a proxy must "
                "pass the Host header on",
                "该请求并非由本服务的网页发出，未执行；程序请使用令牌，反向代理须原样传递 Host 请求头",
            ),
            name="foreign-page",
        )


def _same(origin: str, host: str) -> bool:
    """Whether an Origin is that of a Host.

    >>> _same("https://wangge.lan", "wangge.lan:443"), _same("http://a.lan:8000", "a.lan:8000"), _same("null", "a")
    (True, True, False)
    """
    scheme, slashes, sent = origin.lower().partition("://")
    if not slashes or scheme not in _PORTS:
        return False
    default = f":{_PORTS[scheme]}"
    return sent.removesuffix(default) == host.lower().removesuffix(default)


def _name(scope: Scope) -> str:
    return OVER_TLS if _over_tls(scope) else PLAIN


def _rules(scope: Scope) -> str:
    return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if _over_tls(scope) else "")


def _over_tls(scope: Scope) -> bool:
    return bool(scope["scheme"] == "https")
