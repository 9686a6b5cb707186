"""Under which names this server may be asked: a page elsewhere that makes its own name lead here must learn nothing."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from api.http.problems import RefusedError
from geo.errors import Words

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_HOST = re.compile(r"(\[[0-9a-f:.%]+\]|[^:\[\]]*)(?::[0-9]{1,5})?", re.ASCII)
_LONGEST = 253
_INTRANET = ("localhost", "local", "lan", "intranet", "internal", "localdomain", "home.arpa", "test")
"""Endings that no registry of the internet gives away."""

EVERY = "*"
MOST_KNOWN = 256
"""So many names are remembered with their answer."""


class Hosts:
    """The names that are taken. Without any given: every IP address, this machine's own name, names of one word and
    those that end as only intranets do; none of them can be made to lead here from the internet.

    >>> Hosts(()).takes("192.168.1.5:8000"), Hosts(()).takes("grid-server"), Hosts(()).takes("evil.example.com")
    (True, True, False)
    >>> Hosts(("wangge.gov.cn", "*.street.cn")).takes("a.street.cn"), Hosts(("wangge.gov.cn",)).takes("10.0.0.1")
    (True, False)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(name.lower().rstrip(".") for name in names)
        self._own = {socket.gethostname().lower(), socket.getfqdn().lower()} if not self._names else set()
        self._known: dict[bytes, bool] = {}

    def require(self, sent: bytes | None, *, http_version: str) -> None:
        """Raise `RefusedError` (421; 400 without any) unless a Host header may be answered."""
        if sent is None:
            if http_version == "1.0":
                return
            raise RefusedError(
                400, Words("the Host header is missing or given twice", "缺少 Host 请求头，或重复出现")
            )
        known = self._known.get(sent)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[sent] = self.takes(sent.decode("latin-1"))
        if not known:
            raise RefusedError(
                421,
                Words(
                    "this server does not answer under that name; ask by its address, or add the name to WANGGE_HOSTS",
                    "本服务不以该名称提供访问；请改用其 IP 地址，或将该名称加入 WANGGE_HOSTS",
                ),
            )

    def takes(self, sent: str) -> bool:
        """Whether a Host header, with or without a port, names this server."""
        found = _HOST.fullmatch(sent.strip().lower())
        if found is None:
            return False
        name = found[1].strip("[]").rstrip(".")
        if EVERY in self._names:
            return True
        if self._names:
            return any(_fits(name, wanted) for wanted in self._names)
        if _is_address(name):
            return True
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            return False
        return "." not in name or name in self._own or name.endswith(tuple(f".{end}" for end in _INTRANET))


def _fits(name: str, wanted: str) -> bool:
    return name.endswith(wanted[1:]) if wanted.startswith("*.") else name == wanted


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
