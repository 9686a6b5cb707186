"""Nothing shown gives a small count away: held by solving the equations again, each from the reader's side."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.privacy.small_counts import Mark, shown, withheld


def span(counts, sums, hidden, unpublished, key, *, least=5):
    """Least and most that a reader of everything shown can make of `key`."""
    keys = list(counts)
    known = {k for k in keys if k not in hidden and k not in unpublished}
    bounds = []
    for k in keys:
        if k in known:
            bounds.append((counts[k], counts[k]))
        elif hidden.get(k) is Mark.SMALL:
            bounds.append((1, least - 1))
        else:
            bounds.append((0, None))
    matrix = np.zeros((len(sums), len(keys)))
    for row, (total, parts) in enumerate(sums):
        matrix[row, keys.index(total)] -= 1
        for part in parts:
            matrix[row, keys.index(part)] += 1
    ends = []
    for sign in (1, -1):
        goal = np.zeros(len(keys))
        goal[keys.index(key)] = sign
        solved = linprog(goal, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs")
        ends.append(np.inf if solved.status == 3 else sign * solved.fun)
    return tuple(ends)


def require_safe(counts, sums, *, unpublished=(), least=5):
    hidden = withheld(counts, sums, least=least, unpublished=unpublished)
    for key, count in counts.items():
        if 0 < count < least:
            low, high = span(counts, sums, hidden, unpublished, key, least=least)
            assert high - low >= least - 2 - 1e-6, (key, low, high)
    return hidden


def test_a_school_of_one_household_is_not_the_rest_of_its_community() -> None:
    counts = {"community": 96, "a": 50, "b": 45, "school": 1}
    assert require_safe(counts, [("community", ["a", "b", "school"])]).keys() == {"b", "school"}


def test_two_small_ones_that_add_up_to_two_are_one_each_unless_a_third_is_withheld() -> None:
    counts = {"all": 62, "a": 1, "b": 1, "c": 60}
    assert require_safe(counts, [("all", ["a", "b", "c"])]).keys() == {"a", "b", "c"}


def test_levels_protect_each_other() -> None:
    counts = {"district": 200, "s1": 100, "s2": 100, "c1": 97, "c2": 3, "c3": 60, "c4": 40}
    sums = [("district", ["s1", "s2"]), ("s1", ["c1", "c2"]), ("s2", ["c3", "c4"])]
    assert require_safe(counts, sums).keys() == {"c1", "c2"}


def test_places_by_kinds_are_protected_both_ways() -> None:
    table = np.array([[2, 30, 40], [20, 25, 35], [50, 60, 70]])
    counts = {(r, c): int(table[r, c]) for r, c in itertools.product(range(3), repeat=2)}
    counts |= {(r, "all"): int(table[r].sum()) for r in range(3)}
    counts |= {("all", c): int(table[:, c].sum()) for c in range(3)}
    sums = [((r, "all"), [(r, c) for c in range(3)]) for r in range(3)]
    sums += [(("all", c), [(r, c) for r in range(3)]) for c in range(3)]
    assert len(require_safe(counts, sums)) == 4


def test_two_versions_that_differ_by_one_building_do_not_give_it_away() -> None:
    counts = {"v1 g1": 40, "v1 g2": 30, "v2 g1": 37, "v2 g2": 33, "b1": 37, "b2": 3, "b3": 30}
    sums = [("v1 g1", ["b1", "b2"]), ("v1 g2", ["b3"]), ("v2 g1", ["b1"]), ("v2 g2", ["b2", "b3"])]
    hidden = require_safe(counts, sums, unpublished=("b1", "b2", "b3"))
    assert hidden
    assert not hidden.keys() & {"b1", "b2", "b3"}


def test_nothing_small_nothing_withheld() -> None:
    assert withheld({"all": 30, "a": 30, "b": 0}, [("all", ["a", "b"])]) == {}


def test_a_sum_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up to 3"):
        withheld({"all": 4, "a": 3}, [("all", ["a"])])


def test_outside_ten_are_needed() -> None:
    counts = {"all": 60, "a": 8, "b": 52}
    assert withheld(counts, [("all", ["a", "b"])]) == {}
    assert require_safe(counts, [("all", ["a", "b"])], least=10).keys() == {"a", "b"}
    assert shown(8, Mark.SMALL, least=10) == "<10"


def test_four_ones_below_four_lose_a_sign_before_signs_alone_count_them() -> None:
    counts = {"all": 4, "a": 1, "b": 1, "c": 1, "d": 1}
    hidden = require_safe(counts, [("all", ["a", "b", "c", "d"])])
    assert hidden["all"] is Mark.BESIDE
    assert hidden["a"] is Mark.SMALL


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4),
    st.integers(2, 3),
)
def test_trees_crossed_by_another_breakdown_give_nothing_away(groups: list[list[int]], ways: int) -> None:
    """Leaves in groups under one root; and the same leaves dealt to other groups."""
    counts = {(g, n): count for g, group in enumerate(groups) for n, count in enumerate(group)}
    leaves = list(counts)
    sums = [(("group", g), [(g, n) for n in range(len(group))]) for g, group in enumerate(groups)]
    sums += [(("way", w), leaves[w::ways]) for w in range(ways) if leaves[w::ways]]
    tops = [total for total, _ in sums]
    for total, parts in sums:
        counts[total] = sum(counts[part] for part in parts)
    counts["all"] = sum(counts[leaf] for leaf in leaves)
    sums.append(("all", [total for total in tops if total[0] == "group"]))
    require_safe(counts, sums)
