"""GET /api/locate while others ask for much: batches, files, maps nobody has drawn yet.

    python benchmarks/disturbed.py [--size small|district] [--seconds 10] [--connections 16] [--rounds 3]

One worker of `wangge serve` on loopback over a throw-away PostGIS. Look-ups are measured alone and beside, in turns: two
clients that send batches of 60,000 points, one that sends a CSV of 20,000 addresses, and one that asks for the map of a
day nobody has asked for. Each figure is the median of its rounds; everything ends by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import statistics
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
from load import Measured, measure
from locate import WARM_UP_S, cluster, cpu_s, fill, free_port, server, settle

BATCH, ADDRESSES = 60_000, 20_000


def batch(points: np.ndarray) -> bytes:
    """A CSV of points, again and again until it has its length."""
    chosen = points[np.arange(BATCH) % len(points)]
    return b"id,lon,lat\n" + b"".join(b"a,%.7f,%.7f\n" % (lon, lat) for lon, lat in chosen)


def addresses() -> bytes:
    """A CSV of addresses, most of which are nowhere: the slowest to answer."""
    rows = (
        f"a,滨河路{number % 900 + 1}号{number % 40 + 1}号楼{number % 6 + 1}单元501\n"
        for number in range(ADDRESSES)
    )
    return ("id,address\n" + "".join(rows)).encode()


def ask(port: int, method: str, path: str, body: bytes | None, kind: str) -> int:
    """One request, read to its end; its status, 0 when the server had no time for it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        line.request(method, path, body, {"Content-Type": kind})
        answer = line.getresponse()
        while answer.read(1 << 16):
            pass
    except OSError:
        return 0
    finally:
        line.close()
    return answer.status


@contextlib.contextmanager
def others(port: int, points: np.ndarray, first_day: date) -> Iterator[dict[str, list[int]]]:
    """Four clients that ask without pause until this ends; the statuses they got, by what they asked."""
    over, got = threading.Event(), {"batches": [], "addresses": [], "maps": []}
    days = iter(range(10_000))

    def again(name: str, once: Callable[[], int]) -> None:
        while not over.is_set():
            got[name].append(once())

    rows, texts = batch(points), addresses()
    post = ("POST", "/api/locate/batch")
    wanted = [
        ("batches", lambda: ask(port, *post, rows, "text/csv")),
        ("batches", lambda: ask(port, *post, rows, "text/csv")),
        ("addresses", lambda: ask(port, *post, texts, "text/csv")),
        (
            "maps",
            lambda: ask(
                port, "GET", f"/api/maps/grids.html?as_of={first_day + timedelta(next(days))}", None, "-"
            ),
        ),
    ]
    threads = [threading.Thread(target=again, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    try:
        yield got
    finally:
        over.set()
        for thread in threads:
            thread.join()


def say(name: str, rounds: list[Measured], alone: float) -> float:
    """One line of medians; answers the look-ups a second."""
    per_second = statistics.median(got.per_second for got in rounds)
    p50, p99 = (statistics.median(getattr(got, part) for got in rounds) for part in ("p50_ms", "p99_ms"))
    print(
        f"{name:<8} {per_second:>8,.0f} req/s   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   "
        f"{per_second / (alone or per_second):5.2f} of alone"
    )
    return per_second


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=("small", "district"), default="small")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, choices=range(1, 8), default=3)
    asked = parser.parse_args()
    seconds = min(asked.seconds, 60.0)
    alone, beside = [], []
    statuses: dict[str, list[int]] = {}
    with cluster() as running:
        points, _ = fill(running.url("postgres"), asked.size)
        paths = [f"/api/locate?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in points]
        port = free_port()
        command = ["-c", "from api.cli.main import main; main()", "serve", "--trial"]
        with server(command, {"WANGGE_DATABASE_URL": running.url("postgres")}, port, "/ready") as pid:
            measure(port, paths, connections=asked.connections, seconds=WARM_UP_S)
            settle(pid)
            for number in range(asked.rounds):
                alone.append(measure(port, paths, connections=asked.connections, seconds=seconds))
                with others(port, points, date(2026, 1, 1) + timedelta(1000 * number)) as got:
                    before_s = cpu_s(pid)
                    beside.append(measure(port, paths, connections=asked.connections, seconds=seconds))
                    used_s = cpu_s(pid) - before_s
                for name, found in got.items():
                    statuses.setdefault(name, []).extend(found)
                print(
                    f"round {number + 1}: the server used {used_s / seconds:.2f} of a processor beside the others"
                )
    failed = [one for one in (*alone, *beside) if one.failures]
    if failed:
        raise SystemExit(f"{failed[0].failures} look-ups failed, the first: {failed[0].first_failure!r}")
    say("beside", beside, say("alone", alone, 0.0))
    for name, found in statuses.items():
        print(f"{name}: {', '.join(f'{found.count(status)} x {status}' for status in sorted(set(found)))}")


if __name__ == "__main__":
    main()
