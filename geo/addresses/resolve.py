"""An address to the building of a register: matched when one is left, ambiguous with all that are, or none.

Gazetteer hits come first, the tail is parsed after them, and the sets of buildings each piece of evidence allows
are intersected. Digits are never bent: 3号楼 is not 13号楼, and the door plate 3号 of a road is not a building.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd

from geo.addresses.characters import NUMERALS
from geo.addresses.classifiers import retyped
from geo.addresses.evidence import Outcome, confidence, evidence_of, grounds, reason
from geo.addresses.fuzzy import How
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.head import NO_HEAD, Area, Door, Head
from geo.addresses.heads import Heads
from geo.addresses.normalise import MOST_CHARACTERS, normalise, without_phones, without_thing_near
from geo.addresses.parse import Parts, parse
from geo.addresses.reading import DOOR
from geo.addresses.rooms import door_of
from geo.addresses.tails import BEGINNINGS, NOTHING, TAIL_CHARACTERS, Tail, read_tail, said_once, split_tail
from geo.addresses.words import words
from geo.errors import Words

Status = Literal["matched", "ambiguous", "none"]
Row = tuple[str | float | Words, ...]
"""One row of `Matcher.match_many`."""
COLUMNS = (
    "status", "building_id", "unit", "room", "floor", "confidence", "candidates", "level", "grid_id", "reason", "complex_id",
)  # fmt: skip
"""Columns of `Matcher.match_many`."""
_KEPT = 200_000
"""Tails and lists of candidates remembered at most."""
_EXPLICIT = frozenset(words("号楼 号栋 号幢 号座 #楼 #栋 #幢 #座 # 栋 幢 座 栋楼 幢楼 座楼 楼栋 楼座"))


_LONGEST_ROOM = 5
"""A longer number is none of a room: perhaps a telephone's."""
_WEAK = ("楼", "号")
"""Classifiers that may as well name a floor or a door plate."""
_OF_BUILDING = ("楼", "栋", "幢", "座")
"""After 3号 one of these makes it the number of a building, not of a road."""
_NUMBERED = re.compile(f"[0-9{NUMERALS}]")


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """What one address means."""

    status: Status
    level: str
    """The finest thing known: room, floor, unit, building, complex, road, street or none."""
    building_id: str | None
    complex_id: str | None
    """Also where only the complex is sure."""
    grid_id: str | None
    """The grid of the building, or of all candidates when they lie in one."""
    unit: str
    floor: str
    room: str
    confidence: float
    """Chance that the building is right, 0–1; 0 where none is named."""
    evidence: tuple[Words, ...]
    """The path to the answer."""
    candidates: tuple[str, ...]
    """Ids of all buildings that fit an ambiguous address."""
    text: str
    """The address as it was given."""

    @property
    def parts(self) -> Parts:
        """What the address says, register or not; read when asked for."""
        return parse(self.text)


class _Answer(NamedTuple):
    """An answer in rows of the gazetteer."""

    outcome: Outcome
    head: Head
    rows: tuple[int, ...]
    unit: str
    floor: str
    room: str
    weak: bool


