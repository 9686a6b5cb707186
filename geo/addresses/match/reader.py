"""One address read against a gazetteer to what it means in rows of it: first as it stands, then in other ways.

Other ways are tried only where the first reading leads nowhere: landmarks, telephones and wrong classifiers off,
pinyin in Chinese, levels in order, letters before digits as digits. Digits are never bent.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.match.doubts import LETTERS, NO_SUCH_STOREY, NO_SUCH_UNIT, ORDER, PINYIN, WEAK
from geo.addresses.match.evidence import Outcome
from geo.addresses.match.head import NO_HEAD, Area, Door, Head
from geo.addresses.match.heads import Heads
from geo.addresses.match.other_ways import AREA_LAST, OtherWays
from geo.addresses.match.pinyin import has_pinyin, levels_in_chinese
from geo.addresses.match.reading import DOOR
from geo.addresses.match.rooms import door_of
from geo.addresses.parts.classifiers import retyped
from geo.addresses.parts.tails import (
    BEGINNINGS,
    NOTHING,
    TAIL_CHARACTERS,
    Tail,
    read_tail,
    said_once,
    split_tail,
)
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.characters import NUMERALS
from geo.addresses.text.fuzzy import How
from geo.addresses.text.lookalikes import digits_for_letters
from geo.addresses.text.normalise import MOST_CHARACTERS, normalise, without_phones, without_thing_near
from geo.addresses.text.words import words

_KEPT = 200_000
"""Tails remembered at most."""
_KEPT_LISTS = 2_000
"""Lists of all buildings of some complexes remembered at most."""
_EXPLICIT = frozenset(words("号楼 号栋 号幢 号座 #楼 #栋 #幢 #座 # 栋 幢 座 栋楼 幢楼 座楼 楼栋 楼座"))
_LONGEST_ROOM = 5
"""A longer number is none of a room: perhaps a telephone's."""
_WEAK = ("楼", "号")
"""Classifiers that may as well name a floor or a door plate."""
_OF_BUILDING = ("楼", "栋", "幢", "座")
"""After 3号 one of these makes it the number of a building, not of a road."""
_NUMBERED = re.compile(f"[0-9{NUMERALS}]")
_TWO_PLATES = re.compile("[0-9]{4}|[0-9]{6}")
_LISTED = re.compile(r"(?<=[楼栋幢座#室户层])(?:以及|[和及与或])(?=[0-9A-Z]+(?:号|#|[楼栋幢座]))")
"""Between buildings of one complex: 3号楼和5号楼."""
_RARE = re.compile("[A-Za-z]{2}|[和及与或與]")
_ROOMS = re.compile(r"(?<=[0-9室])(?:以及|[和及与或])(?=[0-9]{3})")
"""Between rooms of one building: 501和502室."""
_SETTLED = (Outcome.EMPTY, Outcome.TWO_ADDRESSES)
"""No other way of writing leads further."""
_MOST_ADDRESSES = 5
"""So many addresses of one cell are told apart."""


class Answer(NamedTuple):
    """What an address means in rows of the gazetteer."""

    outcome: Outcome
    head: Head
    rows: tuple[int, ...]
    unit: str
    floor: str
    room: str
    doubts: int
    """Of `geo.addresses.match.doubts`."""


