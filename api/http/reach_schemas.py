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
    capacity: int | None = Field(description="Households it is made for")
    opened_on: str | None = Field(description="The first day it is there; null: not known")
    community_code: str | None
    community: str
    lon: float
    lat: float


class Stations(_Model):
    """Stations by ref."""

    stations: list[Station]


class Within(_Model):
    """Those who reach a station within so many minutes on foot."""

    minutes: float
    buildings: int
    households: int
    people: int
    share: float | None = Field(description="Of the households, 0–1; null where there are none")


class NormCircle(_Model):
    """A circle of a radius that norms give for fifteen minutes."""

    radius_m: int
    households: int
    share: float | None


class Circle(_Model):
    """What a straight-line circle of the same minutes would say (直线估算)."""

    households: int
    share: float | None
    overstates_points: float | None = Field(description="Percentage points above the share on foot")
    norms: list[NormCircle] = Field(description="800 and 1,000 m, whatever the minutes")


class Figures(_Model):
    """Who reaches a station. Small buildings are counted with their neighbours."""

    buildings: int
    households: int
    people: int
    within: list[Within] = Field(description="5, 10, 15 and the minutes asked for, ascending")
    reached: int = Field(description="Households within the minutes asked for")
    share: float | None
    not_reached: int = Field(description="Households")
    circle: Circle


class Row(Figures):
    """The figures of one group."""

    code: str = Field(description="Of the place or the kind of station; empty: in no grid or street")
    name: str


class ServedStation(_Model):
    """A station and whom it is the nearest for, within the minutes asked for."""

    ref: str
    name: str
    kind: str
    kind_name: str
    floor_area_m2: float | None
    opening_hours: str | None
    capacity: int | None = Field(description="Households it is made for")
    community_code: str | None
    community: str
    households: int
    buildings: int
    m2_per_100_households: float | None
    off_street_m: float | None = Field(description="Metres to the nearest street")
    lon: float
    lat: float


class WorstServed(_Model):
    """A building that reaches no station within the minutes, or several small ones told as one."""

    building: str = Field(description="Ref; of several the one with most households")
    complex: str
    name: str
    community_code: str
    community: str
    street: str
    grid_code: str | None
    buildings: int = Field(description="How many the counts are of")
    households: int
    people: int | None
    metres: float | None = Field(description="On foot to the nearest station; null: no way")
    minutes: float | None
    station: str | None = Field(description="Its name; null where it is none of the caller's")
    circle_metres: float | None = Field(description="As the crow flies")
    lon: float
    lat: float


class ReachAnswer(_Model):
    """Reach (覆盖率): who walks to a station."""

    as_of: str = Field(
        description="The day whose grids and stations are meant; homes and streets are today's"
    )
    minutes: float
    profile: str
    speed_m_s: float
    limit_m: float = Field(description="How far one walks in the minutes")
    by: str
    circle: str = Field(description="What the circle is called, in the language of the answer")
    total: Figures
    rows: list[Row]
    stations: list[ServedStation]
    histogram: list[int] = Field(
        description="Households by minutes to the nearest station: 0–1, 1–2 … 29–30, and all beyond or without a way"
    )
    not_reached: int = Field(description="How many buildings, small ones told as one, `worst` is taken from")
    worst: list[WorstServed] = Field(description="Most households first")
    remarks: list[str] = Field(description="What a reader must know of the figures")


class MoreWithin(_Model):
    """How many more."""

    minutes: float
    buildings: int
    households: int
    people: int
    points: float | None = Field(description="Percentage points of the households")


class More(_Model):
    """What the change brings; below 0 what it takes."""

    within: list[MoreWithin]
    reached: int
    points: float | None


class MoreRow(More):
    """What the change brings to one group."""

    code: str
    name: str


class Difference(_Model):
    """After less before."""

    total: More
    rows: list[MoreRow]


class Compared(_Model):
    """Reach on two days, over today's homes and streets."""

    before: ReachAnswer = Field(description="On the day it is compared with")
    after: ReachAnswer = Field(description="On the day asked about")
    difference: Difference


class TriedOut(_Model):
    """Reach as it is and as it would be."""

    before: ReachAnswer
    after: ReachAnswer
    difference: Difference


class SitePlace(_Model):
    """Where a new station would stand."""

    number: int
    lon: float
    lat: float
    near: str = Field(description="Complex and building next to it")
    community_code: str
    community: str
    gained: int = Field(description="Households this place reaches that no station there is reaches")


class SiteChoice(_Model):
    """One choice of places, and what is proved of it."""

    choice: int = Field(description="1 is the best found")
    stations: int
    reached: int
    gained: int
    objective: float = Field(
        description="most: households reached; all: stations; least_walk: metres of all households"
    )
    bound: float = Field(description="No choice does better than this")
    gap: float = Field(description="How far from the best it may be, as a share; 0 is proved best")
    proved: bool
    places: list[SitePlace]


class SitesAnswer(_Model):
    """Where new stations should stand."""

    as_of: str
    minutes: float
    profile: str
    model: str
    households: int
    reached_now: int
    candidates: int = Field(description="How many places were compared")
    choices: list[SiteChoice]
    remarks: list[str]
