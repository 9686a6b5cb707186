"""Signing in at an organisation's provider: a real one in a process of its own; what it signs is held against everything it may
be wrong in, and who comes in gets what his groups give, no more."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.http import slowing
from geo.errors import ConflictError, InputError
from layers.accounts import provider as asked_of
from layers.accounts.accounts import (
    Keeper,
    add_account,
    list_accounts,
    lock_account,
    reset_password,
    set_grants,
)
from layers.accounts.audit import read_audit, verify
from layers.accounts.sessions import sign_in
from layers.rights.rights import Grant
from layers.rights.viewer import OfPeople, Purpose, Role
from tests.layers import households, town
from tests.provider_process import CLIENT, SECRET, Running, provider

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OPER = Keeper("cli:test")
POINT = "/api/locate?lon=108.7005&lat=34.3305"
MAPPED = (
    f"leads=leader@{town.WEST}",
    f"planners=planner@{town.EAST}",
    "cn=stewards=steward@*/full/maintenance",
)


@pytest.fixture(scope="module")
def there() -> Iterator[Running]:
    with provider() as running:
        yield running


@pytest.fixture
def office(
    store: Any, there: Running, run_app: Callable[..., Any], town_of: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A server with one account of its own, `wang`, that asks this provider."""
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 0.01)
    households.settle(store)
    add_account(store, OPER, "wang", [Grant(Role.VIEWER, "")], now=NOW)
    with run_app(app_of(store, there, town_of)) as client:
        yield client


def app_of(store: Any, there: Running, town_of: Any) -> Any:
    return town_of(store).app(
        index_poll_s=0.05,
        oidc_issuer=there.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_grants=MAPPED,
    )


def begun(client: Any, query: str = "?next=/lookup&lang=en") -> tuple[str, dict[str, str]]:
    """Where the browser is sent, and the header it brings back."""
    client.held.cookies.clear()
    answer = client.get(f"/signin/provider{query}")
    client.held.cookies.clear()
    assert answer.status_code == 303
    return answer.headers["location"], kept(answer)


def kept(answer: httpx.Response) -> dict[str, str]:
    """The cookies a browser keeps, as the header it sends."""
    live = [c.split(";")[0] for c in answer.headers.get_list("set-cookie") if "Max-Age=0" not in c]
    return {"cookie": "; ".join(live)}


def come(client: Any, there: Running, **query: str) -> httpx.Response:
    """The whole way: there, signed in, and back."""
    to, mine = begun(client)
    back = urlsplit(there.sends_back(to))
    assert back.path == "/signin/back"
    answer: httpx.Response = client.get(f"/signin/back?{back.query}", headers=mine)
    client.held.cookies.clear()
    return answer


def trouble(answer: httpx.Response) -> str:
    """What the sign-in page is told; nobody came in."""
    assert answer.status_code == 303
    assert kept(answer) == {"cookie": ""}
    where = urlsplit(answer.headers["location"])
    assert where.path == "/signin"
    return parse_qs(where.query)["provider"][0]


def audited(store: Any) -> str:
    return "\n".join(" ".join(map(str, row)) for row in read_audit(store).itertuples(index=False))


