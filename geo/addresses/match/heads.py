"""The front of an address read against a gazetteer: areas, roads and names found in one pass, others rejected."""

from __future__ import annotations

import re

import ahocorasick

from geo.addresses.match.elsewhere import Elsewhere
from geo.addresses.match.head import NO_HEAD, Head, judged
from geo.addresses.match.reading import Reading
from geo.addresses.match.tokens import Kind, Token, Tokens, community_spellings, street_spellings
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.normalise import plain_name
from geo.addresses.text.words import NEAR_WORDS, PREFIX, SUFFIXES

_PLACED = (Kind.STREET, Kind.COMMUNITY, Kind.ROAD, Kind.COMPLEX)
_NAMED = (Kind.ROAD, Kind.COMPLEX)
_AREAS = (Kind.AREA, Kind.STREET, Kind.COMMUNITY)
_ENDING_LENGTH = 2
_N = f"[0-9A-Z{NUMERALS}]"
_LEVEL = re.compile(f"{_N}(?:号?[楼栋幢座]|[室户层#]|单元|门|号?-?[0-9])")
_OF_NOW = "现在?居?住在?|现居住?在?|现住址|居住地?"
_OF_THEN = "原居?住在?|曾住在?|户籍地?址?|户口地?址?|原址|原籍"
_BETWEEN = f"(?:{_OF_NOW}|{_OF_THEN}|[-和及与或兼并另→]|以及|另有|还有|另外|或者|同时|搬[到至]|迁[到至]|改为|转[到至]|(?<=[室户层])[0-9]{{1,2}})"
"""What stands between two addresses, or numbers the second."""
_AFTER_LEVEL = re.compile(f"{_N}(?:号?[楼栋幢座]|[室户层#]|单元|门){_BETWEEN}{{0,2}}$")
_AFTER_NUMBER = re.compile(f"{_N}号?{_BETWEEN}{{0,2}}$")
_JOINED = re.compile(f"^{_BETWEEN}+|{_BETWEEN}+$")
_NUMBERING = re.compile("^[0-9]{1,2}(?=[\u4e00-\u9fff])(?![号栋幢楼座单室层门弄院])")
"""1、 before the first of several addresses."""
_NOW = re.compile(f"(?:{_OF_NOW})$")
_THEN = re.compile(f"(?:{_OF_THEN})$")
_KEPT = 200_000
"""Heads and their halves remembered at most."""

Members = tuple[frozenset[int], ...]


