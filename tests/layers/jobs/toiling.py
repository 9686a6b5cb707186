"""A worker whose parts do nothing but wait and leave a line in a file, so that it can be killed at any moment.

python -m tests.layers.jobs.toiling HOME [URL]
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo.errors import InputError, Words
from layers.jobs.ledger import Job
from layers.jobs.worker import Came, CancelledError, StoppedError, Watch, Worker
from layers.store.database import Store


class Toil:
    """Each part waits `wanted["wait_s"]`, then writes its name."""

    def __init__(self, trace: Path) -> None:
        self._trace, self._stopped = trace, False

    def _say(self, text: str) -> None:
        with self._trace.open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    def plan(self, job: Job, watch: Watch) -> list[str]:
        return list(job.wanted["parts"])

    def part(self, job: Job, name: str, again: bool, watch: Watch) -> dict[str, Any]:
        self._say(f"again {name}" if again else f"begin {name}")
        until = time.monotonic() + job.wanted["wait_s"]
        while time.monotonic() < until:
            if self._stopped:
                raise StoppedError
            if watch.ending():
                raise CancelledError
            time.sleep(0.02)
        if name == "bad":
            raise InputError("this part is bad", "此部分有误")
        self._say(f"done {name}")
        return {"name": name}

    def finish(self, job: Job, came: list[dict[str, Any]], watch: Watch) -> Came:
        self._say("finish " + "".join(one.get("name", "-") for one in came))
        return Came((Words("all done", "全部完成"),))

    def forget(self, job_id: str) -> None:
        self._say(f"forget {job_id}")

    def stop(self) -> None:
        self._stopped = True


def watch_the_network(trace: Path) -> None:
    """Tell of every connection that is no socket of this machine's files."""

    def told(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo") and not str(arguments[-1]).startswith("/"):
            with trace.open("a", encoding="utf-8") as file:
                file.write(f"network {event} {arguments[1:]}\n")

    sys.addaudithook(told)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    if "TOIL_WATCHES_THE_NETWORK" in os.environ:
        watch_the_network(home / "trace")
    home.mkdir(exist_ok=True)
    store = Store.open(url=sys.argv[2] if len(sys.argv) > 2 else None, home=home)
    worker = Worker(store, home, Toil(home / "trace"), lambda: datetime.now(UTC))
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run(started=lambda slot: sys.stdout.write(f"{slot.name}\n") and sys.stdout.flush())
