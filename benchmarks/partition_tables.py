"""The tables of `benchmarks/partition.py`, and the figures published by others."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyproj
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.plans.goals import Goal

Row = dict[str, Any]

_OURS = "wangge"
_METRES_PER_DEGREE = 111_195.0
"""The published cut length is in degrees; the instances hold so many metres for one."""
_METRES_PER_MILE = 1609.344
GOAL_OF = {
    "cut_edges": Goal.CUT_EDGES,
    "cut_length": Goal.CUT_LENGTH,
    "hop_median": Goal.HOP_MEDIAN,
    "moi_medoid_miles": Goal.PATROL,
}
"""Published figures and the goal that minimises them."""


def published_records(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The published figures of an instance that a goal stands for."""
    published = raw.get("published") or []
    records = published if isinstance(published, list) else [published]
    return [record for record in records if record.get("objective") in GOAL_OF]


def published_value(raw: Mapping[str, Any], problem: Problem, labels: list[int] | None) -> Row | None:
    """The published figure the problem's goal stands for, and the same figure of a plan."""
    for record in published_records(raw):
        if GOAL_OF[record["objective"]] == problem.goal and labels is not None:
            value = _figure(record["objective"], problem, np.asarray(labels))
            return {key: record[key] for key in ("objective", "value", "bound", "proven")} | {"got": value}
    return None


def _figure(objective: str, problem: Problem, labels: Any) -> float:
    score = evaluate(problem, labels)
    if objective == "cut_edges":
        return float(score.cut_edges)
    if objective == "cut_length":
        return score.cut_length_m / _METRES_PER_DEGREE
    total = 0.0
    for grid in np.unique(labels):
        cells = np.flatnonzero(labels == grid)
        total += float((problem.households[cells][:, None] * _ways(objective, problem, cells)).sum(0).min())
    return total


def _ways(objective: str, problem: Problem, cells: Any) -> Any:
    """(c, c) steps in the whole graph, or squared geodesic miles, between `cells`."""
    if objective == "hop_median":
        graph = csr_array(
            (np.ones(len(problem.indices)), problem.indices, problem.indptr), shape=(problem.n,) * 2
        )
        return shortest_path(graph, unweighted=True, indices=cells)[:, cells]
    assert problem.lon_lat is not None
    lon, lat = problem.lon_lat[cells].T
    a, b = np.meshgrid(np.arange(len(cells)), np.arange(len(cells)), indexing="ij")
    return (pyproj.Geod(ellps="WGS84").inv(lon[a], lat[a], lon[b], lat[b])[2] / _METRES_PER_MILE) ** 2


def tables(rows: Sequence[Row]) -> str:
    """All tables as Markdown. A row of a further published figure counts in the last table alone."""
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        first.setdefault((row["instance"], row["solver"]), row)
    by_solver: dict[str, dict[str, Row]] = {}
    for (instance, solver), row in first.items():
        by_solver.setdefault(solver, {})[instance] = row
    ours = by_solver.get(_OURS, {})
    found = [_solvers(by_solver)]
    if ours:
        found += [_pairs(ours, by_solver), _violations(ours, by_solver)]
    found.append(_published([row for row in rows if row["solver"] == _OURS]))
    return "\n\n".join(table for table in found if table)


def _bound(instance: str, by_solver: Mapping[str, Mapping[str, Row]]) -> int:
    """The fewest grids proved: by sums, or by our engine; the wanted number where there is one."""
    own = [rows[instance] for rows in by_solver.values() if instance in rows]
    wanted = own[0]["wanted"]
    return wanted or max(max(row.get("lower_bound", 0), row.get("fewest", 0)) for row in own)


def _solvers(by_solver: Mapping[str, Mapping[str, Row]]) -> str:
    lines = [
        "| solver | instances | feasible % | grids at the proven bound % | number proved % | proved infeasible "
        "| first feasible, median s | end, median s |",
        "|---" * 8 + "|",
    ]
    for solver, rows in by_solver.items():
        n = len(rows)
        good = {instance: row for instance, row in rows.items() if row["feasible"]}
        at = sum(row["grids"] == _bound(instance, by_solver) for instance, row in good.items())
        proved, impossible = "", ""
        if solver == _OURS:
            held = sum(row["grids"] == (row["wanted"] or row["fewest"]) for row in good.values())
            proved, impossible = f"{100 * held / n:.0f}", str(sum(row["impossible"] for row in rows.values()))
        times = [row["first_feasible_s"] for row in good.values()]
        early = f"{statistics.median(times):.2f}" if times else ""
        end = statistics.median(row["end_s"] for row in rows.values())
        lines.append(
            f"| {solver} | {n} | {100 * len(good) / n:.0f} | {100 * at / n:.0f} | {proved} | {impossible} | "
            f"{early} | {end:.2f} |"
        )
    return "\n".join(lines)


def _pairs(ours: Mapping[str, Row], by_solver: Mapping[str, Mapping[str, Row]]) -> str:
    lines = [
        "| ours beside | both feasible, same number of grids | complexes split, ours | theirs "
        "| barrier pairs inside, ours | theirs | cut length, ours / theirs |",
        "|---" * 7 + "|",
    ]
    for solver, rows in by_solver.items():
        if solver == _OURS:
            continue
        both = [
            (ours[instance], row)
            for instance, row in rows.items()
            if instance in ours and row["feasible"] and ours[instance]["feasible"]
        ]
        both = [(own, row) for own, row in both if own["grids"] == row["grids"]]
        sums = [
            sum(pair[side][key] for pair in both)
            for key in ("complexes_split", "barrier_inside")
            for side in (0, 1)
        ]
        cuts = [own["cut_length_m"] / row["cut_length_m"] for own, row in both if row["cut_length_m"] > 0]
        ratio = f"{statistics.geometric_mean(cuts):.2f}" if cuts else ""
        lines.append(f"| {solver} | {len(both)} | " + " | ".join(map(str, sums)) + f" | {ratio} |")
    return "\n".join(lines)


def _violations(ours: Mapping[str, Row], by_solver: Mapping[str, Mapping[str, Row]]) -> str:
    """Where a peer has a plan within bounds with fewer grids than ours, or ours has none."""
    worse, fewer = [], 0
    for instance, own in ours.items():
        peers = [
            rows[instance]["grids"]
            for solver, rows in by_solver.items()
            if solver != _OURS and instance in rows and rows[instance]["feasible"]
        ]
        if own["goal"] == Goal.MOST_GRIDS or not peers:
            continue
        if not own["feasible"] or own["grids"] > min(peers):
            worse.append(instance)
        fewer += own["feasible"] and own["grids"] < min(peers)
    names = f": {', '.join(worse)}" if worse else ""
    return (
        f"Instances with more grids than the best peer, or no plan where a peer has one: {len(worse)}{names}.\n"
        f"Instances with fewer grids than the best peer: {fewer}."
    )


def _published(rows: Sequence[Row]) -> str:
    lines = ["| instance | figure | ours | best known | gap % | best known is |", "|---" * 6 + "|"]
    for row in rows:
        record = row.get("published")
        if record:
            gap = 100 * (record["got"] / record["value"] - 1)
            got = f"{record['got']:,.6g}" if row["feasible"] else "not feasible"
            lines.append(
                f"| {row['instance']} | {record['objective']} | {got} | {record['value']:,.6g} | {gap:.2f} | "
                f"{'proven best' if record['proven'] else 'not proven'} |"
            )
    return "\n".join(lines) if len(lines) > 2 else ""
