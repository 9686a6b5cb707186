"""A store of an older version is opened by this one, and servers of both stand beside each other while they are exchanged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.app import create_app
from api.settings import Settings
from geo.errors import StoreError
from layers.accounts.accounts import Keeper, add_account, list_accounts
from layers.accounts.audit import verify
from layers.backup.whole import read_manifest, write_backup
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from layers.store.migrating import newest_revision
from tests.api.conftest import running
from tests.layers import households, town
from tests.layers.backup.test_whole import answers, people
from tests.stores.old_store import lay_down

OLD = "0016"


@pytest.fixture(params=["sqlite", "postgis"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store at schema 0016, with rows."""
    url = request.getfixturevalue("empty_postgis_url") if request.param == "postgis" else None
    store = Store.open(url=url, home=tmp_path / "old")
    lay_down(store, OLD)
    yield store
    store.close()


def test_it_is_not_written_to_before_it_is_migrated(old: Store) -> None:
    assert old.revision() == OLD
    with pytest.raises(StoreError, match="wangge migrate"):
        add_account(old, Keeper("cli:test"), "wang", [Grant(Role.LEADER, "")], now=town.NOW)


def test_it_answers_as_the_same_town_made_today(old: Store, tmp_path: Path) -> None:
    old.migrate()
    assert old.revision() == newest_revision()
    new = Store.open(home=tmp_path / "new")
    new.migrate()
    households.settle(new)
    households.move_in(new)
    households.match(new)
    points, texts = answers(new)
    old_points, old_texts = answers(old)
    pd.testing.assert_frame_equal(old_points, points)
    assert old_texts == texts
    assert people(old) == sorted(households.HOMES)
    with old.read() as connection:  # what lay in clear is sealed
        kept = connection.exec_driver_sql("SELECT address FROM residents").scalars().all()
    assert len(kept) == len(households.HOMES)
    assert all(text.startswith("k1:") for text in kept)
    assert verify(old).faults == ()
    assert [one.name for one in list_accounts(old, Keeper("cli:test"), now=town.NOW)] == ["li"]
    add_account(old, Keeper("cli:test"), "wang", [Grant(Role.LEADER, "")], now=town.NOW)
    file = tmp_path / "backup.zip"
    write_backup(old, tmp_path / "old", file, now=town.NOW)
    assert read_manifest(file).rows["users"] == 2
    new.close()


def test_a_server_waits_for_the_migration_and_needs_no_restart(
    empty_postgis_url: str, tmp_path: Path
) -> None:
    """On a server others use, migrating is somebody's decision."""
    store = Store.open(url=empty_postgis_url, home=tmp_path)
    lay_down(store, OLD)
    settings = Settings(database_url=empty_postgis_url, home=tmp_path, public=("lookup",), index_poll_s=0.05)
    with running(create_app(settings, clock=lambda: town.NOW)) as client:
        before = client.get("/ready?lang=en")
        assert before.status_code == 503
        assert "run `wangge migrate`" in before.json()["detail"]
        store.migrate()
        assert until_ready(client) == 200
        found = client.get("/api/locate", params={"address": "桂苑3号楼2单元501室"})
        assert found.json()["grid"]["code"]
    store.close()


def test_servers_are_exchanged_one_after_the_other(postgis_url: str, tmp_path: Path) -> None:
    """Once a newer program has migrated, this one answers on and writes nothing; a second one is not begun."""
    store = Store.open(url=postgis_url, home=tmp_path)
    households.settle(store)
    password = add_account(store, Keeper("cli:test"), "li", [Grant(Role.LEADER, "")], now=town.NOW)
    settings = Settings(database_url=postgis_url, home=tmp_path, public=("lookup",), index_poll_s=0.05)
    with running(create_app(settings, clock=lambda: datetime.now(UTC))) as client:
        assert until_ready(client) == 200
        with store.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert client.get("/ready").status_code == 200
        found = client.get("/api/locate", params={"address": "桂苑3号楼2单元501室"})
        assert found.json()["grid"]["code"]
        signing = {"name": "li", "password": password}
        refused = client.post("/api/session?lang=en", json=signing, headers={"origin": "http://test"})
        assert refused.status_code == 503
        assert "changes wait" in refused.json()["detail"]
        with pytest.raises(StoreError, match="newer than this program"):
            store.require_current()
        with store.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE alembic_version SET version_num = '{newest_revision()}'"  # noqa: S608
            )
        assert client.post("/api/session", json=signing, headers={"origin": "http://test"}).status_code == 200
    store.close()


def until_ready(client: Any) -> int:
    """The last status of `/ready`: 200 as soon as it is, at most ten seconds later."""
    for _ in range(200):
        status = int(client.get("/ready").status_code)
        if status == 200:
            break
        time.sleep(0.05)
    return status
