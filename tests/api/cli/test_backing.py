"""Backup and restore by command line, keys apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_store_is_backed_up_wiped_and_restored(run: Run, tmp_path: Path) -> None:
    assert run("user", "add", "li", "--role", "viewer").code == 0
    out, keys = tmp_path / "backup.zip", tmp_path / "safe" / "keys.txt"
    done = run("--lang", "en", "backup", "--out", str(out), "--keys", str(keys))
    assert done.code == 0, done.err
    assert out.stat().st_mode & 0o777 == keys.stat().st_mode & 0o777 == 0o600
    beside = run("--lang", "en", "backup", "--out", str(out), "--keys", str(tmp_path / "keys.txt"))
    assert (beside.code, "apart" in beside.err) == (2, True)
    assert run("--lang", "en", "restore", str(out)).code == 2  # what is there is not written over
    shutil.rmtree(tmp_path / "wangge-data")
    back = run("--lang", "en", "restore", str(out), "--keys", str(keys))
    assert back.code == 0, back.err
    assert "li" in run("user", "list").out
    assert "the audit is whole" in run("--lang", "en", "audit", "verify").out
    assert run("restore", str(tmp_path / "none.zip")).code == 2
