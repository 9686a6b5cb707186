"""The front of an address read against a gazetteer: areas, roads and names found in one pass, others rejected."""

from __future__ import annotations

import ahocorasick

from geo.addresses.elsewhere import Elsewhere
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.head import NO_HEAD, Head, judged
from geo.addresses.normalise import plain_name
from geo.addresses.reading import Reading
from geo.addresses.tokens import Kind, Token, Tokens, community_spellings, street_spellings
from geo.addresses.words import NEAR_WORDS, PREFIX, SUFFIXES

_PLACED = (Kind.STREET, Kind.COMMUNITY, Kind.ROAD, Kind.COMPLEX)
_NAMED = (Kind.ROAD, Kind.COMPLEX)
_AREAS = (Kind.AREA, Kind.STREET, Kind.COMMUNITY)
_ENDING_LENGTH = 2
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

    def _fresh(self, head: str) -> Head:
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
