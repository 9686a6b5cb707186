"""Blocks joined into working areas: enough people in each, whole quarters, and outlines somebody would have drawn.

`join_blocks` takes `Blocks` and gives the group of each. First the smallest groups are joined, then blocks at the
edges change sides."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geo.cells.adjacency import Flags, Floats, Ints, Links, in_order_of_appearance

MIN_AREA_HOUSEHOLDS = 1_000
MAX_AREA_HOUSEHOLDS = 3_000
"""A working area is put together until it has the first of these, and beyond the second only where one block alone is
larger or what would be left is further from the first: the size of an urban community. Our choice."""
DOUBTFUL = 2.0
"""Where nobody knows what buildings are, an area is large enough when so many times the largest number would live in it if
all of them were homes, and too large with twice as many. Our choice: of the buildings of a business town a fifth are homes."""
SWEEPS = 12
"""So often the blocks at the edges of areas are gone through; few places need more than four. Our choice."""
BETTER = 1e-6
MUCH_BETTER = 8.0
"""Both of outline squared by area, which is 12.6 for a circle and 25 for a square of crooked sides. A block crosses a main
barrier where more than the second is won: a road in hairpins is a barrier nobody would divide a neighbourhood by."""


@dataclass(frozen=True, slots=True)
class AreaSize:
    """Households of a working area, both inclusive."""

    min_households: int = MIN_AREA_HOUSEHOLDS
    max_households: int = MAX_AREA_HOUSEHOLDS


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks 0..n-1 as `join_blocks` takes them, and who is beside whom."""

    links: Links
    """Common edges with their length in metres."""
    households: Floats
    """Households known or with evidence."""
    possible: Floats
    """Households if every building that could be a home is one; never fewer."""
    quarter: Ints
    """Which side of all main barriers a block is on."""
    rim: Flags
    """Whether a block lies at the outer edge."""
    area_m2: Floats
    outline_m: Floats


def join_blocks(blocks: Blocks, *, size: AreaSize = AreaSize()) -> Ints:
    """Groups 0..k-1 of blocks, joined from the smallest up, then the blocks at their edges gone through once more.

    A group is large enough when it has `size.min_households`, or when many more than the maximum would live in it
    if all buildings were homes. In a first pass only blocks of one quarter are joined, in a second any neighbours; each
    joins the neighbour with which it makes the most compact group among those it fits with, else, in the second
    pass, the one with the fewest households unless it is better off alone; where it can, one with which it does not lie all around others. Then
    blocks change sides where both groups together become more compact by it and stay whole and within the size.
    Deterministic.

    >>> row = Links(np.array([0, 1]), np.array([1, 2]), np.array([50.0, 50.0]))
    >>> homes = np.array([600.0, 600.0, 1500.0])
    >>> square = np.full(3, 2500.0), np.full(3, 200.0)
    >>> join_blocks(Blocks(row, homes, homes, np.array([0, 0, 1]), np.ones(3, bool), *square)).tolist()
    [0, 0, 1]
    """
    joining = _Joining.begun(blocks, size)
    for across in (False, True):
        joining.join(across=across)
    joining.settle()
    return in_order_of_appearance(joining.groups)


