"""What becomes of grids: each case small enough to see in the code list."""

from __future__ import annotations

from geo.plans.codes import crosswalk, overlap_table
from geo.plans.fates import fates


def told(old: str, new: str) -> dict[str, str]:
    """One letter a cell of one household: the grid before, the grid after."""
    cells = list(old)
    letters = sorted(set(new))
    labels = [letters.index(letter) for letter in new]
    table = overlap_table(labels, cells, households=[1] * len(cells), area_m2=[1.0] * len(cells))
    rows = fates(crosswalk(table, dict(enumerate(letters))))
    return {row.code: f"{row.fate} {''.join(row.others)}" for row in rows.itertuples(index=False)}


def test_each_fate() -> None:
    assert told("aabb", "aabb") == {"a": "kept a", "b": "kept b"}
    assert told("aaabbb", "aabbbb") == {"a": "changed a", "b": "changed ba"}
    assert told("aaaabb", "aaccbb") == {"a": "split a", "b": "kept b", "c": "split a"}
    assert told("aabbcc", "aaaacc") == {"a": "merged ab", "c": "kept c", "b": "retired a"}


def test_a_grid_of_pieces_is_new() -> None:
    found = told("aaabbb", "aaddbb")
    assert found == {"a": "changed a", "b": "changed b", "d": "new ab"}
