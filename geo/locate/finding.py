"""One box for everything: what a text means that is no address, grids, communities, stations, institutions, roads and
complexes by name, code, pinyin or initials, and how far an address can be followed that has no building."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import shapely

from geo.addresses.match.resolve import Matcher
from geo.addresses.text.characters import sound
from geo.addresses.text.normalise import plain_name
from geo.errors import Words
from geo.locate.coordinates import Point, coordinates
from geo.locate.homes import Home
from geo.locate.index import LookupIndex
from geo.locate.layers import GRIDS

Kind = Literal["grid", "community", "complex", "station", "institution", "road", "building"]
KIND_WORDS: dict[Kind, Words] = {
    "grid": Words("grid", "网格"),
    "community": Words("community", "社区"),
    "complex": Words("complex", "小区"),
    "station": Words("station", "站点"),
    "institution": Words("institution", "单位"),
    "road": Words("road", "道路"),
    "building": Words("building", "楼栋"),
}
_ORDER: tuple[Kind, ...] = ("grid", "community", "complex", "station", "institution", "road", "building")
_MOST = 20
_LEAST_PART = 2
"""So many characters of a name are needed to find it by its middle."""


class Answering(Protocol):
    """What answers addresses of the same area, see `geo.locate.addresses.AddressLookup`."""

    @property
    def index(self) -> LookupIndex:
        """What answers points."""

    @property
    def matcher(self) -> Matcher:
        """What reads addresses."""

    def homes(self, refs: Sequence[str], *, as_of: dt.date) -> list[Home]:
        """Buildings with what covers them on a day."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A place with a name."""

    kind: Kind
    label: str
    key: str
    """Its code or ref; empty for roads."""
    community_code: str = ""
    community_name: str = ""
    point: Point | None = None
    """Inside it."""


@dataclass(frozen=True, slots=True)
class InGrid:
    """A grid that a place lies in, and how many of its buildings do."""

    code: str
    name: str
    buildings: int


@dataclass(frozen=True, slots=True)
class Place:
    """A thing with the grids it lies in on a day."""

    thing: Thing
    grids: tuple[InGrid, ...]
    """Those with the most of its buildings first; empty where none is known."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means beside an address."""

    point: Point | None
    """Where it is coordinates."""
    places: tuple[Place, ...]
    """Best first."""
    words: Words
    """The best answer that can be given, in one sentence."""


@dataclass(frozen=True, slots=True)
class Finder:
    """The names of one area beside its addresses. Safe to share between threads."""

    things: tuple[Thing, ...]
    """What is the same on every day."""
    _by_day: dict[int, Names] = field(default_factory=dict)
    """Names with the grids of a span of days."""

    def find(
        self, text: str, lookup: Answering, *, as_of: dt.date, here: str = "", limit: int = _MOST
    ) -> Found:
        """The best answer to `text` that is not a whole address; `here` is the code of the community at hand, whose places
        come first. Never raises for a text of any kind."""
        point = coordinates(text)
        if point is not None:
            return Found(point, (), Words(f"{point.lon}, {point.lat}", f"{point.lon}，{point.lat}"))
        names = self._names(lookup, as_of)
        things = names.meaning(plain_name(text)[:100], here)[:limit]
        places = tuple(Place(thing, _grids(thing, lookup, as_of)) for thing in things)
        if places:
            return Found(None, places, _told(places))
        match = lookup.matcher.match(text)
        if match.complex_id:
            home = next(
                (h for h in lookup.matcher.gazetteer.complexes if h.complex_id == match.complex_id), None
            )
            if home is not None:
                thing = Thing("complex", home.name, home.complex_id, "", home.community)
                place = Place(thing, _grids(thing, lookup, as_of))
                why = match.evidence[-1] if match.evidence else Words("", "")
                return Found(None, (place,), _as_far(place, why))
        return Found(None, (), Words("nothing of this name is known", "没有找到这个名称"))

    def suggest(
        self, text: str, lookup: Answering, *, as_of: dt.date, here: str = "", limit: int = 10
    ) -> list[Thing]:
        """Things whose name, code, pinyin or initials go on from what was typed, those of `here` first."""
        return self._names(lookup, as_of).beginning(plain_name(text)[:100], here)[:limit]

    def _names(self, lookup: Answering, as_of: dt.date) -> Names:
        epoch = lookup.index.epoch(as_of)
        names = self._by_day.get(epoch)
        if names is None:
            names = Names.of([*self.things, *_grids_on(lookup, as_of)])
            if len(self._by_day) < 8:
                self._by_day[epoch] = names
        return names