@dataclass(slots=True)
class _Joining:
    """The groups while they are made; a group has the number of one of its blocks."""

    blocks: Blocks
    size: AreaSize
    groups: Ints
    homes: Floats
    possible: Floats
    area: Floats
    outline: Floats
    rim: Flags
    beside: list[dict[int, float]]
    """By block, the blocks beside it."""
    edges: list[dict[int, float]] = field(default_factory=list)
    """By group, the groups beside it."""

    @classmethod
    def begun(cls, blocks: Blocks, size: AreaSize) -> _Joining:
        """Every block a group of its own."""
        n = len(blocks.households)
        beside: list[dict[int, float]] = [{} for _ in range(n)]
        links = blocks.links
        for a, b, metres in zip(links.a.tolist(), links.b.tolist(), links.shared_m.tolist(), strict=True):
            beside[a][b] = beside[b][a] = metres
        return cls(
            blocks=blocks,
            size=size,
            groups=np.arange(n, dtype=np.int64),
            homes=blocks.households.copy(),
            possible=blocks.possible.copy(),
            area=blocks.area_m2.copy(),
            outline=blocks.outline_m.copy(),
            rim=blocks.rim.copy(),
            beside=beside,
            edges=[dict(near) for near in beside],
        )

    def filled(self, homes: float, possible: float) -> float:
        """How far a group with these is on its way to be large enough (1)."""
        return max(homes / self.size.min_households, possible / (DOUBTFUL * self.size.max_households))

    def progress(self, group: int) -> float:
        """How far a group is as it stands."""
        return self.filled(float(self.homes[group]), float(self.possible[group]))

    def fits(self, homes: float, possible: float) -> bool:
        """Whether a group with these is not too large."""
        return self.load(homes, possible) <= 1.0

    def load(self, homes: float, possible: float) -> float:
        """How full a group with these is; more than 1 is too large."""
        return max(homes, possible / (2.0 * DOUBTFUL)) / self.size.max_households

    def is_worse_alone(self, small: int, into: int) -> bool:
        """Whether a group is further from large enough than both together are beyond too large."""
        together = self.load(self.homes[small] + self.homes[into], self.possible[small] + self.possible[into])
        return self.progress(small) * together < 1.0

    def join(self, *, across: bool) -> None:
        """Join the smallest group that may, until all are large enough."""
        quarter = self.blocks.quarter
        waiting = set(self.groups.tolist())
        while waiting:
            small = min(waiting, key=lambda g: (self.progress(g), g))
            if self.progress(small) >= 1.0:
                break
            near = [g for g in self.edges[small] if across or quarter[g] == quarter[small]]
            fits = [
                g
                for g in near
                if self.fits(self.homes[g] + self.homes[small], self.possible[g] + self.possible[small])
            ]
            choice = sorted(fits, key=lambda g: (round(self.spread(small, g), 6), g))
            if across and not fits:
                choice = sorted(near, key=lambda g: (self.homes[g], self.possible[g], g))
                choice = [g for g in choice if self.is_worse_alone(small, g)]
            if not choice:
                waiting.discard(small)
                continue
            into = next((g for g in choice if not self.encloses({small, g})), choice[0])
            self.unite(small, into)
            waiting.discard(small)
            waiting.add(into)

    def spread(self, a: int, b: int) -> float:
        """Outline squared by area of two groups together: the less, the more compact."""
        outline = self.outline[a] + self.outline[b] - 2.0 * self.edges[a][b]
        return float(outline**2 / (self.area[a] + self.area[b]))

    def encloses(self, both: set[int]) -> bool:
        """Whether two groups together lie all around others: these do not reach the outer edge without them."""
        others = set(self.groups.tolist()) - both
        return _reached({g for g in others if self.rim[g]}, self.edges, others) != others

    def unite(self, small: int, into: int) -> None:
        """Make one group of two neighbours."""
        self.outline[into] += self.outline[small] - 2.0 * self.edges[small][into]
        for figures in (self.homes, self.possible, self.area):
            figures[into] += figures[small]
        self.rim[into] |= self.rim[small]
        self.groups[self.groups == small] = into
        for other, metres in self.edges[small].items():
            del self.edges[other][small]
            if other != into:
                self.edges[into][other] = self.edges[other][into] = self.edges[into].get(other, 0.0) + metres
        self.edges[small] = {}

    def settle(self) -> None:
        """Blocks at the edges change sides where it makes both groups together more compact."""
        for _ in range(SWEEPS):
            moved = [block for block in range(len(self.groups)) if self.moved(block)]
            if not moved:
                break

    def moved(self, block: int) -> bool:
        """Whether a block went over to the group with which most is won, if any is won at all.

        What would be cut off from the rest of its group goes with it.
        """
        here = int(self.groups[block])
        if all(self.groups[other] == here for other in self.beside[block]):
            return False
        rest = set(np.flatnonzero(self.groups == here).tolist()) - {block}
        if not rest:
            return False
        stays = self.largest_part(rest)
        gone = _Piece.of(self.blocks, self.beside, self.groups, sorted((rest - stays) | {block}))
        targets = [g for g in gone.beside if g != here and self.may_move(gone, here, g)]
        if not targets:
            return False
        best = min(targets, key=lambda g: (self.lost(gone, here, g), g))
        lost = self.lost(gone, here, best)
        if lost > -BETTER or (lost > -MUCH_BETTER and not self.is_at_home(gone, here, best)):
            return False
        if self.lies_around(gone, best):
            return False
        self.outline[here] += 2.0 * gone.beside.get(here, 0.0) - gone.outline
        self.outline[best] += gone.outline - 2.0 * gone.beside[best]
        for figures, one in (
            (self.homes, gone.homes),
            (self.possible, gone.possible),
            (self.area, gone.area),
        ):
            figures[here] -= one
            figures[best] += one
        self.groups[gone.blocks] = best
        return True

    def largest_part(self, rest: set[int]) -> set[int]:
        """Of blocks of a group, those in its largest piece."""
        parts = []
        while rest:
            parts.append(_reached({min(rest)}, self.beside, rest))
            rest = rest - parts[-1]
        return max(parts, key=lambda part: (self.blocks.area_m2[sorted(part)].sum(), -min(part)))

    def may_move(self, gone: _Piece, here: int, there: int) -> bool:
        """Whether the sizes allow it; those who only may live there are no reason against a better outline."""
        left = self.filled(float(self.homes[here]) - gone.homes, float(self.possible[here]) - gone.possible)
        if left < min(1.0, self.progress(here)):
            return False
        return bool(self.homes[there] + gone.homes <= self.size.max_households)

    def is_at_home(self, gone: _Piece, here: int, there: int) -> bool:
        """Whether a piece comes to others of its quarter, or leaves a group where it had none."""
        own = np.unique(self.blocks.quarter[gone.blocks])
        same = np.isin(self.blocks.quarter, own)
        return bool(same[self.groups == there].any()) or int(same[self.groups == here].sum()) == len(
            gone.blocks
        )

    def lost(self, gone: _Piece, here: int, there: int) -> float:
        """By how much the sum of both groups' outline squared by area grows with the move; below zero is better."""
        left = self.outline[here] + 2.0 * gone.beside.get(here, 0.0) - gone.outline
        grown = self.outline[there] + gone.outline - 2.0 * gone.beside[there]
        before = self.outline[here] ** 2 / self.area[here] + self.outline[there] ** 2 / self.area[there]
        after = left**2 / (self.area[here] - gone.area) + grown**2 / (self.area[there] + gone.area)
        return float(after - before)

    def lies_around(self, gone: _Piece, there: int) -> bool:
        """Whether what grows would lie all around somebody."""
        others = set(np.flatnonzero(self.groups != there).tolist()) - set(gone.blocks)
        outer = {one for one in others if self.blocks.rim[one]}
        return bool(outer) and _reached(outer, self.beside, others) != others


