"""Long work over many communities: one step each, in parallel, a failed one never stops the others."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

from geo.errors import InputError, WanggeError, Words

_WAIT_FOR_CLUSTER_S = 10.0

Job = TypeVar("Job")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Step:
    """One community finished, well or not."""

    community_code: str
    name: str
    done: int
    total: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Words, ...] = ()
    error: Words | None = None


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
    """A pool of `workers` fresh processes, this process for one, or the cluster at `scheduler` (`tcp://host:port`).

    Raises `InputError` when the cluster cannot be reached.
    """
    if scheduler is not None:
        with _cluster(scheduler) as pool:
            yield pool
    elif workers <= 1:
        yield _InProcess()
    else:
        with _processes(workers) as pool:
            yield pool


@contextmanager
def helpers(workers: int) -> Iterator[Executor | None]:
    """The processes beside this one, which works too: `workers` less one; None when there are none."""
    if workers <= 1:
        yield None
    else:
        with _processes(workers - 1) as pool:
            yield pool


def _processes(count: int) -> ProcessPoolExecutor:
    # spawned, not forked: a fork would copy the threads' locks of numba and the database driver
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


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
    distributed: Any = import_module("distributed")  # takes a second to load; only clusters need it

    try:
        client = distributed.Client(scheduler, timeout=_WAIT_FOR_CLUSTER_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no cluster answers at {scheduler}; check the address, or leave --scheduler out",
            f"{scheduler} 没有集群响应；请检查地址，或去掉 --scheduler",
        ) from error
    with client:
        yield client.get_executor(pure=False)  # asked again, a job is done again


def in_parallel(
    pool: Executor, call: Callable[[Job], Done], jobs: Iterable[Job], *, ahead: int
) -> Iterator[tuple[Job, Done | WanggeError]]:
    """Each job with its result or its `WanggeError`, as they finish; at most `ahead` are under way, so that
    the jobs of a province need not sit in memory at once. Any other exception is raised."""
    waiting: dict[Future[Done], Job] = {}
    source = iter(jobs)
    while True:
        while len(waiting) < ahead and (job := next(source, None)) is not None:
            waiting[pool.submit(call, job)] = job
        if not waiting:
            return
        finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in sorted(finished, key=list(waiting).index):
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except WanggeError as error:
                yield job, error