@dataclass(frozen=True, slots=True)
class Names:
    """Spellings of things, sorted."""

    things: tuple[Thing, ...]
    exact: dict[str, tuple[int, ...]]
    keys: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, things: Sequence[Thing]) -> Names:
        """Every spelling of every thing: name, code, with its community before it, by pinyin and by initials."""
        exact: dict[str, list[int]] = {}
        keys: set[tuple[str, int]] = set()
        for row, thing in enumerate(things):
            name = plain_name(thing.label)
            spellings = {name, plain_name(thing.key)} - {""}
            if thing.kind == "community":
                spellings.add(name.removesuffix("社区"))
            if thing.community_name and thing.kind in ("grid", "station"):
                spellings.add(plain_name(thing.community_name) + name)
            for spelling in spellings - {""}:
                exact.setdefault(spelling, []).append(row)
                keys.add((spelling, row))
            syllables = sound(name).split(" ")
            keys |= {("".join(syllables).upper(), row), ("".join(s[:1] for s in syllables).upper(), row)}
        return cls(tuple(things), {name: tuple(rows) for name, rows in exact.items()}, tuple(sorted(keys)))

    def meaning(self, typed: str, here: str) -> list[Thing]:
        """Things called exactly so; else those that begin so, by any spelling; else those that have it in their name."""
        if not typed:
            return []
        rows = set(self.exact.get(typed, ())) or self._beginning(typed)
        if not rows and len(typed) >= _LEAST_PART:
            rows = {row for row, thing in enumerate(self.things) if typed in plain_name(thing.label)}
        return self._sorted(rows, typed, here)

    def beginning(self, typed: str, here: str) -> list[Thing]:
        """As `meaning`, but a whole name does not shut out longer ones."""
        rows = self._beginning(typed) if typed else set()
        if typed and not rows and len(typed) >= _LEAST_PART:
            rows = {row for row, thing in enumerate(self.things) if typed in plain_name(thing.label)}
        return self._sorted(rows, typed, here)

    def _beginning(self, typed: str) -> set[int]:
        begin, end = bisect_left(self.keys, (typed, -1)), bisect_left(self.keys, (typed + "\uffff", -1))
        return {row for _, row in self.keys[begin:end]}

    def _sorted(self, rows: set[int], typed: str, here: str) -> list[Thing]:
        found = [self.things[row] for row in rows]
        return sorted(
            found,
            key=lambda thing: (
                plain_name(thing.label) != typed,
                not (here and thing.community_code == here),
                len(thing.label),
                _ORDER.index(thing.kind),
                thing.label,
                thing.key,
            ),
        )


def _grids_on(lookup: Answering, as_of: dt.date) -> list[Thing]:
    """The grids in force on a day."""
    stack = lookup.index.words
    of = {key: row for row, key in enumerate(stack.key[: int(stack.ends[GRIDS])])}
    found = []
    for code, name, shape in lookup.index.around((-180.0, -90.0, 180.0, 90.0), layer=GRIDS, as_of=as_of):
        row = of[code]
        inner = shapely.point_on_surface(shape)
        found.append(
            Thing(
                "grid", name or code, code, stack.community_code[row] or "", stack.community_name[row] or "",
                Point(float(inner.x), float(inner.y)),
            )
        )  # fmt: skip
    return found


def _grids(thing: Thing, lookup: Answering, as_of: dt.date) -> tuple[InGrid, ...]:
    """The grids that the buildings of a place, or its point, lie in."""
    gazetteer = lookup.matcher.gazetteer
    if thing.kind == "grid":
        return (InGrid(thing.key, thing.label, 0),)
    refs: list[str] = []
    if thing.kind == "complex":
        rows = [row for home in gazetteer.complexes if home.complex_id == thing.key for row in home.rows]
        refs = [gazetteer.buildings[row].building_id for row in rows]
    elif thing.kind == "road" and thing.label in gazetteer.roads:
        homes = gazetteer.roads_of.get(gazetteer.roads.index(thing.label), frozenset())
        refs = [
            gazetteer.buildings[row].building_id
            for home in sorted(homes)
            for row in gazetteer.complexes[home].rows
        ]
    if refs:
        counted = Counter(
            (home.grid_code, home.grid_name or "")
            for home in lookup.homes(refs, as_of=as_of)
            if home.grid_code
        )
        ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(InGrid(code, name, number) for (code, name), number in ranked if code)
    if thing.point is None or thing.kind == "community":
        return ()
    answer = lookup.index.locate(thing.point.lon, thing.point.lat, as_of=as_of)
    return (InGrid(answer.grid_code, answer.grid_name or "", 1),) if answer.grid_code else ()


def _told(places: Sequence[Place]) -> Words:
    if len(places) > 1:
        names = [
            f"{p.thing.label}（{p.thing.community_name}）" if p.thing.community_name else p.thing.label
            for p in places[:5]
        ]
        return Words(
            f"{len(places)} places fit: {', '.join(names)}", f"有 {len(places)} 处符合：{'、'.join(names)}"
        )
    place = places[0]
    thing = place.thing
    where = f"（{thing.community_name}）" if thing.community_name and thing.kind != "community" else ""
    kind = KIND_WORDS[thing.kind]
    code = f" {thing.key}" if thing.kind in ("grid", "community") else ""
    head = Words(f"{kind.en} {thing.label}{code}{where}", f"{kind.zh} {thing.label}{code}{where}")
    if thing.kind in ("grid", "community"):
        return head
    if not place.grids:
        return Words(f"{head.en}: no grid of it is known", f"{head.zh}：没有所在网格的记录")
    told = _listed(place.grids)
    return Words(f"{head.en} → {told}", f"{head.zh} → {told}")


def _listed(grids: Sequence[InGrid]) -> str:
    return "、".join(f"{grid.name} {grid.code}" for grid in grids[:6])


def _as_far(place: Place, why: Words) -> Words:
    """How far an address goes that has no building: the complex, and the grids it lies in."""
    thing, grids = place.thing, place.grids
    where = f"（{thing.community_name}）" if thing.community_name else ""
    if not grids:
        return Words(f"{thing.label}: {why.en}", f"{thing.label}{where}：{why.zh}")
    told = _listed(grids)
    if len(grids) == 1:
        return Words(
            f"{thing.label}: {why.en}; the complex lies wholly in {told}",
            f"{thing.label}{where}：{why.zh}；该小区全部在 {told} 内",
        )
    return Words(
        f"{thing.label}: {why.en}; the complex lies in {len(grids)} grids: {told}",
        f"{thing.label}{where}：{why.zh}；该小区分属 {len(grids)} 个网格：{told}",
    )
