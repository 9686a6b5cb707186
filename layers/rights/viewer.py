"""The seam for rights: every read of a layer says who looks, where they may look, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import InputError


class Role(StrEnum):
    """What a viewer is, from most to least."""

    OPERATOR = "operator"
    """Runs the machine: the command line."""
    ADMIN = "admin"
    """Keeps accounts and grants; sees nothing of people by it."""
    AUDITOR = "auditor"
    """Reads who did and saw what."""
    STEWARD = "steward"
    """Keeps the lists and decides addresses in doubt."""
    APPROVER = "approver"
    PLANNER = "planner"
    LEADER = "leader"
    VIEWER = "viewer"
    SYSTEM = "system"
    """Another program, such as the 12345 hotline."""
    PUBLIC = "public"


class Purpose(StrEnum):
    """What a read is for; kept with every audited read."""

    PLANNING = "planning"
    LOOKUP = "lookup"
    DISPLAY = "display"
    EXPORT = "export"
    MAINTENANCE = "maintenance"


class OfPeople(StrEnum):
    """What of a person may be seen, from least to most."""

    NOTHING = "nothing"
    COUNTS = "counts"
    BUILDING = "building"
    MASKED = "masked"
    """The household, its door masked by parsed part."""
    FULL = "full"


_HOUSEHOLD_PURPOSES = (Purpose.MAINTENANCE, Purpose.EXPORT)
"""What single households may be read for, by the operator and by who was granted it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads. `area` holds code prefixes (district, street or community); `("",)` is everywhere.

    >>> Viewer(Role.LEADER, ("610402001",), Purpose.DISPLAY).sees("610402001003")
    True
    """

    role: Role
    area: tuple[str, ...]
    purpose: Purpose
    of_people: OfPeople = OfPeople.COUNTS
    full_in: tuple[str, ...] = ()
    """The part of the area where households are seen in full by whoever sees them masked elsewhere; code prefixes."""

    def __post_init__(self) -> None:
        if "" in self.area and self.area != ("",):
            raise InputError(
                "an empty prefix among others would open everything; leave it out",
                "范围中混有空前缀，会放开全部数据；请去掉",
            )

    @property
    def sees_everything(self) -> bool:
        """Whether the area is everywhere."""
        return self.area == ("",)

    @property
    def reads_households(self) -> bool:
        """Whether this role may, for this purpose, read where single households live."""
        granted = self.role is Role.OPERATOR or self.of_people is OfPeople.FULL
        return granted and self.purpose in _HOUSEHOLD_PURPOSES

    @property
    def reads_masked(self) -> bool:
        """Whether this viewer may, for this purpose, read of single households what is left of them when masked."""
        granted = self.role is not Role.OPERATOR and self.of_people is OfPeople.MASKED
        return granted and self.purpose in _HOUSEHOLD_PURPOSES

    def sees_in_full(self, community_code: str | None) -> bool:
        """Whether a household of a community (None: of none that is known) is seen in full, not masked.

        >>> mixed = Viewer(Role.STEWARD, ("610402",), Purpose.MAINTENANCE, OfPeople.MASKED, ("610402001",))
        >>> mixed.sees_in_full("610402001003"), mixed.sees_in_full("610402002001"), mixed.sees_in_full(None)
        (True, False, False)
        """
        code = community_code if isinstance(community_code, str) else ""
        return self.reads_households or any(code.startswith(prefix) for prefix in self.full_in)

    @property
    def counts_buildings(self) -> bool:
        """Whether this viewer may see counts of single buildings, however small; others see small ones with their
        neighbours."""
        return self.role is Role.OPERATOR or self.of_people not in (OfPeople.NOTHING, OfPeople.COUNTS)

    @property
    def calls_duty(self) -> bool:
        """Whether this viewer may be told who holds a post that is not posted for everybody, to call him in his duty."""
        return self.role is Role.OPERATOR or (
            self.purpose is Purpose.LOOKUP and self.of_people is not OfPeople.NOTHING
        )

    def sees(self, community_code: str) -> bool:
        """Whether a community lies in the viewer's area."""
        return any(community_code.startswith(prefix) for prefix in self.area)


OPERATOR = Viewer(Role.OPERATOR, ("",), Purpose.MAINTENANCE)
"""The command line acts as the operator of its own machine."""
NOBODY = Viewer(Role.SYSTEM, (), Purpose.LOOKUP)
"""The program itself where it asks for what tells of no place: sees no community."""
