"""What each role may do: one table, from which the server's guard, the documents and the tests are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from geo.errors import InputError, NotAllowedError
from layers.rights.viewer import OfPeople, Purpose, Role, Viewer


class Right(Enum):
    """What a door gives away, and so what somebody must have been granted."""

    LOOKUP = "lookup"
    """Grids of points and addresses."""
    DISPLAY = "display"
    """Maps and outlines."""
    FIGURES = "figures"
    """Counts of people and households, small ones withheld."""
    POSTS = "posts"
    """Names and numbers of those who hold posts, where they are not posted for everybody."""
    PLANS = "plans"
    """Plans that are not in force, cell by cell."""
    EDIT = "edit"
    """Changes of drafts."""
    LOAD = "load"
    """Layers of the ground loaded from files, and taken back."""
    APPROVE = "approve"
    """Approving plans, sending them back, putting them in force."""
    HOUSEHOLDS = "households"
    """Single households, as far as their building and unit; in full where that was granted."""
    REVIEW = "review"
    """Addresses of households, and what is decided about them."""
    ACCOUNTS = "accounts"
    """Who may come in and see what."""
    AUDIT = "audit"
    """Who did and saw what."""
    METRICS = "metrics"
    """How the server does, in figures."""


_LOOK = frozenset({Right.LOOKUP, Right.DISPLAY})
_WORK = _LOOK | {Right.FIGURES, Right.POSTS}
RIGHTS_OF: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset({Right.ACCOUNTS, Right.METRICS}),
    Role.AUDITOR: frozenset({Right.AUDIT}),
    Role.STEWARD: _WORK | {Right.LOAD, Right.HOUSEHOLDS, Right.REVIEW},
    Role.APPROVER: _WORK | {Right.PLANS, Right.APPROVE},
    Role.PLANNER: _WORK | {Right.PLANS, Right.EDIT, Right.LOAD},
    Role.LEADER: _WORK,
    Role.VIEWER: _LOOK,
    Role.SYSTEM: _WORK | {Right.METRICS},
}
"""The rights of each role that can be granted; `SYSTEM` is that of tokens, which name their rights one by one."""
GRANTABLE = tuple(role for role in RIGHTS_OF if role is not Role.SYSTEM)
SCOPES = tuple(right for right in Right if right in RIGHTS_OF[Role.SYSTEM])
"""What a token can be for: nothing that tells of single households or of accounts."""

NEEDS: dict[Right, tuple[Purpose, OfPeople]] = {
    Right.LOOKUP: (Purpose.LOOKUP, OfPeople.NOTHING),
    Right.POSTS: (Purpose.LOOKUP, OfPeople.COUNTS),
    Right.DISPLAY: (Purpose.DISPLAY, OfPeople.NOTHING),
    Right.FIGURES: (Purpose.DISPLAY, OfPeople.COUNTS),
    Right.PLANS: (Purpose.PLANNING, OfPeople.BUILDING),
    Right.EDIT: (Purpose.PLANNING, OfPeople.BUILDING),
    Right.LOAD: (Purpose.MAINTENANCE, OfPeople.BUILDING),
    Right.APPROVE: (Purpose.PLANNING, OfPeople.BUILDING),
    Right.HOUSEHOLDS: (Purpose.MAINTENANCE, OfPeople.MASKED),
    Right.REVIEW: (Purpose.MAINTENANCE, OfPeople.FULL),
    Right.ACCOUNTS: (Purpose.MAINTENANCE, OfPeople.NOTHING),
    Right.AUDIT: (Purpose.MAINTENANCE, OfPeople.NOTHING),
    Right.METRICS: (Purpose.MAINTENANCE, OfPeople.NOTHING),
}
"""What each right is used for, and how much of a person a grant must let see to give it."""
OF_HOUSEHOLDS = (OfPeople.MASKED, OfPeople.FULL)
"""What lets see single households, for a purpose only."""
_ORDER = tuple(OfPeople)
_AREA = re.compile(r"(\d{6}|\d{9}|\d{12})?")


def usual_sight(role: Role) -> OfPeople:
    """How much of a person a role sees unless more or less is granted: enough for all it may do, single households left out.

    >>> usual_sight(Role.PLANNER), usual_sight(Role.VIEWER)
    (<OfPeople.BUILDING: 'building'>, <OfPeople.NOTHING: 'nothing'>)
    """
    needed = [NEEDS[right][1] for right in RIGHTS_OF.get(role, ())]
    most = _ORDER.index(OfPeople.BUILDING)
    return max(
        (one for one in needed if _ORDER.index(one) <= most), key=_ORDER.index, default=OfPeople.NOTHING
    )


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that was granted: a role, where, how much of a person, and what for."""

    role: Role
    area: str
    """Code of a district, street or community; empty is everywhere."""
    of_people: OfPeople = OfPeople.COUNTS
    purpose: Purpose = Purpose.DISPLAY
    """What single households may be read for, where they may be at all."""

    def __post_init__(self) -> None:
        if self.role not in GRANTABLE:
            listed = ", ".join(GRANTABLE)
            raise InputError(
                f"the role {self.role} cannot be granted; one of {listed}",
                f"角色 {self.role} 不能授予；可选：{listed}",
            )
        if not _AREA.fullmatch(self.area):
            raise InputError(
                f"{self.area!r} is no area; give the code of a district (6 digits), street (9) or community (12), or "
                "nothing for everywhere",
                f"“{self.area}”不是有效范围；请给出区县（6 位）、街道（9 位）或社区（12 位）编码，留空表示全部",
            )
        if self.of_people in OF_HOUSEHOLDS and self.purpose not in (
            Purpose.MAINTENANCE,
            Purpose.EXPORT,
        ):
            raise InputError(
                "single households are seen for a purpose only: maintenance or export",
                "查看住户须写明目的：maintenance（数据维护）或 export（导出）",
            )

    def gives(self, right: Right) -> bool:
        """Whether this grant is enough for `right`.

        >>> Grant(Role.LEADER, "610402").gives(Right.FIGURES), Grant(Role.LEADER, "610402").gives(Right.REVIEW)
        (True, False)
        """
        purpose, least = NEEDS[right]
        if right not in RIGHTS_OF[self.role] or _ORDER.index(self.of_people) < _ORDER.index(least):
            return False
        return least not in OF_HOUSEHOLDS or self.purpose is purpose

    @property
    def idle(self) -> tuple[Right, ...]:
        """Rights of the role that this grant does not give, because it lets see too little of people or for another purpose.

        >>> Grant(Role.PLANNER, "610402").idle
        (<Right.PLANS: 'plans'>, <Right.EDIT: 'edit'>, <Right.LOAD: 'load'>)
        """
        return tuple(right for right in Right if right in RIGHTS_OF[self.role] and not self.gives(right))


