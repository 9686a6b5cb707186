"""Type-ahead over a gazetteer: complexes, roads and buildings by characters, by pinyin or by initials."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from geo.addresses.characters import sound
from geo.addresses.gazetteer import Complex, Gazetteer
from geo.addresses.normalise import MOST_CHARACTERS, normalise, plain_name
from geo.addresses.numerals import numbers_to_digits

_LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing the beginning of an address may become."""

    label: str
    """The whole text to put into the field."""
    kind: Literal["complex", "road", "building"]
    complex_id: str | None
    building_id: str | None


class Suggester:
    """Completes what is being typed. Safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        things = [Suggestion(home.name, "complex", home.complex_id, None) for home in gazetteer.complexes]
        things += [Suggestion(road, "road", None, None) for road in gazetteer.roads]
        self._things = things
        self._rows = {home.complex_id: row for row, home in enumerate(gazetteer.complexes)}
        keys = {(plain_name(thing.label), row) for row, thing in enumerate(things)}
        for spelling, (_, owners) in gazetteer.names.exact.items():
            keys.update((spelling, owner) for owner in owners)
        spoken = set()
        for key, row in keys:
            syllables = sound(key).split(" ")
            spoken.add(("".join(syllables).upper(), row))
            spoken.add(("".join(syllable[:1] for syllable in syllables).upper(), row))
        self._keys = sorted(keys | spoken)

    def suggest(self, text: str, *, limit: int = 10) -> list[Suggestion]:
        """At most `limit` completions of `text`, the shortest first; buildings once a complex is written out.

        >>> import pandas as pd
        >>> homes = pd.DataFrame({"complex_id": ["C1"], "name": ["芙蓉苑"]})
        >>> houses = pd.DataFrame({"building_id": ["B1", "B2"], "complex_id": ["C1", "C1"], "name": ["3号楼", "13号楼"]})
        >>> suggester = Suggester(Gazetteer.from_frames(homes, houses))
        >>> [one.label for one in suggester.suggest("fry")], [one.label for one in suggester.suggest("芙蓉苑3")]
        (['芙蓉苑'], ['芙蓉苑3号楼'])
        """
        typed = normalise(text[:MOST_CHARACTERS])
        if not typed or limit < 1:
            return []
        rows = self._beginning_with(typed) or self._containing(typed)
        found = [self._things[row] for row in rows[:limit]]
        if len(found) < limit:
            for suggestion in self._buildings(typed):
                if len(found) == limit:
                    break
                found.append(suggestion)
        return found

    def _beginning_with(self, typed: str) -> list[int]:
        begin = bisect_left(self._keys, (typed, -1))
        end = bisect_left(self._keys, (typed + _LAST, -1))
        rows = dict.fromkeys(row for _, row in self._keys[begin:end])
        return sorted(rows, key=self._order)

    def _containing(self, typed: str) -> list[int]:
        rows = dict.fromkeys(row for key, row in self._keys if typed in key)
        return sorted(rows, key=self._order)

    def _order(self, row: int) -> tuple[int, str]:
        label = self._things[row].label
        return len(label), label

    def _buildings(self, typed: str) -> Iterator[Suggestion]:
        """Buildings of the complexes whose name `typed` begins with."""
        for end in range(len(typed), 1, -1):
            known = self._gazetteer.names.exact.get(typed[:end])
            if known is None:
                continue
            number = numbers_to_digits(typed[end:])
            for row in sorted(known[1]):
                yield from self._of(self._gazetteer.complexes[row], number)
            return

    def _of(self, home: Complex, number: str) -> Iterator[Suggestion]:
        for row in home.rows:
            house = self._gazetteer.buildings[row]
            if house.key.startswith(number) or plain_name(house.name).startswith(number):
                yield Suggestion(home.name + house.name, "building", home.complex_id, house.building_id)
