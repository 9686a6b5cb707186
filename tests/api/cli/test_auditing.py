"""The audit by command line: verified against checkpoints outside, exported, and cut ends shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def told(run: Run) -> Run:
    """Commands on a store whose audit has three rows."""
    for name in ("li", "wang", "zhao"):
        assert run("user", "add", name, "--role", "viewer").code == 0
    return run


def test_a_cut_end_shows_by_a_checkpoint_outside(told: Run, tmp_path: Path) -> None:
    points = tmp_path / "points.log"
    made = told("--lang", "en", "audit", "checkpoint", "--to", str(points))
    assert json.loads(made.out)["number"] == 3
    whole = told("--lang", "en", "audit", "verify", "--checkpoints", str(points))
    assert (whole.code, "the audit is whole" in whole.out) == (0, True)
    with sqlite3.connect(tmp_path / "wangge-data" / "wangge.db") as base:
        base.execute("DROP TRIGGER audit_no_delete")
        base.execute("DELETE FROM audit WHERE number = 3")
    alone = told("--lang", "en", "audit", "verify")
    assert alone.code == 0
    assert "a cut end does not show" in alone.err
    cut = told("--lang", "en", "audit", "verify", "--checkpoints", str(points))
    assert cut.code == 1
    assert "its end was cut off" in cut.out


def test_rows_are_listed_and_exported_and_the_export_is_audited(
    told: Run, read_csv: Callable[[Path], list[dict[str, str]]], tmp_path: Path
) -> None:
    assert "account-add" in told("audit", "list").out
    assert told("audit", "list", "--who", "nobody").out.count("\n") == 1
    out = tmp_path / "audit.csv"
    done = told("--lang", "en", "audit", "export", "--out", str(out), "--what", "account-add")
    assert done.code == 0
    rows = read_csv(out)
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert len(rows[0]["seal"]) == 64
    assert out.stat().st_mode & 0o777 == 0o600
    serial = done.out.split("serial ")[1].strip(" )\n")
    assert serial in told("audit", "list", "--limit", "1").out


def test_bad_days_and_empty_audits_are_refused_in_one_line(run: Run) -> None:
    empty = run("--lang", "en", "audit", "checkpoint")
    assert (empty.code, empty.err.strip()) == (2, "wangge: the audit is empty yet")
    assert run("audit", "list", "--since", "yesterday").code == 2
