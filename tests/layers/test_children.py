"""Children begin as new processes, quickly, in today's environment of whoever starts them."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection as Line
from pathlib import Path

import pytest

from layers import children


def look(line: Line, name: str) -> None:
    """Say what this process is given."""
    line.send((os.environ.get(name), Path.cwd(), "geopandas" in sys.modules))


def value_of(name: str) -> str | None:
    """As `os.environ.get`, in whatever process."""
    return os.environ.get(name)


def seen(name: str) -> tuple[str | None, Path, bool]:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = children.child(look, theirs, name)
    child.start()
    theirs.close()
    found: tuple[str | None, Path, bool] = ours.recv()
    child.join()
    return found


def test_each_child_has_the_environment_and_folder_of_its_moment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for value in ("one", "two"):
        (tmp_path / value).mkdir()
        monkeypatch.chdir(tmp_path / value)
        monkeypatch.setenv("WANGGE_TRIED", value)
        assert seen("WANGGE_TRIED")[:2] == (value, tmp_path / value)
    monkeypatch.delenv("WANGGE_TRIED")
    assert seen("WANGGE_TRIED")[0] is None


def test_a_pool_has_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_TRIED", "three")
    with children.pool(1) as pool:
        assert pool.submit(value_of, "WANGGE_TRIED").result() == "three"


@pytest.mark.skipif(sys.platform != "linux", reason="children are spawned here")
def test_what_takes_long_to_load_is_there_already() -> None:
    assert seen("HOME")[2]
