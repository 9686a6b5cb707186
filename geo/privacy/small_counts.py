"""Small counts withheld so that nothing shown beside them gives them away: neither totals nor other breakdowns, layers or
days. Every aggregate of people passes through here before it is sorted, drawn or sent.

The figures somebody can fetch are a system of linear equations. A count of 1 to `least` - 1 is withheld; further ones are
withheld with it until the equations leave each small count as open as the sign "fewer than `least`" itself does.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from enum import Enum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

LEAST_INSIDE = 5
"""Counts from here on are shown inside the office."""
LEAST_OUTSIDE = 10
"""Counts from here on are shown on public exports."""

Key = TypeVar("Key", bound=Hashable)
_NEARLY = 1e-6


class Mark(Enum):
    """How a count that is withheld is written."""

    SMALL = "fewer than"
    """It is small, and says so: <5."""
    BESIDE = "dash"
    """It would give another away, or be given away by its own sign."""


def withheld(
    counts: Mapping[Key, int],
    sums: Iterable[tuple[Key, Collection[Key]]] = (),
    *,
    least: int = LEAST_INSIDE,
    unpublished: Collection[Key] = (),
    before: Mapping[Key, Mark | None] | None = None,
) -> dict[Key, Mark]:
    """The keys of `counts` that must not be shown, and how they are written: the small ones (1 to `least` - 1) and those that
    would give them away.

    `sums` says which count is the sum of which others: a community and its grids, a place and its kinds, two versions of
    a plan over the same buildings. Counts that are never shown (single buildings, say) but tie shown ones together
    are `unpublished`: they are protected too, and not in the answer. What is withheld leaves every small count a span of
    `least` - 2 or more between the least and the most it can be, counts being 0 or more and those shown as "fewer than"
    known to be so. `before` says of counts that were shown earlier how: shown (None), or withheld by a mark. They stay so, for
    whoever looked then remembers; what they give away already cannot be helped. Raises `ValueError` where a sum does not add up: it would be no total of its parts.

    Limits: the span is that of real numbers; where breakdowns cross in odd cycles whole numbers can leave less.

    >>> marks = withheld({"community": 96, "grid 1": 50, "grid 2": 45, "school": 1},
    ...                  [("community", ["grid 1", "grid 2", "school"])])
    >>> marks == {"grid 2": Mark.BESIDE, "school": Mark.SMALL}
    True
    """
    system = _System.of(counts, sums, least=least, unpublished=unpublished)
    system.remember(list(counts), before or {})
    while (narrow := system.narrowed()) is not None:
        system.hide_beside(narrow)
    return system.marks(list(counts))


def shown(count: int, mark: Mark | None, *, least: int = LEAST_INSIDE) -> str:
    """A count as it may be read, by what `withheld` says of it.

    >>> shown(3, Mark.SMALL), shown(45, Mark.BESIDE), shown(1200, None)
    ('<5', '—', '1,200')
    """
    return f"{count:,}" if mark is None else f"<{least}" if mark is Mark.SMALL else "—"


class _System:
    """The equations, and what is hidden of their unknowns so far."""

    def __init__(
        self, values: NDArray[np.int64], matrix: csr_array, published: NDArray[np.bool_], least: int
    ) -> None:
        self.values, self.matrix, self.least = values, matrix, least
        self.small = (values > 0) & (values < least)
        self.hidden = self.small | ~published
        self.signed = self.small & published
        self._published = published
        self._remembered = np.zeros(len(values), np.bool_)
        self._lost: set[int] = set()
        """Small counts that what is remembered gives away."""
        self._sound: set[frozenset[tuple[int, bool]]] = set()
        """Components that were looked at and leave every small count open, by their hidden counts and signs."""

    @classmethod
    def of(
        cls,
        counts: Mapping[Key, int],
        sums: Iterable[tuple[Key, Collection[Key]]],
        *,
        least: int,
        unpublished: Collection[Key],
    ) -> _System:
        """The equations of `withheld`'s arguments, with nothing hidden but what is small."""
        place = {key: number for number, key in enumerate(counts)}
        values = np.fromiter(counts.values(), np.int64, len(counts))
        rows, columns, signs, number = [], [], [], 0
        for total, parts in sums:
            added = sum(counts[part] for part in parts)
            if added != counts[total]:
                raise ValueError(f"{total!r} is {counts[total]}, its parts add up to {added}")
            rows += [number] * (len(parts) + 1)
            columns += [*(place[part] for part in parts), place[total]]
            signs += [*([1] * len(parts)), -1]
            number += 1
        matrix = csr_array((signs, (rows, columns)), shape=(number, len(values)), dtype=np.int64)
        kept_back = set(unpublished)
        published = np.fromiter((key not in kept_back for key in counts), np.bool_, len(values))
        return cls(values, matrix, published, least)

    def remember(self, keys: list[Key], before: Mapping[Key, Mark | None]) -> None:
        """Take counts as they were shown earlier."""
        for number, key in enumerate(keys):
            if key in before:
                mark = before[key]
                self._remembered[number] = True
                self.hidden[number], self.signed[number] = mark is not None, mark is Mark.SMALL

    def marks(self, keys: list[Key]) -> dict[Key, Mark]:
        """What is withheld of what is published, by key."""
        kept = np.flatnonzero(self.hidden & self._published)
        return {keys[n]: Mark.SMALL if self.signed[n] else Mark.BESIDE for n in kept.tolist()}

    def narrowed(self) -> int | None:
        """A small count about which the figures shown say more than that it is small; None when there is none."""
        for cells, rows in self._components():
            name = frozenset(zip(cells.tolist(), self.signed[cells].tolist(), strict=True))
            if name in self._sound:
                continue
            found = self._narrowed_in(cells, rows)
            if found is not None:
                return found
            self._sound.add(name)
        return None

    def hide_beside(self, cell: int) -> None:
        """Withhold one more count beside `cell`, or else beside those it hangs together with.

        First where an equation has one unknown only; a part rather than a total, one that closes several such
        equations, the smallest.
        """
        touches = self.matrix != 0
        alone = (touches @ self.hidden.astype(np.int64)) == 1
        closes = touches[alone].sum(axis=0)
        totals = np.isin(np.arange(len(self.values)), self.matrix.indices[self.matrix.data < 0])
        rows, together, reach = self._around(touches, cell)
        for near in (together[alone[together]], rows, together):
            beside = np.unique(self.matrix[near].indices)
            left = beside[~self.hidden[beside] & ~self._remembered[beside]]
            if len(left):
                order = np.lexsort((self.values[left], -closes[left], totals[left], self.values[left] == 0))
                self.hidden[left[order[0]]] = True
                return
        signs = np.flatnonzero(self.signed & reach & ~self._remembered)
        if not len(signs):
            self._lost.add(cell)
            return
        first = signs[np.lexsort((-self.values[signs], ~totals[signs]))[0]]
        self.signed[first] = False  # only the signs are left to tell anything: the largest total's goes first

    def _around(
        self, touches: csr_array, cell: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        """The equations of `cell`, all that hang together with it by what is hidden, and the counts in those."""
        reach = np.zeros(len(self.values), np.bool_)
        reach[cell] = True
        first = rows = np.flatnonzero(touches @ reach)
        while True:
            reach[self.matrix[rows].indices] = True
            reach &= self.hidden
            grown = np.flatnonzero(touches @ reach)
            if len(grown) == len(rows):
                return first, rows, reach
            rows = grown

    def _components(self) -> Iterable[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Hidden counts and equations that hang together and hold a small count."""
        cells = np.flatnonzero(self.hidden)
        among = self.matrix[:, cells]
        rows = np.flatnonzero(np.diff(among.indptr))
        among = among[rows]
        count = len(cells)
        coo = among.tocoo()
        links = csr_array(
            (np.ones(coo.nnz, np.int8), (coo.coords[0] + count, coo.coords[1])),
            shape=(count + len(rows),) * 2,
        )
        _, label = connected_components(links, directed=False)
        for one in np.unique(label[:count][self.small[cells]]):
            inside = rows[label[count:] == one]
            if len(inside):
                yield cells[label[:count] == one], inside

    def _narrowed_in(self, cells: NDArray[np.intp], rows: NDArray[np.intp]) -> int | None:
        """A small count of one component that the equations narrow."""
        equations = self.matrix[rows]
        known = np.where(self.hidden, 0, self.values)
        right = -(equations @ known)
        left = equations[:, cells]
        marked = self.signed[cells]
        lower, upper = marked.astype(float), np.where(marked, self.least - 1.0, np.inf)
        most = np.full(len(cells), -np.inf)
        least = np.full(len(cells), np.inf)
        for number in np.flatnonzero(self.small[cells]):
            if int(cells[number]) in self._lost:
                continue
            if most[number] - least[number] >= self.least - 2 - _NEARLY:
                continue  # solutions found for others show it open already
            for sign in (1.0, -1.0):
                goal = np.zeros(len(cells))
                goal[number] = sign
                ceiling = np.minimum(upper, float(self.values.sum()) + self.least)
                solved = linprog(
                    goal, A_eq=left, b_eq=right, bounds=np.column_stack([lower, ceiling]), method="highs"
                )
                if not solved.success:
                    raise AssertionError(f"the figures contradict each other: {solved.message}")
                most, least = np.maximum(most, solved.x), np.minimum(least, solved.x)
            if most[number] - least[number] < self.least - 2 - _NEARLY:
                return int(cells[number])
        return None
