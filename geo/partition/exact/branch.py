"""Branch and price: whether cells can be divided into so many connected sets within bounds, and how.

A linear program covers the cells by sets that are generated where they would lower its value. Where its solution takes
sets in part, two neighbouring cells are put together or kept apart, deepest first. Cells without households may stay
uncovered, but no two sets can pass through the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.connected_sets import Graph
from geo.partition.exact.master import Cells, Master, Relaxed
from geo.partition.exact.pricing import Ground, worthy_sets
from geo.partition.moves.kernels import uniform

_TINY = 1e-6
_MARGIN = 1e-4
"""By so much, in sets, a bound must be above the number: far more than rounding in the linear program."""
_QUICK = (20, 4_000, 4_000_000)
_FIRM = (200, 10_000_000, 12_000_000)
"""Sets found from one cell, sets looked at from one and from all: in every round of pricing, and when a bound is to be
proved."""
_FIRM_TURN = 8
"""Every so many rounds it is asked whether the bound is proved: no set is worth more than the cells by the number."""
_ROUNDS = 3
"""Rounds of pricing after the linear program has met the number: enough to see where to branch."""
_MOST_NEW = 400
"""Sets added to the linear program at a time."""

_DRAWN = 0.1
"""Share by which the draw may lower how nearly together a pair counts."""

Pair = tuple[int, int]
Rng = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of the search: which neighbours are together and which apart."""

    group: NDArray[np.int64]
    """(n,) cells with the same number are together."""
    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()


