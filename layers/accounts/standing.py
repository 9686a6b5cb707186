"""What a server compares to know who may come in: whether there are accounts at all, and the counter that rises when
anything about them changes; and what areas are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from layers.accounts.accounts import KEEPER
from layers.accounts.choices import Choices, read_choices
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.account_tables import users
from layers.store.database import Store

MOST_PLACES = 2_000
"""So many places are listed; who sees more looks for them by code."""
_EXTENTS = {6: t.districts, 9: t.streets, 12: t.communities}
"""The table of an area, by the digits of its code."""


class Standing(NamedTuple):
    """How accounts stood at one moment."""

    accounts: bool
    """Whether there is one; before that nobody can be asked who he is."""
    counter: int
    """Rises with every change of accounts, grants, sessions that were ended, tokens and choices."""
    choices: Choices = Choices()


def read_standing(store: Store) -> Standing:
    """How accounts stand now."""
    counter = sa.select(t.state.c.value).where(t.state.c.name == "accounts")
    with store.reading(KEEPER) as unit:
        any_account = unit.scalar(sa.select(users.c.id).limit(1)) is not None
        return Standing(any_account, int(unit.scalar(counter) or 0), read_choices(unit))


def name_areas(store: Store, area: Sequence[str]) -> list[tuple[str, str | None]]:
    """Codes of an area with what the place is called; None where it has no name or is not known."""
    with store.reading(Viewer(Role.VIEWER, tuple(area), Purpose.DISPLAY)) as unit:
        found: list[tuple[str, str | None]] = []
        for code in area:
            table = _EXTENTS.get(len(code))
            name = None if table is None else unit.scalar(sa.select(table.c.name).where(table.c.code == code))
            found.append((code, name))
    return found


def places_in(store: Store, area: Sequence[str]) -> list[tuple[str, str | None]]:
    """Districts, streets and communities that lie in an area, by code, with what they are called; `MOST_PLACES` at most."""
    with store.reading(Viewer(Role.VIEWER, tuple(area), Purpose.DISPLAY)) as unit:
        found = [
            (row.code, row.name)
            for table in _EXTENTS.values()
            for row in unit.execute(
                sa.select(table.c.code, table.c.name).order_by(table.c.code).limit(MOST_PLACES)
            )
            if area == ("",) or any(row.code.startswith(prefix) for prefix in area)
        ]
    return sorted(found)[:MOST_PLACES]
