"""What the routes of long work answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.jobs.kinds import KINDS
from layers.jobs.ledger import Job


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobFile(_Model):
    """What a job made."""

    name: str
    bytes: int
    sha256: str


class JobAnswer(_Model):
    """One job."""

    id: str
    kind: str
    title: str = Field(description="What it is, in the language asked for")
    state: Literal["waiting", "running", "ending", "cancelled", "failed", "done"]
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int = Field(description="Parts that are done")
    total: int | None = Field(description="Parts in all; null before it is known")
    doing: str | None = Field(description="The part under way")
    told: list[str] = Field(description="What there is to say of it")
    error: str | None
    file: JobFile | None

    @classmethod
    def of(cls, job: Job, lang: str) -> JobAnswer:
        """From the record."""
        return cls(
            id=job.id,
            kind=job.kind,
            title=KINDS[job.kind].words.text(lang) if job.kind in KINDS else job.kind,
            state=job.state,
            asked_at=job.asked_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            done=job.done,
            total=job.total,
            doing=job.doing,
            told=[words.text(lang) for words in job.told],
            error=None if job.error is None else job.error.text(lang),
            file=None
            if job.file is None
            else JobFile(name=job.file.name, bytes=job.file.bytes, sha256=job.file.sha256),
        )


class Jobs(_Model):
    """Jobs, the newest first."""

    jobs: list[JobAnswer]


class JobLine(_Model):
    """A job as whoever keeps the accounts sees it: without what it is about."""

    id: str
    kind: str
    actor: str
    state: str
    asked_at: datetime
    ended_at: datetime | None
    done: int
    total: int | None


class JobLines(_Model):
    """Jobs of everybody, the newest first."""

    jobs: list[JobLine]
