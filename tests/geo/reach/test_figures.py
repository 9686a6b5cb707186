"""Figures of reach, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.errors import InputError
from geo.reach.figures import circle_m, nearest_two, reach_table

DOORS = pd.DataFrame(
    {
        "metres": [100.0, 500.0, 990.0, 990.1, np.inf],
        "households": pd.array([10, 20, 30, 40, None], dtype="Int64"),
        "people": pd.array([20, 40, 60, 80, 5], dtype="Int64"),
        "grid": ["a", "a", "b", "b", None],
    }
)


def test_fifteen_minutes_are_990_m() -> None:
    (row,) = reach_table(DOORS, speed_m_s=1.1).to_dict("records")
    assert (row["buildings"], row["households"], row["people"]) == (5, 100, 205)
    assert (row["households_5"], row["households_10"], row["households_15"]) == (10, 30, 60)
    assert (row["buildings_15"], row["people_15"], row["reach_15"]) == (3, 120, 0.6)


def test_by_grid_and_without_one() -> None:
    table = reach_table(DOORS, by="grid", minutes=(15,), speed_m_s=1.1).set_index("grid")
    assert table["households_15"].to_dict() == {"": 0, "a": 30, "b": 30}
    assert table.loc["a", "reach_15"] == 1.0
    assert np.isnan(table.loc["", "reach_15"])


def test_the_elderly_reach_less() -> None:
    assert reach_table(DOORS, speed_m_s=0.8)["households_15"].item() == 30


def test_nobody_at_all() -> None:
    assert len(reach_table(DOORS.iloc[:0], by="grid", speed_m_s=1.1)) == 0


def test_a_speed_of_nothing_is_told() -> None:
    with pytest.raises(InputError, match="above 0 m/s, not 0"):
        reach_table(DOORS, speed_m_s=0)


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_the_nearest_two_of_any_number(count: int) -> None:
    metres = np.random.default_rng(count).integers(0, 5, (count, 50)).astype(np.float64)
    two = nearest_two(metres)
    order = np.argsort(metres, axis=0, kind="stable")
    assert np.array_equal(metres[two.station, np.arange(50)], np.sort(metres, axis=0)[0])
    assert np.array_equal(two.metres, metres[order[0], np.arange(50)])
    if count == 1:
        assert set(two.second) == {-1}
    else:
        assert np.array_equal(two.second_m, np.sort(metres, axis=0)[1])
        assert not (two.station == two.second).any()


def test_no_station_is_far_from_everyone() -> None:
    assert np.isinf(circle_m(np.empty((0, 2)), np.zeros((3, 2)))).all()
    assert nearest_two(np.empty((0, 3))).station.tolist() == [-1, -1, -1]
