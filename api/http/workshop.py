"""Long work of a server, done in one process beside it (`api.http.workbench`), so many jobs at once and no more."""

from __future__ import annotations

import asyncio
import itertools
import logging
import multiprocessing
import os
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext, suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection as Line
from multiprocessing.process import BaseProcess
from typing import IO, Any

from api.failed import Failed
from api.http.problems import RefusedError
from api.http.workbench import Job, work
from api.settings import Settings
from geo.errors import Words
from layers import children

log = logging.getLogger(__name__)

JOBS_AT_ONCE = 4
"""So many jobs are open; their steps take turns."""
MOST_WAITING = 16
"""So many more wait for one of them to end; whoever comes then is told to come back."""
STEP_S = 300.0
"""A step that takes longer is given up, and the process with it."""
RETRY_S = 10


class Workshop:
    """Hands jobs to the process and brings back their steps. Used from one event loop.

    The process is started with the first job; one that died is started again with the next job.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._numbers = itertools.count()
        self._open = asyncio.Semaphore(JOBS_AT_ONCE)
        self._waiting = 0
        self._talking = ThreadPoolExecutor(1, "workshop")
        """One conversation at a time, in the order in which they were asked for."""
        self._process: BaseProcess | None = None
        self._line: Line | None = None

    @asynccontextmanager
    async def job(
        self, job: Job, *arguments: Any, file: IO[bytes] | None = None, **keywords: Any
    ) -> AsyncIterator[AsyncIterator[Any]]:
        """The steps of a job, as far as they are asked for; it ends with the block.

        The job gets a descriptor of `file` as its first argument; the file is closed with the block. Raises `RefusedError` (503) when
        too many wait or the process died, and the job's own `WanggeError`s.
        """
        with nullcontext() if file is None else file:
            await self._wait_for_a_place()
            async with self._begun(job, arguments, keywords, file) as steps:
                yield steps

    async def _wait_for_a_place(self) -> None:
        if self._waiting >= MOST_WAITING:
            raise busy()
        self._waiting += 1
        try:
            await self._open.acquire()
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def _begun(
        self, job: Job, arguments: tuple[Any, ...], keywords: dict[str, Any], file: IO[bytes] | None
    ) -> AsyncIterator[AsyncIterator[Any]]:
        number, begun, ended = next(self._numbers), False, False

        async def steps() -> AsyncIterator[Any]:
            nonlocal begun, ended
            message: tuple[Any, ...] = (number, job, (arguments, keywords), file is not None)
            handle, begun = None if file is None else os.dup(file.fileno()), True
            while not ended:
                done, value = await self._talk(message, handle)
                ended = done
                if isinstance(value, Failed):
                    raise value.error()
                if not done:
                    yield value
                message, handle = (number, True), None

        try:
            yield steps()
        finally:
            self._open.release()
            if begun and not ended:
                self._talking.submit(self._converse, (number, False), None).add_done_callback(_quietly)

    async def once(self, job: Job, *arguments: Any, **keywords: Any) -> Any:
        """The first step of a job that has only one."""
        async with self.job(job, *arguments, **keywords) as steps:
            return await anext(steps)

    def close(self) -> None:
        """End the process; waits for the step it is at, but not for long."""
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(5.0)
        self._talking.shutdown(wait=True, cancel_futures=True)
        self._hang_up()

    async def _talk(self, message: tuple[Any, ...], file: int | None) -> tuple[bool, Any]:
        said = asyncio.wrap_future(self._talking.submit(self._converse, message, file))
        said.add_done_callback(_quietly)  # whoever asked may be gone when the server stops
        return await asyncio.shield(said)

    def _converse(self, message: tuple[Any, ...], file: int | None) -> tuple[bool, Any]:
        """Say one thing and hear the answer; runs in the thread, and closes `file`."""
        try:
            return self._said(message, file)
        finally:
            if file is not None:
                os.close(file)

    def _said(self, message: tuple[Any, ...], file: int | None) -> tuple[bool, Any]:
        begins = len(message) > 2
        if begins and (self._process is None or not self._process.is_alive()):
            self._start()
        line, process = self._line, self._process
        if line is None or process is None:
            raise _gone()
        try:
            line.send(message)
            if file is not None:
                reduction.send_handle(line, file, process.pid)
            if not line.poll(STEP_S):
                log.error("a job took more than %.0f s and was given up", STEP_S)
                process.kill()
                self._hang_up()
                raise _gone()
            answer: tuple[bool, Any] = line.recv()
        except (EOFError, OSError) as error:
            log.warning("the process for long work ended: %s", type(error).__name__)
            self._hang_up()
            raise _gone() from error
        return answer

    def _start(self) -> None:
        self._hang_up()
        ours, theirs = multiprocessing.Pipe()
        self._process = children.child(work, theirs, self._settings, name="wangge-workbench")
        self._process.start()
        theirs.close()
        self._line = ours

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.close()
        self._line = self._process = None


def busy() -> RefusedError:
    """What is said when there is too much to do."""
    return RefusedError(
        503,
        Words(
            f"too much other work is waiting; try again in {RETRY_S} seconds",
            f"排队任务过多；请 {RETRY_S} 秒后重试",
        ),
        headers={"Retry-After": str(RETRY_S)},
    )


def _gone() -> RefusedError:
    return RefusedError(
        503,
        Words(
            "the work was broken off; the server's log says more; try again",
            "任务中断，详情见服务器日志；请重试",
        ),
        headers={"Retry-After": str(RETRY_S)},
    )


def _quietly(done: Future[Any] | asyncio.Future[Any]) -> None:
    """A job that cannot be ended any more has ended."""
    if not done.cancelled():
        done.exception()
