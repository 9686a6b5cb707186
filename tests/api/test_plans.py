"""Plans over HTTP: what a planner is told, edits with the revision he saw, undo, and what those hear who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import geopandas as gpd
import httpx
import pytest
import shapely

from api.http.plan_schemas import EditAsked
from geo.plans.rules import profile
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.edit_states import timeline
from layers.plans.nets import keep_net
from layers.plans.operations import OPERATIONS
from layers.plans.publishing import publish
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.api.conftest import NOW
from tests.layers.town import DAY, EAST, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=800)
WEST_1, WEST_2 = f"{WEST}001", f"{WEST}002"


class Desk:
    """Somebody at work on a draft of the west."""

    def __init__(self, client: Any, store: Store, plan: int) -> None:
        self.client, self.store, self.plan = client, store, plan

    def as_(self, role: Role, area: str = WEST, people: OfPeople = OfPeople.BUILDING) -> dict[str, str]:
        """Headers of a session of somebody with this one grant."""
        name = f"{role.value}{area}{people.value}"
        add_account(
            self.store, Keeper("cli:test"), name, [Grant(role, area, people, Purpose.PLANNING)], now=NOW
        )
        with self.store.writing(OPERATOR, actor="test", now=NOW) as unit:
            unit.execute(users.update().where(users.c.name == name).values(must_change=False))
            (row,) = unit.execute(users.select().where(users.c.name == name)).all()
            times = {"made_at": NOW, "seen_at": NOW, "ends_at": NOW + timedelta(hours=9)}
            unit.execute(sessions.insert().values(hash=key_of(name), user_id=row.id, **times))
        return {"cookie": f"wangge={name}", "origin": "http://test", "accept-language": "en"}

    def get(self, who: dict[str, str], part: str = "", query: str = "") -> httpx.Response:
        answer: httpx.Response = self.client.get(f"/api/plans/{self.plan}{part}{query}", headers=who)
        return answer

    def edit(self, who: dict[str, str], revision: Any, **said: Any) -> httpx.Response:
        return self.post(who, revision, "edits", json=said)

    def post(self, who: dict[str, str], revision: Any, how: str, **more: Any) -> httpx.Response:
        headers = who | ({} if revision is None else {"if-match": f'"{revision}"'})
        answer: httpx.Response = self.client.post(f"/api/plans/{self.plan}/{how}", headers=headers, **more)
        return answer


@pytest.fixture
def desk(store: Store, run_app: Callable[..., Any], town_of: Any) -> Iterator[Desk]:
    settle(store)
    frame = drawn_grids((0, 2), (2, 2))
    (plan,) = adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids
    add_account(store, Keeper("cli:test"), "keeper", [Grant(Role.ADMIN, "")], now=NOW)
    with run_app(town_of(store).app()) as client:
        yield Desk(client, store, plan)


def test_a_planner_edits_with_the_revision_he_saw(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    listed = desk.client.get("/api/plans?state=draft", headers=wang).json()["plans"]
    assert [(row["id"], row["community"], row["grids"]) for row in listed] == [(desk.plan, "西社区", 2)]
    told = desk.get(wang)
    assert (told.status_code, told.headers["etag"]) == (200, '"1"')
    body = told.json()
    assert (body["rules"]["most"], body["undo"], body["redo"]) == (840, False, False)
    assert [(row["code"], row["households"], row["locked"]) for row in body["grid_rows"]] == [
        (WEST_1, 400, False),
        (WEST_2, 400, False),
    ]

    done = desk.edit(wang, 1, operation="create", buildings=["b30", "b31"], name="东片")
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    answer = done.json()
    assert [(row["name"], row["households"]) for row in answer["changed"]] == [
        ("第二网格", 200),
        ("东片", 200),
    ]
    assert [one["properties"]["label"] for one in answer["shapes"]["features"]] == [1, 2]
    assert (len(answer["cells"]), answer["undo"], answer["redo"], answer["gone"]) == (2, True, False, [])

    late = desk.edit(wang, 1, operation="rename", grid=WEST_1, name="晚到")
    assert (late.status_code, late.json()["type"]) == (412, "urn:wangge:problem:stale")
    assert "revision 2" in late.json()["detail"]
    assert desk.edit(wang, None, operation="rename", grid=WEST_1, name="晚到").status_code == 428
    assert desk.edit(wang, "x", operation="rename", grid=WEST_1, name="晚到").status_code == 422

    back = desk.post(wang, 2, "undo").json()
    assert (back["step"], back["undo"], back["redo"], back["gone"]) == (0, False, True, [f"{WEST}003"])
    again = desk.post(wang, 3, "redo").json()
    assert (again["step"], again["revision"]) == (1, 4)
    gone = desk.client.put(
        f"/api/plans/{desk.plan}/step", json={"step": 0}, headers=wang | {"if-match": "4"}
    ).json()
    assert (gone["step"], gone["revision"]) == (0, 5)
    lines = desk.get(wang, "/edits").json()["edits"]
    assert [(row["number"], row["operation"], row["current"]) for row in lines] == [(1, "create", False)]
    assert lines[0]["actor"].startswith("http:planner")


def test_a_plan_tells_what_planned_buildings_will_bring(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    assert desk.get(wang).json()["growth"]["planned"] == []
    said = {"planned_for": ["2028-03-01", "2027-01-01"], "planned_households": [340, 500]}
    sites = gpd.GeoDataFrame(
        {"ref": ["n1", "n2"], "name": ["新1号楼", None], "use": "residential"} | said,
        geometry=[
            shapely.box(108.70205, 34.3304, 108.7022, 34.3306),
            shapely.box(108.7045, 34.3302, 108.7046, 34.3303),
        ],
        crs=4490,
    )  # the second in the east
    import_frame(desk.store, OPERATOR, "buildings", sites, source="t", actor="t", now=NOW)
    told = desk.get(wang).json()
    assert [(row["households"], row["ahead"]) for row in told["grid_rows"]] == [
        (400, [400, 400, 400]),
        (400, [400, 740, 740]),
    ]
    assert told["growth"]["days"] == ["2027-11-22", "2029-11-22", "2031-11-22"]
    (new,) = told["growth"]["planned"]
    cells = desk.get(wang, "/cells").json()["features"]
    stands = new.pop("cell")
    under = next(one["properties"] for one in cells if one["properties"]["cell"] == stands)
    assert new == {"ref": "n1", "name": "新1号楼", "planned_for": "2028-03-01", "households": 340}
    assert under["building"] == "b20"


def test_what_an_editor_draws_is_told_with_names(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    cells = desk.get(wang, "/cells")
    assert cells.headers["etag"] == '"1"'
    features = cells.json()["features"]
    assert len(features) == 8
    first = features[0]["properties"]
    assert first["building_name"].endswith("号楼")
    assert (first["households"], first["label"] in (0, 1)) == (100, True)
    grids = desk.get(wang, "/grids").json()["features"]
    assert [one["properties"]["name"] for one in grids] == ["第一网格", "第二网格"]
    found = desk.get(wang, "/checks").json()
    assert found["revision"] == 1
    assert all(row["reason"] for row in found["findings"])


def test_every_operation_can_be_asked_for() -> None:
    union, *_ = get_args(EditAsked)
    named = {get_args(body.model_fields["operation"].annotation)[0] for body in get_args(union)}
    assert named == OPERATIONS.keys()


def test_a_grid_is_cut_along_a_line_and_the_cells_are_others(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    done = desk.edit(
        wang, 1, operation="cut", grid=WEST_1, line=[[108.7008, 34.32], [108.7008, 34.34]]
    ).json()
    assert (done["recut"], done["notes"]) == (True, [])
    assert {row["code"] for row in done["changed"]} >= {WEST_1, f"{WEST}003"}
    cells = desk.get(wang, "/cells").json()["features"]
    labels = {one["properties"]["cell"]: one["properties"]["label"] for one in cells}
    assert (len(cells), {cell: labels[cell] for cell, _ in done["cells"]}) == (10, dict(done["cells"]))
    assert desk.get(wang, "/edits").json()["edits"][0]["said"]["line"] == [
        [108.7008, 34.32],
        [108.7008, 34.34],
    ]
    merged = desk.edit(wang, 2, operation="merge", grids=[WEST_1, WEST_2]).json()
    way = [[108.69, 34.3309], [108.7012, 34.3309], [108.7016, 34.3306], [108.702, 34.3309], [108.71, 34.3309]]
    through = desk.edit(wang, 3, operation="cut", grid=WEST_1, line=way).json()
    assert (merged["recut"], through["recut"]) == (False, True)
    assert [note.startswith("buildings stand on the line") for note in through["notes"]] == [True]
    back = desk.post(wang, 4, "undo").json()
    assert (back["recut"], back["notes"], len(desk.get(wang, "/cells").json()["features"])) == (True, [], 10)
    for line, words in (
        ([[108.7008, 34.32], [108.7008, 34.3305]], "does not part"),
        ([[34.33, 34.7], [34.34, 34.7]], "outside the community"),
        ([[108.7008, 34.32]], "line"),
        ([[108.7008, 34.32], [208, 34.34]], "line"),
    ):
        refused = desk.edit(wang, 5, operation="cut", grid=WEST_1, line=line)
        assert refused.status_code == 422
        assert words in refused.text


def test_an_exclusive_grid_is_made_and_dissolved(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    made = desk.edit(wang, 1, operation="create", buildings=["b10"], name="第二小学", kind="exclusive")
    assert [row["kind"] for row in made.json()["changed"] if row["name"] == "第二小学"] == ["exclusive"]
    gone = desk.edit(wang, 2, operation="dissolve", grid="第二小学")
    assert (gone.status_code, gone.json()["gone"]) == (200, [f"{WEST}003"])


def test_operations_that_search_are_done_beside_the_server(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    desk.edit(wang, 1, operation="merge", grids=[WEST_1, WEST_2])
    halves = desk.edit(wang, 2, operation="split", grid=WEST_1, parts=2)
    assert halves.status_code == 200, halves.text
    assert [row["households"] for row in halves.json()["changed"]] == [400, 400]
    stale = desk.edit(wang, 2, operation="redraw")
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"operation": "explode"}, 422, "operation"),
        ({"operation": "merge", "grids": [WEST_1]}, 422, "grids"),
        ({"operation": "assign", "to": WEST_1, "buildings": ["b99"]}, 404, "no building b99"),
        ({"operation": "assign", "to": WEST_1, "cells": [-1]}, 422, "cells"),
        ({"operation": "assign", "to": "x", "cells": [0]}, 404, "no grid x"),
        ({"operation": "rename", "grid": WEST_1, "name": "第二网格"}, 409, "already"),
        ({"operation": "kind", "grid": WEST_1, "kind": "round"}, 422, "kind"),
        ({"operation": "assign", "to": WEST_1, "cells": [0], "more": 1}, 422, "more"),
    ],
)
def test_what_cannot_be_done_is_told(desk: Desk, said: dict[str, Any], status: int, words: str) -> None:
    answer = desk.edit(desk.as_(Role.PLANNER), 1, **said)
    assert answer.status_code == status, answer.text
    assert words in answer.text
    with desk.store.reading(OPERATOR) as unit:
        assert timeline(unit, desk.plan).empty


def test_who_may_not_edit_changes_nothing(desk: Desk) -> None:
    approver = desk.as_(Role.APPROVER)
    assert desk.get(approver).status_code == 200
    assert desk.edit(approver, 1, operation="lock", grids=[WEST_1]).status_code == 403
    for who in (desk.as_(Role.LEADER), desk.as_(Role.PLANNER, people=OfPeople.COUNTS)):
        assert desk.get(who).status_code == 403
    elsewhere = desk.as_(Role.PLANNER, EAST)
    assert desk.get(elsewhere).status_code == 404
    assert desk.edit(elsewhere, 1, operation="lock", grids=[WEST_1]).status_code == 404
    assert desk.client.get("/api/plans", headers=elsewhere).json() == {"plans": []}
    assert desk.get({}).status_code == 401
    assert desk.get(approver).json()["revision"] == 1


def test_a_draft_is_copied_as_it_was_at_a_step(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    desk.edit(wang, 1, operation="rename", grid=WEST_1, name="老街片")
    desk.post(wang, 2, "undo")
    for said, name in (({}, "第一网格"), ({"step": 1}, "老街片")):
        made = desk.client.post("/api/plans", json={"plan": desk.plan} | said, headers=wang)
        assert made.status_code == 201
        told = desk.client.get(f"/api/plans/{made.json()['plan']}", headers=wang).json()
        assert (told["grid_rows"][0]["name"], told["state"]) == (name, "draft")


def test_a_planner_submits_and_an_approver_sends_back_or_approves(desk: Desk) -> None:
    wang, zhang = desk.as_(Role.PLANNER), desk.as_(Role.APPROVER)
    assert desk.post(zhang, 1, "submit", json={}).status_code == 403
    sent = desk.post(wang, 1, "submit", json={"remark": "请审"})
    assert sent.json() == {"plan": desk.plan, "state": "submitted", "revision": 2, "undecided": 0}
    assert desk.edit(wang, 2, operation="rename", grid=WEST_1, name="东片").status_code == 409
    assert desk.post(wang, 2, "approve", json={}).status_code == 403
    assert desk.post(zhang, 2, "return", json={}).status_code == 422
    assert desk.post(zhang, 1, "approve", json={}).status_code == 412
    back = desk.post(zhang, 2, "return", json={"remark": "第二网格太大"})
    assert back.json()["state"] == "returned"
    desk.post(wang, 3, "submit", json={})
    assert desk.post(zhang, 4, "approve", json={}).json()["state"] == "approved"
    told = desk.get(wang, "/way")
    assert told.status_code == 200, told.text
    way = told.json()["way"]
    assert [(row["deed"], row["remark"]) for row in way] == [
        ("submit", "请审"),
        ("return", "第二网格太大"),
        ("submit", None),
        ("approve", None),
    ]


def test_a_plan_is_decided_about_grid_by_grid_and_published_by_right(desk: Desk) -> None:
    wang, zhang = desk.as_(Role.PLANNER), desk.as_(Role.APPROVER)
    desk.post(wang, 1, "submit", json={})
    half = desk.post(zhang, 2, "approve", json={"grids": [WEST_1]}).json()
    assert half == {"plan": desk.plan, "state": "submitted", "revision": 3, "undecided": 1}
    shown = desk.get(wang).json()["grid_rows"]
    assert [(row["decision"] or {}).get("verdict") for row in shown] == ["approve", None]
    assert desk.post(zhang, 3, "publish", json={"valid_from": "2026-12-01"}).status_code == 409
    assert desk.post(zhang, 3, "approve", json={"grids": [WEST_2]}).json()["state"] == "approved"
    assert desk.post(wang, 4, "publish", json={"valid_from": "2026-12-01"}).status_code == 403
    assert desk.post(zhang, 3, "publish", json={"valid_from": "2026-12-01"}).status_code == 412
    far = desk.post(zhang, 4, "publish", json={"valid_from": "2072-01-01"})
    assert (far.status_code, far.json()["type"]) == (422, "urn:wangge:problem:far-day")
    assert desk.post(zhang, 4, "publish", json={"valid_from": "20261201"}).status_code == 422
    done = desk.post(zhang, 4, "publish", json={"valid_from": "2026-12-01"}).json()
    assert (done["valid_from"], done["kept"], done["new"]) == ("2026-12-01", 0, 2)
    assert desk.post(wang, None, "withdraw", json={"reason": "误发"}).status_code == 403
    gone = desk.post(zhang, None, "withdraw", json={"reason": "误发"}).json()
    assert (gone["draft"], gone["again"]) == (desk.plan + 1, None)
    way = desk.get(wang, "/way").json()["way"]
    assert [row["deed"] for row in way] == ["submit", "approve", "approve", "publish", "withdraw"]
    assert (way[1]["grids"], way[3]["valid_from"], way[4]["remark"]) == ([WEST_1], "2026-12-01", "误发")


def test_findings_lead_to_a_place_are_mended_and_excepted(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    desk.edit(wang, 1, operation="assign", to=WEST_1, buildings=["b30"])
    torn = desk.get(wang, "/checks").json()["findings"][0]
    assert (torn["rule"], torn["mend"], torn["firm"], torn["exception"]) == (
        "not-connected",
        True,
        False,
        None,
    )
    west, _, east, _ = torn["place"]
    assert 0.0008 < east - west < 0.0012  # the stray cell, not the grid
    mend = {"operation": "mend", "rule": "not-connected", "grid": WEST_1}
    shown = desk.post(wang, 2, "preview", json=mend).json()
    assert {row["name"]: row["households"] for row in shown["changed"]} == {"第一网格": 400, "第二网格": 400}
    assert (shown["before"], shown["moved_households"]) == ({WEST_1: 500, WEST_2: 300}, 100)
    assert desk.get(wang).json()["revision"] == 2  # looked at only
    said = {"rule": "not-connected", "grid": WEST_1, "reason": "隔河相望", "approver": "街道办"}
    path, headers = f"/api/plans/{desk.plan}/exceptions", wang | {"if-match": "2"}
    kept = desk.client.put(path, json=said, headers=headers)
    assert kept.json() == {"plan": desk.plan, "revision": 3}
    found = {row["rule"]: row for row in desk.get(wang, "/checks").json()["findings"]}["not-connected"]
    assert (found["severity"], found["exception"]["approver"]) == ("notice", "街道办")
    ended = desk.post(wang, 3, "exceptions/end", json={"rule": "not-connected", "grid": WEST_1})
    assert ended.json()["revision"] == 4
    mended = desk.edit(wang, 4, **shown["take"])
    assert mended.status_code == 200, mended.text
    assert "not-connected" not in desk.get(wang, "/checks").text


def test_what_a_search_finds_is_looked_at_and_taken_as_it_was_shown(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    desk.edit(wang, 1, operation="merge", grids=[WEST_1, WEST_2])
    shown = desk.post(wang, 2, "preview", json={"operation": "redraw", "number": 2}).json()
    assert shown["take"]["operation"] == "arrange"
    assert sum(row["households"] for row in shown["changed"]) == 800
    taken = desk.edit(wang, 2, **shown["take"]).json()
    assert sorted(taken["cells"]) == sorted(shown["cells"])


def test_two_plans_are_compared(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    copied = desk.client.post("/api/plans", json={"plan": desk.plan}, headers=wang).json()["plan"]
    desk.edit(wang, 1, operation="assign", to=WEST_1, buildings=["b20", "b21"])
    found = desk.get(wang, "/compare", f"?with={copied}").json()
    assert found["moved"]["households"] == 200
    assert (found["moved"]["buildings"], found["households"]) == (2, 800)
    assert {fate: count for fate, count in found["counts"].items() if count} == {"changed": 2}
    assert [(row["old_name"], row["new_name"], row["households"]) for row in found["codes"]] == [
        ("第一网格", "第一网格", 400),
        ("第二网格", "第一网格", 200),
        ("第二网格", "第二网格", 200),
    ]
    assert (len(found["moved_cells"]["features"]), len(found["grids_before"]["features"])) == (2, 2)
    assert found["serving"] == {
        "rows": [],
        "centres": 0,
    }  # what else there may be: tests/layers/plans/test_serving.py
    for query, status in (("", 404), ("?on=2026-11-22", 404), ("?with=99", 404), ("?on=20261122", 422)):
        assert desk.get(wang, "/compare", query).status_code == status


def test_a_draft_starts_from_a_template(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)

    def new(**said: Any) -> httpx.Response:
        answer: httpx.Response = desk.client.post("/api/plans", json={"community": WEST} | said, headers=wang)
        return answer

    def sizes(plan: int) -> list[int]:
        rows = desk.client.get(f"/api/plans/{plan}", headers=wang).json()["grid_rows"]
        return [row["households"] for row in rows]

    assert (new(template="today").status_code, new(template="net").status_code) == (404, 422)
    assert new(template="net", net="police").status_code == 409
    assert new(template="round").status_code == 422
    assert new(template="empty", community=EAST).status_code == 404
    assert sizes(new(template="empty").json()["plan"]) == [800]
    keep_net(desk.store, OPERATOR, "police", drawn_grids((0, 1), (1, 3)), source="t", actor="t", now=NOW)
    assert sorted(sizes(new(template="net", net="police").json()["plan"])) == [200, 600]
    drawn = new(template="generated", alternatives=2).json()
    assert sum(sizes(drawn["plan"])) == 800
    assert drawn["plan"] in [row["plan"] for row in drawn["choice"]]
    publish(desk.store, OPERATOR, plan_ids=[desk.plan], valid_from=DAY, actor="t", now=NOW)
    assert sizes(new(template="today").json()["plan"]) == [400, 400]
