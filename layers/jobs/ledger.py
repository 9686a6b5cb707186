"""The record of long work: who asked for what, how far it is, what came of it. Whoever asked sees it, and nobody else does
but who runs the machine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError, Words
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store.database import Store
from layers.store.job_tables import jobs
from layers.store.moments import as_utc
from layers.store.unit import Reading, Writing

State = Literal["waiting", "running", "ending", "cancelled", "failed", "done"]
OVER = ("cancelled", "failed", "done")
"""States in which nothing more happens by itself."""
KEEPER = OPERATOR
"""The program itself keeps the record, for all who ask."""
MOST_OPEN = 20
"""So many jobs of one account may wait or run at once."""
_TOLD_MOST = 500


@dataclass(frozen=True, slots=True)
class File:
    """What a job made, to be fetched."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work."""

    id: str
    kind: str
    actor: str
    """Who asked, as in the history."""
    viewer: Viewer
    """As whom it reads and writes."""
    wanted: Mapping[str, Any]
    """What exactly was asked for, plain JSON."""
    lang: str
    state: State
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    worker: str | None
    done: int
    """Parts that are done, well or not."""
    total: int | None
    """Parts in all; None before it is known."""
    begun: int
    """Parts that were begun."""
    doing: str | None
    """The part under way."""
    told: tuple[Words, ...]
    """What there is to say of it, in both languages."""
    error: Words | None
    file: File | None

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.state in OVER


def ask_job(
    store: Store,
    viewer: Viewer,
    kind: str,
    wanted: Mapping[str, Any],
    *,
    lang: str,
    actor: str,
    now: datetime,
    job_id: str | None = None,
) -> str:
    """Record that somebody wants long work done; its number. `job_id` is one made before (`new_id`).

    Raises `ConflictError` for somebody who has `MOST_OPEN` jobs waiting or running.
    """
    job_id = job_id or new_id()
    with store.writing(KEEPER, actor=actor, now=now) as unit:
        mine = sa.select(sa.func.count()).where(jobs.c.actor == actor, jobs.c.state.not_in(OVER))
        if int(unit.scalar(mine)) >= MOST_OPEN:
            raise ConflictError(
                f"{MOST_OPEN} jobs of yours are waiting or running; cancel some or wait for them",
                f"您已有 {MOST_OPEN} 个任务在排队或执行；请取消一些，或等待完成",
            )
        unit.execute(
            jobs.insert().values(
                id=job_id,
                kind=kind,
                actor=actor,
                viewer=_told_viewer(viewer),
                wanted=dict(wanted),
                lang=lang,
                state="waiting",
                asked_at=now,
                done=0,
                begun=0,
                told=[],
            )
        )
        unit.record(action="job", detail={"job": job_id, "kind": kind})
    return job_id


def new_id() -> str:
    """A number nobody guesses."""
    return secrets.token_hex(8)


def read_job(store: Store, job_id: str, *, actor: str | None = None) -> Job:
    """One job; of `actor` only, if given. Raises `NotFoundError`, also for a job of somebody else."""
    with store.reading(KEEPER) as unit:
        return _one(unit, job_id, actor)


def list_jobs(store: Store, *, actor: str | None = None, limit: int = 50) -> list[Job]:
    """Jobs of `actor`, or all of them, the newest first."""
    statement = sa.select(jobs).order_by(jobs.c.asked_at.desc(), jobs.c.id).limit(limit)
    with store.reading(KEEPER) as unit:
        rows = unit.execute(statement if actor is None else statement.where(jobs.c.actor == actor)).all()
    return [_job(row) for row in rows]


def in_states(store: Store, *states: State) -> list[Job]:
    """Jobs of everybody in these states, the oldest first."""
    statement = sa.select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.asked_at, jobs.c.id)
    with store.reading(KEEPER) as unit:
        return [_job(row) for row in unit.execute(statement).all()]


def begin_job(store: Store, job_id: str, *, worker: str, now: datetime) -> Job | None:
    """Say that a worker takes a job up, again perhaps; None for one that is over or to be ended."""
    with store.writing(KEEPER, actor=worker, now=now) as unit:
        job = _one(unit, job_id, None)
        if job.state not in ("waiting", "running"):
            return None
        _set(unit, job_id, state="running", worker=worker, started_at=job.started_at or now)
        return _one(unit, job_id, None)


def say_total(store: Store, job_id: str, total: int, *, now: datetime) -> None:
    """Say of how many parts a job consists."""
    with store.writing(KEEPER, actor="jobs", now=now) as unit:
        _set(unit, job_id, total=total)


