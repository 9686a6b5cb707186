"""Extents in words on a square of 400 m between a road, a river and its neighbours."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import KEPT_CRS, LocalMetres
from geo.plans.extents import SIDES, extent_words, extents

LOCAL = LocalMetres.around(108.7, 34.33)


def frame(*rows: tuple[Any, str | None]) -> gpd.GeoDataFrame:
    shapes = np.array([shape for shape, _ in rows], dtype=object)
    names = pd.array([name for _, name in rows], dtype="str")
    return gpd.GeoDataFrame({"name": names}, geometry=list(LOCAL.to_degrees(shapes)), crs=KEPT_CRS)


def line(*xy: tuple[float, float]) -> Any:
    return shapely.LineString(xy)


GRID = frame((shapely.box(0, 0, 400, 400), "第一网格"))
NOTHING = frame()


def told(lines: gpd.GeoDataFrame, areas: gpd.GeoDataFrame = NOTHING) -> dict[str, tuple[str, ...]]:
    return {str(side): names for side, names in extents(GRID, [lines], areas).iloc[0].items()}


def test_roads_and_the_rim_of_waters_are_told_by_side() -> None:
    lines = frame((line((410, -50), (410, 450)), "桂花路"), (shapely.box(-50, 405, 450, 460), "丁河"))
    assert told(lines) == {"east": ("桂花路",), "south": (), "west": (), "north": ("丁河",)}


def test_names_along_a_side_run_from_west_and_from_north() -> None:
    lines = frame(
        (line((200, 0), (420, 0)), "乙路"),
        (line((0, 0), (200, 0)), "甲路"),
        (line((0, 0), (0, 150)), "南河"),
        (line((0, 150), (0, 400)), "北河"),
    )
    found = told(lines)
    assert (found["south"], found["west"]) == (("甲路", "乙路"), ("北河", "南河"))


@pytest.mark.parametrize(
    "shape",
    [line((200, -100), (200, 60)), line((-50, 470), (450, 470)), line((0, 400), (60, 400))],
    ids=["ends at the rim", "too far", "follows a seventh of the side"],
)
def test_a_road_that_does_not_run_along_a_side_is_not_told_beside_one_that_does(shape: Any) -> None:
    along = frame((line((0, 0), (400, 0)), "甲路"), (line((60, 400), (400, 400)), "丙路"), (shape, "乙路"))
    found = told(along)
    assert found["south"] == ("甲路",)
    assert found["north"] == ("丙路",)


def test_where_no_line_is_named_the_area_beside_is_and_the_smaller_of_two() -> None:
    areas = frame(
        (shapely.box(400, 0, 800, 400), "第二网格"),
        (shapely.box(400, -400, 1200, 400), "晴园社区"),
        (shapely.box(-400, -400, 400, 400), "自己的社区"),
        (shapely.box(0, 400, 400, 800), None),
    )
    found = told(frame((line((0, 0), (400, 0)), None)), areas)
    assert found == {"east": ("第二网格",), "south": (), "west": (), "north": ()}


def test_every_part_counts_and_the_index_stays() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(500, 0, 600, 100)])
    two = pd.concat([frame((parts, "飞地")), GRID]).set_axis([7, 3])
    found = extents(gpd.GeoDataFrame(two), [frame((line((600, 0), (600, 100)), "东街"))], NOTHING)
    assert found.index.tolist() == [7, 3]
    assert found.loc[7, "east"] == ("东街",)


def test_no_grids_no_extents_and_inputs_stay() -> None:
    before = GRID.copy()
    assert extents(GRID.iloc[:0], [], NOTHING).columns.tolist() == list(SIDES)
    told(frame((line((0, 0), (400, 0)), "甲路")))
    assert GRID.equals(before)


def test_unknown_sides_are_left_out_of_the_words() -> None:
    row = pd.Series({"east": ("甲路", "乙河"), "south": (), "west": (), "north": ("丙",)})
    assert extent_words(row) == ("east to 甲路, 乙河; north to 丙", "东至甲路、乙河；北至丙")
