"""Whatever stays and whatever the counts: carved grids keep their cells, and every cell has one connected grid."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.partition.carve import carve
from geo.partition.problem.score import grid_figures
from geo.partition.solve import best
from tests.geo.partition.lattice import lattice

N = 16


@settings(max_examples=30, deadline=None)
@given(
    households=st.lists(st.sampled_from([0, 0, 5, 20, 60]), min_size=N, max_size=N),
    staying=st.sets(st.integers(0, 5), max_size=4),
    seed=st.integers(0, 5),
)
def test_what_stays_is_unchanged_and_the_rest_is_connected(
    households: list[int], staying: set[int], seed: int
) -> None:
    problem = lattice(4, 4, lo=30, hi=90, households=households)
    today = best(lattice(4, 4, lo=0, hi=60, households=households), seed=seed, time_limit_s=0).labels
    carved = carve(problem, today, staying)
    plan = carved.join([] if carved.rest is None else best(carved.rest, seed=seed, time_limit_s=0).labels)
    assert plan.min() == 0
    assert np.unique(plan).tolist() == list(range(plan.max() + 1))
    for label in staying & set(today.tolist()):
        (grid,) = np.unique(plan[today == label])
        gained = (plan == grid) & (today != label)
        assert problem.households[gained].sum() == 0
    first_kept = plan.max() + 1 - len(carved.kept)
    figures = grid_figures(problem, plan)
    assert (figures.parts[:first_kept] == 1).all()
