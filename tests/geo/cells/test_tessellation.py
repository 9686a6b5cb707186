"""Where the ground of two buildings meets."""

from __future__ import annotations

import numpy as np
import shapely

from geo.cells.tessellation import middle_lines, nearest_building, place_seeds


def test_the_line_between_two_equal_houses_is_the_middle():
    houses = shapely.box([10, 60], [10, 10], [30, 80], [40, 40])
    lines = middle_lines(shapely.box(0, 0, 90, 50), place_seeds(houses))
    xy = shapely.get_coordinates(lines)
    np.testing.assert_allclose(xy[:, 0], 45.0, atol=1e-6)
    assert xy[:, 1].min() < 0
    assert xy[:, 1].max() > 50


def test_the_line_between_houses_wall_to_wall_runs_near_the_wall():
    houses = shapely.box([0, 20], [0, 0], [20, 47], [30, 30])
    xy = shapely.get_coordinates(middle_lines(shapely.box(0, 0, 47, 30), place_seeds(houses)))
    assert np.abs(xy[:, 0] - 20).max() < 1.0


def test_one_building_needs_no_line():
    assert len(middle_lines(shapely.box(0, 0, 9, 9), place_seeds(shapely.box([1], [1], [8], [8])))) == 0


def test_a_tower_on_its_podium_keeps_its_ground():
    podium, tower = shapely.box(0, 0, 100, 60), shapely.box(40, 20, 60, 40)
    seeds = place_seeds(np.array([podium, tower]))
    middle = np.array([[50.0, 30.0], [41.5, 30.0], [20.0, 30.0]])
    assert nearest_building(middle, np.zeros(3, np.int64), seeds, np.zeros(2, np.int64)).tolist() == [1, 1, 0]


def test_twins_share_their_ground_in_slices():
    house = shapely.box(0, 0, 40, 10)
    seeds = place_seeds(np.array([house, house]))
    assert sorted(set(seeds.building.tolist())) == [0, 1]
    ends = np.array([[2.0, 5.0], [38.0, 5.0]])
    assert nearest_building(ends, np.zeros(2, np.int64), seeds, np.zeros(2, np.int64)).tolist() == [0, 1]


def test_every_building_has_seeds_however_small_or_covered():
    kiosk = shapely.box(50, 50, 50.5, 50.5)
    large = shapely.box(0, 0, 30, 30)
    halves = [shapely.box(0, 0, 15, 30), shapely.box(15, 0, 30, 30)]
    seeds = place_seeds(np.array([kiosk, large, *halves, large]))
    assert sorted(set(seeds.building.tolist())) == [0, 1, 2, 3, 4]
    assert len(np.unique(seeds.xy, axis=0)) == len(seeds.xy)


def test_parcels_do_not_see_each_other():
    seeds = place_seeds(np.array([shapely.box(0, 0, 10, 10), shapely.box(12, 0, 22, 10)]))
    beside = np.array([[11.9, 5.0]])
    parcels = np.array([0, 1])
    assert nearest_building(beside, np.array([0]), seeds, parcels).tolist() == [0]
    assert nearest_building(beside, np.array([1]), seeds, parcels).tolist() == [1]
