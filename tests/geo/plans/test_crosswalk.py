"""What existing nets become."""

from __future__ import annotations

import numpy as np

from geo.plans.crosswalk import net_crosswalk, net_figures, overlay

#        cells 0  1  2  3  4
AREAS = [0, 0, 1, 1, -1]
PLAN = [0, 0, 0, 1, 1]
HOUSEHOLDS = [10, 10, 30, 5, 7]


def test_figures_count_areas_wholes_and_moves() -> None:
    found = net_figures(AREAS, PLAN, HOUSEHOLDS)
    assert (found.areas, found.whole, found.households) == (2, 1, 55)
    assert found.moved == 25  # area 1 stays whole in grid 0, or area 0 does: 30 and 5 against 20 and 30
    assert net_figures([-1] * 5, PLAN, HOUSEHOLDS).areas == 0


def test_an_area_where_nobody_lives_is_whole_in_one_grid() -> None:
    assert net_figures([0, 0], [0, 0], [0, 0]).whole == 1
    assert net_figures([0, 0], [0, 1], [0, 0]).whole == 0


def test_the_crosswalk_has_every_household_once() -> None:
    table = net_crosswalk(
        AREAS, ["P1", "P2"], PLAN, {0: "g0", 1: "g1"}, households=HOUSEHOLDS, area_m2=[1] * 5
    )
    assert table["households"].sum() == sum(HOUSEHOLDS)
    named = table[table["area"].notna()]
    assert named[["area", "grid_code", "households"]].to_numpy().tolist() == [
        ["P1", "g0", 20],
        ["P2", "g0", 30],
        ["P2", "g1", 5],
    ]
    assert np.isclose(named.groupby("area")["share_of_area"].sum().astype(float), 1).all()


def test_the_overlay_lists_every_combination() -> None:
    table = overlay(
        {"civil": np.array(["a", "a", "b"], object), "police": np.array(["1", None, None], object)},
        households=[1, 2, 3],
    )
    assert table["households"].tolist() == [3, 2, 1]
    assert table["police"].isna().tolist() == [True, True, False]
