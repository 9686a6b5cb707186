"""Printed sheets of a store: a wall chart of each of some communities, a sheet for every grid, a booklet of all.

    wangge demo --size district
    python benchmarks/sheets.py [--home wangge-data] [--workers 2] [--charts 12]

Charts are read and made in this process, one after another; the sheets of grids and the booklet are whole commands, with the
memory of all their processes looked at twice a second.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

from api.answers.sheet_terms import Per, Terms, make
from api.answers.sheets import sheet_jobs
from layers.ground.regions import community_codes
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

EVERY_S = 0.5


def charts(home: Path, count: int, day: date) -> None:
    """The wall chart of `count` communities, spread over the district."""
    store = Store.open(home=home)
    with store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=None)
    took, cpu = [], []
    for code in codes[:: max(1, len(codes) // count)][:count]:
        began, used = time.perf_counter(), time.process_time()
        terms = Terms(as_of=day, made=day)
        (job,) = sheet_jobs(store, OPERATOR, per=Per.COMMUNITY, communities=[code], terms=terms)
        make(job)
        took.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    store.close()
    print(f"wall chart, the first of a process: {took[0]:.2f} s")
    rest = sorted(took[1:])
    print(
        f"wall chart, {len(rest)} more: median {statistics.median(rest):.2f} s, most {rest[-1]:.2f} s "
        f"(processor: median {statistics.median(cpu[1:]):.2f} s)"
    )


def whole(home: Path, *options: str) -> None:
    """A command with its time, its files, and the memory of its processes in the first and the last quarter."""
    wangge = str(Path(sys.executable).with_name("wangge"))
    with tempfile.TemporaryDirectory() as folder:
        command = [wangge, "--lang", "en", "sheets", "--out", f"{folder}/out", *options]
        began, used = time.perf_counter(), _used_s()
        process = subprocess.Popen(command, env=os.environ | {"WANGGE_HOME": str(home)})
        seen: list[int] = []
        watch = threading.Thread(target=_watch, args=(process, seen))
        watch.start()
        code = process.wait()
        took, used = time.perf_counter() - began, _used_s() - used
        watch.join()
        files = [path for path in Path(folder, "out").iterdir() if path.suffix == ".pdf"]
        size = sum(path.stat().st_size for path in files)
    quarter = max(1, len(seen) // 4)
    print(
        f"{' '.join(options)}: exit {code}, {len(files)} files, {size / 1e6:.0f} MB, {took:.0f} s "
        f"({used:.0f} s of processor); memory MiB: first quarter "
        f"{max(seen[:quarter], default=0)}, last {max(seen[-quarter:], default=0)}, most {max(seen, default=0)}"
    )


def _used_s() -> float:
    """Processor time of all processes that were started and are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[bytes], seen: list[int]) -> None:
    while process.poll() is None:
        seen.append(sum(_resident_mib(pid) for pid in (process.pid, *_children(process.pid))))
        time.sleep(EVERY_S)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def _resident_mib(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except OSError:
        return 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("wangge-data"))
    parser.add_argument("--workers", default="2")
    parser.add_argument("--charts", type=int, default=12)
    parser.add_argument("--as-of", help="the day whose grids are printed; today by default")
    parser.add_argument("--only", choices=["charts", "grid", "booklet"])
    chosen = parser.parse_args()
    if chosen.only in (None, "charts"):
        charts(chosen.home, chosen.charts, datetime.now(UTC).date())
    for per in ("grid", "booklet"):
        if chosen.only in (None, per):
            on = ["--as-of", chosen.as_of] if chosen.as_of else []
            whole(chosen.home, "--per", per, "--workers", chosen.workers, *on)


if __name__ == "__main__":
    main()
