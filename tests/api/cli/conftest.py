"""Running commands as the shell would: `main` with arguments, its exit code and what it printed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from api.cli.main import main

SQUARES = {
    "communities": (
        "code,name,wkt",
        [
            '999901001001,甲社区,"POLYGON((108.70 34.30,108.71 34.30,108.71 34.31,108.70 34.31,108.70 34.30))"',
            '999901001002,乙社区,"POLYGON((108.71 34.30,108.72 34.30,108.72 34.31,108.71 34.31,108.71 34.30))"',
        ],
    ),
    "buildings": (
        "ref,name,use,households,wkt",
        [
            f'b{i},{i}号楼,residential,180,"POLYGON(({x} 34.3049,{x + 0.0004:.4f} 34.3049,'
            f'{x + 0.0004:.4f} 34.3053,{x} 34.3053,{x} 34.3049))"'
            for i, x in enumerate((108.7015, 108.7035, 108.7065, 108.7085, 108.7135, 108.7165), start=1)
        ],
    ),
}
"""Two communities side by side, with four and two buildings of 180 households."""


class Ran(NamedTuple):
    """One command, run."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(args)
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The two layers as CSV files with WKT."""
    made = {}
    for layer, (header, rows) in SQUARES.items():
        made[layer] = tmp_path / f"{layer}.csv"
        made[layer].write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return made


@pytest.fixture
def planned(run: Run, files: dict[str, Path]) -> Run:
    """`run`, where both layers are in the store and plans in force since 2026-06-01."""
    for args in (
        ("import", "communities", str(files["communities"]), "--crs", "EPSG:4490"),
        ("import", "buildings", str(files["buildings"]), "--crs", "EPSG:4490"),
        ("cells",),
        ("partition", "--time-limit", "0.2"),
        ("publish", "--from", "2026-06-01"),
    ):
        done = run(*args)
        assert done.code == 0, done.err
    return run


@pytest.fixture
def read_csv() -> Callable[[Path], list[dict[str, str]]]:
    """A CSV file as rows."""
    return lambda path: list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
