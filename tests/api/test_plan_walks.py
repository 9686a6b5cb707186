"""The walk on site over HTTP: typed in, told, taken back, and refused from sheets of other outlines."""

from __future__ import annotations

from typing import Any

from layers.rights.viewer import Role
from tests.api.test_plans import EAST, WEST_1, WEST_2, Desk, desk

__all__ = ["desk"]
SAID = {"grid": WEST_1, "stretches": [1], "by": "王某", "on": "2026-11-21", "remark": "界桩缺失"}


def said(**more: Any) -> dict[str, Any]:
    return SAID | more


def test_what_was_walked_is_typed_in_told_and_taken_back(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    before = desk.get(wang, "/walked").json()
    assert [(grid["code"], grid["walked"]) for grid in before["grids"]] == [(WEST_1, 0), (WEST_2, 0)]
    kept = desk.post(wang, None, "walked", json=said(sheet=before["grids"][0]["sheet"]))
    assert (kept.status_code, kept.json()) == (200, {"plan": desk.plan, "entries": 1})
    first, *others = desk.get(wang, "/walked").json()["stretches"]["features"]
    assert first["geometry"]["type"] == "LineString"
    told = first["properties"]
    assert [told[name] for name in ("code", "number", "walked", "walked_by", "walked_on", "remark")] == [
        WEST_1, 1, True, "王某", "2026-11-21", "界桩缺失",
    ]  # fmt: skip
    beside = [one["properties"]["beside"] for one in others if one["properties"]["walked"]]
    assert beside == ["第一网格"], "the line it shares with the other grid, and no other"
    checks = desk.get(wang, "/checks").json()["findings"]
    assert {one["rule"] for one in checks} >= {"not-walked"}
    gone = desk.post(wang, None, "walked/end", json={"grid": WEST_1, "stretches": [1]})
    assert gone.json() == {"plan": desk.plan, "entries": 1}
    again = desk.post(wang, None, "walked/end", json={"grid": WEST_1, "stretches": [1]})
    assert again.status_code == 404


def test_the_rest_of_a_grid_goes_in_at_once(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    count = desk.post(wang, None, "walked", json=said(stretches=[])).json()["entries"]
    grid = desk.get(wang, "/walked").json()["grids"][0]
    assert grid["walked"] == grid["stretches"] == count


def test_what_cannot_be_is_refused_in_words(desk: Desk) -> None:
    wang = desk.as_(Role.PLANNER)
    for body, status, words in (
        (said(stretches=[99]), 404, "not 99"),
        (said(grid="nowhere"), 404, "no grid nowhere"),
        (said(on="2026-11-23"), 422, "still to come"),
        (said(by="  "), 422, "say who walked"),
        (said(sheet="ZZZZ"), 409, "was changed since"),
        (said(stretches=[0]), 422, "stretches"),
    ):
        answer = desk.post(wang, None, "walked", json=body)
        assert answer.status_code == status, body
        assert words in answer.json()["detail"], body


def test_nobody_types_into_what_is_not_his(desk: Desk) -> None:
    other = desk.as_(Role.PLANNER, EAST)
    assert desk.post(other, None, "walked", json=SAID).status_code == 404
    assert desk.get(other, "/walked").status_code == 404
    assert desk.post(desk.as_(Role.APPROVER), None, "walked", json=SAID).status_code == 403
