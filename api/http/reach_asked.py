"""What can be asked about walking: the parameters that routes share, and the bodies they take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.clock import today
from api.http.deps import AskedDay, AskedLang, doors_of, written_out
from api.settings import Lang
from geo.conform import MOST_OWN_CHARACTERS
from geo.errors import InputError
from geo.reach.models import Model
from geo.reach.walk import OWN_PACE
from layers.reach.changes import Changes, Point
from layers.reach.reach import By
from layers.reach.sites import MOST_ALTERNATIVES

MOST_CHANGED = 200
"""Stations added, moved or closed in one question, of each."""
MOST_CANDIDATES = 500
MOST_NEW_ASKED = 50
MOST_WORST = 200
Profile = Annotated[
    str,
    Query(
        pattern=rf"^(default|elderly|{OWN_PACE})$",
        description="Walking speed: default 1.1 m/s, elderly 0.8 m/s, or metres per second of your own, such as 0.65",
    ),
]
Ref = Annotated[str, Field(min_length=1, max_length=64)]

Communities = Annotated[
    list[Annotated[str, Query(pattern=r"^\d{1,12}$")]] | None,
    Query(
        max_length=200,
        description="Codes of communities, or of the street or district they lie in; all when not given",
    ),
]
Kinds = Annotated[
    list[Annotated[str, Query(min_length=1, max_length=MOST_OWN_CHARACTERS)]] | None,
    Query(
        alias="kind",
        max_length=20,
        description="Stations of these kinds only: party_service, pioneer_post, day_care, clinic, police_room, other, or a word of your own",
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose reach, how fast, how long, to what; homes and streets are today's, stations and grids those of `as_of`."""

    minutes: float
    profile: str
    communities: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    as_of: date
    lang: Lang


async def asked_today(
    request: Request,
    lang: AskedLang,
    minutes: Annotated[float, Query(ge=1, le=120, description="On foot; to a tenth of a minute")] = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    kind: Kinds = None,
) -> Asked:
    """The question about today, in one form for all ways to write it."""
    return Asked(
        round(minutes, 1),
        profile,
        tuple(sorted(set(community))) if community else None,
        tuple(sorted(set(kind))) if kind else None,
        today(doors_of(request).clock),
        lang,
    )


AskedToday = Annotated[Asked, Depends(asked_today)]


async def asked(question: AskedToday, as_of: AskedDay) -> Asked:
    """The same with the stations and grids of a day."""
    return replace(question, as_of=as_of)


AskedReach = Annotated[Asked, Depends(asked)]
AskedBefore = Annotated[
    date,
    BeforeValidator(written_out),
    Query(description="The day it is compared with, YYYY-MM-DD; it may lie before or after the other"),
]
AskedBy = Annotated[By, Query(description="What the rows are")]
AskedWorst = Annotated[int, Query(ge=0, le=MOST_WORST, description="How many of the worst served buildings")]


class Place(BaseModel):
    """A place in degrees (EPSG:4490)."""

    model_config = ConfigDict(extra="forbid", strict=True)  # true is no longitude

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)

    @property
    def point(self) -> Point:
        """Longitude and latitude."""
        return self.lon, self.lat


class Move(Place):
    """Where a station would stand."""

    station: Ref = Field(description="Ref of a station of the caller's area")


class Tried(BaseModel):
    """Stations as they might be. Nothing is written."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"add": [{"lon": 108.7, "lat": 34.33}], "close": ["s-12"]}]},
    )

    add: list[Place] = Field(default_factory=list, max_length=MOST_CHANGED)
    move: list[Move] = Field(default_factory=list, max_length=MOST_CHANGED)
    close: list[Ref] = Field(default_factory=list, max_length=MOST_CHANGED, description="Refs of stations")

    def changes(self) -> Changes:
        """What is tried out. Raises `InputError` for a station moved twice."""
        refs = [one.station for one in self.move]
        for ref in refs:
            if refs.count(ref) > 1:
                raise InputError(
                    f"station {ref} is moved twice; move it once", f"站点 {ref} 重复迁移；请只迁移一次"
                )
        return Changes(
            add=[one.point for one in self.add],
            close=tuple(dict.fromkeys(self.close)),
            move={one.station: one.point for one in self.move},
        )


class SiteQuestion(Tried):
    """How many new stations, among what, beside which that stay."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"new": 2, "model": "most", "alternatives": 3}]}
    )

    new: int = Field(default=1, ge=1, le=MOST_NEW_ASKED, description="New stations; `all` finds their number")
    model: Model = Field(
        default=Model.MOST,
        description="most: reach the most households; all: everybody with the fewest stations; least_walk",
    )
    keep: list[Ref] | None = Field(
        default=None, max_length=MOST_CHANGED, description="Only these of the caller's stations stay"
    )
    candidates: list[Place] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_CANDIDATES,
        description="Places to choose from; crossings near homes when not given",
    )
    capacity: float | None = Field(
        default=None, ge=1, le=1_000_000, allow_inf_nan=False, description="Households a station can serve"
    )
    alternatives: int = Field(default=1, ge=1, le=MOST_ALTERNATIVES, description="How many choices")
