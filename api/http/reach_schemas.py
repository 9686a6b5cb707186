"""What the routes about stations and walking take and answer, as the OpenAPI document describes it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Station(_Model):
    """A service station (服务站点)."""

    ref: str
    name: str
    kind: str = Field(description="party_service, pioneer_post, day_care, clinic, police_room or other")
    kind_name: str = Field(description="In the language of the answer")
    floor_area_m2: float | None
    opening_hours: str | None
    community_code: str | None
    community: str
    lon: float
    lat: float


class Stations(_Model):
    """Stations by ref."""

    stations: list[Station]
