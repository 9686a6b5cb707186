"""Look-ups over two communities side by side, drawn in units of 0.001 degrees:

y=2 +-----+-----+-----------+
    |  A1 |  A2 |           |      A: community ...003 with grids 001 and 002
y=0 +-----+-----+-----------+      B: community ...004, planned from 2027 on (one grid)
    0     1     2           4 = x
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import fields
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geo.locate.index
from geo.crs import KEPT_CRS
from geo.errors import InputError, MissingCrsError
from geo.locate.index import COLUMNS, Answer, LookupIndex, bad_coordinates
from geo.locate.tiles import Tiles

STEP = 0.001
DAY = dt.date(2026, 7, 1)
A, B = "610402005003", "610402005004"


def square(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(
        108.7 + x * STEP, 34.3 + y * STEP, 108.7 + (x + width) * STEP, 34.3 + (y + height) * STEP
    )


def at(x: float, y: float) -> tuple[float, float]:
    return 108.7 + x * STEP, 34.3 + y * STEP


def grid(
    code: str, shape: Any, since: dt.date, until: dt.date | None = None, plan: int = 1
) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"第{plan}网格",
        "kind": "base",
        "community_code": code[:12],
        "plan_id": plan,
        "plan_version": plan,
        "valid_from": since,
        "valid_to": until,
        "geometry": shape,
    }


GRIDS = [
    grid(f"{A}002", square(1, 0, 1, 2), dt.date(2026, 1, 1)),
    grid(f"{A}001", square(0, 0, 1, 2), dt.date(2026, 1, 1)),
    grid(f"{A}001", square(0, 0, 2, 2), dt.date(2025, 1, 1), dt.date(2026, 1, 1), plan=7),
    grid(f"{B}001", square(2, 0, 2, 2), dt.date(2027, 1, 1), plan=3),
]
PLACES = {
    "communities": gpd.GeoDataFrame(
        {"code": [B, A], "name": ["绿地社区", "桃园社区"]},
        geometry=[square(2, 0, 2, 2), square(0, 0, 2, 2)],
        crs=KEPT_CRS,
    ),
    "complexes": gpd.GeoDataFrame(
        {"ref": ["k", "m"], "name": ["桃园小区", None]},
        geometry=[square(0, 0, 1.5, 1), square(3, 0, 1, 1)],
        crs=KEPT_CRS,
    ),
    "buildings": gpd.GeoDataFrame(
        {"ref": ["b2", "b1"], "name": [None, "1号楼"]},
        geometry=[square(3.2, 0.2, 0.2, 0.2), square(0.2, 0.2, 0.2, 0.2)],
        crs=KEPT_CRS,
    ),
}


def index(rows: list[dict[str, Any]] | None = None, **layers: gpd.GeoDataFrame) -> LookupIndex:
    frame = gpd.GeoDataFrame(rows or GRIDS, crs=KEPT_CRS)
    frame = frame.iloc[:0] if rows == [] else frame
    return LookupIndex.build(version=5, grids=frame, **(PLACES | layers))


INDEX = index()


def test_the_answer_names_all_that_covers_the_point() -> None:
    answer = INDEX.locate(*at(0.3, 0.3), as_of=DAY)
    assert answer == Answer(
        status="matched",
        grid_code=f"{A}001",
        grid_name="第1网格",
        grid_kind="base",
        community_code=A,
        community_name="桃园社区",
        complex_ref="k",
        complex_name="桃园小区",
        building_ref="b1",
        building_name="1号楼",
        micro_code=None,
        micro_name=None,
        plan_id=1,
        plan_version=1,
        valid_from=dt.date(2026, 1, 1),
        valid_to=None,
        as_of=DAY,
        confidence=1.0,
        reason=answer.reason,
    )
    assert INDEX.version == 5


def test_between_buildings_there_is_no_building() -> None:
    answer = INDEX.locate(*at(1.8, 1.8), as_of=DAY)
    assert (answer.grid_code, answer.complex_ref, answer.building_ref) == (f"{A}002", None, None)


def test_a_community_without_a_plan_that_day_is_unplanned() -> None:
    answer = INDEX.locate(*at(3.3, 0.3), as_of=DAY)
    assert (answer.status, answer.grid_code, answer.community_name) == ("unplanned", None, "绿地社区")
    assert (answer.complex_ref, answer.complex_name, answer.building_ref) == ("m", None, "b2")
    assert answer.confidence == 0
    assert f"{B} has no published plan on 2026-07-01" in answer.reason.en
    assert "没有已发布" in answer.reason.zh


def test_a_planned_community_whose_grids_leave_the_point_out_says_so() -> None:
    hole = index([grid(f"{A}001", square(0, 0, 1, 2), dt.date(2026, 1, 1))])
    answer = hole.locate(*at(1.5, 1), as_of=DAY)
    assert answer.status == "unplanned"
    assert "no grid of community" in answer.reason.en


@pytest.mark.parametrize("point", [at(-1, 1), at(1, 2.001), (0.0, 0.0), (-180.0, 90.0)])
def test_outside_is_an_answer(point: tuple[float, float]) -> None:
    answer = INDEX.locate(*point, as_of=DAY)
    assert (answer.status, answer.community_code, answer.confidence) == ("outside", None, 0)


def test_a_grid_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    spans = {
        dt.date(2024, 12, 31): ("unplanned", None),
        dt.date(2025, 1, 1): ("matched", 7),
        dt.date(2025, 12, 31): ("matched", 7),
        dt.date(2026, 1, 1): ("matched", 1),
        dt.date(2099, 1, 1): ("matched", 1),
    }
    for day, expected in spans.items():
        answer = INDEX.locate(*at(0.5, 0.5), as_of=day)
        assert (answer.status, answer.plan_id) == expected, day
        assert answer.as_of == day


def test_a_shared_edge_goes_to_the_smallest_code_and_says_so() -> None:
    answer = INDEX.locate(*at(1, 1), as_of=DAY)
    assert answer.grid_code == f"{A}001"
    assert answer.confidence == 0.5
    assert f"{A}001, {A}002" in answer.reason.en
    assert "公共边" in answer.reason.zh


def test_the_outer_edge_belongs_to_the_one_grid_there() -> None:
    answer = INDEX.locate(*at(0, 1), as_of=DAY)
    assert (answer.grid_code, answer.confidence) == (f"{A}001", 1.0)


def test_a_grid_decides_its_community_on_their_common_edge() -> None:
    """A has the smaller code, but that day only B's grid covers the edge."""
    only_b = index([grid(f"{B}001", square(2, 0, 2, 2), dt.date(2026, 1, 1))])
    answer = only_b.locate(*at(2, 1), as_of=DAY)
    assert (answer.status, answer.community_code, answer.confidence) == ("matched", B, 1.0)


