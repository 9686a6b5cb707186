"""Letters that stand where digits are meant: 3O1, 1l号楼, 100l室, 二○一. A run of digits is never split at one.

Only where digits say so: a letter between digits, or at the end of a run that a classifier follows. Letters before
digits or alone (l2号楼, 3栋l单元) may be names of buildings, so they are read as digits only when asked for.
"""

from __future__ import annotations

import re

from geo.addresses.text.characters import NUMERALS

_ZEROS, _ONES = "oO\uff2f\uff4fОоΟο", "lI|\uff29\uff4c\uff5cІΙ∣ǀ"
_RINGS = "○◯〇"
_DIGIT = "0-9\uff10-\uff19"
_ANY = f"{_ZEROS}{_ONES}D\uff24{_RINGS}"
_AS_DIGIT = str.maketrans({**dict.fromkeys(f"{_ZEROS}D\uff24{_RINGS}", "0"), **dict.fromkeys(_ONES, "1")})
_LATIN = "A-Za-z\uff21-\uff3a\uff41-\uff5a"
_MAYBE = re.compile(f"[{_DIGIT}{NUMERALS}][{_ANY}]|[{_ANY}](?=[{_DIGIT}号楼栋幢座单门-])")
"""In every text that may have one."""
_RING = re.compile(f"(?<=[{_DIGIT}{NUMERALS}])[○◯]|[○◯](?=[{_DIGIT}{NUMERALS}])")
_INNER = re.compile(rf"(?<=[{_DIGIT}])[{_ZEROS}{_ONES}{_RINGS}]+(?=[{_DIGIT}])")
_INNER_D = re.compile(
    rf"(?<![{_LATIN}{_DIGIT}])([{_DIGIT}]+)[D\uff24](?=[{_DIGIT}]{{1,2}}(?![{_DIGIT}{_LATIN}]))"
)
_LAST = re.compile(
    rf"(?<![{_LATIN}{_DIGIT}])[{_DIGIT}]+[{_ZEROS}lI\uff29\uff4cІΙ{_RINGS}]+(?=$|[号楼栋幢座单门室户层#,，、;；\s)）-])"
    rf"|(?<![{_LATIN}{_DIGIT}])[{_DIGIT}]+[|\uff5c]+(?=[号楼栋幢座单门室户层])"
)
_DOOR = re.compile(
    rf"(?:(?<=单元)|(?<=-[{_DIGIT}]-))[{_DIGIT}{_ONES}][{_DIGIT}{_ZEROS}{_ONES}]{{2,3}}(?=$|[室户])"
)
_ROOM = re.compile(
    rf"(?<=[{_DIGIT}号][-栋幢座楼])l(?=[{_DIGIT}]{{2,3}}(?:$|[室户]))"
    "|(?<=[楼栋幢座])[IＩІΙ](?=单元)"
)
"""A room is counted from its storey: after a unit no letter stands before its digits, after a building no small one;
and a unit I is the first."""
_FIRST = re.compile(
    rf"(?<![{_LATIN}{_DIGIT}])[oOОоοl|I\uff29\uff4c\uff5cІΙ]+[{_DIGIT}]+(?=$|[号楼栋幢座单门室户层#,，、\s)）-])"
    rf"|(?<![{_LATIN}{_DIGIT}])[lI\uff29\uff4cІΙ][oO]?(?=号楼|[栋幢]|单元|门|-[{_DIGIT}])"
)
_BARS = re.compile(rf"[{_DIGIT}][|\uff5c][{_DIGIT}]+[|\uff5c/-][{_DIGIT}]")
"""Bars that part levels: 3|2|501."""
_HALLS = re.compile("广场|商场|商城|市场|购物|天街|国际|大厦|中心")
"""Where doors have letters in their numbers: 2D05."""


def digits_for_letters(text: str, *, edges: bool = False) -> str:
    """`text` with letters that are digits as digits; the same text when there are none.

    `edges`: letters before digits and alone, too.

    >>> digits_for_letters("芙蓉苑3号楼3O1"), digits_for_letters("1l号楼100l室"), digits_for_letters("A座12D")
    ('芙蓉苑3号楼301', '11号楼1001室', 'A座12D')
    >>> digits_for_letters("l2号楼"), digits_for_letters("l2号楼", edges=True)
    ('l2号楼', '12号楼')
    """
    if _MAYBE.search(text) is None:
        return text
    read = _RING.sub("〇", text)
    if _BARS.search(read) is None:
        read = _INNER.sub(_digits, read)
    else:
        read = _INNER.sub(lambda run: run[0] if set(run[0]) & set("|\uff5c") else _digits(run), read)
    if _HALLS.search(read) is None:
        read = _INNER_D.sub(r"\g<1>0", read)
    read = _ROOM.sub("1", _DOOR.sub(_digits, _LAST.sub(_digits, read)))
    return _FIRST.sub(_digits, read) if edges else read


def _digits(found: re.Match[str]) -> str:
    return found[0].translate(_AS_DIGIT)
