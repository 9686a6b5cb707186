"""The drill: a store is wiped and restored from its backup, and answers as it did; on both stores, and from one to the other."""

from __future__ import annotations

import random
import signal
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.errors import ConflictError, FileError, StoreError
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.audit import verify
from layers.backup import whole
from layers.backup.whole import read_manifest, restore_backup, write_backup
from layers.jobs.queue import JobQueue
from layers.lookup.lookups import load_lookups
from layers.people.residents import read_residents
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, Role
from layers.store.database import EMBEDDED_FILE, Store
from layers.store.keys import Keys
from tests.layers import households, town
from tests.layers.jobs.test_worker import PARTS, Process, asked, trace, until, working

QUESTIONS = 10_000
SECRET = "桂苑3号楼2单元501室".encode()
TEXTS = ("桂苑3号楼2单元501室", "兰苑2号楼", "月亮湾1号楼", "桂苑", "无名路")


@pytest.fixture
def lived_in(store: Store) -> Store:
    """A store with ground, plans in force, residents, matches, accounts and an audit."""
    households.settle(store)
    households.move_in(store)
    households.match(store)
    add_account(store, Keeper("cli:test"), "li", [Grant(Role.LEADER, "")], now=town.NOW)
    return store


def answers(store: Store) -> tuple[pd.DataFrame, list[object]]:
    """What 10,000 points and some addresses are answered."""
    rng = np.random.default_rng(7)
    lookups = load_lookups(store, OPERATOR, as_of=town.DAY)
    lon = rng.uniform(town.LON - 0.001, town.LON + 0.01, QUESTIONS)
    lat = rng.uniform(town.LAT - 0.001, town.LAT + 0.004, QUESTIONS)
    found = lookups.points(("",)).locate_many(lon, lat, as_of=town.DAY)
    return found, [lookups.addresses(("",)).locate(text, as_of=town.DAY) for text in TEXTS]


