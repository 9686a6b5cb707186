"""What goes wrong in a database is told in our own errors, and never told wrong: each is made to happen here."""

# ruff: noqa: PT012  what fails must happen inside the transaction that is watched
from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, StoreError
from layers.store import database
from layers.store import tables as t
from layers.store.database import Store
from layers.store.migrating import newest_revision
from layers.store.rows import Upserted, insert_frame, upsert_frame
from layers.store.server import damage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHAPE = shapely.box(0, 0, 1, 1)


def streets(*codes: str, name: str = "x") -> pd.DataFrame:
    return pd.DataFrame({"code": list(codes), "name": name, "source": "s", "geometry": [SHAPE] * len(codes)})


def kept(store: Store) -> dict[str, str]:
    with store.read() as conn:
        return {row.code: row.name for row in conn.execute(sa.select(t.streets.c.code, t.streets.c.name))}


@pytest.fixture
def postgis(postgis_url: str) -> Iterator[Store]:
    store = Store.open(url=postgis_url)
    yield store
    store.close()


def kill(store: Store, pid: int) -> None:
    """The server ends a connection, as when it is restarted."""
    with psycopg.connect(plain_url(store), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            pass


def plain_url(store: Store) -> str:
    return store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_row_that_is_there_already_is_a_conflict(store: Store) -> None:
    with store.begin() as conn:
        insert_frame(conn, t.streets, streets("999901001"))
    with pytest.raises(ConflictError, match="what is in the store forbids it"), store.begin() as conn:
        insert_frame(conn, t.streets, streets("999901002", "999901001"))
    assert list(kept(store)) == ["999901001"]


@pytest.mark.parametrize("write", [insert_frame, upsert_frame])
def test_a_value_the_store_cannot_hold_is_bad_input(postgis: Store, write: object) -> None:
    """By COPY the driver raises it itself; PostgreSQL alone minds the length."""
    with pytest.raises(InputError, match="cannot hold"), postgis.begin() as conn:
        write(conn, t.streets, streets("9" * 10))  # type: ignore[operator]
    assert kept(postgis) == {}
    with postgis.begin() as conn:
        insert_frame(conn, t.streets, streets("999901001"))


def test_a_connection_cut_during_the_work_says_nothing_was_written(postgis: Store) -> None:
    with pytest.raises(StoreError, match="nothing was written"), postgis.begin() as conn:
        insert_frame(conn, t.streets, streets("999901001"))
        kill(postgis, conn.scalar(sa.text("SELECT pg_backend_pid()")))
        insert_frame(conn, t.streets, streets("999901002"))
    assert kept(postgis) == {}


def test_a_connection_cut_while_reading_speaks_of_no_writing(postgis: Store) -> None:
    with pytest.raises(StoreError, match="during the work") as error, postgis.read() as conn:
        kill(postgis, conn.scalar(sa.text("SELECT pg_backend_pid()")))
        conn.execute(sa.select(t.streets.c.code))
    assert "written" not in str(error.value)


def test_a_connection_cut_at_commit_says_that_nobody_knows(postgis: Store) -> None:
    with pytest.raises(StoreError, match="may have been written or not") as error, postgis.begin() as conn:
        insert_frame(conn, t.streets, streets("999901001"))
        kill(postgis, conn.scalar(sa.text("SELECT pg_backend_pid()")))
    assert "nothing was written" not in str(error.value)


def test_a_constraint_broken_at_commit_is_a_conflict(postgis: Store) -> None:
    """Its end is known: the server answered."""
    with postgis.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE once (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(ConflictError, match="once_a_key"), postgis.begin() as conn:
        conn.exec_driver_sql("INSERT INTO once VALUES (1), (1)")


def test_no_free_connection_is_told(postgis_url: str) -> None:
    store = Store.open(url=postgis_url)
    store.engine.dispose()
    small = Store(
        sa.create_engine(store.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05), store.keys
    )
    with small.read(), pytest.raises(StoreError, match="all connections"), small.read():
        pass
    small.close()


def test_writers_that_block_each_other_are_told_to_try_again(postgis: Store) -> None:
    with postgis.begin() as conn:
        insert_frame(conn, t.streets, streets("1", "2"))
    first, second = (t.streets.update().where(t.streets.c.code == code).values(name="y") for code in "12")
    with psycopg.connect(plain_url(postgis)) as other:
        other.execute("UPDATE streets SET name = 'z' WHERE code = '2'")
        blocked = threading.Thread(
            target=_ignoring, args=(other, "UPDATE streets SET name = 'z' WHERE code = '1'")
        )
        with pytest.raises(ConflictError, match="another writer"), postgis.begin() as conn:
            conn.exec_driver_sql("SET LOCAL deadlock_timeout = '50ms'")
            conn.execute(first)
            blocked.start()
            conn.execute(second)
        blocked.join()


def _ignoring(connection: psycopg.Connection, statement: str) -> None:
    connection.execute(statement.encode())


def test_a_busy_file_names_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.05)
    one, two = Store.open(home=tmp_path), Store.open(home=tmp_path)
    one.migrate()
    with one.begin(), pytest.raises(StoreError, match="another program is writing"), two.begin():
        pass
    one.close()
    two.close()


def test_a_full_disk_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    store = Store.open(home=tmp_path)
    store.migrate()
    with pytest.raises(StoreError, match=r"the disk is full.*nothing was written"), store.begin() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        insert_frame(conn, t.streets, streets(*(f"{i:09d}" for i in range(2000)), name="名" * 200))
    store.engine.dispose()
    assert kept(store) == {}
    store.close()


def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    store = Store.open(home=tmp_path)
    store.migrate()
    with pytest.raises(StoreError, match="may not be written"), store.begin() as conn:
        conn.exec_driver_sql("PRAGMA query_only = ON")
        insert_frame(conn, t.streets, streets("1"))
    store.close()


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    store = Store.open(home=tmp_path)
    store.migrate()
    with store.begin() as conn:
        insert_frame(conn, t.streets, streets(*(f"{i:09d}" for i in range(2000)), name="名" * 200))
    assert damage(store) is None
    with store.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    file = tmp_path / "wangge.db"
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40_000] = b"\xff" * 40_000
    file.write_bytes(data)
    try:
        found = str(damage(store))
    except StoreError as error:
        found = str(error)
    assert found != "None"
    with pytest.raises(StoreError, match="damaged"):
        kept(store)
    store.close()


