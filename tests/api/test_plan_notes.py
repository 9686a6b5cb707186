"""Notes on a plan and its public consultation over HTTP: by right, within an area, without people."""

from __future__ import annotations

import re
from typing import Any

from layers.rights.viewer import OfPeople, Role
from tests.api.test_plans import Desk, desk  # noqa: F401
from tests.layers.town import EAST, WEST

SHOWN = {
    "first_day": "2026-11-22",
    "last_day": "2026-11-29",
    "how": "社区窗口",
    "exemption": "示意图，无需送审",
}


def asked(desk: Desk, who: dict[str, str], method: str, part: str, body: Any = None) -> Any:  # noqa: F811
    more = {} if body is None else {"json": body}
    return getattr(desk.client, method.lower())(f"/api/plans/{desk.plan}{part}", headers=who, **more)


def test_a_comment_is_kept_listed_answered_and_saved(desk: Desk) -> None:  # noqa: F811
    wang, zhang = desk.as_(Role.PLANNER), desk.as_(Role.APPROVER)
    made = asked(
        desk, zhang, "POST", "/notes", {"text": "=1+1 太大", "grid": "第二网格", "mark": [[108.702, 34.331]]}
    )
    assert (made.status_code, made.json()["number"]) == (201, 1)
    done = asked(desk, wang, "PUT", "/notes/1", {"verdict": "adopted", "answer": "已改"})
    assert done.status_code == 200
    (row,) = asked(desk, wang, "GET", "/notes").json()["notes"]
    assert (row["grid_code"], row["mark"], row["public"]) == (f"{WEST}002", [[108.702, 34.331]], False)
    assert (row["verdict"], row["answer"]) == ("adopted", "已改")
    table = asked(desk, wang, "GET", "/notes.csv?lang=zh")
    assert "'=1+1 太大,采纳,已改" in table.text
    assert asked(desk, wang, "PUT", "/notes/7", {"verdict": "noted"}).status_code == 404
    refused = asked(desk, wang, "POST", "/notes", {"text": "请回电 13800138000"})
    assert refused.status_code == 422
    assert "13800138000" not in refused.text


def test_the_page_of_a_consultation_tells_nothing_of_people_and_is_there_while_it_runs(desk: Desk) -> None:  # noqa: F811
    wang, zhang = desk.as_(Role.PLANNER), desk.as_(Role.APPROVER)
    looks = desk.as_(Role.VIEWER, people=OfPeople.NOTHING)
    assert asked(desk, zhang, "POST", "/consultation", SHOWN).status_code == 409  # it may still change
    desk.post(wang, 1, "submit", json={})
    assert asked(desk, wang, "POST", "/consultation", SHOWN).status_code == 403
    assert asked(desk, looks, "GET", "/notice.html").status_code == 404
    opened = asked(desk, zhang, "POST", "/consultation", SHOWN)
    assert (opened.status_code, opened.json()["consultation"]["state"]) == (201, "open")
    page = asked(desk, looks, "GET", "/notice.html?lang=zh")
    assert page.status_code == 200
    assert "西社区网格调整方案公示" in page.text
    assert "公示期：2026-11-22 至 2026-11-29" in page.text
    assert "意见反映：社区窗口" in page.text
    counts = re.findall(r'"(?:households|people)":\[([^\]]*)\]', page.text)
    assert len(counts) >= 3  # of grids and of buildings
    assert {one for row in counts for one in row.split(",")} == {"null"}
    assert "Public notice" in asked(desk, looks, "GET", "/notice.html?lang=en").text
    (row,) = desk.client.get("/api/notices", headers=looks).json()["shown"]
    assert (row["plan"], row["community"], row["last_day"]) == (desk.plan, "西社区", "2026-11-29")

    heard = {"text": "同意", "via": "counter"}
    assert asked(desk, looks, "POST", "/notes", heard).status_code == 403
    assert asked(desk, wang, "POST", "/notes", heard).status_code == 201
    assert asked(desk, wang, "PUT", "/notes/1", {"verdict": "declined"}).status_code == 422
    ended = asked(desk, zhang, "POST", "/consultation/end", {"reason": "日期有误"})
    assert ended.json()["consultation"]["state"] == "ended"
    assert asked(desk, looks, "GET", "/notice.html").status_code == 404
    way = asked(desk, wang, "GET", "/way").json()["way"]
    assert [(row["deed"], row["days"]) for row in way] == [
        ("submit", None),
        ("consult", ["2026-11-22", "2026-11-29"]),
        ("consult no more", None),
    ]


def test_the_east_sees_nothing_of_the_west(desk: Desk) -> None:  # noqa: F811
    wang, zhang = desk.as_(Role.PLANNER), desk.as_(Role.APPROVER)
    desk.post(wang, 1, "submit", json={})
    asked(desk, zhang, "POST", "/consultation", SHOWN)
    east = desk.as_(Role.APPROVER, EAST)
    for method, part, body in (
        ("GET", "/notes", None),
        ("GET", "/notes.csv", None),
        ("POST", "/notes", {"text": "x"}),
        ("GET", "/notice.html", None),
        ("POST", "/consultation/end", {"reason": "x"}),
    ):
        assert asked(desk, east, method, part, body).status_code == 404
    assert desk.client.get("/api/notices", headers=east).json() == {"shown": []}
