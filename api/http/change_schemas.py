"""What the feed of changes answers, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GridBecame(_Model):
    """A grid that is not as it was."""

    code: str
    name: str
    kind: str
    became: Literal["appeared", "changed", "ended"]
    how: Literal["kept", "changed", "split", "merged", "new", "retired", "renamed"] = Field(
        description="split: part of an old grid, another part of which went elsewhere; merged: most of several old grids"
    )


class PassedOn(_Model):
    """How much of an old grid a new one took."""

    old: str
    new: str
    share_of_old: float = Field(ge=0, le=1, description="Of its area, not of its households")
    share_of_new: float = Field(ge=0, le=1)


class ChangeTold(_Model):
    """What one publication, or one withdrawal, did in one community."""

    cursor: str
    version: int
    action: Literal["published", "withdrawn"]
    at: datetime
    valid_from: date = Field(description="From this day on it holds; ask /api/locate as_of a day")
    community: str
    grids: list[GridBecame]
    unchanged: int = Field(description="Grids that are as they were")
    crosswalk: list[PassedOn] = Field(description="Pairs of old and new grids of which one is not as it was")


class Changes(_Model):
    """Changes in their order, the oldest first."""

    changes: list[ChangeTold]
    next: str = Field(description="To be given as `since` the next time")
    more: bool = Field(description="There is more already: ask again at once")
