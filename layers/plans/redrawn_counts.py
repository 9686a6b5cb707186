"""The counts of a redraw as their viewer may see them: small ones, and those they would follow from, are withheld."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.privacy.small_counts import Mark, shown, withheld
from layers.plans.redrawn import Redrawn
from layers.rights.counting import least_for
from layers.rights.viewer import Viewer

Key = tuple[str, str, str]
"""What is counted, the old code, the new code; empty where there is none or it does not matter."""
_MOVED, _ALL = ("moved", "", ""), ("all", "", "")


@dataclass(frozen=True, slots=True)
class RedrawnCounts:
    """Households and people of a redraw: a number where it may be seen, else the sign that stands for it."""

    least: int
    """Smaller counts are withheld; 1 where none is."""
    households: dict[Key, int | str]
    people: dict[str, int | str]
    """By code of the new grid; grids in which it is unknown are missing."""

    @property
    def moved(self) -> int | str:
        """Households that come to another grid."""
        return self.households[_MOVED]

    @property
    def all(self) -> int | str:
        """Households of all new grids."""
        return self.households[_ALL]

    def grid(self, code: str) -> int | str:
        """Households of a new grid."""
        return self.households["new", "", code]

    def pair(self, old: str | None, new: str | None) -> int | str:
        """Households that go from one grid to another."""
        return self.households["pair", old or "", new or ""]

    def old(self, code: str | None) -> int | str:
        """Households of an old grid, on the cells of the new plan."""
        return self.households["old", code or "", ""]


def redrawn_counts(redrawn: Redrawn, viewer: Viewer) -> RedrawnCounts:
    """The counts of `redrawn` for `viewer`. What is shown of one of them never gives away what is withheld of another
    (`geo.privacy.small_counts`)."""
    least = least_for(viewer)
    counts, sums = _households(redrawn)
    marks = withheld(counts, sums, least=least)
    known = redrawn.grids[redrawn.grids["people"].notna()]
    people = dict(zip(known["code"].astype(str), known["people"].astype(int), strict=True))
    return RedrawnCounts(
        least,
        {key: _told(count, marks.get(key), least) for key, count in counts.items()},
        {code: _told(count, mark, least) for code, count, mark in _alone(people, least)},
    )


def _households(redrawn: Redrawn) -> tuple[dict[Key, int], list[tuple[Key, list[Key]]]]:
    codes = redrawn.codes
    old, new = (
        codes[name].astype(object).where(codes[name].notna(), "") for name in ("old_code", "new_code")
    )
    table = pd.DataFrame({"old": old, "new": new, "households": codes["households"].astype(int)})
    pairs = {
        ("pair", str(row.old), str(row.new)): int(row.households) for row in table.itertuples(index=False)
    }
    counts: dict[Key, int] = dict(pairs)
    sums: list[tuple[Key, list[Key]]] = []
    for name, place in (("old", 1), ("new", 2)):
        parts: dict[Key, list[Key]] = {}
        for pair in pairs:
            whole = (name, pair[1], "") if place == 1 else (name, "", pair[2])
            parts.setdefault(whole, []).append(pair)
        for whole, some in parts.items():
            counts[whole] = sum(pairs[pair] for pair in some)
            sums.append((whole, some))
    grids = [key for key in counts if key[0] == "new" and key[2]]
    counts[_ALL] = sum(counts[key] for key in grids)
    sums.append((_ALL, grids))
    moves = [] if redrawn.first else [pair for pair in pairs if pair[1] != pair[2]]
    counts[_MOVED] = sum(pairs[pair] for pair in moves)
    sums.append((_MOVED, moves))
    return counts, sums


def _alone(people: dict[str, int], least: int) -> list[tuple[str, int, Mark | None]]:
    marks = withheld(people, least=least)
    return [(code, count, marks.get(code)) for code, count in people.items()]


def _told(count: int, mark: Mark | None, least: int) -> int | str:
    return count if mark is None else shown(count, mark, least=least)
