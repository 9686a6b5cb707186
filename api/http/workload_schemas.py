"""What is said of loads, as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class LoadRow(BaseModel):
    """Events in one place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(description="Of a grid or community, an H3 index, or a month")
    name: str
    events: int = Field(ge=0)


class Loads(BaseModel):
    """Events by place, or the names there are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: list[str]
    rows: list[LoadRow]
