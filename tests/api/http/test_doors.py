"""What every request passes before a route is asked: names of the server, texts, parameters, rights."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.http import slowing
from api.http.hosts import Hosts

pytestmark = pytest.mark.parametrize("standing", ["sqlite"], indirect=True)
"""What is tried here lies in front of any store."""
TOKEN = "a-token-of-enough-length"  # noqa: S105  made up
KEY = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def guarded_town(standing: Any, run_app: Callable[..., Any]) -> Iterator[Any]:
    with run_app(standing.app(review_token=TOKEN)) as client:
        yield client


@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "evil.example.com:8000", "a@b", "", "127.0.0.1.evil.com", "x" * 5000, "[::1", "é"],
)
def test_a_name_that_leads_here_from_elsewhere_is_refused(client: Any, host: str) -> None:
    answer = client.get("/api/locate?lon=108.7&lat=34.3&lang=en", headers={"host": host.encode()})
    assert answer.status_code == 421
    assert "WANGGE_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "10.1.2.3", "[::1]:8000", "localhost", "GRID-SERVER:80", "wangge.lan", "test."]
)
def test_names_of_an_intranet_are_answered(client: Any, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


def test_hosts_that_are_set_are_the_only_ones(standing: Any, run_app: Callable[..., Any]) -> None:
    with run_app(standing.app(hosts=("wangge.street.gov.cn", "*.grid.cn"))) as client:
        for host, status in (
            ("wangge.street.gov.cn:443", 200),
            ("a.grid.cn", 200),
            ("grid.cn", 421),
            ("localhost", 421),
        ):
            assert client.get("/health", headers={"host": host}).status_code == status
    assert Hosts(("*",)).takes("anything.at.all")


TEXTS = (
    "/api/suggest?q={}",
    "/api/find?q={}",
    "/api/locate?address={}",
    "/api/maps/grids.html?community={}",
    "/api/review?complex={}",
)


@pytest.mark.parametrize("path", [*TEXTS, "/api/layers/{}?bbox=0,0,1,1", "/web/{}", "/{}", "/lookup?{}"])
@pytest.mark.parametrize("bad", ["%00", "%E2%80%AE", "a%1Bb", "%ED%A0%80", "%ff"])
def test_texts_that_harm_are_refused_wherever_they_enter(guarded_town: Any, path: str, bad: str) -> None:
    answer = guarded_town.get(path.format(bad), headers=KEY)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "\x00" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("bad", ["\x00", "桂\u202e苑", "\ud800", "a\x1bb"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/api/review/names", {"complex": "c", "name": "{}"}),
        ("put", "/api/review/names", {"complex": "c", "name": "xx", "{}": 1}),
        ("post", "/api/review/a1", {"building": "{}"}),
        ("post", "/api/locate", {"address": "{}"}),
        ("post", "/api/locate", {"{}": "x"}),
    ],
)
def test_so_are_texts_in_bodies(
    guarded_town: Any, method: str, path: str, body: dict[str, Any], bad: str
) -> None:
    said = {k.format(bad): v.format(bad) if isinstance(v, str) else v for k, v in body.items()}
    sent = json.dumps(said)  # with half characters escaped, as they come over the wire
    headers = KEY | {"content-type": "application/json"}
    answer = getattr(guarded_town, method)(path, content=sent, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 10_000, b"\xff\xfe", b"nonsense", b""])
def test_bodies_that_are_no_json_are_refused(guarded_town: Any, body: bytes) -> None:
    headers = KEY | {"content-type": "application/json"}
    for put in (True, False):
        send = guarded_town.put if put else guarded_town.post
        answer = send("/api/review/names" if put else "/api/locate", content=body, headers=headers)
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "parameter", "meant"),
    [
        ("/api/locate?lon=108.7&lat=34.3&date=2026-01-01", "date", "as_of"),
        ("/api/locate?lng=108.7&lat=34.3", "lng", "lon"),
        ("/api/locate?adress=x", "adress", "address"),
        ("/api/maps/grids.html?day=2026-01-01", "day", "as_of"),
        ("/api/layers/grids?box=0,0,1,1", "box", "bbox"),
        ("/api/suggest?q=x&nonsense=1", "nonsense", "known are here, lang, limit, q"),
        ("/api/locate?lon=108.7&lat=34.3&lon=108.8", "lon", "twice"),
        ("/api/suggest?q=x&q=y", "q", "twice"),
        ("/health?x=1", "x", "there are none"),
    ],
)
def test_parameters_nobody_knows_are_refused_with_the_one_that_is_meant(
    client: Any, query: str, parameter: str, meant: str
) -> None:
    answer = client.get(
        f"{query}{'&' if '?' in query else '?'}lang=en".replace("/health?x=1&lang=en", "/health?x=1"),
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 422
    found = {fault["parameter"]: fault["reason"] for fault in answer.json()["faults"]}
    assert meant in found[parameter]


def test_members_nobody_knows_are_refused_too(client: Any) -> None:
    for sent in ('{"address": "x", "date": "2026-01-01"}', '{"lon": 1, "lat": 2, "lon": 3}'):
        answer = client.post(
            "/api/locate?lang=en", content=sent, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422
    assert client.post("/api/locate", json=["x"]).status_code == 422
    assert client.post("/api/locate", json={"lon": True, "lat": 34}).status_code == 422
    assert client.post("/api/locate", json={"address": {"a": 1}}).status_code == 422
    assert client.post("/api/locate", content="x", headers={"content-type": "text/plain"}).status_code == 415


def test_wrong_tokens_are_slowed_and_told_without_the_token(
    guarded_town: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 0.1)
    caplog.set_level(logging.DEBUG)
    took = []
    for i in range(3):
        began = time.monotonic()
        wrong = {"authorization": f"Bearer guess-number-{i}"}
        assert guarded_town.get("/api/review", headers=wrong).status_code == 403
        took.append(time.monotonic() - began)
    assert all(waited >= 0.1 * 2**i for i, waited in enumerate(took))
    began = time.monotonic()
    assert guarded_town.get("/api/review/rates", headers=KEY).status_code == 200
    assert time.monotonic() - began < 30  # no wait of its own
    told = [r.getMessage() for r in caplog.records if r.name == "api.http.slowing"]
    assert len(told) == 3
    assert "number 3 from 127.0.0.1" in told[-1]
    assert "guess" not in caplog.text
    assert TOKEN not in caplog.text


def test_many_guesses_at_once_are_not_looked_at(guarded_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowing, "FIRST_WAIT_S", 1.0)
    with ThreadPoolExecutor(8) as pool:
        wrong = {"authorization": "Bearer guess"}
        answers = list(pool.map(lambda _: guarded_town.get("/api/review", headers=wrong), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [403] * slowing.AT_ONCE + [429] * (8 - slowing.AT_ONCE)
    assert next(a for a in answers if a.status_code == 429).headers["retry-after"]


def test_rights_come_before_parameters_and_bodies(guarded_town: Any) -> None:
    """Who may not ask learns nothing of what he asked: not even whether it was well put."""
    for send, path in ((guarded_town.put, "/api/review/names"), (guarded_town.post, "/api/review/a1")):
        answer = send(
            f"{path}?nonsense=1", content=b"\x00" * 200_000, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 403
