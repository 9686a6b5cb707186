"""Signing in and out over HTTP: what the cookie is, what writes must bring, what is slowed, audited and ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http import identity, known, slowing
from layers.accounts.accounts import Keeper, add_account, lock_account, reset_password
from layers.accounts.audit import read_audit, verify
from layers.accounts.tokens import list_tokens, make_token, revoke_token
from layers.rights.rights import Grant, Right
from layers.rights.viewer import OfPeople, Purpose, Role
from layers.store.database import Store
from tests.layers import households, town

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OPER = Keeper("cli:test")
OWN = {"origin": "http://test"}
GOOD = "Lotus-gate-41"
SOON_S = 60.0
POINT = "/api/locate?lon=108.7005&lat=34.3305"


@pytest.fixture
def first(store: Any) -> dict[str, str]:
    """The first passwords of li, leader of the west, and wang, steward everywhere; grids are in force."""
    households.settle(store)
    steward = Grant(Role.STEWARD, "", OfPeople.FULL, Purpose.MAINTENANCE)
    return {
        "li": add_account(store, OPER, "li", [Grant(Role.LEADER, town.WEST)], now=NOW),
        "wang": add_account(store, OPER, "wang", [steward], now=NOW),
    }


@pytest.fixture
def office(first: dict[str, str], store: Any, run_app: Callable[..., Any], town_of: Any) -> Iterator[Any]:
    """A server with these accounts."""
    assert first
    with run_app(town_of(store).app(index_poll_s=0.05)) as client:
        yield client


def sign_in(client: Any, name: str, password: str, **headers: str) -> httpx.Response:
    client.held.cookies.clear()
    answer: httpx.Response = client.post(
        "/api/session", json={"name": name, "password": password}, headers=OWN | headers
    )
    client.held.cookies.clear()
    return answer


def cookie(answer: httpx.Response) -> dict[str, str]:
    """The header a browser would send from now on."""
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


def settled(client: Any, first: dict[str, str], name: str = "li") -> dict[str, str]:
    """The session of somebody who has changed his first password."""
    begun = cookie(sign_in(client, name, first[name]))
    said = {"old_password": first[name], "new_password": GOOD}
    assert client.put("/api/session/password", json=said, headers=OWN | begun).status_code == 200
    return begun


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def audited(store: Any) -> str:
    return "\n".join(" ".join(map(str, row)) for row in read_audit(store).itertuples(index=False))


def test_a_session_is_a_cookie_no_script_can_read(office: Any, first: dict[str, str]) -> None:
    answer = sign_in(office, "LI", first["li"])
    assert answer.status_code == 200
    said = answer.headers["set-cookie"]
    assert said.startswith("wangge=")
    assert said.endswith("; Path=/; HttpOnly; SameSite=Lax")
    token = said.split(";")[0].partition("=")[2]
    assert token not in answer.text
    assert answer.json()["account"] == {
        "name": "li",
        "must_change": True,
        "outside": False,
        "idle_s": 1800.0,
        "roles": ["leader"],
        "areas": [{"code": town.WEST, "name": "西社区"}],
    }
    assert answer.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_is_sent_over_tls_only(office: Any, first: dict[str, str]) -> None:
    said = {"name": "li", "password": first["li"]}
    answer = office.post("https://test/api/session", json=said, headers={"origin": "https://test"})
    assert answer.headers["set-cookie"].startswith("__Host-wangge=")
    assert answer.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    office.held.cookies.clear()
    plain = cookie(answer)
    assert office.get("/api/session", headers=plain).json()["account"] is None
    assert office.get("https://test/api/session", headers=plain).json()["account"]["name"] == "li"


def test_the_first_password_opens_nothing_but_its_change(office: Any, first: dict[str, str]) -> None:
    begun = cookie(sign_in(office, "li", first["li"]))
    told = office.get(POINT + "&lang=en", headers=begun)
    assert told.status_code == 403
    assert told.json()["type"] == "urn:wangge:problem:first-password"
    assert office.get("/api/session", headers=begun).json()["may"] == []
    assert office.get("/lookup", headers=begun).headers["location"].startswith("/account?next=%2Flookup")
    assert office.get("/account", headers=begun).status_code == 200
    for new, status in ((first["li"], 422), ("short", 422), ("qwertyuiop12", 422), (GOOD, 200)):
        said = {"old_password": first["li"], "new_password": new}
        answer = office.put("/api/session/password", json=said, headers=OWN | begun)
        assert answer.status_code == status
    assert answer.json()["may"] == ["lookup", "display", "figures", "posts"]
    assert office.get(POINT, headers=begun).json()["status"] == "matched"
    assert sign_in(office, "li", first["li"]).status_code == 403


def test_a_new_password_ends_the_other_sessions(office: Any, first: dict[str, str]) -> None:
    mine = settled(office, first)
    other = cookie(sign_in(office, "li", GOOD))
    assert office.get(POINT, headers=other).status_code == 200
    said = {"old_password": GOOD, "new_password": "Peony-wall-77"}
    assert office.put("/api/session/password", json=said, headers=OWN | mine).status_code == 200
    assert office.get(POINT, headers=other).status_code == 401
    assert office.get(POINT, headers=mine).status_code == 200


def test_signing_out_ends_the_session_at_once(office: Any, first: dict[str, str]) -> None:
    mine = settled(office, first)
    assert office.get(POINT, headers=mine).status_code == 200
    answer = office.delete("/api/session", headers=OWN | mine)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    told = office.get(POINT + "&lang=en", headers=mine)
    assert told.status_code == 401
    assert told.json()["type"] == "urn:wangge:problem:sign-in-needed"
    assert "is over" in told.json()["detail"]
    assert told.headers["www-authenticate"].startswith("Bearer")


def test_signing_in_anew_ends_the_session_the_browser_had(office: Any, first: dict[str, str]) -> None:
    mine = settled(office, first)
    assert sign_in(office, "li", GOOD, **mine).status_code == 200
    assert office.get(POINT, headers=mine).status_code == 401


def test_signing_out_reaches_the_other_processes_of_the_server(
    office: Any, first: dict[str, str], store: Any, run_app: Callable[..., Any], town_of: Any
) -> None:
    mine = settled(office, first)
    with run_app(town_of(store).app(index_poll_s=0.05)) as other:
        assert other.get(POINT, headers=mine).status_code == 200
        assert office.delete("/api/session", headers=OWN | mine).status_code == 204
        until(lambda: other.get(POINT, headers=mine).status_code == 401)


def test_a_new_password_opens_the_other_processes_at_once(
    office: Any, first: dict[str, str], store: Any, run_app: Callable[..., Any], town_of: Any
) -> None:
    mine = cookie(sign_in(office, "li", first["li"]))
    with run_app(town_of(store).app(index_poll_s=60)) as other:
        assert other.get(POINT, headers=mine).status_code == 403
        said = {"old_password": first["li"], "new_password": GOOD}
        assert office.put("/api/session/password", json=said, headers=OWN | mine).status_code == 200
        assert other.get(POINT, headers=mine).status_code == 200


def test_while_the_store_is_away_those_who_are_known_are_answered_for_a_while(
    postgis_cluster: Any, run_app: Callable[..., Any], town_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = ("-h", str(postgis_cluster.folder), "-U", "postgres")
    postgis_cluster.run("createdb", *to, "-T", "wangge_template", "going")
    store = Store.open(url=postgis_cluster.url("going"), home=Path(postgis_cluster.folder) / "going")
    households.settle(store)
    add_account(store, OPER, "li", [Grant(Role.VIEWER, "")], now=NOW)
    key, unseen = (
        {"authorization": f"Bearer {make_token(store, OPER, name, [Right.LOOKUP], [''], days=9, now=NOW)}"}
        for name in ("known", "unseen")
    )
    monkeypatch.setattr(known, "FRESH_S", 0.0)
    with run_app(town_of(store).app(index_poll_s=0.05)) as client:
        assert client.get(POINT, headers=key).status_code == 200
        store.close()
        postgis_cluster.run("dropdb", *to, "--force", "going")
        assert client.get(POINT, headers=key).json()["status"] == "matched"
        assert client.get(POINT, headers=unseen).status_code == 503
        assert client.get(POINT).status_code == 401
        monkeypatch.setattr(identity, "TRUSTED_S", 0.0)
        assert client.get(POINT, headers=key).status_code == 503
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"origin": "http://evil.example.com"},
        {"origin": "null"},
        {"origin": "http://test:81"},
        {"origin": "http://test", "sec-fetch-site": "cross-site"},
        {"origin": "http://test", "sec-fetch-site": "same-site"},
    ],
)
def test_a_write_from_a_foreign_page_does_nothing(
    office: Any, first: dict[str, str], store: Any, sent: dict[str, str]
) -> None:
    mine = settled(office, first, "wang")
    before = len(read_audit(store))
    said = {"old_password": GOOD, "new_password": "Peony-wall-77"}
    name = {"complex": "c", "name": "月亮湾"}
    tries = [
        office.put("/api/session/password?lang=en", json=said, headers=sent | mine),
        office.put("/api/review/names?lang=en", json=name, headers=sent | mine),
        office.delete("/api/session?lang=en", headers=sent | mine),
        office.post("/api/session?lang=en", json={"name": "wang", "password": GOOD}, headers=sent),
    ]
    for answer in tries:
        assert answer.status_code == 403
        assert "not sent by a page of this server" in answer.json()["detail"]
        assert "set-cookie" not in answer.headers
    assert len(read_audit(store)) == before
    assert office.get("/api/session", headers=mine).json()["account"]["name"] == "wang"


def test_wrong_passwords_are_slowed_audited_and_told_alike(
    office: Any, store: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 0.1)
    told, took = set(), []
    for name, password in (("li", "guess-number-1"), ("nobody", "guess-number-2"), ("li", "x")):
        began = time.monotonic()
        answer = sign_in(office, name, password)
        took.append(time.monotonic() - began)
        assert answer.status_code == 403
        told.add(answer.json()["detail"])
    assert len(told) == 1
    assert all(waited >= 0.1 * 2**i for i, waited in enumerate(took))
    said = audited(store)
    assert said.count("sign-in-refused") == 3
    assert "127.0.0.1" in said
    for secret in ("guess", "nobody"):
        assert secret not in said
        assert secret not in caplog.text
    assert verify(store).faults == ()


def test_many_guesses_at_once_are_not_looked_at(
    office: Any, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 2.0)
    tries = 3 * slowing.CLEAN_AT_ONCE
    with ThreadPoolExecutor(tries) as pool:
        answers = list(pool.map(lambda i: sign_in(office, f"nobody{i}", "guess"), range(tries)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {403, 429}
    assert statuses.count(403) <= slowing.CLEAN_AT_ONCE + slowing.AT_ONCE


def test_secrets_are_never_said_again(office: Any) -> None:
    for said in (
        {"name": "li", "password": "s3cret-" * 40},
        {"name": "x" * 41, "password": "s3cret"},
        {"name": "li", "password": ["s3cret"]},
    ):
        answer = office.post("/api/session", json=said, headers=OWN)
        assert answer.status_code == 422
        assert "s3cret" not in answer.text
    assert office.post("/api/session", content=json.dumps("s3cret"), headers=OWN).status_code == 422


def test_locks_and_resets_reach_who_is_signed_in(office: Any, first: dict[str, str], store: Any) -> None:
    mine = settled(office, first)
    lock_account(store, OPER, "li", locked=True, now=NOW)
    until(lambda: office.get(POINT, headers=mine).status_code == 401)
    assert sign_in(office, "li", GOOD).status_code == 403
    lock_account(store, OPER, "li", locked=False, now=NOW)
    again = cookie(sign_in(office, "li", GOOD))
    reset_password(store, OPER, "li", now=NOW)
    until(lambda: office.get(POINT, headers=again).status_code == 401)


def test_a_program_brings_a_token_for_what_it_is_for(office: Any, store: Any) -> None:
    token = make_token(store, OPER, "hotline", [Right.LOOKUP], [town.EAST], days=30, now=NOW)
    key = {"authorization": f"Bearer {token}"}
    assert office.get(POINT, headers=key).json()["status"] == "outside", "the point lies in the west"
    assert office.post("/api/locate", json={"lon": 108.7055, "lat": 34.3305}, headers=key).json()[
        "community"
    ] == {"code": town.EAST, "name": "东社区"}
    refused = office.get("/api/maps/grids.html", headers=key)
    assert refused.status_code == 403
    assert '"right": "display"' in audited(store)
    assert office.delete("/api/session", headers=key).status_code == 403
    (made,) = list_tokens(store, OPER)
    revoke_token(store, OPER, made.number, now=NOW)
    until(lambda: office.get(POINT, headers=key).status_code == 401)


def test_a_wrong_token_is_slowed_and_audited(
    office: Any, first: dict[str, str], store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 0.1)
    mine = settled(office, first)
    session = mine["cookie"].partition("=")[2]
    for sent in ("wgt_guess", session, "x" * 5000, "é"):
        headers = {"authorization": f"Bearer {sent}".encode()}
        assert office.get(POINT, headers=headers).status_code == 401
    assert office.get(POINT, headers={"authorization": "Basic bGk6eA=="}).status_code == 401
    said = audited(store)
    assert said.count("token-refused") == 5
    assert "wgt_guess" not in said
    assert session not in said


def test_a_token_ends_with_its_days(store: Any, run_app: Callable[..., Any], town_of: Any) -> None:
    households.settle(store)
    add_account(store, OPER, "li", [Grant(Role.VIEWER, "")], now=NOW)
    before = NOW - timedelta(days=2)
    old = make_token(store, OPER, "old", [Right.LOOKUP], [""], days=1, now=before)
    with run_app(town_of(store).app()) as client:
        assert client.get(POINT, headers={"authorization": f"Bearer {old}"}).status_code == 401


def test_the_first_account_closes_a_server_that_runs(
    store: Any, run_app: Callable[..., Any], town_of: Any
) -> None:
    households.settle(store)
    with run_app(town_of(store).app(index_poll_s=0.05)) as client:
        assert client.get(POINT).status_code == 200
        now = client.get("/api/session").json()
        assert (now["accounts"], now["account"], now["may"]) == (
            False,
            None,
            ["lookup", "display", "figures"],
        )
        told = sign_in(client, "li", "whatever")
        assert told.status_code == 409
        add_account(store, OPER, "li", [Grant(Role.LEADER, "")], now=NOW)
        until(lambda: client.get(POINT).status_code == 401)
        assert client.get("/lookup").headers["location"] == "/signin?next=%2Flookup"
        assert client.get("/").headers["location"] == "/signin"


def test_what_is_public_is_named(store: Any, run_app: Callable[..., Any], town_of: Any) -> None:
    households.settle(store)
    add_account(store, OPER, "li", [Grant(Role.LEADER, town.WEST)], now=NOW)
    token = "a-token-of-enough-length"  # noqa: S105  made up
    with run_app(town_of(store).app(public=("lookup",), review_token=token)) as client:
        assert client.get(POINT).json()["status"] == "matched"
        assert client.get("/lookup").status_code == 200
        assert client.get("/api/maps/grids.html").status_code == 303
        assert client.get("/").headers["location"] == "/lookup"
        assert client.get("/api/session").json()["may"] == ["lookup"]
        key = {"authorization": f"Bearer {token}"}
        assert client.get("/api/review", headers=key).status_code == 401, "the review token opens nothing now"
