"""/api/locate about an address: the answer, its candidates, its days, and every way of asking."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.headers import shared
from tests.layers import town

WEST_1, WEST_2, EAST_1 = f"{town.WEST}001", f"{town.WEST}002", f"{town.EAST}001"


def ask(client: Any, address: str, **more: str) -> dict[str, Any]:
    answer = client.get("/api/locate", params={"address": address, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_address_gets_building_unit_room_and_grid(desk: Any) -> None:
    found = ask(desk, "桂苑3号楼2单元501室")
    evidence, point, plan = found.pop("evidence"), found.pop("point"), found.pop("plan")
    assert found.pop("confidence") > 0.9
    assert found.pop("reason") in evidence
    assert found == {
        "status": "matched",
        "level": "room",
        "grid": {"code": WEST_1, "name": "第一网格", "kind": "base"},
        "community": {"code": town.WEST, "name": "西社区"},
        "complex": {"ref": "c-west", "name": "桂苑"},
        "building": {"ref": "b10", "name": "3号楼"},
        "unit": "2",
        "floor": "5",
        "room": "501",
        "as_of": "2026-11-22",
        "candidates": [],
        "candidate_count": 0,
        "index_version": 1,
        "chain": None,
        "micro_grid": None,
    }
    assert plan["valid_from"] == "2026-06-01"
    same = desk.get("/api/locate", params=point).json()
    assert (same["building"]["ref"], same["grid"]["code"]) == ("b10", WEST_1)


def test_doubt_is_candidates_and_never_a_guess(desk: Any) -> None:
    found = ask(desk, "兰苑2号楼", lang="en")
    assert (found["status"], found["building"], found["confidence"]) == ("ambiguous", None, 0)
    assert found["candidate_count"] == 2
    assert [c["building"]["ref"] for c in found["candidates"]] == ["b41", "b61"]
    assert {c["grid"]["code"] for c in found["candidates"]} == {EAST_1}
    assert found["grid"]["code"] == EAST_1  # all of them lie in it
    assert f"all of them in grid {EAST_1}" in found["reason"]


def test_candidates_in_several_grids_name_none(desk: Any) -> None:
    found = ask(desk, "桂苑", lang="en")
    assert (found["status"], found["grid"], found["plan"]) == ("ambiguous", None, None)
    assert {c["grid"]["code"] for c in found["candidates"]} == {WEST_1, WEST_2}
    assert "different grids" in found["reason"]


@pytest.mark.parametrize(
    "text", ["月亮湾1号楼", "🙂", "<script>alert(1)</script>", "'; DROP TABLE residents; --", "3"]
)
def test_a_miss_stays_a_miss(desk: Any, text: str) -> None:
    found = ask(desk, text)
    assert found["status"] == "none"
    assert found["reason"]
    assert (found["grid"], found["building"], found["candidates"]) == (None, None, [])


def test_another_day_another_grid(desk: Any) -> None:
    before = ask(desk, "桂苑3号楼", as_of="2026-05-31", lang="en")
    assert (before["status"], before["grid"]) == ("unplanned", None)
    assert before["building"]["ref"] == "b10"
    assert "no published plan" in before["reason"]
    assert ask(desk, "兰苑2号楼", as_of="2026-05-31")["grid"] is None


def test_a_road_plate_and_sloppy_writing_lead_there_too(desk: Any) -> None:
    assert ask(desk, "一马路12号院7号楼")["building"]["ref"] == "b30"
    assert ask(desk, "桂苑３＃－２－５０１")["room"] == "501"


@pytest.mark.parametrize("text", ["桂苑3号楼2单元501室", "兰苑2号楼", "月亮湾", "a b+c%"])
@pytest.mark.parametrize("day", ["", "2026-05-31"])
@pytest.mark.parametrize("accepted", ["en", "zh-CN", "fr"])
def test_every_way_of_asking_gives_the_same_bytes(desk: Any, text: str, day: str, accepted: str) -> None:
    from urllib.parse import quote

    headers = {"accept-language": accepted}
    more = f"&as_of={day}" if day else ""
    plain = desk.get(f"/api/locate?address={quote(text, safe='')}{more}", headers=headers)
    assert plain.status_code == 200
    said = {"address": text} | ({"as_of": day} if day else {})
    others = (
        desk.get(
            f"/api/locate?{more.strip('&')}&address={quote(text, safe='').replace('%20', '+')}",
            headers=headers,
        ),
        desk.post("/api/locate", json=said, headers=headers),
    )
    for other in others:
        assert (other.status_code, other.content) == (200, plain.content)
        assert shared(other) == shared(plain)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("address=", "empty"),
        ("address=" + "x" * 501, "500"),
        ("address=x&lon=1&lat=2", "not both"),
        ("address=x&as_of=2026-02-30", "YYYY-MM-DD"),
        ("", "is missing"),
    ],
)
def test_bad_questions_are_problems(desk: Any, query: str, said: str) -> None:
    answer = desk.get(f"/api/locate?{query}&lang=en")
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_gbk_is_read_as_gbk_and_said_to_be(desk: Any) -> None:
    """Older systems percent-encode in GBK; `桂苑3号楼2单元501室` is no UTF-8 then."""
    from urllib.parse import quote

    plain = ask(desk, "桂苑3号楼2单元501室 A=1&2")
    answer = desk.get(f"/api/locate?address={quote('桂苑3号楼2单元501室 A=1&2'.encode('gbk'), safe='')}")
    found = answer.json()
    assert "GBK" in found["evidence"].pop(0)
    assert found == plain
    asked = desk.get(f"/api/suggest?q={quote('桂苑3'.encode('gbk'))}")
    assert asked.json() == desk.get("/api/suggest", params={"q": "桂苑3"}).json()


@pytest.mark.parametrize("raw", ["%ff%fe", "%81", "%B9%F0%FF"])
def test_what_is_no_text_at_all_is_said_to_be_none(desk: Any, raw: str) -> None:
    answer = desk.get(f"/api/locate?address={raw}&lang=en")
    assert answer.status_code == 422
    assert "neither UTF-8 nor GBK" in answer.json()["detail"]


def test_the_address_does_not_reach_the_log(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ask(desk, "桂苑3号楼2单元501室")
    desk.get("/api/locate", params={"address": "桂苑3号楼2单元501室", "as_of": "x"})
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert "桂苑" not in " ".join(ours)
    assert "%E6%A1%82" not in " ".join(ours)


def test_suggestions_name_places_and_nobody(desk: Any) -> None:
    found = desk.get("/api/suggest", params={"q": "桂苑3"}).json()["suggestions"]
    (one,) = [each for each in found if each["label"] == "桂苑3号楼"]
    assert (one["kind"], one["key"], one["building_ref"]) == ("building", "b10", "b10")
    assert one["community"]["code"] == town.WEST
    assert (
        desk.get("/api/suggest", params={"q": "lanyuan", "limit": 1}).json()["suggestions"][0]["label"]
        == "兰苑一期"
    )
    assert desk.get("/api/suggest", params={"q": "zzz"}).json() == {"suggestions": []}
    assert desk.get("/api/suggest?q=").status_code == 422


def test_one_box_finds_grids_communities_and_how_far_an_address_goes(desk: Any) -> None:
    def find(text: str, **more: str) -> dict[str, Any]:
        answer = desk.get("/api/find", params={"q": text, **more})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    (community,) = find("西社区")["places"]
    assert (community["kind"], community["key"]) == ("community", town.WEST)
    both = find("第一网格", here=town.EAST)["places"]
    assert [place["key"][:12] for place in both][:1] == [town.EAST]
    assert find(both[0]["key"])["places"] == both[:1]
    far = find("桂苑99号楼")
    assert "该小区" in far["words"]
    assert far["places"][0]["grids"]
    for text in ("34.331, 108.701", "108.701 34.331", "北纬34°19.86′ 东经108°42.06′"):
        assert find(text)["point"] == {"lon": 108.701, "lat": 34.331}
    assert find("什么都不是")["places"] == []


def test_a_learned_name_is_answered_soon(store: Any, run_app: Any, town_of: Any) -> None:
    import time

    from layers.people.decisions import learn_name
    from layers.rights.viewer import OPERATOR
    from tests.layers import households

    households.settle(store)
    with run_app(town_of(store).app()) as client:
        assert ask(client, "月亮湾1号楼")["status"] == "none"
        learn_name(store, OPERATOR, "c-west", "月亮湾", actor="me", now=town.NOW)
        deadline = time.monotonic() + 60.0
        while ask(client, "月亮湾1号楼")["status"] == "none":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert ask(client, "月亮湾1号楼")["building"]["ref"] == "b00"


def test_a_name_is_answered_from_its_first_day_on(store: Any, run_app: Any, town_of: Any) -> None:
    import time
    from datetime import timedelta

    from api.app import create_app
    from layers.people.decisions import learn_name
    from layers.rights.viewer import OPERATOR
    from tests.layers import households

    households.settle(store)
    first_day = town.DAY + timedelta(days=1)
    learn_name(store, OPERATOR, "c-west", "月亮湾", valid_from=first_day, actor="me", now=town.NOW)
    present = [town.NOW]
    with run_app(create_app(town_of(store).settings(index_poll_s=0.1), clock=lambda: present[0])) as client:
        assert ask(client, "月亮湾1号楼")["status"] == "none"
        present[0] += timedelta(days=1)
        deadline = time.monotonic() + 60.0
        while ask(client, "月亮湾1号楼")["status"] == "none":
            assert time.monotonic() < deadline
            time.sleep(0.05)
