"""`wangge plans`, `plan show|copy|delete`, `withdraw`, and `publish` with its checks and days."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Run


@pytest.fixture
def drawn(run: Run, files: dict[str, Path]) -> Run:
    for layer, path in files.items():
        assert run("import", layer, str(path), "--crs", "EPSG:4490").code == 0
    assert run("cells").code == 0
    assert run("partition", "--time-limit", "0.2").code == 0
    return run


def test_plans_are_listed_shown_copied_and_deleted(drawn: Run) -> None:
    listed = drawn("--lang", "en", "plans").out
    assert "甲社区 999901001001" in listed
    assert "draft" in listed
    assert "2 plans" in listed
    assert drawn("--lang", "en", "plans", "--state", "published").out.rstrip().endswith("0 plans")
    shown = drawn("--lang", "en", "plan", "show", "1")
    assert shown.code == 0
    assert "999901001001001" in shown.out
    copied = drawn("--lang", "en", "plan", "copy", "1")
    assert "draft 3" in copied.out
    assert drawn("plan", "delete", "3").code == 0
    gone = drawn("--lang", "en", "plan", "show", "3")
    assert (gone.code, "no plan 3" in gone.err) == (2, True)


def test_a_far_publication_is_asked_about_and_withdrawn(drawn: Run) -> None:
    far = drawn("--lang", "en", "publish", "--from", "2072-01-01")
    assert (far.code, "--yes" in far.err) == (2, True)
    assert drawn("publish", "--from", "9999-12-31", "--yes").code == 2
    done = drawn("--lang", "en", "publish", "--from", "2072-01-01", "--yes")
    assert done.code == 0, done.err
    assert "2072-01-01" in drawn("--lang", "en", "plans").out
    assert drawn("withdraw").code == 2
    taken = drawn("--lang", "en", "withdraw", "--version", "1")
    assert taken.code == 0, taken.err
    assert "version 2: 2 plans withdrawn" in taken.out
    assert "withdrawn" in drawn("--lang", "en", "plans").out
    again = drawn("--lang", "en", "publish")
    assert again.code == 0, again.err
    assert drawn("locate", "--lon", "108.7017", "--lat", "34.3051").code == 0


def test_publishing_says_that_counts_changed(drawn: Run, tmp_path: Path) -> None:
    path = next(tmp_path.rglob("buildings.csv"))
    path.write_text(path.read_text("utf-8").replace(",180,", ",100,"), "utf-8")
    assert drawn("import", "buildings", str(path), "--crs", "EPSG:4490").code == 0
    assert "counts-changed" in drawn("check").out
    done = drawn("--lang", "en", "publish")
    assert (done.code, "counts-changed" in done.out) == (0, True)
