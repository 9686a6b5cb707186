"""The solvers `benchmarks/partition.py` compares: ours, and peers that are given what they cannot do themselves.

Peers know nothing of several parts, and most must be told the number of grids. So each connected part is divided by
itself, and the number is scanned upwards from the part's lower bound (or is the wanted one), with new seeds where the
peer takes one, until a plan is within the bounds or the part's share of the time is up.
"""

from __future__ import annotations

import itertools
import math
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.partition.problem.bounds import bounds_by_component
from geo.partition.problem.problem import Problem
from geo.partition.solve import solve

Labels = NDArray[np.int64]
Emit = Callable[[Labels, dict[str, Any]], None]
"""Hand over a plan and what is known of it; may be called often, the last plan counts."""
Solver = Callable[[Problem, float, int, Emit], None]
"""(problem, time limit in seconds, seed, emit)"""

_COMPLEX_WEIGHT = 6
"""Peers that weigh edges are told so much more of edges inside a complex: else they could not know of it."""
_TRIES_A_NUMBER = 8


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One connected part of a problem."""

    cells: NDArray[np.intp]
    households: NDArray[np.int64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    pairs: NDArray[np.int64]
    """(m, 2) neighbours, each pair once."""
    weights: NDArray[np.int64]
    """(m,) shared metres, more inside a complex."""
    lengths: NDArray[np.int64]
    """(m,) shared metres alone."""
    lo: int
    hi: int
    numbers: tuple[int, ...]
    """Numbers of grids to try, in this order."""

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.cells)

    def neighbours(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Compressed neighbour lists: offsets, neighbours, weights."""
        a, b = self.pairs.T
        source, target = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((target, source))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=self.n))])
        return offsets, target[order], np.concatenate([self.weights, self.weights])[order]

    def fault(self, labels: Labels) -> tuple[int, int]:
        """(pieces of grids too many, households outside the bounds); (0, 0) for a plan that is right."""
        a, b = self.pairs[labels[self.pairs[:, 0]] == labels[self.pairs[:, 1]]].T
        graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(self.n, self.n))
        sums = np.bincount(labels, self.households)
        missing = np.maximum(0, sums - self.hi) + np.maximum(0, self.lo - sums)
        return connected_components(graph, directed=False)[0] - len(sums), int(missing.sum())


def parts_of(problem: Problem) -> Iterator[Part]:
    """The connected parts. A wanted number of grids is held where there is one part."""
    count, part = problem.components()
    a, b, shared, _ = problem.pairs()
    own = (problem.complex_of[a] >= 0) & (problem.complex_of[a] == problem.complex_of[b])
    weights = np.maximum(1, np.round(shared * np.where(own, _COMPLEX_WEIGHT, 1))).astype(np.int64)
    place = np.zeros(problem.n, np.int64)
    for number, bounds in zip(range(count), bounds_by_component(problem), strict=True):
        cells = np.flatnonzero(part == number)
        place[cells] = np.arange(len(cells))
        here = part[a] == number
        scan = _numbers(bounds.fewest, bounds.most, len(cells))
        yield Part(
            cells,
            problem.households[cells],
            problem.x_m[cells],
            problem.y_m[cells],
            np.column_stack([place[a[here]], place[b[here]]]),
            weights[here],
            np.maximum(1, np.round(shared[here])).astype(np.int64),
            problem.lo,
            problem.hi,
            (problem.k,) if problem.k is not None and count == 1 else scan,
        )


def _numbers(fewest: int, most: int, cells: int) -> tuple[int, ...]:
    """From the bound upwards: the first three, then in growing strides."""
    steps = [0, 1, 2] + [2 + 2**i for i in range(1, 12)]
    return tuple(fewest + step for step in steps if fewest + step <= min(max(fewest, most), cells))


Divide = Callable[[Part, int, int], Any]
"""(part, number of grids, seed): a label for each cell of the part."""


class _TimeUp(BaseException):
    """The time of one try is up; not an `Exception`, so that no peer swallows it."""


def _ring(*_: object) -> None:
    raise _TimeUp


def scanned(divide: Divide, *, seeded: bool, told_number: bool = True) -> Solver:
    """A solver from `divide`. Not `seeded`: it is asked once a number; not `told_number`: it chooses it itself."""

    def solver(problem: Problem, limit_s: float, seed: int, emit: Emit) -> None:
        signal.signal(signal.SIGALRM, _ring)
        began = time.perf_counter()
        labels, used = np.zeros(problem.n, np.int64), 0
        done, note = 0, ""
        for part in parts_of(problem):
            end = began + limit_s * (done + part.n) / problem.n
            done += part.n
            numbers = part.numbers if told_number else part.numbers[-1:]
            plan, why = _best_of_scan(divide, part, numbers, end, seed, seeded)
            note = note or why
            if plan is None:
                raise RuntimeError(why or "no plan in time")
            labels[part.cells] = used + plan
            used += int(plan.max()) + 1
        emit(labels, {"note": note})

    return solver


