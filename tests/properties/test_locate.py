"""A look-up finds what a plain loop over all shapes finds; on an edge exactly one grid answers."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import KEPT_CRS, round_coordinates
from geo.locate.index import LookupIndex

DAY = dt.date(2026, 7, 1)
SINCE = [dt.date(2026, 1, 1), dt.date(2025, 1, 1), dt.date(2027, 1, 1)]
UNTIL = [None, dt.date(2026, 1, 1), None]
BOX = shapely.box(108.70, 34.30, 108.72, 34.32)


def _index(seed: int) -> tuple[LookupIndex, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Three plans over the box of which one holds, communities, and complexes that overlap."""
    rng = np.random.default_rng(seed)
    frames = []
    for plan, (since, until) in enumerate(zip(SINCE, UNTIL, strict=True)):
        shapes = _voronoi(rng, 12)
        n = len(shapes)
        order = rng.permutation(n)
        frames.append(
            {
                "code": [f"610402005003{i + 1:03d}" for i in order],
                "name": [f"{i}" for i in order],
                "kind": ["base"] * n,
                "community_code": ["610402005003"] * n,
                "plan_id": [plan] * n,
                "plan_version": [1] * n,
                "valid_from": [since] * n,
                "valid_to": [until] * n,
                "geometry": list(shapes),
            }
        )
    grids = gpd.GeoDataFrame(
        {key: [value for frame in frames for value in frame[key]] for key in frames[0]}, crs=KEPT_CRS
    )
    communities = gpd.GeoDataFrame({"code": ["610402005003"], "name": ["桃园"]}, geometry=[BOX], crs=KEPT_CRS)
    corner = rng.uniform([108.70, 34.30], [108.72, 34.32], (30, 2))
    complexes = gpd.GeoDataFrame(
        {"ref": [f"k{i:02d}" for i in rng.permutation(30)], "name": "小区"},
        geometry=shapely.box(*corner.T, *(corner + rng.uniform(0, 0.004, (30, 2))).T),
        crs=KEPT_CRS,
    )
    index = LookupIndex.build(
        version=1, grids=grids, communities=communities, complexes=complexes, buildings=complexes.iloc[:0]
    )
    return index, grids[grids["plan_id"] == 0], complexes


def _voronoi(rng: np.random.Generator, n: int) -> np.ndarray:
    points = shapely.MultiPoint(rng.uniform([108.70, 34.30], [108.72, 34.32], (n, 2)))
    shapes = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=BOX))
    return shapely.coverage_clean(round_coordinates(shapely.intersection(shapes, BOX)))


INDEX, GRIDS, COMPLEXES = _index(4)
lon = st.floats(108.699, 108.721)
lat = st.floats(34.299, 34.321)
corners = st.sampled_from(shapely.get_coordinates(GRIDS.geometry.array).tolist())


def smallest(frame: gpd.GeoDataFrame, key: str, point: shapely.Point) -> str | None:
    return min(frame[key][shapely.covers(frame.geometry.array, point)], default=None)


@settings(max_examples=300, deadline=None)
@given(st.tuples(lon, lat) | corners)
def test_an_answer_is_what_a_plain_loop_finds(xy: tuple[float, float]) -> None:
    answer = INDEX.locate(*xy, as_of=DAY)
    point = shapely.Point(*xy)
    assert answer.grid_code == smallest(GRIDS, "code", point)
    assert answer.complex_ref == smallest(COMPLEXES, "ref", point)
    covering = int(shapely.covers(GRIDS.geometry.array, point).sum())
    assert answer.confidence == (1 / covering if covering else 0)
    assert (answer.status == "outside") == (not BOX.covers(point))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(lon, lat) | corners, min_size=1, max_size=40))
def test_many_points_get_the_answers_of_one_by_one(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    table = INDEX.locate_many(x, y, as_of=DAY)
    single = [INDEX.locate(*point, as_of=DAY) for point in points]
    assert table["grid_code"].astype(object).where(table["grid_code"].notna(), None).tolist() == [
        answer.grid_code for answer in single
    ]
    assert table["reason"].tolist() == [answer.reason for answer in single]
    assert table["confidence"].tolist() == [answer.confidence for answer in single]


@settings(max_examples=200, deadline=None)
@given(corners)
def test_on_a_shared_corner_exactly_one_grid_answers_and_the_reason_says_why(xy: list[float]) -> None:
    answer = INDEX.locate(*xy, as_of=DAY)
    on = sorted(GRIDS["code"][shapely.covers(GRIDS.geometry.array, shapely.Point(*xy))])
    assert answer.grid_code == on[0]
    assert all(code in answer.reason.en for code in on) == (len(on) > 1)


def _dated(seed: int) -> gpd.GeoDataFrame:
    """Complexes of which some ended, and some of these came back with another extent."""
    rng = np.random.default_rng(seed)
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=int(n)) for n in rng.integers(0, 365, len(COMPLEXES))]
    ends = rng.random(len(COMPLEXES)) < 0.6
    until = [day if end else None for day, end in zip(days, ends, strict=True)]
    before = COMPLEXES.assign(held_since=None, held_until=until)
    back = before[ends & (rng.random(len(COMPLEXES)) < 0.5)]
    again = COMPLEXES.loc[back.index].assign(held_since=back["held_until"], held_until=None)
    again = again.set_geometry(
        np.asarray(COMPLEXES.geometry.array)[rng.permutation(len(COMPLEXES))[: len(again)]]
    )
    both = {name: [*before[name], *again[name]] for name in before.columns if name != "geometry"}
    return gpd.GeoDataFrame(both, geometry=[*before.geometry, *again.geometry], crs=KEPT_CRS)


DATED = _dated(7)
DATED_INDEX = LookupIndex.build(
    version=1,
    grids=GRIDS,
    communities=gpd.GeoDataFrame({"code": ["610402005003"], "name": ["桃园"]}, geometry=[BOX], crs=KEPT_CRS),
    complexes=DATED,
    buildings=COMPLEXES.iloc[:0],
)


@settings(max_examples=300, deadline=None)
@given(st.tuples(lon, lat), st.dates(dt.date(2025, 12, 1), dt.date(2027, 1, 31)))
def test_what_has_ended_answers_on_its_days_only(xy: tuple[float, float], day: dt.date) -> None:
    holds = [
        (since is None or since <= day) and (until is None or day < until)
        for since, until in zip(DATED["held_since"], DATED["held_until"], strict=True)
    ]
    expected = smallest(DATED[holds], "ref", shapely.Point(*xy))
    assert DATED_INDEX.locate(*xy, as_of=day).complex_ref == expected
    (many,) = DATED_INDEX.locate_many([xy[0]], [xy[1]], as_of=day)["complex_ref"].astype(object)
    assert (None if many != many else many) == expected
    first, after = DATED_INDEX.span(day)
    assert first is None or first <= day
    assert after is None or day < after