@dataclass(eq=False)
class Division:
    """The search for a division of `graph` into `number` connected sets of `lo` to `hi` households."""

    graph: Graph
    number: int
    lo: int
    hi: int
    rng: Rng | None = None
    """Draws where to branch among the likely pairs, for a search that is to find plans; without it the likeliest is taken
    and the search can prove that there is none."""
    most_work: int = 2**62
    """Sets that may be looked at, by pricing and linear programs together, before the search is given up."""
    work: int = field(init=False, default=0)
    """Sets looked at so far."""
    nodes: int = field(init=False, default=0)
    """Parts of the search looked at so far."""
    proved: bool = field(init=False, default=True)
    """Nothing was given up without proof so far."""

    def __post_init__(self) -> None:
        """Begin with no set."""
        n = len(self.graph.cells)
        held = self.graph.households > 0
        self.master = Master(np.where(held, self.number + 1.0, 0.0))
        first = np.repeat(np.arange(n), np.diff(self.graph.indptr))
        pairs = first < self.graph.indices
        self.a, self.b = first[pairs], self.graph.indices[pairs]

    def learn(self, sets: Iterable[Cells]) -> None:
        """Sets from known plans to begin with; those outside the bounds are left out."""
        households = self.graph.households
        self.master.add([cells for cells in sets if self.lo <= households[cells].sum() <= self.hi])

    def bound(self) -> float:
        """No division has fewer sets, by the linear program over all of them; 0 where it is not above `number`, or not
        proved to be."""
        value, _ = self._relaxed(Node(np.arange(len(self.graph.cells))), rounds=0)
        return value if self.proved and self._beyond(value) else 0.0

    def search(self, most_nodes: int) -> list[Cells] | None:
        """The sets of a division; None where none was found: there is none if `proved`."""
        open_nodes = [Node(np.arange(len(self.graph.cells)))]
        while open_nodes:
            if self.nodes >= most_nodes or self.work >= self.most_work:
                self.proved = False
                return None
            node = open_nodes.pop()
            value, relaxed = self._relaxed(node, rounds=_ROUNDS)
            if relaxed is None or self._beyond(value):
                continue
            taken = np.flatnonzero(relaxed.share > 1e-7)
            if relaxed.covers and (relaxed.share[taken] > 1 - _TINY).all():
                return [np.flatnonzero(self.master.held[i]) for i in taken]
            open_nodes += self._branches(node, relaxed, taken)
        return None

    def _branches(self, node: Node, relaxed: Relaxed, taken: NDArray[np.int64]) -> list[Node]:
        """Two parts: the pair that is most nearly together is kept apart, or put together; where it is drawn, with all
        pairs the linear program has together, so that plans are found soon and nothing is proved."""
        held = self.master.held[taken]
        shared = relaxed.share[taken] @ (held[:, self.a] & held[:, self.b])
        group, together = node.group, node.together
        if self.rng is not None:
            self.proved = False
            for i in np.flatnonzero(shared > 1 - _TINY):
                group, together = _join(group, together, (int(self.a[i]), int(self.b[i])))
        undecided = (shared > _TINY) & (shared < 1 - _TINY) & (group[self.a] != group[self.b])
        if not undecided.any():
            self.proved = False  # rounding: sets in part, but no pair
            return []
        if self.rng is not None:
            shared *= [1 - _DRAWN * uniform(self.rng) for _ in shared]
        best = int(np.argmax(np.where(undecided, shared, 0.0)))
        pair = (int(self.a[best]), int(self.b[best]))
        return [
            Node(node.group, node.together, (*node.apart, pair)),
            Node(*_join(group, together, pair), node.apart),
        ]

    def _relaxed(self, node: Node, *, rounds: int) -> tuple[float, Relaxed | None]:
        """A bound on the sets a division needs in this part of the search, and the linear program's solution. Once that
        meets the number there is no bound to prove, and no more than `rounds` rounds of pricing follow."""
        self.nodes += 1
        place, ground = self._ground(node)
        if int(ground.households.max(initial=0)) > self.hi or ground.apart.diagonal().any():
            return np.inf, None
        members = [np.flatnonzero(place == i) for i in range(len(ground.households))]
        usable = np.zeros(0, bool)
        after = turn = 0
        while True:
            turn += 1
            usable = np.concatenate([usable, self._usable(node, len(usable))])
            relaxed = self.master.solve(usable)
            self.work += relaxed.work
            beyond = self._beyond(relaxed.sets)
            after += not beyond
            if after > rounds:
                return relaxed.sets, relaxed
            worth = np.bincount(place, relaxed.worth, len(members)).astype(np.float64)
            better = self._better_sets(ground, worth, beyond=beyond, firmly=turn % _FIRM_TURN == 0)
            if better is None or (better and self.work >= self.most_work):
                self.proved = False
                return np.inf, None
            if not self.master.add([np.concatenate([members[i] for i in cells]) for cells in better]):
                self.proved = self.proved and not (beyond and better)  # rounding: no better set is new
                return relaxed.sets, relaxed

    def _better_sets(
        self, ground: Ground, worth: NDArray[np.float64], *, beyond: bool, firmly: bool
    ) -> list[NDArray[np.int32]] | None:
        """Sets that lower the linear program; none where there are none, or where it is proved that it stays beyond the
        number. None where neither could be told."""
        held = ground.households > 0
        rate = np.divide(worth, ground.households, out=np.full(len(worth), -np.inf), where=held)
        order = np.argsort(-rate, kind="stable")
        found = worthy_sets(ground, worth, order, 1 + _TINY, *_QUICK)
        self.work += found.work
        if beyond and (firmly or not found.sets):
            enough = float(worth.sum()) / (self.number + _MARGIN)
            firm = worthy_sets(ground, worth, order, enough, *_FIRM)
            self.work += firm.work
            if firm.complete and not firm.sets:
                return []
            found = firm if firm.sets else found
        if not found.sets:
            return None if beyond else []
        value = np.add.reduceat(worth[found.members], found.offsets[:-1])
        best = np.argsort(-value, kind="stable")[:_MOST_NEW]
        return [found.members[found.offsets[i] : found.offsets[i + 1]] for i in best]

    def _beyond(self, sets: float) -> bool:
        """Whether so many sets are more than the number."""
        return sets > self.number + 2 * _MARGIN

    def _usable(self, node: Node, after: int) -> NDArray[np.bool_]:
        """Which of the sets from number `after` on hold what is together whole, and nothing that is apart."""
        held = self.master.held[after : self.master.count]
        usable = np.ones(len(held), bool)
        for a, b in node.together:
            usable &= held[:, a] == held[:, b]
        for a, b in node.apart:
            usable &= ~(held[:, a] & held[:, b])
        return usable

    def _ground(self, node: Node) -> tuple[NDArray[np.int64], Ground]:
        """The place of each cell, and the cells put together as single ones."""
        _, part = np.unique(node.group, return_inverse=True)
        households = np.bincount(part, self.graph.households).astype(np.int64)
        order = np.argsort(-households, kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        place = rank[part]
        a, b = place[self.a], place[self.b]
        ends = np.unique(np.concatenate([a * len(order) + b, b * len(order) + a])[np.tile(a != b, 2)])
        first, indices = np.divmod(ends, len(order))
        indptr = np.searchsorted(first, np.arange(len(order) + 1))
        apart = np.zeros((len(order), len(order)), bool)
        for one, other in node.apart:
            apart[place[one], place[other]] = apart[place[other], place[one]] = True
        return place, Ground(indptr, indices, households[order], apart, self.lo, self.hi)


def _join(
    group: NDArray[np.int64], together: tuple[Pair, ...], pair: Pair
) -> tuple[NDArray[np.int64], tuple[Pair, ...]]:
    one, other = group[pair[0]], group[pair[1]]
    if one == other:
        return group, together
    return np.where(group == max(one, other), min(one, other), group), (*together, pair)
