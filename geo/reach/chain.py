"""The chain community → branch → building group → centre household, with stations and posts: walked upwards from a place
and downwards from any link, on any day, from memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Link(StrEnum):
    """What can belong to what, and hold posts."""

    BRANCH = "branch"
    GROUP = "group"
    CENTRE = "centre"
    STATION = "station"
    GRID = "grid"
    """A grid by its code, or a level's unit by its grid's code and number."""
    COMPLEX = "complex"
    BUILDING = "building"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"


Place = tuple[Link, str]
"""What it is and its ref or code."""


@dataclass(frozen=True, slots=True)
class Days:
    """From a day on, until before another."""

    since: dt.date
    until: dt.date | None

    def hold(self, day: dt.date) -> bool:
        """Whether they hold on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A branch, building group, centre household or station."""

    kind: Link
    ref: str
    name: str
    community_code: str
    station_kind: str | None = None
    households: int | None = None
    """A centre household: in its care. A station: how many it is made for."""
    members: int | None = None
    """A branch or group: formal members."""


@dataclass(frozen=True, slots=True)
class Post:
    """A duty of a place and who holds it."""

    id: str
    title: str
    at: Place
    holder: str
    """As kept: sealed where it is not posted for everybody."""
    phone: str | None
    public: bool
    community_code: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in terms of the layers; what is not known is None."""

    community_code: str | None
    grid_code: str | None = None
    units: tuple[str, ...] = ()
    """Codes of micro-grids, groups and branches drawn as levels that hold the building."""
    complex_ref: str | None = None
    building_ref: str | None = None

    def places(self) -> list[Place]:
        """Itself and what it lies in, from near to far."""
        found: list[Place] = []
        if self.building_ref:
            found.append((Link.BUILDING, self.building_ref))
        found += [(Link.GRID, code) for code in self.units]
        if self.grid_code:
            found.append((Link.GRID, self.grid_code))
        if self.complex_ref:
            found.append((Link.COMPLEX, self.complex_ref))
        code = self.community_code
        if code:
            found += [(Link.COMMUNITY, code), (Link.STREET, code[:9]), (Link.DISTRICT, code[:6])]
        return found


@dataclass(frozen=True, slots=True)
class Chain:
    """Whom a place finds."""

    branches: tuple[Organisation, ...]
    groups: tuple[Organisation, ...]
    centres: tuple[Organisation, ...]
    stations: tuple[Organisation, ...]
    posts: tuple[Post, ...]
    """From near to far."""


@dataclass
class _Dated(Generic[T]):
    """Things by place, each with its days, in the order they were added."""

    kept: dict[Place, list[tuple[Days, T]]] = field(default_factory=dict)

    def add(self, place: Place, days: Days, thing: T) -> None:
        """Keep one more."""
        self.kept.setdefault(place, []).append((days, thing))

    def on(self, place: Place, day: dt.date) -> list[T]:
        """Those of a place on a day."""
        return [thing for days, thing in self.kept.get(place, ()) if days.hold(day)]


