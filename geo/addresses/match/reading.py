"""One head while it is read: its tokens are walked from left to right, then what was gathered is intersected.

Names and door plates are sets of complexes. A name and a door plate that contradict each other are both kept,
marked as a conflict: whoever asked must decide. A stretch that nothing explains makes a name another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.addresses.match.head import Area, Door, Head
from geo.addresses.match.tokens import Kind, Token
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.characters import NUMERALS, sound, sounds
from geo.addresses.text.fuzzy import Hit, How
from geo.addresses.text.names import Form, split_phase
from geo.addresses.text.numerals import to_digits
from geo.addresses.text.words import NEAR_WORDS, PHASE_ENDINGS, PHASE_WORDS, SUFFIXES, WAYS_IN, words

DOOR = re.compile(rf"第?([0-9]+(?:-[0-9]+)?|[{NUMERALS}]+)号(院内|院里|大院|院|内)?")
_ROAD_ENDINGS = "路街巷道段弄同"
_UNKNOWN_DOOR = re.compile(rf"(?<=[{_ROAD_ENDINGS}])({DOOR.pattern})")
_AREA_ENDINGS = words("社区 街道 街办 办事处 居委会 委会 街 镇 乡 区 市 县 省 路 巷 村")
_OTHER_AREA_ENDINGS = "区市县省"
_AREA_SOUNDS = ("she qu", "jie dao")
_WAYS_IN_END = re.compile(f"(?:{'|'.join(sorted(WAYS_IN, key=len, reverse=True))}|小区|的|第|院|内|里)+$")
_NAME_GOES_ON = ("院", *PHASE_WORDS, *SUFFIXES)
_FILLERS = frozenset(words("的 第 上的 上 里的 内的 边的"))
_AS_NAME = "某某"
_NUMBERED_PHASE = rf"[0-9{NUMERALS}A-Z]{{1,3}}(?:{'|'.join(PHASE_ENDINGS)})"
_PHASE_LIKE = re.compile(rf"第?(?:{_NUMBERED_PHASE}|[东西南北中][区苑]?)$")
_PHASE_FIRST = re.compile(rf"第?(?:{_NUMBERED_PHASE}|[东西南北中][区苑])")


class Reading:
    """One head: make it, then ask it to conclude."""

    def __init__(self, gazetteer: Gazetteer, text: str, tokens: list[Token]) -> None:
        self.gazetteer = gazetteer
        self.text = text
        self.tokens = tokens
        self.road: int | None = None
        self.plate = ""
        self.exact_road = True
        """Whether the road is written as the register has it, with nothing unknown before it."""
        self.building = ""
        self.landmark = ""
        self.names: list[Token] = []
        self.start: int | None = None
        """Where the name of the complex begins, known or not."""
        self.strange = False
        """Whether the stretch from `start` on has parts that are not known."""
        self.open_road = False
        self.towards = False
        """Whether a word has just said that something near comes next: 靠近."""
        self.two_places = False
        """Whether two names of different complexes were found."""
        self._walk()

    # ------------------------------------------------------------ gathering

    def _walk(self) -> None:
        last = len(self.tokens) - 1
        for at, token in enumerate(self.tokens):
            kind = token.kind
            if self.towards and kind is not Kind.LANDMARK:
                self._pass_thing(token)
            elif kind is Kind.COMPLEX:
                self.names.append(token)
                self.start = token.start if self.start is None else self.start
            elif kind is Kind.ROAD:
                self._take_road(token, self.tokens[at - 1] if at else None)
            elif kind is Kind.GAP:
                self._take_gap(token, self.tokens[at + 1] if at < last else None)
            elif kind is Kind.LANDMARK:
                self._pass_landmark(token)
            elif kind is Kind.BUILDING:
                self.building = token.text
            elif kind is Kind.WAY_IN:
                self._take_way_in(token, self.tokens[at + 1] if at < last else None)
            elif not self.names:
                self._forget_name()  # what was not known before an area is a slip in an area

    def _take_way_in(self, token: Token, following: Token | None) -> None:
        """A way in says nothing, unless it may be the phase of a name that is not whole."""
        if token.text not in PHASE_WORDS:
            return
        if not self.names:
            self._take_gap(token, following)
        elif self.gazetteer.names.exact[self.names[-1].text][0] is not Form.FULL:
            self.strange = True

    def _forget_name(self) -> None:
        self.start, self.strange = None, False

    def _take_road(self, token: Token, before: Token | None) -> None:
        owners = self.gazetteer.road_names.exact[token.text][1]
        self.road, self.plate = next(iter(owners)), ""
        self.exact_road = before is None or before.kind is not Kind.GAP or self._is_own_area(before.text)
        self.open_road = token.end == len(self.text)
        if not self.names:
            self._forget_name()

    def _take_gap(self, token: Token, following: Token | None) -> None:
        start = token.start
        if self.road is not None and not self.plate and not self.names and self.start is None:
            door = DOOR.match(token.text)
            if door is not None:
                self.plate = to_digits(door[1])
                start += door.end()
        elif self.road is None and self.start is None and not self.names:
            start = self._unknown_road(token)
        rest = self.text[start : token.end]
        if not rest or rest in _FILLERS:
            return
        if (
            following is not None
            and following.kind is Kind.COMPLEX
            and not self.names
            and self._is_area(rest)
        ):
            return
        if self.start is None:
            self.start = start
        self.strange = True

    def _is_area(self, text: str) -> bool:
        """Whether an unknown stretch before a name may be an area or a road, and no part of the name."""
        if text.endswith(_AREA_ENDINGS) and not split_phase(_AS_NAME + text).phase:
            return True
        if len(text) > 1 and f"{sounds(text[-2])[0]} {sounds(text[-1])[0]}" in _AREA_SOUNDS:
            return True
        return len(text) > 1 and self.gazetteer.short_areas.endswith(text)

    def _is_own_area(self, text: str) -> bool:
        """Whether an unknown stretch before a road is an area of the district, and no part of the road's name."""
        return self._is_area(text) and text[-1] not in _OTHER_AREA_ENDINGS

    def _unknown_road(self, token: Token) -> int:
        """Take a misspelt road with its door plate off the front of a gap; where the gap goes on."""
        door = _UNKNOWN_DOOR.search(token.text)
        road = token.text if door is None else token.text[: door.start()]
        if door is None and (token.end < len(self.text) or token.text[-1] not in _ROAD_ENDINGS):
            return token.start
        hit = self._road_like(road)
        if hit is None:
            return token.start
        self.road, self.exact_road = next(iter(hit.owners)), False
        self.open_road = door is None
        if door is None:
            return token.end
        self.plate = to_digits(door[2])
        return token.start + door.end()

    def _road_like(self, written: str) -> Hit | None:
        """The road that the end of `written` sounds like or is one slip from."""
        for start in range(max(0, len(written) - 7), len(written) - 2):
            hit = self.gazetteer.road_names.find(written[start:])
            if hit is not None and len(hit.owners) == 1 and hit.certain:
                return hit
        return None

    def _pass_thing(self, token: Token) -> None:
        """The thing near which the address is."""
        self.towards = False
        self.landmark += token.text

    def _pass_landmark(self, token: Token) -> None:
        if token.text in NEAR_WORDS and self.names:
            self.strange = True  # what follows it may be the thing near, or another name for the place
            return
        self.towards = token.text in NEAR_WORDS
        begin = self.start if self.start is not None else token.start
        self.landmark = self.text[begin : token.end]
        opposite_plate = bool(self.plate) and self.start is None
        if token.end < len(self.text) or self.names or opposite_plate:
            self._forget_name()
            self.names, self.road, self.plate, self.building = [], None, "", ""

    # ------------------------------------------------------------ concluding

    def concluded(self) -> Head:
        """Intersect what was gathered; areas are left to `judged`."""
        named, near, left = self._named()
        owners, door = self._by_door()
        if named is not None:
            owners, door = self._with_door(named.owners, owners, door)
        elif owners and self.start is not None and self._segment() and not self._house_named(owners):
            door = Door.CONFLICT
        if self.two_places:
            door = Door.CONFLICT
        form = Form.FULL if named is None else named.form
        how = How.EXACT if named is None else named.how
        return Head(
            owners,
            form,
            how,
            door,
            Area.NOT_GIVEN,
            False,
            self.building,
            "" if named is None else named.name,
            self._segment() if self.strange else "",
            near,
            left,
            "",
            self.open_road and not self.plate,
            "" if self.road is None else self.gazetteer.roads[self.road],
            self.plate,
            self.landmark,
        )

    def _house_named(self, owners: frozenset[int]) -> bool:
        """Take a house of no complex, called by its own name after its road address."""
        written = self._segment()
        complexes = self.gazetteer.complexes
        if self.building or not any(
            not complexes[owner].complex_id and written in complexes[owner].buildings for owner in owners
        ):
            return False
        self.building, self.strange = written, False
        return True

    @staticmethod
    def _with_door(
        owners: frozenset[int], by_door: frozenset[int], door: Door
    ) -> tuple[frozenset[int], Door]:
        if not by_door:
            return owners, door
        both = owners & by_door
        return (both, Door.AGREES) if both else (owners | by_door, Door.CONFLICT)

    def _by_door(self) -> tuple[frozenset[int], Door]:
        if self.road is None:
            return frozenset(), Door.NOT_GIVEN
        if not self.plate:
            return frozenset(), Door.ROAD_ONLY
        owners = self.gazetteer.doors.get((self.road, self.plate), frozenset())
        if not self.exact_road:  # a house of no complex is known by its road address alone
            owners = frozenset(owner for owner in owners if self.gazetteer.complexes[owner].complex_id)
        return owners, Door.ALONE if owners else Door.UNKNOWN

    def _segment(self) -> str:
        """The stretch in which the name of the complex stands."""
        if self.start is None:
            return ""
        segment = self.text[self.start :].removesuffix(self.building)
        ways = _WAYS_IN_END.search(segment)
        return segment[: ways.start()] if ways is not None else segment

    def _named(self) -> tuple[Hit | None, str, str]:
        """The complex named, the name that is only near, and what is left over after the name."""
        if self.start is None:
            return None, "", ""
        if not self.strange:
            return self._known(), "", ""
        names = self.gazetteer.names
        whole = self.text[self.start :].removesuffix(self.building)
        near = ""
        for written in dict.fromkeys((whole, *_without_ways_in(whole), _after_area(whole))):
            hit = names.find(written) if written else None
            sure = hit is not None and hit.form is Form.FULL and hit.how is How.EXACT
            if hit is None or (not sure and _may_be_name(whole.removeprefix(written))):
                continue
            if hit.certain:
                return hit, "", ""
            near = near or hit.name
            if written == whole:
                break  # a name of its own; what is left of it without its end would be found by chance
        return self._known_with_rest(near)

    def _known(self) -> Hit | None:
        """Only known names: they must agree."""
        owners: frozenset[int] | None = None
        form = Form.FULL
        for token in self.names:
            its_form, its_owners = self.gazetteer.names.exact[token.text]
            if owners is not None and not owners & its_owners:
                owners, self.two_places = owners | its_owners, True
                continue
            if owners is None or len(owners & its_owners) < len(owners):
                form = its_form
            owners = its_owners if owners is None else owners & its_owners
        if owners is None:
            return None
        return Hit(owners, form, How.EXACT, self.names[-1].text, certain=True)

    def _known_with_rest(self, near: str) -> tuple[Hit | None, str, str]:
        """A known name with something unknown after it; with something unknown before it, it is another name."""
        if self.names and self.start == self.names[0].start:
            last = self.names[-1]
            rest = self.text[last.end :].removesuffix(self.building)
            if rest.startswith(tuple(PHASE_WORDS)):
                return None, last.text, ""
            rest = (
                rest.removeprefix("小区") if self.gazetteer.names.exact[last.text][0] is Form.FULL else rest
            )
            ways = _WAYS_IN_END.search(rest)
            rest = rest[: ways.start()] if ways is not None else rest
            if _PHASE_LIKE.search(rest) or _PHASE_FIRST.match(rest) or rest.endswith(SUFFIXES):
                return None, last.text, ""
            return self._known(), "", rest
        return None, near, ""


def _may_be_name(rest: str) -> bool:
    """Whether what was cut off after a name that is not whole may be the rest of that name."""
    return rest.startswith(_NAME_GOES_ON)


def _without_ways_in(text: str) -> Iterator[str]:
    """`text` with ever more of the words of `WAYS_IN` cut from its end."""
    ways = _WAYS_IN_END.search(text)
    if ways is not None:
        for at in range(len(text) - 1, max(0, ways.start() - 1), -1):
            if _WAYS_IN_END.fullmatch(text, at):
                yield text[:at]


def _after_area(text: str) -> str:
    """What follows the last stretch that sounds like a street or community."""
    syllables = sound(text).split(" ")
    for at in range(len(syllables) - 1, 0, -1):
        if f"{syllables[at - 1]} {syllables[at]}" in _AREA_SOUNDS and not text[:at].endswith("小"):
            return text[at + 1 :]
    return text
