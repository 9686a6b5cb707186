"""Addresses of households over HTTP: nobody sees them without the operator's token, and every read is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest

from geo.errors import InputError
from layers.accounts.audit import read_audit
from layers.history import read_history
from layers.people.review import review_list
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from tests.api.signed_in import OWN, signed_in
from tests.layers import households, town
from tests.maps.pages.test_grids import data_of

TOKEN = "a-token-of-enough-length"  # noqa: S105  made up
KEY = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def open_desk(store: Any, run_app: Callable[..., Any], town_of: Any) -> Iterator[Any]:
    households.settle(store)
    households.move_in(store)
    households.match(store)
    made = town_of(store)
    with run_app(made.app(review_token=TOKEN)) as client:
        yield client


def test_without_a_token_set_nothing_is_served(desk: Any) -> None:
    for answer in (
        desk.get("/api/review?lang=en", headers=KEY),
        desk.post("/api/review/abc?lang=en", headers=KEY, json={"building": None, "revision": 0}),
        desk.put("/api/review/names?lang=en", headers=KEY, json={"complex": "c-west", "name": "月亮湾"}),
    ):
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert "WANGGE_REVIEW_TOKEN" in answer.json()["detail"]
        assert "苑" not in answer.text


@pytest.mark.parametrize("sent", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"])
def test_a_wrong_token_is_refused(open_desk: Any, sent: str | None) -> None:
    answer = open_desk.get("/api/review", headers={} if sent is None else {"authorization": sent})
    assert answer.status_code == 403
    assert "苑" not in answer.text


def test_a_short_token_is_no_setting(settings_of: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="16"):
        settings_of(review_token="short")  # noqa: S106


def test_cases_come_with_candidates_and_the_read_is_kept(open_desk: Any, store: Any) -> None:
    found = open_desk.get("/api/review?lang=zh", headers=KEY).json()
    assert found["waiting"] == 2
    by = {case["address"]: case for case in found["cases"]}
    doubtful = by["兰苑2号楼"]
    assert [c["building"]["ref"] for c in doubtful["candidates"]] == ["b41", "b61"]
    assert doubtful["candidates"][0]["grid"]["code"] == f"{town.EAST}001"
    assert (doubtful["revision"], doubtful["grids_differ"]) == (0, False)
    assert [home["ref"] for home in doubtful["complexes"]] == ["c-east-1", "c-east-2"]
    assert by["月亮湾1号楼"]["candidates"] == []
    some = open_desk.get(f"/api/review?community={town.EAST}", headers=KEY).json()["cases"]
    assert [case["address"] for case in some] == ["兰苑2号楼"]
    with store.reading(OPERATOR) as unit:
        deed = read_history(unit).iloc[0]
    assert (deed["actor"], deed["action"], deed["detail"]["rows"]) == ("http:token", "read residents", 1)


MASKED, FULL = OfPeople.MASKED, OfPeople.FULL
WRITTEN = ("兰苑2号楼1单元602室", "桂苑3号楼9单元907室")
"""One in doubt, and one that is matched, with neither such a unit nor such a storey."""


@pytest.fixture
def counter(store: Any, run_app: Callable[..., Any], town_of: Any) -> Iterator[Any]:
    households.settle(store)
    households.move_in(store, *WRITTEN)
    households.match(store)
    people = {
        "masked": steward(store, "qian", all=MASKED),
        "full": steward(store, "zhou", all=FULL),
        "mixed": steward(store, "sun", west=MASKED, east=FULL),
    }
    with run_app(town_of(store).app()) as client:
        yield client, people


def steward(store: Any, name: str, **seen: OfPeople) -> dict[str, str]:
    area = {"west": town.WEST, "east": town.EAST, "all": ""}
    grants = [Grant(Role.STEWARD, area[at], people, Purpose.MAINTENANCE) for at, people in seen.items()]
    return signed_in(store, name, *grants)


def test_who_sees_households_masked_is_told_building_unit_and_floor(counter: Any, store: Any) -> None:
    client, people = counter
    who = people["masked"]
    found = client.get("/api/review", headers=who).json()
    assert found["waiting"] == 2
    by = {case["community_code"]: case for case in found["cases"]}
    assert by[town.WEST]["address"] == "桂苑3号楼9单元9**"
    assert (by[town.WEST]["unit"], by[town.WEST]["room"]) == ("9", "9**")
    assert by[town.EAST]["address"] == "1单元**"
    assert [one["building"]["ref"] for one in by[town.EAST]["candidates"]] == ["b41", "b61"]
    assert all(case["masked"] and case["ref"] is None and case["revision"] is None for case in found["cases"])
    row = json.loads(read_audit(store).iloc[0]["said"])
    assert (row["detail"], row["purpose"]) == (
        {"rows": 2, "purpose": "maintenance", "of_people": "masked"},
        "maintenance",
    )
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/review/list.xlsx", headers=who).content))
    said = str([[cell.value for cell in line] for line in book.worksheets[0]])
    assert "桂苑3号楼9单元9**" in said
    for text in (said, client.get("/api/review", headers=who).text):
        assert not any(word in text for word in ("602", "907", *WRITTEN, "H0", "H1"))


def test_decisions_and_maps_of_members_stay_with_who_sees_in_full(counter: Any) -> None:
    client, people = counter
    whole = client.get("/api/review", headers=people["full"]).json()["cases"]
    assert {case["address"] for case in whole} == set(WRITTEN)
    who = people["masked"]
    deed = {"headers": who | OWN, "json": {"building": "b41", "revision": 0}}
    assert client.post(f"/api/review/{whole[0]['ref']}", **deed).status_code == 403
    assert client.get("/api/maps/members.html", headers=who).status_code == 403
    assert client.get("/api/maps/match.html", headers=who).status_code == 200
    assert client.get("/api/review/rates", headers=who).status_code == 200


def test_two_grants_are_not_taken_for_one(counter: Any, store: Any) -> None:
    """In full in the east, masked in the west: each where it was granted."""
    client, people = counter
    who = people["mixed"]
    cases = client.get("/api/review", headers=who).json()["cases"]
    assert {(case["address"], case["masked"]) for case in cases} == {
        ("桂苑3号楼9单元9**", True),
        ("兰苑2号楼1单元602室", False),
    }
    west = next(
        row.ref
        for row in review_list(store, OPERATOR, actor="t", now=town.NOW).itertuples()
        if "桂" in row.address
    )
    deed = {"headers": who | OWN, "json": {"building": "b21", "revision": 0}}
    assert client.post(f"/api/review/{west}", **deed).status_code == 404


def test_a_case_is_decided_and_gone(open_desk: Any) -> None:
    cases = open_desk.get("/api/review", headers=KEY).json()["cases"]
    ref = next(case["ref"] for case in cases if case["candidates"])
    other = next(case["ref"] for case in cases if not case["candidates"])
    answer = open_desk.post(f"/api/review/{ref}", headers=KEY, json={"building": "b61", "revision": 0})
    assert answer.json() == {"decision": "confirmed", "revision": 1}
    second = open_desk.post(
        f"/api/review/{ref}?lang=zh", headers=KEY, json={"building": "b41", "revision": 0}
    )
    assert (second.status_code, "兰苑二期2号楼" in second.json()["detail"]) == (409, True)
    assert open_desk.get("/api/review", headers=KEY).json()["waiting"] == 1
    assert (
        open_desk.post("/api/review/0000", headers=KEY, json={"building": None, "revision": 0}).status_code
        == 404
    )
    assert (
        open_desk.post(
            f"/api/review/{other}", headers=KEY, json={"building": "b99", "revision": 0}
        ).status_code
        == 404
    )
    assert open_desk.post(f"/api/review/{ref}", headers=KEY, json={"x": 1}).status_code == 422


def test_a_decision_is_undone(open_desk: Any) -> None:
    cases = open_desk.get("/api/review", headers=KEY).json()["cases"]
    ref = next(case["ref"] for case in cases if case["candidates"])
    done = open_desk.post(
        f"/api/review/{ref}", headers=KEY, json={"building": None, "complex": "c-east-1", "revision": 0}
    )
    assert done.json() == {"decision": "complex", "revision": 1}
    undo = f"/api/review/{ref}/undo"
    assert open_desk.post(undo, headers=KEY, json={"revision": 0}).status_code == 409
    assert open_desk.post(undo, headers=KEY, json={"revision": 1}).json() == {"revision": 2}
    assert open_desk.get("/api/review", headers=KEY).json()["waiting"] == 2
    assert open_desk.post(undo, json={"revision": 2}).status_code == 403


def test_a_name_is_learned(open_desk: Any) -> None:
    said = {"complex": "c-west", "name": "月亮湾"}
    assert open_desk.put("/api/review/names", headers=KEY, json=said).json() == {"name": "月亮湾"}
    said["complex"] = "nowhere"
    assert open_desk.put("/api/review/names", headers=KEY, json=said).status_code == 404


def test_no_other_route_tells_an_address_of_a_household(desk: Any) -> None:
    asked = [(path, {"q": text}) for path in ("/api/suggest",) for text in households.HOMES]
    asked += [
        (f"/api/layers/{layer}", {"bbox": "108,34,109,35"})
        for layer in ("communities", "complexes", "grids", "buildings")
    ]
    asked += [("/api/maps/grids.html", {})]
    answers = [desk.get(path, params=said) for path, said in asked]
    assert {answer.status_code for answer in answers} == {200}
    texts = [answer.text for answer in answers]
    assert not any(address in text for address in ("2单元501室", "12号院7号楼", "月亮湾") for text in texts)


def test_without_the_token_there_are_no_rates_and_no_workbook(open_desk: Any) -> None:
    for path in ("/api/review/rates", "/api/review/list.xlsx"):
        answer = open_desk.get(path)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("complex", {"", "c-west", "c-east-1", "c-east-2"}),
        ("community", {"", town.WEST, town.EAST}),
        ("grid", {"", f"{town.WEST}001", f"{town.WEST}002", f"{town.EAST}001"}),
    ],
)
def test_rates_are_figures_and_small_ones_are_masked(open_desk: Any, by: str, keys: set[str]) -> None:
    said = open_desk.get("/api/review/rates", params={"by": by}, headers=KEY).json()
    assert said["by"] == by
    assert {rate["key"] for rate in said["rates"]} == keys
    west = next(rate for rate in said["rates"] if rate["key"].startswith((town.WEST, "c-west")))
    assert west["listed"] == "<5"
    assert west["share"] == ""
    assert not any(address in str(said) for address in households.HOMES)


def test_the_map_of_rates_shows_one_kind_of_place_and_no_small_count(open_desk: Any) -> None:
    for by, layer in (("community", "communities"), ("complex", "complexes"), ("grid", "grids")):
        answer = open_desk.get("/api/maps/match.html", params={"by": by}, headers=KEY)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
        told = data_of(answer.text)
        assert told["rates"]["layer"] == layer
        assert ["<5", "<5", ""] in told["rates"]["told"]
        assert not any(address in answer.text for address in households.HOMES)
        assert len(told["grids"]["code"]) == (3 if by == "grid" else 0)
    assert open_desk.get("/api/maps/match.html").status_code == 403
    assert open_desk.get("/api/maps/match.html", params={"by": "building"}, headers=KEY).status_code == 422


def test_cases_of_one_place(open_desk: Any) -> None:
    def seen(**place: str) -> tuple[int, list[str]]:
        said = open_desk.get("/api/review", params=place, headers=KEY).json()
        return said["waiting"], [case["address"] for case in said["cases"]]

    assert seen(grid=f"{town.EAST}001") == (1, ["兰苑2号楼"])
    assert seen(community=town.EAST) == (1, ["兰苑2号楼"])
    assert seen(grid=f"{town.WEST}001") == (0, [])
    assert seen(complex="c-west") == (0, [])
    assert seen(complex="nobody's") == (0, [])
    both = {"complex": "c-west", "grid": "1", "lang": "en"}
    two = open_desk.get("/api/review", params=both, headers=KEY)
    assert (two.status_code, "one place" in two.json()["detail"]) == (422, True)


def test_the_list_as_a_workbook_and_the_read_is_kept(open_desk: Any, store: Any) -> None:
    answer = open_desk.get(
        "/api/review/list.xlsx", params={"community": town.EAST, "lang": "zh"}, headers=KEY
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:5] == ["记录", "户号", "地址", "结果", "原因"]
    assert [row[2] for row in rows[1:]] == ["兰苑2号楼"]
    assert rows[1][6:8] == ["兰苑一期2号楼 [b41]", "兰苑二期2号楼 [b61]"]
    with store.reading(OPERATOR) as unit:
        last = read_history(unit).iloc[0]
    assert (last["action"], last["detail"]["rows"]) == ("read residents", 1)
