"""Accounts, tokens and settings over HTTP: inside the keeper's areas, never his own account, secrets told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from layers.accounts.audit import read_audit
from layers.accounts.tokens import find_token
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from tests.api.signed_in import NOW, OWN, signed_in
from tests.layers import households, town

STREET = town.WEST[:9]


@dataclass(frozen=True)
class Office:
    """A server over the town, and the headers of who keeps its accounts: everywhere, and of the west."""

    client: Any
    store: Store
    people: dict[str, dict[str, str]]

    def ask(self, name: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request of a page somebody has open."""
        more = {} if body is None else {"json": body}
        answer: httpx.Response = getattr(self.client, method)(path, headers=self.people[name] | OWN, **more)
        return answer


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    lasting_store: Callable[..., Store],
    run_app: Callable[..., Any],
    town_of: Any,
) -> Iterator[Office]:
    store = lasting_store(request, tmp_path_factory, "kept")
    households.settle(store)
    granted = {
        "boss": [Grant(Role.ADMIN, ""), Grant(Role.LEADER, "")],
        "west": [Grant(Role.ADMIN, town.WEST)],
        "leader": [Grant(Role.LEADER, "")],
    }
    people = {name: signed_in(store, name, *grants) for name, grants in granted.items()}
    with run_app(town_of(store).app(index_poll_s=0.1)) as client:
        yield Office(client, store, people)
    store.close()


def test_an_account_from_its_making_to_its_lock(office: Office) -> None:
    grant = {"role": "leader", "area": town.WEST}
    made = office.ask("boss", "post", "/api/accounts", {"name": "New", "grants": [grant]})
    assert made.status_code == 201
    assert made.json()["name"] == "new"
    first = made.json()["password"]
    again = office.ask("boss", "post", "/api/accounts", {"name": "new", "grants": [grant]})
    assert again.status_code == 409
    listed = office.ask("boss", "get", "/api/accounts")
    assert first not in listed.text
    (new,) = [one for one in listed.json()["accounts"] if one["name"] == "new"]
    assert new["state"] == "first_password"
    assert new["grants"][0] | grant == new["grants"][0]
    assert office.ask("boss", "post", "/api/accounts/new/reset").json()["password"] != first
    steward = {"role": "steward", "area": "", "of_people": "full", "purpose": "maintenance"}
    changed = office.ask("boss", "put", "/api/accounts/new/grants", {"grants": [steward]})
    assert changed.status_code == 204
    assert office.ask("boss", "post", "/api/accounts/new/lock").status_code == 204
    assert office.ask("boss", "post", "/api/accounts/new/open").status_code == 204
    said = "\n".join(read_audit(office.store, limit=9)["what"])
    assert "account-open\naccount-lock\naccount-grant\naccount-reset\naccount-add" in said
    assert first not in str(read_audit(office.store).to_dict("records"))


def test_a_keeper_of_a_part_keeps_that_part(office: Office) -> None:
    names = [one["name"] for one in office.ask("west", "get", "/api/accounts").json()["accounts"]]
    assert "boss" not in names
    assert "leader" not in names
    wide = {"name": "wide", "grants": [{"role": "leader", "area": STREET}]}
    assert office.ask("west", "post", "/api/accounts", wide).status_code == 403
    assert office.ask("west", "post", "/api/accounts/leader/lock").status_code == 404
    token = {"name": "events", "rights": ["lookup"], "area": [STREET], "days": 9}
    assert office.ask("west", "post", "/api/tokens", token).status_code == 403
    assert office.ask("west", "put", "/api/settings", {"idle_minutes": 9}).status_code == 403


@pytest.mark.parametrize(
    ("method", "deed", "body"),
    [("post", "lock", None), ("post", "reset", None), ("put", "grants", {"grants": [{"role": "viewer"}]})],
)
def test_nobody_changes_his_own_account(office: Office, method: str, deed: str, body: Any) -> None:
    answer = office.ask("boss", method, f"/api/accounts/boss/{deed}?lang=en", body)
    assert answer.status_code == 409
    assert "your own account" in answer.json()["detail"]


def test_a_token_is_told_once_and_ends_at_once(office: Office) -> None:
    said = {"name": "hotline", "rights": ["lookup"], "area": [""], "days": 9}
    token = office.ask("boss", "post", "/api/tokens", said).json()["token"]
    listed = office.ask("boss", "get", "/api/tokens")
    assert token not in listed.text
    (one,) = listed.json()["tokens"]
    asked = {"url": "/api/suggest?q=桂", "headers": {"authorization": f"Bearer {token}"}}
    assert office.client.get(**asked).status_code == 200
    assert office.ask("boss", "delete", f"/api/tokens/{one['number']}").status_code == 204
    assert find_token(office.store, token, now=NOW) is None
    assert office.client.get(**asked).status_code == 401


def test_what_strangers_may_open_changes_while_the_server_runs(office: Office) -> None:
    point = "/api/locate?lon=108.7005&lat=34.3305"
    assert office.client.get(point).status_code == 401
    said = office.ask("boss", "put", "/api/settings", {"public": ["lookup"], "notice": "今晚升级"}).json()
    assert (said["public"], said["public_of_server"]) == (["lookup"], False)
    assert office.client.get(point).status_code == 200
    assert office.client.get("/api/session").json()["notice"] == ""
    assert office.ask("leader", "get", "/api/session").json()["notice"] == "今晚升级"
    assert office.ask("boss", "put", "/api/settings", {"public": []}).json()["public"] == []
    assert office.client.get(point).status_code == 401


def test_a_chosen_area_narrows_and_never_widens(office: Office) -> None:
    def located(name: str, area: str) -> str:
        cookie = office.people[name]["cookie"] + f"; wangge-area={area}"
        answer = office.client.get("/api/locate?lon=108.7055&lat=34.3305", headers={"cookie": cookie})
        return str(answer.json()["status"])

    assert located("leader", "") == located("leader", town.EAST) == located("leader", "nonsense") == "matched"
    assert located("leader", town.WEST) == "outside"
    places = office.ask("leader", "get", "/api/session/places").json()["places"]
    assert [place["code"] for place in places] == [town.WEST, town.EAST]
    own = office.ask("west", "get", "/api/session/places").json()["places"]
    assert own == [{"code": town.WEST, "name": "西社区"}]
