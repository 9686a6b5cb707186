"""The process that does the parts of jobs for a worker: it can be ended at any moment, with everything it has started."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from datetime import date
from multiprocessing.connection import Connection as Line
from pathlib import Path
from typing import TypeVar

from api.failed import NICENESS, Failed
from api.jobs.kinds import kind_of, module_of
from api.logs import set_up_logs
from api.opening import open_store
from api.settings import Settings
from geo.errors import WanggeError, Words
from layers import children
from layers.accounts.asked import require_still
from layers.files.archives import Packed, write_archive
from layers.jobs.ledger import File, Job
from layers.plans.days import china_day
from layers.store.database import Store

FOLDER = "jobs"
log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


class Bench:
    """What a part of a job is handed."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
        self.settings = settings
        self.say = say
        """Tells how far a part is, in words or figures."""
        self._store: Store | None = None
        self._pool: ProcessPoolExecutor | None = None

    @property
    def store(self) -> Store:
        """The store, opened when it is first wanted."""
        if self._store is None:
            self._store = open_store(self.settings, serving=True)
        return self._store

    def folder(self, job: Job) -> Path:
        """Where a job keeps its files; nobody else reads there."""
        return folder_of(self.settings, job.id)

    def today(self, job: Job) -> date:
        """The day in China on which the job was asked for."""
        return china_day(job.asked_at)

    def each(self, call: Callable[[T], R], jobs: Sequence[T]) -> Iterator[R]:
        """`call` of each, on all cores, in their order. Raises what `call` raises."""
        cores = os.cpu_count() or 1
        if cores == 1 or len(jobs) == 1:
            yield from map(call, jobs)
            return
        if self._pool is None:
            self._pool = children.pool(cores)
        try:
            yield from self._pool.map(call, jobs)
        except BrokenExecutor:
            self._pool = None
            raise

    def close(self) -> None:
        """Close the store and end the helpers."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._store is not None:
            self._store.close()


def folder_of(settings: Settings, job_id: str) -> Path:
    """Where the files of a job are."""
    return settings.home / FOLDER / job_id


def named(name: str, words: Words) -> list[str]:
    """What there is to say of one of many, as JSON."""
    return [f"{name}: {words.en}", f"{name}：{words.zh}"]


def made(path: Path) -> File:
    """A file of a job as it is recorded."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    path.chmod(0o600)
    return File(path.name, path.stat().st_size, digest.hexdigest())


def packed(bench: Bench, job: Job, name: str) -> File:
    """Everything that parts left in their folders (`keep_part`) in one zip with a manifest; the folders go.

    Raises `EmptyLayerError` when they left nothing."""
    root = bench.folder(job)
    kept = sorted(one for one in root.iterdir() if one.is_dir() and not one.name.startswith("."))

    def files() -> Iterator[Packed]:
        for part in kept:
            for path in sorted(part.rglob("*")):
                if path.is_file():
                    yield Packed(path.relative_to(part).as_posix(), path.read_bytes())

    if not (root / name).is_file():  # it appears whole; a worker may have died while the folders went
        write_archive(files(), root / name, day=bench.today(job))
    for part in kept:
        shutil.rmtree(part, ignore_errors=True)
    return made(root / name)


def keep_part(bench: Bench, job: Job, part: str, files: Iterable[Packed]) -> None:
    """Leave files of a part in its folder: all of them or, where it was begun before, anew."""
    target, draft = bench.folder(job) / part, bench.folder(job) / f".{part}"
    for old in (target, draft):
        shutil.rmtree(old, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    for file in files:
        path = draft / file.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(0o600)
    draft.rename(target)


def work(line: Line, settings: Settings) -> None:
    """Serve one worker until it hangs up; the main function of the process.

    Messages are (what, job, arguments); each is answered with any number of ("says", text) and then ("done", value) or
    ("failed", `Failed`).
    """
    if sys.platform != "win32":
        os.setsid()  # so that all it starts ends with it
        threading.Thread(target=_watch, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(max(0, NICENESS - os.nice(0)))
    set_up_logs(settings)
    bench = Bench(settings, lambda text: line.send(("says", text)))
    with suppress(EOFError, ConnectionError):
        while True:
            what, job, arguments = line.recv()
            try:
                bench.folder(job).mkdir(mode=0o700, parents=True, exist_ok=True)
                require_still(bench.store, job.actor, kind_of(job.kind).right, job.viewer)
                value = getattr(module_of(job.kind), what)(bench, job, *arguments)
                answer = ("done", value)
            except WanggeError as error:
                answer = ("failed", Failed.of(error))
            except Exception as error:  # its text may hold what the log must not
                log.error("job %s (%s) failed: %s", job.id, job.kind, _where(error))  # noqa: TRY400
                answer = ("failed", Failed(WanggeError, *_unforeseen(error)))
            line.send(answer)
    bench.close()


def _watch() -> None:
    """A worker that was killed hangs up nothing while a part runs."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  this is a child
    parent.join()
    os.killpg(0, signal.SIGKILL)


def _where(error: Exception) -> str:
    """What went wrong and where in the code, without values."""
    lines = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' '.join(lines[-6:])}"


def _unforeseen(error: Exception) -> Words:
    what = type(error).__name__
    return Words(
        f"unexpected error ({what}); the log of the worker says where",
        f"意外错误（{what}）；详情见任务进程日志",
    )
