"""What leaves the office: by which right it is public, who made it, and that no more is told than anybody may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.errors import InputError
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store.database import Store
from maps.sheets.said import Said


@dataclass(frozen=True, slots=True)
class Right:
    """By what right a map is public: one of both."""

    approval: str | None = None
    """The map approval number (审图号)."""
    exemption: str | None = None
    """Why it needs none, as somebody decided."""

    def notice(self, lang: str) -> str:
        """What the map says of it."""
        return Said("", lang=lang, approval=self.approval, exemption=self.exemption).notice


def require_public(approval: str | None, exemption: str | None) -> Right | None:
    """By what right a map is to be public; None where nothing is given: then it is internal.

    Raises `InputError` when both are given, or one is empty.
    """
    if approval is not None and exemption is not None:
        raise InputError(
            "give an approval number or the reason for having none, not both", "审图号与免审理由只能填一项"
        )
    for words in (approval, exemption):
        if words is not None and not words.strip():
            raise InputError(
                "the approval number or the reason for having none is empty; write it out",
                "审图号或免审理由为空；请填写",
            )
    return None if approval is None and exemption is None else Right(approval, exemption)


def record_public(
    store: Store,
    viewer: Viewer,
    codes: Sequence[str],
    right: Right,
    *,
    what: str,
    as_of: date,
    actor: str,
    now: datetime,
) -> Viewer:
    """Keep in the history that something public is made of the communities `codes`, and by what right; the viewer to read
    for it with, who sees what anybody may know."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        unit.record(
            action="public-export",
            community_code=codes[0] if len(codes) == 1 else None,
            detail={
                "what": what,
                "as_of": as_of.isoformat(),
                "communities": len(codes),
                "approval": right.approval,
                "exemption": right.exemption,
            },
        )
    return Viewer(Role.PUBLIC, viewer.area, Purpose.EXPORT)
