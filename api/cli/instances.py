"""`wangge partition --instance`: labels for one neutral instance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from api.cli.shell import Shell, writable
from geo.partition.explain import reasons, violations
from geo.partition.quality import quality
from geo.partition.solve import Solution, solve
from geo.plans.goals import Goal
from layers.files.instances import read_instance, write_labels


def solve_instance(
    run: Shell, instance: Path, out: Path, *, goal: Goal | None, seed: int, time_limit_s: float
) -> None:
    """Solve a neutral instance as well as `time_limit_s` allows, write its labels to `out` and say what they are worth."""
    problem = read_instance(instance, goal=goal)
    writable(out)
    *_, found = _told(run, solve(problem, seed=seed, time_limit_s=time_limit_s))
    write_labels(out, found.labels)
    for words in (*reasons(problem), *found.reasons, *violations(problem, found.labels)):
        run.complain(words.text(run.lang))
    score = found.score
    run.line(quality(problem, found).words().text(run.lang))
    run.say(
        f"{score.grids} grids (at least {found.fewest}), above the bounds {score.over}, below {score.under}, "
        f"cut {score.cut_length_m:,.0f} m → {out}",
        f"{score.grids} 个网格（下界 {found.fewest}），超上限 {score.over} 个，低于下限 {score.under} 个，"
        f"内部边界 {score.cut_length_m:,.0f} 米 → {out}",
    )


def _told(run: Shell, solutions: Iterator[Solution]) -> Iterator[Solution]:
    """The solutions, each told on a terminal as it comes."""
    for solution in solutions:
        if run.err.is_terminal:
            score = solution.score
            run.complain(
                f"{solution.seconds:6.1f} s  {score.grids}  ±{score.violation}  {score.cut_length_m:,.0f} m"
            )
        yield solution
