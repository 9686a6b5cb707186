"""GET and POST /api/reach and POST /api/site, over the street of `tests.layers.reach.place` and the shipped district."""

from __future__ import annotations

from importlib.resources import as_file
from itertools import product
from typing import Any

import pytest

from layers.demo.shipped import shipped_small
from layers.imports.imports import import_file
from layers.reach.reach import measure_reach
from layers.reach.stations import add_station
from layers.reach.walks import make_walks
from layers.rights.viewer import OPERATOR
from tests.layers.reach.place import DAY, EAST, NOW, WEST, point, settle


def place(x: float) -> dict[str, float]:
    lon, lat = point(x)
    return {"lon": lon, "lat": lat}


def test_the_figures_are_those_of_the_street(walkers: Any) -> None:
    answer = walkers.get("/api/reach?lang=en&by=community")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["as_of"], said["minutes"], said["limit_m"]) == ("2026-11-22", 15.0, 990.0)
    assert said["circle"] == "straight-line estimate"
    total = said["total"]
    assert [step["households"] for step in total["within"]] == [10, 30, 60]
    assert (total["households"], total["reached"], total["not_reached"]) == (103, 60, 43)
    assert total["share"] == total["within"][2]["share"] == pytest.approx(60 / 103, abs=1e-4)
    assert {row["name"]: row["reached"] for row in said["rows"]} == {"甲社区": 60, "乙社区": 0}
    (station,) = said["stations"]
    assert (station["ref"], station["households"], station["buildings"]) == ("s1", 60, 3)
    assert station["kind_name"] == "Party-service centre"
    assert sum(said["histogram"]) == 103


def test_the_worst_served_come_first_and_small_ones_with_their_neighbours(walkers: Any) -> None:
    said = walkers.get("/api/reach?lang=en").json()
    (worst,) = said["worst"]
    assert (worst["building"], worst["name"], worst["buildings"], worst["households"]) == (
        "h3",
        "4号楼",
        2,
        43,
    )
    assert (worst["metres"], worst["station"]) == (1210.0, "甲社区党群服务中心")
    assert said["not_reached"] == 1
    assert any("together with their neighbours" in remark for remark in said["remarks"])
    assert walkers.get("/api/reach?worst=0").json()["worst"] == []


def test_minutes_profile_and_kind(walkers: Any) -> None:
    assert walkers.get("/api/reach?minutes=20").json()["total"]["reached"] == 103  # h4 goes with h3
    assert walkers.get("/api/reach?profile=elderly").json()["total"]["reached"] == 30
    kinds = walkers.get("/api/reach?by=kind").json()["rows"]
    assert [(row["code"], row["name"], row["reached"]) for row in kinds] == [
        ("party_service", "党群服务中心", 60)
    ]
    one = walkers.get(f"/api/reach?community={WEST}").json()
    assert one["total"]["households"] == 60


def test_an_unchanged_answer_is_not_sent_again_until_the_ground_moves(
    store: Any, town_of: Any, run_app: Any
) -> None:
    settle(store)
    with run_app(town_of(store).app(index_poll_s=0.1)) as client:
        first = client.get("/api/reach")
        tag = {"if-none-match": first.headers["etag"]}
        again = client.get("/api/reach", headers=tag)
        assert (again.status_code, again.content) == (304, b"")
        with store.writing(OPERATOR, actor="test", now=NOW) as unit:
            unit.raise_state("ground")
        assert client.get("/api/reach").headers["etag"] == first.headers["etag"]  # the same, worked out anew


def test_what_a_change_would_bring(walkers: Any) -> None:
    answer = walkers.post("/api/reach?by=community&lang=en", json={"add": [place(1650)]})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["before"]["total"]["reached"], said["after"]["total"]["reached"]) == (60, 103)
    assert said["difference"]["total"]["reached"] == 43
    assert said["difference"]["total"]["points"] == pytest.approx(43 / 103 * 100, abs=0.02)
    assert {row["code"]: row["reached"] for row in said["difference"]["rows"]} == {WEST: 0, EAST: 43}
    assert [one["ref"] for one in said["after"]["stations"]] == ["s1", "new-1"]
    assert said["before"] == walkers.get("/api/reach?by=community&lang=en").json()
    moved = walkers.post("/api/reach", json={"move": [{"station": "s1", **place(1200)}]}).json()
    assert moved["after"]["total"]["reached"] == 93
    shut = walkers.post("/api/reach?by=kind", json={"close": ["s1"]}).json()
    assert shut["after"]["rows"] == []
    assert [row["reached"] for row in shut["difference"]["rows"]] == [-60]
    assert walkers.post("/api/reach", json={}).json()["difference"]["total"]["reached"] == 0
    assert walkers.get("/api/reach").json()["total"]["reached"] == 60  # nothing was written


