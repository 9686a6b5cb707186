"""The doctor says what is wrong and never ✓ where something is."""

from __future__ import annotations

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
    assert line(before, "accounts").startswith("· accounts: there is no account yet: whoever reaches")
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
