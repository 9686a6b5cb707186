"""What is asked and answered on the way of a plan, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.http.deps import written_out
from api.http.plan_schemas import GridName

Remark = Annotated[str, Field(max_length=2000)]
RuleName = Annotated[str, Field(min_length=1, max_length=40, description="As the checks name it")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MoveAsked(_Model):
    """A remark for the history."""

    remark: Remark | None = None


class DecideAsked(MoveAsked):
    """A verdict about the plan, or about some of its grids."""

    grids: Annotated[list[GridName], Field(max_length=999)] = Field(
        [], description="Only these grids of a submitted plan; the whole plan when there are none"
    )


class MoveAnswer(_Model):
    """The plan's state now."""

    plan: int
    state: Literal["draft", "submitted", "returned", "approved"]
    revision: int
    undecided: int = Field(description="Grids nobody has decided about yet, where it goes grid by grid")


class PublishAsked(_Model):
    """From when an approved plan is in force."""

    valid_from: Annotated[date, BeforeValidator(written_out)]
    confirmed: bool = Field(False, description="A first day far away is meant")


class PublishAnswer(_Model):
    """What was published."""

    plan: int
    version: int
    valid_from: str
    kept: int = Field(description="Grids that keep a code")
    new: int
    retired: int
    warnings: int = Field(description="Findings that were let stand, kept with the deed")


class WithdrawAsked(_Model):
    """Why a publication that has not begun is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class WithdrawAnswer(_Model):
    """What was taken back."""

    plan: int
    version: int
    draft: int = Field(description="A copy of the plan to go on from")
    again: int | None = Field(description="The plan before it, which holds on")


class ExceptAsked(_Model):
    """A finding that may stand."""

    rule: RuleName
    grid: GridName | None = Field(None, description="Code of the grid; none for the plan as a whole")
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    approver: Annotated[str, Field(min_length=1, max_length=60, description="Who approved it")]


class ExceptNoMoreAsked(_Model):
    """An exception that ends."""

    rule: RuleName
    grid: GridName | None = None


class Risen(_Model):
    """The plan's revision now."""

    plan: int
    revision: int


class WayRow(_Model):
    """One deed on the way of a plan."""

    at: str
    actor: str
    deed: Literal[
        "submit",
        "recall",
        "approve",
        "return",
        "publish",
        "withdraw",
        "except",
        "except no more",
        "consult",
        "consult no more",
    ]
    remark: str | None
    grids: list[str] = Field(description="Codes of the grids it was about; none where it was the plan")
    valid_from: str | None
    rule: str | None
    grid: str | None
    approver: str | None
    days: list[str] | None = Field(None, description="First and last day of a consultation")


class Way(_Model):
    """Who submitted, took back, approved, sent back, published or withdrew a plan, the oldest first."""

    plan: int
    way: list[WayRow]
