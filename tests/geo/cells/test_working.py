"""Working areas where no boundary is known."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.cells.adjacency import Links
from geo.cells.working import AreaSize, join_blocks, working_areas
from geo.errors import EmptyLayerError
from geo.frames import COMMUNITIES

# 6 x 4 slabs of 80 households, 100 m apart: 1,920 households on 600 m x 400 m
SLABS = [shapely.box(x, y, x + 60, y + 12) for x in range(0, 600, 100) for y in range(0, 400, 100)]


def areas_of(land, *lines, households=80, size=AreaSize(), **columns):  # noqa: B008
    houses = land.buildings(*SLABS, households=households)
    areas = working_areas(land.roads(*lines, **columns), land.water(), houses, size=size)
    polygons = np.asarray(areas.geometry.array, dtype=object)
    assert shapely.coverage_is_valid(polygons)
    assert set(areas.geom_type) == {"Polygon"}
    assert shapely.covers(shapely.coverage_union_all(polygons), np.asarray(houses.geometry.array)).all()
    assert list(areas.columns) == [*COMMUNITIES.names, "geometry"]
    return areas


def test_a_small_place_is_one_area(land):
    areas = areas_of(land, [(290, -200), (290, 600)])
    assert areas[["code", "name", "kind"]].values.tolist() == [["990000001001", "工作片区 1", "working"]]
    assert areas["households"].isna().all()


def test_main_roads_part_areas_of_enough_households(land):
    areas = areas_of(land, [(290, -200), (290, 600)], households=160)
    assert areas["code"].tolist() == ["990000001001", "990000001002"]
    assert areas.geometry.iloc[0].centroid.x < areas.geometry.iloc[1].centroid.x


def test_crowded_blocks_are_cut_along_lanes(land):
    lanes = [[(290, -200), (290, 600)], [(-200, 190), (800, 190)]]
    assert len(areas_of(land, *lanes, households=320, road_class="residential")) == 4
    assert len(areas_of(land, *lanes, households=80, road_class="residential")) == 1


def test_roads_that_end_short_of_the_edge_reach_it(land):
    assert len(areas_of(land, [(290, 10), (290, 320)], households=160)) == 2


def test_rows_in_another_order_give_the_same_areas(land):
    lines = land.roads([(290, -200), (290, 600)], [(-200, 190), (800, 190)])
    houses = land.buildings(*SLABS, households=320)
    there = working_areas(lines, land.water(), houses)
    back = working_areas(lines.iloc[::-1], land.water(), houses.iloc[::-1])
    assert shapely.to_wkb(there.geometry.array).tolist() == shapely.to_wkb(back.geometry.array).tolist()


def test_no_buildings_no_areas(land):
    with pytest.raises(EmptyLayerError):
        working_areas(land.roads(), land.water(), land.buildings())


def test_blocks_are_joined_within_their_quarter_first():
    row = Links(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([10.0, 99.0, 10.0]))
    size = AreaSize(100, 300)
    assert join_blocks(
        row, np.array([60.0, 60.0, 60.0, 60.0]), np.array([0, 0, 1, 1]), size=size
    ).tolist() == [0, 0, 1, 1]
    # alone in its quarter and too small: it crosses
    assert join_blocks(
        row, np.array([200.0, 60.0, 200.0, 200.0]), np.array([0, 1, 2, 2]), size=size
    ).tolist() == [0, 1, 1, 2]


def test_a_group_never_grows_beyond_the_maximum_where_another_way_exists():
    star = Links(np.array([0, 0]), np.array([1, 2]), np.array([99.0, 10.0]))
    groups = join_blocks(star, np.array([60.0, 290.0, 150.0]), np.array([0, 0, 0]), size=AreaSize(100, 300))
    assert groups.tolist() == [0, 1, 0]