class Heads:
    """Reads heads and remembers them; keep one for a gazetteer.

    Most addresses begin with own areas in full: these are taken off and read once for each way to write them,
    so that what follows is read once for all of them.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._tokens = Tokens(gazetteer)
        self._elsewhere = Elsewhere(gazetteer.areas)
        self._members: dict[str, set[int]] = {}
        names = {plain_name(gazetteer.areas.district)}
        for row, home in enumerate(gazetteer.complexes):
            street, community = plain_name(home.street), plain_name(home.community)
            names.update((street, community))
            for word in (*street_spellings(street), *community_spellings(community)):
                self._members.setdefault(word, set()).add(row)
        self._endings = tuple(
            sorted({name[-_ENDING_LENGTH:] for name in names if len(name) >= _ENDING_LENGTH})
        )
        self._with_area = ahocorasick.Automaton()
        for word, kind in self._tokens.kinds.items():
            if kind in _NAMED and any(ending in word[:-1] for ending in self._endings):
                self._with_area.add_word(word, len(word))
        if len(self._with_area):
            self._with_area.make_automaton()
        self._read: dict[str, Head] = {}
        self._rests: dict[str, Head | None] = {}
        self._fronts: dict[str, Members | None] = {}

    def read(self, head: str) -> Head:
        """What `head` (normalised, without its tail) means."""
        known = self._read.get(head)
        if known is None:
            if len(self._read) >= _KEPT:
                self._read.clear()
                self._rests.clear()
                self._fronts.clear()
            known = self._read[head] = self._fresh(head)
        return known

    def parted(self, text: str) -> list[str]:
        """A normalised text cut where a second address begins: before a name that follows the numbers of another.

        >>> import pandas as pd
        >>> homes = pd.DataFrame({"complex_id": ["C1", "C2"], "name": ["芙蓉苑", "丹泽苑"]})
        >>> houses = pd.DataFrame({"building_id": ["B1"], "complex_id": ["C1"], "name": ["3号楼"]})
        >>> Heads(Gazetteer.from_frames(homes, houses)).parted("芙蓉苑3号楼501室和丹泽苑2幢")
        ['芙蓉苑3号楼501室', '丹泽苑2幢']

        Where it says which of them is lived in, only that one is given: 芙蓉苑3号楼，现住丹泽苑2幢.
        """
        pieces, began = [], 0
        begins = None
        named = Kind.GAP
        for token in self._tokens.of(text):
            if token.kind in _AREAS:
                begins = token.start if begins is None else begins
                continue
            if token.kind in _NAMED:
                start = token.start if begins is None else begins
                ended = _AFTER_LEVEL.search(text, began, start) or (
                    named is Kind.COMPLEX and _AFTER_NUMBER.search(text, began, start)
                )
                if named is not Kind.GAP and ended:
                    pieces.append(text[began:start])
                    began = start
                named = token.kind
            begins = None
        pieces.append(text[began:])
        if len(pieces) > 1:
            pieces[0] = _NUMBERING.sub("", pieces[0])
        return [piece for part in _lived_in(pieces) if (piece := _JOINED.sub("", part))]

    def _fresh(self, head: str) -> Head:
        read = self._alone(head)
        return read._replace(two=True) if _LEVEL.search(head) and self.parted(head) != [head] else read

    def _alone(self, head: str) -> Head:
        found = PREFIX.match(head)
        text = head[found.end() :] if found is not None else head
        cut = 0
        for ending in self._endings:
            cut = max(cut, text.rfind(ending) + _ENDING_LENGTH)
        inside = _ENDING_LENGTH < cut < len(text)
        if inside and not text.startswith(SUFFIXES, cut) and not self._in_name(text, cut):
            members = self._front(text[:cut])
            if members is not None:
                rest = text[cut:]
                read = self._rests.get(rest)
                if read is None:
                    read = self._rests[rest] = Reading(
                        self._gazetteer, rest, list(self._tokens.of(rest))
                    ).concluded()
                return judged(read, members)
        return self._whole(text)

    def _in_name(self, text: str, at: int) -> bool:
        """Whether `at` lies within a known name, one that has an area in it: 秦都区 of 秦都区机关家属院."""
        if not len(self._with_area):
            return False
        return any(last + 1 - length < at <= last for last, length in self._with_area.iter(text))

    def _front(self, front: str) -> Members | None:
        """The complexes of each street and community in a stretch of own areas; None when it is something else."""
        if front not in self._fronts:
            tokens = list(self._tokens.of(front))
            own = all(token.kind in _AREAS for token in tokens)
            self._fronts[front] = self._members_of(tokens) if own else None
        return self._fronts[front]

    def _whole(self, text: str) -> Head:
        tokens = list(self._tokens.of(text))
        elsewhere, end = self._elsewhere.found(text)
        for token in tokens:  # another district may follow a landmark
            if not elsewhere and token.kind is Kind.LANDMARK and token.text not in NEAR_WORDS:
                form = PREFIX.match(text, token.end)
                begin = token.end if form is None else form.end()
                elsewhere, end = self._elsewhere.found(text[begin:])
                end += begin
        if elsewhere and not any(t.kind in _PLACED and t.start < end <= t.end for t in tokens):
            return NO_HEAD._replace(elsewhere=elsewhere)
        return judged(Reading(self._gazetteer, text, tokens).concluded(), self._members_of(tokens))

    def _members_of(self, tokens: list[Token]) -> Members:
        """The complexes in each named street and community."""
        return tuple(
            frozenset(self._members.get(token.text, ()))
            for token in tokens
            if token.kind in (Kind.STREET, Kind.COMMUNITY)
        )


def _lived_in(pieces: list[str]) -> list[str]:
    """The addresses that a text says are lived in today; all where it does not say."""
    for at in range(1, len(pieces)):
        if _NOW.search(pieces[at - 1]):
            return [pieces[at]]
        if _THEN.search(pieces[at - 1]):
            return pieces[:at]
    return pieces
