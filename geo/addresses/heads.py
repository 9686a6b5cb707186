"""The front of an address read against a gazetteer: areas, roads and names found in one pass, others rejected."""

from __future__ import annotations

from geo.addresses.elsewhere import Elsewhere
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.head import NO_HEAD, Head
from geo.addresses.normalise import plain_name
from geo.addresses.reading import Reading
from geo.addresses.tokens import Kind, Token, Tokens, community_spellings, street_spellings
from geo.addresses.words import PREFIX

_PLACED = (Kind.STREET, Kind.COMMUNITY, Kind.ROAD, Kind.COMPLEX)


class Heads:
    """Reads heads; keep one for a gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._tokens = Tokens(gazetteer)
        self._elsewhere = Elsewhere(gazetteer.areas)
        self._streets: dict[str, set[int]] = {}
        self._communities: dict[str, set[int]] = {}
        for row, home in enumerate(gazetteer.complexes):
            for word in street_spellings(plain_name(home.street)):
                self._streets.setdefault(word, set()).add(row)
            for word in community_spellings(plain_name(home.community)):
                self._communities.setdefault(word, set()).add(row)

    def read(self, head: str) -> Head:
        """What `head` (normalised, without its tail) means."""
        found = PREFIX.match(head)
        text = head[found.end() :] if found is not None else head
        tokens = list(self._tokens.of(text))
        elsewhere, end = self._elsewhere.found(text)
        if elsewhere and not any(t.kind in _PLACED and t.start < end <= t.end for t in tokens):
            return NO_HEAD._replace(elsewhere=elsewhere)
        return Reading(self._gazetteer, text, tokens).concluded(self._area_of(tokens))

    def _area_of(self, tokens: list[Token]) -> list[set[int]]:
        """The complexes in each named street and community."""
        found = []
        for token in tokens:
            if token.kind is Kind.STREET:
                found.append(self._streets.get(token.text, set()))
            elif token.kind is Kind.COMMUNITY:
                found.append(self._communities.get(token.text, set()))
        return found
