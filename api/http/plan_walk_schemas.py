"""What is asked and answered about the walk on site, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.http.deps import written_out
from geo.texts import SOUND_PATTERN

GridCode = Annotated[str, Field(min_length=1, max_length=40, pattern=SOUND_PATTERN)]
Numbers = Annotated[
    list[Annotated[int, Field(ge=1, le=9_999)]],
    Field(
        max_length=2_000, description="Of the stretches, as on the sheet; all of the grid when there are none"
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WalkedAsked(_Model):
    """Stretches of a grid that were walked in one go."""

    grid: GridCode
    stretches: Numbers = []
    by: Annotated[str, Field(min_length=1, max_length=60, pattern=SOUND_PATTERN, description="Who signed")]
    on: Annotated[date, BeforeValidator(written_out)]
    remark: Annotated[str, Field(max_length=2_000, pattern=SOUND_PATTERN)] | None = None
    sheet: (
        Annotated[
            str,
            Field(
                max_length=20,
                pattern=SOUND_PATTERN,
                description="The check word of the sheet: refused when the outline was changed since it was printed",
            ),
        ]
        | None
    ) = None


class NotWalkedAsked(_Model):
    """Stretches whose walk was typed wrongly."""

    grid: GridCode
    stretches: Numbers = []


class WalkedAnswer(_Model):
    """How many entries were kept or taken back."""

    plan: int
    entries: int


class WalkedGrid(_Model):
    """How far the walk along one grid has come."""

    code: str
    name: str
    sheet: str = Field(description="The check word of its outline as it is now")
    stretches: int
    walked: int


class Walks(_Model):
    """The outlines of a plan in stretches, and which were walked."""

    plan: int
    grids: list[WalkedGrid]
    stretches: dict[str, Any] = Field(
        description="GeoJSON lines: code, number, along, beside, length_m, walked, walked_by, walked_on, remark"
    )
