"""Addresses to grids over a street of four buildings in two grids.

   grid g1          grid g2        (none)
│ 1号楼  2号楼 │ 3号楼 甲2号楼 │ 外1号楼          桂苑: 1-3号楼; 兰苑: 2号楼 (甲2) ; 远苑: 外1
0      1      2      3       4       5
"""

from __future__ import annotations

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.register.gazetteer import Gazetteer
from geo.locate.addresses import COLUMNS, AddressLookup
from geo.locate.index import LookupIndex

SINCE, DAY = date(2026, 6, 1), date(2026, 11, 22)
ASKED = (
    "桂苑1号楼3单元201",
    "桂苑3号楼",
    "兰苑2号楼",
    "桂苑",
    "远苑1号楼",
    "月苑1号楼",
    "",
    "桂苑9号楼",
    "春苑2号楼",
)


HOUSES = pd.DataFrame(
    {
        "building_id": ["b1", "b2", "b3", "b4", "b5", "b6"],
        "complex_id": ["k1", "k1", "k1", "k2", "k3", "k4"],
        "name": ["1号楼", "2号楼", "3号楼", "2号楼", "1号楼", "2号楼"],
        "complex_name": ["桂苑"] * 3 + ["兰苑", "远苑", "兰苑北区"],
        "lon": [0.5, 1.5, 2.5, 3.5, 4.5, 3.6],
        "lat": [0.5] * 6,
    }
)


def frame(shapes: list[shapely.Polygon], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4490)


def grids(plan: int = 1, *, since: date = SINCE, until: date | None = None) -> gpd.GeoDataFrame:
    return frame(
        [shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1)],
        code=["g1", "g2"],
        name=["第一网格", "第二网格"],
        kind="base",
        community_code="c",
        plan_id=plan,
        plan_version=plan,
        valid_from=[since] * 2,
        valid_to=[until] * 2,
    )


def build(*plans: gpd.GeoDataFrame) -> AddressLookup:
    index = LookupIndex.build(
        version=7,
        grids=gpd.GeoDataFrame(pd.concat(plans, ignore_index=True)),
        communities=frame([shapely.box(0, 0, 4, 1)], code=["c"], name=["甲社区"]),
        complexes=frame([shapely.box(0, 0, 3, 1)], ref=["k1"], name=["桂苑"]),
        buildings=frame([shapely.box(0.4, 0.4, 0.6, 0.6)], ref=["b1"], name=["1号楼"]),
    )
    homes = pd.DataFrame(
        {
            "complex_id": ["k1", "k2", "k3", "k4"],
            "name": ["桂苑", "兰苑", "远苑", "兰苑北区"],
            "aliases": ["", "春苑", "", "春苑"],
        }
    )
    built = Gazetteer.from_frames(homes, HOUSES)
    return AddressLookup.build(index, Matcher(built), Suggester(built), HOUSES)


@pytest.fixture(scope="module")
def lookup() -> AddressLookup:
    return build(grids())


def test_one_building_has_one_grid(lookup: AddressLookup) -> None:
    found = lookup.locate("桂苑1号楼3单元201", as_of=DAY)
    assert (found.status, found.level, found.unit, found.room) == ("matched", "room", "3", "201")
    assert found.home is not None
    assert (found.home.building_ref, found.home.complex_name, found.home.grid_code) == ("b1", "桂苑", "g1")
    assert found.grid is found.home
    assert found.confidence > 0.9
    assert found.reason in found.evidence


def test_several_buildings_in_one_grid_share_it(lookup: AddressLookup) -> None:
    found = lookup.locate("春苑2号楼", as_of=DAY)
    assert (found.status, found.home, found.confidence) == ("ambiguous", None, 0.0)
    assert {home.building_ref for home in found.candidates} == {"b4", "b6"}
    assert found.grid is not None
    assert found.grid.grid_code == "g2"
    spread = lookup.locate("桂苑", as_of=DAY)
    assert (spread.candidate_count, spread.shared, spread.grid) == (3, None, None)


def test_every_complex_shows_a_building_before_any_shows_two(lookup: AddressLookup) -> None:
    assert lookup._spread([0, 1, 2, 3, 4]) == [0, 3, 4, 1, 2]
    assert lookup._spread([2, 1]) == [2, 1]


