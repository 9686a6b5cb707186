"""The feed of what became of grids: followed from the first publication to a withdrawal, page by page, within an area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from layers.accounts.tokens import make_token
from layers.plans.withdrawing import withdraw
from layers.rights.rights import Grant, Right
from layers.rights.viewer import OPERATOR, Role
from tests.api.signed_in import KEEPER, NOW, signed_in

WEST, EAST = "999901001001", "999901001002"
LATER = date(2027, 1, 1)


@pytest.fixture
def redrawn(town: Any, run_app: Callable[..., Any]) -> Iterator[tuple[Any, Any]]:
    """The two grids of the west became one, from a later day on; then that was taken back."""
    version = town.publish(valid_from=LATER, split=False)
    withdraw(town.store, OPERATOR, version=version, actor="test", now=NOW)
    with run_app(town.app()) as client:
        yield town, client


def ask(client: Any, since: str = "0", **more: Any) -> dict[str, Any]:
    query = "".join(f"&{name}={value}" for name, value in more.items() if name != "headers")
    answer = client.get(f"/api/changes?since={since}{query}", headers=more.get("headers"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def follow(client: Any, since: str = "0", **more: Any) -> list[dict[str, Any]]:
    """Everything after `since`, page by page: a page may end early."""
    page = ask(client, since, **more)
    return page["changes"] + (follow(client, page["next"], **more) if page["more"] else [])


def test_it_tells_what_appeared_changed_and_ended_and_where_it_went(redrawn: tuple[Any, Any]) -> None:
    _, client = redrawn
    told = follow(client)
    first, merged, back = (
        next(one for one in told if one["version"] == version and one["community"] == WEST)
        for version in (1, 2, 3)
    )
    assert [grid["became"] for grid in first["grids"]] == ["appeared", "appeared"]
    assert (first["crosswalk"], first["unchanged"], first["valid_from"]) == ([], 0, "2026-06-01")
    left, right = (grid["code"] for grid in first["grids"])
    assert {grid["code"]: grid["became"] for grid in merged["grids"]} == {left: "ended", right: "changed"}
    assert [(p["old"], p["new"], p["share_of_old"]) for p in merged["crosswalk"]] == [
        (left, right, 1.0),
        (right, right, 1.0),
    ]
    assert merged["crosswalk"][0]["share_of_new"] == pytest.approx(0.5, abs=0.01)
    assert (back["action"], back["valid_from"]) == ("withdrawn", LATER.isoformat())
    assert {grid["code"]: grid["became"] for grid in back["grids"]} == {left: "appeared", right: "changed"}
    kept = [one for one in told if one["version"] == 2 and one["community"] == EAST]
    assert [(one["grids"], one["unchanged"], one["crosswalk"]) for one in kept] == [([], 1, [])]


def test_whoever_follows_page_by_page_misses_nothing(redrawn: tuple[Any, Any]) -> None:
    _, client = redrawn
    whole = follow(client)
    assert follow(client, limit=1) == whole
    assert len({one["cursor"] for one in whole}) == len(whole) == 6
    assert ask(client, "3") == {"changes": [], "next": "3", "more": False}
    assert follow(client, f"2:{WEST}") == whole[3:]


def test_what_is_told_holds_no_count_of_anybody(redrawn: tuple[Any, Any]) -> None:
    _, client = redrawn
    said = {name for one in follow(client) for name in one}
    assert not {name for name in said if "household" in name or "people" in name or "actor" in name}


def test_a_place_beyond_the_end_and_one_that_is_none(redrawn: tuple[Any, Any]) -> None:
    _, client = redrawn
    beyond = client.get("/api/changes?since=99&lang=zh")
    assert beyond.status_code == 409
    assert "重新读取全部网格" in beyond.json()["detail"]
    assert client.get("/api/changes?since=x").status_code == 422


def test_a_program_reads_its_own_area_only(town: Any, run_app: Callable[..., Any]) -> None:
    signed_in(town.store, "keeper", Grant(Role.ADMIN, ""))
    token = make_token(town.store, KEEPER, "hotline", [Right.LOOKUP], [EAST], days=9, now=NOW)
    with run_app(town.app()) as client:
        headers = {"authorization": f"Bearer {token}"}
        assert {one["community"] for one in follow(client, headers=headers)} == {EAST}
        assert client.get("/api/changes").status_code == 401


def test_a_first_plan_that_was_withdrawn_leaves_nothing(
    store: Any, town_of: Any, run_app: Callable[..., Any]
) -> None:
    made = town_of(store)
    made.build()
    withdraw(store, OPERATOR, version=made.publish(valid_from=LATER), actor="test", now=NOW)
    with run_app(made.app()) as client:
        *_, last = follow(client)
    assert (last["action"], last["unchanged"], last["crosswalk"]) == ("withdrawn", 0, [])
    assert {grid["became"] for grid in last["grids"]} == {"ended"}
