"""Queries as text: every character of every request is looked at here, once, whatever route it goes to.

A query is UTF-8, percent-encoded. One in GBK, as older systems send it, is read as GBK and noted in the scope, so that
the answer can say so; what is neither is refused, as are texts that `geo.texts` refuses and parameters given twice.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote_from_bytes, unquote_to_bytes

from starlette.types import Scope

from api.http.validation import Complaint
from geo.errors import InputError, Words
from geo.texts import require_sound, shown

READ_AS_GBK = "wangge.gbk"
"""In the scope of a request whose query was GBK."""

_PLAIN = re.compile(rb"[A-Za-z0-9=&.,:_~*!'()/@;?-]*")
_MEANT = {
    "date": "as_of",
    "day": "as_of",
    "asof": "as_of",
    "on": "as_of",
    "lng": "lon",
    "long": "lon",
    "longitude": "lon",
    "x": "lon",
    "latitude": "lat",
    "y": "lat",
    "addr": "address",
    "text": "address",
    "language": "lang",
    "datum": "crs",
    "box": "bbox",
    "query": "q",
    "count": "limit",
}
_QUERY, _PATH = Words("the query", "查询参数"), Words("the path", "路径")


def sound_request(scope: Scope) -> None:
    """Look at path and query, and leave the query in `scope` as UTF-8. Raises `InputError` for what is no text or no
    text to be taken."""
    if b"%" in scope.get("raw_path", b"%") or not scope["path"].isascii():
        if "\ufffd" in scope["path"]:
            raise _not_text(_PATH)
        require_sound(scope["path"], what=_PATH)
    raw: bytes = scope["query_string"]
    if _PLAIN.fullmatch(raw):
        return
    plain = unquote_to_bytes(raw)
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = _from_gbk(plain)
        scope[READ_AS_GBK] = True
        scope["query_string"] = b"&".join(_as_utf8(pair) for pair in raw.split(b"&"))
    require_sound(text, what=_QUERY)


def _from_gbk(plain: bytes) -> str:
    try:
        return plain.decode("gb18030")
    except UnicodeDecodeError:
        raise _not_text(_QUERY) from None


def _as_utf8(pair: bytes) -> bytes:
    parts = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.split(b"=", 1))
    return b"=".join(quote_from_bytes(_from_gbk(part).encode(), safe="").encode() for part in parts)


def _not_text(what: Words) -> InputError:
    return InputError(
        f"{what.en} is neither UTF-8 nor GBK; percent-encode it as UTF-8",
        f"{what.zh}既不是 UTF-8 也不是 GBK 编码；请按 UTF-8 进行百分号编码",
    )


def parameters(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a query that `sound_request` has passed, in their order.

    >>> parameters("lon=108.7&address=%E6%A1%82+1".encode())
    [('lon', '108.7'), ('address', '桂 1')]
    """
    if b"%" not in raw and b"+" not in raw:
        split = (pair.partition("=") for pair in raw.decode("utf-8", "replace").split("&") if pair)
        return [(name, value) for name, _, value in split]
    found = []
    for pair in raw.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            found.append((_text(name), _text(value)))
    return found


def _text(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    return unquote_to_bytes(raw).decode("utf-8", "replace") if b"%" in raw else raw.decode("utf-8", "replace")


def misplaced(
    given: Iterable[tuple[str, str]], known: Collection[str], lang: str, *, lists: Collection[str] = ()
) -> list[Complaint]:
    """What is wrong with the names of parameters: those nobody knows, with the one that is perhaps meant, and those
    given twice; `lists` may be."""
    seen: set[str] = set()
    found = []
    for name, value in given:
        if name not in known:
            found.append(Complaint(shown(name), shown(value), _unknown(name, known).text(lang)))
        elif name in seen and name not in lists:
            found.append(Complaint(name, shown(value), _TWICE.text(lang)))
        seen.add(name)
    return found


_TWICE = Words("is given twice; give it once", "重复出现；请只给出一次")


def _unknown(name: str, known: Collection[str]) -> Words:
    meant = _MEANT.get(name.lower())
    if meant not in known:
        near = difflib.get_close_matches(name.lower()[:40], known, 1)
        meant = near[0] if near else None
    if meant is not None:
        return Words(
            f"is no parameter here; {meant} is perhaps meant", f"不是此处的参数；您要的可能是 {meant}"
        )
    named: Mapping[str, str] = {
        "en": f"; known are {', '.join(sorted(known))}" if known else "; there are none",
        "zh": f"；可用参数：{'、'.join(sorted(known))}" if known else "；此处没有参数",
    }
    return Words(f"is no parameter here{named['en']}", f"不是此处的参数{named['zh']}")
