"""What the one box answers: suggestions while typing, and what a name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.http.schemas import CommunityRef, PointRef


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SuggestionOut(_Model):
    """A place whose name goes on from what was typed."""

    label: str = Field(description="What to put into the box")
    kind: str = Field(description="grid, community, complex, building, station, institution or road")
    key: str = Field(description="Code or ref; empty for roads")
    community: CommunityRef | None = Field(description="Where it lies")
    complex_ref: str | None
    building_ref: str | None


class Suggested(_Model):
    """Suggestions, best first."""

    suggestions: list[SuggestionOut]

    @classmethod
    def of(cls, found: Sequence[Any]) -> Suggested:
        """From `geo.locate.finding.Thing`s."""
        return cls(
            suggestions=[
                SuggestionOut(
                    label=one.label,
                    kind=str(one.kind),
                    key=one.key,
                    community=CommunityRef(code=one.community_code, name=one.community_name or None)
                    if one.community_code
                    else None,
                    complex_ref=one.key if one.kind == "complex" else None,
                    building_ref=one.key if one.kind == "building" else None,
                )
                for one in found
            ]
        )


class GridShare(_Model):
    """A grid that a place lies in."""

    code: str
    name: str
    buildings: int = Field(
        ge=0, description="How many of the place's buildings lie in it; 0 for a grid itself"
    )


class PlaceOut(_Model):
    """A place by name."""

    kind: str
    label: str
    key: str
    community: CommunityRef | None
    point: PointRef | None
    grids: list[GridShare]


class FoundOut(_Model):
    """What a text means that is no whole address."""

    words: str = Field(description="The best answer that can be given, in one sentence")
    point: PointRef | None = Field(description="Where the text is coordinates, in any order and form")
    places: list[PlaceOut] = Field(description="Best first; those of the community at hand before others")
