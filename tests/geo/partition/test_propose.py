"""Plans of one community: what stays, what is wanted, what it says.

Cells are squares of ten households in a row: 0 1 2 3 4 5 6 7.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import InputError, Words
from geo.partition.ask import Ask, Net, Today
from geo.partition.propose import propose
from geo.plans.rules import Crossing, Rules, Workload

RULES = Rules("test", Words("test", "测试"), 20, 40)
QUICK = Ask(time_limit_s=0.2)
SCHOOL = Today(np.array([0, 0, 0, 1, 1, 2, 2, 2]), ("a", "s", "b"), ("base", "exclusive", "base"))


def row(
    n: int = 8, *, households: int = 10, people: int | None = 30
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    cells = gpd.GeoDataFrame(
        {
            "households": households,
            "people": pd.array([people] * n, "Int64"),
            "complex_ref": pd.Series([None] * n, dtype=object),
            "building_ref": [f"b{i}" for i in range(n)],
            "area_m2": 1e4,
        },
        geometry=[shapely.box(108.7 + i / 1000, 34.3, 108.701 + i / 1000, 34.301) for i in range(n)],
        crs=4490,
    )
    edges = pd.DataFrame(
        {"a": range(n - 1), "b": range(1, n), "shared_m": 100.0, "barrier": [i == 3 for i in range(n - 1)]}
    )
    return cells, edges


def labels_of(rules: Rules = RULES, ask: Ask = QUICK, **options: object) -> list[int]:
    cells, edges = row()
    (plan, *_), _ = propose(cells, edges, rules, ask=ask, **options)  # type: ignore[arg-type]
    return plan.labels.tolist()


def test_an_exclusive_grid_stays_and_is_not_judged() -> None:
    cells, edges = row()
    (plan,), notes = propose(cells, edges, replace(RULES, max_households=30), ask=QUICK, today=SCHOOL)
    assert plan.labels.tolist() == [0, 0, 0, 2, 2, 1, 1, 1]
    assert (plan.score["grids"], plan.score["stay"], plan.score["lower_bound"]) == (3, 1, 3)
    assert (plan.score["moved_households"], plan.score["violations"]) == (0, 0)
    assert notes == ()


def test_locked_grids_stay_too() -> None:
    rules = replace(RULES, locked=("b",))
    assert labels_of(rules, today=SCHOOL) == [0, 0, 0, 1, 1, 2, 2, 2]


def test_the_wanted_number_counts_locked_but_not_exclusive_grids() -> None:
    rules = replace(RULES, min_households=10)
    assert len(set(labels_of(rules, replace(QUICK, grids=3), today=SCHOOL))) == 4
    locked = replace(rules, locked=("b",))
    assert len(set(labels_of(locked, replace(QUICK, grids=3), today=SCHOOL))) == 4
    with pytest.raises(InputError, match="2 to 4"):
        labels_of(locked, replace(QUICK, grids=1), today=SCHOOL)


def test_everything_may_stay() -> None:
    rules = replace(RULES, locked=("a", "b"))
    cells, edges = row()
    (plan,), _ = propose(cells, edges, rules, ask=QUICK, today=SCHOOL)
    assert plan.labels.tolist() == SCHOOL.labels.tolist()
    assert (plan.score["grids"], plan.score["under"], plan.score["moved_households"]) == (3, 0, 0)
    _, notes = propose(cells, edges, rules, ask=replace(QUICK, alternatives=3), today=SCHOOL)
    assert notes[-1].en == "every grid stays as it is: there is nothing to choose from"


def test_few_households_move_from_todays_grids() -> None:
    today = Today(np.array([0, 0, 1, 1, 1, 1, 2, 2]), ("a", "b", "c"), ("base",) * 3)
    ask = replace(QUICK, grids=3, from_current=True)
    assert labels_of(ask=ask, today=today) == [0, 0, 1, 1, 1, 1, 2, 2]


def test_nets_pull_by_their_weight() -> None:
    cells, edges = row(6)
    nets = {"civil": [0, 0, 1, 1, 1, 1], "police": [0, 0, 0, 0, 1, 1]}
    for heavy, expected in (("civil", [0, 0, 1, 1, 1, 1]), ("police", [0, 0, 0, 0, 1, 1])):
        some = [Net(n, 5.0 if n == heavy else 1.0, np.array(labels)) for n, labels in nets.items()]
        (plan,), _ = propose(cells, edges, RULES, ask=QUICK, nets=some)
        assert plan.labels.tolist() == expected
        assert plan.score["net_moved"][heavy] == 0
        assert sum(plan.score["net_moved"].values()) == 20


def test_people_bound_the_grids_and_unknown_people_are_told() -> None:
    rules = replace(RULES, min_households=0, max_people=60)
    assert len(set(labels_of(rules))) == 4
    cells, edges = row(people=None)
    _, notes = propose(cells, edges, rules, ask=QUICK)
    assert "60 people" in notes[0].en


def test_a_workload_may_be_bounded_instead_of_households() -> None:
    rules = replace(RULES, min_households=60, max_households=70, workload=Workload(0, 1, 5))
    assert labels_of(rules) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_forbidden_barriers_are_not_crossed_and_what_is_too_small_is_told() -> None:
    assert labels_of(replace(RULES, barriers=Crossing.FORBIDDEN)) == [0, 0, 0, 0, 1, 1, 1, 1]
    cells, edges = row()
    rules = Rules("large", Words("l", "l"), 50, 80, barriers=Crossing.FORBIDDEN)
    (plan,), notes = propose(cells, edges, rules, ask=QUICK)
    assert plan.score["under"] == 2
    assert "2 parts" in notes[0].en
    assert "fewer than the 50" in notes[1].en


def test_alternatives_differ() -> None:
    cells, edges = row(12)
    rules = replace(RULES, min_households=30, max_households=50)
    today = Today(np.array([0] * 3 + [1] * 4 + [2] * 5), ("a", "b", "c"), ("base",) * 3)
    found, _ = propose(cells, edges, rules, ask=replace(QUICK, alternatives=2), today=today)
    assert [one.title.en for one in found] == ["all goals", "fewest households moved"]
    assert found[0].labels.tolist() != found[1].labels.tolist() == today.labels.tolist()
    assert all(one.score["violations"] == 0 and one.score["grids"] == 3 for one in found)
