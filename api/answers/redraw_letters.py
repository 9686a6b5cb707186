"""To whom the letters of a redraw go: to its houses, or to its households as far as a viewer may know them."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from api.answers.redraw import RedrawRead
from layers.people.households import read_households
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.papers.letters import Letter
from maps.papers.redraw import Redraw


def house_letters(redraw: Redraw) -> tuple[Letter, ...]:
    """A letter to every house that comes to another grid and has a name or a road address. Nothing personal."""
    return tuple(
        Letter(f"{line.complex or ''}{line.name}", line.old_code, line.old_name, line.new_code, line.new_name)
        for line in redraw.buildings
        if line.name
    )


def household_letters(
    store: Store, viewer: Viewer, read: RedrawRead, *, actor: str, now: datetime
) -> tuple[Letter, ...]:
    """A letter to every household of the lists that was found in a house that comes to another grid, in the order of the
    houses; the read is kept in the history and the audit.

    Raises `NotAllowedError` unless the viewer may read household detail.
    """
    redrawn = read.redrawn
    households = read_households(
        store, viewer, as_of=read.redraw.made, actor=actor, now=now, codes=[redrawn.community_code]
    )
    moved = redrawn.moved[["ref", "old_code", "new_code"]]
    here = households.merge(moved, left_on="building_ref", right_on="ref")
    here = here.sort_values(["complex", "building_ref", "unit", "room", "household"], kind="stable")
    old, new = (dict(zip(one["code"], one["name"], strict=True)) for one in (redrawn.before, redrawn.grids))
    return tuple(
        Letter(
            _door(row),
            _known(row.old_code),
            old.get(row.old_code),
            _known(row.new_code),
            new.get(row.new_code),
        )
        for row in here.itertuples(index=False)
    )


def _door(row: object) -> str:
    parts = [_known(getattr(row, name)) for name in ("complex", "building", "unit", "room")]
    ends = ("", "", "单元", "室")
    return "".join(f"{part}{end}" for part, end in zip(parts, ends, strict=True) if part is not None)


def _known(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