class Directory:
    """Every organisation, link and post there ever was. Never changes once made, so threads share it.

    >>> grid, day = (Link.GRID, "610402001001001"), Days(dt.date(2026, 1, 1), None)
    >>> branch = Organisation(Link.BRANCH, "B1", "第一党支部", "610402001001")
    >>> made = Directory([(branch, day)], [(((Link.BRANCH, "B1"), grid), day)], [])
    >>> spot = Spot("610402001001", grid_code="610402001001001")
    >>> [one.name for one in made.chain(spot, dt.date(2026, 11, 1)).branches]
    ['第一党支部']
    >>> made.under((Link.BRANCH, "B1"), dt.date(2026, 11, 1))
    [(<Link.GRID: 'grid'>, '610402001001001')]
    """

    def __init__(
        self,
        organisations: Iterable[tuple[Organisation, Days]],
        links: Iterable[tuple[tuple[Place, Place], Days]],
        posts: Iterable[tuple[Post, Days]],
        *,
        units: Mapping[tuple[int, str], tuple[str, ...]] | None = None,
    ) -> None:
        """`links` lead from an organisation to what it covers or stands under; `units` names the levels' units of a
        building by plan and building ref."""
        self._named: _Dated[Organisation] = _Dated()
        self._of_community: _Dated[Place] = _Dated()
        self._down: _Dated[Place] = _Dated()
        self._up: _Dated[Place] = _Dated()
        self._posts: _Dated[Post] = _Dated()
        self._units = dict(units or {})
        for one, days in organisations:
            self._named.add((one.kind, one.ref), days, one)
            self._of_community.add((Link.COMMUNITY, one.community_code), days, (one.kind, one.ref))
        for (tail, head), days in links:
            self._down.add(tail, days, head)
            self._up.add(head, days, tail)
        for post, days in posts:
            self._posts.add(post.at, days, post)
        own = any(kind is not Link.STATION for kind, _ in self._named.kept)
        self.empty = not (own or self._down.kept or self._posts.kept)
        """Whether nothing was ever recorded but stations."""

    def units(self, plan_id: int | None, building_ref: str | None) -> tuple[str, ...]:
        """Codes of the levels' units a building lies in, in a plan."""
        return () if plan_id is None or building_ref is None else self._units.get((plan_id, building_ref), ())

    def organisation(self, place: Place, day: dt.date) -> Organisation | None:
        """What has this kind and ref on a day."""
        found = self._named.on(place, day)
        return found[0] if found else None

    def posts(self, place: Place, day: dt.date) -> list[Post]:
        """The posts of one place itself, by title."""
        return sorted(self._posts.on(place, day), key=lambda post: (post.title, post.id))

    def chain(self, spot: Spot, day: dt.date) -> Chain:
        """Whom a place finds on a day: what covers it or what it lies in, what these stand under, and all their posts."""
        places = spot.places()
        found: dict[Place, Organisation] = {}
        waiting = list(places)
        while waiting:
            at = waiting.pop(0)
            beside = _BESIDE.get(at[0])
            near = [tail for tail in self._up.on(at, day) if beside is None or tail[0] in beside]
            above = [head for head in self._down.on(at, day) if head[0] in _ABOVE]
            for one in (self.organisation(place, day) for place in (*near, *above) if place not in found):
                if one is not None:
                    found[one.kind, one.ref] = one
                    waiting.append((one.kind, one.ref))
        holders = [*places[: _near(places)], *found, *places[_near(places) :]]
        posts = [post for place in holders for post in self.posts(place, day)]
        return Chain(
            branches=_of(found, Link.BRANCH),
            groups=_of(found, Link.GROUP),
            centres=_of(found, Link.CENTRE),
            stations=_of(found, Link.STATION),
            posts=tuple(posts),
        )

    def under(self, place: Place, day: dt.date) -> list[Place]:
        """What belongs to a place on a day, by kind and ref: a community's branches, groups, centre households and stations
        that stand under nothing else; a branch's grids, groups and stations; a group's buildings and centre households."""
        kind = place[0]
        if kind is Link.COMMUNITY:
            own = self._of_community.on(place, day)
            return sorted(one for one in own if not self._parents(one, day))
        below = [one for one in self._up.on(place, day) if self.organisation(one, day) is not None]
        covered = [one for one in self._down.on(place, day) if kind is Link.STATION or one[0] not in _ABOVE]
        return sorted({*below, *covered})

    def _parents(self, place: Place, day: dt.date) -> list[Place]:
        return [
            one
            for one in self._down.on(place, day)
            if one[0] in _ABOVE and self.organisation(one, day) is not None
        ]

    def served(self, kind: Link, day: dt.date) -> set[str]:
        """Codes of grids that an organisation of `kind` covers on a day, itself or through the branch or group it stands
        under."""
        grids: set[str] = set()
        for tail in self._down.kept:
            if tail[0] is not kind or (kind is not Link.STATION and self.organisation(tail, day) is None):
                continue
            for head in self._down.on(tail, day):
                if head[0] is Link.GRID:
                    grids.add(head[1])
                elif kind is Link.STATION and head[0] is Link.BRANCH:
                    grids.update(ref for to, ref in self._down.on(head, day) if to is Link.GRID)
        return grids

    def titles(self, kind: Link, day: dt.date) -> dict[str, set[str]]:
        """Title → places of `kind` with such a post on a day."""
        found: dict[str, set[str]] = {}
        for at, kept in self._posts.kept.items():
            if at[0] is kind:
                for days, post in kept:
                    if days.hold(day):
                        found.setdefault(post.title, set()).add(at[1])
        return found

    def heads(self, kind: Link, to: Link, day: dt.date) -> set[str]:
        """Refs of `to` that an organisation of `kind` covers on a day."""
        return {
            ref
            for tail in self._down.kept
            if tail[0] is kind and self.organisation(tail, day) is not None
            for at, ref in self._down.on(tail, day)
            if at is to
        }

    def every(self, kind: Link) -> list[Organisation]:
        """Every organisation of a kind there ever was, the newest last."""
        return [one for at, kept in self._named.kept.items() if at[0] is kind for _, one in kept]

    def of_kind(self, kind: Link, day: dt.date) -> list[Organisation]:
        """Every organisation of a kind on a day, by ref."""
        named = [one for at in self._named.kept if at[0] is kind for one in self._named.on(at, day)]
        return sorted(named, key=lambda one: one.ref)


_ABOVE = (Link.BRANCH, Link.GROUP)
"""What an organisation may stand under."""
_BESIDE: dict[Link, tuple[Link, ...]] = {
    Link.BRANCH: (Link.STATION,),
    Link.GROUP: (Link.CENTRE,),
    Link.CENTRE: (),
    Link.STATION: (),
}
"""What of all that belongs to an organisation a place in it finds: of a branch its stations, not its other groups."""


def _near(places: list[Place]) -> int:
    """How many of them are smaller than a community."""
    return sum(place[0] in (Link.BUILDING, Link.GRID, Link.COMPLEX) for place in places)


def _of(found: Mapping[Place, Organisation], kind: Link) -> tuple[Organisation, ...]:
    return tuple(one for one in found.values() if one.kind is kind)
