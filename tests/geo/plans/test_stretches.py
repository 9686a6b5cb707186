"""Numbered stretches of outlines, on squares of 200 m drawn by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import KEPT_CRS, LocalMetres
from geo.plans.stretches import COLUMNS, LONG_M, check_word, stretches, walked

LOCAL = LocalMetres.around(108.7, 34.33)


def frame(*rows: tuple[Any, str], column: str = "name") -> gpd.GeoDataFrame:
    shapes = np.array([shape for shape, _ in rows], dtype=object)
    return gpd.GeoDataFrame(
        {column: [name for _, name in rows]}, geometry=LOCAL.to_degrees(shapes), crs=KEPT_CRS
    )


def box(column: int, row: int) -> Any:
    return shapely.box(200 * column, 200 * row, 200 * column + 200, 200 * row + 200)


NOTHING = frame((box(9, 9), "远"))
MIDDLE = frame((box(1, 1), "m"), column="code")
AROUND = frame((box(1, 2), "北"), (box(2, 1), "东"), (box(1, 0), "南"), (box(0, 1), "西"))


def told(found: gpd.GeoDataFrame) -> list[tuple[int, str, str]]:
    return list(zip(found["number"], found["along"], found["beside"], strict=True))


def test_one_stretch_a_neighbour_clockwise_from_the_north_west() -> None:
    found = stretches(MIDDLE, [], AROUND)
    assert told(found) == [(1, "", "北"), (2, "", "东"), (3, "", "南"), (4, "", "西")]
    assert found["length_m"].tolist() == pytest.approx([200] * 4, abs=6)
    assert found.crs == KEPT_CRS
    assert tuple(found.columns) == COLUMNS


def test_a_road_divides_and_names() -> None:
    road = frame((shapely.LineString([(200, 405), (300, 405)]), "桂花路"))
    found = stretches(MIDDLE, [road], AROUND)
    assert told(found)[:2] == [(1, "桂花路", "北"), (2, "", "北")]


def test_in_the_middle_of_a_wide_river_it_runs_along_the_river() -> None:
    river = frame((shapely.box(0, 300, 600, 500), "锦川河"))
    assert told(stretches(MIDDLE, [river], AROUND))[0] == (1, "锦川河", "北")


def test_a_few_steps_go_with_what_is_beside_them() -> None:
    bit = frame((shapely.box(400, 390, 410, 400), "岗亭"), *[(box(2, 1), "东"), (box(1, 2), "北")])
    assert all(beside != "岗亭" for _, _, beside in told(stretches(MIDDLE, [], bit)))


def test_long_ones_are_halved() -> None:
    wide = frame((shapely.box(0, 0, 1000, 300), "w"), column="code")
    found = stretches(wide, [], NOTHING)
    assert found["length_m"].max() <= LONG_M + 10
    assert found["length_m"].sum() == pytest.approx(2600, rel=0.01)
    assert found["number"].tolist() == list(range(1, len(found) + 1))


def test_stretches_make_up_the_whole_outline() -> None:
    found = stretches(MIDDLE, [], AROUND)
    line = shapely.line_merge(shapely.union_all(np.asarray(found.geometry.array, dtype=object)))
    assert shapely.is_closed(line)
    assert shapely.hausdorff_distance(line, MIDDLE.geometry.iloc[0].exterior) < 1e-7


def test_parts_and_holes() -> None:
    two = shapely.union_all([box(0, 0), box(3, 0)])
    assert stretches(frame((two, "t"), column="code"), [], NOTHING)["number"].tolist() == [1, 2, 3, 4]
    holed = shapely.difference(shapely.box(0, 0, 600, 600), box(1, 1))
    found = stretches(frame((holed, "h"), column="code"), [], NOTHING)
    assert found["length_m"].sum() == pytest.approx(2400, rel=0.01)


def test_what_was_walked_from_the_other_side_is_walked() -> None:
    both = frame((box(1, 1), "m"), (box(2, 1), "o"), column="code")
    areas = frame((box(1, 1), "中"), (box(2, 1), "东"))
    found = stretches(both, [], areas)
    shared = found[(found["code"] == "m") & (found["beside"] == "东")]
    done = walked(found, np.asarray(shared.geometry.array, dtype=object))
    assert set(zip(found["code"][done], found["beside"][done], strict=True)) == {("m", "东"), ("o", "中")}
    assert not walked(found, np.empty(0, dtype=object)).any()


def test_the_check_word_follows_the_outline() -> None:
    first, again = stretches(MIDDLE, [], AROUND), stretches(MIDDLE, [], AROUND)
    other = stretches(frame((shapely.box(200, 200, 400, 390), "m"), column="code"), [], AROUND)
    assert check_word(first) == check_word(again) != check_word(other)


def test_no_grids_no_stretches() -> None:
    assert stretches(MIDDLE.iloc[:0], [], AROUND).columns.tolist() == list(COLUMNS)
