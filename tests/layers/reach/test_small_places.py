"""Places one takes in at a glance, from the file to the figures: a river, islands, stations where none should be.

─b0───┬───b1─     north street, y = 200: 20 households at x = 0, 40 at x = 1,000
≈≈≈≈≈≈╫≈≈≈≈≈≈     the river, y from 80 to 120; ╫ a bridge at x = 500, where there is one
─a0───┴───a1─     south street, y = 0: 10 households at x = 0, 30 at x = 1,000; the station at x = 0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from api.answers.reach_answers import remarks
from geo.crs import KEPT_CRS
from geo.errors import EmptyLayerError, FrameError, NotFoundError
from layers.files.faults import FaultyFileError
from layers.imports.imports import import_frame
from layers.reach.reach import Reach, measure_reach
from layers.reach.stations import add_station, move_station
from layers.reach.walks import make_walks
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.reach.place import DAY, EAST, LOCAL, NOW, WEST
from tests.layers.reach.place import point as at

SOUTH, NORTH = [(-100, 0), (1100, 0)], [(-100, 200), (1100, 200)]
BANKS = ([(500, 0), (500, 70)], [(500, 130), (500, 200)])
BRIDGE = [(500, 70), (500, 130)]
HOMES = {"a0": (0, 5, 10), "a1": (1000, 5, 30), "b0": (0, 205, 20), "b1": (1000, 205, 40)}
WHOLE = shapely.box(-300, -300, 1300, 500)


def put(store: Store, layer: str, shapes: Sequence[BaseGeometry], **columns: Any) -> None:
    frame = gpd.GeoDataFrame(columns, geometry=list(LOCAL.to_degrees(list(shapes))), crs=KEPT_CRS)
    import_frame(store, OPERATOR, layer, frame, source="place", actor="test", now=NOW)


def banks(
    store: Store,
    *,
    bridge: bool = True,
    stations: Sequence[tuple[float, float]] = ((0, 0),),
    communities: Sequence[BaseGeometry] = (WHOLE,),
    names: Sequence[str | None] = ("南街", "北街"),
    households: bool = True,
    homes: Mapping[str, tuple[int, int, int]] = HOMES,
) -> None:
    """The place drawn above in a store."""
    put(
        store,
        "communities",
        communities,
        code=[WEST, EAST][: len(communities)],
        name=["甲社区", "乙社区"][: len(communities)],
    )
    put(
        store,
        "buildings",
        [shapely.box(x - 3, y - 3, x + 3, y + 3) for x, y, _ in homes.values()],
        ref=list(homes),
        name=[f"{ref}号楼" for ref in homes],
        use="residential" if households else "other",
        households=[count if households else None for *_, count in homes.values()],
    )
    over = [*BANKS, *([BRIDGE] if bridge else [])]
    put(
        store,
        "roads",
        [shapely.LineString(line) for line in (SOUTH, NORTH, *over)],
        ref=[f"r{number}" for number in range(2 + len(over))],
        name=[*names, *[None] * len(over)],
        road_class="residential",
        bridge=[False] * 4 + [True] * (len(over) - 2),
    )
    put(store, "water", [shapely.box(-300, 80, 1300, 120)], ref=["w"], kind=["river"])
    if stations:
        put(
            store,
            "stations",
            [shapely.Point(at) for at in stations],
            ref=[f"s{number}" for number in range(len(stations))],
            name=[f"第{number + 1}站" for number in range(len(stations))],
            kind="party_service",
        )


def metres(reach: Reach) -> dict[str, float]:
    """Ref of each home → whole metres on foot, -1 where no way leads."""
    return {
        ref: -1 if np.isnan(m) else round(m)
        for ref, m in zip(reach.homes["ref"], reach.homes["metres"].astype(float), strict=True)
    }


def measured(store: Store, **more: Any) -> Reach:
    return measure_reach(store, OPERATOR, make_walks(store), as_of=DAY, **more)


def test_the_north_bank_is_reached_over_the_bridge(store: Store) -> None:
    banks(store)
    reach = measured(store)
    # 5 m from a door to its street; over the bridge 500 + 200 + 500
    assert metres(reach) == {"a0": 5, "a1": 1005, "b0": 1205, "b1": 1205}
    assert measured(store, minutes=20).table()["not_reached"].item() == 0


def test_without_a_bridge_nobody_crosses_the_river_and_that_is_told(store: Store) -> None:
    banks(store, bridge=False)
    reach = measured(store, minutes=30)
    assert metres(reach) == {"a0": 5, "a1": 1005, "b0": -1, "b1": -1}
    assert reach.table()[["households_30", "not_reached"]].to_numpy().tolist() == [[40, 60]]
    # the circle knows nothing of rivers
    assert reach.table()["circle_households"].item() == 100
    told = [said.en for said in remarks(make_walks(store), reach)]
    assert "2 buildings with 60 households have no way on foot to any station" in told


def test_each_bank_is_an_island_with_its_own_station(store: Store) -> None:
    banks(store, bridge=False, stations=[(0, 0), (1000, 200)])
    reach = measured(store)
    assert metres(reach) == {"a0": 5, "a1": 1005, "b0": 1005, "b1": 5}
    assert reach.homes["station"].tolist() == ["s0", "s0", "s1", "s1"]
    assert reach.homes["second"].isna().all()
    lengths = make_walks(store).streets.island_lengths_m
    # each street with its stub to the bank: 70 m, less what would lie in the water
    assert lengths.round().tolist() == [1270, 1270]


def test_a_community_of_two_parts_is_counted_as_one(store: Store) -> None:
    parts = shapely.union(shapely.box(-300, -300, 300, 500), shapely.box(900, -300, 1300, 500))
    banks(store, communities=[parts, shapely.box(300, -300, 900, 500)])
    by = measured(store, minutes=20).table("community").set_index("code")
    assert by["households"].to_dict() == {WEST: 100}
    assert by["households_20"].to_dict() == {WEST: 100}


def test_two_stations_at_one_place_share_nothing_and_lose_nothing(store: Store) -> None:
    banks(store, stations=[(0, 0), (0, 0)])
    reach = measured(store, minutes=20)
    assert reach.stations["households"].tolist() == [100, 0]  # of equals the first
    assert reach.homes["second"].tolist() == ["s1"] * 4
    assert reach.homes["second_m"].tolist() == reach.homes["metres"].tolist()


def test_a_station_in_the_river_counts_from_the_nearest_street_and_is_told(store: Store) -> None:
    banks(store, bridge=False, stations=[(0, 99)])
    reach = measured(store)
    assert metres(reach) == {"a0": 104, "a1": 1104, "b0": -1, "b1": -1}
    told = [said for said in remarks(make_walks(store), reach) if "第1站" in said.zh]
    assert [said.en for said in told] == ["station 第1站 lies in water or behind a wall; check its place"]


def test_a_station_far_off_is_told(store: Store) -> None:
    banks(store, stations=[(0, 0), (0, 490)])
    told = [said.en for said in remarks(make_walks(store), measured(store)) if "第2站" in said.zh]
    # 290 m to the north street are not told, 390 m would be
    assert told == []
    banks(store, stations=[(0, 0), (1290, 490)])
    told = [said.en for said in remarks(make_walks(store), measured(store)) if "第2站" in said.zh]
    assert told == ["station 第2站 lies 347 m from the nearest street; check its place"]


def test_a_station_outside_every_community_is_refused_with_its_row(store: Store) -> None:
    banks(store, stations=[])
    with pytest.raises(FaultyFileError, match=r"row 2\): lies outside every community"):
        put(
            store,
            "stations",
            [shapely.Point(0, 0), shapely.Point(0, -900)],
            ref=["s0", "s1"],
            name=["第1站", "第2站"],
        )
    assert measured(store).stations.empty
    with pytest.raises(NotFoundError, match="no station of kind party_service; there is no station yet"):
        measured(store, kinds=["party_service"])


def test_streets_without_names_are_walked_like_others(store: Store) -> None:
    banks(store, names=[None, None])
    assert metres(measured(store)) == {"a0": 5, "a1": 1005, "b0": 1205, "b1": 1205}


def test_nobody_lives_here(store: Store) -> None:
    banks(store, households=False)
    with pytest.raises(EmptyLayerError, match="no building with households; import buildings first"):
        make_walks(store)


def test_a_day_has_the_stations_of_that_day(store: Store) -> None:
    banks(store, stations=[])
    said = {"kind": "party_service"}
    add = partial(add_station, store, OPERATOR, actor="test", now=NOW)
    add("s0", at(0, 0), {"name": "老站", **said})
    add("s1", at(1000, 200), {"name": "新站", "opened_on": "2026-06-01", **said})
    add("s2", at(1000, 0), {"name": "将开", "opened_on": "2027年1月1日", **said})
    move_station(store, OPERATOR, "s0", at(1000, 0), on=date(2026, 9, 1), actor="test", now=NOW)
    walks = make_walks(store)

    def on(day: str) -> tuple[list[str], dict[str, float]]:
        reach = measure_reach(store, OPERATOR, walks, as_of=date.fromisoformat(day))
        return reach.stations["ref"].tolist(), metres(reach)

    assert on("2026-05-31") == (["s0"], {"a0": 5, "a1": 1005, "b0": 1205, "b1": 1205})
    assert on("2026-06-01") == (["s0", "s1"], {"a0": 5, "a1": 1005, "b0": 1005, "b1": 5})
    assert on("2026-09-01") == (["s0", "s1"], {"a0": 1005, "a1": 5, "b0": 1005, "b1": 5})
    assert on("2027-01-01")[0] == ["s0", "s1", "s2"]
    with pytest.raises(FrameError, match="opened_on is no day; write YYYY-MM-DD"):
        add("s3", at(0, 0), {"name": "站", "opened_on": "去年", **said})


@pytest.mark.parametrize("least_of", [Role.LEADER, Role.PUBLIC])
def test_no_two_days_tell_a_small_building(store: Store, least_of: Role) -> None:
    homes = {f"h{number}": (100 * number, 5, count) for number, count in enumerate((3, 2, 12, 1, 30, 4))}
    banks(store, homes=homes, stations=[])
    days = [date(2026, month, 1) for month in range(1, 8)]
    for number, day in enumerate(days):
        said = {"name": "站", "kind": "party_service", "opened_on": day.isoformat()}
        add_station(store, OPERATOR, f"s{number}", at(100 * number, 0), said, actor="test", now=NOW)
    walks, viewer = make_walks(store), Viewer(least_of, ("",), Purpose.DISPLAY)
    small = {3, 2, 1, 4}
    for minutes in (0.1, 0.2, 2.0):
        reached = [
            measure_reach(store, viewer, walks, as_of=day, minutes=minutes)
            .table()[f"households_{minutes:g}"]
            .item()
            for day in days
        ]
        told = {abs(one - other) for one, other in combinations(reached, 2)} - {0}
        assert reached[-1] > 0
        assert not told & small, (minutes, reached)
        assert min(told, default=10) >= (10 if least_of is Role.PUBLIC else 5)
