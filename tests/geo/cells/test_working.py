"""Working areas where no boundary is known."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells.adjacency import Links
from geo.cells.joining import AreaSize, Blocks, join_blocks
from geo.cells.working import working_areas
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


def blocks(links, homes, quarter=None, rim=None, *, area=2_500.0, outline=200.0, possible=None):
    """Blocks of one size and shape, side by side over `links`."""
    homes = np.array(homes, dtype=float)
    n = len(homes)
    return Blocks(
        links=Links(*(np.array(column) for column in links)),
        households=homes,
        possible=homes if possible is None else np.array(possible, dtype=float),
        quarter=np.zeros(n, int) if quarter is None else np.array(quarter),
        rim=np.ones(n, bool) if rim is None else np.array(rim),
        area_m2=np.full(n, area),
        outline_m=np.full(n, outline),
    )


ROW = ([0, 1, 2], [1, 2, 3], [10.0, 99.0, 10.0])


def test_blocks_are_joined_within_their_quarter_first():
    size = AreaSize(100, 300)
    assert join_blocks(blocks(ROW, [60, 60, 60, 60], [0, 0, 1, 1]), size=size).tolist() == [0, 0, 1, 1]
    # alone in its quarter and too small: it crosses
    assert join_blocks(blocks(ROW, [200, 60, 200, 200], [0, 1, 2, 2]), size=size).tolist() == [0, 1, 1, 2]


def test_a_group_never_grows_beyond_the_maximum_where_another_way_exists():
    star = blocks(([0, 0], [1, 2], [99.0, 10.0]), [60, 290, 150])
    assert join_blocks(star, size=AreaSize(100, 300)).tolist() == [0, 1, 0]


def test_no_area_lies_around_another_where_it_can_be_helped():
    around = blocks(
        ([0, 0, 1], [1, 2, 2], [90.0, 20.0, 20.0]), [600, 1200, 700], rim=[True, True, False], outline=300.0
    )
    assert join_blocks(around, size=AreaSize(1000, 2000)).tolist() == [0, 1, 0]


def test_where_nobody_knows_the_buildings_those_who_may_live_there_make_an_area_large_enough():
    row = blocks((*ROW[:2], [99.0, 10.0, 99.0]), [0, 0, 0, 0], possible=[200, 200, 200, 200])
    assert len(set(join_blocks(row, size=AreaSize(100, 200)).tolist())) == 2
    # with evidence the doubtful ones may be more than the largest number
    sure = blocks((*ROW[:2], [99.0, 10.0, 99.0]), [60, 60, 60, 60], possible=[200, 200, 200, 200])
    assert len(set(join_blocks(sure, size=AreaSize(100, 300)).tolist())) == 2


def test_a_group_that_is_nearly_large_enough_stays_alone_beside_a_full_one():
    pair = ([0], [1], [50.0])
    assert join_blocks(blocks(pair, [90, 290]), size=AreaSize(100, 300)).tolist() == [0, 1]
    assert join_blocks(blocks(pair, [30, 290]), size=AreaSize(100, 300)).tolist() == [0, 0]
    nobody_knows = blocks(pair, [0, 0], possible=[540, 1_100])
    assert join_blocks(nobody_knows, size=AreaSize(100, 300)).tolist() == [0, 1]


def squares(columns, rows, homes):
    """Blocks of 50 m x 50 m in columns and rows."""
    links = [
        (c * rows + r, (c + dc) * rows + r + dr, 50.0)
        for c in range(columns)
        for r in range(rows)
        for dc, dr in ((1, 0), (0, 1))
        if c + dc < columns and r + dr < rows
    ]
    table = np.array(links, dtype=float).reshape(-1, 3)
    return blocks((table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2]), [homes] * (columns * rows))


def test_blocks_change_sides_until_areas_are_compact():
    field = squares(8, 4, 100)
    groups = join_blocks(field, size=AreaSize(700, 1_000)).reshape(8, 4)
    assert len(np.unique(groups)) == 4
    for group in np.unique(groups):
        columns, rows = np.nonzero(groups == group)
        assert np.ptp(columns) <= 3
        assert np.ptp(rows) <= 3


@settings(max_examples=60, deadline=None)
@given(
    columns=st.integers(1, 7),
    rows=st.integers(1, 6),
    homes=st.lists(st.integers(0, 900), min_size=42, max_size=42),
    quarters=st.lists(st.integers(0, 2), min_size=42, max_size=42),
)
def test_every_area_is_in_one_piece_and_large_enough_where_blocks_allow(columns, rows, homes, quarters):
    n = columns * rows
    field = squares(columns, rows, 0)
    counted = np.array(homes[:n], dtype=float)
    field = replace(field, households=counted, possible=counted, quarter=np.array(quarters[:n]))
    groups = join_blocks(field, size=AreaSize(1_000, 3_000))
    graph = nx.Graph(zip(field.links.a.tolist(), field.links.b.tolist(), strict=True))
    graph.add_nodes_from(range(n))
    for group in set(groups.tolist()):
        members = np.flatnonzero(groups == group).tolist()
        assert nx.is_connected(graph.subgraph(members))
        # only where there is nobody else, or all around are full, a group may stay small, and then not by much
        assert counted[members].sum() >= 500 or len(set(groups.tolist())) == 1
