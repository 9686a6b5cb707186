"""A file appears whole or not at all, for its owner alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import FileError
from layers.files.atomic import drafted


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "a.txt"
    out.write_text("old")
    with pytest.raises(ZeroDivisionError), drafted(out) as draft:  # noqa: PT012
        draft.write_text("half")
        raise ZeroDivisionError
    assert out.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with drafted(tmp_path / "new" / "a.txt", make_folder=True) as draft:
            assert draft.parent.stat().st_mode & 0o077 == 0
            draft.write_text("whole")
    finally:
        os.umask(before)
    assert (tmp_path / "new" / "a.txt").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path / "new") == ["a.txt"]


def test_two_drafts_of_one_file_do_not_meet(tmp_path: Path) -> None:
    out = tmp_path / "a.txt"
    with drafted(out) as first:
        first.write_text("first")
        with drafted(out) as second:
            second.write_text("second")
        assert out.read_text() == "second"
    assert out.read_text() == "first"


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from layers.files.atomic import drafted\n"
        f"with drafted(Path({str(tmp_path / 'a.csv')!r})) as d:\n"
        "    d.write_text('household rows'); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])
    assert len(names(tmp_path)) == 1
    with drafted(tmp_path / "a.csv") as draft:
        draft.write_text("whole")
    assert names(tmp_path) == ["a.csv"]


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(FileError, match="cannot write"), drafted(tmp_path / "f" / "a.txt") as draft:
        draft.write_text("x")
