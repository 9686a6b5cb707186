"""`wangge serve` as a process with several workers: every one of them sees a publication within two seconds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
QUESTIONS = 24
"""Fresh connections after a publication; that all of them meet one of two workers is one in eight million."""


@contextmanager
def serving(folder: Path, *args: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli.main import main; main()", "serve", "--port", str(port), *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            assert process.poll() is None, process.stderr and process.stderr.read()
            try:
                get(f"{base}/ready")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.25)
        yield base
    finally:
        process.send_signal(signal.SIGINT)
        _, logged = process.communicate(timeout=120)
    assert "108.7017" not in logged
    assert "Traceback" not in logged


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  our own server
        found: dict[str, Any] = json.load(answer)
    return found


def test_every_worker_sees_a_publication_soon(planned: Any, tmp_path: Path) -> None:
    question = "/api/locate?lon=108.7017&lat=34.3051"
    with serving(tmp_path, "--workers", "2", "--trial") as base:
        assert get(base + question)["index_version"] == 1
        assert planned("partition", "--rules", "county-urban", "--time-limit", "0.2").code == 0
        assert planned("publish").code == 0
        deadline = time.monotonic() + 60
        while {get(base + question)["index_version"] for _ in range(QUESTIONS)} != {2}:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_port_in_use_is_said_in_one_line(run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]), "--lang", "en")
    assert done.code == 2
    assert "cannot listen" in done.err
    assert done.err.count("\n") == 1