def viewer_for(grants: Iterable[Grant], right: Right) -> Viewer:
    """Whoever holds `grants`, as he uses `right`: the one place where rights become what every read is narrowed by.

    Raises `NotAllowedError` when no grant gives the right.

    >>> viewer_for([Grant(Role.LEADER, "610402001"), Grant(Role.VIEWER, "610402")], Right.FIGURES).area
    ('610402001',)
    >>> steward = [Grant(Role.STEWARD, "610402", OfPeople.MASKED, Purpose.MAINTENANCE),
    ...     Grant(Role.STEWARD, "610402001", OfPeople.FULL, Purpose.MAINTENANCE)]
    >>> seen = viewer_for(steward, Right.HOUSEHOLDS)
    >>> seen.area, seen.of_people, seen.full_in
    (('610402',), <OfPeople.MASKED: 'masked'>, ('610402001',))
    """
    enough = [grant for grant in grants if grant.gives(right)]
    if not enough:
        raise NotAllowedError(
            f"your account was not granted this ({right.value}); ask whoever keeps the accounts",
            f"您的账号没有此项权限（{right.value}）；请联系账号管理员",
        )
    purpose, least = NEEDS[right]
    first = min(enough, key=lambda grant: tuple(Role).index(grant.role))
    area = widest(grant.area for grant in enough)
    if least is not OfPeople.MASKED:
        return Viewer(first.role, area, purpose, least)
    full = widest(grant.area for grant in enough if grant.of_people is OfPeople.FULL)
    if within(area, full) == area:
        return Viewer(first.role, area, purpose, OfPeople.FULL)
    return Viewer(first.role, area, purpose, least, full)


def widest(areas: Iterable[str]) -> tuple[str, ...]:
    """Areas without those that lie in others, in order.

    >>> widest(["610402001", "610402", "610403"]), widest(["610402", ""])
    (('610402', '610403'), ('',))
    """
    every = set(areas)
    return tuple(sorted(a for a in every if not any(a != b and a.startswith(b) for b in every)))


def within(areas: Sequence[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """The part of `areas` that lies in `allowed`, as prefixes.

    >>> within(("610402", "610403001"), ("610402001", "610403"))
    ('610402001', '610403001')
    >>> within(("",), ("610402",))
    ('610402',)
    """
    found = [max(a, b, key=len) for a in areas for b in allowed if a.startswith(b) or b.startswith(a)]
    return widest(found)
