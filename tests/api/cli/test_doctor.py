"""The doctor says what is wrong and never ✓ where something is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.cli import examining
from layers.store.database import Store
from tests.api.cli.conftest import Run


def line(out: str, about: str) -> str:
    return next(text for text in out.splitlines() if text[2:].startswith(about))


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    assert run("migrate").code == 0
    return tmp_path / "wangge-data"


def test_a_whole_store_is_well(run: Run, home: Path) -> None:
    assert home.is_dir()
    assert line(run("--lang", "en", "doctor").out, "store").startswith("✓")


def test_who_may_come_in_is_told(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    before = run("--lang", "en", "doctor").out
    assert line(before, "accounts").startswith("· accounts: there is no account yet: nobody gets more")
    assert "wangge user add" in before
    assert run("user", "add", "li", "--role", "viewer").code == 0
    monkeypatch.setenv("WANGGE_REVIEW_TOKEN", "a-token-of-enough-length")
    monkeypatch.setenv("WANGGE_PUBLIC", "lookup")
    after = run("--lang", "en", "doctor").out
    assert line(after, "accounts").endswith("must be signed in; open to strangers: lookup")
    assert "WANGGE_REVIEW_TOKEN opens nothing any more" in after


def test_a_damaged_store_is_told(run: Run, home: Path) -> None:
    (home / "wangge.db").write_bytes(b"not a database, but long enough to look like one" * 200)
    found = run("--lang", "en", "doctor")
    assert found.code == 1
    assert line(found.out, "store").startswith("✗")
    assert "restore it from a backup" in found.out
    told = run("--lang", "en", "migrate")
    assert told.code == 1
    assert "damaged" in told.err
    assert "unexpected" not in told.err


def test_a_newer_store_is_told(run: Run, home: Path) -> None:
    store = Store.open(home=home)
    with store.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    found = run("--lang", "en", "doctor")
    assert line(found.out, "schema").startswith("✗ schema: 9999")
    assert "newer version of Wangge" in found.out
    assert "run wangge migrate" not in found.out
    told = run("--lang", "en", "migrate")
    assert told.code == 1
    assert "newer" in told.err


@pytest.mark.parametrize(("least", "few", "mark"), [(0, 0, "✓"), (0, 10**18, "·"), (10**18, 10**18, "✗")])
def test_a_disk_without_room_is_told(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, least: int, few: int, mark: str
) -> None:
    assert home.is_dir()
    monkeypatch.setattr(examining, "_LEAST_FREE_BYTES", least)
    monkeypatch.setattr(examining, "_FEW_FREE_BYTES", few)
    assert line(run("--lang", "en", "doctor").out, "working folder").startswith(mark)


def test_a_password_in_the_url_is_not_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://u@127.0.0.1:1/x?password=very-secret")
    for command in ("doctor", "migrate", "history"):
        ran = run(command)
        assert ran.code == 1
        assert "very-secret" not in ran.out + ran.err
        assert "unexpected" not in ran.err


def test_the_actor_is_the_account_not_what_the_environment_says(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    csv = '999901001001,甲,"POLYGON((108.70 34.30,108.71 34.30,108.71 34.31,108.70 34.31,108.70 34.30))"\n'
    Path("communities.csv").write_text("code,name,wkt\n" + csv, encoding="utf-8")
    assert run("import", "communities", "communities.csv", "--crs", "EPSG:4490").code == 0
    assert "cli:" in run("history").out
    assert "somebody-else" not in run("history").out


def test_what_others_can_read_what_was_left_and_lost_keys_are_told(run: Run, home: Path) -> None:
    assert run("user", "add", "li", "--role", "viewer").code == 0
    well = run("--lang", "en", "doctor").out
    assert line(well, "file modes").startswith("✓")
    assert line(well, "keys").startswith("✓ keys: k1")
    assert line(well, "clock").startswith("✓")
    assert "WANGGE_CHECKPOINTS" in well
    keys = home / "keys.txt"
    keys.chmod(0o644)
    (home / ".grids.html.999999999-1.part").mkdir()
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert "chmod 600" in ill.out
    assert line(ill.out, "leftover drafts").startswith("· leftover drafts: 1")
    keys.unlink()
    assert line(run("--lang", "en", "doctor").out, "keys").startswith("✗")


@pytest.mark.parametrize(
    ("what", "value", "about", "remedy"),
    [
        ("_OLDEST_PYTHON", (99, 0), "Python", "install Python"),
        ("_OLDEST_GEOS", (99, 0, 0), "geometry libraries", "install the shapely wheel"),
        ("requires", lambda _: ["numpy<1", "no-such-package"], "packages", "requirements.lock"),
        ("NAME", "nothing-of-ours", "packages", "requirements.lock"),
    ],
)
def test_an_environment_that_does_not_do_is_told(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, what: str, value: object, about: str, remedy: str
) -> None:
    assert home.is_dir()
    monkeypatch.setattr(examining, what, value)
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, about).startswith("✗")
    assert remedy in ill.out


def test_a_folder_that_cannot_be_written_to_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "a-file" / "data"))
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "working folder").startswith("✗")
    assert "set WANGGE_HOME" in ill.out


def test_a_store_that_others_can_read_is_told(run: Run, home: Path) -> None:
    for path in (home, home / "wangge.db"):
        path.chmod(0o755)
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "file modes").startswith("✗")
    home.chmod(0o700)  # nobody gets to it through a closed folder
    assert line(run("--lang", "en", "doctor").out, "file modes").startswith("✓")


def test_an_older_store_is_told_before_it_is_used(run: Run, home: Path) -> None:
    store = Store.open(home=home)
    with store.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    store.close()
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "schema").startswith("✗ schema: 0001")
    assert "run `wangge migrate`" in ill.out


def test_a_database_that_is_away_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "store").startswith("✗")


def test_keys_of_another_store_are_told(run: Run, home: Path) -> None:
    assert run("user", "add", "li", "--role", "viewer").code == 0
    (home / "keys.txt").write_text(f"k1 {'ab' * 32}\n")
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "keys").startswith("✗ keys: k1")


def test_a_clock_that_is_behind_is_told(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    assert run("user", "add", "li", "--role", "viewer").code == 0
    monkeypatch.setattr(examining, "system_clock", lambda: datetime.now(UTC) - timedelta(hours=1))
    ill = run("--lang", "en", "doctor")
    assert ill.code == 1
    assert line(ill.out, "clock").startswith("✗")


@pytest.mark.parametrize(
    ("place", "mark", "said"),
    [
        ("outside.log", "✓", "outside.log"),
        ("syslog", "✓", "syslog"),
        ("wangge-data/points.log", "·", "outside WANGGE_HOME"),
        ("nowhere/points.log", "✗", "make the folder"),
    ],
)
def test_where_checkpoints_go_is_looked_at(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, place: str, mark: str, said: str
) -> None:
    assert home.is_dir()
    assert run("user", "add", "li", "--role", "viewer").code == 0
    monkeypatch.setenv("WANGGE_CHECKPOINTS", place)
    out = run("--lang", "en", "doctor").out
    assert line(out, "checkpoints").startswith(mark)
    assert said in out


def test_without_font_and_browser_there_is_advice(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("PATH", "")
    done = run("--lang", "en", "doctor")
    assert done.code == 0
    assert line(done.out, "Chinese font").startswith("·")
    assert line(done.out, "Chromium").startswith("·")


def test_a_server_that_owns_its_tables_is_advised(
    run: Run, postgis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", postgis_url)
    done = run("--lang", "en", "doctor")
    assert done.code == 0
    assert line(done.out, "database role").startswith("· database role: superuser")
    assert "--app-role" in done.out
