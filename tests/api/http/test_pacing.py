"""How much one caller may ask for: refused with what to do, others unharmed, counted anew with time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.http import pacing
from api.http.pacing import BURST_S, Pace
from api.http.problems import RefusedError
from layers.accounts.tokens import make_token
from layers.rights.rights import Grant, Right
from layers.rights.viewer import Role
from tests.api.signed_in import KEEPER, NOW, signed_in


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_so_many_a_second() -> None:
    time = Time()
    pace = Pace(time)
    for _ in range(int(2 * BURST_S)):
        pace.require("a", per_s=2.0)
    with pytest.raises(RefusedError) as refused:
        pace.require("a", per_s=2.0)
    assert refused.value.status_code == 429
    assert refused.value.headers == {"Retry-After": "1"}
    pace.require("b", per_s=2.0)
    time.now += 0.5
    pace.require("a", per_s=2.0)
    with pytest.raises(RefusedError):
        pace.require("a", per_s=2.0)
    time.now += 10 * BURST_S
    for _ in range(int(2 * BURST_S)):
        pace.require("a", per_s=2.0)


def test_what_counts_little_may_be_asked_more_often() -> None:
    pace = Pace(Time())
    for _ in range(int(2 * BURST_S) * 4):
        pace.require("a", per_s=2.0, counts=0.25)
    with pytest.raises(RefusedError, match="8 times a second"):
        pace.require("a", per_s=2.0, counts=0.25)


def test_no_limit_is_none() -> None:
    pace = Pace(Time())
    for _ in range(1000):
        pace.require("a", per_s=float("inf"))


def test_many_strangers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "_MOST", 8)
    time = Time()
    pace = Pace(time)
    for number in range(100):
        pace.require(f"address:{number}", per_s=0.5)
        time.now += 0.01
    assert len(pace._empty_at) <= 8


def test_each_caller_of_a_server_has_his_own(town: Any, run_app: Callable[..., Any]) -> None:
    signed_in(town.store, "keeper", Grant(Role.ADMIN, ""))
    one = signed_in(town.store, "one", Grant(Role.VIEWER, ""))
    other = signed_in(town.store, "other", Grant(Role.VIEWER, ""))
    token = make_token(town.store, KEEPER, "hotline", [Right.LOOKUP], [""], days=9, now=NOW)
    ask = "/api/suggest?q=1"
    with run_app(town.app(person_per_s=1, program_per_s=2)) as client:
        answers = [client.get(ask, headers=one) for _ in range(14)]
        assert [answer.status_code for answer in answers[:10]] == [200] * 10
        last = next(answer for answer in answers if answer.status_code == 429)
        assert last.json()["type"].endswith("too-many-requests")
        assert "每秒 1 次" in last.json()["detail"]
        assert int(last.headers["retry-after"]) >= 1
        assert client.get(ask, headers=other).status_code == 200
        program = {"authorization": f"Bearer {token}"}
        assert [client.get(ask, headers=program).status_code for _ in range(20)] == [200] * 20
        assert client.get("/health").status_code == 200


def test_strangers_share_the_meter_of_their_address(town: Any, run_app: Callable[..., Any]) -> None:
    signed_in(town.store, "keeper", Grant(Role.ADMIN, ""))
    with run_app(town.app(person_per_s=1, public=("lookup",), trial=False)) as client:
        told = [client.get("/api/suggest?q=1").status_code for _ in range(14)]
    assert told[:10] == [200] * 10
    assert 429 in told
