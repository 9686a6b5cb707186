"""What counts towards the bounds."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geo.plans.rules import Workload, profile
from geo.plans.sizes import cell_people, cell_sizes

CELLS = pd.DataFrame(
    {
        "households": [10, 20, 0],
        "people": pd.array([30, None, None], "Int64"),
        "building_ref": ["a", "b", None],
    }
)
NATIONAL = profile("national")


def test_households_without_a_workload() -> None:
    assert cell_sizes(CELLS, NATIONAL).tolist() == [10, 20, 0]


def test_unknown_people_are_as_many_per_household_as_elsewhere() -> None:
    people = cell_people(CELLS)
    assert people is not None
    assert people.tolist() == [30, 60, 0]


def test_nobody_known_is_no_number() -> None:
    assert cell_people(CELLS.assign(people=pd.array([None] * 3, "Int64"))) is None
    assert cell_people(CELLS.drop(columns="people")) is None


def test_a_workload_adds_up() -> None:
    rules = replace(NATIONAL, workload=Workload(household=1, person=0.5, building=4))
    assert cell_sizes(CELLS, rules).tolist() == [29, 54, 0]