def test_two_days_side_by_side(store: Any, town_of: Any, run_app: Any) -> None:
    settle(store)
    opened = {"name": "乙站", "kind": "clinic", "opened_on": "2026-06-01"}
    add_station(store, OPERATOR, "s2", point(1600), opened, actor="test", now=NOW)
    with run_app(town_of(store).app()) as client:
        said = client.get("/api/reach/compare?before=2026-05-31&by=community&lang=en").json()
        assert (said["before"]["as_of"], said["after"]["as_of"]) == ("2026-05-31", "2026-11-22")
        assert (said["before"]["total"]["reached"], said["after"]["total"]["reached"]) == (60, 103)
        assert said["difference"]["total"]["reached"] == 43
        assert {row["code"]: row["reached"] for row in said["difference"]["rows"]} == {WEST: 0, EAST: 43}
        assert said["before"] == client.get("/api/reach?as_of=2026-05-31&by=community&lang=en").json()
        assert [one["ref"] for one in said["before"]["stations"]] == ["s1"]
        kinds = client.get("/api/reach/compare?before=2026-05-31&by=kind").json()["difference"]["rows"]
        assert {row["code"]: row["reached"] for row in kinds} == {"party_service": 0, "clinic": 73}
        for query, why in (("", "before"), ("before=May", "YYYY-MM-DD")):
            refused = client.get(f"/api/reach/compare?{query}")
            assert refused.status_code == 422
            assert why in refused.text


def test_where_the_next_station_should_stand(walkers: Any) -> None:
    asked = {"candidates": [place(200), place(1700), place(400)], "alternatives": 2}
    said = walkers.post("/api/site?lang=en", json=asked).json()
    assert (said["reached_now"], said["households"], said["candidates"]) == (60, 103, 3)
    best = said["choices"][0]
    assert (best["reached"], best["gained"], best["proved"]) == (103, 43, True)
    (spot,) = best["places"]
    assert (spot["lon"], spot["lat"]) == pytest.approx(point(1700), abs=1e-6)
    assert walkers.post("/api/site", json={}).json()["choices"][0]["reached"] == 103
    assert walkers.post("/api/site", json={"close": ["s1"]}).json()["reached_now"] == 0
    assert walkers.post("/api/site", json={"keep": []}).json()["reached_now"] == 0
    assert walkers.post("/api/site", json={"keep": ["s1"]}).json()["reached_now"] == 60
    for model in ("all", "least_walk"):
        assert walkers.post("/api/site", json={"model": model}).json()["choices"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("minutes=0", 422, "minutes"),
        ("minutes=nan", 422, "minutes"),
        ("profile=bird", 422, "bird"),
        ("by=planet", 422, "planet"),
        ("worst=5000", 422, "5000"),
        ("minute=5", 422, "minutes is perhaps meant"),
        ("minutes=5&minutes=6", 422, "twice"),
        ("community=110101", 404, "110101"),
        ("kind=clinic", 404, "no station of kind clinic; there are party_service"),
    ],
)
def test_a_question_that_cannot_be_is_told(walkers: Any, query: str, status: int, said: str) -> None:
    for asked in (
        walkers.get(f"/api/reach?{query}&lang=en"),
        walkers.post(f"/api/reach?{query}&lang=en", json={}),
    ):
        assert asked.status_code == status
        assert asked.headers["content-type"] == "application/problem+json"
        assert said in asked.text


