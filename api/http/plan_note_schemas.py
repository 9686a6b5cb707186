"""What is asked and answered about notes of a plan and its consultation, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.http.deps import written_out
from api.http.plan_schemas import GridName
from layers.plans.consulting import LONGEST_TEXT
from layers.plans.notes import LONGEST_NOTE, MOST_POINTS, Note, Verdict, Via

NoteText = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Day = Annotated[date, BeforeValidator(written_out)]
Place = Annotated[
    list[Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]], Field(min_length=2, max_length=2)
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoteAsked(_Model):
    """Something said of a plan."""

    text: NoteText
    grid: GridName | None = Field(None, description="Code or name of the grid it is about")
    mark: Annotated[list[Place], Field(max_length=MOST_POINTS)] = Field(
        [], description="One point [longitude, latitude], the points of a drawn line, or nothing; EPSG:4490"
    )
    via: Via | None = Field(
        None, description="How a remark of the public came in; none for a comment of the office"
    )
    said_on: Day | None = Field(None, description="The day it was said; today when not given")

    @property
    def note(self) -> Note:
        """The same as the layers take it."""
        mark = tuple((lon, lat) for lon, lat in self.mark)
        return Note(self.text, self.grid, mark, self.via, self.said_on)


class NoteAnswerAsked(_Model):
    """What was made of a note."""

    verdict: Verdict
    answer: NoteText | None = None


class NoteRow(_Model):
    """A note and what was made of it."""

    number: int
    text: str
    grid_code: str | None
    mark: list[list[float]] = Field(description="As it was drawn; EPSG:4490")
    public: bool = Field(description="Whether it is a remark of the public")
    via: Via | None
    said_on: str
    actor: str = Field(description="Who kept it")
    at: str
    verdict: Verdict | None
    answer: str | None
    answered_by: str | None
    answered_at: str | None


class ConsultationRow(_Model):
    """A plan shown to the public."""

    first_day: str
    last_day: str
    how: str = Field(description="How and where one answers")
    approval: str | None = Field(description="The map approval number (审图号)")
    exemption: str | None = Field(description="Why it needs none")
    state: Literal["coming", "open", "over", "ended"]


class Notes(_Model):
    """What was said of a plan."""

    plan: int
    notes: list[NoteRow]
    consultation: ConsultationRow | None = Field(description="The newest about it")


class NoteKept(_Model):
    """The number of a note."""

    plan: int
    number: int


class ConsultAsked(_Model):
    """From when to when a plan is shown, how one answers, and by what right it is public: one of the last two."""

    first_day: Day
    last_day: Day
    how: Text
    approval: Text | None = Field(None, description="The map approval number (审图号)")
    exemption: Text | None = Field(None, description="Why it needs none")


class ConsultEndAsked(_Model):
    """Why a consultation ends before its last day."""

    reason: Text


class ShownRow(_Model):
    """A plan shown to the public today."""

    plan: int
    community: str
    first_day: str
    last_day: str


class Shown(_Model):
    """What is shown to the public today."""

    shown: list[ShownRow]
