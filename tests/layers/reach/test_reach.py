"""Reach of a place one can count by hand, on both stores."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import EmptyLayerError, InputError, NotFoundError
from geo.reach.models import Model
from geo.reach.ties import tie_places
from geo.reach.walk import door_walk_m, node_walk_m
from layers.reach.changes import Changes
from layers.reach.reach import Reach, areas_of, circles_of, measure_reach
from layers.reach.sites import propose_sites
from layers.reach.walks import Keeper, make_walks
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.reach.place import DAY, EAST, NOW, WEST, point, settle

EAST_LEADER = Viewer(Role.LEADER, (EAST,), Purpose.DISPLAY)


def reach_of(store: Store, viewer: Viewer = OPERATOR, **more: Any) -> Reach:
    return measure_reach(store, viewer, make_walks(store), as_of=DAY, **more)


def test_figures_are_those_of_the_street(store: Store) -> None:
    settle(store)
    reach = reach_of(store)
    assert reach.homes["metres"].tolist() == [10.0, 410.0, 810.0, 1210.0, 1610.0]
    (row,) = reach.table().to_dict("records")
    assert (row["households"], row["households_5"], row["households_10"], row["households_15"]) == (
        103,
        10,
        30,
        60,
    )
    assert row["not_reached"] == 43
    by = reach.table("community").set_index("name")
    assert by["households_15"].to_dict() == {"甲社区": 60, "乙社区": 0}
    assert reach.gaps()["ref"].tolist() == ["h3", "h4"]
    assert reach.stations["households"].tolist() == [60]
    assert sum(reach.histogram()) == 103


def test_the_elderly_and_other_minutes(store: Store) -> None:
    settle(store)
    assert reach_of(store, profile="elderly").table()["households_15"].item() == 30
    assert reach_of(store, minutes=20).table()["households_20"].item() == 100
    assert reach_of(store, profile="0.5").table()["households_15"].item() == 30  # 450 m


def test_the_circle_stands_beside_it(store: Store) -> None:
    settle(store)
    reach = reach_of(
        store, minutes=18.19
    )  # 1,200.5 m: h3 lies 1,200 m off as the crow flies and 1,210 m on foot
    (row,) = reach.table().to_dict("records")
    assert (row["circle_households"], row["households_18.19"]) == (100, 60)
    assert row["circle_overstates"] == pytest.approx(40 / 103 * 100)
    assert (row["circle_800_m"], row["circle_1000_m"]) == (30, 60)  # h2 lies 800.06 m off


def test_a_station_next_door_counts_and_is_not_named(store: Store) -> None:
    settle(store)
    reach = reach_of(store, EAST_LEADER)
    assert reach.homes["ref"].tolist() == ["h3", "h4"]
    assert reach.homes["metres"].tolist() == [1210.0, 1610.0]
    assert reach.homes["station"].isna().all()
    assert reach.stations.empty
    with pytest.raises(NotFoundError, match="no station s1"):
        reach_of(store, EAST_LEADER, changes=Changes(close=["s1"]))
    with pytest.raises(NotFoundError):
        reach_of(store, EAST_LEADER, codes=[WEST])


def test_what_if(store: Store) -> None:
    settle(store)
    added = reach_of(store, changes=Changes(add=[point(1650)]))
    assert added.table()["households_15"].item() == 103
    assert added.homes["station"].tolist() == ["s1", "s1", "s1", "new-1", "new-1"]
    moved = reach_of(store, changes=Changes(move={"s1": point(1200)}))
    assert moved.table()["households_15"].item() == 93
    closed = reach_of(store, changes=Changes(close=["s1"]))
    assert closed.table()["not_reached"].item() == 103
    assert closed.table("kind").empty
    assert reach_of(store).table()["households_15"].item() == 60


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"minutes": 0}, "above 0"),
        ({"minutes": float("nan")}, "above 0"),
        ({"profile": "bird"}, "no walking profile"),
        ({"changes": Changes(add=[(200.0, 0.0)])}, "no longitude"),
        ({"changes": Changes(close=["s1"], move={"s1": (108.7, 34.3)})}, "closed and moved"),
    ],
)
def test_what_cannot_be_is_told(store: Store, asked: dict[str, Any], said: str) -> None:
    settle(store)
    with pytest.raises(InputError, match=said):
        reach_of(store, **asked)
    with pytest.raises(NotFoundError, match="no station of kind clinic; there are party_service"):
        reach_of(store, kinds=["clinic"])


def test_without_streets_or_stations(store: Store) -> None:
    settle(store, stations=False, roads=False)
    with pytest.raises(EmptyLayerError, match="no street to walk on"):
        make_walks(store)


def test_without_stations_nobody_is_reached(store: Store) -> None:
    settle(store, stations=False)
    reach = reach_of(store)
    assert (reach.table()["not_reached"].item(), len(reach.gaps())) == (103, 5)
    sites = propose_sites(make_walks(store), reach, new=1)
    assert sites.reached_now == 0


def test_the_network_is_made_once_per_state_of_the_ground(store: Store) -> None:
    settle(store)
    keeper = Keeper(store)
    first = keeper.current()
    assert keeper.current() is first
    with store.writing(OPERATOR, actor="test", now=NOW) as unit:
        unit.raise_state("ground")
    assert keeper.current() is not first


def test_metres_that_are_kept_are_those_worked_out_anew(store: Store) -> None:
    settle(store)
    walks = make_walks(store)
    here = walks.stations.geometry.array[0]
    points = np.array([shapely.Point(point(1650)), here, shapely.Point(point(700)), here], dtype=object)
    anew = node_walk_m(walks.network, tie_places(walks.streets, points))
    for rows in ([0, 1, 2, 3], [1], [0], []):
        assert np.array_equal(walks.node_m(points[rows]), anew[rows])
        ties = tie_places(walks.streets, points[rows])
        doors = door_walk_m(walks.network, ties, anew[rows])
        assert np.array_equal(walks.door_m(points[rows]), doors)


def test_the_next_station_stands_where_it_gains_most(store: Store) -> None:
    settle(store)
    walks = make_walks(store)
    reach = reach_of(store)
    sites = propose_sites(walks, reach, new=1, candidates=[point(200), point(1700), point(400)])
    assert (sites.reached_now, sites.households, sites.candidates) == (60, 103, 3)
    assert sites.places[["lon", "lat"]].to_numpy().tolist() == [list(point(1700))]
    assert (sites.choices[0].reached, sites.choices[0].gap) == (103, 0)
    # a second one would reach nobody more, so it is left out
    assert len(propose_sites(walks, reach, new=2, candidates=[point(1700), point(400)]).places) == 1
    crossing = propose_sites(walks, reach, new=1)
    assert crossing.places["near"].tolist() == ["h3"]
    small = propose_sites(walks, reach, new=1, capacity=40, candidates=[point(1700)])
    assert small.choices[0].reached == 80
    for bad in ({"new": 0}, {"new": 1, "capacity": 0}, {"new": 1, "alternatives": 0}):
        with pytest.raises(InputError):
            propose_sites(walks, reach, **bad)
    assert propose_sites(walks, reach, new=1, model=Model.ALL).choices[0].reached == 103


def test_areas_and_circles_are_drawn(store: Store) -> None:
    settle(store)
    walks, reach = make_walks(store), reach_of(store)
    areas = areas_of(walks, reach)
    assert areas["minutes"].tolist() == [5, 10, 15]
    assert areas.geometry.iloc[2].covers(areas.geometry.iloc[0].buffer(-1e-5))
    assert circles_of(walks, reach)["ref"].tolist() == ["s1"]


def test_small_buildings_are_told_with_their_neighbours(store: Store) -> None:
    settle(store)
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    homes = reach_of(store, leader).homes
    assert homes["households"].tolist() == [10, 20, 30, 43, 0]  # h4 has 3
    assert homes["together"].tolist() == [1, 1, 1, 2, 0]
    assert homes["people"].tolist() == [30, 60, 90, 129, 0]
    assert reach_of(store, leader).table()["households"].item() == 103
    assert reach_of(store, leader).gaps()["ref"].tolist() == ["h3"]
    public = Viewer(Role.PUBLIC, ("",), Purpose.DISPLAY)
    assert reach_of(store, public).homes["households"].tolist() == [10, 20, 30, 43, 0]
    granted = Viewer(Role.PLANNER, ("",), Purpose.DISPLAY, OfPeople.BUILDING)
    assert reach_of(store, granted).homes["households"].tolist() == [10, 20, 30, 40, 3]


def test_no_number_of_questions_tells_a_small_building(store: Store) -> None:
    settle(store)
    walks = make_walks(store)
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    told = set()
    for minutes in (0.2, 6.3, 6.5, 12.5, 18.4, 24.4):
        for x in (0, 1000, 1590, 1600, 1610):
            tried = Changes(add=[point(x)], close=["s1"])
            reach = measure_reach(store, leader, walks, as_of=DAY, minutes=minutes, changes=tried)
            told |= {
                int(n) for name, n in reach.table().iloc[0].items() if str(name).startswith("households")
            }
            told |= (
                set(reach.stations["households"]) | set(reach.histogram()) | set(reach.gaps()["households"])
            )
    told = {int(count) for count in told}
    parts = (10, 20, 30, 43)
    sums = {
        sum(p for p, taken in zip(parts, bits, strict=True) if taken) for bits in product((0, 1), repeat=4)
    }
    assert told <= sums


def test_a_station_may_bear_the_name_of_an_added_one(store: Store) -> None:
    settle(store)
    with store.writing(OPERATOR, actor="test", now=NOW) as unit:
        unit.execute(sa.update(t.stations).values(ref="new-1"))
        unit.raise_state("ground")
    added = reach_of(store, EAST_LEADER, changes=Changes(add=[point(1650)]))
    assert added.stations["ref"].tolist() == ["new-2"]
    assert "new-1" not in set(added.homes["second"])


def test_an_added_station_is_of_the_kinds_asked_about(store: Store) -> None:
    settle(store)
    added = reach_of(store, kinds=["party_service"], changes=Changes(add=[point(1650)], close=["s1"]))
    assert added.stations["ref"].tolist() == ["new-1"]
