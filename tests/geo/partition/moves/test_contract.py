"""Complexes as single cells."""

from __future__ import annotations

import numpy as np

from geo.partition.moves.construct import connected_labels
from geo.partition.moves.contract import contracted, grains, pieces
from geo.partition.moves.kernels import random_state
from tests.geo.partition.drawing import drawn, field_of

# A in two parts, B, the large L; two cells are free
HOUSEHOLDS = """
10 20  5 40
 0 30  6 50
10  7  8 60
"""
COMPLEXES = """
A A . L
A B B L
. . A L
"""


def test_connected_cells_of_a_complex_go_together_where_they_fit() -> None:
    field = field_of(drawn(HOUSEHOLDS, COMPLEXES, lo=50, hi=100))
    piece = pieces(field, 100)
    together = [set(np.flatnonzero(piece == p).tolist()) for p in range(piece.max() + 1)]
    assert sorted(together, key=min) == [
        {0, 1, 4},  # A in the north-west
        {2},
        {3},  # L has 150 households: its cells stay single
        {5, 6},  # B
        {7},
        {8},
        {9},
        {10},  # A in the south, not connected to the rest of A
        {11},
    ]


def test_a_complex_that_fills_the_bound_still_fits() -> None:
    field = field_of(drawn("40 60", "A A", lo=50, hi=100))
    assert pieces(field, 100).tolist() == [0, 0]
    assert pieces(field, 99).tolist() == [0, 1]


def test_sums_and_neighbours_are_those_of_the_pieces() -> None:
    field = field_of(drawn(HOUSEHOLDS, COMPLEXES, lo=50, hi=100))
    piece = pieces(field, 100)
    coarse = contracted(field, piece)
    assert coarse.households.sum() == field.households.sum()
    assert coarse.households[piece[0]] == 30
    assert coarse.households[piece[5]] == 36
    rows = np.split(coarse.indices, coarse.indptr[1:-1])
    for p, row in enumerate(rows):
        # by the definition: pieces are neighbours when two of their cells are
        beside = {
            int(piece[field.indices[e]])
            for e in range(len(field.indices))
            if piece[field.source[e]] == p and piece[field.indices[e]] != p
        }
        assert row.tolist() == sorted(beside)
    assert coarse.source.tolist() == np.repeat(np.arange(len(rows)), [len(row) for row in rows]).tolist()


def test_a_connected_plan_of_pieces_is_one_of_cells() -> None:
    field = field_of(drawn(HOUSEHOLDS, COMPLEXES, lo=50, hi=100))
    piece = pieces(field, 100)
    coarse = contracted(field, piece)
    labels = connected_labels(coarse, np.arange(len(coarse.households)) % 2)
    assert connected_labels(field, labels[piece]).max() == labels.max()


def test_nothing_is_changed_in_the_field_itself() -> None:
    field = field_of(drawn(HOUSEHOLDS, COMPLEXES, lo=50, hi=100))
    before = [np.copy(part) for part in field if isinstance(part, np.ndarray)]
    contracted(field, pieces(field, 100))
    after = [part for part in field if isinstance(part, np.ndarray)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_small_cells_go_with_a_neighbour_and_empty_ones_stay_alone() -> None:
    field = field_of(drawn(HOUSEHOLDS, lo=50, hi=100))
    grain = grains(field, 25, random_state(1))
    assert connected_labels(field, grain).max() == grain.max()
    sums = np.bincount(grain, field.households)
    assert sorted(sums[sums < 25]) == [0]
    assert np.count_nonzero(grain == grain[4]) == 1  # the empty cell
    assert (grain == grains(field, 25, random_state(1))).all()


def test_a_small_cell_that_only_touches_empty_ones_stays_as_it_is() -> None:
    field = field_of(drawn("5 0 40", lo=1, hi=100))
    assert grains(field, 25, random_state(1)).tolist() == [0, 1, 2]