def _best_of_scan(
    divide: Divide, part: Part, numbers: tuple[int, ...], end: float, seed: int, seeded: bool
) -> tuple[Labels | None, str]:
    """The first plan that is right, else the one nearest to it; and the first error met."""
    best: Labels | None = None
    least, note = (math.inf, math.inf), ""
    for turn in itertools.count() if seeded else range(1):
        for number in numbers:
            for again in range(_TRIES_A_NUMBER if seeded else 1):
                left = end - time.perf_counter()
                if left <= 0.005:
                    return best, note
                # no try takes more than half of what is left, or the first number would take all
                signal.setitimer(signal.ITIMER_REAL, left / 2 if number != numbers[-1] else left)
                try:
                    own_seed = seed + (turn * _TRIES_A_NUMBER + again)
                    raw = np.zeros(part.n) if number == 1 else divide(part, number, own_seed)
                except _TimeUp:
                    break
                except Exception as error:
                    note = note or f"{type(error).__name__}: {error}"[:200]
                    continue
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                labels = np.unique(np.asarray(raw), return_inverse=True)[1].astype(np.int64)
                fault = part.fault(labels)
                if fault < least:
                    best, least = labels, fault
                if fault == (0, 0):
                    return best, note
    return best, note


def wangge(problem: Problem, limit_s: float, seed: int, emit: Emit) -> None:
    """Our engine, as anybody would call it."""
    for solution in solve(problem, seed=seed, time_limit_s=limit_s):
        emit(solution.labels, {"fewest": solution.fewest, "impossible": solution.impossible})


def _metis_by_length(part: Part, number: int, seed: int) -> Any:
    """As people call it who have no complexes: edges weigh what is shared."""
    return _metis(replace(part, weights=part.lengths), number, seed)


def _metis(part: Part, number: int, seed: int) -> Any:
    import pymetis

    offsets, neighbours, weights = part.neighbours()
    slack = part.hi * number / part.households.sum() - 1
    answer = pymetis.part_graph(
        number,
        pymetis.CSRAdjacency(adj_starts=offsets.tolist(), adjacent=neighbours.tolist()),
        vweights=part.households.tolist(),
        eweights=weights.tolist(),
        recursive=False,
        options=pymetis.Options(seed=seed, contig=1, ncuts=4, ufactor=max(1, int(1000 * slack))),
    )
    return answer.vertex_part


def _kahip(part: Part, number: int, seed: int) -> Any:
    import kahip

    offsets, neighbours, weights = (array.tolist() for array in part.neighbours())
    slack = max(0.0, part.hi * number / float(part.households.sum()) - 1)
    households = part.households.tolist()
    return kahip.kaffpa(households, offsets, weights, neighbours, number, slack, True, seed, kahip.ECO)[1]


def _gerrychain(part: Part, number: int, seed: int) -> Any:
    import networkx as nx
    from gerrychain import Graph
    from gerrychain.partition.initial_partition_generators import recursive_tree_part

    graph: nx.Graph[int] = nx.Graph(part.pairs.tolist())
    graph.add_nodes_from((i, {"households": int(h)}) for i, h in enumerate(part.households))
    ideal = float(part.households.sum()) / number
    epsilon = max(0.0, min(part.hi / ideal - 1, 1 - part.lo / ideal))
    answer = recursive_tree_part(
        Graph.from_networkx(graph), range(number), ideal, "households", epsilon, rng=seed
    )
    return [answer[i] for i in range(part.n)]


def _frame_and_weights(part: Part) -> tuple[Any, Any]:
    import geopandas as gpd
    from libpysal.weights import W

    size = max(float(np.ptp(part.x_m)), float(np.ptp(part.y_m)), 1.0)
    frame = gpd.GeoDataFrame(
        {"x": part.x_m / size, "y": part.y_m / size, "households": part.households.astype(float)},
        geometry=gpd.points_from_xy(part.x_m, part.y_m),
    )
    offsets, neighbours, _ = part.neighbours()
    lists = np.split(neighbours, offsets[1:-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return frame, W({i: own.tolist() for i, own in enumerate(lists)}, silence_warnings=True)


def _ward(part: Part, number: int, _seed: int) -> Any:
    from spopt.region import WardSpatial

    model = WardSpatial(*_frame_and_weights(part), ["x", "y"], n_clusters=number)
    model.solve()
    return model.labels_


def _max_p(part: Part, _number: int, seed: int) -> Any:
    """Knows the lower bound alone, and chooses the number itself."""
    from spopt.region import MaxPHeuristic

    np.random.seed(seed)  # noqa: NPY002 - spopt draws from numpy's global generator
    model = MaxPHeuristic(*_frame_and_weights(part), ["x", "y"], "households", part.lo, top_n=2)
    model.solve()
    return model.labels_


SOLVERS: dict[str, tuple[str, Solver]] = {
    "wangge": ("geo.partition.solve", wangge),
    "metis": ("pymetis", scanned(_metis, seeded=True)),
    "metis-by-length": ("pymetis", scanned(_metis_by_length, seeded=True)),
    "kahip": ("kahip", scanned(_kahip, seeded=True)),
    "gerrychain": ("gerrychain", scanned(_gerrychain, seeded=True)),
    "spopt-ward": ("spopt", scanned(_ward, seeded=False)),
    "spopt-max-p": ("spopt", scanned(_max_p, seeded=True, told_number=False)),
}
"""Each solver by name, with the module it needs."""