def test_an_unplanned_edge_goes_to_the_community_with_the_smallest_code() -> None:
    answer = index([]).locate(*at(2, 1), as_of=DAY)
    assert (answer.status, answer.community_code) == ("unplanned", A)
    assert "shared edge of communities" in answer.reason.en


def test_of_two_plans_that_both_hold_the_newest_answers() -> None:
    shape = square(0, 0, 2, 2)
    rows = [grid(f"{A}001", shape, dt.date(2026, month, 1), plan=month) for month in (3, 5, 4)]
    answer = index(rows).locate(*at(1, 1), as_of=DAY)
    assert (answer.plan_id, answer.confidence) == (5, 1.0)
    assert "shared" not in answer.reason.en


def test_many_equals_one_by_one_in_order_also_on_edges_and_corners() -> None:
    x, y = np.meshgrid(np.arange(-0.5, 4.6, 0.25), np.arange(-0.5, 2.6, 0.25))
    lon, lat = at(x.ravel(), y.ravel())  # type: ignore[arg-type]
    for day in (DAY, dt.date(2027, 1, 1), dt.date(2020, 1, 1)):
        table = INDEX.locate_many(lon, lat, as_of=day)
        assert tuple(table.columns) == COLUMNS == tuple(f.name for f in fields(Answer))
        assert table["status"].nunique() == (2 if day.year != 2026 else 3)
        rows = table.astype(object).where(table.notna(), None).itertuples(index=False, name=None)
        single = [INDEX.locate(a, b, as_of=day) for a, b in zip(lon, lat, strict=True)]
        assert [Answer(*row) for row in rows] == single