def test_of_two_writers_of_one_new_key_the_second_updates(store: Store) -> None:
    """The second asks while the first has not committed yet."""
    came: list[Upserted] = []

    def second() -> None:
        with store.begin() as conn:
            came.append(upsert_frame(conn, t.streets, streets("1", "2", name="second")))

    with store.begin() as conn:
        assert upsert_frame(conn, t.streets, streets("1", name="first")) == Upserted(1, 0)
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert came == []
    waiting.join(30)
    assert came == [Upserted(1, 1)]
    assert kept(store) == {"1": "second", "2": "second"}


def test_an_upsert_leaves_other_columns_alone(store: Store) -> None:
    with store.begin() as conn:
        insert_frame(conn, t.streets, streets("1", name="a"))
        upsert_frame(conn, t.streets, streets("1").drop(columns="name"), source="later")
        assert conn.execute(sa.select(t.streets.c.name, t.streets.c.source)).one() == ("a", "later")
        assert upsert_frame(conn, t.streets, streets()) == Upserted(0, 0)


MIGRATE = "import sys; from layers.store.database import Store; s = Store.open(url=sys.argv[1]); s.migrate(); s.close()"


@pytest.mark.parametrize("kind", ["sqlite", "postgis"])
def test_several_migrate_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = (
        f"sqlite:///{tmp_path / 'w.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgis_url")
    )
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    errors = [one.communicate(timeout=120)[1] for one in started]
    assert [one.returncode for one in started] == [0] * 4, errors
    store = Store.open(url=url)
    assert store.revision() == newest_revision()
    store.close()


def test_a_newer_store_is_neither_migrated_nor_used(store: Store) -> None:
    with store.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for use in (store.migrate, store.require_current):
        with pytest.raises(StoreError, match="9999, which is newer") as error:
            use()
        assert "wangge migrate" not in str(error.value)


def test_a_store_without_tables_says_migrate(empty_postgis_url: str) -> None:
    store = Store.open(url=empty_postgis_url)
    with pytest.raises(StoreError, match="wangge migrate"):
        kept(store)
    store.close()


SECRET = "geh/eim#wort"  # noqa: S105
QUOTED = "geh%2Feim%23wort"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://nobody:{QUOTED}@127.0.0.1:1/none",
        f"postgresql://nobody@127.0.0.1:1/none?password={QUOTED}",
        f"postgresql://nobody@127.0.0.1:1/none?sslpassword={QUOTED}",
        f"postgresql://nobody:x@127.0.0.1:1/none?passwort={QUOTED}",
        f"postgresql://nobody:x@{SECRET}@127.0.0.1:1/none",
        "postgresql://nobody:x@geheimwort@127.0.0.1:1/none",
        f"postgresql://127.0.0.1:{SECRET}",
        f"postgresql:nobody:{SECRET}@127.0.0.1/none",
    ],
)
def test_no_password_is_printed(url: str) -> None:
    with pytest.raises(StoreError) as error:
        store = Store.open(url=url)
        try:
            assert "eim" not in store.describe()
            store.revision()
        finally:
            store.close()
    text = str(error.value) + error.value.words.zh
    assert SECRET not in text
    assert "eim" not in text
