"""Keys and forgetting by command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from layers.store.database import Store
from tests.layers import households

Run = Callable[..., Any]


def test_keys_are_made_listed_and_rotated(run: Run, tmp_path: Path) -> None:
    made = run("--lang", "en", "keys", "new")
    assert made.code == 0
    file = tmp_path / "wangge-data" / "keys.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("keys", "new").code == 2
    store = Store.open(home=tmp_path / "wangge-data")
    store.migrate()
    households.settle(store)
    households.move_in(store)
    store.close()
    done = run("--lang", "en", "keys", "rotate")
    assert "k2 is the newest key" in done.out
    assert "rows were sealed with it" in done.out
    assert "0 rows" in run("--lang", "en", "keys", "rotate", "--resume").out
    listed = run("--lang", "en", "keys", "list").out
    assert listed.splitlines() == ["k1  older", "k2  for what is new"]
    assert file.read_text("ascii").split()[1] not in listed


def test_what_is_to_be_forgotten_is_named(run: Run) -> None:
    assert run("forget").code == 2
    none = run("--lang", "en", "forget", "H-1")
    assert (none.code, none.err.strip()) == (2, "wangge: no such household is kept")
