"""Repairs that are safe are made, the others refused; overlaps are measured; shapes find their area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box, from_wkt

from geo.crs import LocalMetres, areas_m2
from geo.topology import broken, clean_slivers, largest_share, overlaps, overlaps_between, repair, trim

TOWN = LocalMetres.around(108.7, 34.33)


def in_metres(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    """Shapes drawn in metres around the town, as a frame in EPSG:4490."""
    return gpd.GeoDataFrame(geometry=TOWN.to_degrees(np.array(shapes, dtype=object)), crs="EPSG:4490")


def test_sound_shapes_come_back_as_they_are() -> None:
    frame = in_metres(box(0, 0, 10, 10))
    assert repair(frame).frame is frame


def test_a_spike_goes_and_the_area_stays() -> None:
    frame = in_metres(from_wkt("POLYGON ((0 0, 100 0, 100 100, 100 150, 100 100, 0 100, 0 0))"))
    mended = repair(frame)
    assert [position for position, _ in mended.changes] == [0]
    assert areas_m2(mended.frame)[0] == pytest.approx(10_000, rel=1e-4)
    assert not broken(mended.frame)
    assert not frame.geometry.iloc[0].is_valid, "the input does not change"


def test_a_hole_drawn_as_part_of_the_ring_becomes_a_hole() -> None:
    ring = "POLYGON ((0 0, 100 0, 100 100, 50 100, 70 50, 30 50, 50 100, 0 100, 0 0))"
    mended = repair(in_metres(from_wkt(ring)))
    shape = mended.frame.geometry.iloc[0]
    assert shape.geom_type == "Polygon"
    assert len(shape.interiors) == 1
    assert areas_m2(mended.frame)[0] == pytest.approx(10_000 - 1_000, rel=1e-4)


def test_a_tiny_loop_at_a_corner_goes() -> None:
    loop = "POLYGON ((0 0, 100 0, 100 100, 0 100, -0.1 0.1, 0.1 -0.1, 0 0))"
    mended = repair(in_metres(from_wkt(loop)))
    assert not broken(mended.frame)
    assert areas_m2(mended.frame)[0] == pytest.approx(10_000, rel=1e-3)


@pytest.mark.parametrize(
    "ring",
    [
        "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))",  # a bow tie: which side was meant?
        "POLYGON ((0 0, 100 0, 100 100, 50 0, 0 100, 0 0))",  # two halves hanging on a point
        "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (200 0, 300 0, 300 100, 200 0))",  # a hole outside
    ],
)
def test_a_repair_that_would_change_the_ground_is_refused(ring: str) -> None:
    mended = repair(in_metres(from_wkt(ring)))
    assert not mended.changes
    assert [position for position, _ in broken(mended.frame)] == [0]


def test_repeated_points_go_from_lines_and_polygons() -> None:
    line = from_wkt("LINESTRING (0 0, 10 0, 10 0, 20 0)")
    mended = repair(in_metres(line))
    assert shapely.get_num_coordinates(mended.frame.geometry.iloc[0]) == 3


def test_coordinates_that_are_no_numbers_are_broken() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.linestrings([[0, 0], [np.inf, 1]])], crs="EPSG:4490")
    assert "finite" in broken(frame)[0][1].en


NOTHING_THERE = {
    "identical points": "POLYGON ((5 5, 5 5, 5 5, 5 5))",
    "flat": "POLYGON ((0 0, 10 0, 20 0, 0 0))",
    "flat there and back": "POLYGON ((0 0, 10 10, 10 10, 0 0))",
    "thinner than kept coordinates": "POLYGON ((0 0, 1e-5 0, 1e-5 1e-5, 0 0))",
    "all parts flat": "MULTIPOLYGON (((0 0, 9 0, 5 0, 0 0)), ((20 0, 30 0, 25 0, 20 0)))",
    "flat in a collection": "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POLYGON ((0 0, 10 0, 20 0, 0 0))))",
    "flat with a flat hole": "POLYGON ((0 0, 10 0, 20 0, 0 0), (1 0, 2 0, 3 0, 1 0))",
    "a line of one point": "LINESTRING (3 3, 3 3)",
    "lines of one point": "MULTILINESTRING ((3 3, 3 3), (4 4, 4 4))",
}


@pytest.mark.parametrize("wkt", NOTHING_THERE.values(), ids=NOTHING_THERE.keys())
def test_what_has_no_extent_is_a_fault_and_no_repair(wkt: str) -> None:
    sound = box(0, 0, 10, 10)
    mended = repair(in_metres(sound, from_wkt(wkt)))
    assert not mended.frame.geometry.is_empty.any()
    assert not any("same" in words.en for _, words in mended.changes)
    ((position, words),) = broken(mended.frame)
    assert position == 1
    assert "no area" in words.en or "no length" in words.en


@pytest.mark.parametrize(
    "wkt",
    [
        "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (5 5, 5 5, 5 5, 5 5))",
        "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (5 5, 9 5, 7 5, 5 5))",
        "GEOMETRYCOLLECTION (POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0)))",
        "GEOMETRYCOLLECTION Z (GEOMETRYCOLLECTION Z (POLYGON Z ((0 0 1, 100 0 1, 100 100 1, 0 100 1, 0 0 1))))",
        "GEOMETRYCOLLECTION (POLYGON EMPTY, MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0))))",
        "MULTIPOLYGON (EMPTY, ((0 0, 100 0, 100 100, 0 100, 0 0)))",
    ],
)
def test_what_surrounds_a_sound_shape_goes(wkt: str) -> None:
    mended = repair(in_metres(from_wkt(wkt)))
    shape = mended.frame.geometry.iloc[0]
    assert shape.geom_type == "Polygon"
    assert not shape.has_z
    assert not broken(mended.frame)
    assert areas_m2(mended.frame)[0] == pytest.approx(10_000, rel=1e-4)
    assert [position for position, _ in mended.changes] == [0]


def test_heights_go_also_those_that_are_no_numbers() -> None:
    solid = from_wkt("POLYGON Z ((108 34 1, 108.1 34 2, 108.1 34.1 NaN, 108 34 1))")
    mended = repair(gpd.GeoDataFrame(geometry=[solid], crs="EPSG:4490"))
    assert not mended.frame.geometry.iloc[0].has_z
    assert [words.zh for _, words in mended.changes] == ["已去掉高程"]
    assert not broken(mended.frame)


def test_collections_of_several_kinds_and_lost_parts_are_left_to_their_owner() -> None:
    mixed = from_wkt("GEOMETRYCOLLECTION (POLYGON ((0 0, 9 0, 9 9, 0 0)), POINT (1 1))")
    one_part_flat = from_wkt("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((20 0, 30 0, 25 0, 20 0)))")
    mended = repair(in_metres(mixed, one_part_flat))
    assert mended.frame.geometry.iloc[0].geom_type == "GeometryCollection"
    assert [position for position, _ in broken(mended.frame)] == [1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [0, 1, 2])
def test_coordinates_that_are_no_numbers_are_named_in_any_shape(bad: float, where: int) -> None:
    ring = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    ring[where + 1, 0] = bad
    with np.errstate(invalid="ignore"):
        shapes = [
            shapely.polygons(ring),
            shapely.multipolygons([shapely.polygons(ring)]),
            shapely.linestrings(ring),
            shapely.points([bad, 1]),
            shapely.geometrycollections([shapely.points([bad, 1])]),
        ]
    frame = repair(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")).frame
    named = {position: words.en for position, words in broken(frame)}
    assert sorted(named) == [0, 1, 2, 3, 4]
    assert all("finite" in words for words in named.values())


def test_overlaps_tell_a_sliver_from_a_dispute() -> None:
    #   a a a      a and b share a strip 0.3 m wide, b and c one of 20 m
    frame = in_metres(box(0, 0, 100, 100), box(99.7, 0, 200, 100), box(180, 0, 300, 100))
    found = overlaps(frame, min_area_m2=0.01)
    assert found[["a", "b", "sliver"]].to_numpy().tolist() == [[0, 1, True], [1, 2, False]]
    assert found.area_m2.tolist() == pytest.approx([30, 2000], rel=1e-3)


def test_neighbours_that_only_touch_do_not_overlap() -> None:
    assert overlaps(in_metres(box(0, 0, 1, 1), box(1, 0, 2, 1)), min_area_m2=1e-6).empty


def test_overlaps_between_two_layers() -> None:
    found = overlaps_between(
        in_metres(box(0, 0, 9, 9)), in_metres(box(50, 0, 60, 9), box(5, 0, 20, 9)), min_area_m2=1
    )
    assert found[["a", "b"]].to_numpy().tolist() == [[0, 1]]


def test_slivers_and_enclosed_hair_gaps_are_closed_to_a_valid_coverage() -> None:
    #  a c d     a and b overlap by 0.2 m; between b and c a gap of 0.3 m is shut in by a and d
    #  a b d
    parts = (box(0, 0, 100, 200), box(99.8, 0, 200, 100), box(100, 100.3, 200, 200), box(200, 0, 210, 200))
    frame = in_metres(*parts)
    cleaned = clean_slivers(frame)
    assert overlaps(cleaned, min_area_m2=1e-4).empty
    assert shapely.coverage_is_valid(cleaned.geometry.array)
    assert areas_m2(cleaned).sum() == pytest.approx(210 * 200, rel=1e-4)


def test_trim_takes_the_other_ground_off() -> None:
    trimmed = trim(in_metres(box(0, 0, 100, 10)), [0], in_metres(box(90, 0, 200, 10)))
    assert areas_m2(trimmed)[0] == pytest.approx(900, rel=1e-3)


def test_largest_share_finds_best_second_and_total() -> None:
    areas = [box(0, 0, 10, 10), box(10, 0, 20, 10)]
    shapes = [box(6, 0, 12, 1), box(1, 1, 2, 2), box(18, 0, 22, 1), box(50, 50, 51, 51), shapely.Point(15, 5)]
    found = largest_share(shapes, areas)
    assert found.area.tolist() == [0, 0, 1, -1, 1]
    assert found.share.tolist() == pytest.approx([4 / 6, 1, 0.5, 0, 1])
    assert found.second.tolist() == [1, -1, -1, -1, -1]
    assert found.total.tolist() == pytest.approx([1, 1, 0.5, 0, 1])


def test_largest_share_gives_ties_to_the_first() -> None:
    found = largest_share([box(9, 0, 11, 1)], [box(0, 0, 10, 10), box(10, 0, 20, 10)])
    assert (found.area[0], found.second[0]) == (0, 1)


def test_largest_share_of_nothing() -> None:
    assert largest_share([], [box(0, 0, 1, 1)]).area.tolist() == []
    assert largest_share([box(0, 0, 1, 1)], []).area.tolist() == [-1]