class Reader:
    """Reads addresses against one gazetteer; remembers what it has read."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._heads = Heads(gazetteer)
        self._ways = OtherWays(gazetteer)
        self._tail_of: dict[str, Tail] = {}
        self._all_rows: dict[frozenset[int], tuple[int, ...]] = {}

    def answer(self, text: str) -> Answer:
        """What `text` means."""
        if len(text) > MOST_CHARACTERS:
            return Answer(Outcome.TOO_LONG, NO_HEAD, (), "", "", "", 0)
        rare = _RARE.search(text) is not None  # most texts have neither letters nor a word for "and"
        spelt = levels_in_chinese(text) if rare else text
        written = digits_for_letters(spelt)
        plain = normalise(written, self.gazetteer.bracketed)
        if rare:
            plain = _ROOMS.sub("-", plain)
        answer = self._first(plain)
        if answer.outcome is Outcome.MATCHED:
            if answer.doubts or written[-1] in AREA_LAST or not answer.room.isdecimal():
                answer = self._confirmed(written, plain, answer)
        elif answer.outcome not in _SETTLED:
            answer = self._best(written, plain, answer)
        left = answer.head.left
        if left and answer.outcome is Outcome.MATCHED and self._ways.end_elsewhere(left, written):
            return Answer(Outcome.ELSEWHERE, answer.head, (), answer.unit, answer.floor, answer.room, 0)
        if written is not text and answer.rows:
            doubts = (PINYIN if spelt is not text else 0) | (LETTERS if written is not spelt else 0)
            return answer._replace(doubts=answer.doubts | doubts)
        return answer

    def _confirmed(self, written: str, plain: str, answer: Answer) -> Answer:
        """A match, unless its end says another district, or what stands for its door is the pinyin of something else."""
        if written[-1] in AREA_LAST:  # 芙蓉苑9号楼 渭城区: another district may be named last
            ordered = self._ways.ordered(written, plain)
            second = answer if ordered is None else self._first(ordered)
            answer = second if second.outcome is Outcome.ELSEWHERE else answer
        if _in_letters(answer.room) or (answer.doubts & WEAK and _in_letters(split_tail(plain)[1])):
            answer = self._best(written, plain, answer._replace(outcome=Outcome.DOUBTFUL))  # 二QI3幢
        return answer

    def _first(self, plain: str) -> Answer:
        """An address as it stands, or without what hides it: a thing near, a telephone, wrong classifiers."""
        answer = self._read(plain)
        if answer.head.two:
            answer = self._of_two(plain, answer)
        settled = answer.outcome in (Outcome.MATCHED, Outcome.ELSEWHERE, Outcome.EMPTY)
        if settled and not answer.head.left and len(answer.room) <= _LONGEST_ROOM:
            return answer
        once = said_once(plain) if answer.head.left else plain
        again = _LISTED.sub("", retyped(without_thing_near(without_phones(once))))
        if again == plain:
            return answer
        second = self._read(again)
        better = second.outcome is Outcome.MATCHED or (
            second.outcome <= Outcome.TWO_ADDRESSES and not settled
        )
        return second if better else answer

    def _best(self, written: str, plain: str, answer: Answer) -> Answer:
        """The answer of the first other way to read the text that leads further, else `answer`."""
        for alike, doubts in self._ways.of(written, plain):
            if not alike:
                continue
            second = _of_alike([self._first(again) for again in alike])
            if doubts & PINYIN and second.head.left:  # a name that sounds so, but not the one of the address
                continue
            leads = second.outcome <= Outcome.TWO_ADDRESSES < answer.outcome
            if second.outcome is Outcome.MATCHED or leads:
                return second._replace(doubts=second.doubts | doubts)
            if second.outcome is Outcome.ELSEWHERE and doubts == ORDER:
                return second
        return answer

    # ------------------------------------------------------------ one reading

    def _read(self, plain: str) -> Answer:
        if not plain:
            return Answer(Outcome.EMPTY, NO_HEAD, (), "", "", "", 0)
        front, back, _ = split_tail(plain)
        head = self._heads.read(front)
        if head.open_road:
            door = DOOR.match(back)
            if door is not None and not back.startswith(_OF_BUILDING, door.end()):
                front, back = front + door[0], back[door.end() :].lstrip("-")
                head = self._heads.read(front)
                if head.door is Door.UNKNOWN and _TWO_PLATES.fullmatch(door[1]):  # 9495号 for 94-95号
                    half = len(door[1]) // 2
                    both = self._heads.read(
                        f"{front.removesuffix(door[0])}{door[1][:half]}-{door[1][half:]}号"
                    )
                    head = both if both.owners else head
        tail = self._tail("A-" + back if head.building else back)
        if head.elsewhere or not head.owners:
            return Answer(_why_nobody(head), head, (), tail.unit, tail.floor, tail.room, 0)
        return self._placed(head, tail)

    def _tail(self, back: str) -> Tail:
        tail = self._tail_of.get(back)
        if tail is None:
            if len(self._tail_of) >= _KEPT:
                self._tail_of.clear()
            tail = self._tail_of[back] = read_tail(back) if back != "A-" else NOTHING
        return tail

    def _placed(self, head: Head, tail: Tail) -> Answer:
        """The building among those of the complexes that the head allows."""
        if head.sole >= 0 and not tail.others:  # nine addresses of ten
            row = self.gazetteer.complexes[head.sole].buildings.get(head.building or tail.building, -1)
            if row >= 0:
                return self._at(head, tail, row)
        left_over = head.left
        if left_over and not (head.building or tail.building):
            tail, left_over = _tail_within(left_over, tail)
        rows = self._rows(head, tail)
        outcome = self._outcome(head, tail, rows, left_over)
        if outcome is Outcome.UNKNOWN_BUILDING:
            lettered = self._with_letter(head, tail)
            if lettered is not None:
                return lettered
            rows = ()
        if outcome is not Outcome.MATCHED:
            weak = WEAK if tail.mark in _WEAK or not tail.whole else 0
            return Answer(outcome, head, rows, tail.unit, tail.floor, tail.room, weak)
        return self._at(head, tail, rows[0])

    def _at(self, head: Head, tail: Tail, row: int) -> Answer:
        """The door of a building that the tail means."""
        building = self.gazetteer.buildings[row]
        unit, floor, room = door_of(building, tail)
        doubts = WEAK if tail.mark in _WEAK or not tail.whole else 0
        if unit and building.units and unit != "1" and not _is_unit_of(unit, building.units):
            doubts |= NO_SUCH_UNIT
        if floor and building.floors and floor.isdecimal() and int(floor) > building.floors:
            doubts |= NO_SUCH_STOREY
        return Answer(Outcome.MATCHED, head, (row,), unit, floor, room, doubts)

    def _with_letter(self, head: Head, tail: Tail) -> Answer | None:
        """The one building of a place whose rooms carry a letter: 人民路12号B3176, where no building B is."""
        joined = tail.mark == "-" and len(tail.building) == 1 and tail.building.isalpha()
        number = tail.loose or tail.room
        if head.sole < 0 or not joined or not number or tail.unit or (tail.loose and tail.room):
            return None
        rows = self.gazetteer.complexes[head.sole].rows
        if len(rows) != 1:
            return None
        return Answer(Outcome.MATCHED, head, rows, "", "", tail.building + number, WEAK)

    def _rows(self, head: Head, tail: Tail) -> tuple[int, ...]:
        """The buildings that are said, in all complexes the head allows; all of theirs when none is said."""
        key = head.building or tail.building
        if not key:
            return self._rows_of(head.owners)
        found: set[int] = set()
        for owner in head.owners:
            for said in (key, *tail.others):
                found |= self._called(owner, said, tail.unit)
        return tuple(sorted(found))

    def _called(self, owner: int, key: str, unit: str) -> set[int]:
        """The buildings of a complex with one number: one, or several where the register has a row for each unit."""
        home = self.gazetteer.complexes[owner]
        row = home.buildings.get(key, -1)
        if row >= 0:
            return {row}
        rows = home.shared.get(key, ())
        of_unit = {row for row in rows if unit and self.gazetteer.buildings[row].unit == unit}
        return of_unit or set(rows)

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
        if _NUMBERED.search(left_over) or tail.others or (left_over and has_pinyin(left_over)):
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
            if len(self._all_rows) >= _KEPT_LISTS:
                self._all_rows.clear()
            rows = self._all_rows[owners] = tuple(
                row for owner in sorted(owners) for row in complexes[owner].rows
            )
        return rows

    # ------------------------------------------------------------ two addresses

    def _of_two(self, plain: str, answer: Answer) -> Answer:
        """What a text with a second address in it means: nobody may choose between them."""
        pieces = self._heads.parted(plain)
        answers = [self._read(piece) for piece in pieces[:_MOST_ADDRESSES]]
        named = [one for one in answers if one.rows and one.outcome is not Outcome.NO_BUILDING_SAID]
        if not named:
            return answer
        rows = tuple(dict.fromkeys(row for one in named for row in one.rows))
        first = named[0]
        if len(rows) > 1:
            outcome = first.outcome if len(named) == 1 else Outcome.TWO_ADDRESSES
            return Answer(outcome, first.head, rows, "", "", "", 0)
        if any(one.outcome is not Outcome.MATCHED for one in named):
            return answer
        return max(named, key=lambda one: (bool(one.room), bool(one.unit), -one.doubts))


def _in_letters(text: str) -> bool:
    return bool(text) and not text.isdecimal() and has_pinyin(text)


def _of_alike(answers: list[Answer]) -> Answer:
    """What readings that sound alike mean together: nobody may choose between two buildings."""
    best = min(answers, key=lambda answer: answer.outcome)
    rows = {row for one in answers if one.outcome <= Outcome.SEVERAL for row in one.rows}
    if best.outcome is Outcome.MATCHED and len(rows) > 1:
        return best._replace(outcome=Outcome.SEVERAL, rows=tuple(sorted(rows)))
    return best


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


def _is_unit_of(unit: str, units: int) -> bool:
    """Whether a building of so many units may have this one: 2, B, 乙; a name such as 东 may be any."""
    if unit.isdecimal():
        return 1 <= int(unit) <= units
    return not (len(unit) == 1 and "A" <= unit <= "Z") or ord(unit) - ord("A") < units
