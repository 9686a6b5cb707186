"""Rows of households as a viewer sees them who was granted them masked: the one place where that is done.

The statement may list what is masked, and do nothing else with it: whoever could compare, order, count or join by a room would
have the room. What was read is masked before it leaves the unit of work.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo.errors import NotAllowedError
from layers.rights.viewer import Viewer
from layers.store.address_tables import matches, residents
from layers.store.narrowing import personal_columns

_DOOR = (matches.c.unit, matches.c.floor, matches.c.room)
_HIDDEN = frozenset(
    {
        residents.c.ref,
        residents.c.household,
        residents.c.address,
        residents.c.members,
        residents.c.centre,
        matches.c.resident_ref,
        matches.c.floor,
        matches.c.before,
        matches.c.revision,
    }
)
"""What is not seen masked at all. The key and the references of a household are among it: they are the same again while its
address is, and a key made from an address is shared by all who live there."""


def require_only_listed(statement: sa.SelectBase) -> None:
    """Raise `NotAllowedError` where household detail is more than a column of the result, `TypeError` where the result
    does not say in which community a row lies, or lists a part of a door without the others. Joins are taken where they
    stand in the FROM (`select_from`): `Select.join` keeps the list of columns a second time, which is refused."""
    if not isinstance(statement, sa.Select):
        raise _not_searched()
    selected = {column: _base(column) for column in statement.selected_columns}
    plain = [column for column, base in selected.items() if base is None or not _is_personal(base)]
    rest = statement.with_only_columns(*plain, maintain_column_froms=True)
    if personal_columns(rest):
        raise _not_searched()
    bases = set(selected.values())
    if matches.c.community_code not in bases or (bases & {*_DOOR} and not bases >= {*_DOOR}):
        raise TypeError("select the community, and unit, floor and room together: masked rows need them")


def masked(found: pd.DataFrame, statement: sa.Select[*tuple[Any, ...]], viewer: Viewer) -> pd.DataFrame:
    """`found`, the opened rows of a statement that passed `require_only_listed`, as `viewer` may see them."""
    from geo.privacy.doors import masked_door  # reads addresses, which no other statement needs

    key = {_base(column): str(column.key) for column in statement.selected_columns}
    codes = found[key[matches.c.community_code]].tolist()
    hide = pd.Series([not viewer.sees_in_full(code) for code in codes], index=found.index, dtype=bool)
    done = {
        name: found[name].astype(object).mask(hide, None) for base, name in key.items() if base in _HIDDEN
    }
    if matches.c.room in key:
        parts = [[_text(value) for value in found[key[part]].tolist()] for part in _DOOR]
        doors = [masked_door(*door) for door in zip(*parts, strict=True)]
        for part in (matches.c.unit, matches.c.room):
            shown = pd.Series(
                [getattr(door, part.name) or None for door in doors], index=found.index, dtype=object
            )
            done[key[part]] = found[key[part]].astype(object).mask(hide, shown)
    return found.assign(**done)


def _not_searched() -> NotAllowedError:
    return NotAllowedError(
        "you see households masked; what is masked is neither searched nor compared",
        "您只能查看脱敏后的住户；不能按隐去的内容查找或比较",
    )


def _is_personal(column: sa.Column[Any]) -> bool:
    return bool(personal_columns(sa.select(column)))


def _base(column: sa.ColumnElement[Any]) -> sa.Column[Any] | None:
    """The column of a table that a column of a result is, as it stands; None for anything worked out."""
    inner = column.element if isinstance(column, sa.Label) else column
    return inner if isinstance(inner, sa.Column) and isinstance(inner.table, sa.Table) else None


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
