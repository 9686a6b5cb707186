"""GET /api/locate, as `wangge serve` gives it, beside the same look-up behind a bare ASGI application and behind an
ordinary FastAPI route (`plain_servers.py`), and beside tipg: the same PostGIS, points and number of connections. Ours is asked
by strangers (`wangge`) and by a program with a token (`token`), in a store with accounts.

    python benchmarks/locate.py [--size small|district] [--seconds 10] [--connections 16] [--rounds 3]

The servers take turns; each figure is the median of its rounds.
Needs a PostgreSQL server with PostGIS on this machine and the `peers` dependencies. It starts a throw-away
cluster and one worker of each server, on loopback only, one after the other, and ends by itself.
tipg is asked in its quickest form: the box of the point, attributes only, no geometry.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from load import Measured, measure

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import Cluster  # noqa: E402

from geo.plans.rules import profile  # noqa: E402
from layers.accounts.accounts import Keeper, add_account  # noqa: E402
from layers.accounts.tokens import make_token  # noqa: E402
from layers.demo.district import generate  # noqa: E402
from layers.imports.imports import import_frame  # noqa: E402
from layers.plans.cells import build_cells  # noqa: E402
from layers.plans.drawing import draw_plans  # noqa: E402
from layers.plans.publishing import publish  # noqa: E402
from layers.rights.rights import Grant, Right  # noqa: E402
from layers.rights.viewer import OPERATOR, Role  # noqa: E402
from layers.store.database import Store  # noqa: E402

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

POINTS = 2000
WARM_UP_S = 2.0


class LoopbackCluster(Cluster):
    """The tests' throw-away cluster, listening on loopback as well: tipg takes no socket path."""

    def start(self) -> None:
        self.port = free_port()
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "-D", data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    """A port of loopback nobody has."""
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
            import_frame(store, OPERATOR, layer, frame, source="benchmark", actor="test", now=NOW)
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
    return points, sum(step.figures.grids for step in steps)


@contextmanager
def server(command: list[str], environment: dict[str, str], port: int, alive: str) -> Iterator[int]:
    """The number of one server process, waited for until `alive` answers, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, *command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}", **environment},
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
                    raise SystemExit(f"the server ended: {command[:2]}") from None
            time.sleep(0.25)
        else:
            raise SystemExit(f"the server did not come up: {command[:2]}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def settle(pid: int) -> None:
    """Wait, for two minutes at most, until a server and the processes it started use no processor to speak of: ours
    makes ready for long work beside its first answers."""
    for _ in range(120):
        before = sum(map(cpu_s, family(pid)))
        time.sleep(1.0)
        if sum(map(cpu_s, family(pid))) - before < 0.05:
            return


def family(pid: int) -> list[int]:
    """A process and all it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def cpu_s(pid: int) -> float:
    """Processor time a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """How one server is started and what it is asked."""

    name: str
    command: list[str]
    environment: dict[str, str]
    alive: str
    paths: list[str]
    headers: str = ""
    """Lines of the request's head beside those every one has."""


def say(name: str, rounds: list[tuple[Measured, float]], most: float) -> float:
    """One line of medians; answers the requests a second. `most` is what the ratio is taken to, 0 for the first line."""
    per_second, p50_ms, p99_ms, used_us = (
        statistics.median(values)
        for values in zip(
            *(
                (got.per_second, got.p50_ms, got.p99_ms, used_s / got.requests * 1e6)
                for got, used_s in rounds
            ),
            strict=True,
        )
    )
    print(
        f"{name:<8} {per_second:>8,.0f} req/s   p50 {p50_ms:6.2f} ms   p99 {p99_ms:6.2f} ms   "
        f"{used_us:6.0f} µs of its processor each   {per_second / (most or per_second):5.2f} of bare"
    )
    return per_second


def token_in(url: str, keys: str) -> str:
    """A token of a program that looks up; from then on the store has accounts."""
    store, keeper, now = Store.open(url=url, keys=keys), Keeper("benchmark"), datetime.now(UTC)
    add_account(store, keeper, "benchmark", [Grant(Role.LEADER, "")], now=now)
    token = make_token(store, keeper, "benchmark", [Right.LOOKUP], [""], days=9, now=now)
    store.close()
    return token


def runs_of(url: str, points: np.ndarray) -> list[Run]:
    """Bare first: the others are told as parts of it."""
    ours = [f"/api/locate?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in points]
    theirs = [
        f"/collections/public.grids/items?limit=2&geom-column=none&f=geojson&bbox={lon:.7f},{lat:.7f},{lon:.7f},{lat:.7f}"
        for lon, lat in points
    ]
    keys = f"k1 {secrets.token_hex(32)}"
    store = {"WANGGE_DATABASE_URL": url, "WANGGE_KEYS": keys}
    uvicorn = ["-m", "uvicorn", "--no-access-log", "--factory"]
    serve = ["-c", "from api.cli.main import main; main()", "serve"]
    return [
        Run("bare", [*uvicorn, "plain_servers:Bare"], store, ours[0], ours),
        Run(
            "wangge",
            serve,
            store | {"WANGGE_PUBLIC": "lookup"},
            "/ready",
            ours,
        ),
        Run(
            "token",
            serve,
            store,
            "/ready",
            ours,
            f"authorization: Bearer {token_in(url, keys)}\r\n",
        ),
        Run("route", [*uvicorn, "plain_servers:route"], store, ours[0], ours),
        Run(
            "tipg",
            [*uvicorn[:-1], "tipg.main:app"],
            {"DATABASE_URL": url, "TIPG_DB_TABLES": '["public.grids"]'},
            "/healthz",
            theirs,
        ),
    ]


def main() -> None:
    """Run all in turns and print each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=("small", "district"), default="small")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, choices=range(1, 8), default=3)
    asked = parser.parse_args()
    seconds = min(asked.seconds, 60.0)

    def ask(port: int, run: Run, *, seconds: float) -> Measured:
        return measure(port, run.paths, connections=asked.connections, seconds=seconds, headers=run.headers)

    with cluster() as running:
        points, grids = fill(running.url("postgres"), asked.size)
        print(
            f"{grids} grids, {len(points):,} points, {asked.connections} connections, "
            f"{asked.rounds} rounds of {seconds:.0f} s, 1 worker each"
        )
        runs = runs_of(running.url("postgres"), points)
        if find_spec("tipg") is None:
            print("tipg is not installed: left out")
            runs = [run for run in runs if run.name != "tipg"]
        found: dict[str, list[tuple[Measured, float]]] = {run.name: [] for run in runs}
        for _ in range(asked.rounds):
            for run in runs:
                port = free_port()
                with server(run.command, run.environment, port, run.alive) as pid:
                    ask(port, run, seconds=WARM_UP_S)
                    settle(pid)
                    before_s = cpu_s(pid)
                    got = ask(port, run, seconds=seconds)
                    used_s = cpu_s(pid) - before_s
                if got.failures:
                    raise SystemExit(
                        f"{run.name}: {got.failures} answers failed, the first: {got.first_failure!r}"
                    )
                found[run.name].append((got, used_s))
        most = 0.0
        for run in runs:
            per_second = say(run.name, found[run.name], most)
            most = most or per_second


if __name__ == "__main__":
    main()
