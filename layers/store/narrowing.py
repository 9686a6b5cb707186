"""Statements narrowed to what a viewer may see: every table in them is replaced by its rows of the viewer's area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from geo.errors import NotAllowedError
from layers.rights.viewer import Viewer
from layers.store.belonging import PERSONAL, belonging

Statement = TypeVar("Statement", bound=ClauseElement)


class Narrowing:
    """What one viewer may see, as applied to any statement. Made once per unit of work."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._views: dict[str, sa.Subquery] = {}

    def narrowed(self, statement: Statement, *, target: sa.Table | None = None) -> Statement:
        """`statement`, a SELECT or what stands inside one, reading from the viewer's rows only.

        `target` is the table an UPDATE or DELETE changes: it stays as it is. Raises `LookupError` for a table
        without a declaration in `layers.store.belonging`.
        """
        found = tables_of(statement)
        for table in found:
            belonging(table)
        if self._viewer.sees_everything:
            return statement

        def view(element: Any, **_: Any) -> Any:
            table = element.table if isinstance(element, sa.Column) else element
            if not isinstance(table, sa.Table) or table is target:
                return None
            narrow = self._view(table)
            return narrow.c[element.key] if isinstance(element, sa.Column) else narrow

        return visitors.replacement_traverse(statement, {}, view)  # type: ignore[return-value]

    def inside(self, table: sa.Table) -> sa.ColumnElement[bool] | None:
        """The condition that a row of `table` is the viewer's; None for a viewer of everything."""
        place = belonging(table).read
        return None if self._viewer.sees_everything else place.inside(self._viewer.area)

    def _view(self, table: sa.Table) -> sa.Subquery:
        if table.name not in self._views:
            place = belonging(table).read
            rows = sa.select(*table.c).where(place.inside(self._viewer.area))
            self._views[table.name] = rows.subquery(table.name)
        return self._views[table.name]


def tables_of(statement: ClauseElement) -> set[sa.Table]:
    """Every table a statement reads, in subqueries too."""
    return {element for element in visitors.iterate(statement) if isinstance(element, sa.Table)}


def personal_columns(statement: ClauseElement) -> set[str]:
    """Columns of household detail a statement reads or asks about, as `table.column`."""
    seen: set[str] = set()
    for element in visitors.iterate(statement):
        if isinstance(element, sa.sql.Select):
            columns: Iterable[Any] = element.selected_columns
        else:
            columns = (element,) if isinstance(element, sa.Column) else ()
        for column in columns:
            for base in getattr(column, "base_columns", ()):
                table = getattr(base, "table", None)
                if isinstance(table, sa.Table) and base.key in PERSONAL.get(table.name, ()):
                    seen.add(f"{table.name}.{base.key}")
    return seen


def require_household_detail(viewer: Viewer) -> None:
    """Raise `NotAllowedError` unless the viewer may read where single households live."""
    if not viewer.reads_households:
        raise NotAllowedError(
            "addresses of households are read by the operator only; use wangge review on the server's machine",
            "住户地址仅限管理员查看；请在服务器上使用 wangge review",
        )


def require_households(viewer: Viewer) -> None:
    """Raise `NotAllowedError` unless the viewer may read single households, masked at least."""
    if not viewer.reads_masked:
        require_household_detail(viewer)


def of_codes(
    statement: sa.Select[*tuple[Any, ...]], column: sa.ColumnElement[Any], codes: Sequence[str] | None
) -> sa.Select[*tuple[Any, ...]]:
    """`statement` where `column` (a community code) is among `codes`; all of it when None."""
    return statement if codes is None else statement.where(column.in_(list(codes)))
