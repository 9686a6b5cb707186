"""The one guard against formulas: a text that a spreadsheet program would compute is written as a text, and
read back as what it was.

A cell computes when it begins with `= + - @`, also full-width or small, or with a tab or a line end before
them (spreadsheet programs trim those). A leading apostrophe, which those programs take off, keeps it a text.
"""

from __future__ import annotations

import re
import unicodedata

_STARTS = frozenset("=+-@\u2212")
_SPACE = "\t\r\n\x0b\x0c\x85\u2028\u2029"
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")
_PLAIN = re.compile(r"[-\u2212－][\d.]+[\d.\u4e00-\u9fffFf#＃]*|[-\u2212－]+")


def computes(text: str) -> bool:
    """Whether a spreadsheet program might compute `text`, or take it for more than a text.

    A plain number computes nothing; so `-5` may stay one. `+5` would lose its sign.

    >>> [computes(t) for t in ("=1+1", "＝1+1", "\\n@SUM(A1)", "-5.5", "3-2-501", "")]
    [True, True, True, False, False, False]
    """
    if not text:
        return False
    if text[0] in _SPACE:
        return True
    start = text.lstrip(" \u3000\u200b\ufeff")[:1]
    return bool(start) and unicodedata.normalize("NFKC", start) in _STARTS and not _NUMBER.fullmatch(text)


def inert(text: str) -> str:
    """`text` as it may be written into CSV or a workbook: with an apostrophe in front where it `computes`.

    >>> inert("=1+1"), inert("-1层商铺"), inert("芙蓉小区")
    ("'=1+1", "'-1层商铺", '芙蓉小区')
    """
    return f"'{text}" if computes(text) else text


def as_read(text: str) -> str:
    """What `inert` was given: an apostrophe that was put before a text that computes comes off.

    >>> as_read("'-1层商铺"), as_read("'九七'年")
    ('-1层商铺', "'九七'年")
    """
    return text[1:] if text[:1] == "'" and computes(text[1:]) else text


def looks_like_formula(text: str) -> bool:
    """Whether a text in an office's table is a formula rather than a name that begins with a sign.

    >>> looks_like_formula("=A1"), looks_like_formula("-1层商铺"), looks_like_formula("-")
    (True, False, False)
    """
    return computes(text) and not _PLAIN.fullmatch(text.strip())
