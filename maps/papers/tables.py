"""The tables of the papers: columns, rows and widths, the same for workbook and document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maps.papers.redraw import Count, Redraw
from maps.papers.words import paper_text

Cell = str | int | float | None
Form = Literal["text", "count", "share"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands over it, how wide it is in characters, how its cells are written."""

    key: str
    width: float
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """One table with what stands over it."""

    name: str
    """Of its sheet."""
    title: str
    said: str
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    empty: str = ""
    """What is said where there are no rows."""


_REGISTER = (
    Column("number", 5, "count"),
    Column("code", 18),
    Column("name", 14),
    Column("kind", 10),
    Column("extent", 44),
    Column("places", 44),
    Column("households", 9, "count"),
    Column("people", 9, "count"),
    Column("remark", 14),
)
_CODES = (
    Column("old_code", 18),
    Column("old_name", 14),
    Column("new_code", 18),
    Column("new_name", 14),
    Column("change", 20),
    Column("households", 9, "count"),
    Column("share_of_old", 10, "share"),
    Column("share_of_new", 10, "share"),
)
_BUILDINGS = (
    Column("complex", 20),
    Column("building", 14),
    Column("households", 9, "count"),
    Column("old_code", 18),
    Column("old_name", 14),
    Column("new_code", 18),
    Column("new_name", 14),
)


def tables(redraw: Redraw) -> tuple[Table, ...]:
    """The registration table, the code list, and the buildings that come to another grid."""
    return register_table(redraw), codes_table(redraw), buildings_table(redraw)


def register_table(redraw: Redraw) -> Table:
    """Every grid with its extent, what lies in it and how many live there; the sum below."""
    rows: list[tuple[Cell, ...]] = [
        (
            number,
            grid.code,
            grid.name,
            grid.kind,
            grid.extent,
            grid.places,
            _about(grid.households, estimated=grid.estimated),
            grid.people,
            None,
        )
        for number, grid in enumerate(redraw.grids, start=1)
    ]
    total = paper_text("total", redraw.lang)
    rows.append((None, total, None, None, None, None, redraw.households, _sum(redraw), None))
    return _table("register", "register_of", redraw, _REGISTER, rows)


def codes_table(redraw: Redraw) -> Table:
    """What became of each old grid."""
    rows: list[tuple[Cell, ...]] = [
        (
            line.old_code,
            line.old_name,
            line.new_code,
            line.new_name,
            line.change,
            line.households,
            line.share_of_old,
            line.share_of_new,
        )
        for line in redraw.codes
    ]
    return _table("codes", "codes_of", redraw, _CODES, rows, empty="first")


def buildings_table(redraw: Redraw) -> Table:
    """The buildings that come to another grid, with both grids."""
    rows: list[tuple[Cell, ...]] = [
        (
            line.complex,
            line.name,
            line.households,
            line.old_code,
            line.old_name,
            line.new_code,
            line.new_name,
        )
        for line in redraw.buildings
    ]
    empty = "first" if redraw.first else "nothing_moves"
    return _table("buildings", "buildings_of", redraw, _BUILDINGS, rows, empty=empty)


def _table(
    name: str,
    title: str,
    redraw: Redraw,
    columns: tuple[Column, ...],
    rows: list[tuple[Cell, ...]],
    *,
    empty: str = "none",
) -> Table:
    lang = redraw.lang
    return Table(
        paper_text(name, lang),
        paper_text(title, lang, name=redraw.community),
        redraw.said(),
        tuple(paper_text(column.key, lang) for column in columns),
        columns,
        tuple(rows),
        redraw.notes(),
        "" if rows else paper_text(empty, lang),
    )


def _sum(redraw: Redraw) -> int | None:
    """People of all grids; unknown where one of them is, or is withheld and would follow from it."""
    known = [grid.people for grid in redraw.grids if isinstance(grid.people, int)]
    return sum(known) if len(known) == len(redraw.grids) else None


def _about(count: Count, *, estimated: bool) -> Count:
    return f"≈{count:,}" if estimated and isinstance(count, int) else count