@dataclass(frozen=True, slots=True)
class _Piece:
    """Blocks that change sides together."""

    blocks: list[int]
    homes: float
    possible: float
    area: float
    outline: float
    beside: dict[int, float]
    """By group, the metres of common edge with its blocks that do not move."""

    @classmethod
    def of(cls, blocks: Blocks, beside: list[dict[int, float]], groups: Ints, moving: list[int]) -> _Piece:
        """What moves, with its figures and common edges."""
        own = set(moving)
        by_group: dict[int, float] = {}
        within = 0.0
        for block in moving:
            for other, metres in beside[block].items():
                if other in own:
                    within += metres
                else:
                    by_group[int(groups[other])] = by_group.get(int(groups[other]), 0.0) + metres
        return cls(
            blocks=moving,
            homes=float(blocks.households[moving].sum()),
            possible=float(blocks.possible[moving].sum()),
            area=float(blocks.area_m2[moving].sum()),
            outline=float(blocks.outline_m[moving].sum()) - within,
            beside=by_group,
        )


def _reached(start: set[int], beside: list[dict[int, float]], among: set[int]) -> set[int]:
    """Those `among` which one comes from `start` by going from neighbour to neighbour."""
    reached, waiting = set(start), list(start)
    while waiting:
        new = beside[waiting.pop()].keys() & among - reached
        reached |= new
        waiting.extend(new)
    return reached
