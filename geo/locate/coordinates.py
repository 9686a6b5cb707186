"""Coordinates as people write them: in either order, in degrees, or in degrees, minutes and seconds."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_MARKED = re.compile(
    rf"(?P<before>[NSEW])?(?P<sign>-?)(?P<d>{_NUMBER})(?:[°度:](?:(?P<m>{_NUMBER})(?:['分:](?:(?P<s>{_NUMBER})(?:\"|''|秒)?)?)?)?)?(?P<after>[NSEW])?"
)
_SAME = str.maketrans(
    {
        **dict.fromkeys("′’‘´｀`", "'"),
        **dict.fromkeys("″”“", '"'),
        **dict.fromkeys("º˚", "°"),
        **dict.fromkeys("，、；;/\t\u3000", ","),
        "：": ":",
        "．": ".",
        "－": "-",
    }
)
_WORDS = (
    ("东经", "E"), ("西经", "W"), ("北纬", "N"), ("南纬", "S"), ("经度", "E"), ("纬度", "N"), ("LONGITUDE", "E"),
    ("LATITUDE", "N"), ("LNG", "E"), ("LON", "E"), ("LAT", "N"),
)  # fmt: skip


class Point(NamedTuple):
    """Degrees."""

    lon: float
    lat: float


def coordinates(text: str) -> Point | None:
    """A point in China that a text is, and nothing else; None otherwise. Of two bare numbers the larger is the longitude,
    because in China every longitude is larger than any latitude.

    >>> coordinates("34.33, 108.70") == coordinates("108.70 34.33") == Point(108.7, 34.33)
    True
    >>> coordinates("东经108°42′0″，北纬34°19.8′"), coordinates("芙蓉小区3号楼")
    (Point(lon=108.7, lat=34.33), None)
    """
    if len(text) > 100:
        return None
    plain = text.translate(_SAME).upper()
    for word, letter in _WORDS:
        plain = plain.replace(word, letter)
    plain = re.sub(r"(?<=[NSEW])[ :=]+|[()\[\]]", "", plain).strip(" ,")
    plain = re.sub(r"(?<=[°度'分:]) +(?=\d)", "", plain)
    parts = [part for part in re.split(r"[, ]+", plain) if part]
    if len(parts) == 1:
        parts = re.findall(r"(?:[NSEW][^NSEW]+|[^NSEW]+[NSEW])", parts[0])
    found = [_MARKED.fullmatch(part) for part in parts]
    if len(found) != 2 or not all(found):
        return None
    values = [(_degrees(one), one["before"] or one["after"] or "") for one in found if one is not None]
    marks = "".join(mark for _, mark in values)
    first, second = values[0][0], values[1][0]
    if marks and marks[0] in "NS" and len(marks) == 1:
        first, second = (second, first) if values[0][1] else (first, second)
    elif marks:
        lon_first = values[0][1] in ("E", "W") or values[1][1] in ("N", "S")
        first, second = (first, second) if lon_first else (second, first)
    elif second > first:
        first, second = second, first
    return Point(first, second) if 70 <= first <= 140 and 0 <= second <= 60 else None


def _degrees(found: re.Match[str]) -> float:
    value = float(found["d"]) + float(found["m"] or 0) / 60 + float(found["s"] or 0) / 3600
    return round(-value if found["sign"] or (found["before"] or found["after"]) in ("S", "W") else value, 9)