def people(store: Store) -> list[str]:
    return sorted(read_residents(store, OPERATOR, actor="cli:test", now=town.NOW)["address"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "wangge-data"


def again_in(home: Path, store: Store, request: pytest.FixtureRequest, into: str) -> Store:
    """An empty store of the same or the other kind."""
    server = (store.dialect == "postgresql") == (into == "its own kind")
    return Store.open(url=request.getfixturevalue("empty_postgis_url") if server else None, home=home)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.mark.parametrize("into", ["its own kind", "the other kind"])
def test_a_wiped_store_answers_as_before(
    lived_in: Store, home: Path, tmp_path: Path, request: pytest.FixtureRequest, into: str
) -> None:
    points, texts = answers(lived_in)
    known = people(lived_in)
    long = SECRET * 100_000  # more than a piece
    put(home / "uploads" / "a1" / "名单.csv", SECRET)
    put(home / "jobs" / "b2" / "households.csv", long)
    put(home / "snapshots" / "1" / "grids.geojson", b"{}")
    put(home / "rules.yaml", b"profiles: {}")
    put(home / "jobs" / "b2" / ".draft", b"no")
    file = tmp_path / "backup.zip"
    made = write_backup(lived_in, home, file, now=town.NOW)
    assert (made.rows["residents"], made.rows["users"], made.files) == (len(known), 1, 4)
    held = zipfile.ZipFile(file)
    assert not any(address.encode() in held.read(name) for name in held.namelist() for address in known)
    keys = lived_in.keys.read()
    assert keys is not None
    lived_in.close()
    home = tmp_path / "again"
    again = again_in(home, lived_in, request, into)
    assert restore_backup(again, home, file, keys=keys) == (made, 0)
    (home / "keys.txt").write_text(keys.text())
    (home / "keys.txt").chmod(0o600)
    assert (home / "uploads" / "a1" / "名单.csv").read_bytes() == SECRET
    assert (home / "jobs" / "b2" / "households.csv").read_bytes() == long
    assert (home / "snapshots" / "1" / "grids.geojson").read_bytes() == b"{}"
    assert (home / "rules.yaml").stat().st_mode & 0o777 == 0o600
    assert not list(home.rglob(".*"))
    back_points, back_texts = answers(again)
    pd.testing.assert_frame_equal(back_points, points)
    assert back_texts == texts
    assert people(again) == known
    assert verify(again).faults == ()
    with pytest.raises(ConflictError), again.begin() as connection:  # what is in force is sealed again
        connection.exec_driver_sql("UPDATE grids SET name = 'x'")
    add_account(again, Keeper("cli:test"), "wang", [Grant(Role.LEADER, "")], now=town.NOW)  # numbers go on
    for place in (home, tmp_path / "elsewhere"):
        with pytest.raises(ConflictError, match="restore into an empty"):
            restore_backup(again, place, file, keys=keys)
    assert not (tmp_path / "elsewhere" / "rules.yaml").exists()
    again.close()


@pytest.mark.parametrize("into", ["its own kind", "the other kind"])
def test_a_job_goes_on_with_the_part_it_was_at(
    store: Store, home: Path, tmp_path: Path, request: pytest.FixtureRequest, into: str
) -> None:
    queue = JobQueue(store, home)
    queue.prepare()
    job = asked(store, queue, wait_s=0.4)
    worker = Process(store, home)
    until(store, job, lambda found: found.done >= 2)
    worker.end(signal.SIGKILL)
    waiting = asked(store, queue, parts=["x"])
    file = tmp_path / "backup.zip"
    write_backup(store, home, file, now=datetime.now(UTC))
    queue.close()
    done_before = [line for line in trace(home) if line.startswith("done")]
    place = tmp_path / "again"
    again = again_in(place, store, request, into)
    restore_backup(again, place, file)
    with working(again, place):
        done = until(again, job, lambda found: found.over)
        assert until(again, waiting, lambda found: found.over).state == "done"
    assert (done.state, done.done) == ("done", len(PARTS))
    lines = trace(place)
    assert "finish abcde" in lines
    assert not set(done_before) & set(lines)
    again.close()


def test_files_stay_closed_without_keys_and_open_with_none_but_their_own(
    lived_in: Store, home: Path, tmp_path: Path
) -> None:
    put(home / "uploads" / "a1" / "名单.csv", SECRET)
    file = tmp_path / "backup.zip"
    write_backup(lived_in, home, file, now=town.NOW)
    place = tmp_path / "again"
    again = Store.open(home=place)
    with pytest.raises(StoreError, match="not the keys"):
        restore_backup(again, place, file, keys=Keys({}).with_new())
    assert not (place / EMBEDDED_FILE).exists()
    assert restore_backup(again, place, file).closed == 1
    assert not (place / "uploads").exists()
    again.close()


def test_a_damaged_backup_touches_nothing(lived_in: Store, home: Path, tmp_path: Path) -> None:
    """A byte changed anywhere, an end cut off, a member more or less."""
    put(home / "snapshots" / "1" / "grids.geojson", b"{}")
    file, broken = tmp_path / "backup.zip", tmp_path / "broken.zip"
    write_backup(lived_in, home, file, now=town.NOW)
    whole_file, dice = file.read_bytes(), random.Random(3)
    with zipfile.ZipFile(file) as held:
        data = [(one.header_offset + 30 + len(one.filename.encode()), one) for one in held.infolist()]
    wrong = [whole_file[: len(whole_file) // 2], whole_file[:-30], b""]
    for start, one in data:  # in the data of every member that has any
        if one.compress_size > 40:
            at = start + 25 + dice.randrange(one.compress_size - 40)
            wrong.append(whole_file[:at] + bytes([whole_file[at] ^ 0x10]) + whole_file[at + 1 :])
    place = tmp_path / "again"
    again = Store.open(home=place)
    for content in wrong:
        broken.write_bytes(content)
        with pytest.raises(FileError, match="no whole backup"):
            restore_backup(again, place, broken)
    for leave, more in (("roads.ndjson", None), (None, "files/x"), (None, "files/../../x")):
        with zipfile.ZipFile(file) as held, zipfile.ZipFile(broken, "w") as other:
            for name in held.namelist():
                if name != leave:
                    other.writestr(name, held.read(name))
            if more is not None:
                other.writestr(more, b"x")
        with pytest.raises(FileError, match="no whole backup"):
            restore_backup(again, place, broken)
    assert list(place.iterdir()) == []
    again.close()


def test_a_backup_of_another_schema_is_refused(
    store: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.zip"
    write_backup(store, home, file, now=town.NOW)
    with pytest.raises(FileError, match="no whole backup"):
        read_manifest(tmp_path / "none.zip")
    monkeypatch.setattr(whole, "newest_revision", lambda: "9999")
    with pytest.raises(StoreError, match="version that made it"):
        restore_backup(store, home, file)


def test_what_fails_in_the_middle_is_taken_back(
    lived_in: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home / "snapshots" / "1" / "grids.geojson", b"{}")
    file = tmp_path / "backup.zip"
    write_backup(lived_in, home, file, now=town.NOW)
    place = tmp_path / "again"
    again = Store.open(home=place)

    def refused(unpacked: Path, home: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole.kept_files, "move_in", refused)
        with pytest.raises(FileError, match="No space"):
            restore_backup(again, place, file)
    assert not (place / "snapshots").exists()
    restore_backup(again, place, file)  # all of it, at the second go
    assert (place / "snapshots" / "1" / "grids.geojson").exists()
    again.close()
