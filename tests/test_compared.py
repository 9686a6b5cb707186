"""What docs/compared.md claims of this program: every line names tests that hold it, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
NOTHING = "no claim of ours"


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}[^\n]*\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def rows(title: str) -> list[list[str]]:
    lines = re.findall(r"^\| (.+) \|$", section(title), re.MULTILINE)
    return [[cell.strip() for cell in line.split(" | ")] for line in lines[1:]]


def test_every_line_that_is_compared_names_what_holds_it() -> None:
    claimed = [row[0] for title in ("A sheet:", "A redraw:") for row in rows(title)]
    held = rows("What holds ours")
    assert [row[0] for row in held] == claimed
    for line, by in held:
        assert by == NOTHING or re.fullmatch(r"`\w+::\w+`(, `\w+::\w+`)*", by), line


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)::(test_\w+)`", TEXT))
    there = {
        (path.stem, name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) >= 40
    assert named <= there, named - there
