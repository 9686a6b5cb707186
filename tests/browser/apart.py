"""A server in a process of its own, so that a test can kill it as a power cut would: `python -m tests.browser.apart HOME PORT`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import uvicorn

from api.app import create_app
from api.settings import Settings
from tests.layers import town

PATIENCE_S = 60.0


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Apart:
    """The server over a folder, always at the same port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Begin to serve; returns when it answers."""
        command = [sys.executable, "-m", "tests.browser.apart", str(self.home), str(self.port)]
        self._process = subprocess.Popen(command, start_new_session=True)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            assert self._process.poll() is None
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(self.address)

    def kill(self) -> None:
        """End it and what it started at once, without a word."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


if __name__ == "__main__":
    app = create_app(Settings(home=Path(sys.argv[1]), trial=True), clock=lambda: town.NOW)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_config=None)
