"""GET /api/locate beside tipg on the same PostGIS, the same points and the same number of connections.

    python benchmarks/locate.py [--size small|district] [--seconds 10] [--connections 32]

Needs a PostgreSQL server with PostGIS on this machine and the `peers` dependencies. It starts a throw-away
cluster and one worker of each server, on loopback only, one after the other, and ends by itself.
tipg is asked in its quickest form: the box of the point, attributes only, no geometry.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from load import Measured, measure

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import Cluster  # noqa: E402

from geo.plans.rules import profile  # noqa: E402
from layers.cells import build_cells  # noqa: E402
from layers.demo.district import generate  # noqa: E402
from layers.drawing import draw_plans  # noqa: E402
from layers.files.imports import import_frame  # noqa: E402
from layers.publishing import publish  # noqa: E402
from layers.rights.viewer import OPERATOR  # noqa: E402
from layers.store.database import Store  # noqa: E402

POINTS = 2000
WARM_UP_S = 2.0


class LoopbackCluster(Cluster):
    """The tests' throw-away cluster, listening on loopback as well: tipg takes no socket path."""

    def start(self) -> None:
        self.port = _free_port()
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "-D", data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[LoopbackCluster]:
    """A running cluster, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-bench-", dir="/tmp"))
    running = LoopbackCluster(folder)
    try:
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(url: str, size: str) -> tuple[np.ndarray, int]:
    """A published demo district; random points in its box, shape (n, 2), and the number of grids."""
    store = Store.open(url=url)
    store.migrate()
    now = datetime.now(UTC)
    district = generate(size)
    for layer, frame in district.frames.items():
        if layer != "grids":
            import_frame(store, layer, frame, source="benchmark")
    cores = os.cpu_count() or 1
    list(build_cells(store, OPERATOR, actor="benchmark", now=now, workers=cores))
    steps = list(
        draw_plans(
            store,
            OPERATOR,
            rules=profile("national"),
            time_limit_s=1.0,
            actor="benchmark",
            now=now,
            workers=cores,
        )
    )
    publish(store, OPERATOR, valid_from=date(2026, 1, 1), actor="benchmark", now=now)
    store.close()
    west, south, east, north = district.frames["communities"].total_bounds
    points = np.random.default_rng(7).uniform((west, south), (east, north), (POINTS, 2))
    return points, sum(step.figures["grids"] for step in steps)


@contextmanager
def server(arguments: list[str], environment: dict[str, str], port: int, alive: str) -> Iterator[int]:
    """The number of one server process, waited for until `alive` answers, ended afterwards."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            *arguments,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-access-log",
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{alive}", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"the server ended: {arguments[0]}") from None
            time.sleep(0.25)
        else:
            raise SystemExit(f"the server did not come up: {arguments[0]}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def cpu_s(pid: int) -> float:
    """Processor time a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(name: str, measured: Measured, server_s: float) -> None:
    """One line of figures."""
    if measured.failures:
        raise SystemExit(f"{name}: {measured.failures} answers failed, the first: {measured.first_failure!r}")
    print(
        f"{name:<8} {measured.per_second:>8,.0f} req/s   p50 {measured.p50_ms:6.1f} ms   "
        f"p99 {measured.p99_ms:6.1f} ms   {server_s / measured.requests * 1e6:6.0f} µs of its processor each"
    )


def main() -> None:
    """Run both and print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=("small", "district"), default="small")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=32)
    asked = parser.parse_args()
    seconds = min(asked.seconds, 60.0)
    with cluster() as running:
        points, grids = fill(running.url("postgres"), asked.size)
        print(
            f"{grids} grids, {len(points):,} points, {asked.connections} connections, {seconds:.0f} s each, 1 worker each"
        )
        ours = [f"/api/locate?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in points]
        theirs = [
            f"/collections/public.grids/items?limit=2&geom-column=none&f=geojson&bbox={lon:.7f},{lat:.7f},{lon:.7f},{lat:.7f}"
            for lon, lat in points
        ]
        runs = (
            (
                "wangge",
                ["--factory", "api.app:from_environment"],
                {"WANGGE_DATABASE_URL": running.url("postgres")},
                "/ready",
                ours,
            ),
            (
                "tipg",
                ["tipg.main:app"],
                {"DATABASE_URL": running.url("postgres"), "TIPG_DB_TABLES": '["public.grids"]'},
                "/healthz",
                theirs,
            ),
        )
        found = {}
        for name, arguments, environment, alive, paths in runs:
            port = _free_port()
            with server(arguments, environment, port, alive) as pid:
                measure(port, paths, connections=asked.connections, seconds=WARM_UP_S)
                before_s = cpu_s(pid)
                found[name] = measure(port, paths, connections=asked.connections, seconds=seconds)
                used_s = cpu_s(pid) - before_s
            say(name, found[name], used_s)
        print(f"ratio    {found['wangge'].per_second / found['tipg'].per_second:8.1f} ×")


if __name__ == "__main__":
    main()
