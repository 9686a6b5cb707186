"""What cuts a community, and what does not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.cells.blocks import BarrierRules, make_blocks
from geo.crs import LocalMetres, areas_m2
from geo.errors import InputError

SQUARE = shapely.box(0, 0, 400, 300)


def blocks_of(land, *lines, lakes=(), houses=None, community=SQUARE, rules=None, **columns):
    found = make_blocks(
        land.degrees(community),
        land.roads(*lines, **columns),
        land.water(*lakes),
        rules=rules or BarrierRules(),
        buildings=houses,
    )
    polygons = np.asarray(found.geometry.array, dtype=object)
    assert shapely.coverage_is_valid(polygons)
    assert found["block"].tolist() == list(range(len(found)))
    total = shapely.area(polygons).sum()
    assert total == pytest.approx(shapely.area(land.degrees(community)), rel=1e-9)
    return found


def sizes(found):
    return sorted(int(a) for a in np.round(areas_m2(found.geometry), -2))


def test_without_barriers_there_is_one_block(land):
    assert sizes(blocks_of(land)) == [120_000]


def test_crossing_roads_make_four_blocks(land):
    assert sizes(blocks_of(land, [(100, -9), (100, 309)], [(-9, 100), (409, 100)])) == [
        10_000,
        20_000,
        30_000,
        60_000,
    ]


def test_a_road_that_ends_in_the_open_does_not_cut(land):
    assert len(blocks_of(land, [(100, -9), (100, 200)])) == 1


def test_a_small_gap_is_closed_and_a_wide_one_is_not(land):
    assert len(blocks_of(land, [(100, 3), (100, 297)])) == 2
    assert len(blocks_of(land, [(100, 3), (100, 290)])) == 1


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        ({"road_class": "tertiary"}, 2),
        ({"road_class": "rail"}, 2),
        ({"road_class": "wall"}, 2),
        ({"road_class": "residential"}, 1),
        ({"tunnel": True}, 1),
        ({"bridge": True}, 2),
    ],
)
def test_classes_tunnels_and_bridges(land, columns, count):
    assert len(blocks_of(land, [(100, -9), (100, 309)], **columns)) == count


def test_the_strip_between_two_carriageways_goes_to_one_side(land):
    found = blocks_of(land, [(100, -9), (100, 309)], [(108, -9), (108, 309)])
    assert len(found) == 2
    found = blocks_of(land, [(100, -9), (100, 309)], [(122, -9), (122, 309)])
    assert len(found) == 2


def test_a_strip_with_a_building_stays(land):
    houses = land.buildings(shapely.box(101, 100, 107, 120))
    found = blocks_of(land, [(100, -9), (100, 309)], [(108, -9), (108, 309)], houses=houses)
    assert sizes(found) == [2_400, 30_000, 87_600]


def test_a_river_is_a_block_of_water_and_its_middle_line_does_not_cut_it(land):
    river = shapely.box(180, -50, 230, 350)
    found = blocks_of(land, lakes=[river, shapely.LineString([(205, -50), (205, 350)])])
    assert found["kind"].tolist() == ["land", "water", "land"]
    assert areas_m2(found.geometry)[1] == pytest.approx(15_000, rel=1e-3)


def test_a_stream_drawn_as_a_line_cuts_and_a_pond_does_not(land):
    assert len(blocks_of(land, lakes=[shapely.LineString([(205, -50), (205, 350)])])) == 2
    assert len(blocks_of(land, lakes=[shapely.box(100, 100, 130, 130)])) == 1
    assert len(blocks_of(land, lakes=[shapely.box(100, -9, 130, 309)], rules=BarrierRules(water=False))) == 1


def test_a_bridge_cuts_the_river_too(land):
    found = blocks_of(land, [(-9, 150), (409, 150)], lakes=[shapely.box(180, -50, 230, 350)], bridge=True)
    assert sorted(found["kind"]) == ["land"] * 4 + ["water"] * 2


def test_exclaves_and_holes(land):
    community = shapely.union(
        shapely.box(0, 0, 200, 300) - shapely.box(50, 50, 90, 90), shapely.box(300, 0, 400, 100)
    )
    assert sizes(blocks_of(land, community=community)) == [10_000, 58_400]
    assert len(blocks_of(land, [(-9, 150), (409, 150)], community=community)) == 3


def test_rows_in_another_order_give_the_same_blocks(land):
    lines = land.roads([(100, -9), (100, 309)], [(108, -9), (108, 309)], [(-9, 100), (409, 111)])
    outline = land.degrees(SQUARE)
    there = make_blocks(outline, lines, land.water())
    back = make_blocks(outline, lines.iloc[::-1], land.water())
    assert shapely.to_wkb(there.geometry.array).tolist() == shapely.to_wkb(back.geometry.array).tolist()


def test_an_invalid_or_empty_outline_is_refused(land):
    bow = LocalMetres.around(108.7, 34.33).to_degrees(shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]))[0]
    with pytest.raises(InputError, match="outline is invalid"):
        make_blocks(bow, land.roads(), land.water())
    with pytest.raises(InputError, match="no area"):
        make_blocks(shapely.Polygon(), land.roads(), land.water())
