"""What a worker does parts of jobs with: the process of `api.jobs.bench`, started when first needed and after it died."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection as Line
from multiprocessing.process import BaseProcess
from typing import Any

from api.failed import Failed
from api.jobs.bench import folder_of, work
from api.settings import Settings
from geo.errors import WanggeError
from layers import children
from layers.jobs.ledger import Job
from layers.jobs.worker import Came, CancelledError, StoppedError, Watch

LOOK_S = 0.5
"""So often it is looked whether the job is to be ended."""


class Hands:
    """Does one part after the other. Used by one thread at a time; `stop` by any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: BaseProcess | None = None
        self._line: Line | None = None
        self._stopping = threading.Event()

    def plan(self, job: Job, watch: Watch) -> list[str]:
        """As `layers.jobs.worker.Doing.plan`."""
        return list(self._asked("plan", job, watch))

    def part(self, job: Job, name: str, again: bool, watch: Watch) -> dict[str, Any]:
        """As `layers.jobs.worker.Doing.part`; a part that kills its process is tried once more."""
        try:
            return dict(self._asked("part", job, watch, name, again))
        except EOFError:
            return dict(self._asked("part", job, watch, name, True))

    def finish(self, job: Job, came: list[dict[str, Any]], watch: Watch) -> Came:
        """As `layers.jobs.worker.Doing.finish`."""
        found: Came = self._asked("finish", job, watch, came)
        return found

    def forget(self, job_id: str) -> None:
        """As `layers.jobs.worker.Doing.forget`."""
        shutil.rmtree(folder_of(self._settings, job_id), ignore_errors=True)

    def stop(self) -> None:
        """As `layers.jobs.worker.Doing.stop`."""
        self._stopping.set()
        self._end()

    def _asked(self, what: str, job: Job, watch: Watch, *arguments: Any) -> Any:
        """What the process answers. Raises its errors; `EOFError` when a part died with it."""
        line = self._begun()
        try:
            line.send((what, job, arguments))
            while True:
                while not line.poll(LOOK_S):
                    if self._stopping.is_set():
                        raise StoppedError
                    if watch.ending():
                        self._end()
                        raise CancelledError
                kind, value = line.recv()
                if kind == "says":
                    watch.say(value)
                elif kind == "failed":
                    assert isinstance(value, Failed)  # noqa: S101  as the process sends it
                    raise value.error()
                else:
                    return value
        except (EOFError, OSError):
            self._end()
            if self._stopping.is_set():
                raise StoppedError from None
            if what == "part" and not arguments[1]:
                raise EOFError from None
            raise WanggeError(
                "the process that did it died (killed, or out of memory); try less at once, or more memory",
                "执行进程意外退出（被终止或内存不足）；请减少一次处理的范围或增加内存",
            ) from None

    def _begun(self) -> Line:
        if self._line is None or self._process is None or not self._process.is_alive():
            self._end()
            self._line, theirs = multiprocessing.Pipe()
            # not a daemon: it has children itself, which read foreign files and draw in parallel
            self._process = children.child(work, theirs, self._settings, name="wangge-job", daemon=False)
            self._process.start()
            theirs.close()
        return self._line

    def _end(self) -> None:
        process, line = self._process, self._line
        self._process = self._line = None
        if process is not None:
            if process.is_alive() and process.pid is not None:
                _kill(process.pid)
            process.join(5.0)
        if line is not None:
            with suppress(OSError):
                line.close()


def _kill(pid: int) -> None:
    """A process and all it has started; its group is its own once it has begun."""
    if sys.platform == "win32":
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM)
        return
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
