"""Selects narrowed to what a viewer may see: the rows of the communities in the viewer's area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from layers.rights.viewer import Viewer


def visible(
    statement: sa.Select[*tuple[Any, ...]],
    column: sa.ColumnElement[Any],
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """`statement` where `column` (a community code) lies in the viewer's area and, if given, in `codes`.

    Rows without a community are seen only by a viewer of everything.
    """
    if "" not in viewer.area:
        statement = statement.where(
            sa.or_(sa.false(), *(column.startswith(p, autoescape=True) for p in viewer.area))
        )
    if codes is not None:
        statement = statement.where(column.in_(list(codes)))
    return statement
