"""The command that does long work for whoever asked: work. And the workers that `serve` starts beside itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import shell
from api.settings import PREFIX, Settings

if TYPE_CHECKING:
    from layers.jobs.queue import JobQueue

_AGAIN_S = 2.0
"""After so long a worker that died is started again."""


def work(
    ctx: typer.Context,
    beside: Annotated[
        bool, typer.Option("--beside", hidden=True, help="End with whoever holds the standard input")
    ] = False,
) -> None:
    """Do long work until stopped: one job at a time. Start several for several at a time, on several machines if need be."""
    from api.jobs.hands import Hands
    from api.jobs.telling import ask_for_due
    from api.logs import set_up_logs
    from layers.jobs.worker import Worker

    run = shell(ctx)
    set_up_logs(run.settings)
    run.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with run.store() as store:

        def due(queue: JobQueue) -> None:
            ask_for_due(store, queue, run.settings, run.clock())

        worker = Worker(store, run.settings.home, Hands(run.settings), run.clock, beside=due)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        if beside:
            threading.Thread(target=_end_with_parent, args=(worker.stop,), daemon=True).start()
        worker.run(
            started=lambda slot: run.complain(
                run.text(f"{slot.name} waits for jobs", f"{slot.name} 已启动，等待任务")
            )
        )


def _end_with_parent(stop: Callable[[], None]) -> None:
    sys.stdin.buffer.read()
    stop()


@contextmanager
def workers_beside(settings: Settings, count: int) -> Iterator[None]:
    """So many workers beside this process; one that dies is started again. They end with this process, however it
    ends."""
    stopping = threading.Event()
    keepers = [threading.Thread(target=_keep, args=(settings, stopping), daemon=True) for _ in range(count)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for keeper in keepers:
            keeper.join(15.0)


def _keep(settings: Settings, stopping: threading.Event) -> None:
    environment = os.environ | {
        f"{PREFIX}HOME": str(settings.home.absolute()),
        f"{PREFIX}LANG": settings.lang,
    }
    command = [sys.executable, "-m", "api.cli", "work", "--beside"]
    while not stopping.is_set():
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as worker:  # noqa: S603  our own
            while worker.poll() is None and not stopping.wait(0.5):
                pass
            if worker.stdin is not None:
                worker.stdin.close()
            try:
                worker.wait(10.0)
            except subprocess.TimeoutExpired:
                worker.kill()
        stopping.wait(_AGAIN_S)
