"""Sending to an address somebody else chose: to where it may be, to nowhere else, and not for long.

A name is looked up once, every address it has must be allowed, and the connection goes to one of these: a name that means
something else a moment later leads nowhere. Redirects are not followed, nothing of the answer is kept but its status, and
proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from geo.errors import InputError, Words

WAIT_S = 10.0
"""For a connection, and for each piece of the answer."""
LONGEST_S = 20.0
"""For everything together."""
LONGEST_URL = 500
_SHARED = [
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
"""IPv6 networks that lead on to IPv4 addresses, private ones too."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Target(NamedTuple):
    """Where something is sent, taken apart."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """Host and port, as messages name it: the path is the receiver's affair."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Sent(NamedTuple):
    """What came of it."""

    status: int | None
    """None when there was no answer."""
    trouble: Words | None
    """Why it counts as not received."""


def target_of(url: str, networks: Sequence[str]) -> Target:
    """The parts of an address that may be sent to. Raises `InputError` for any other: `http` is for named networks only, and
    a user, a password or a query have no place in it, for addresses stand in lists and logs.

    >>> target_of("https://hotline.example/wangge", []).port
    443
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable() from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not plain or parts.scheme not in ("https", "http") or not parts.hostname:
        raise _unusable()
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InputError(
            "the address has no place for names, passwords or a query: what is sent is signed, that is how it is known",
            "地址中不能含用户名、密码或查询参数：发送内容带签名，接收方据此辨认",
        )
    if parts.scheme == "http" and not networks:
        raise InputError(
            "give an https address; http is for receivers on a network you name (--network)",
            "请使用 https 地址；http 仅限指定内网（--network）中的接收方",
        )
    tls = parts.scheme == "https"
    return Target(tls, parts.hostname, port or (443 if tls else 80), parts.path or "/")


def network_of(text: str) -> Network:
    """A network as it is written. Raises `InputError`.

    >>> str(network_of("10.1.0.0/16"))
    '10.1.0.0/16'
    """
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no network; write it as 10.1.0.0/16 or fd00::/8",
            f"“{text}”不是网段；请写成 10.1.0.0/16",
        ) from None


def may_be_sent_to(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address is where something may be sent: in one of `networks`, or without any a public one.

    >>> may_be_sent_to(ipaddress.ip_address("169.254.169.254"), [])
    False
    """
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if networks:
        return any(address.version == network.version and address in network for network in networks)
    led_on = any(address.version == network.version and address in network for network in _SHARED)
    return address.is_global and not address.is_multicast and not led_on


def send(target: Target, networks: Sequence[str], body: bytes, headers: Mapping[str, str]) -> Sent:
    """Post `body` once. Never raises for what the other side does."""
    found = _allowed(target, [network_of(text) for text in networks])
    if isinstance(found, Words):
        return Sent(None, found)
    try:
        status = _posted(target, found, body, headers)
    except ssl.SSLCertVerificationError:
        return Sent(
            None,
            Words(
                f"the certificate of {target.name} does not hold (SSL_CERT_FILE names your own authorities)",
                f"{target.name} 的证书无法验证（自有证书机构请用 SSL_CERT_FILE 指定）",
            ),
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        what = type(error).__name__
        return Sent(None, Words(f"no answer from {target.name} ({what})", f"{target.name} 无应答（{what}）"))
    if 200 <= status < 300:
        return Sent(status, None)
    return Sent(status, Words(f"{target.name} answered {status}", f"{target.name} 返回 {status}"))


def _allowed(target: Target, networks: Sequence[Network]) -> str | Words:
    """The address to connect to, or why there is none."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Words(f"{target.host} is not known here", f"无法解析 {target.host}")
    addresses = [str(one[4][0]) for one in found]
    if all(may_be_sent_to(ipaddress.ip_address(one.partition("%")[0]), networks) for one in addresses):
        return addresses[0]
    return Words(
        f"{target.host} lies on a network this is not sent to (wangge hook add --network names one)",
        f"{target.host} 所在网段未获允许（wangge hook add --network 指定）",
    )


def _posted(target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    sock = socket.create_connection((address, target.port), timeout=WAIT_S)
    over = threading.Timer(LONGEST_S, lambda: _shut(sock))
    over.daemon = True
    over.start()
    line = http.client.HTTPConnection(target.host, target.port)
    line.auto_open = 0
    try:
        if target.tls:
            sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=target.host, do_handshake_on_connect=False
            )
            sock.do_handshake()
        line.sock = sock
        usual = (443 if target.tls else 80) == target.port
        host = target.name.rpartition(":")[0] if usual else target.name
        line.request("POST", target.path, body, {**headers, "Host": host, "Connection": "close"})
        return line.getresponse().status
    finally:
        over.cancel()
        line.close()
        sock.close()


def _shut(sock: socket.socket) -> None:
    """Ends whatever waits for this connection."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which would wait for the other side


def _unusable() -> InputError:
    return InputError(
        f"give an address such as https://hotline.example/wangge, of {LONGEST_URL} characters at most",
        f"请给出形如 https://hotline.example/wangge 的地址，不超过 {LONGEST_URL} 个字符",
    )
