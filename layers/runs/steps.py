"""Long work over many communities: one step each, in parallel, and no failure of one stops the others: not an unforeseen
error, not a worker that is killed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from geo.errors import InputError, WanggeError, Words
from layers import children

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_WAIT_FOR_CLUSTER_S = 10.0
_AHEAD_ON_CLUSTER = 64
"""Jobs handed to a cluster at a time: enough for some dozens of workers, few enough to sit in memory."""

Job = TypeVar("Job")
Done = TypeVar("Done")
Figures = TypeVar("Figures")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step(Generic[Figures]):
    """One community finished, well or not."""

    community_code: str
    name: str
    done: int
    total: int
    came: Figures | None = None
    """What came of it; None when it failed, or where work is only on its way."""
    notes: tuple[Words, ...] = ()
    error: Words | None = None

    @property
    def figures(self) -> Figures:
        """What came of it. Raises `LookupError` when nothing did."""
        if self.came is None:
            raise LookupError(f"nothing came of {self.community_code or self.name}: {self.error}")
        return self.came


class Named(Protocol):
    """A job about one community."""

    @property
    def code(self) -> str:
        """The community's code."""

    @property
    def name(self) -> str:
        """The community's name."""


NamedJob = TypeVar("NamedJob", bound=Named)


def attempt(call: Callable[[], Done]) -> Done | WanggeError:
    """What `call` gives, or why it gives nothing: whatever goes wrong for one community is its own failure."""
    try:
        return call()
    except Exception as error:
        return _ours(error)


def each(
    call: Callable[[NamedJob], Done],
    jobs: Iterable[NamedJob | Step[Figures]],
    keep: Callable[[NamedJob, Done], Step[Figures]],
    *,
    total: int,
    workers: int,
    scheduler: str | None = None,
) -> Iterator[Step[Figures]]:
    """One numbered step per community: `call` runs anywhere, `keep` here, with what came of it.

    `jobs` yields a step instead of a job where there is nothing to do, or where it cannot be done. Whatever goes wrong
    in `call` or `keep` is the failed step of that community and stops nobody else. Raises as `steadily` does.
    """
    settled: list[Step[Figures]] = []

    def to_do() -> Iterator[NamedJob]:
        for one in jobs:
            if isinstance(one, Step):
                settled.append(one)
            else:
                yield one

    done = 0
    for job, result in steadily(call, to_do(), workers=workers, scheduler=scheduler):
        came = result if isinstance(result, WanggeError) else attempt(partial(keep, job, result))
        if isinstance(came, WanggeError):
            came = Step(job.code, job.name, 0, 0, error=came.words)
        for one in (*settled, came):
            done += 1
            yield replace(one, done=done, total=total)
        settled.clear()
    for one in settled:
        done += 1
        yield replace(one, done=done, total=total)


