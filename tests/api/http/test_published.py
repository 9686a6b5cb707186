"""The index in memory: swapped whole on publication, kept while the store is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api.app import create_app
from api.http import published
from layers.store.database import Store

DEADLINE_S = 60.0


def located(client: Any, place: tuple[float, float]) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/locate", params={"lon": place[0], "lat": place[1]}).json()
    return found


def test_a_publication_is_seen_soon(town: Any, run_app: Callable[..., Any]) -> None:
    with run_app(town.app()) as client:
        before = located(client, town.east)
        assert before["grid"]["code"] == "999901001001002"
        page = client.get("/api/maps/grids.html?lang=en")
        town.publish(valid_from=date(2026, 11, 1), split=False)
        deadline = time.monotonic() + DEADLINE_S
        while (after := located(client, town.east))["index_version"] == before["index_version"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert after["index_version"] == 2
        assert located(client, town.west)["grid"] == after["grid"]  # one grid now
        again = client.get(
            "/api/locate", params={"lon": town.east[0], "lat": town.east[1], "as_of": "2026-10-31"}
        )
        assert again.json()["grid"] == before["grid"]  # the day before, still two
        redrawn = client.get("/api/maps/grids.html?lang=en", headers={"if-none-match": page.headers["etag"]})
        assert redrawn.status_code == 200
        assert redrawn.text != page.text


def test_a_server_over_an_empty_store_is_ready_and_knows_nothing(
    store: Store, run_app: Callable[..., Any], town_of: Any
) -> None:
    with run_app(town_of(store).app()) as client:
        assert client.get("/ready").json() == {"status": "ready", "index_version": 0}
        found = located(client, (108.7, 34.3))
        assert (found["status"], found["index_version"]) == ("outside", 0)
        page = client.get("/api/maps/grids.html")
        assert page.status_code == 200
        assert "wangge import communities" in page.text


def test_while_the_store_is_away_the_old_index_answers(
    postgis_cluster: Any, run_app: Callable[..., Any], town_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = ("-h", str(postgis_cluster.folder), "-U", "postgres")
    postgis_cluster.run("createdb", *to, "-T", "wangge_template", "leaving")
    town = town_of(Store.open(url=postgis_cluster.url("leaving")))
    town.build()
    town.publish(valid_from=town.since)
    monkeypatch.setattr(published, "STALE_S", 0.3)
    with run_app(town.app(index_poll_s=0.1)) as client:
        assert client.get("/ready").status_code == 200
        town.store.close()
        postgis_cluster.run("dropdb", *to, "--force", "leaving")
        assert located(client, town.west)["status"] == "matched"
        answer = client.get("/ready?lang=en")
        assert answer.status_code == 503
        assert "cannot be reached" in answer.json()["detail"]
        time.sleep(0.6)
        held = client.app.state.doors.published
        assert "version 1" in held.trouble().en
        postgis_cluster.run("createdb", *to, "-T", "wangge_template", "leaving")
        deadline = time.monotonic() + DEADLINE_S
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert located(client, town.west)["status"] == "outside"  # the new store is empty
    postgis_cluster.run("dropdb", *to, "--force", "leaving")


def test_a_server_starts_without_its_store_and_says_so(run_app: Callable[..., Any], settings_of: Any) -> None:
    url = "postgresql://someone:secret-word@127.0.0.1:1/none"
    with run_app(create_app(settings_of(database_url=url))) as client:
        assert client.get("/health").status_code == 200
        ready = client.get("/ready?lang=en")
        assert ready.status_code == 503
        assert "WANGGE_DATABASE_URL" in ready.json()["detail"]
        answer = client.get("/api/locate?lon=108&lat=34")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        for text in (ready.text, answer.text, client.get("/api/maps/grids.html").text):
            assert "secret-word" not in text
            assert "127.0.0.1" not in text


def test_a_store_that_was_never_migrated_says_what_to_do(
    empty_postgis_url: str, run_app: Callable[..., Any], settings_of: Any
) -> None:
    with run_app(create_app(settings_of(database_url=empty_postgis_url))) as client:
        answer = client.get("/ready?lang=en")
        assert answer.status_code == 503
        assert "wangge migrate" in answer.json()["detail"]
        assert client.get("/api/locate?lon=108&lat=34").status_code == 503
