"""Problems on a lattice, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.partition.problem.problem import Problem


def lattice(
    width: int, height: int, *, lo: int, hi: int, households: int | Sequence[int] = 10, **more: Any
) -> Problem:
    """`width` x `height` cells of 100 m, numbered row by row from the south-west; a barrier between columns in
    `barrier_after`, complexes by `complexes` (one for each cell)."""
    n = width * height
    counts = [households] * n if isinstance(households, int) else list(households)
    complexes = more.pop("complexes", [None] * n)
    barrier_after = more.pop("barrier_after", ())
    nodes = [
        {
            "id": i,
            "x": 100.0 * (i % width),
            "y": 100.0 * (i // width),
            "households": counts[i],
            "area": 1e4,
            "complex": complexes[i],
        }
        for i in range(n)
    ]
    edges = [
        {"a": i, "b": i + 1, "shared_m": 100.0, "barrier": i % width in barrier_after}
        for i in range(n)
        if i % width < width - 1
    ]
    edges += [{"a": i, "b": i + width, "shared_m": 100.0, "barrier": False} for i in range(n - width)]
    return Problem.from_instance({"nodes": nodes, "edges": edges, "lo": lo, "hi": hi, **more})
