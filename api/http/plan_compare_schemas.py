"""What is answered about two plans side by side, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ComparedPlan(_Model):
    """One of two plans."""

    id: int
    version: int
    state: str
    valid_from: str | None


class Moves(_Model):
    """What comes to a grid of another code."""

    households: int
    buildings: int
    area_m2: float


class FateRow(_Model):
    """What became of a grid."""

    code: str
    name: str
    fate: Literal["kept", "changed", "split", "merged", "new", "retired"]
    others: list[str] = Field(description="Codes it came from, or went to")


class CodePair(_Model):
    """An old and a new grid that share ground."""

    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    households: int
    share_of_old: float | None
    share_of_new: float | None


class ServedRow(_Model):
    """A post or organisation of a grid that is not what it was."""

    kind: str = Field(description="`post`, branch, group or station")
    name: str = Field(description="Title of the post or name of the organisation")
    code: str = Field(description="The old grid it serves")
    to: list[str] = Field(description="The grids that hold what it served, the largest share first")
    ends: bool = Field(description="Whether the code of its grid ends")


class ServingAnswer(_Model):
    """Who serves the grids that change."""

    rows: list[ServedRow]
    centres: int = Field(description="Centre households whose building comes to another grid")


class DifferenceAnswer(_Model):
    """Two plans side by side."""

    before: ComparedPlan
    after: ComparedPlan
    households: int
    moved: Moves
    counts: dict[str, int] = Field(description="Grids by fate")
    fates: list[FateRow]
    codes: list[CodePair]
    serving: ServingAnswer
    moved_cells: dict[str, Any] = Field(
        description="GeoJSON of the cells that move, with old_code and new_code"
    )
    grids_before: dict[str, Any] = Field(description="GeoJSON of the grids of the other plan")
