"""Facts with days into the store: what holds already stays, what no longer holds ends, what is new begins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo.errors import InputError
from layers.batches.batch import Batch
from layers.rights.viewer import Viewer
from layers.store.chain_tables import CHAIN_TABLES
from layers.store.database import Store
from layers.store.rows import Upserted
from layers.store.unit import Reading

Fact = dict[str, Any]
KEYS: dict[str, tuple[str, ...]] = {
    "organisations": ("kind", "ref"),
    "links": ("kind", "ref", "to_kind", "to_ref"),
    "posts": ("place_kind", "place", "title"),
}
"""What names the thing that a row of each table says something about."""
_KEYS_A_QUERY = 500
_BESIDE = frozenset({"id", "valid_from", "valid_to", "source"})


def read_facts(unit: Reading, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Fact]:
    """Rows of a table of facts, by id."""
    rows = unit.execute(sa.select(table).where(*where).order_by(table.c.id))
    return [dict(row._mapping) for row in rows]


def facts_of(unit: Reading, table: sa.Table, column: sa.Column[Any], values: Sequence[str]) -> list[Fact]:
    """Rows of a table of facts whose `column` is among `values`."""
    return [
        fact
        for start in range(0, len(values), _KEYS_A_QUERY)
        for fact in read_facts(unit, table, column.in_(values[start : start + _KEYS_A_QUERY]))
    ]


def link(kind: str, ref: str, to_kind: str, to_ref: str, community: str) -> Fact:
    """A link, wanted."""
    return {"kind": kind, "ref": ref, "to_kind": to_kind, "to_ref": to_ref, "community_code": community}


def once(facts: Sequence[Fact]) -> list[Fact]:
    """Facts without what is said twice."""
    return [
        dict(one)
        for one in dict.fromkeys(tuple(sorted(fact.items(), key=lambda pair: pair[0])) for fact in facts)
    ]


def holds(fact: Mapping[str, Any], day: date) -> bool:
    """Whether a fact holds on `day`.

    >>> holds({"valid_from": date(2026, 1, 1), "valid_to": date(2026, 3, 1)}, date(2026, 3, 1))
    False
    """
    until = fact["valid_to"]
    return bool(fact["valid_from"] <= day and (until is None or day < until))


@dataclass(frozen=True, slots=True)
class Change:
    """What is to begin and what to end, in one table, on one day."""

    table: sa.Table
    day: date
    fresh: list[Fact]
    gone: list[Fact]
    known: Sequence[Fact]

    @property
    def counts(self) -> Upserted:
        """Facts that begin, and facts that end."""
        return Upserted(len(self.fresh), len(self.gone))


def change_to(table: sa.Table, wanted: Sequence[Fact], known: Sequence[Fact], *, day: date) -> Change:
    """What must change for exactly `wanted` to hold from `day` on, of the things that `known` speaks about.

    `known` are all rows there ever were of the things in question; other things stay as they are. Two facts are the same
    when all but their days and source are. Raises `InputError` where something is known of later days of one of these
    things: then what is wanted is older than what the store knows.
    """
    later = [fact for fact in known if fact["valid_from"] > day]
    if later:
        first = min(later, key=lambda fact: fact["valid_from"])
        named = " ".join(str(first[name]) for name in KEYS[table.name])
        raise InputError(
            f"{named} has changed on {first['valid_from']} already; give --from that day or a later one",
            f"{named} 在 {first['valid_from']} 已有变更；请用 --from 指定该日或之后的日期",
        )
    left: dict[Any, list[Fact]] = {}
    for fact in known:
        if holds(fact, day):
            left.setdefault(_told(fact), []).append(fact)
    fresh: list[Fact] = []
    for fact in wanted:
        same = left.get(_told(fact))
        if same:
            same.pop()
        else:
            fresh.append(fact)
    return Change(table, day, fresh, [fact for facts in left.values() for fact in facts], known)


def write_change(
    batch: Batch, change: Change, *, source: str, sealed: Callable[[Fact], Fact] = lambda fact: fact
) -> None:
    """Make it so; `sealed` is what is kept of a fact that begins."""
    table, day, unit = change.table, change.day, batch.unit
    batch.keep(table, [fact["id"] for fact in change.gone])
    whole = [fact["id"] for fact in change.gone if fact["valid_from"] == day]  # it never held for a day
    ended = [fact["id"] for fact in change.gone if fact["valid_from"] < day]
    for ids, statement in ((ended, table.update().values(valid_to=day)), (whole, sa.delete(table))):
        for start in range(0, len(ids), _KEYS_A_QUERY):
            unit.execute(statement.where(table.c.id.in_(ids[start : start + _KEYS_A_QUERY])))
    _begin(batch, table, [sealed(fact) for fact in change.fresh], change.known, day=day, source=source)


def begin_facts(
    store: Store,
    viewer: Viewer,
    facts: Mapping[str, Sequence[Fact]],
    *,
    day: date,
    source: str,
    actor: str,
    now: datetime,
) -> int:
    """Facts of a store that knows none yet, by table, in one transaction; how many. What is not public of posts must be sealed
    before. Ends what is known of the same things, as `change_to`."""
    count = 0
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="import", layer="organisations", source=source)
        for name, wanted in facts.items():
            table = CHAIN_TABLES[name]
            change = change_to(table, wanted, read_facts(unit, table), day=day)
            write_change(batch, change, source=source)
            count += len(change.fresh)
        unit.record(action="import organisations", detail={"source": source, "batch": batch.close().number})
    return count


def _begin(
    batch: Batch, table: sa.Table, fresh: Sequence[Fact], known: Sequence[Fact], *, day: date, source: str
) -> None:
    counts: dict[str, int] = {}
    for fact in known:
        stem, _, number = fact["id"].rpartition("-")
        counts[stem] = max(counts.get(stem, 0), int(number))
    rows = []
    for fact in fresh:
        stem = _stem(table, fact)
        counts[stem] = counts.get(stem, 0) + 1
        said = {"valid_from": day, "valid_to": None} | fact
        rows.append(said | {"id": f"{stem}-{counts[stem]}", "source": source[:200]})
    if not rows:
        return
    frame = pd.DataFrame(rows, columns=[column.name for column in table.c], dtype=object)
    batch.added(table, [row["id"] for row in rows])
    batch.unit.insert_frame(table, frame.where(frame.notna(), None))


def _stem(table: sa.Table, fact: Mapping[str, Any]) -> str:
    """What the ids of all facts about one thing begin with: nothing of a person can be read from it."""
    said = "\n".join(str(fact[name]) for name in KEYS[table.name])
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _told(fact: Mapping[str, Any]) -> Any:
    return tuple(
        sorted((name, value) for name, value in fact.items() if name not in _BESIDE and value is not None)
    )
