"""What a server compares to know who may come in: whether there are accounts at all, and the counter that rises when
anything about them changes; and what areas are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from layers.accounts.accounts import KEEPER
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.account_tables import users
from layers.store.database import Store

_EXTENTS = {6: t.districts, 9: t.streets, 12: t.communities}
"""The table of an area, by the digits of its code."""


class Standing(NamedTuple):
    """How accounts stood at one moment."""

    accounts: bool
    """Whether there is one; before that nobody can be asked who he is."""
    counter: int
    """Rises with every change of accounts, grants, sessions that were ended, and tokens."""


def read_standing(store: Store) -> Standing:
    """How accounts stand now."""
    counter = sa.select(t.state.c.value).where(t.state.c.name == "accounts")
    with store.reading(KEEPER) as unit:
        any_account = unit.scalar(sa.select(users.c.id).limit(1)) is not None
        return Standing(any_account, int(unit.scalar(counter) or 0))


def name_areas(store: Store, area: Sequence[str]) -> list[tuple[str, str | None]]:
    """Codes of an area with what the place is called; None where it has no name or is not known."""
    with store.reading(Viewer(Role.VIEWER, tuple(area), Purpose.DISPLAY)) as unit:
        found: list[tuple[str, str | None]] = []
        for code in area:
            table = _EXTENTS.get(len(code))
            name = None if table is None else unit.scalar(sa.select(table.c.name).where(table.c.code == code))
            found.append((code, name))
    return found
