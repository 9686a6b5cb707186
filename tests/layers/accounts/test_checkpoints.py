"""Checkpoints are kept outside the store, and read back from whatever a system log made of them."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.errors import StoreError
from layers.accounts import checkpoints
from layers.accounts.audit import Asked, checkpoint, read_audit, verify, write_audit
from layers.accounts.checkpoints import keep, kept
from layers.store.database import Store

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def test_a_file_of_checkpoints_is_its_owners_alone_and_grows(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "points.log"
    for number in range(2):
        write_audit(store, who="cli:test", now=NOW, what="look", number=number)
        keep(checkpoint(store, now=NOW), str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(list(kept(file))) == 2
    assert verify(store, checkpoints=kept(file)).faults == ()


def test_lines_of_a_system_log_are_understood(store: Store, tmp_path: Path) -> None:
    write_audit(store, who="cli:test", now=NOW, what="look")
    line = checkpoint(store, now=NOW)
    log = tmp_path / "auth.log"
    log.write_text(f"Nov 28 09:00:00 host sshd[1]: hello\nNov 28 09:00:01 host wangge: {line}\n", "utf-8")
    assert list(kept(log)) == [line]


@pytest.mark.parametrize("there", ["device", "host"])
def test_a_system_log_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    write_audit(store, who="cli:test", now=NOW, what="look")
    line = checkpoint(store, now=NOW)
    device = tmp_path / "log"
    monkeypatch.setattr(checkpoints, "_DEVICE", device)
    family = socket.AF_UNIX if there == "device" else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as log:
        log.bind(str(device) if there == "device" else ("127.0.0.1", 0))
        log.settimeout(5)
        keep(line, "syslog" if there == "device" else f"syslog://127.0.0.1:{log.getsockname()[1]}")
        assert log.recv(4096).decode() == f"<85>wangge: {line}"


@pytest.mark.parametrize("place", ["/nowhere/at/all", "syslog://host:port"])
def test_a_place_that_takes_nothing_is_told(place: str) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        keep("{}", place)


def test_rows_are_found_by_account_deed_time_and_area(store: Store) -> None:
    write_audit(store, who="http:li", now=NOW, what="look", area=["610402001"])
    write_audit(store, who="http:lin", now=NOW.replace(hour=10), what="look", area=["610402"])
    write_audit(store, who="http:li", now=NOW.replace(hour=11), what="sign-in")

    def found(**asked: object) -> list[int]:
        return read_audit(store, Asked(**asked))["number"].tolist()  # type: ignore[arg-type]

    assert found() == [3, 2, 1]
    assert found(who="li") == found(who="http:li") == [3, 1]
    assert found(who="l%") == []
    assert found(what="look") == [2, 1]
    assert found(since=NOW.replace(hour=10), until=NOW.replace(hour=11)) == [2]
    assert found(area=("610402001",)) == [1]
    assert found(area=("610402",)) == [2, 1]
    assert read_audit(store, limit=2, before=3)["number"].tolist() == [2, 1]
