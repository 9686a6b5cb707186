"""The queue of jobs, which outlives every process: DBOS, on the database of the store or in a file of its own.

Everything of its vendor's services is off: nothing is sent anywhere, whatever the environment says.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import StoreError
from layers.store.database import Store
from layers.store.slots import QUEUE_SCHEMA, queue_url

if TYPE_CHECKING:
    from dbos import DBOSClient

QUEUE = "wangge"
WORKFLOW = "wangge-job"
APPLICATION = "wangge"
VERSION = "1"
"""Of what a job does step by step, not of the program: a worker takes up jobs of its own version only, and a newer program
must take up those of the older one. To be raised when the steps of `layers.jobs.worker` change."""
POLL_S = 0.5
MOST_DEATHS = 20
"""A job that took so many workers down with it is given up."""
_LOADING = threading.Lock()


def load() -> Any:
    """The library, silent and alone."""
    with _LOADING:
        for name in [name for name in os.environ if name.startswith("DBOS_")]:
            del os.environ[name]  # switches of its vendor's cloud, read when it is loaded
        import dbos

        logging.getLogger("dbos").setLevel(logging.ERROR)
        return dbos


class JobQueue:
    """What whoever asks for a job does: put it in, end it, let it go on. Opened when first used; safe to share between
    threads."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store, self._home = store, home
        self._opening = threading.Lock()
        self._opened: DBOSClient | None = None

    def prepare(self) -> None:
        """Make or renew the rows of the queue; `wangge migrate` does it on a database server.

        Raises `StoreError` when that cannot be done."""
        dbos = load()
        url = queue_url(self._store, self._home)
        try:
            dbos.DBOS.migrate(url, schema=QUEUE_SCHEMA)
        except Exception as error:
            raise _broken(error) from error
        self._client().register_queue(
            QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S, on_conflict="always_update"
        )

    def put(self, job_id: str) -> None:
        """Have a job done; one that is in the queue already stays where it is. Raises `StoreError`."""
        options = {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": job_id}
        self._said("enqueue", {**options, "app_version": VERSION}, job_id)

    def cancel(self, job_id: str) -> None:
        """Do nothing more of a job after the step it is at. Raises `StoreError`."""
        self._said("cancel_workflow", job_id)

    def resume(self, job_id: str) -> None:
        """Let a job that was cancelled go on after its last finished step. Raises `StoreError`."""
        if self.status(job_id) is None:
            self.put(job_id)
        else:
            self._said("resume_workflow", job_id, queue_name=QUEUE)

    def status(self, job_id: str) -> str | None:
        """The word the library has for how a job stands; None for one it does not know. Raises `StoreError`."""
        found = self._said("list_workflows", workflow_ids=[job_id])
        return str(found[0].status) if found else None

    def close(self) -> None:
        """Give its connections back."""
        if self._opened is not None:
            self._opened.destroy()
            self._opened = None

    def _said(self, what: str, *arguments: Any, **options: Any) -> Any:
        try:
            return getattr(self._client(), what)(*arguments, **options)
        except StoreError:
            raise
        except Exception as error:
            raise _broken(error) from error

    def _client(self) -> DBOSClient:
        with self._opening:
            if self._opened is None:
                dbos = load()
                if self._store.dialect == "sqlite":
                    dbos.DBOS.migrate(queue_url(self._store, self._home))
                self._opened = dbos.DBOSClient(
                    system_database_url=queue_url(self._store, self._home),
                    dbos_system_schema=QUEUE_SCHEMA,
                    serializer=dbos.DBOSPortableJSONSerializer(),
                    application_name=APPLICATION,
                    retry_connection_errors=False,
                )
            return self._opened


def _broken(error: Exception) -> StoreError:
    what = type(error).__name__
    return StoreError(
        f"the queue of jobs does not answer ({what}); run `wangge migrate`, and see `wangge doctor`",
        f"任务队列无法使用（{what}）；请运行 wangge migrate，并用 wangge doctor 检查",
    )
