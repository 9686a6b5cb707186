"""Addresses and points over HTTP: latency by number of connections, type-ahead, and a million rows in one request.

    python benchmarks/asking.py [--size small|district] [--seconds 5] [--rows 1000000]

One worker over a fresh SQLite store of a published made-up district, on loopback only; ends by itself. The addresses
are those of made-up residents, so some lead nowhere and some to several buildings.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import numpy as np
from load import measure
from locate import _free_port, server

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from geo.plans.rules import profile  # noqa: E402
from layers.demo.district import generate  # noqa: E402
from layers.demo.doors import door_frame  # noqa: E402
from layers.demo.residents import made_up_residents  # noqa: E402
from layers.imports.imports import import_frame  # noqa: E402
from layers.imports.lists import import_rows  # noqa: E402
from layers.plans.adopting import adopt_grids  # noqa: E402
from layers.plans.cells import build_cells  # noqa: E402
from layers.plans.publishing import publish  # noqa: E402
from layers.rights.viewer import OPERATOR  # noqa: E402
from layers.store.database import Store  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADDRESSES = 20_000


def fill(home: Path, size: str) -> tuple[list[str], np.ndarray]:
    """Today's grids of the district, published; addresses, and points in its box, shape (n, 2)."""
    store = Store.open(home=home)
    store.migrate()
    frames = generate(size).frames
    for layer in ("districts", "streets", "communities", "complexes", "buildings", "roads", "water"):
        import_frame(store, OPERATOR, layer, frames[layer], source="bench", actor="test", now=NOW)
    plates = door_frame(frames["complexes"], frames["roads"])
    import_rows(store, OPERATOR, "aliases", plates, source="bench", now=NOW, actor="test")
    list(build_cells(store, OPERATOR, actor="bench", now=NOW, workers=2))
    adopt_grids(store, OPERATOR, frames["grids"], rules=profile("national"), source="b", actor="b", now=NOW)
    publish(store, OPERATOR, valid_from=date(2026, 1, 1), actor="bench", now=NOW)
    store.close()
    people = made_up_residents(frames, plates, people=ADDRESSES, seed=5).frame["address"].tolist()
    west, south, east, north = frames["communities"].total_bounds
    return people, np.random.default_rng(7).uniform((west, south), (east, north), (2000, 2))


def ask_many(port: int, addresses: list[str], rows: int) -> float:
    """Seconds that one batch request of so many rows takes, from the first byte sent to the last one read."""
    with tempfile.TemporaryFile() as body:
        body.write(b"id,address\n")
        for i in range(rows):
            body.write(f"{i},{addresses[i % len(addresses)]}\n".encode())
        size = body.tell()
        body.seek(0)
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        headers = {"Content-Type": "text/csv", "Content-Length": str(size)}
        connection.request("POST", "/api/locate/batch", body, headers)
        answer = connection.getresponse()
        lines = 0
        while part := answer.read(1 << 20):
            lines += part.count(b"\n")
        assert (answer.status, lines) == (200, rows + 1)
        return time.perf_counter() - began


def peak_mib(pid: int) -> float:
    """The most memory a process has had so far, MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=("small", "district"), default="small")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        home = Path(folder) / "home"
        addresses, points = fill(home, asked.size)
        paths = {
            "address": [f"/api/locate?address={quote(text, safe='')}" for text in addresses],
            "point": [f"/api/locate?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in points],
            "suggest": [f"/api/suggest?q={quote(text[:n])}" for text in addresses[:500] for n in (2, 4, 7)],
        }
        port = _free_port()
        arguments = ["--factory", "api.app:from_environment"]
        with server(arguments, {"WANGGE_HOME": str(home), "WANGGE_TRIAL": "1"}, port, "/ready") as pid:
            for name, asking in paths.items():
                measure(port, asking, connections=4, seconds=1.0)
                for connections in (1, 4, 32):
                    found = measure(port, asking, connections=connections, seconds=asked.seconds)
                    assert not found.failures, found.first_failure
                    print(
                        f"{name:<8} {connections:>3} connections {found.per_second:>8,.0f} req/s   "
                        f"p50 {found.p50_ms:6.2f} ms   p99 {found.p99_ms:6.2f} ms"
                    )
            before = peak_mib(pid)
            took = ask_many(port, addresses, asked.rows)
            print(
                f"batch    {asked.rows:,} addresses in {took:.1f} s ({asked.rows / took:,.0f}/s); server's peak memory "
                f"{before:.0f} → {peak_mib(pid):.0f} MiB"
            )


if __name__ == "__main__":
    main()
