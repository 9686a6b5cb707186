"""One deed on the ground, kept so that it can be taken back: every row it touches as it was before, and what the row is
known by afterwards.

Whoever writes rows of a layer opens a `Batch`, says which rows it is about to write (`keep`) and closes it in the same
transaction. Rows of people are never kept here: `layers.people.residents` marks which batch brought them instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import pandas as pd
import sqlalchemy as sa

from layers.batches.places import places_of
from layers.store import copies
from layers.store import tables as t
from layers.store.address_tables import aliases
from layers.store.batch_tables import batch_places, batch_rows, batches, ended
from layers.store.chain_tables import CHAIN_TABLES
from layers.store.copies import Row
from layers.store.unit import Writing

Action = Literal["import", "end", "undo"]
SOURCE_CHARACTERS = 200
OSM = "osm"
"""What a batch of an extract is called: it fills several layers."""

KEPT: dict[str, sa.Table] = {
    **t.LAYER_TABLES,
    "aliases": aliases,
    "ended": ended,
    "plans": t.plans,
    **CHAIN_TABLES,
}
"""The tables whose rows batches keep, by the name they go by there, in an order in which rows may be put back. Plans are
the drafts that imported grids became: they are removed with all that hangs on them, and not put back."""
_BESIDE = frozenset({"ended"})
"""Kept, but no layer of its own: its rows are not counted."""


class Counts(NamedTuple):
    """Rows of layers a batch touched."""

    added: int
    changed: int
    ended: int
    """Rows that are no longer there."""


class Closed(NamedTuple):
    """A batch that is kept."""

    number: int
    counts: Counts


class _End(NamedTuple):
    layer: str
    row: Row
    on: date
    reason: str


def wait_for_others(unit: Writing) -> None:
    """Let nobody else open a batch until this transaction ends: what is looked at now is what will be written over."""
    unit.lock(batches)


class Batch:
    """One deed under way. Only one at a time is open in a store: others wait for its transaction to end."""

    def __init__(
        self,
        unit: Writing,
        *,
        action: Action,
        layer: str,
        source: str = "",
        reason: str | None = None,
        undoes: int | None = None,
    ) -> None:
        """`source` is the name of a file without its path; `undoes` the number of the batch that is taken back."""
        wait_for_others(unit)
        self.unit, self.layer, self.source = unit, layer, source
        self._action, self._reason, self._undoes = action, reason, undoes
        self._before: dict[str, dict[str, Row | None]] = {}
        self._ends: list[_End] = []
        self._seen: set[str] = set()

    def keep(self, table: sa.Table, keys: Sequence[Any]) -> pd.DataFrame:
        """Say that rows with these keys are about to be written or removed. Returns those that are there, indexed by
        key, as `layers.store.copies.read_rows` does."""
        found = copies.read_rows(self.unit, table, keys)
        there = copies.plain(table, found)
        seen = self._before.setdefault(table.name, {})
        for key in map(str, keys):
            seen.setdefault(key, there.get(key))
        return found

    def added(self, table: sa.Table, keys: Sequence[Any]) -> None:
        """Say that rows with these keys were not there before; for keys that the database gives."""
        seen = self._before.setdefault(table.name, {})
        for key in map(str, keys):
            seen.setdefault(key, None)

    def end(self, table: sa.Table, keys: Sequence[str], *, on: date, reason: str | None) -> None:
        """Take rows out of their layer from the day `on`: they stay for days before. Without a reason they were never
        there, for any day."""
        rows = copies.plain(table, self.keep(table, keys))
        copies.remove(self.unit, table, list(rows))
        if reason is not None:
            self._ends += [_End(table.name, row, on, reason) for row in rows.values()]

    def close(self, *, people: Counts | None = None) -> Closed:
        """Keep what was done and give it its number. `people` counts records of residents, of which nothing is kept."""
        unit = self.unit
        rows = [row for name in self._before for row in self._touched(name)]
        counts = people or _counted(rows)
        number = int(
            unit.execute(
                batches.insert()
                .values(
                    at=unit.now,
                    actor=unit.actor,
                    action=self._action,
                    layer=self.layer,
                    source=self.source[:SOURCE_CHARACTERS],
                    reason=self._reason,
                    undoes=self._undoes,
                    added=counts.added,
                    changed=counts.changed,
                    ended=counts.ended,
                )
                .returning(batches.c.id)
            ).scalar_one()
        )
        if self._ends:
            rows += self._ended(number)
        frame = pd.DataFrame(rows, columns=["layer", "key", "before", "after"], dtype=object)
        unit.insert_frame(batch_rows, frame, batch_id=number)
        places = [""] if people is not None else sorted(self._places())
        unit.insert_frame(batch_places, pd.DataFrame({"place": places}, dtype=object), batch_id=number)
        return Closed(number, counts)

    def _places(self) -> set[str]:
        """Where something was touched: communities of rows as they were and as they are; empty for rows of none. A batch that
        touched nothing is its maker's."""
        return self._seen or set(self.unit.viewer.area)

    def _touched(self, name: str) -> list[tuple[str, str, Row | None, str | None]]:
        """The rows of a table that are not what they were."""
        table, before = KEPT[name], self._before[name]
        keys = copies.keys_of(table, before)
        now = copies.plain(table, copies.read_rows(self.unit, table, keys))
        changed = [(key, old, now.get(key)) for key, old in before.items() if old != now.get(key)]
        self._seen |= places_of(
            self.unit, name, [row for _, *both in changed for row in both if row is not None]
        )
        return [(name, key, old, None if new is None else copies.digest(new)) for key, old, new in changed]

    def _ended(self, number: int) -> list[tuple[str, str, Row | None, str | None]]:
        rows = [
            {
                "id": f"{number}-{n}",
                "layer": end.layer,
                "key": str(end.row[copies.key_of(KEPT[end.layer]).name]),
                "community_code": end.row["code"]
                if end.layer == "communities"
                else end.row.get("community_code"),
                "ended_on": end.on,
                "reason": end.reason,
                "row": end.row,
            }
            for n, end in enumerate(self._ends, start=1)
        ]
        self.unit.insert_frame(ended, pd.DataFrame(rows, dtype=object))
        kept = copies.plain(ended, copies.read_rows(self.unit, ended, [row["id"] for row in rows]))
        return [("ended", key, None, copies.digest(row)) for key, row in kept.items()]


def _counted(rows: Sequence[tuple[str, str, Row | None, str | None]]) -> Counts:
    own = [
        (before is not None, after is not None) for layer, _, before, after in rows if layer not in _BESIDE
    ]
    return Counts(own.count((False, True)), own.count((True, True)), own.count((True, False)))
