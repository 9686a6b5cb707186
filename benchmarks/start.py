"""What a command costs before and while it answers: processor time and peak memory of whole processes.

python benchmarks/start.py [--runs 15] [--size small|district]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

WANGGE = str(Path(sys.executable).with_name("wangge"))


class Cost(NamedTuple):
    """One run."""

    processor_s: float
    """User and system time together."""
    peak_mib: float


def cost(args: list[str], *, folder: str, expected: int) -> Cost:
    """Run a command once; its exit code must be the expected one."""
    child = subprocess.Popen(
        [WANGGE, *args], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == expected, (args, child.returncode)
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def made_up(folder: str, size: str) -> list[list[str]]:
    """Fill a store; give back the two look-ups the demo proposes at its end, a point and an address."""
    demo = [WANGGE, "--lang", "en", "demo", "--size", size]
    done = subprocess.run(demo, cwd=folder, check=True, capture_output=True, text=True, timeout=1800)
    lines = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("wangge locate ")]
    assert len(lines) == 2, done.stdout
    return lines


def main() -> None:
    """Run each command some times, in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--size", choices=["small", "district"], default="small")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        point, address = made_up(folder, chosen.size)
        commands = {
            "--help": (["--help"], 0),
            "--version": (["--version"], 0),
            "a wrong option": (["--nonsense"], 2),
            "partition, a wrong option": (["partition", "--nonsense"], 2),
            "partition --help": (["partition", "--help"], 0),
            "locate, a point": (point, 0),
            "locate, an address": (address, 0),
            "plans": (["plans"], 0),
        }
        runs: dict[str, list[Cost]] = {name: [] for name in commands}
        for number in range(chosen.runs + 1):
            for name, (args, expected) in commands.items():
                spent = cost(args, folder=folder, expected=expected)
                if number:  # the first round reads the files of the packages from the disk
                    runs[name].append(spent)
    print(f"{chosen.size}: {chosen.runs} runs on {os.cpu_count()} cores")
    for name, spent in runs.items():
        seconds = [one.processor_s for one in spent]
        print(
            f"{name:28} processor s: min {min(seconds):.2f}  median {statistics.median(seconds):.2f}"
            f"  peak {statistics.median(one.peak_mib for one in spent):4.0f} MiB"
        )


if __name__ == "__main__":
    main()
