"""Other ways to write an address that leads nowhere as it stands: levels in order, pinyin in Chinese, letters as digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.addresses.match.doubts import LETTERS, ORDER, PINYIN
from geo.addresses.match.pinyin import Pinyin
from geo.addresses.parts.tails import BEGINNINGS
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.characters import NUMERALS, PLAIN
from geo.addresses.text.lookalikes import digits_for_letters
from geo.addresses.text.normalise import normalise
from geo.addresses.text.order import in_order
from geo.addresses.text.words import CITY_OF_NAME, NO_DISTRICT

AREA_LAST = frozenset("省市区县镇乡道社")
"""An address that ends so may name its areas last."""
_LEVEL_LAST = re.compile(rf"[0-9A-Za-z]$|[0-9A-Za-z{NUMERALS}东西南北中号单#][室户号层楼栋幢座元门#]$")
"""An address that begins with a name and ends so has its levels in order."""
_PINYIN = re.compile("[A-Z]{2}|[\u4e00-\u9fff][AEO][\u4e00-\u9fff]")


class OtherWays:
    """Writes addresses of one gazetteer in other ways."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._areas = gazetteer.areas
        self._in_brackets = gazetteer.bracketed
        self._pinyin = Pinyin(gazetteer)

    def of(self, written: str, plain: str) -> Iterator[tuple[list[str], int]]:
        """Other ways to write a text, normalised, several where names sound alike, with what they make doubtful."""
        ways = [(plain, 0)]
        ordered = self.ordered(written, plain)
        if ordered is not None:
            ways.insert(0, (ordered, ORDER))
            yield [ordered], ORDER
        if _PINYIN.search(plain) is not None:
            for text, doubts in ways:
                yield [normalise(way) for way in self._pinyin.in_chinese(text)], doubts | PINYIN
        edged = digits_for_letters(written, edges=True)
        if edged != written:
            yield [normalise(edged, self._in_brackets)], LETTERS

    def ordered(self, written: str, plain: str) -> str | None:
        """The text with its levels from large to small, normalised; None when they are so."""
        if plain[0] not in BEGINNINGS and _LEVEL_LAST.search(written[-2:]):
            return None
        ordered = in_order(written.translate(PLAIN))
        return None if ordered is None else normalise(ordered, self._in_brackets)

    def end_elsewhere(self, left: str, written: str) -> bool:
        """Whether what is left after the name ends, as the text does, with a district or city that is not the own:
        2幢芙蓉苑渭城区."""
        if not left or not written.endswith(left[-2:]):
            return False
        areas = self._areas
        for own in (areas.province, areas.city, areas.district):
            left = left.removesuffix(own)
        if not left.endswith(("区", "县", "市")):
            return False
        return not NO_DISTRICT.search(left) or CITY_OF_NAME.search(left) is not None
