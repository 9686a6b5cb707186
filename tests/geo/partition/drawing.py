"""Cell graphs drawn as text, and every division of a tiny graph, for the tests of the partition engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from geo.partition.moves.field import Field, build_field
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate


def drawn(households: str, complexes: str = "", *, lo: int, hi: int, **more: Any) -> Problem:
    """Cells of 100 m from north to south, each joined to its neighbours: numbers are households, `.` is no cell.

    `complexes` is drawn alike, `.` for a cell that belongs to none; cells without a letter of their own are free.
    """
    rows = [line.split() for line in households.strip().splitlines()]
    names = [line.split() for line in complexes.strip().splitlines()]
    places = [(r, c) for r, row in enumerate(rows) for c, text in enumerate(row) if text != "."]
    number = {place: i for i, place in enumerate(places)}
    pairs = [
        (number[r, c], number[other])
        for r, c in places
        for other in ((r, c + 1), (r + 1, c))
        if other in number
    ]
    owners = [names[r][c] if names and names[r][c] != "." else None for r, c in places]
    counts = [int(rows[r][c]) for r, c in places]
    return graph(counts, pairs, lo=lo, hi=hi, places=[(c, -r) for r, c in places], owners=owners, **more)


def graph(
    households: Sequence[int],
    pairs: Iterable[tuple[int, int]],
    *,
    lo: int,
    hi: int,
    places: Sequence[tuple[int, int]] | None = None,
    owners: Sequence[str | None] | None = None,
    **more: Any,
) -> Problem:
    """Cells with these neighbours, in a row unless they have places."""
    nodes = [
        {
            "id": i,
            "x": 100.0 * (places[i][0] if places else i),
            "y": 100.0 * (places[i][1] if places else 0),
            "households": count,
            "area": 1e4,
            "complex": owners[i] if owners else None,
        }
        for i, count in enumerate(households)
    ]
    edges = [{"a": min(p), "b": max(p), "shared_m": 100.0, "barrier": False} for p in pairs]
    return Problem.from_instance({"lo": lo, "hi": hi, "nodes": nodes, "edges": edges} | more)


def field_of(problem: Problem, *, grids: int = 2) -> Field:
    """The field of a problem of one part, cells in the order they are drawn in."""
    return build_field(problem, np.arange(problem.n), grids=grids, want=-1)


def labels_of(drawing: str) -> np.ndarray:
    """A plan drawn with one letter a cell, as labels in order of first appearance."""
    letters = [letter for letter in drawing.split() if letter != "."]
    order = list(dict.fromkeys(letters))
    return np.array([order.index(letter) for letter in letters], np.int64)


def neighbour_masks(problem: Problem) -> list[int]:
    """The neighbours of each cell as bits."""
    return [
        sum(1 << int(u) for u in problem.indices[problem.indptr[v] : problem.indptr[v + 1]])
        for v in range(problem.n)
    ]


def reached(near: Sequence[int], within: int, start: int) -> int:
    """The cells of `within` (bits) that can be reached in it from those of `start`."""
    found = start
    while True:
        more = found
        for v, around in enumerate(near):
            if found >> v & 1:
                more |= around & within
        if more == found:
            return found
        found = more


def sound_sets(problem: Problem) -> set[int]:
    """Every connected set of cells within the bounds, as bits: all subsets are looked at."""
    near = neighbour_masks(problem)
    found = set()
    for mask in range(1, 1 << problem.n):
        total = sum(int(h) for v, h in enumerate(problem.households) if mask >> v & 1)
        if problem.lo <= total <= problem.hi and reached(near, mask, mask & -mask) == mask:
            found.add(mask)
    return found


def possible_numbers(problem: Problem) -> set[int]:
    """All numbers of grids a plan within bounds can have: every division into connected sets is looked at."""
    sets = sound_sets(problem)
    everything = (1 << problem.n) - 1
    numbers: dict[int, set[int]] = {0: {0}}
    for mask in range(1, everything + 1):
        first = mask & -mask  # the grid of the first cell of `mask`, whichever it may be
        rest = mask ^ first
        part, found = rest, set[int]()
        while True:
            if part | first in sets:
                found |= {number + 1 for number in numbers[rest ^ part]}
            if not part:
                break
            part = (part - 1) & rest
        numbers[mask] = found
    return numbers[everything]


def is_sound(problem: Problem, labels: np.ndarray) -> bool:
    """Whether a plan is whole, connected and within bounds."""
    return labels.shape == (problem.n,) and labels.min() >= 0 and evaluate(problem, labels).feasible
