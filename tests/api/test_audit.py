"""The audit over HTTP: filtered, paged, verified, exported, and nothing of another area for an auditor of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from layers.accounts.audit import read_audit, write_audit
from layers.accounts.checkpoints import kept
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from tests.api.signed_in import NOW, signed_in


@dataclass(frozen=True)
class Office:
    """A server that keeps checkpoints in a file, its store, and the headers of who is signed in."""

    client: Any
    store: Store
    points: Path
    people: dict[str, dict[str, str]]


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    lasting_store: Callable[..., Store],
    run_app: Callable[..., Any],
    town_of: Any,
) -> Iterator[Office]:
    store = lasting_store(request, tmp_path_factory, "audited")
    points = tmp_path_factory.mktemp("outside") / "points.log"
    people = {
        "zhao": signed_in(store, "zhao", Grant(Role.AUDITOR, "")),
        "west": signed_in(store, "west", Grant(Role.AUDITOR, "999901001001")),
        "sun": signed_in(store, "sun", Grant(Role.VIEWER, "")),
    }
    write_audit(store, who="http:li", now=NOW, what="look", area=["999901001001"])
    write_audit(store, who="http:wang", now=NOW, what="=cmd()", area=["999901001002"])
    with run_app(town_of(store).app(checkpoints=str(points))) as client:
        yield Office(client, store, points, people)
    store.close()


def test_rows_come_newest_first_page_by_page(office: Office) -> None:
    auditor = office.people["zhao"]
    page = office.client.get("/api/audit?limit=2", headers=auditor).json()
    assert len(page["rows"]) == 2
    older = office.client.get(f"/api/audit?limit=2&before={page['older']}", headers=auditor).json()
    assert (
        max(row["number"] for row in older["rows"])
        < page["older"]
        <= min(row["number"] for row in page["rows"])
    )
    while older["older"]:
        older = office.client.get(f"/api/audit?limit=2&before={older['older']}", headers=auditor).json()
    assert older["rows"][-1]["number"] == 1
    found = office.client.get("/api/audit?who=li", headers=auditor).json()["rows"]
    assert [(row["who"], row["what"]) for row in found] == [("http:li", "look")]
    assert office.client.get("/api/audit?since=2026-11-23", headers=auditor).json()["rows"] == []
    assert office.client.get("/api/audit?until=2026-11-21", headers=auditor).json()["rows"] == []


def test_an_auditor_of_an_area_sees_its_rows_alone(office: Office) -> None:
    auditor = office.people["west"]
    rows = office.client.get("/api/audit", headers=auditor).json()["rows"]
    assert [row["who"] for row in rows] == ["http:li"]
    assert "wang" not in office.client.get("/api/audit.csv", headers=auditor).text


def test_the_chain_is_verified_against_the_file_the_server_keeps(office: Office) -> None:
    auditor = office.people["zhao"]
    said = office.client.get("/api/audit/verdict", headers=auditor).json()
    assert (said["whole"], said["faults"]) == (True, [])
    assert said["checkpoints"] == len(list(kept(office.points))) == 1


def test_an_export_computes_nothing_and_is_audited(office: Office) -> None:
    auditor = office.people["zhao"]
    answer = office.client.get("/api/audit.csv", headers=auditor)
    assert "'=cmd()" in answer.text
    serial = answer.headers["content-disposition"].split("audit-")[1].removesuffix('.csv"')
    last = read_audit(office.store, limit=1).iloc[0]
    assert last["what"] == "audit-export"
    assert serial in last["said"]
    assert '"route": "GET /api/audit.csv"' in last["said"]
    assert '"request": ' in last["said"]


def test_a_refusal_is_in_the_audit_with_where_it_came_from(office: Office) -> None:
    viewer = office.people["sun"]
    answer = office.client.get("/api/audit", headers=viewer | {"x-request-id": "abc-12345"})
    assert answer.status_code == 403
    assert answer.headers["x-request-id"] == "abc-12345"
    last = read_audit(office.store, limit=1).iloc[0]
    assert (last["who"], last["what"]) == ("http:sun", "refused")
    assert "abc-12345" in last["said"]
