"""The seam for rights: every read of a layer says who looks, where they may look, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import InputError, NotAllowedError


class Role(StrEnum):
    """What a viewer is, from most to least."""

    OPERATOR = "operator"
    """Runs the machine: the command line."""
    PLANNER = "planner"
    LEADER = "leader"
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


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads. `area` holds code prefixes (district, street or community); `("",)` is everywhere.

    >>> Viewer(Role.LEADER, ("610402001",), Purpose.DISPLAY).sees("610402001003")
    True
    """

    role: Role
    area: tuple[str, ...]
    purpose: Purpose

    def __post_init__(self) -> None:
        if "" in self.area and self.area != ("",):
            raise InputError(
                "an empty prefix among others would open everything; leave it out",
                "范围中混有空前缀，会放开全部数据；请去掉",
            )

    def sees(self, community_code: str) -> bool:
        """Whether a community lies in the viewer's area."""
        return any(community_code.startswith(prefix) for prefix in self.area)

    def require(self, community_code: str) -> None:
        """Raise `NotAllowedError` unless the community lies in the viewer's area."""
        if not self.sees(community_code):
            raise NotAllowedError(
                f"community {community_code} is outside your area; ask an administrator for the right",
                f"社区 {community_code} 不在您的权限范围内；请联系管理员授权",
            )


OPERATOR = Viewer(Role.OPERATOR, ("",), Purpose.MAINTENANCE)
"""The command line acts as the operator of its own machine."""
