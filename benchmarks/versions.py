"""Two checkouts of this project beside each other: the same commands, in turn, as whole processes.

python benchmarks/versions.py BEFORE AFTER [--instances DIR] [--addresses DIR] [--runs 5]

Both are folders with an environment made by `./dev setup`. Each fills a small made-up district of its own.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

INSTANCES = ("syn_50_slab_108", "syn_150_mixed_121", "syn_500_mixed_146")


class Cost(NamedTuple):
    """One run of a whole process."""

    wall_s: float
    processor_s: float
    peak_mib: float


def cost(checkout: Path, args: list[str], folder: Path, *, log: Path) -> Cost:
    """Run a command of a checkout once; a wrong option ends with 2, everything else with 0."""
    began = time.perf_counter()
    with log.open("wb") as out:
        child = subprocess.Popen([checkout / ".venv/bin/wangge", *args], cwd=folder, stdout=out, stderr=out)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    assert child.returncode == (2 if "--nonsense" in args else 0), (args, log.read_text())
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def proposed(demo_output: str) -> list[list[str]]:
    """The two look-ups a demo proposes at its end, a point and an address."""
    found = [
        shlex.split(line)[1:]
        for line in demo_output.splitlines()
        if line.startswith("wangge locate ") and "--file" not in line
    ]
    assert len(found) >= 2, demo_output
    return found[:2]


def main() -> None:
    """Run each command some times in both, in turn, and print medians as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--addresses", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    checkouts = [path.resolve() for path in (chosen.before, chosen.after)]
    with tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in ("before", "after")]
        commands: dict[str, list[list[str]]] = {}
        costs: dict[str, list[list[Cost]]] = {"demo --size small": [[], []]}
        for side, (checkout, folder) in enumerate(zip(checkouts, folders, strict=True)):
            folder.mkdir()
            log = folder / "demo.log"
            demo = ["--lang", "en", "demo", "--size", "small"]
            costs["demo --size small"][side].append(cost(checkout, demo, folder, log=log))
            for name, args in zip(
                ("locate, a point", "locate, an address"), proposed(log.read_text()), strict=True
            ):
                commands.setdefault(name, []).append(args)
        alike = {"--help": ["--help"], "a wrong option": ["--nonsense"]}
        if chosen.instances:
            for name in INSTANCES:
                file = str((chosen.instances / f"{name}.json").resolve())
                alike[f"partition {name}"] = ["partition", "--instance", file, "--out", f"{name}.json"]
        if chosen.addresses:
            here = chosen.addresses.resolve()
            alike["match 20,000 addresses"] = [
                *("match", "--gazetteer", str(here / "gazetteer_A")),
                *("--addresses", str(here / "records_A.parquet"), "--out", "matched.csv", "--workers", "1"),
            ]
        commands |= {name: [args, args] for name, args in alike.items()}
        for name, both in commands.items():
            costs[name] = [[], []]
            for run in range(chosen.runs + 1):
                for side in (run % 2, 1 - run % 2):
                    log = folders[side] / "command.log"
                    one = cost(checkouts[side], both[side], folders[side], log=log)
                    if run:  # the first fills the caches of both
                        costs[name][side].append(one)
    print("| command | before: wall s | processor s | peak MiB | after: wall s | processor s | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, sides in costs.items():
        figures = [
            f"{statistics.median(one[part] for one in runs):.{digits}f}"
            for runs in sides
            for part, digits in ((0, 2), (1, 2), (2, 0))
        ]
        print(f"| {name} | {' | '.join(figures)} |")
    print(
        f"\n{chosen.runs} runs (the demo once), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    )


if __name__ == "__main__":
    main()
