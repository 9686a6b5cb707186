"""Rows are reached through a unit of work only: every other way in `layers/` and above is found here, and there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import layers.store.account_tables
import layers.store.address_tables
import layers.store.planning_tables
import layers.store.procedure_tables  # noqa: F401  their tables join the metadata
from layers.store.belonging import BELONGING, PERSONAL
from layers.store.state import RAISED_BY
from layers.store.tables import metadata

ROOT = Path(__file__).parent.parent
RUNS = {"execute", "scalar", "scalars", "exec_driver_sql", "execution_options", "connect"}
OPENS = {"begin", "read", "engine", "_connect"}
BARE = {"read_frame", "read_table", "insert_frame", "upsert_frame", "existing_keys"}
UNITS = {"unit", "work", "self"}
"""What a unit of work is called; its methods carry the same names."""
FOREIGN = ROOT / "layers" / "files" / "geopackages.py"
"""Looks through databases that came in as files, never through the store: it cannot even import it."""
FILES = sorted(
    path
    for room in ("layers", "api")
    for path in (ROOT / room).rglob("*.py")
    if (ROOT / "layers" / "store") not in path.parents and path != FOREIGN
)


def ways_around(source: str) -> Iterator[str]:
    """Every expression of a module that reaches rows without a unit of work."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name for alias in node.names}
            module = getattr(node, "module", None) or ""
            if module == "layers.store.rows" and names & BARE:
                yield f"line {node.lineno}: imports {', '.join(sorted(names & BARE))}"
            if (module.startswith("sqlalchemy") and names & {"Connection", "Engine", "create_engine"}) or (
                module == "layers.store" and "rows" in names
            ):
                yield f"line {node.lineno}: imports {', '.join(sorted(names))} of {module}"
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else ast.unparse(node.value)
        if node.attr in OPENS and owner.split(".")[-1] in {"store", "_store", "opened"}:
            yield f"line {node.lineno}: {owner}.{node.attr}"
        if node.attr in RUNS and owner not in UNITS:
            yield f"line {node.lineno}: {owner}.{node.attr}"
        if node.attr in {"_connection", "_narrowing"}:
            yield f"line {node.lineno}: {owner}.{node.attr}"


def public_functions_on_connections(source: str) -> Iterator[str]:
    """Functions that take a connection of a store or an engine from whoever calls; pipes between processes are neither."""
    tree = ast.parse(source)
    pipes = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("multiprocessing")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in [*node.args.args, *node.args.kwonlyargs]:
                said = "" if argument.annotation is None else ast.unparse(argument.annotation)
                if said in pipes:
                    continue
                if argument.arg in {"conn", "connection"} or "Connection" in said or "Engine" in said:
                    yield f"line {node.lineno}: {node.name}({argument.arg})"


def test_a_reader_of_foreign_databases_does_not_know_the_store() -> None:
    source = FOREIGN.read_text("utf-8")
    assert "layers.store" not in source
    assert "mode=ro" in source


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rows_are_reached_through_a_unit_only(path: Path) -> None:
    source = path.read_text("utf-8")
    assert [*ways_around(source), *public_functions_on_connections(source)] == []


@pytest.mark.parametrize(
    "line",
    [
        "conn.execute(sa.select(t.plans))",
        "def f(conn): return conn.scalar(s)",
        "with store.begin() as c: pass",
        "with self._store.read() as c: pass",
        "store.engine.connect()",
        "unit._connection.execute(s)",
        "from layers.store.rows import read_table",
        "from layers.store import rows",
        "from sqlalchemy.engine import Connection",
        "raw.exec_driver_sql('SELECT 1')",
    ],
)
def test_a_way_around_would_be_found(line: str) -> None:
    assert [*ways_around(line), *public_functions_on_connections(line)]


def test_every_table_says_whose_its_rows_are() -> None:
    assert set(metadata.tables) == set(BELONGING)
    assert PERSONAL.keys() | RAISED_BY.keys() <= set(metadata.tables)
    for name, columns in PERSONAL.items():
        assert columns <= set(metadata.tables[name].c.keys())
