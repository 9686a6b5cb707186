"""What a page knows of each grid agrees with the frames it was made from."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from geo.crs import KEPT_CRS
from geo.errors import InputError, MissingCrsError
from geo.plans.rules import profile
from maps.pages.scene import Ground, complete_grids, grid_of_points, in_key_order, scene_data
from tests.maps import sample

ORIGIN = (108.69, 34.32)


def ground() -> Ground:
    frames = sample.frames()
    del frames["grids"]
    return Ground(**frames)


def test_grids_are_judged_by_the_bounds_exclusive_and_unknown_ones_are_not() -> None:
    grids = sample.grids()
    grids.loc[0, "households"] = None
    states = complete_grids(grids, sample.buildings(), profile("national"))["state"]
    assert states.tolist() == ["unjudged", "below", "above", "within", "within", "below", "above", "unjudged"]


def test_without_rules_nothing_is_judged_but_several_parts_are_still_seen() -> None:
    states = complete_grids(sample.grids(stray=True), sample.buildings(), None)["state"]
    assert Counter(states) == {"stray": 1, "unjudged": 7}


def test_households_come_from_the_buildings_when_the_grids_have_none() -> None:
    bare = sample.grids().drop(columns=["households", "households_estimated"])
    done = complete_grids(bare, sample.buildings(), profile("national"))
    assert done["households"].tolist() == [4 * (h // 4) for h in sample.HOUSEHOLDS * 2]
    assert done["households_estimated"].tolist() == [False] * 4 + [True] * 4


def test_uncounted_buildings_are_estimated_and_make_the_grid_an_estimate() -> None:
    buildings = sample.buildings()
    buildings["households"] = buildings["households"].astype("Int64")
    buildings.loc[0, "households"] = None
    bare = sample.grids().drop(columns=["households", "households_estimated"])
    done = complete_grids(bare, buildings, None)
    estimate = round(60 * 14 * 6 / 100)
    assert done["households"].iloc[0] == 3 * (420 // 4) + estimate
    assert bool(done["households_estimated"].iloc[0])


def test_colours_of_the_plan_are_kept_and_missing_ones_are_made() -> None:
    assert complete_grids(sample.grids(), sample.buildings(), None)["colour"].tolist() == list(range(8))
    made = complete_grids(sample.grids().drop(columns="colour"), sample.buildings(), None)["colour"]
    assert made[0] != made[1]
    assert made[0] != made[2]


def test_a_point_on_a_shared_edge_belongs_to_the_first_grid_only() -> None:
    edge, outside = sample.LOCAL.to_degrees([Point(200, 300), Point(-500, 0)])
    assert grid_of_points(sample.grids(), np.array([edge, outside])).tolist() == [0, -1]


def test_counts_and_references_of_the_scene() -> None:
    data = scene_data(complete_grids(sample.grids(), sample.buildings(), None), ground(), ORIGIN)
    assert data["grids"]["buildings"] == [4] * 8
    assert data["grids"]["complexes"][:3] == [[0], [1], []]
    assert data["grids"]["community"] == [0] * 4 + [1] * 4
    assert data["grids"]["people"][3:5] == [1050, None]
    assert data["buildings"]["complex"][:9] == [0] * 4 + [1] * 4 + [None]
    assert [len(data[name]["shapes"]) for name in ("water", "waterLines", "roads")] == [1, 1, 3]


def test_the_border_between_communities_is_drawn_once() -> None:
    lines = scene_data(complete_grids(sample.grids(), sample.buildings(), None), ground(), ORIGIN)[
        "communityLines"
    ]
    assert len(lines["shapes"]) == 3


def test_neighbouring_grids_still_share_their_edges_after_simplification() -> None:
    data = scene_data(complete_grids(sample.grids(), sample.buildings(), None), ground(), ORIGIN)
    first, second = ({tuple(c) for c in _corners(rings[0])} for rings in data["grids"]["shapes"][:2])
    assert len(first & second) == 2


def _corners(ring: list[int]) -> list[list[int]]:
    return np.cumsum(np.array(ring).reshape(-1, 2), axis=0).tolist()


def test_frames_come_in_key_order_and_in_the_kept_crs() -> None:
    shuffled = sample.buildings().sample(frac=1, random_state=5)
    assert in_key_order(shuffled, "ref", "buildings")["ref"].is_monotonic_increasing
    with pytest.raises(MissingCrsError):
        in_key_order(
            gpd.GeoDataFrame(shuffled.drop(columns="geometry"), geometry=list(shuffled.geometry)), "ref", "b"
        )
    with pytest.raises(InputError, match="EPSG:4326"):
        in_key_order(shuffled.to_crs("EPSG:4326"), "ref", "buildings")


def test_bounds_are_those_of_the_communities_not_of_a_long_road() -> None:
    west, *_ = ground().bounds(sample.grids()) or ()
    assert west == pytest.approx(sample.communities().total_bounds[0])
    empty = gpd.GeoDataFrame({"ref": []}, geometry=[], crs=KEPT_CRS)
    assert Ground(empty, empty, empty, empty, empty, empty).bounds(empty) is None
