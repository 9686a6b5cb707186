"""What a command loads before it answers: looked at in what is imported, not on the clock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.contents import CONTENTS, Entry
from api.cli.groups import load
from tests.api.cli.conftest import Run

ROOT = Path(__file__).parents[3]
FRAMES = {"numpy", "pandas", "pyarrow", "geopandas", "shapely", "pyproj"}
DATABASE = {"sqlalchemy", "geoalchemy2", "psycopg", "alembic"}
SOLVERS = {"numba", "ortools", "highspy", "pymetis", "scipy", "h3"}
FILES = {"pyogrio", "openpyxl", "python_calamine", "osmium", "xlsxwriter", "docxtpl", "docx", "lxml"}
ADDRESSES = {"opencc", "ahocorasick", "pypinyin", "cn2an", "rapidfuzz"}
DRAWING = {"folium", "branca", "typst", "segno"}
SERVING = {"fastapi", "uvicorn", "structlog", "distributed"}
# pydantic is not among them: typer reads the values of options with it
HEAVY = FRAMES | DATABASE | SOLVERS | FILES | ADDRESSES | DRAWING | SERVING


def imported(*args: str, cwd: Path) -> tuple[int, set[str]]:
    """The exit code of a command, and every module its process imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from api.cli.main import main; main()", *args],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return done.returncode, {line.rpartition("|")[2].strip() for line in lines}


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def entries() -> Iterator[tuple[list[str], Entry]]:
    """Every command with the words that call it."""
    for panel in CONTENTS.values():
        for name, entry in panel.items():
            if isinstance(entry, Entry):
                yield [name], entry
            else:
                yield from (([name, inner], each) for inner, each in entry.entries.items())


ENTRIES = list(entries())
CALLS = [" ".join(words) for words, _ in ENTRIES]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--help"], 0),
        ([], 0),
        (["--version"], 0),
        (["--nonsense"], 2),
        (["nonsense"], 2),
        (["user", "--help"], 0),
        (["plan"], 2),
    ],
    ids=["--help", "alone", "--version", "wrong option", "wrong command", "help of a section", "no command"],
)
def test_help_and_complaints_load_no_command(args: list[str], code: int, tmp_path: Path) -> None:
    left, modules = imported(*args, cwd=tmp_path)
    assert left == code
    assert "api.cli.groups" in modules, "the list of imports was read"
    rooms = {f"api.cli.{entry.where.partition(':')[0]}" for _, entry in ENTRIES}
    assert modules & rooms == set()
    assert packages(modules) & (HEAVY | {"layers", "maps"}) == set()


def test_no_command_loads_what_works_before_it_works(tmp_path: Path) -> None:
    """All commands loaded in one process, as their help and their complaints load each of them."""
    wheres = sorted({entry.where for _, entry in ENTRIES})
    code = f"from api.cli.groups import load; from api.cli.contents import Entry; from geo.errors import Words\n{LOAD}"
    done = subprocess.run(
        [sys.executable, "-c", code, *wheres],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    modules = set(done.stdout.split())
    assert {f"api.cli.{where.partition(':')[0]}" for where in wheres} <= modules
    assert packages(modules) & HEAVY == set()


LOAD = """
import sys
for where in sys.argv[1:]:
    load(where, Entry(where, Words("", "")), "zh")
print(*sys.modules)
"""


@pytest.mark.parametrize(
    "args",
    [
        ["partition", "--help"],
        ["partition", "--nonsense"],
        ["partition", "--rules", "mine"],
        ["site", "--new", "x"],
    ],
    ids=" ".join,
)
def test_a_command_that_refuses_has_loaded_its_own_module_only(args: list[str], tmp_path: Path) -> None:
    left, modules = imported(*args, cwd=tmp_path)
    assert left == (0 if args[1] == "--help" else 2)
    assert packages(modules) & HEAVY == set()
    rooms = {f"api.cli.{entry.where.partition(':')[0]}" for words, entry in ENTRIES if words[0] != args[0]}
    assert modules & (rooms - {"api.cli.reaching"}) == set(), "site shares its options with reach"


@pytest.mark.parametrize(("words", "entry"), ENTRIES, ids=CALLS)
def test_every_entry_loads_and_says_what_the_table_says(run: Run, words: list[str], entry: Entry) -> None:
    for lang, options in (("zh", "选项"), ("en", "Options")):
        command = load(words[-1], entry, lang)
        assert command.name == words[-1]
        assert command.callback is not None
        done = run("--lang", lang, *words, "--help")
        assert done.code == 0
        told, found, _ = done.out.partition(f"\n{options}")
        assert found
        assert f"wangge {' '.join(words)} " in " ".join(told.split()) + " "
        assert entry.purpose.text(lang) in " ".join(told.split())


def test_all_commands_stand_in_the_help_under_their_headings(run: Run) -> None:
    lines = run().out.splitlines()
    for heading, panel in CONTENTS.items():
        at = lines.index(f"{heading.zh}:")
        listed = [line.split()[0] for line in lines[at + 1 : at + 1 + len(panel)]]
        assert listed == list(panel)


NOT_FOR_AN_EMBEDDED_STORE = {"geoalchemy2", "psycopg", "alembic"}


def test_a_point_is_answered_without_solvers_addresses_and_servers(planned: Run, tmp_path: Path) -> None:
    left, modules = imported("locate", "--lon", "108.7017", "--lat", "34.305", cwd=tmp_path)
    assert left == 0
    unused = SOLVERS | FILES | ADDRESSES | DRAWING | SERVING | NOT_FOR_AN_EMBEDDED_STORE
    assert packages(modules) & unused == set()
    assert [name for name in modules if name.startswith(("geo.addresses", "geo.partition"))] == []


def test_an_address_is_answered_without_solvers_and_servers(planned: Run, tmp_path: Path) -> None:
    left, modules = imported("locate", "1号楼", cwd=tmp_path)
    assert left == 0
    unused = SOLVERS | FILES | DRAWING | SERVING | NOT_FOR_AN_EMBEDDED_STORE
    assert packages(modules) & unused == set()


def test_plans_are_listed_without_what_makes_them(planned: Run, tmp_path: Path) -> None:
    for args in (["plans"], ["plan", "show", "1"]):
        left, modules = imported(*args, cwd=tmp_path)
        assert left == 0
        unused = SOLVERS | FILES | ADDRESSES | DRAWING | SERVING | NOT_FOR_AN_EMBEDDED_STORE
        assert packages(modules) & unused == set()
        assert [name for name in modules if name.startswith("geo.partition")] == []