class Matcher:
    """Matches addresses against one gazetteer. Safe to send to processes; remembers what it has read."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._heads = Heads(gazetteer)
        self._in_brackets = gazetteer.bracketed
        self._tail_of: dict[str, Tail] = {}
        self._all_rows: dict[frozenset[int], tuple[int, ...]] = {}
        self._joined: dict[tuple[int, ...], str] = {}

    def __reduce__(self) -> tuple[type[Matcher], tuple[Gazetteer]]:
        return Matcher, (self.gazetteer,)

    def match(self, text: str) -> AddressMatch:
        """The building that `text` means, with the grounds."""
        answer = self._answer(text)
        status, building, complex_id, grid, level = self._named(answer)
        head = answer.head
        said = grounds(answer.outcome, head, weak=answer.weak)
        buildings = self.gazetteer.buildings
        return AddressMatch(
            status=status,
            level=level,
            building_id=building or None,
            complex_id=complex_id or None,
            grid_id=grid or None,
            unit=answer.unit,
            floor=answer.floor,
            room=answer.room,
            confidence=confidence(head, weak=answer.weak) if status == "matched" else 0.0,
            evidence=evidence_of(head, said),
            candidates=tuple(buildings[row].building_id for row in answer.rows)
            if status == "ambiguous"
            else (),
            text=text,
        )

    def match_many(self, texts: Sequence[str], *, lang: str | None = "zh") -> pd.DataFrame:
        """As `match` for many texts: one row each in their order, columns `COLUMNS`, reasons in `lang`, or as
        `Words` when that is None."""
        return pd.DataFrame(self.rows(texts, lang=lang), columns=list(COLUMNS))

    def rows(self, texts: Sequence[str], *, lang: str | None = "zh") -> list[Row]:
        """The rows of `match_many`, without a table around them."""
        found: list[Row] = []
        for text in texts:
            answer = self._answer(text)
            outcome, head, rows, unit, floor, room, weak = answer
            status, building, complex_id, grid, level = self._named(answer)
            why = reason(outcome, head, weak=weak)
            sure = confidence(head, weak=weak) if status == "matched" else 0.0
            candidates = self._ids_of(rows) if status == "ambiguous" else ""
            found.append(
                (
                    status,
                    building,
                    unit,
                    room,
                    floor,
                    sure,
                    candidates,
                    level,
                    grid,
                    why if lang is None else why.text(lang),
                    complex_id,
                )
            )
        return found

    # ------------------------------------------------------------ one address

    def _answer(self, text: str) -> _Answer:
        if len(text) > MOST_CHARACTERS:
            return _Answer(Outcome.TOO_LONG, NO_HEAD, (), "", "", "", weak=False)
        plain = normalise(text, self._in_brackets)
        answer = self._read(plain)
        settled = answer.outcome in (Outcome.MATCHED, Outcome.ELSEWHERE, Outcome.EMPTY)
        if settled and not answer.head.left and len(answer.room) <= _LONGEST_ROOM:
            return answer
        once = said_once(plain) if answer.head.left else plain
        again = retyped(without_thing_near(without_phones(once)))
        if again == plain:
            return answer
        second = self._read(again)
        better = second.outcome is Outcome.MATCHED or (second.outcome <= Outcome.CONFLICT and not settled)
        return second if better else answer

    def _read(self, plain: str) -> _Answer:
        if not plain:
            return _Answer(Outcome.EMPTY, NO_HEAD, (), "", "", "", weak=False)
        front, back, _ = split_tail(plain)
        head = self._heads.read(front)
        if head.open_road:
            door = DOOR.match(back)
            if door is not None and not back.startswith(_OF_BUILDING, door.end()):
                front, back = front + door[0], back[door.end() :].lstrip("-")
                head = self._heads.read(front)
        tail = self._tail("A-" + back if head.building else back)
        if head.elsewhere or not head.owners:
            return _Answer(_why_nobody(head), head, (), tail.unit, tail.floor, tail.room, weak=False)
        return self._placed(head, tail)

    def _tail(self, back: str) -> Tail:
        tail = self._tail_of.get(back)
        if tail is None:
            if len(self._tail_of) >= _KEPT:
                self._tail_of.clear()
            tail = self._tail_of[back] = read_tail(back) if back != "A-" else NOTHING
        return tail

    def _placed(self, head: Head, tail: Tail) -> _Answer:
        """The building among those of the complexes that the head allows."""
        if head.sole >= 0 and not tail.others:  # nine addresses of ten
            row = self.gazetteer.complexes[head.sole].buildings.get(head.building or tail.building, -1)
            if row >= 0:
                weak = tail.mark in _WEAK or not tail.whole
                unit, floor, room = door_of(self.gazetteer.buildings[row], tail)
                return _Answer(Outcome.MATCHED, head, (row,), unit, floor, room, weak)
        left_over = head.left
        if left_over and not (head.building or tail.building):
            tail, left_over = _tail_within(left_over, tail)
        rows = self._rows(head, tail)
        outcome = self._outcome(head, tail, rows, left_over)
        weak = tail.mark in _WEAK or not tail.whole
        if outcome is Outcome.UNKNOWN_BUILDING:
            rows = ()
        if outcome is not Outcome.MATCHED:
            return _Answer(outcome, head, rows, tail.unit, tail.floor, tail.room, weak=weak)
        unit, floor, room = door_of(self.gazetteer.buildings[rows[0]], tail)
        return _Answer(outcome, head, rows, unit, floor, room, weak=weak)

    def _rows(self, head: Head, tail: Tail) -> tuple[int, ...]:
        """The buildings that are said, in all complexes the head allows; all of theirs when none is said."""
        key = head.building or tail.building
        if not key:
            return self._rows_of(head.owners)
        complexes = self.gazetteer.complexes
        found = [complexes[owner].buildings.get(key, -1) for owner in head.owners]
        if tail.others:
            found += [
                complexes[owner].buildings.get(other, -1) for owner in head.owners for other in tail.others
            ]
        elif len(found) == 1:
            return tuple(found) if found[0] >= 0 else ()
        return tuple(sorted({row for row in found if row >= 0}))

    def _outcome(self, head: Head, tail: Tail, rows: tuple[int, ...], left_over: str) -> Outcome:
        """What these buildings are to the address."""
        said = bool(head.building or tail.building)
        if not rows:
            return Outcome.UNKNOWN_BUILDING if said else Outcome.NO_BUILDING_SAID
        if head.door is Door.CONFLICT:
            return Outcome.CONFLICT if said else self._unsaid(head)
        if len(rows) > 1:
            return Outcome.SEVERAL if said else Outcome.NO_BUILDING_SAID
        if not said and left_over:
            return Outcome.NO_BUILDING_SAID
        if left_over and not (tail.mark in _EXPLICIT or (tail.mark == "-" and tail.unit)):
            return Outcome.DOUBTFUL
        if _NUMBERED.search(left_over) or tail.others:
            return Outcome.DOUBTFUL
        twice = head.area is Area.DIFFERS or head.door is Door.UNKNOWN
        if head.how is not How.EXACT and twice:
            return Outcome.TWO_DOUBTS
        return Outcome.MATCHED

    def _unsaid(self, head: Head) -> Outcome:
        """What an unknown stretch without a building is: behind the plate of houses of no complex, a doubt of its own."""
        complexes = self.gazetteer.complexes
        of_complex = head.name or any(complexes[owner].complex_id for owner in head.owners)
        return Outcome.NO_BUILDING_SAID if of_complex else Outcome.AFTER_PLATE

    def _rows_of(self, owners: frozenset[int]) -> tuple[int, ...]:
        rows = self._all_rows.get(owners)
        if rows is None:
            complexes = self.gazetteer.complexes
            rows = self._all_rows[owners] = tuple(
                row for owner in sorted(owners) for row in complexes[owner].rows
            )
        return rows

    # ------------------------------------------------------------ what is told

    def _named(self, answer: _Answer) -> tuple[Status, str, str, str, str]:
        """Status, building, complex, grid and level."""
        buildings, complexes = self.gazetteer.buildings, self.gazetteer.complexes
        owners = answer.head.owners
        complex_id = complexes[next(iter(owners))].complex_id if len(owners) == 1 else ""
        if answer.outcome is Outcome.MATCHED:
            building = buildings[answer.rows[0]]
            level = (
                "room" if answer.room else "floor" if answer.floor else "unit" if answer.unit else "building"
            )
            complex_id = complexes[building.complex_row].complex_id
            return "matched", building.building_id, complex_id, building.grid_id, level
        if not answer.rows:
            level = "complex" if complex_id else "road" if answer.head.road else "none"
            return "none", "", complex_id, "", level
        grid = buildings[answer.rows[0]].grid_id
        if grid and any(buildings[row].grid_id != grid for row in answer.rows):
            grid = ""
        return "ambiguous", "", complex_id, grid, "complex" if complex_id else "none"

    def _ids_of(self, rows: tuple[int, ...]) -> str:
        """The ids of buildings joined by `|`."""
        known = self._joined.get(rows)
        if known is None:
            buildings = self.gazetteer.buildings
            known = "|".join([buildings[row].building_id for row in rows])
            if len(self._joined) < _KEPT:
                self._joined[rows] = known
        return known


def _tail_within(left: str, tail: Tail) -> tuple[Tail, str]:
    """The tail that a stretch after the name begins with, where words follow it, and those words: 3号楼地下室."""
    end = len(left) - len(left.lstrip(TAIL_CHARACTERS))
    found = read_tail(left[:end]) if end and left[0] in BEGINNINGS else NOTHING
    return (found, left[end:]) if found.building else (tail, left)


def _why_nobody(head: Head) -> Outcome:
    """Why no complex was found."""
    if head.elsewhere:
        return Outcome.ELSEWHERE
    if head.near:
        return Outcome.NEAR_NAME
    if head.door is Door.UNKNOWN:
        return Outcome.UNKNOWN_PLATE
    if head.written:
        return Outcome.UNKNOWN_NAME
    if head.road:
        return Outcome.ROAD_ONLY
    return Outcome.NO_NAME