def begin_part(store: Store, job_id: str, number: int, name: str, *, now: datetime) -> bool:
    """Say that part `number` (from 0) is begun. Returns whether it had been begun before: a worker died over it."""
    with store.writing(KEEPER, actor="jobs", now=now) as unit:
        job = _one(unit, job_id, None)
        again = job.begun > number
        _set(unit, job_id, done=number, begun=max(job.begun, number + 1), doing=name)
        return again


def say_doing(store: Store, job_id: str, text: str, *, now: datetime) -> None:
    """Say what is being done just now."""
    with store.writing(KEEPER, actor="jobs", now=now) as unit:
        _set(unit, job_id, doing=text)


def end_job(
    store: Store,
    job_id: str,
    state: State,
    *,
    told: Sequence[Words] = (),
    error: Words | None = None,
    file: File | None = None,
    now: datetime,
) -> None:
    """Record how a job ended. One that is over already stays as it is; only `cancelled` may follow on `ending`, or how it
    ended before it could be cancelled."""
    kept = None if file is None else {"name": file.name, "bytes": file.bytes, "sha256": file.sha256}
    with store.writing(KEEPER, actor="jobs", now=now) as unit:
        job = _one(unit, job_id, None)
        if job.over:
            return
        _set(
            unit,
            job_id,
            state=state,
            ended_at=now,
            doing=None,
            done=(job.total or 0) if state == "done" else job.done,
            told=[list(words) for words in told[:_TOLD_MOST]],
            error=None if error is None else list(error),
            file=kept,
        )


def ask_to_end(store: Store, job_id: str, *, actor: str, own: bool, now: datetime) -> State:
    """Ask for a job to be ended; the state it has by that. With `own` only a job of `actor`.

    Raises `NotFoundError`; `ConflictError` for one that is over.
    """
    with store.writing(KEEPER, actor=actor, now=now) as unit:
        job = _one(unit, job_id, actor if own else None)
        if job.over:
            raise ConflictError(f"job {job_id} is over already", f"任务 {job_id} 已结束")
        state: State = "cancelled" if job.state == "waiting" else "ending"
        _set(unit, job_id, state=state, ended_at=now if state == "cancelled" else None)
        unit.record(action="job-cancel", detail={"job": job_id, "kind": job.kind})
    return state


def ask_to_resume(store: Store, job_id: str, *, actor: str, own: bool, now: datetime) -> None:
    """Ask for a job that was cancelled to go on where it was. Raises `NotFoundError`; `ConflictError` for one that was
    not cancelled."""
    with store.writing(KEEPER, actor=actor, now=now) as unit:
        job = _one(unit, job_id, actor if own else None)
        if job.state != "cancelled":
            raise ConflictError(
                f"job {job_id} is {job.state}; only what was cancelled can go on",
                f"任务 {job_id} 未被取消，无需继续",
            )
        _set(unit, job_id, state="waiting", ended_at=None)
        unit.record(action="job-resume", detail={"job": job_id, "kind": job.kind})


def forget_jobs(store: Store, *, before: datetime, now: datetime) -> list[str]:
    """Drop jobs that ended before a moment; their numbers, so that their files can go too."""
    old = sa.select(jobs.c.id).where(jobs.c.state.in_(OVER), jobs.c.ended_at < before)
    with store.writing(KEEPER, actor="jobs", now=now) as unit:
        gone = [str(one) for one in unit.scalars(old)]
        if gone:
            unit.execute(jobs.delete().where(jobs.c.id.in_(gone)))
    return gone


def _one(unit: Reading, job_id: str, actor: str | None) -> Job:
    row = unit.execute(sa.select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None or (actor is not None and row.actor != actor):
        raise NotFoundError(f"there is no job {job_id} of yours", f"您没有任务 {job_id}")
    return _job(row)


def _set(unit: Writing, job_id: str, **values: Any) -> None:
    unit.execute(jobs.update().where(jobs.c.id == job_id).values(**values))


def _job(row: Any) -> Job:
    seen = row.viewer
    return Job(
        row.id,
        row.kind,
        row.actor,
        Viewer(
            Role(seen["role"]), tuple(seen["area"]), Purpose(seen["purpose"]), OfPeople(seen["of_people"])
        ),
        row.wanted,
        row.lang,
        cast(State, row.state),
        as_utc(row.asked_at),
        as_utc(row.started_at),
        as_utc(row.ended_at),
        row.worker,
        int(row.done),
        None if row.total is None else int(row.total),
        int(row.begun),
        row.doing,
        tuple(Words(*words) for words in row.told),
        None if row.error is None else Words(*row.error),
        None if row.file is None else File(**row.file),
    )


def _told_viewer(viewer: Viewer) -> dict[str, Any]:
    return {
        "role": viewer.role.value,
        "area": list(viewer.area),
        "purpose": viewer.purpose.value,
        "of_people": viewer.of_people.value,
    }
