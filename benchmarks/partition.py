"""Our partition engine beside its peers, over a folder of neutral instances.

    python benchmarks/partition.py DIR [--limit 10] [--match syn_50] [--peers metis,kahip] [--seed 1] [--out rows.json]

Peers (`pip install --group peers`) that are not installed are skipped by name. Each run is a process of its own that
is killed at the limit; the last plan it handed over counts, judged by `geo.partition.problem.score`. Runs follow one another.
With --out, every row is kept as it comes, and rows already there are not run again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from partition_peers import SOLVERS
from partition_tables import GOAL_OF, published_records, published_value, tables

from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.partition.search.run import warm_up
from geo.plans.goals import Goal
from layers.files.instances import read_instance

_GRACE_S = 1.0
"""What a run may take above the limit before it is killed: handing over the last plan."""


def _child(connection: Connection, name: str, problem: Problem, limit_s: float, seed: int) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)  # peers print from C
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    began = time.perf_counter()
    try:
        SOLVERS[name][1](
            problem,
            limit_s,
            seed,
            lambda plan, said: connection.send((time.perf_counter() - began, plan, said)),
        )
        connection.send((time.perf_counter() - began, None, {}))
    except Exception as error:
        connection.send(
            (time.perf_counter() - began, None, {"note": f"{type(error).__name__}: {error}"[:200]})
        )


def run(name: str, problem: Problem, *, limit_s: float, seed: int) -> dict[str, Any]:
    """One solver on one problem in a process of its own: the figures of its last plan, and when it had what."""
    context = multiprocessing.get_context(
        "fork"
    )  # what is imported and compiled already is not paid for again
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, name, problem, limit_s, seed))
    process.start()
    theirs.close()
    deadline = time.perf_counter() + limit_s + _GRACE_S
    plans, said, end_s, note = [], {}, limit_s, "killed"
    while ours.poll(max(0.0, deadline - time.perf_counter())):
        try:
            seconds, plan, more = ours.recv()
        except EOFError:
            note = "the process died"
            break
        if plan is None:
            end_s, note = seconds, ""
            said |= more
            break
        plans.append((seconds, plan))
        said |= more
    process.kill()
    process.join()
    row: dict[str, Any] = {"end_s": end_s, "note": note, "feasible": False, "first_feasible_s": None} | said
    if plans:
        score = evaluate(problem, plans[-1][1])
        row |= asdict(score) | {"feasible": score.feasible, "labels": plans[-1][1].tolist()}
        firsts = (seconds for seconds, plan in plans if evaluate(problem, plan).feasible)
        row["first_feasible_s"] = next(firsts, None)
    return row


def _jobs(files: Sequence[Path], names: Sequence[str]) -> Iterator[tuple[Path, str, Goal | None]]:
    """Every solver on every file; ours once more for each further published figure."""
    for path in files:
        for name in names:
            yield path, name, None
        if "wangge" in names:
            for record in published_records(json.loads(path.read_text(encoding="utf-8")))[1:]:
                yield path, "wangge", GOAL_OF[record["objective"]]


def _installed(wanted: Sequence[str]) -> list[str]:
    names = []
    for name in wanted:
        try:
            importlib.import_module(SOLVERS[name][0])
            names.append(name)
        except ImportError as error:
            print(f"{name} is skipped: {error}")
    return names


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all over a folder and print the tables."""
    parser = argparse.ArgumentParser(description="Our partition engine beside its peers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds per instance and solver")
    parser.add_argument("--match", default="", help="only files whose name contains this")
    parser.add_argument("--peers", default=",".join(name for name in SOLVERS if name != "wangge"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also keep every row as JSON")
    options = parser.parse_args(arguments)
    files = sorted(path for path in options.folder.glob("*.json") if options.match in path.name)
    if not files:
        parser.error(f"no instances in {options.folder} whose name contains {options.match!r}")
    wanted = ["wangge", *(name for name in options.peers.split(",") if name)]
    if unknown := [name for name in wanted if name not in SOLVERS]:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(SOLVERS)}")
    names = _installed(wanted)
    warm_up()
    rows = json.loads(options.out.read_text("utf-8")) if options.out and options.out.exists() else []
    known = {(row["instance"], row["solver"], row["goal"]) for row in rows}
    for path, name, goal in _jobs(files, names):
        problem = read_instance(path, goal=goal)
        if (path.stem, name, problem.goal.value) in known:
            continue
        row = {"instance": path.stem, "solver": name, "goal": problem.goal.value, "wanted": problem.k}
        row |= run(name, problem, limit_s=options.limit, seed=options.seed)
        row["load"] = os.getloadavg()[0]
        raw = json.loads(path.read_text(encoding="utf-8"))
        row["published"] = published_value(raw, problem, row.pop("labels", None))
        rows.append(row)
        print(_line(row), flush=True)
        if options.out:
            options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print("\n" + tables(rows))


def _line(row: dict[str, Any]) -> str:
    about = "no plan"
    if "grids" in row:
        about = f"misses {row['violation']}" if row["violation"] else f"{row['disconnected']} in pieces"
    about = "feasible" if row["feasible"] else about
    grids = f"{row['grids']:4} grids {row['complexes_split']:3} complexes split" if "grids" in row else ""
    return (
        f"{row['instance']:28} {row['solver']:12} {about:16} {grids:30} {row['end_s']:6.2f} s {row['note']}"
    )


if __name__ == "__main__":
    main()
