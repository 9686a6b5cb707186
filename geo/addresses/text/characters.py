"""One character at a time: its plain form, its sound without tone, and whether it is a numeral.

Tables fill themselves as characters are met, so that importing costs nothing.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

import opencc

from geo.texts import without_radicals

DIGIT_OF = dict(
    zip("〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖", "00123456789" + "2" + "123456789", strict=True)
)
"""Chinese digits, plain and as written on cheques (大写)."""
TENS = {"十": 10, "百": 100, "拾": 10, "佰": 100}
NUMERALS = "".join(DIGIT_OF) + "".join(TENS)
"""Every character of a Chinese number below ten thousand."""

SEPARATOR, PAUSE, OPENING, CLOSING = "-", ",", "(", ")"
_DASHES = "-‐‑‒–—―−﹣－~～∼〜_/／\\|.·•．。ㆍ—ーｰ─━⁃➖ˉ¯"
_PAUSES = ",，、;；:：!！?？*＊\"'“”‘’`。…^=+&%@$￥"
_OPENINGS = "(（[［【〔{｛<＜《〈「『"
_CLOSINGS = ")）]］】〕}｝>＞》〉」』"
_SIGNS = {
    **dict.fromkeys(_DASHES, SEPARATOR),
    **dict.fromkeys(_PAUSES, PAUSE),
    **dict.fromkeys(_OPENINGS, OPENING),
    **dict.fromkeys(_CLOSINGS, CLOSING),
    "＃": "#",
    "№": "#",
    "井": "井",
    "號": "号",
}
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me", "Lm"})
_OTHER_SCRIPTS = (
    (0x0600, 0x08FF),
    (0x0F00, 0x0FFF),
    (0x1800, 0x18AF),
    (0xA000, 0xA4CF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
)
"""Uyghur and Kazakh, Tibetan, Mongolian, Yi: on bilingual plates they say once more what stands in Chinese."""


class _Plain(dict[int, str]):
    """Code point to plain text; what is missing is worked out once."""

    def __init__(self) -> None:
        super().__init__()
        self._simple = opencc.OpenCC("t2s")

    def __missing__(self, code: int) -> str:
        plain = self[code] = self._plain(chr(code))
        return plain

    def _plain(self, char: str) -> str:
        if char in _SIGNS:
            return _SIGNS[char]
        if char.isspace():
            return " "
        char = without_radicals(char)
        category = unicodedata.category(char)
        if any(first <= ord(char) <= last for first, last in _OTHER_SCRIPTS):
            return str(unicodedata.digit(char)) if category == "Nd" else ""
        if category == "Pd":
            return SEPARATOR
        wide = _without_tone(unicodedata.normalize("NFKC", char).upper())
        if category in _DROPPED and wide == char:
            return ""
        if len(wide) > 1 or wide in _SIGNS:
            return "".join(_SIGNS.get(c, c) for c in wide if not c.isspace())
        return self._simple.convert(wide) if wide > "⺀" else wide


def _without_tone(letter: str) -> str:
    """A Latin letter of pinyin without its marks; Ü is typed V."""
    parts = unicodedata.normalize("NFD", letter)
    if len(letter) > 1 or len(parts) == 1 or not "A" <= parts[0] <= "Z":
        return letter
    return "V" if parts[0] == "U" and "\u0308" in parts else parts[0]


PLAIN = _Plain()
"""For `str.translate`: full-width to half-width, traditional to simplified, lower to upper case; dashes, slashes
and dots become `-`, other punctuation `,`, all brackets round, white space one blank; control characters and
pictures vanish, as do the scripts of minorities."""


@cache
def _readings() -> dict[int, str]:
    """Readings by code point. The one table of pypinyin that is needed, without its package: that would load a
    dictionary of phrases, 0.3 s in every process."""
    package = PathFinder.find_spec("pypinyin")
    found = (
        None if package is None else PathFinder.find_spec("pinyin_dict", package.submodule_search_locations)
    )
    if found is None or found.loader is None:
        raise ModuleNotFoundError("pypinyin", name="pypinyin")
    module = module_from_spec(found)
    found.loader.exec_module(module)
    table: dict[int, str] = module.pinyin_dict
    return table


@cache
def sounds(char: str) -> tuple[str, ...]:
    """The readings of a Chinese character without tones, the commonest first; the character itself for others.

    >>> sounds("楼"), sounds("行")[:2], sounds("A")
    (('lou',), ('xing', 'hang'), ('A',))
    """
    found = _readings().get(ord(char))
    if found is None:
        return (char,)
    plain = (
        "".join(
            c
            for c in unicodedata.normalize("NFD", reading)
            if unicodedata.category(c) != "Mn" or c == "\u0308"
        )
        for reading in found.split(",")
    )
    return tuple(dict.fromkeys(reading.replace("u\u0308", "v").replace("\u0308", "") for reading in plain))


def sound(text: str) -> str:
    """Pinyin without tones, one syllable a character, joined by blanks; other characters stand for themselves.

    >>> sound("芙蓉苑A区")
    'fu rong yuan A qu'
    """
    return " ".join([sounds(char)[0] for char in text])
