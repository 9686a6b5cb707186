"""One pass over an address for everything a gazetteer and the language know: areas, roads, complexes, landmarks."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

import ahocorasick

from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.addresses.text.names import Form
from geo.addresses.text.normalise import plain_name
from geo.addresses.text.words import LANDMARK_WORDS, NEAR_WORDS, WAYS_IN

_LEAST_NAME = 2


class Kind(IntEnum):
    """What a stretch of an address is."""

    GAP = 0
    """Nothing known."""
    AREA = 1
    """Province, city or district of the gazetteer."""
    STREET = 2
    COMMUNITY = 3
    ROAD = 4
    COMPLEX = 5
    BUILDING = 6
    """The name of a building that carries no number."""
    WAY_IN = 7
    LANDMARK = 8


class Token(NamedTuple):
    """A stretch of an address."""

    kind: Kind
    start: int
    end: int
    text: str


class Tokens:
    """Finds the longest known words from the left, and what lies between them."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.kinds: dict[str, Kind] = {}
        for word in WAYS_IN:
            self.kinds[word] = Kind.WAY_IN
        for word in (*LANDMARK_WORDS, *NEAR_WORDS):
            self.kinds[word] = Kind.LANDMARK
        for word in gazetteer.named_buildings:
            self.kinds[word] = Kind.BUILDING
        self.kinds.update(_area_words(gazetteer.areas, gazetteer))
        for road in gazetteer.road_names.exact:
            self.kinds[road] = Kind.ROAD
        for spelling, (form, _) in gazetteer.names.exact.items():
            if form is not Form.CORE and len(spelling) >= _LEAST_NAME:
                self.kinds[spelling] = Kind.COMPLEX
        self._machine = ahocorasick.Automaton()
        for word, kind in self.kinds.items():
            if word:
                self._machine.add_word(word, (kind, len(word)))
        self._machine.make_automaton()

    def of(self, text: str) -> Iterator[Token]:
        """The stretches of `text` from left to right, without holes."""
        at = 0
        for last, (kind, length) in self._machine.iter_long(text):
            end = last + 1
            start = end - length
            if start > at:
                yield Token(Kind.GAP, at, start, text[at:start])
            yield Token(kind, start, end, text[start:end])
            at = end
        if at < len(text):
            yield Token(Kind.GAP, at, len(text), text[at:])


def _area_words(areas: Areas, gazetteer: Gazetteer) -> Iterator[tuple[str, Kind]]:
    province, city, district = (plain_name(name) for name in (areas.province, areas.city, areas.district))
    short = province.removesuffix("省"), city.removesuffix("市")
    for word in (
        province,
        city,
        district,
        short[0] + city,
        short[1] + district,
        short[0] + short[1] + district,
    ):
        if len(word) > _LEAST_NAME:
            yield word, Kind.AREA
    streets = [name for name, _ in areas.streets] + [home.street for home in gazetteer.complexes]
    others = [other for _, names in areas.streets for other in names]
    for street in {plain_name(name) for name in (*streets, *others)}:
        for word in street_spellings(street):
            yield word, Kind.STREET
    communities = [name for name, _ in areas.communities] + [home.community for home in gazetteer.complexes]
    for community in {plain_name(name) for name in communities}:
        for word in community_spellings(community):
            yield word, Kind.COMMUNITY


def street_spellings(street: str) -> tuple[str, ...]:
    """A street office in its spellings.

    >>> street_spellings("中华路街道")
    ('中华路街道', '中华路街道办事处', '中华路街道办', '中华路街办', '中华路办事处')
    """
    if not street.endswith("街道"):
        return (street,) if street else ()
    stem = street.removesuffix("街道")
    return street, f"{street}办事处", f"{street}办", f"{stem}街办", f"{stem}办事处"


def community_spellings(community: str) -> tuple[str, ...]:
    """A community in its spellings.

    >>> community_spellings("桃安社区")
    ('桃安社区', '桃安社区居委会', '桃安居委会', '桃安社区居民委员会', '桃安居民委员会')
    """
    if not community.endswith("社区"):
        return (community,) if community else ()
    stem = community.removesuffix("社区")
    return community, f"{community}居委会", f"{stem}居委会", f"{community}居民委员会", f"{stem}居民委员会"
