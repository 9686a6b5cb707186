"""Chinese numbers in addresses: 十三, 一百零八, 二〇一, 四0一, 叁; only where the caller knows a number stands."""

from __future__ import annotations

import re

from geo.addresses.text.characters import DIGIT_OF, NUMERALS

NUMBER = f"[0-9{NUMERALS}]+"
"""A run of digits of either script."""
_RUN = re.compile(f"[0-9]*[{NUMERALS}][0-9{NUMERALS}]*")
_PLAIN = str.maketrans({**DIGIT_OF, "拾": "十", "佰": "百"})
_SPOKEN = re.compile(r"(?:([1-9]?)(百))?(0?)(?:([1-9]?)(十))?([0-9]?)")
_ONES: tuple[str, ...] = ("", *"一二三四五六七八九")


def to_digits(text: str) -> str:
    """One run of numerals as digits: spoken numbers by value, others digit by digit.

    >>> to_digits("十三"), to_digits("一百零八"), to_digits("二〇一"), to_digits("四0一"), to_digits("叁")
    ('13', '108', '201', '401', '3')
    """
    if text.isascii():
        return text
    plain = text.translate(_PLAIN)
    if "十" not in plain and "百" not in plain:
        return plain
    found = _SPOKEN.fullmatch(plain)
    if found is None:  # 五十六七 is no number of a building; its digits are kept as they stand
        return plain.replace("十", "").replace("百", "")
    hundreds, has_hundreds, _, tens, has_tens, ones = found.groups()
    value = int(hundreds or 1) * 100 if has_hundreds else 0
    value += int(tens or 1) * 10 if has_tens else 0
    return str(value + int(ones or 0))


def numbers_to_digits(text: str) -> str:
    """Every run of numerals in `text` as digits; for text in which all of them are numbers.

    >>> numbers_to_digits("十二号楼三单元一0二室")
    '12号楼3单元102室'
    """
    return text if text.isascii() else _RUN.sub(lambda run: to_digits(run[0]), text)


def to_chinese(number: int) -> str:
    """A number from 1 in Chinese.

    >>> to_chinese(3), to_chinese(12), to_chinese(20)
    ('三', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    if tens > len(_ONES) - 1:
        import cn2an  # takes a sixth of a second to load, a tenth of what the answer to one address may cost

        return str(cn2an.an2cn(number, "low"))
    ten = _ONES[tens].removeprefix("一") + "十" if tens else ""
    return ten + _ONES[ones]
