"""Households by footprint, storeys and use; totals that add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.cells.dwellings import DwellingRules, estimate_households
from geo.cells.totals import fit_people, fit_to_total, spread
from geo.errors import InputError

SLAB = shapely.box(0, 0, 50, 12)  # 600 m²


@pytest.mark.parametrize(
    ("columns", "households"),
    [
        ({"levels": 6}, 36),
        ({"height_m": 54.0}, 108),
        ({"levels": 6, "height_m": 54.0}, 36),
        ({}, 36),
        ({"use": None, "levels": 6}, None),
        ({"use": None, "levels": 6, "home_sure": 0.5}, 36),
        ({"use": None, "units": 3}, 18),
        ({"use": "commercial", "home_sure": 0.9}, None),
        ({"use": "other", "levels": 6}, None),
        ({"use": "commercial", "levels": 6}, None),
        ({"use": "public"}, None),
        ({"households": 44}, 44),
        ({"households": 0}, 0),
    ],
)
def test_one_slab(land, columns, households):
    row = estimate_households(land.buildings(SLAB, **columns)).iloc[0]
    guessed = households is not None and "households" not in columns
    assert row["households"] is pd.NA if households is None else row["households"] == households
    assert bool(row["households_estimated"]) is guessed


@pytest.mark.parametrize(
    ("shape", "use", "households"),
    [
        (shapely.box(0, 0, 3, 5), "residential", 0),  # a shed
        (shapely.box(0, 0, 5, 6), "residential", 1),
        (shapely.box(0, 0, 10, 10), "residential", 2),  # a cottage of two storeys
    ],
)
def test_sizes(land, shape, use, households):
    value = estimate_households(land.buildings(shape, use=use))["households"].iloc[0]
    assert value is pd.NA if households is None else value == households


def test_estimating_twice_changes_nothing_and_the_input_stays(land):
    before = land.buildings(SLAB, SLAB, households=[None, 12])
    once = estimate_households(before)
    twice = estimate_households(once)
    assert once["households"].tolist() == twice["households"].tolist() == [36, 12]
    assert once["households_estimated"].tolist() == twice["households_estimated"].tolist() == [True, False]
    assert before["households"].isna().tolist() == [True, False]


def test_the_figures_are_rules(land):
    rules = DwellingRules(gross_floor_m2_per_household=60.0, storey_height_m=2.7)
    assert estimate_households(land.buildings(SLAB, height_m=54.0), rules=rules)["households"].tolist() == [
        200
    ]


def test_no_buildings_no_trouble(land):
    assert estimate_households(land.buildings()).empty


def test_spread_gives_the_rest_to_the_largest_remainders():
    assert spread(7, np.array([1.0, 2.0, 4.0])).tolist() == [1, 2, 4]
    assert spread(10, np.array([1.0, 2.0, 4.0])).tolist() == [1, 3, 6]
    with pytest.raises(InputError):
        spread(3, np.zeros(2))


def test_estimates_are_fitted_to_the_total_and_known_figures_stay():
    fitted = fit_to_total(np.array([100, 40, 60]), np.array([False, True, True]), 250)
    assert fitted.households.tolist() == [100, 60, 90]
    assert "scaled by 1.50" in fitted.notes[0].en
    assert "1.50 倍" in fitted.notes[0].zh


@pytest.mark.parametrize(("total", "words"), [(101, "check which is right"), (90, "check which is right")])
def test_nonsense_totals_bend_nothing(total, words):
    fitted = fit_to_total(np.array([100, 40, 60]), np.array([False, True, True]), total)
    assert fitted.households.tolist() == [100, 40, 60]
    assert any(words in note.en for note in fitted.notes)


def test_people_left_over_go_by_households():
    people, notes = fit_people(np.array([30.0, np.nan, np.nan, np.nan]), np.array([9, 10, 30, 0]), 110)
    assert people.tolist() == [30.0, 20.0, 60.0, 0.0]
    assert len(notes) == 1


def test_people_nobody_knows_stay_unknown():
    people, notes = fit_people(np.array([np.nan, np.nan]), np.array([9, 0]), None)
    assert np.isnan(people).all()
    assert notes == ()
