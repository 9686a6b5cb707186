"""How wide a text is: the advances of the font that sheets are set in, so that names can be placed without a browser."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

_REGULAR = (
    224,
    323,
    474,
    555,
    555,
    921,
    680,
    278,
    338,
    338,
    467,
    555,
    278,
    347,
    278,
    392,
    555,
    555,
    555,
    555,
    555,
    555,
    555,
    555,
    555,
    555,
    278,
    278,
    555,
    555,
    555,
    474,
    946,
    608,
    657,
    638,
    688,
    589,
    552,
    689,
    728,
    293,
    535,
    646,
    543,
    812,
    723,
    742,
    633,
    742,
    635,
    596,
    599,
    721,
    575,
    878,
    573,
    531,
    603,
    338,
    392,
    338,
    555,
    559,
    606,
    563,
    618,
    510,
    620,
    554,
    325,
    564,
    607,
    275,
    275,
    552,
    284,
    926,
    610,
    606,
    620,
    620,
    388,
    468,
    377,
    607,
    521,
    802,
    498,
    521,
    475,
    338,
    270,
    338,
    555,
)
_BOLD = (
    227,
    370,
    574,
    590,
    590,
    963,
    740,
    325,
    378,
    378,
    507,
    590,
    325,
    370,
    325,
    387,
    590,
    590,
    590,
    590,
    590,
    590,
    590,
    590,
    590,
    590,
    325,
    325,
    590,
    590,
    590,
    514,
    1007,
    641,
    681,
    656,
    714,
    615,
    585,
    717,
    757,
    330,
    568,
    686,
    578,
    853,
    749,
    770,
    667,
    770,
    682,
    624,
    625,
    748,
    619,
    915,
    627,
    580,
    613,
    378,
    387,
    378,
    590,
    567,
    626,
    591,
    644,
    527,
    644,
    581,
    372,
    597,
    640,
    304,
    306,
    604,
    315,
    964,
    641,
    626,
    644,
    644,
    436,
    495,
    421,
    637,
    576,
    863,
    562,
    574,
    511,
    378,
    296,
    378,
    590,
)
"""Advances of the characters from space to ~, in thousandths of the type size; Chinese ones are as wide as high."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line in the unit of `size`.

    >>> text_width("网格", 3.0), round(text_width("10", 3.0), 2)
    (6.0, 3.33)
    """
    table = _BOLD if bold else _REGULAR
    thousandths = 0
    for one in text:
        number = ord(one) - 32
        if 0 <= number < len(table):
            thousandths += table[number]
        elif not unicodedata.combining(one):
            thousandths += 1000
    return thousandths * size / 1000


def shortened(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """`text`, or as much of it as fits into `width` with a dash of dots.

    >>> shortened("芙蓉小区南区", 2.0, 9.0)
    '芙蓉小…'
    """
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + "…", size, bold=bold) > width:
        text = text[:-1]
    return text + "…"


def balanced(
    text: str, size: float, width: float, *, bold: bool = False, endings: Collection[str] = ()
) -> list[str]:
    """`text` in as few lines as `width` needs, all about as long; those of its `endings` that it has stays whole.

    >>> balanced("第十二网格", 4.0, 16.0, endings=("网格",))
    ['第十二', '网格']
    >>> balanced("第六十八小学专属网格", 4.0, 16.0, endings=("专属网格", "网格"))
    ['第六十', '八小学', '专属网格']
    """
    lines = broken(text, size, width, bold=bold, endings=endings)
    if len(lines) > 1 and lines[-1] in endings:
        return [*balanced(text.removesuffix(lines[-1]), size, width, bold=bold), lines[-1]]
    narrower = width
    while len(lines) > 1 and (narrower := narrower - size / 2) > size:
        closer = broken(text, size, narrower, bold=bold, endings=endings)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def broken(
    text: str, size: float, width: float, *, bold: bool = False, endings: Collection[str] = ()
) -> list[str]:
    """`text` in lines no wider than `width`; Chinese breaks anywhere but in the first of `endings` it has, Latin words stay
    whole where they can."""
    lines: list[str] = []
    line = ""
    ending = next((one for one in endings if text.endswith(one) and text != one), "")
    words = _words(text.removesuffix(ending))
    for word in [*words, ending] if ending else words:
        if line and text_width(line + word, size, bold=bold) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
        while text_width(line, size, bold=bold) > width and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and text_width(line[:cut], size, bold=bold) > width:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line.strip() or not lines else lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for one in text:
        latin = one.isascii() and not one.isspace()
        if words and latin and words[-1][-1].isascii() and not words[-1][-1].isspace():
            words[-1] += one
        else:
            words.append(one)
    return words