def test_who_comes_from_the_provider_gets_what_his_groups_give(
    office: Any, there: Running, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    there.says("Li.Na", ["staff", "leads"], at=NOW)
    answer = come(office, there)
    assert answer.headers["location"] == "/signin?next=%2Flookup&lang=en&over=1"
    session = answer.headers.get_list("set-cookie")[1]
    assert session.startswith("wangge=")
    assert session.endswith("; Path=/; HttpOnly; SameSite=Lax")
    now = office.get("/api/session", headers=kept(answer)).json()
    assert now["account"]["name"] == "li.na"
    assert (now["account"]["outside"], now["account"]["must_change"]) == (True, False)
    assert now["account"]["areas"] == [{"code": town.WEST, "name": "西社区"}]
    assert office.get(POINT, headers=kept(answer)).json()["status"] == "matched"
    said = audited(store)
    for told in ("account-add", "li.na", "oidc", "127.0.0.1"):
        assert told in said
    assert verify(store).faults == ()
    for secret in (SECRET, session.split(";")[0].partition("=")[2], "subject of"):
        assert secret not in said + caplog.text


def test_grants_follow_the_groups_at_each_sign_in(office: Any, there: Running, store: Any) -> None:
    there.says("li", ["leads"], at=NOW)
    first = kept(come(office, there))
    there.says("li", ["planners", "cn=stewards"], at=NOW, preferred_username="li.after.marriage")
    second = kept(come(office, there))
    for mine in (first, second):
        assert office.get("/api/session", headers=mine).json()["account"]["roles"] == ["planner", "steward"]
    (li,) = [one for one in list_accounts(store, OPER, now=NOW) if one.name == "li"]
    assert set(li.grants) == {
        Grant(Role.PLANNER, town.EAST, OfPeople.BUILDING),
        Grant(Role.STEWARD, "", OfPeople.FULL, Purpose.MAINTENANCE),
    }
    there.says("li", ["staff"], at=NOW)
    assert trouble(come(office, there)) == "group"
    assert office.get("/api/session", headers=second).json()["account"] is None, "he lost his groups"
    keeper = Keeper("http:admin", (Grant(Role.ADMIN, town.EAST),))
    assert [one.name for one in list_accounts(store, keeper, now=NOW)] == []
    there.says("li", "leads", at=NOW)
    assert kept(come(office, there))["cookie"].startswith("wangge=")


@pytest.mark.parametrize("groups", [[], ["staff"], None, {"leads": True}, [["leads"]]])
def test_nobody_without_a_mapped_group_comes_in(office: Any, there: Running, store: Any, groups: Any) -> None:
    there.says("zhao", groups, at=NOW)
    assert trouble(come(office, there)) == "group"
    assert [one.name for one in list_accounts(store, OPER, now=NOW)] == ["wang"]
    assert "zhao" not in audited(store)
    assert '"why": "group"' in audited(store)


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": [CLIENT, "another-client"]}, "azp"),
        ({"azp": "another-client"}, "azp"),
        ({"iss": "http://elsewhere"}, "iss"),
        ({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, "ExpiredTokenError"),
        ({"iat": int((NOW + timedelta(hours=1)).timestamp())}, "iat"),
        ({"sub": ""}, "sub"),
        ({"fault": "key"}, "BadSignatureError"),
    ],
)
def test_what_does_not_hold_for_this_sign_in_opens_nothing(
    office: Any,
    there: Running,
    store: Any,
    wrong: dict[str, Any],
    claim: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    there.says("li", ["leads"], at=NOW, **wrong)
    assert trouble(come(office, there)) == "unfit"
    assert re.search(rf"by the provider: unfit \(.*{claim}", caplog.text)
    assert '"why": "unfit"' in audited(store)
    assert [one.name for one in list_accounts(store, OPER, now=NOW)] == ["wang"]


def test_an_answer_belongs_to_the_browser_that_began(office: Any, there: Running, store: Any) -> None:
    there.says("li", ["leads"], at=NOW)
    to, mine = begun(office)
    _, other = begun(office)
    back = urlsplit(there.sends_back(to)).query
    for query, brought in ((back, other), (back, {}), ("code=x&state=guess", mine), ("code=x", mine)):
        assert trouble(office.get(f"/signin/back?{query}", headers=brought)) == "stale"
    assert audited(store).count('"why": "stale"') == 4
    assert kept(office.get(f"/signin/back?{back}", headers=mine))["cookie"].startswith("wangge=")
    office.held.cookies.clear()
    assert trouble(office.get(f"/signin/back?{back}", headers=mine)) == "refused", "a code works once"
    state = parse_qs(urlsplit(to).query)["state"][0]
    assert trouble(office.get(f"/signin/back?error=access_denied&state={state}", headers=mine)) == "refused"


def test_what_the_browser_keeps_on_the_way_is_out_of_reach_of_scripts(office: Any) -> None:
    said = office.get("/signin/provider").headers["set-cookie"]
    assert said.startswith("wangge-signin=")
    assert said.endswith("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax")
    over_tls = office.get("https://test/signin/provider")
    assert over_tls.headers["set-cookie"].startswith("__Host-wangge-signin=")
    assert over_tls.headers["set-cookie"].endswith("; Secure")
    assert parse_qs(urlsplit(over_tls.headers["location"]).query)["redirect_uri"] == [
        "https://test/signin/back"
    ]


def test_a_locked_account_stays_locked(office: Any, there: Running, store: Any) -> None:
    there.says("li", ["leads"], at=NOW)
    mine = kept(come(office, there))
    lock_account(store, OPER, "li", locked=True, now=NOW)
    assert trouble(come(office, there)) == "locked"
    assert office.get("/api/session", headers=mine).json()["account"] is None
    lock_account(store, OPER, "li", locked=False, now=NOW)
    assert kept(come(office, there))["cookie"].startswith("wangge=")


def test_wrong_passwords_do_not_keep_out_who_has_none(office: Any, there: Running, store: Any) -> None:
    there.says("li", ["leads"], at=NOW)
    come(office, there)
    for _ in range(6):
        with pytest.raises(Exception, match="wrong"):
            sign_in(store, "li", "a-guess-of-somebody", origin="test", now=NOW)
    assert kept(come(office, there))["cookie"].startswith("wangge=")


def test_a_name_does_not_open_the_account_of_another(office: Any, there: Running, store: Any) -> None:
    there.says("WANG", ["cn=stewards"], at=NOW)
    assert trouble(come(office, there)) == "taken"
    (wang,) = list_accounts(store, OPER, now=NOW)
    assert wang.grants == (Grant(Role.VIEWER, ""),)
    there.says("li", ["leads"], at=NOW)
    come(office, there)
    there.says("li", ["cn=stewards"], at=NOW, sub="somebody else of that name")
    assert trouble(come(office, there)) == "taken"
    for name in ("x", "li <li@office>", "x" * 41, None):
        there.says("another", ["leads"], at=NOW, preferred_username=name)
        assert trouble(come(office, there)) == "name"


def test_password_and_grants_of_such_an_account_are_kept_elsewhere(
    office: Any, there: Running, store: Any
) -> None:
    there.says("li", ["leads"], at=NOW)
    come(office, there)
    with pytest.raises(ConflictError, match="provider"):
        reset_password(store, OPER, "li", now=NOW)
    with pytest.raises(ConflictError, match="provider"):
        set_grants(store, OPER, "li", [Grant(Role.ADMIN, "")], now=NOW)


def test_a_provider_that_is_away_slow_or_another_is_told_so(
    office: Any, there: Running, store: Any, run_app: Callable[..., Any], town_of: Any, monkeypatch: Any
) -> None:
    there.says("li", ["leads"], at=NOW, fault="issuer")
    assert trouble(office.get("/signin/provider")) == "away"
    monkeypatch.setattr(asked_of, "LONGEST_S", 0.5)
    there.says("li", ["leads"], at=NOW, fault="drip")
    began = time.monotonic()
    assert trouble(office.get("/signin/provider")) == "away"
    assert time.monotonic() - began < 5
    with provider() as gone, run_app(app_of(store, gone, town_of)) as client:
        gone.says("li", ["leads"], at=NOW)
        to, mine = begun(client)
        back = urlsplit(gone.sends_back(to)).query
        gone.end()
        assert trouble(client.get(f"/signin/back?{back}", headers=mine)) == "away"
        assert trouble(client.get("/signin/provider")) == "away"
        assert client.get("/api/session").json()["provider"] is True


def test_the_first_account_is_made_on_the_machine(
    store: Any, there: Running, run_app: Callable[..., Any], town_of: Any
) -> None:
    there.says("li", ["leads"], at=NOW)
    with run_app(app_of(store, there, town_of)) as client:
        assert trouble(client.get("/signin/provider")) == "first"
        assert trouble(client.get("/signin/back?code=x&state=y")) == "first"
        assert client.get("/api/session").json()["provider"] is False


def test_without_a_provider_there_is_no_way_to_one(desk: Any) -> None:
    assert desk.get("/signin/provider").status_code == 404
    assert desk.get("/signin/back?code=x&state=y").status_code == 404
    assert desk.get("/api/session").json()["provider"] is False


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"oidc_issuer": None}, "OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "OIDC_CLIENT_ID"),
        ({"oidc_grants": ()}, "OIDC_GRANTS"),
        ({"oidc_issuer": "http://sso.example"}, "https"),
        ({"oidc_issuer": "https://sso.example?x=1"}, "https"),
        ({"oidc_issuer": "https://li:word@sso.example"}, "https"),
    ],
)
def test_settings_that_are_no_whole_provider_are_refused(
    settings_of: Callable[..., Any], changed: dict[str, Any], named: str
) -> None:
    whole = {
        "oidc_issuer": "https://sso.example/realms/office",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_grants": MAPPED,
    }
    assert SECRET not in repr(settings_of(**whole))
    with pytest.raises(InputError, match=named):
        settings_of(**whole | changed)


@pytest.mark.parametrize(
    "line",
    [
        "leads",
        "=leader@*",
        "leads=leader",
        "leads=king@*",
        "leads=leader@*/all",
        "leads=leader@12",
        "a=operator@*",
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_before_the_server_starts(
    store: Any, town_of: Any, line: str
) -> None:
    with pytest.raises(InputError):
        town_of(store).app(oidc_issuer="https://sso.example", oidc_client_id=CLIENT, oidc_grants=(line,))
