"""Jobs outlive their worker: killed at any moment, cancelled, taken up again, on both stores."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.errors import ConflictError, NotFoundError
from layers.jobs import ledger
from layers.jobs.ledger import Job
from layers.jobs.queue import JobQueue
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.conftest import ROOT

PATIENCE_S = 40.0
PARTS = ["a", "b", "c", "d", "e"]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "wangge-data"


@pytest.fixture
def queue(store: Store, home: Path) -> Iterator[JobQueue]:
    opened = JobQueue(store, home)
    opened.prepare()
    yield opened
    opened.close()


class Process:
    """A worker of its own process."""

    def __init__(self, store: Store, home: Path, **environment: str) -> None:
        command = [sys.executable, "-m", "tests.layers.jobs.toiling", str(home)]
        if store.dialect == "postgresql":
            command.append(store.engine.url.render_as_string(hide_password=False))
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )

    def name(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(PATIENCE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def working(store: Store, home: Path) -> Iterator[Process]:
    process = Process(store, home)
    try:
        yield process
    finally:
        process.end(signal.SIGTERM)


def asked(store: Store, queue: JobQueue, *, wait_s: float = 0.0, parts: list[str] = PARTS) -> str:
    wanted = {"parts": parts, "wait_s": wait_s}
    job = ledger.ask_job(store, OPERATOR, "toil", wanted, lang="zh", actor="test", now=now())
    queue.put(job)
    return job


def until(store: Store, job_id: str, true: Callable[[Job], bool]) -> Job:
    ends = time.monotonic() + PATIENCE_S
    while not true(found := ledger.read_job(store, job_id)):
        assert time.monotonic() < ends, found
        time.sleep(0.05)
    return found


def trace(home: Path) -> list[str]:
    return (home / "trace").read_text("utf-8").splitlines()


def test_a_job_is_done_part_by_part_and_what_fails_is_told(store: Store, queue: JobQueue, home: Path) -> None:
    job = asked(store, queue, parts=["a", "bad", "c"])
    with working(store, home):
        done = until(store, job, lambda found: found.over)
    assert (done.state, done.done, done.total) == ("done", 3, 3)
    assert [words.en for words in done.told] == ["this part is bad", "all done"]
    assert trace(home)[-1] == "finish a-c"


def test_killed_at_any_moment_it_goes_on_where_it_was(store: Store, queue: JobQueue, home: Path) -> None:
    job, dice = asked(store, queue, wait_s=0.3), random.Random(11)
    for _ in range(2):
        worker = Process(store, home)
        assert worker.name() == "worker-1"
        time.sleep(dice.uniform(0.2, 1.4))
        worker.end(signal.SIGKILL)
    with working(store, home):
        done = until(store, job, lambda found: found.over)
    assert (done.state, done.done) == ("done", 5)
    lines = trace(home)
    assert [line for line in lines if line.startswith(("done", "finish"))][-1] == "finish abcde"
    for name in PARTS:  # begun anew only where a worker died over it, and then it is said
        begun = [line for line in lines if line in (f"begin {name}", f"again {name}")]
        assert begun[0] == f"begin {name}"
        assert set(begun[1:]) <= {f"again {name}"}


def test_cancelled_in_the_middle_and_resumed(store: Store, queue: JobQueue, home: Path) -> None:
    job = asked(store, queue, wait_s=0.6)
    with working(store, home):
        until(store, job, lambda found: found.done >= 1)
        assert ledger.ask_to_end(store, job, actor="test", own=True, now=now()) == "ending"
        queue.cancel(job)
        ended = until(store, job, lambda found: found.over)
        assert ended.state == "cancelled"
        ledger.ask_to_resume(store, job, actor="test", own=True, now=now())
        queue.resume(job)
        done = until(store, job, lambda found: found.over)
    assert done.state == "done"
    assert trace(home).count("done a") == 1
    assert trace(home)[-1] == "finish abcde"


def test_what_waits_is_cancelled_at_once(store: Store, queue: JobQueue, home: Path) -> None:
    job = asked(store, queue)
    assert ledger.ask_to_end(store, job, actor="test", own=True, now=now()) == "cancelled"
    queue.cancel(job)
    with pytest.raises(ConflictError):
        ledger.ask_to_end(store, job, actor="test", own=True, now=now())
    other = asked(store, queue)
    with working(store, home):
        until(store, other, lambda found: found.over)
    assert ledger.read_job(store, job).state == "cancelled"


def test_nobody_sees_the_jobs_of_others(store: Store, queue: JobQueue) -> None:
    job = asked(store, queue)
    assert [one.id for one in ledger.list_jobs(store, actor="test")] == [job]
    assert ledger.list_jobs(store, actor="somebody") == []
    with pytest.raises(NotFoundError):
        ledger.read_job(store, job, actor="somebody")
    with pytest.raises(NotFoundError):
        ledger.ask_to_end(store, job, actor="somebody", own=True, now=now())


def test_one_account_cannot_fill_the_queue(store: Store) -> None:
    for _ in range(ledger.MOST_OPEN):
        ledger.ask_job(store, OPERATOR, "toil", {}, lang="zh", actor="test", now=now())
    with pytest.raises(ConflictError):
        ledger.ask_job(store, OPERATOR, "toil", {}, lang="zh", actor="test", now=now())
    ledger.ask_job(store, OPERATOR, "toil", {}, lang="zh", actor="other", now=now())


def test_nothing_of_its_vendors_cloud_is_on_whatever_the_environment_says(
    store: Store, queue: JobQueue, home: Path
) -> None:
    """Every switch of the library is set to an address that would be called, and every call to one is told."""
    switches = {
        "DBOS__CLOUD": "true",
        "DBOS__CONDUCTOR_APP_NAME": "x",
        "DBOS__CONDUCTOR_KEY": "x",
        "DBOS__CONDUCTOR_URL": "ws://127.0.0.1:9/",
        "DBOS__OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/",
        "DBOS__OTLP_LOGS_ENDPOINT": "http://127.0.0.1:9/",
        "DBOS__VMID": "somebody",
        "DBOS__APPVERSION": "other",
        "DBOS_SYSTEM_DATABASE_URL": "sqlite:////nowhere/x.db",
        "TOIL_WATCHES_THE_NETWORK": "yes",
    }
    job = asked(store, queue)
    worker = Process(store, home, **switches)
    try:
        assert worker.name() == "worker-1"
        assert until(store, job, lambda found: found.over).state == "done"
    finally:
        worker.end(signal.SIGTERM)
    assert [line for line in trace(home) if line.startswith("network")] == []
