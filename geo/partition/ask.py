"""What the generator is asked and given beside cells and rules: wishes, the plan in force, existing nets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the generator beside the rules. Equal asks of equal cells give equal plans, unless the clock
    cut the search short."""

    seed: int = 1
    time_limit_s: float = 10.0
    """Seconds of search for each plan of each community, at most."""
    grids: int | None = None
    """Wanted number of grids, exclusive ones not counted; None asks for the fewest."""
    from_current: bool = False
    """Move few households from today's grids."""
    alternatives: int = 1
    """How many plans to choose from, at most."""
    nets: tuple[tuple[str, float], ...] = ()
    """Existing nets by name whose households should stay together, each with its weight."""


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """The plan in force, as labels of the cells to be divided."""

    labels: Ints
    """(n,) its grid of each cell, -1 for none."""
    codes: tuple[str, ...]
    """The code of each grid, by label."""
    kinds: tuple[str, ...]
    """The kind of each grid, by label."""
    released: frozenset[str] = frozenset()
    """Codes of exclusive grids that are given up: their ground is divided with the rest."""

    def staying(self, locked: Sequence[str]) -> list[int]:
        """The labels of exclusive grids, unless released, and of those with a code in `locked`."""
        pairs = enumerate(zip(self.codes, self.kinds, strict=True))
        return [
            label
            for label, (code, kind) in pairs
            if (kind == "exclusive" and code not in self.released) or code in locked
        ]


@dataclass(frozen=True, slots=True)
class Names:
    """What people call buildings and complexes, by reference; what is not among them goes by its reference."""

    buildings: Mapping[str, str]
    complexes: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """One existing net over the cells."""

    name: str
    weight: float
    labels: Ints
    """(n,) the net's area of each cell, -1 for none."""
