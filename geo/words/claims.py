"""The texts of all grids of a community beside each other: whose each building is, what two claim and what nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import Words
from geo.words.placing import meaning
from geo.words.register import Register
from geo.words.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Placed:
    """The texts of a community's grids on the ground."""

    owner: NDArray[np.int64]
    """Row of the text that means each building, -1 for none; shape (n_buildings,)."""
    cells: dict[int, int]
    """Number of a cell to the row of the text that names it."""
    troubles: tuple[Trouble, ...]


def place(texts: Sequence[str], register: Register, bounds: Sequence[str] = ()) -> Placed:
    """Which building each text means. A building that two texts name goes to the first and is told; one that a text names
    does not count as told by another that only describes its surroundings. Buildings nobody means keep -1. `bounds` are what
    a column of four sides says beside each text.

    Rules of the troubles: `words-unknown`, `words-number`, `words-several`, `words-unplaced`, `words-etc`, `words-bounds`,
    `words-twice`, `words-nobody` (of buildings that have a name, or stand in a complex).
    """
    beside = bounds or [""] * len(texts)
    meant = [
        meaning(row, text, register, sides)
        for row, (text, sides) in enumerate(zip(texts, beside, strict=True))
    ]
    owner = np.full(len(register.buildings), -1, np.int64)
    troubles = [trouble for one in meant for trouble in one.troubles]
    for attribute in ("named", "around"):
        taken: dict[tuple[int, int], list[int]] = {}
        before = owner.copy()
        for row, one in enumerate(meant):
            for building in sorted(getattr(one, attribute)):
                if before[building] >= 0:
                    continue
                if owner[building] < 0:
                    owner[building] = row
                elif owner[building] != row:
                    taken.setdefault((int(owner[building]), row), []).append(building)
        troubles += [_twice(register, pair, rows) for pair, rows in sorted(taken.items())]
    cells: dict[int, int] = {}
    for row, one in enumerate(meant):
        for cell in sorted(one.cells):
            cells.setdefault(cell, row)
    return Placed(owner, cells, (*troubles, *_nobody(register, owner)))


def told_of(register: Register, rows: Sequence[int], most: int = 8) -> str:
    """Buildings as a list shows them: complex and name, else address, else key.

    A list of more than `most` ends with their number.
    """
    names = dict(zip(register.complexes["ref"], register.complexes["name"], strict=True))
    said = []
    for at in rows[:most]:
        building = register.buildings.iloc[at]
        home = names.get(building["complex_ref"]) if isinstance(building["complex_ref"], str) else ""
        name = next(
            (text for text in (building["name"], building["road_addresses"]) if isinstance(text, str)),
            building["ref"],
        )
        said.append(f"{home or ''}{name}")
    return "、".join(said) + (f"…（{len(rows)}）" if len(rows) > most else "")


def _twice(register: Register, pair: tuple[int, int], rows: Sequence[int]) -> Trouble:
    return Trouble(
        pair[1], "words-twice", told_of(register, rows),
        Words(
            f"{len(rows)} buildings are claimed by row {pair[0] + 1} too, which they went to",
            f"{len(rows)} 栋同时属于第 {pair[0] + 1} 个网格，已归入该网格",
        ),
    )  # fmt: skip


def _nobody(register: Register, owner: NDArray[np.int64]) -> list[Trouble]:
    """Buildings that have a name and are in no text, by complex."""
    named = register.buildings["name"].notna() | register.buildings["road_addresses"].notna()
    rows = np.flatnonzero((owner < 0) & named.to_numpy())
    homes = (
        register.buildings["complex_ref"].astype(object).where(register.buildings["complex_ref"].notna(), "")
    )
    troubles = []
    for home in sorted(set(homes.iloc[rows])):
        some = [int(at) for at in rows if homes.iloc[at] == home]
        troubles.append(
            Trouble(
                -1, "words-nobody", told_of(register, some),
                Words(f"{len(some)} buildings are in no grid's words; they went to a grid beside them",
                      f"{len(some)} 栋没有写入任何网格，已归入相邻网格"),
            )
        )  # fmt: skip
    return troubles
