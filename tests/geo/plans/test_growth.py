"""Sizes of grids once planned buildings are moved into, in a row of three cells.

a b c     100 households each; the grids are ab and c
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import RulesError
from geo.plans.families import read_book
from geo.plans.growth import growth_findings, planned_growth, sizes_ahead, years_on
from geo.plans.rules import Rules, Workload, profile

TODAY = date(2026, 11, 22)
LABELS = np.array([1, 1, 2])
GRIDS = pd.DataFrame({"label": [1, 2], "code": ["g1", "g2"], "name": ["甲", "乙"], "kind": ["base", "base"]})
RULES = replace(profile("national"), min_households=50, max_households=200, years_ahead=3)


def cells() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "households": [100, 100, 100],
            "people": pd.array([300, 300, 300], "Int64"),
            "building_ref": pd.Series(["a", "b", "c"], dtype="str"),
        },
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(3)],
    )


def planned(*rows: tuple[float, str | None, int | None, int | None], today: date = TODAY) -> pd.DataFrame:
    """Buildings by where they stand on the row, day, planned households and households of today."""
    frame = gpd.GeoDataFrame(
        {
            "ref": [f"n{i}" for i in range(len(rows))],
            "name": pd.Series([None] * len(rows), dtype="str"),
            "households": pd.array([row[3] for row in rows], "Int64"),
            "planned_for": pd.Series([row[1] for row in rows], dtype="str"),
            "planned_households": pd.array([row[2] for row in rows], "Int64"),
        },
        geometry=[shapely.box(x, 0.2, x + 0.1, 0.4) for x, *_ in rows],
    )
    return planned_growth(cells(), frame, today=today)


def on(years: int, coming: pd.DataFrame, rules: Rules | None = None) -> list[int]:
    sizes = sizes_ahead(cells(), LABELS, coming, rules, day=years_on(TODAY, years))
    return [int(number) for number in sizes.reindex([1, 2])]


def test_a_building_counts_from_its_day_on() -> None:
    coming = planned((0.5, "2027-11-22", 90, 0), (2.5, "2029-11-23", 70, 0), (2.2, None, None, 100))
    assert coming["row"].tolist() == [0, 2]
    assert [on(years, coming) for years in (0, 1, 3, 5)] == [[200, 100], [290, 100], [290, 100], [290, 170]]


@pytest.mark.parametrize(
    ("day", "counted", "brings"),
    [
        ("2027-06-01", 0, [80]),
        ("2027-06-01", None, [80]),
        ("2027-06-01", 30, [50]),  # some are there before the day
        ("2027-06-01", 85, []),
        ("2026-06-01", 0, [80]),  # late: the day has come, nobody is there
        ("2026-06-01", 60, []),  # the count is believed
    ],
)
def test_what_a_building_is_short_of(day: str, counted: int | None, brings: list[int]) -> None:
    assert planned((0.5, day, 80, counted))["households"].tolist() == brings


def test_a_building_in_no_cell_is_in_no_grid() -> None:
    coming = planned((7, "2027-01-01", 500, 0))
    assert (coming["row"].tolist(), on(5, coming)) == ([-1], [200, 100])


def test_a_workload_counts_those_who_will_move_in() -> None:
    load = replace(RULES, workload=Workload(1.0, 1.0, 10.0))
    coming = planned((2.5, "2027-01-01", 50, 0))
    assert on(0, coming, load) == [820, 410]
    assert on(1, coming, load) == [820, 610]  # 50 households and 150 people; the building is no new one


def told(rules: Rules, *rows: Any) -> list[tuple[str, str, str | None, float]]:
    found = growth_findings(cells(), LABELS, GRIDS, planned(*rows), rules, today=TODAY)
    return [(one.severity, one.rule, one.code, one.value) for one in found]


def test_rules_look_as_far_ahead_as_they_say() -> None:
    building = (2.5, "2029-01-01", 150, 0)
    rule = "many-households-ahead"
    assert told(RULES, building) == [("warning", rule, "g2", 250)]
    assert told(replace(RULES, years_ahead=2), building) == []
    assert told(replace(RULES, years_ahead=0), building) == []
    assert told(RULES, (2.5, "2029-01-01", 105, 0)) == [("notice", rule, "g2", 205)]
    large_today = replace(RULES, max_households=150)
    assert told(large_today, (0.5, "2027-01-01", 90, 0)) == [], "many-households tells it already"


def test_an_exclusive_grid_may_grow() -> None:
    kinds = GRIDS.assign(kind=["base", "exclusive"])
    coming = planned((2.5, "2027-01-01", 900, 0))
    assert list(growth_findings(cells(), LABELS, kinds, coming, RULES, today=TODAY)) == []


def test_the_horizon_is_read_from_rules_and_kept_within_reason() -> None:
    book = read_book({"profiles": {"ours": {"based_on": "national", "years_ahead": 5}}})
    assert book.find("ours").other.years_ahead == 5
    with pytest.raises(RulesError, match="between 0 and 50"):
        read_book({"profiles": {"ours": {"years_ahead": 51}}})
