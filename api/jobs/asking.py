"""Asking for long work: recorded and put into the queue, or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from geo.errors import NotAllowedError, StoreError
from layers.jobs import ledger
from layers.jobs.ledger import Job
from layers.jobs.queue import JobQueue
from layers.rights.viewer import Viewer
from layers.store.database import Store


def ask(
    store: Store,
    queue: JobQueue,
    viewer: Viewer,
    kind: str,
    wanted: Mapping[str, Any],
    *,
    lang: str,
    actor: str,
    now: datetime,
) -> Job:
    """Have `kind` of work done as `wanted` (`api.jobs.wanted`) says, seen and written by `viewer`. Raises `StoreError` when
    there is no queue, `ConflictError` for somebody with too many jobs."""
    job_id = ledger.ask_job(store, viewer, kind, wanted, lang=lang, actor=actor, now=now)
    try:
        queue.put(job_id)
    except StoreError as error:
        ledger.end_job(store, job_id, "failed", error=error.words, now=now)
        raise
    return ledger.read_job(store, job_id)


def cancel(store: Store, queue: JobQueue, job_id: str, *, actor: str, own: bool, now: datetime) -> Job:
    """End a job; with `own` only one of `actor`. Raises `NotFoundError`, `ConflictError` for one that is over."""
    ledger.ask_to_end(store, job_id, actor=actor, own=own, now=now)
    queue.cancel(job_id)
    return ledger.read_job(store, job_id)


def resume(store: Store, queue: JobQueue, job_id: str, *, actor: str, own: bool, now: datetime) -> Job:
    """Let a job that was cancelled go on; with `own` only one of `actor`. Raises as `cancel`."""
    ledger.ask_to_resume(store, job_id, actor=actor, own=own, now=now)
    queue.resume(job_id)
    return ledger.read_job(store, job_id)


def require_covered(job: Job, viewer: Viewer) -> None:
    """Raise `NotAllowedError` unless whoever fetches what a job made may see now all that it was made for."""
    covered = _covers(viewer.area, job.viewer.area)
    if not covered:
        raise NotAllowedError(
            "this was made for a wider area than you may see now", "该结果的范围超出您现在的权限"
        )


def require_covers(viewer: Viewer, area: Sequence[str]) -> None:
    """Raise `NotAllowedError` unless a viewer sees all of `area` (prefixes of codes)."""
    if not _covers(viewer.area, area):
        raise NotAllowedError(
            "this is about all that is served here; it needs a grant for all of it",
            "此项涉及本服务的全部范围，需要相应授权",
        )


def _covers(own: Sequence[str], area: Sequence[str]) -> bool:
    return all(any(part.startswith(prefix) for prefix in own) for part in area)
