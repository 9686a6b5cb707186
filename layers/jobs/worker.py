"""A worker of jobs: takes them from the queue one at a time and does them part by part. What is done is done once: after a
crash, whoever comes next goes on with the part that was interrupted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from geo.errors import WanggeError, Words
from layers.jobs import ledger
from layers.jobs.ledger import File, Job
from layers.jobs.queue import APPLICATION, MOST_DEATHS, VERSION, WORKFLOW, JobQueue, load
from layers.store.database import Store
from layers.store.slots import MOST_WORKERS, QUEUE_SCHEMA, Slot, is_free, queue_url, take_slot, worker_name

SWEEP_S = 5.0
"""How often a worker looks for what others left behind."""
KEPT = timedelta(days=7)
"""So long a job that is over, and what it made, are kept."""
_LOST = timedelta(seconds=10)
log = logging.getLogger(__name__)


class Came(NamedTuple):
    """What came of a whole job."""

    told: tuple[Words, ...] = ()
    file: File | None = None
    error: Words | None = None
    """Why it failed after all; `file` may say more."""


class CancelledError(Exception):
    """The part was ended because the job is to be ended."""


class StoppedError(BaseException):
    """The part was ended because the worker stops; whoever comes next does it."""


class Watch:
    """How a part hears that it is to end, and says how far it is."""

    def __init__(self, store: Store, job_id: str, clock: Callable[[], datetime]) -> None:
        self._store, self._job_id, self._clock = store, job_id, clock
        self._said_at = 0.0

    def ending(self) -> bool:
        """Whether the job is to be ended."""
        return ledger.read_job(self._store, self._job_id).state == "ending"

    def say(self, text: str) -> None:
        """Tell what is being done, at most once a second."""
        if time.monotonic() - self._said_at >= 1.0:
            self._said_at = time.monotonic()
            ledger.say_doing(self._store, self._job_id, text, now=self._clock())


class Doing(Protocol):
    """What does the work of a job. All values are plain JSON. Whatever a job refuses is a `WanggeError`; each raises
    `CancelledError` soon after the watch says that the job is to end, and `StoppedError` after `stop`."""

    def plan(self, job: Job, watch: Watch) -> list[str]:
        """The parts of a job, by name."""

    def part(self, job: Job, name: str, again: bool, watch: Watch) -> dict[str, Any]:
        """Do a part; `again` when a worker died over it."""

    def finish(self, job: Job, came: list[dict[str, Any]], watch: Watch) -> Came:
        """Put together what came of the parts."""

    def forget(self, job_id: str) -> None:
        """Remove what a job made."""

    def stop(self) -> None:
        """End what is under way, for good."""


class Worker:
    """One worker; there is one a process. `run` returns when `stop` was called."""

    def __init__(
        self,
        store: Store,
        home: Path,
        doing: Doing,
        clock: Callable[[], datetime],
        *,
        beside: Callable[[JobQueue], None] = lambda _: None,
    ) -> None:
        """`beside` is called every `SWEEP_S` and asks for what is due by itself; what it raises is logged."""
        self._store, self._home, self._doing, self._clock = store, home, doing, clock
        self._beside = beside
        self._stopping = threading.Event()
        self._queue = JobQueue(store, home)
        self._now_at: str | None = None

    def stop(self) -> None:
        """Have the worker end soon; what it is at is done by whoever comes next."""
        self._stopping.set()

    def run(self, started: Callable[[Slot], None] | None = None) -> None:
        """Work until stopped. Raises `StoreError` when the queue cannot be used or too many workers run."""
        slot = take_slot(self._store, self._home)
        if self._store.dialect == "sqlite":
            self._queue.prepare()
        dbos = load()
        launched = False
        try:
            self._launch(dbos, slot)
            launched = True
            if started is not None:
                started(slot)
            while True:
                try:
                    self._sweep(dbos, slot)
                    self._beside(self._queue)
                except WanggeError as error:
                    log.warning("it could not be looked for what is to be done: %s", error)
                if self._stopping.wait(SWEEP_S):
                    return
        finally:
            self._doing.stop()
            if launched:
                dbos.DBOS.destroy(destroy_registry=True)
            self._queue.close()
            slot.release()

    def _launch(self, dbos: Any, slot: Slot) -> None:
        dbos.DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": queue_url(self._store, self._home),
                "dbos_system_schema": QUEUE_SCHEMA,
                "application_version": VERSION,
                "executor_id": slot.name,
                "serializer": dbos.DBOSPortableJSONSerializer(),
                "run_migrations": False,
                "console_log_level": "ERROR",
                "log_level": "ERROR",
                "enable_otlp": False,
                "conductor_key": None,
            }
        )
        cancelled = dbos.error.DBOSWorkflowCancelledError

        def plan(job_id: str) -> dict[str, Any]:
            return self._planned(job_id, slot.name, cancelled)

        def part(job_id: str, number: int, name: str) -> dict[str, Any]:
            return self._part(job_id, number, name, cancelled)

        def finish(job_id: str, came: list[dict[str, Any]]) -> None:
            self._finish(job_id, came, cancelled)

        step = dbos.DBOS.step
        plan_step, part_step = step(name="plan")(plan), step(name="part")(part)
        finish_step = step(name="finish")(finish)

        def job(job_id: str) -> None:
            self._now_at = job_id
            try:
                planned = plan_step(job_id)
                if "error" in planned:
                    return
                self._taken_up(job_id, slot.name, cancelled)
                came = [part_step(job_id, n, name) for n, name in enumerate(planned["parts"])]
                finish_step(job_id, came)
            except cancelled:
                self._queue.cancel(job_id)
                ledger.end_job(self._store, job_id, "cancelled", now=self._clock())
                raise
            finally:
                self._now_at = None

        dbos.DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_DEATHS)(job)
        dbos.DBOS.launch()

    def _taken_up(self, job_id: str, worker: str, cancelled: type[Exception]) -> Job:
        job = ledger.begin_job(self._store, job_id, worker=worker, now=self._clock())
        if job is None:
            raise cancelled(job_id)
        return job

    def _planned(self, job_id: str, worker: str, cancelled: type[Exception]) -> dict[str, Any]:
        job = self._taken_up(job_id, worker, cancelled)
        parts = self._tried(job, lambda: self._doing.plan(job, self._watch(job_id)), cancelled)
        if isinstance(parts, WanggeError):
            self._failed(job_id, parts.words)
            return {"error": list(parts.words)}
        ledger.say_total(self._store, job_id, len(parts), now=self._clock())
        return {"parts": parts}

    def _part(self, job_id: str, number: int, name: str, cancelled: type[Exception]) -> dict[str, Any]:
        again = ledger.begin_part(self._store, job_id, number, name, now=self._clock())
        job = ledger.read_job(self._store, job_id)
        done = self._tried(job, lambda: self._doing.part(job, name, again, self._watch(job_id)), cancelled)
        return {"error": list(done.words), "part": name} if isinstance(done, WanggeError) else done

    def _finish(self, job_id: str, came: list[dict[str, Any]], cancelled: type[Exception]) -> None:
        job = ledger.read_job(self._store, job_id)
        wrong = [Words(*one["error"]) for one in came if "error" in one]
        if came and len(wrong) == len(came):
            self._failed(job_id, wrong[0], told=tuple(wrong[1:]))
            return
        done = self._tried(job, lambda: self._doing.finish(job, came, self._watch(job_id)), cancelled)
        if isinstance(done, WanggeError):
            self._failed(job_id, done.words)
            return
        ledger.end_job(
            self._store,
            job_id,
            "done" if done.error is None else "failed",
            told=(*wrong, *done.told),
            error=done.error,
            file=done.file,
            now=self._clock(),
        )

    def _tried(self, job: Job, call: Callable[[], Any], cancelled: type[Exception]) -> Any:
        """What `call` gives, or the error that is told of it."""
        try:
            return call()
        except CancelledError:
            raise cancelled(job.id) from None
        except WanggeError as error:
            return error
        except Exception as error:
            log.exception("job %s (%s) failed", job.id, job.kind)
            what = type(error).__name__
            return WanggeError(
                f"unexpected error ({what}); the log of the worker says more",
                f"意外错误（{what}）；详情见任务进程日志",
            )

    def _failed(self, job_id: str, why: Words, told: tuple[Words, ...] = ()) -> None:
        ledger.end_job(self._store, job_id, "failed", error=why, told=told, now=self._clock())

    def _watch(self, job_id: str) -> Watch:
        return Watch(self._store, job_id, self._clock)

    def _sweep(self, dbos: Any, slot: Slot) -> None:
        """Take up what dead workers left, put in what never got into the queue, end what was to be ended."""
        now = self._clock()
        held = {job.worker for job in ledger.in_states(self._store, "running", "ending")}
        for number in range(1, MOST_WORKERS + 1):
            name = worker_name(number)
            if name in held and number != slot.number and is_free(self._store, self._home, number):
                dbos.DBOS._recover_pending_workflows([name])
        for job in ledger.in_states(self._store, "waiting"):
            if now - job.asked_at > _LOST and self._queue.status(job.id) is None:
                self._queue.put(job.id)
        for job in ledger.in_states(self._store, "running", "ending"):
            if job.id == self._now_at:
                continue
            status = self._queue.status(job.id)
            if status == "CANCELLED" and job.state == "ending" and self._is_dead(job, slot):
                ledger.end_job(self._store, job.id, "cancelled", now=now)
            elif status in ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"):
                self._failed(
                    job.id,
                    Words(
                        "the worker died over it again and again; the log says more",
                        "任务进程在执行中反复异常退出；详情见日志",
                    ),
                )
        for job_id in ledger.forget_jobs(self._store, before=now - KEPT, now=now):
            self._doing.forget(job_id)

    def _is_dead(self, job: Job, slot: Slot) -> bool:
        if job.worker is None or job.worker == slot.name:
            return True
        return is_free(self._store, self._home, int(job.worker.rpartition("-")[2]))
