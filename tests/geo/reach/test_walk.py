"""Ways on foot, on places small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from geo.errors import EmptyLayerError, InputError
from geo.reach.streets import Streets, street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import speed_of, walk_m, walk_network
from tests.geo.reach.drawn import complexes, gates, roads, spots, water

MAIN = ("LINESTRING (0 0, 1000 0)", "residential")


def metres(streets: Streets, station: Sequence[float], *doors: Sequence[float]) -> list[float]:
    network = walk_network(streets, tie_places(streets, spots(*doors)))
    return [
        round(float(m)) if np.isfinite(m) else -1
        for m in walk_m(network, tie_places(streets, spots(station)))[0]
    ]


def test_along_one_street() -> None:
    streets = street_graph(roads(MAIN))
    assert metres(streets, (100, 10), (300, 20), (100, -5), (101, 10)) == [230, 15, 21]


def test_streets_meet_where_they_cross_on_the_ground() -> None:
    streets = street_graph(roads(MAIN, ("LINESTRING (500 -300, 500 300)", "residential")))
    assert metres(streets, (100, 0), (500, 200)) == [600]


@pytest.mark.parametrize("over", ["bridge", "tunnel"])
def test_bridges_and_tunnels_cross_without_joining(over: str) -> None:
    ends = (
        ("LINESTRING (400 300, 600 300)", "residential"),
        ("LINESTRING (400 -300, 600 -300)", "residential"),
    )
    streets = street_graph(roads(MAIN, ("LINESTRING (500 -300, 500 300)", "residential", over), *ends))
    assert metres(streets, (100, 0), (600, 300)) == [-1]
    assert metres(streets, (400, -300), (600, 300)) == [100 + 600 + 100]


def test_a_bridge_in_two_pieces_does_not_meet_what_it_crosses() -> None:
    streets = street_graph(
        roads(
            ("LINESTRING (0 0, 500 0)", "residential"),
            ("LINESTRING (500 0, 1000 0)", "residential"),
            ("LINESTRING (500 -300, 500 0)", "residential", "bridge"),
            ("LINESTRING (500 0, 500 300)", "residential", "bridge"),
            ("LINESTRING (400 300, 600 300)", "residential"),
        )
    )
    assert metres(streets, (100, 0), (600, 300), (900, 0)) == [-1, 800]


def test_a_bridge_joins_where_it_ends() -> None:
    bridge = ("LINESTRING (500 0, 500 200)", "residential", "bridge")
    far = ("LINESTRING (0 200, 1000 200)", "residential")
    assert metres(street_graph(roads(MAIN, bridge, far)), (500, 0), (700, 200)) == [400]


def test_a_river_is_crossed_by_a_bridge_only() -> None:
    river = water(("POLYGON ((-100 50, 1100 50, 1100 100, -100 100, -100 50))", "river"))
    far = ("LINESTRING (0 200, 1000 200)", "residential")
    ground = ("LINESTRING (500 0, 500 200)", "residential")
    assert metres(street_graph(roads(MAIN, ground, far), water=river), (500, 0), (700, 200)) == [-1]
    halves = (("LINESTRING (500 0, 500 40)", "residential"), ("LINESTRING (500 110, 500 200)", "residential"))
    bridge = ("LINESTRING (500 40, 500 110)", "residential", "bridge")
    assert metres(street_graph(roads(MAIN, *halves, bridge, far), water=river), (500, 0), (700, 200)) == [400]


@pytest.mark.parametrize("kind", ["river", "canal"])
def test_a_river_drawn_as_a_line_closes_too(kind: str) -> None:
    line = water(("LINESTRING (500 -50, 500 50)", kind))
    assert metres(street_graph(roads(MAIN), water=line), (100, 0), (900, 0)) == [-1]


def test_a_stream_runs_under_the_street() -> None:
    line = water(("LINESTRING (500 -50, 500 50)", "stream"))
    assert metres(street_graph(roads(MAIN), water=line), (100, 0), (900, 0)) == [800]


def test_a_railway_is_crossed_where_they_share_a_corner() -> None:
    rail = ("LINESTRING (500 -100, 500 100)", "rail")
    assert metres(street_graph(roads(MAIN, rail)), (100, 0), (900, 0)) == [-1]
    crossing = ("LINESTRING (500 -100, 500 0, 500 100)", "rail")
    street = ("LINESTRING (0 0, 500 0, 1000 0)", "residential")
    assert metres(street_graph(roads(street, crossing)), (100, 0), (900, 0)) == [800]
    above = ("LINESTRING (500 -100, 500 100)", "rail", "bridge")
    assert metres(street_graph(roads(MAIN, above)), (100, 0), (900, 0)) == [800]


def test_nobody_walks_on_motorways_or_rails() -> None:
    with pytest.raises(EmptyLayerError, match="no street to walk on"):
        street_graph(roads(("LINESTRING (0 0, 10 0)", "motorway"), ("LINESTRING (0 5, 10 5)", "rail")))


def test_small_gaps_are_joined_and_counted_and_no_more() -> None:
    near = street_graph(roads(MAIN, ("LINESTRING (500 1.2, 500 300)", "residential")))
    assert near.work.gaps == 1
    assert metres(near, (500, 0), (500, 200)) == [200]
    far = street_graph(roads(MAIN, ("LINESTRING (500 1.8, 500 300)", "residential")))
    assert far.work.gaps == 0
    assert metres(far, (500, 0), (500, 200)) == [-1]
    assert [round(m) for m in far.island_lengths_m] == [1000, 298]


def test_no_gap_is_joined_through_a_wall() -> None:
    wall = ("LINESTRING (480 0.6, 520 0.6)", "wall")
    walled = street_graph(roads(MAIN, ("LINESTRING (500 1.2, 500 300)", "residential"), wall))
    assert metres(walled, (500, 0), (500, 200)) == [-1]


COURT = "POLYGON ((400 20, 600 20, 600 220, 400 220, 400 20))"


def test_a_complex_is_entered_by_its_known_gate() -> None:
    streets = street_graph(roads(MAIN), complexes=complexes(COURT), gates=gates((600, 20, "c0")))
    assert streets.gates.kind == ("known",)
    # along the street to the gate, 20 m up to it, then straight across the court
    assert metres(streets, (100, 0), (480, 20.5)) == [500 + 20 + 120]


def test_a_street_is_cut_at_a_wall_with_a_known_gate_elsewhere() -> None:
    inner = ("LINESTRING (450 0, 450 200)", "service")
    open_ = street_graph(roads(MAIN, inner), complexes=complexes(COURT))
    assert set(open_.gates.kind) == {"road"}
    assert metres(open_, (450, 0), (450, 150)) == [150]
    closed = street_graph(roads(MAIN, inner), complexes=complexes(COURT), gates=gates((600, 20, "c0")))
    assert metres(closed, (450, 0), (450, 150))[0] > 300


def test_a_gate_is_guessed_where_nothing_is_known() -> None:
    streets = street_graph(roads(MAIN), complexes=complexes(COURT))
    assert streets.gates.kind == ("guessed",)
    assert streets.gates.walk_m.round().tolist() == [20]


def test_neighbours_in_one_complex_meet_across_its_court() -> None:
    streets = street_graph(roads(MAIN), complexes=complexes(COURT), gates=gates((600, 20, "c0")))
    assert metres(streets, (420, 100), (450, 100)) == [30]


def test_a_door_reaches_no_street_through_a_wall_or_river() -> None:
    wall = ("LINESTRING (0 10, 800 10)", "wall")
    lane = ("LINESTRING (0 60, 900 60, 900 0)", "residential")
    streets = street_graph(roads(MAIN, wall, lane))
    # the main street is nearer, but behind the wall
    assert metres(streets, (100, 0), (100, 20)) == [800 + 60 + 800 + 40]


def test_a_door_shut_in_takes_the_nearest_street_and_is_told() -> None:
    ring = ("LINESTRING (90 20, 110 20, 110 40, 90 40, 90 20)", "wall")
    streets = street_graph(roads(MAIN, ring))
    assert tie_places(streets, spots((100, 30), (300, 30))).through.tolist() == [0]


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = roads(
        MAIN, ("LINESTRING (500 -300, 500 300)", "residential"), ("LINESTRING (0 100, 900 100)", "footway")
    )
    one = street_graph(rows)
    other = street_graph(rows.iloc[::-1].reset_index(drop=True))
    for door in ((700, 120), (20, 90), (500, -250)):
        assert metres(one, (100, 0), door) == metres(other, (100, 0), door)


@pytest.mark.parametrize("profile", ["runner", "0.1", "9", "0", "nan", "1e0", "0.123", "-1", ""])
def test_an_unknown_profile_is_told_with_those_there_are(profile: str) -> None:
    with pytest.raises(InputError, match="default, elderly"):
        speed_of(profile)
