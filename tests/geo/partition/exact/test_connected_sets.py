"""The list of connected sets, against every subset."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.exact.connected_sets import Graph, connected_sets, whole
from tests.geo.partition.drawing import drawn, field_of, sound_sets

MANY = 100_000

FULL = """
3 1 2
4 2 1
1 5 2
"""
WITH_EMPTY = """
3 0 2
0 . 1
4 0 0
"""


def listed(graph: Graph, lo: int, hi: int) -> list[int]:
    """The sets as bits over the cells of the field."""
    offsets, members, complete = connected_sets(graph, lo, hi, MANY, MANY, MANY)
    assert complete
    sets = np.split(graph.cells[members], offsets[1:-1]) if len(offsets) > 1 else []
    return [sum(1 << int(cell) for cell in own) for own in sets]


@pytest.mark.parametrize("drawing", [FULL, WITH_EMPTY])
@pytest.mark.parametrize(("lo", "hi"), [(1, 4), (4, 7), (6, 6), (1, 99)])
def test_every_connected_set_within_bounds_is_listed_once(drawing: str, lo: int, hi: int) -> None:
    problem = drawn(drawing, lo=lo, hi=hi)
    found = listed(whole(field_of(problem)), lo, hi)
    assert len(found) == len(set(found))
    assert set(found) == sound_sets(problem)


def test_sets_of_a_square_can_be_counted_by_hand() -> None:
    # 4 cells of 1: 4 alone, 4 pairs, 4 triples, the whole
    problem = drawn("1 1\n1 1", lo=1, hi=4)
    sizes = [mask.bit_count() for mask in listed(whole(field_of(problem)), 1, 4)]
    assert [sizes.count(size) for size in (1, 2, 3, 4)] == [4, 4, 4, 1]


def test_the_sets_are_complete_up_to_the_very_limits() -> None:
    graph = whole(field_of(drawn("1 1\n1 1", lo=1, hi=4)))
    sets, members = 13, 4 + 8 + 12 + 4
    assert connected_sets(graph, 1, 4, sets, members, MANY)[2]
    for limits in ((sets - 1, members, MANY), (sets, members - 1, MANY), (sets, members, 3)):
        offsets, found, complete = connected_sets(graph, 1, 4, *limits)
        assert not complete
        assert len(offsets) - 1 <= limits[0]
        assert offsets[-1] == len(found) <= limits[1]


def test_a_cell_above_the_bound_is_in_no_set() -> None:
    problem = drawn("2 9 2", lo=1, hi=4)
    assert sorted(listed(whole(field_of(problem)), 1, 4)) == [0b001, 0b100]
