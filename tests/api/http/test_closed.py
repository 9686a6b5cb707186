"""A server without accounts gives nobody more than the sign-in page, and a trial is for this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.settings import Settings
from geo.errors import InputError
from layers.store.database import Store
from tests.api.http.test_rights import OF_EAST, OF_WEST, STRANGER, Office, Who, go_through
from tests.layers import households


def test_every_route_is_closed_before_the_first_account(
    store: Store, run_app: Callable[..., Any], town_of: Any
) -> None:
    households.settle(store)
    with run_app(town_of(store).app(trial=False, review_token="a-token-of-enough-length")) as client:  # noqa: S106
        office = Office(client, store)
        told = go_through(office, Who(STRANGER))
        assert not any(word in text for text in told.values() for word in OF_WEST + OF_EAST)
        now = client.get("/api/session").json()
        assert (now["accounts"], now["may"], now["review_token"]) == (False, [], False)
        assert client.get("/").headers["location"] == "/signin"
        token = {"authorization": "Bearer a-token-of-enough-length"}
        assert client.get("/api/review", headers=token).status_code == 401
        for method in (client.post, client.put):
            sent = method("/api/locate/batch", content=b"\x00" * 3_000_000)
            assert sent.status_code in (401, 405)


def test_a_trial_listens_on_this_machine_alone() -> None:
    assert Settings(trial=True, host="127.0.0.1").trial
    with pytest.raises(InputError, match="WANGGE_TRIAL"):
        Settings(trial=True, host="0.0.0.0")  # noqa: S104
