"""From nothing to published maps: `wangge demo` run whole, in fresh folders, with time and peak memory.

python benchmarks/demo.py [--size small|district] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Run the demo some times and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["small", "district"], default="small")
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    command = [str(Path(sys.executable).with_name("wangge")), "--lang", "en", "demo", "--size", chosen.size]
    walls = []
    for _ in range(chosen.runs):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            done = subprocess.run(
                command, cwd=folder, check=True, capture_output=True, text=True, timeout=900
            )
            walls.append(time.perf_counter() - began)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(done.stdout)
    print(f"{chosen.size}: {chosen.runs} runs on {os.cpu_count()} cores")
    print(f"wall s: min {min(walls):.1f}  median {statistics.median(walls):.1f}  max {max(walls):.1f}")
    print(f"cpu s a run: {(used.ru_utime + used.ru_stime) / chosen.runs:.1f}")
    print(f"peak memory of the largest process: {used.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