def test_many_in_lots_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    lon, lat = at(rng.uniform(-1, 5, 300), rng.uniform(-1, 3, 300))  # type: ignore[arg-type]
    whole = INDEX.locate_many(lon, lat, as_of=DAY)
    monkeypatch.setattr(geo.locate.many, "POINTS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(INDEX.locate_many(lon, lat, as_of=DAY), whole)


def test_no_points_give_an_empty_table() -> None:
    table = INDEX.locate_many([], [], as_of=DAY)
    assert len(table) == 0
    assert tuple(table.columns) == COLUMNS


def test_row_order_of_the_layers_does_not_matter() -> None:
    mixed = {name: frame.iloc[::-1] for name, frame in PLACES.items()}
    again = index(GRIDS[::-1], **mixed)
    for point in (at(1, 1), at(2, 1), at(0.3, 0.3), at(3.3, 0.3)):
        assert again.locate(*point, as_of=DAY) == INDEX.locate(*point, as_of=DAY)


def test_empty_layers_leave_everything_outside() -> None:
    empty = {name: frame.iloc[:0] for name, frame in PLACES.items()}
    nothing = index(GRIDS, **empty)
    assert nothing.locate(*at(0.5, 0.5), as_of=DAY).community_name is None
    no_grids = gpd.GeoDataFrame(GRIDS, crs=KEPT_CRS).iloc[:0]
    bare = LookupIndex.build(version=0, grids=no_grids, **empty)
    assert bare.locate(*at(0.5, 0.5), as_of=DAY).status == "outside"
    assert bare.locate_many([108.7], [34.3], as_of=DAY)["status"].tolist() == ["outside"]


def test_dates_may_come_as_a_column_of_timestamps() -> None:
    frame = gpd.GeoDataFrame(GRIDS, crs=KEPT_CRS)
    for name in ("valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name])
    answer = LookupIndex.build(version=1, grids=frame, **PLACES).locate(
        *at(0.5, 0.5), as_of=dt.date(2025, 6, 1)
    )
    assert (answer.valid_from, answer.valid_to) == (dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    assert type(answer.valid_from) is dt.date


def test_more_days_than_are_kept_are_answered_all_the_same() -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range(60)]
    rows = [
        grid(f"{A}001", square(0, 0, 2, 2), day, day + dt.timedelta(1), plan=n) for n, day in enumerate(days)
    ]
    many = index(rows)
    assert len(days) > geo.locate.index.DAYS_KEPT
    assert [many.locate(*at(1, 1), as_of=day).plan_id for day in days] == list(range(60))
    assert [many.locate_many(*at(1, 1), as_of=day)["plan_id"].iloc[0] for day in days] == list(range(60))


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 34.3), (108.7, float("inf")), (34.3, 108.7), (181.0, 0.0), (0.0, -90.1)]
)
def test_bad_coordinates_are_refused_in_both_languages(lon: float, lat: float) -> None:
    assert bad_coordinates([lon], [lat]).all()
    with pytest.raises(InputError) as caught:
        INDEX.locate(lon, lat, as_of=DAY)
    assert "先经度后纬度" in caught.value.words.zh
    with pytest.raises(InputError, match="point 2"):
        INDEX.locate_many([108.7, lon], [34.3, lat], as_of=DAY)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(InputError, match="same length"):
        INDEX.locate_many([1.0, 2.0], [1.0], as_of=DAY)


def test_what_an_index_needs_is_said() -> None:
    frame = gpd.GeoDataFrame(GRIDS, crs=KEPT_CRS)
    with pytest.raises(InputError, match="plan_id"):
        LookupIndex.build(version=1, grids=frame.drop(columns="plan_id"), **PLACES)
    with pytest.raises(InputError, match="no first day"):
        LookupIndex.build(version=1, grids=frame.assign(valid_from=None), **PLACES)
    with pytest.raises(MissingCrsError):
        LookupIndex.build(version=1, grids=frame.set_crs(None, allow_override=True), **PLACES)


def test_threads_share_an_index() -> None:
    rng = np.random.default_rng(1)
    lon, lat = at(rng.uniform(0, 4, 2000), rng.uniform(0, 2, 2000))  # type: ignore[arg-type]
    expected = INDEX.locate_many(lon, lat, as_of=DAY)
    fresh, results = index(), []
    threads = [
        threading.Thread(target=lambda: results.append(fresh.locate_many(lon, lat, as_of=DAY)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for table in results:
        pd.testing.assert_frame_equal(table, expected)


def test_tiles_find_every_box_that_holds_a_point() -> None:
    rng = np.random.default_rng(2)
    west, south = rng.uniform(0, 10, (2, 200))
    wide, high = rng.uniform(0, 3, (2, 200))
    boxes = np.append(shapely.box(west, south, west + wide, south + high), [shapely.Polygon(), None])
    tiles = Tiles.over(boxes)
    corners = shapely.bounds(boxes)[:200]
    for x, y in [*corners[:, :2], *corners[:, 2:], *rng.uniform(-1, 14, (200, 2))]:
        holds = (corners[:, 0] <= x) & (x <= corners[:, 2]) & (corners[:, 1] <= y) & (y <= corners[:, 3])
        assert set(np.flatnonzero(holds)) <= set(tiles.at(x, y).tolist())
        point = tiles.order(np.array([x]), np.array([y]))
        if len(point):
            assert tiles.pairs(np.array([x]), np.array([y]))[1].tolist() == np.flatnonzero(holds).tolist()


def test_tiles_stay_few_when_shapes_lie_far_apart() -> None:
    tiles = Tiles.over(shapely.box([0, 1e6], [0, 1e6], [1, 1e6 + 1], [1, 1e6 + 1]))
    assert tiles.side <= geo.locate.tiles.MOST_TILES_A_SIDE
    assert tiles.at(0.5, 0.5).tolist() == [0]
    assert tiles.at(1e6 + 1, 1e6 + 1).tolist() == [1]
