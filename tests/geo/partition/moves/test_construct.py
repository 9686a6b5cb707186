"""First plans, and plans brought to a number of grids."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.moves.construct import at_number, connected_labels, halve, metis_plan, tree_plan
from geo.partition.moves.kernels import random_state
from tests.geo.partition.drawing import drawn, field_of, labels_of

BOARD = """
10 20 10  0 30
 5 10 40 10 10
20  0 10 20  5
10 10 30 10 10
"""


def is_whole(labels: np.ndarray) -> bool:
    """Whether every grid of a plan of `BOARD` is connected, and the labels run from 0 without a gap."""
    field = field_of(drawn(BOARD, lo=30, hi=90))
    used = sorted(set(labels.tolist()))
    return used == list(range(len(used))) and connected_labels(field, labels).max() + 1 == len(used)


@pytest.mark.parametrize("number", [1, 2, 3, 7, 19, 20])
@pytest.mark.parametrize("start", ["one", "columns", "single", "broken"])
def test_any_plan_is_brought_to_exactly_so_many_connected_grids(start: str, number: int) -> None:
    starts = {
        "one": np.zeros(20, np.int64),
        "columns": np.arange(20) % 5,
        "single": np.arange(20),
        "broken": np.arange(20) % 2,  # no grid is connected
    }
    before = starts[start].copy()
    for seed in range(4):
        labels = at_number(field_of(drawn(BOARD, lo=30, hi=90)), starts[start], number, random_state(seed))
        assert is_whole(labels)
        assert labels.max() + 1 == number
    assert starts[start].tolist() == before.tolist()


def test_no_more_grids_than_cells_can_be_had() -> None:
    labels = at_number(field_of(drawn("1 2 3", lo=1, hi=9)), np.zeros(3, np.int64), 5, random_state(1))
    assert sorted(labels.tolist()) == [0, 1, 2]


def test_the_smallest_grid_joins_its_smallest_neighbour() -> None:
    # 30 is the smallest; of 50 and 40 beside it, 40 is
    field = field_of(drawn("50 30 40 60", lo=1, hi=99))
    labels = at_number(field, np.arange(4), 3, random_state(1))
    assert labels[1] == labels[2]
    assert len({labels[0], labels[1], labels[3]}) == 3


def test_the_largest_grid_is_halved_where_the_halves_are_most_even() -> None:
    field = field_of(drawn("10 20 30 10 40 10", lo=1, hi=200))
    for seed in range(8):
        labels = labels_of("a a a a a b")
        halve(field, labels, 0, 2, random_state(seed))  # a row has one spanning tree: 60 and 50
        west, east = labels.tolist()[0], labels.tolist()[3]
        assert labels.tolist() == [west] * 3 + [east] * 2 + [1]
        assert {west, east} == {0, 2}


def test_only_the_halved_grid_changes() -> None:
    field = field_of(drawn(BOARD, lo=30, hi=90))
    labels = np.arange(20) // 10
    for seed in range(6):
        changed = labels.copy()
        halve(field, changed, 1, 2, random_state(seed))
        assert (changed[:10] == 0).all()
        assert set(changed[10:].tolist()) == {1, 2}
        assert is_whole(changed)


def test_pieces_of_a_grid_become_grids_of_their_own() -> None:
    field = field_of(drawn("1 1 1\n1 1 1", lo=1, hi=9))
    assert connected_labels(field, labels_of("a b a  a b a")).tolist() == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize("grids", [1, 3, 20])
def test_first_plans_are_whole_and_connected(grids: int) -> None:
    field = field_of(drawn(BOARD, lo=30, hi=90))
    assert is_whole(metis_plan(field, grids, seed=1))
    assert is_whole(tree_plan(field, random_state(grids), violation_price=30.0, grid_price=20.0))
