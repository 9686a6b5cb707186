"""Work over many communities that no failure stops: not an unforeseen error in one, not a worker that is killed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from typing import TypeVar

from geo.errors import WanggeError, Words
from layers.steps import executor

Job = TypeVar("Job")
Done = TypeVar("Done")

_AHEAD_ON_CLUSTER = 64
"""Jobs handed to a cluster at a time: enough for some dozens of workers, few enough to sit in memory."""
_log = logging.getLogger(__name__)


def steadily(
    call: Callable[[Job], Done], jobs: Iterable[Job], *, workers: int, scheduler: str | None = None
) -> Iterator[tuple[Job, Done | Words]]:
    """Each job with its result, or why there is none, as they finish.

    A pool whose worker died (killed, out of memory) is lost with all that was under way, and nobody knows which job it
    was; a cluster lives on, but blames whatever was waiting at the worker that died. Each of these jobs gets one more
    chance, alone on the cluster or in a fresh process, and what kills that too has failed. Raises `InputError` when the
    cluster at `scheduler` cannot be reached.
    """
    ahead = 2 * workers if scheduler is None else _AHEAD_ON_CLUSTER
    source = iter(jobs)
    while True:
        suspects: list[Job] = []
        with executor(workers, scheduler) as pool:
            yield from _together(pool, call, source, ahead=ahead, suspects=suspects)
        if not suspects:
            return
        for job in suspects:
            yield job, _alone(call, job, scheduler)


def _together(
    pool: Executor, call: Callable[[Job], Done], source: Iterator[Job], *, ahead: int, suspects: list[Job]
) -> Iterator[tuple[Job, Done | Words]]:
    """Results while the pool lives; the jobs that were under way when a worker died go to `suspects`."""
    waiting: dict[Future[Done], Job] = {}
    broken = False
    while True:
        while not broken and len(waiting) < ahead and (job := next(source, None)) is not None:
            try:
                waiting[pool.submit(call, job)] = job
            except BrokenExecutor:
                broken = True
                suspects.append(job)
        if not waiting:
            return
        finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in sorted(finished, key=list(waiting).index):
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except (BrokenExecutor, CancelledError):
                broken = True
                suspects.append(job)
            except Exception as error:
                if _worker_died(error):
                    suspects.append(job)
                else:
                    yield job, _why(error)


def _alone(call: Callable[[Job], Done], job: Job, scheduler: str | None) -> Done | Words:
    with executor(2, scheduler) as pool:
        try:
            return pool.submit(call, job).result()
        except Exception as error:
            if isinstance(error, BrokenExecutor) or _worker_died(error):
                return Words(
                    "the worker died twice (killed, or out of memory); try it again alone, with --workers 1",
                    "计算进程两次意外退出（被终止或内存不足）；请用 --workers 1 单独重试",
                )
            return _why(error)


def _worker_died(error: Exception) -> bool:
    """Whether a cluster gave the job up because workers died under it (whoever killed them)."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(error, distributed.KilledWorker)


def _why(error: Exception) -> Words:
    if isinstance(error, WanggeError):
        return error.words
    _log.info("a community failed", exc_info=error)  # the step tells it; this is for the curious
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return Words(f"unexpected error, {what}", f"意外错误：{what}")