class _InProcess(Executor):
    """The executor of one worker: the call itself, without the cost of a process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call at once; the future holds what came of it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def executor(workers: int, scheduler: str | None = None) -> Iterator[Executor]:
    """A pool of `workers` fresh processes, this process for one, or the cluster at `scheduler` (`tls://host:port`;
    `tcp://` on this machine only).

    Raises `InputError` when the cluster cannot be reached, and for one that is reached without encryption.
    """
    if scheduler is not None:
        with _cluster(scheduler) as pool:
            yield pool
    elif workers <= 1:
        yield _InProcess()
    else:
        with children.pool(workers) as pool:
            yield pool


@contextmanager
def helpers(workers: int) -> Iterator[Executor | None]:
    """The processes beside this one, which works too: `workers` less one; None when there are none."""
    if workers <= 1:
        yield None
    else:
        with children.pool(workers - 1) as pool:
            yield pool


def in_turn(
    pool: Executor,
    call: Callable[[Job], Done],
    jobs: Sequence[Job],
    here: Callable[[Job], Done],
    *,
    ahead: int,
) -> Iterator[Done]:
    """The result of each job in their order. The pool has `ahead` jobs under way; whenever it has enough, this
    process takes the next one itself and does it with `here`."""
    results: dict[int, Done] = {}
    under_way: dict[int, Future[Done]] = {}
    given = told = 0
    while told < len(jobs):
        for number in [number for number, future in under_way.items() if future.done()]:
            results[number] = under_way.pop(number).result()
        while given < len(jobs) and len(under_way) < ahead:
            under_way[given] = pool.submit(call, jobs[given])
            given += 1
        if given < len(jobs):
            results[given] = here(jobs[given])
            given += 1
        elif told not in results:
            results[told] = under_way.pop(told).result()
        while told in results:
            yield results.pop(told)
            told += 1


@contextmanager
def _cluster(scheduler: str) -> Iterator[Executor]:
    try:
        distributed: Any = import_module("distributed")  # takes a second to load; only clusters need it
    except ModuleNotFoundError as error:
        raise InputError(
            "--scheduler needs Dask, which is not installed: pip install distributed, or leave --scheduler out",
            "--scheduler 需要 Dask，本机尚未安装：请执行 pip install distributed，或去掉 --scheduler",
        ) from error
    host = urlsplit(scheduler).hostname or ""
    if not scheduler.startswith(("tls://", "inproc://")) and host not in _THIS_MACHINE:
        raise InputError(
            f"{scheduler} would carry cells and households over the network as they are, to whoever answers; use tls:// with "
            "certificates in Dask's configuration (SECURITY.md), or a cluster on this machine",
            f"{scheduler} 会把基元与户数明文发往网络；请使用 tls:// 并在 Dask 配置中给出证书（见 SECURITY.md），或使用本机集群",
        )
    try:
        client = distributed.Client(scheduler, timeout=_WAIT_FOR_CLUSTER_S)
    except TypeError as error:  # what Dask raises where it is told of no certificate
        raise InputError(
            "there is no certificate for tls:// in Dask's configuration; see SECURITY.md",
            "Dask 配置中没有 tls:// 所需的证书；见 SECURITY.md",
        ) from error
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no cluster answers at {scheduler}; check the address, or leave --scheduler out",
            f"{scheduler} 没有集群响应；请检查地址，或去掉 --scheduler",
        ) from error
    with client:
        yield client.get_executor(pure=False)  # asked again, a job is done again


def steadily(
    call: Callable[[Job], Done], jobs: Iterable[Job], *, workers: int, scheduler: str | None = None
) -> Iterator[tuple[Job, Done | WanggeError]]:
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
) -> Iterator[tuple[Job, Done | WanggeError]]:
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
            came: Done | WanggeError
            try:
                came = future.result()
            except (BrokenExecutor, CancelledError):
                broken = True
                suspects.append(job)
                continue
            except Exception as error:
                if _worker_died(error):
                    suspects.append(job)
                    continue
                came = _ours(error)
            yield job, came


def _alone(call: Callable[[Job], Done], job: Job, scheduler: str | None) -> Done | WanggeError:
    with executor(2, scheduler) as pool:
        try:
            return pool.submit(call, job).result()
        except Exception as error:
            if isinstance(error, BrokenExecutor) or _worker_died(error):
                return WanggeError(
                    "the worker died twice (killed, or out of memory); try it again alone, with --workers 1",
                    "计算进程两次意外退出（被终止或内存不足）；请用 --workers 1 单独重试",
                )
            return _ours(error)


def _worker_died(error: Exception) -> bool:
    """Whether a cluster gave the job up because workers died under it (whoever killed them)."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(error, distributed.KilledWorker)


def _ours(error: Exception) -> WanggeError:
    if isinstance(error, WanggeError):
        return error
    _log.info("a community failed", exc_info=error)  # the step tells it; this is for the curious
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return WanggeError(f"unexpected error, {what}", f"意外错误：{what}")
