"""Our partition engine beside METIS alone, over a folder of neutral instances.

    python benchmarks/partition.py DIR [--limit 10] [--match syn_50] [--seed 1] [--out results.json]

METIS (k-way, contiguous) is given what it cannot do itself: the number of grids is scanned upwards from the lower
bound, with new seeds, until a plan is inside the bounds or the time is up; several parts are divided one by one.
Both are judged by `geo.partition.score`. One process; takes at most 2 x limit x instances seconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.partition.bounds import bounds_by_component
from geo.partition.construct import metis_plan
from geo.partition.field import build_field
from geo.partition.problem import Problem
from geo.partition.score import Score, evaluate
from geo.partition.solve import solve
from layers.files.instances import read_instance


def ours(problem: Problem, *, limit_s: float, seed: int) -> dict[str, Any]:
    """The last plan of the engine, and when the first plan and the first feasible one were there."""
    began = time.perf_counter()
    first: float | None = None
    feasible: float | None = None
    score: Score | None = None
    for solution in solve(problem, seed=seed, time_limit_s=limit_s):
        score = solution.score
        first = solution.seconds if first is None else first
        feasible = solution.seconds if feasible is None and score.feasible else feasible
    assert score is not None
    return _row(score, time.perf_counter() - began) | {"first_s": first, "feasible_s": feasible}


def metis(problem: Problem, *, limit_s: float, seed: int) -> dict[str, Any]:
    """The first feasible plan METIS gives when it is told the number of grids, or the last it gave."""
    began = time.perf_counter()
    count, part = problem.components()
    bounds = bounds_by_component(problem)
    labels = np.zeros(problem.n, np.int64)
    used = 0
    for number in range(count):
        cells = np.flatnonzero(part == number)
        share_s = limit_s * len(cells) / problem.n
        labels[cells] = used + _metis_part(problem, cells, bounds[number].fewest_by_sum, share_s, seed)
        used = int(labels[cells].max()) + 1
    seconds = time.perf_counter() - began
    return _row(evaluate(problem, labels), seconds) | {"first_s": seconds, "feasible_s": None}


def _metis_part(problem: Problem, cells: NDArray[np.intp], fewest: int, limit_s: float, seed: int) -> Any:
    field = build_field(problem, cells, grids=fewest, want=-1)
    began = time.perf_counter()
    tries = 0
    while True:
        labels = metis_plan(field, fewest + tries // 8, seed=seed + tries)
        sums = np.bincount(labels, field.households)
        tries += 1
        done = (sums >= field.lo).all() and (sums <= field.hi).all()
        if done or time.perf_counter() - began > limit_s or fewest + tries // 8 > len(cells):
            return labels


def _row(score: Score, seconds: float) -> dict[str, Any]:
    return asdict(score) | {
        "feasible": score.feasible,
        "at_lower_bound": score.at_lower_bound,
        "seconds": seconds,
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures of each solver as a Markdown table; splits and barriers where both are feasible."""
    names = list(dict.fromkeys(row["solver"] for row in rows))
    feasible = {
        name: {row["instance"] for row in rows if row["solver"] == name and row["feasible"]} for name in names
    }
    common = set.intersection(*feasible.values())
    head = (
        "| solver | instances | feasible % | at lower bound % | grids | complexes split | barriers inside | "
    )
    lines = [head + "first plan, median s | end, median s |", "|---" * 9 + "|"]
    for name in names:
        own = [row for row in rows if row["solver"] == name]
        both = [row for row in own if row["instance"] in common]
        sums = [sum(row[key] for row in both) for key in ("grids", "complexes_split", "barrier_inside")]
        shares = [100 * sum(row[key] for row in own) / len(own) for key in ("feasible", "at_lower_bound")]
        times = [statistics.median(row[key] for row in own) for key in ("first_s", "seconds")]
        lines.append(
            f"| {name} | {len(own)} | {shares[0]:.0f} | {shares[1]:.0f} | {sums[0]} | {sums[1]} | {sums[2]} | "
            f"{times[0]:.3f} | {times[1]:.2f} |"
        )
    lines.append(f"\nGrids, complexes and barriers: sums over the {len(common)} instances feasible for all.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both over a folder and print the table."""
    parser = argparse.ArgumentParser(description="Our partition engine beside METIS over neutral instances.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds per instance and solver")
    parser.add_argument("--match", default="", help="only files whose name contains this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also write every row as JSON")
    options = parser.parse_args(arguments)
    files = sorted(path for path in options.folder.glob("*.json") if options.match in path.name)
    if not files:
        parser.error(f"no instances in {options.folder} whose name contains {options.match!r}")
    for _ in solve(read_instance(files[0]), time_limit_s=1.0):  # warm up: load the compiled kernels
        pass
    rows = []
    for path in files:
        problem = read_instance(path)
        for name, solver in (("wangge", ours), ("metis", metis)):
            row = {"instance": path.stem, "solver": name} | solver(
                problem, limit_s=options.limit, seed=options.seed
            )
            rows.append(row)
            print(
                f"{path.stem:28} {name:7} {'feasible' if row['feasible'] else 'misses ' + str(row['violation']):16} "
                f"{row['grids']:4} grids (bound {row['lower_bound']}) {row['complexes_split']:3} complexes split "
                f"{row['seconds']:6.2f} s",
                flush=True,
            )
    print("\n" + table(rows))
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