def test_a_building_without_a_grid_says_why(lookup: AddressLookup) -> None:
    early = lookup.locate("桂苑1号楼", as_of=SINCE - timedelta(days=1))
    assert (early.status, early.grid) == ("unplanned", None)
    assert early.home is not None
    assert "2026-05-31" in early.reason.en
    assert lookup.locate("远苑1号楼", as_of=DAY).status == "outside"


def test_many_are_answered_like_one(lookup: AddressLookup) -> None:
    for day in (DAY, SINCE - timedelta(days=1)):
        table = lookup.locate_many(ASKED, as_of=day)
        assert list(table.columns) == list(COLUMNS)
        plain = table.astype(object).where(table.notna(), None)
        for text, row in zip(ASKED, plain.to_dict("records"), strict=True):
            one = lookup.locate(text, as_of=day)
            place = one.home or one.shared
            assert row["status"] == one.status, text
            assert row["building_ref"] == (one.home and one.home.building_ref)
            assert row["grid_code"] == (place and place.grid_code)
            assert row["community_name"] == (place and place.community_name)
            assert (row["unit"], row["room"], row["level"]) == (one.unit, one.room, one.level)
            assert row["confidence"] == pytest.approx(one.confidence)
            shown = "|".join(home.building_ref for home in one.candidates)
            assert (row["candidates"] or "") == shown


def test_nothing_asked_is_nothing_answered(lookup: AddressLookup) -> None:
    assert lookup.locate_many([], as_of=DAY).empty


def test_grids_of_buildings_by_day(lookup: AddressLookup) -> None:
    refs = np.array(["b3", "b9", "b1"], dtype=object)
    assert lookup.grids_of(refs, as_of=DAY).tolist() == ["g2", None, "g1"]
    assert lookup.grids_of(refs, as_of=SINCE - timedelta(days=1)).tolist() == [None, None, None]
    assert [home.grid_code for home in lookup.homes(["b1", "b9"], as_of=DAY)] == ["g1"]


def test_no_day_costs_more_than_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buildings are laid over the grids when the look-up is made, and never again, however many days are asked."""
    since = [SINCE + timedelta(days=i) for i in range(80)]
    ends = [*since[1:], None]
    many = build(
        *(grids(i, since=first, until=end) for i, (first, end) in enumerate(zip(since, ends, strict=True)))
    )
    asked: list[int] = []
    true = shapely.intersects_xy
    monkeypatch.setattr(shapely, "intersects_xy", lambda *args: asked.append(len(args[0])) or true(*args))
    for plan, day in enumerate(since):
        for text in ("桂苑1号楼", "桂苑", "兰苑2号楼"):
            found = many.locate(text, as_of=day)
            assert {home.plan_id for home in (found.home, *found.candidates) if home} == {plan}
        assert many.locate_many(["桂苑1号楼", "月苑"], as_of=day)["plan_id"].tolist() == [plan, None]
        assert many.grids_of(np.array(["b3", "b1"], dtype=object), as_of=day).tolist() == ["g2", "g1"]
    assert asked == []
    for plan, day in enumerate(since):
        assert many.index.locate(0.5, 0.5, as_of=day).plan_id == plan
    assert max(asked) <= 2 + 2 * len(since)  # no table of a day was made for one point


def test_days_between_two_changes_are_one_span(lookup: AddressLookup) -> None:
    before, index = SINCE - timedelta(days=1), lookup.index
    assert index.span(DAY) == index.span(SINCE) == (SINCE, None)
    assert index.span(before) == (None, SINCE)


def test_what_is_around_a_place(lookup: AddressLookup) -> None:
    def keys(layer: int, *box: float, day: date = DAY) -> list[str]:
        west, south, east, north = box
        return [key for key, _, _ in lookup.index.around((west, south, east, north), layer=layer, as_of=day)]

    assert keys(0, 0.1, 0.1, 0.2, 0.2) == ["g1"]
    assert keys(0, 1.9, 0.1, 2.1, 0.2) == ["g1", "g2"]
    assert keys(0, 1.9, 0.1, 2.1, 0.2, day=SINCE - timedelta(days=1)) == []
    assert keys(1, 9, 9, 10, 10) == []
    assert (keys(1, 0, 0, 1, 1), keys(2, 0, 0, 1, 1), keys(3, 0, 0, 1, 1)) == (["c"], ["k1"], ["b1"])
