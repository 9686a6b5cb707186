"""What the routes of the audit answer, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

_ANSWER = ConfigDict(extra="forbid", frozen=True)


class AuditRow(BaseModel):
    """Something that was done, seen or refused."""

    model_config = _ANSWER

    number: int = Field(ge=1)
    at: datetime
    who: str = Field(description="`http:` an account, `token:` a program, `cli:` an account of the machine")
    what: str
    where: str = Field(description="The address it came from; empty for the command line")
    route: str
    said: str = Field(description="The rest of the row, as JSON; what concerns people is never in it")


class AuditPage(BaseModel):
    """Rows, newest first."""

    model_config = _ANSWER

    rows: list[AuditRow]
    older: int | None = Field(description="To be sent as `before` for the next ones; null: there are none")


class AuditVerdict(BaseModel):
    """Whether the audit is whole."""

    model_config = _ANSWER

    whole: bool
    rows: int = Field(ge=0)
    first: datetime | None = Field(description="When the oldest row was written")
    last: datetime | None
    checkpoints: int = Field(
        ge=0, description="So many lines of a file outside the store it was held against"
    )
    faults: list[str] = Field(description="What was changed, is missing, or was cut off")
    notices: list[str] = Field(description="What is whole but strange: a clock that was set back")