@pytest.mark.parametrize(
    ("door", "body", "status", "said"),
    [
        ("reach", {"close": ["nobody"]}, 404, "there is no station nobody"),
        ("reach", {"close": ["s1"], "move": [{"station": "s1", **place(0)}]}, 422, "closed and moved"),
        ("reach", {"move": [{"station": "s1", **place(0)}] * 2}, 422, "moved twice"),
        ("reach", {"add": [{"lon": 200, "lat": 0}]}, 422, "at most 180"),
        ("reach", {"open": []}, 422, "open"),
        ("reach", {"add": [place(0)] * 201}, 422, "add"),
        ("site", {"keep": ["nobody"]}, 404, "there is no station nobody"),
        ("site", {"new": 0}, 422, "new"),
        ("site", {"new": 51}, 422, "51"),
        ("site", {"capacity": 0}, 422, "capacity"),
        ("site", {"candidates": []}, 422, "candidates"),
        ("site", {"close": ["s1"] * 20_000}, 413, ""),
    ],
)
def test_a_change_that_cannot_be_is_told(walkers: Any, door: str, body: Any, status: int, said: str) -> None:
    answer = walkers.post(f"/api/{door}?lang=en", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


def test_an_area_hides_the_rest(walked: Any, run_app: Any) -> None:
    with run_app(walked.app(area=(EAST,))) as client:
        said = client.get("/api/reach?lang=en")
        assert said.json()["total"]["households"] == 43
        assert said.json()["stations"] == []
        assert said.json()["worst"][0]["metres"] == 1210.0  # a station next door counts
        assert "s1" not in said.text
        assert "甲社区" not in said.text
        for body in ({"close": ["s1"]}, {"move": [{"station": "s1", **place(900)}]}):
            assert client.post("/api/reach", json=body).status_code == 404
        assert client.post("/api/site", json={"keep": ["s1"]}).status_code == 404
        assert client.get(f"/api/reach?community={WEST}").status_code == 404
        # all of one's own stations closed, that of the neighbours stays
        assert client.post("/api/site?minutes=20", json={"keep": []}).json()["reached_now"] == 43


def counts_in(said: Any) -> set[int]:
    """Every count of households in an answer, wherever it stands."""
    if isinstance(said, list):
        return set().union(*map(counts_in, said))
    if not isinstance(said, dict):
        return set()
    named = {"households", "reached", "gained", "reached_now", "not_reached"}
    here = {abs(v) for k, v in said.items() if k in named and isinstance(v, int) and "worst" not in said}
    return here | set(said.get("histogram", ())) | counts_in([v for k, v in said.items() if k != "histogram"])


def test_nobody_solves_for_a_small_building(walkers: Any) -> None:
    """However it is asked, counts and their differences are sums of what may be told: 10, 20, 30 and 40 + 3."""
    parts = (10, 20, 30, 43)
    sums = {
        sum(part * sign for part, sign in zip(parts, signs, strict=True))
        for signs in product((-1, 0, 1), repeat=4)
    }
    told: set[int] = set()
    for by, minutes, x in product(("community", "grid"), (1, 6.3, 12.5, 18.4), (1000, 1590, 1600)):
        tried = {"add": [place(x)], "close": ["s1"]}
        said = walkers.post(f"/api/reach?by={by}&minutes={minutes}", json=tried).json()
        told |= counts_in(said)
        said = walkers.post(
            f"/api/site?minutes={minutes}", json={"keep": [], "candidates": [place(x)]}
        ).json()
        told |= counts_in(said)
    assert {43, 103} <= told
    assert told <= sums


@pytest.mark.parametrize(("layers", "said"), [((), "import"), (("homes",), "street")])
def test_what_is_not_there_yet_is_told(
    store: Any, town_of: Any, run_app: Any, layers: tuple[str, ...], said: str
) -> None:
    if layers:
        settle(store, stations=False, roads=False)
    with run_app(town_of(store).app()) as client:
        answers = [client.get("/api/reach?lang=en")]
        answers += [client.post(f"/api/{door}?lang=en", json={}) for door in ("reach", "site")]
        for answer in answers:
            assert answer.status_code == 409
            assert answer.json()["type"] == "urn:wangge:problem:empty"
            assert said in answer.json()["detail"]


def test_without_stations_nobody_is_reached_and_one_can_be_tried(
    store: Any, town_of: Any, run_app: Any
) -> None:
    settle(store, stations=False)
    with run_app(town_of(store).app()) as client:
        said = client.get("/api/reach").json()
        assert (said["total"]["reached"], said["total"]["not_reached"], said["stations"]) == (0, 103, [])
        assert {one["metres"] for one in said["worst"]} == {None}
        tried = client.post("/api/reach", json={"add": [place(0)]}).json()
        assert tried["difference"]["total"]["reached"] == 60


def test_the_shipped_district(store: Any, town_of: Any, run_app: Any) -> None:
    for layer in (
        "districts",
        "streets",
        "communities",
        "complexes",
        "buildings",
        "roads",
        "water",
        "stations",
    ):
        with as_file(shipped_small()[layer]) as path:
            import_file(store, OPERATOR, layer, path, actor="test", now=NOW)
    exact = measure_reach(store, OPERATOR, make_walks(store), as_of=DAY)
    with run_app(town_of(store).app()) as client:
        said = client.get("/api/reach?by=community&worst=200").json()
        table = exact.table("community").set_index("code")
        assert {row["code"]: row["households"] for row in said["rows"]} == table["households"].to_dict()
        assert said["total"]["reached"] == pytest.approx(exact.table()["households_15"].item(), rel=0.01)
        small = set(exact.homes.loc[(exact.homes["households"] < 5).to_numpy(), "ref"])
        assert small
        for one in said["worst"]:
            assert one["households"] >= 5
            assert one["buildings"] > 1 or one["building"] not in small
        best = client.post("/api/site", json={"new": 1}).json()["choices"][0]
        add = [{"lon": spot["lon"], "lat": spot["lat"]} for spot in best["places"]]
        assert (
            client.post("/api/reach", json={"add": add}).json()["difference"]["total"]["reached"]
            == best["gained"]
        )
