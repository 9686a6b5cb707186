"""The linear program of a cover: sets of cells, each cell once, as few sets as can be; sets are added as they are found."""

from __future__ import annotations

from typing import Any, NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]

_NO_LIMIT = highspy.kHighsInf
"""Shares have no upper limit of their own: it would take part of the cells' worth, and `worth` alone must prove."""
_SETS_PER_LOOK = 16
"""Sets a simplex step goes through in the time in which pricing looks at one."""


class Relaxed(NamedTuple):
    """The solution of the linear program."""

    sets: float
    """Number of sets; where cells stay uncovered, more than any cover has."""
    share: NDArray[np.float64]
    """(sets,) how much of each set is taken."""
    worth: NDArray[np.float64]
    """(cells,) what one more of each cell would cost; not above 0 for one that may be left."""
    covers: bool
    """Every cell that must be is covered."""
    work: int
    """What the solution took, in sets looked at meanwhile by pricing."""


class Master:
    """Covers of cells; one left uncovered counts as `missing[cell]` sets, one for which that is 0 may be left."""

    def __init__(self, missing: NDArray[np.float64]) -> None:
        cells = len(missing)
        self.cells = cells
        self._needed = missing > 0
        self.held: NDArray[np.bool_] = np.zeros((1024, cells), bool)
        """(sets, cells) what each set holds; rows beyond `count` are free."""
        self.count = 0
        self._seen: set[bytes] = set()
        self._model: Any = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("solver", "simplex"),
            ("random_seed", 1),
        ):
            self._model.setOptionValue(option, value)
        every = np.arange(cells, dtype=np.int32)
        nothing, one = np.zeros(0, np.int32), np.ones(cells)
        self._model.addRows(cells, one, one, 0, nothing, nothing, np.zeros(0))
        self._model.addCols(cells, missing, 0 * one, _NO_LIMIT * one, cells, every, every, one)

    def add(self, sets: list[Cells]) -> int:
        """Add those of `sets` that are new; how many."""
        new = []
        for cells in sets:
            ordered = np.sort(cells).astype(np.int32)
            if (key := ordered.tobytes()) not in self._seen:
                self._seen.add(key)
                new.append(ordered)
        if not new:
            return 0
        while self.count + len(new) > len(self.held):
            self.held = np.vstack([self.held, np.zeros_like(self.held)])
        for row, held in enumerate(new, self.count):
            self.held[row, held] = True
        self.count += len(new)
        sizes = [len(cells) for cells in new]
        starts = np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(np.int32)
        one = np.ones(len(new))
        self._model.addCols(
            len(new),
            one,
            0 * one,
            _NO_LIMIT * one,
            sum(sizes),
            starts,
            np.concatenate(new),
            np.ones(sum(sizes)),
        )
        return len(new)

    def solve(self, usable: NDArray[np.bool_]) -> Relaxed:
        """The best cover by the `usable` (count,) sets, from the last one on."""
        places = np.arange(self.cells, self.cells + self.count, dtype=np.int32)
        self._model.changeColsBounds(
            self.count, places, np.zeros(self.count), np.where(usable, _NO_LIMIT, 0.0)
        )
        self._model.run()
        solution, info = self._model.getSolution(), self._model.getInfo()
        share = np.asarray(solution.col_value)
        return Relaxed(
            float(info.objective_function_value),
            share[self.cells :],
            np.asarray(solution.row_dual),
            bool(share[: self.cells][self._needed].max(initial=0.0) < 1e-7),
            int(info.simplex_iteration_count) * self.count // _SETS_PER_LOOK,
        )
