"""Whatever is asked, the answers differ by whole bundles only."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.privacy.bundles import NOWHERE, bundled

PLACES = st.lists(
    st.tuples(
        st.integers(0, 40), st.integers(0, 40), st.integers(0, 12), st.integers(0, 30), st.integers(0, 2)
    ),
    max_size=25,
)


def arrays(places):
    table = np.array(places, dtype=np.int64).reshape(-1, 5)
    return table[:, :2].astype(float), table[:, 2:4], table[:, 4]


def test_small_ones_join_their_nearest_neighbour_and_the_greatest_stands_for_all():
    xy = np.array([[0.0, 0], [10, 0], [50, 0], [53, 0]])
    counts = np.array([[40], [1], [2], [4]])
    assert bundled(xy, counts, np.zeros(4, np.int64)).tolist() == [0, 0, 3, 3]


def test_no_bundle_crosses_a_border_and_too_few_are_counted_nowhere():
    xy = np.array([[0.0, 0], [1, 0], [2, 0]])
    assert bundled(xy, np.array([[40], [2], [1]]), np.array([0, 1, 1])).tolist() == [0, NOWHERE, NOWHERE]


def test_each_count_must_be_large_enough():
    xy = np.array([[0.0, 0], [1, 0], [9, 0]])
    counts = np.array([[30, 0], [20, 3], [10, 30]])
    assert bundled(xy, counts, np.zeros(3, np.int64)).tolist() == [0, 0, 0]


def test_nothing_small_is_nothing_bundled():
    assert bundled(np.zeros((3, 2)), np.full((3, 2), 5), np.zeros(3, np.int64)).tolist() == [0, 1, 2]
    assert bundled(np.zeros((0, 2)), np.zeros((0, 2), np.int64), np.zeros(0, np.int64)).tolist() == []


@settings(max_examples=200, deadline=None)
@given(PLACES, st.sampled_from([5, 10]))
def test_every_bundle_has_none_or_enough(places, least):
    xy, counts, group = arrays(places)
    stands = bundled(xy, counts, group, least=least)
    assert (
        stands[stands >= 0] == stands[stands[stands >= 0]]
    ).all()  # who stands for others stands for itself
    for one in np.unique(stands[stands >= 0]):
        inside = stands == one
        total = counts[inside].sum(axis=0)
        assert ((total == 0) | (total >= least)).all()
        assert len(np.unique(group[inside])) == 1
        assert counts[one, 0] == counts[inside, 0].max()
    lost = stands == NOWHERE
    for name in np.unique(group[lost]):
        assert (stands[group == name] == NOWHERE).all()


@settings(max_examples=100, deadline=None)
@given(PLACES, st.data())
def test_two_answers_never_differ_by_few(places, data):
    xy, counts, group = arrays(places)
    stands = bundled(xy, counts, group)
    leads = np.unique(stands[stands >= 0])
    whole = np.array([counts[stands == one].sum(axis=0) for one in leads]).reshape(-1, 2)
    one, two = (
        np.array(data.draw(st.lists(st.booleans(), min_size=len(leads), max_size=len(leads)))) for _ in "ab"
    )
    gone = whole[one & ~two].sum(axis=0) if len(leads) else np.zeros(2)
    come = whole[two & ~one].sum(axis=0) if len(leads) else np.zeros(2)
    assert not ((gone > 0) & (gone < 5)).any()
    assert not ((come > 0) & (come < 5)).any()
