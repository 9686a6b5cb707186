"""Type-ahead over a gazetteer: complexes, roads and buildings by characters, by pinyin or by initials."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Literal

from geo.addresses.parts.tails import STEMS
from geo.addresses.register.gazetteer import Complex, Gazetteer
from geo.addresses.text.characters import sound
from geo.addresses.text.normalise import MOST_CHARACTERS, normalise, plain_name
from geo.addresses.text.numerals import numbers_to_digits

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
        things = [
            Suggestion(home.name, "complex", home.complex_id, None)
            for home in gazetteer.complexes
            if home.complex_id
        ]
        things += [Suggestion(road, "road", None, None) for road in gazetteer.roads if road[-1:] not in STEMS]
        things += _houses(gazetteer)
        self._things = sorted(
            things, key=lambda thing: (len(thing.label), thing.label, thing.complex_id or "")
        )
        row_of = {thing.complex_id: row for row, thing in enumerate(self._things)}
        keys = {(plain_name(thing.label), row) for row, thing in enumerate(self._things)}
        for spelling, (_, owners) in gazetteer.names.exact.items():
            keys.update((spelling, row_of[gazetteer.complexes[owner].complex_id]) for owner in owners)
        spoken = set()
        for key, row in keys:
            syllables = sound(key).split(" ")
            spoken.add(("".join(syllables).upper(), row))
            spoken.add(("".join(syllable[:1] for syllable in syllables).upper(), row))
        self._keys = sorted(keys | spoken)
        self._text = "\n" + "\n".join(key for key, _ in self._keys)
        self._starts = list(accumulate((len(key) + 1 for key, _ in self._keys), initial=0))
        areas = gazetteer.areas
        names = [
            areas.province,
            areas.city,
            areas.district,
            *(name for name, _ in (*areas.streets, *areas.communities)),
        ]
        self._areas = tuple(plain_name(name) for name in names if name)

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
        rows = (
            self._beginning_with(typed)
            or self._beginning_with(self._after_areas(typed))
            or self._containing(typed)
        )
        found = [self._things[row] for row in sorted(rows)[:limit]]
        if len(found) < limit:
            found += islice(self._buildings(self._after_areas(typed)), limit - len(found))
        return found

    def _after_areas(self, typed: str) -> str:
        """What follows own areas at the beginning."""
        while (area := next((name for name in self._areas if typed.startswith(name)), "")) and len(
            typed
        ) > len(area):
            typed = typed[len(area) :]
        return typed

    def _beginning_with(self, typed: str) -> set[int]:
        begin = bisect_left(self._keys, (typed, -1))
        end = bisect_left(self._keys, (typed + _LAST, -1))
        return {row for _, row in self._keys[begin:end]}

    def _containing(self, typed: str) -> set[int]:
        rows: set[int] = set()
        at = self._text.find(typed)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            rows.add(self._keys[number][1])
            at = self._text.find(
                typed, self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
            )
        return rows

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


def _houses(gazetteer: Gazetteer) -> Iterator[Suggestion]:
    """The houses of no complex, by their road addresses."""
    for (road, plate), owners in gazetteer.doors.items():
        for owner in sorted(owners):
            home = gazetteer.complexes[owner]
            for row in () if home.complex_id else home.rows:
                house = gazetteer.buildings[row]
                label = f"{gazetteer.roads[road]}{plate}号{house.name if len(home.rows) > 1 else ''}"
                yield Suggestion(label, "building", None, house.building_id)
