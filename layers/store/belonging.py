"""Which community each row belongs to, table by table: what narrows every read and write to a viewer's area.

A table that is not declared here cannot be read or written by a unit of work (`layers.store.unit`), so that a new one
cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from layers.store import account_tables as c
from layers.store import address_tables as a
from layers.store import batch_tables as b
from layers.store import chain_tables as h
from layers.store import hook_tables as k
from layers.store import job_tables as j
from layers.store import planning_tables as p
from layers.store import procedure_tables as w
from layers.store import tables as t

Area = tuple[str, ...]
"""Prefixes of community codes; one of them opens a community."""


@dataclass(frozen=True, slots=True)
class InColumn:
    """The code of the row's community stands in the row."""

    column: sa.Column[Any]

    def inside(self, area: Area) -> sa.ColumnElement[bool]:
        """The condition that a row lies in `area`; rows without a community lie in none."""
        return sa.or_(sa.false(), *(self.column.startswith(prefix, autoescape=True) for prefix in area))


@dataclass(frozen=True, slots=True)
class Through:
    """The row belongs where the row of another table belongs whose `key` stands in `column`."""

    column: sa.Column[Any]
    key: sa.Column[Any]

    def inside(self, area: Area) -> sa.ColumnElement[bool]:
        """The condition that a row lies in `area`."""
        table = self.key.table
        assert isinstance(table, sa.Table)  # noqa: S101  a column of a table
        return self.column.in_(sa.select(self.key).where(_inside(table, area)))


@dataclass(frozen=True, slots=True)
class FoundBy:
    """The row belongs where a row of another table that points at it belongs."""

    key: sa.Column[Any]
    pointer: sa.Column[Any]

    def inside(self, area: Area) -> sa.ColumnElement[bool]:
        """The condition that a row lies in `area`."""
        table = self.pointer.table
        assert isinstance(table, sa.Table)  # noqa: S101  a column of a table
        return sa.exists().where(self.pointer == self.key, _inside(table, area))


@dataclass(frozen=True, slots=True)
class Wholly:
    """The row is about several places, each in a row of another table that points at it: it is for whoever sees all of
    them. One that names no place is for nobody."""

    key: sa.Column[Any]
    pointer: sa.Column[Any]
    place: sa.Column[Any]

    def inside(self, area: Area) -> sa.ColumnElement[bool]:
        """The condition that a row lies in `area` with everything it is about."""
        mine = sa.or_(sa.false(), *(self.place.startswith(prefix, autoescape=True) for prefix in area))
        about = sa.select(self.place).where(self.pointer == self.key).correlate(self.key.table)
        return sa.and_(about.exists(), ~about.where(sa.not_(mine)).exists())


@dataclass(frozen=True, slots=True)
class Above:
    """The row is a district or street: its code begins those of its communities."""

    column: sa.Column[Any]

    def inside(self, area: Area) -> sa.ColumnElement[bool]:
        """The condition that the extent holds something of `area`, or lies in it."""
        above = {prefix[:digits] for prefix in area for digits in range(1, len(prefix))}
        under = (self.column.startswith(prefix, autoescape=True) for prefix in area)
        return sa.or_(self.column.in_(sorted(above)), *under)


@dataclass(frozen=True, slots=True)
class Open:
    """The row belongs to no community and tells nothing of one: everybody reads it."""

    def inside(self, area: Area) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """Always true."""
        return sa.true()


@dataclass(frozen=True, slots=True)
class Undivided:
    """The row is about all communities at once: only who sees everything reads it."""

    def inside(self, area: Area) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """Always false."""
        return sa.false()


Place = InColumn | Through | FoundBy | Wholly | Above | Open | Undivided


@dataclass(frozen=True, slots=True)
class Belonging:
    """How the community of a table's rows is known."""

    read: Place
    write: InColumn | Through | Open | None
    """What must lie in the area of whoever writes a row; None where only a viewer of everything writes."""


def _own(table: sa.Table) -> Belonging:
    place = InColumn(table.c.community_code)
    return Belonging(place, place)


def _of(column: sa.Column[Any], key: sa.Column[Any]) -> Belonging:
    place = Through(column, key)
    return Belonging(place, place)


_EVERYBODYS = Belonging(Open(), None)
_KEPT_BY_DEEDS = Belonging(Open(), Open())

BELONGING: dict[str, Belonging] = {
    # extents: their edges concern the neighbours, so only who sees all of them draws them
    "districts": Belonging(Above(t.districts.c.code), None),
    "streets": Belonging(Above(t.streets.c.code), None),
    "communities": Belonging(InColumn(t.communities.c.code), None),
    # what is there
    "complexes": _own(t.complexes),
    "buildings": _own(t.buildings),
    "stations": _own(t.stations),
    "roads": _EVERYBODYS,
    "water": _EVERYBODYS,
    # cells and plans
    "cell_sets": _own(t.cell_sets),
    "cells": _of(t.cells.c.cell_set_id, t.cell_sets.c.id),
    "cell_edges": _of(t.cell_edges.c.cell_set_id, t.cell_sets.c.id),
    "plans": _own(t.plans),
    "grids": _of(t.grids.c.plan_id, t.plans.c.id),
    "assignments": _of(t.assignments.c.plan_id, t.plans.c.id),
    "level_units": _of(p.level_units.c.plan_id, t.plans.c.id),
    "level_cells": _of(p.level_cells.c.plan_id, t.plans.c.id),
    "level_parts": _of(p.level_parts.c.plan_id, t.plans.c.id),
    "walks": _of(p.walks.c.plan_id, t.plans.c.id),
    "plan_exceptions": _of(w.plan_exceptions.c.plan_id, t.plans.c.id),
    "grid_decisions": _of(w.grid_decisions.c.plan_id, t.plans.c.id),
    "consultations": _of(w.consultations.c.plan_id, t.plans.c.id),
    "plan_notes": _of(w.plan_notes.c.plan_id, t.plans.c.id),
    "edits": _of(p.edits.c.plan_id, t.plans.c.id),
    "net_areas": _EVERYBODYS,  # drawn by departments across communities
    "net_cells": _of(p.net_cells.c.cell_set_id, t.cell_sets.c.id),
    "register": _own(t.register),
    # deeds, versions and what is known of the store as a whole: no row of them tells of a place
    "publications": _KEPT_BY_DEEDS,
    "state": _KEPT_BY_DEEDS,
    "history": Belonging(InColumn(t.history.c.community_code), Open()),
    # deeds on layers, with what they replaced, for who sees all they touched; what has ended lies where it lay
    "batches": Belonging(Wholly(b.batches.c.id, b.batch_places.c.batch_id, b.batch_places.c.place), Open()),
    "batch_rows": Belonging(Through(b.batch_rows.c.batch_id, b.batches.c.id), Open()),
    "batch_places": Belonging(Through(b.batch_places.c.batch_id, b.batches.c.id), Open()),
    "ended": _own(b.ended),
    # the chain of organisations and the posts in it
    "organisations": _own(h.organisations),
    "links": _own(h.links),
    "posts": _own(h.posts),
    "loads": _own(h.loads),
    # names of places are public; who learns one for a complex must see the complex
    "aliases": Belonging(Open(), Through(a.aliases.c.target, t.complexes.c.ref)),
    # people: a record nobody has placed yet is in nobody's area
    "residents": Belonging(FoundBy(a.residents.c.ref, a.matches.c.resident_ref), None),
    "matches": _own(a.matches),
    "gazetteers": Belonging(Undivided(), None),
    "keys": Belonging(Undivided(), None),
    # who may come in, and what was asked for: the program itself looks, and whoever keeps the accounts
    **{
        table.name: Belonging(Undivided(), None)
        for table in (c.users, c.grants, c.sessions, c.tokens, c.choices, c.audit, j.jobs, k.hooks)
    },
}

PERSONAL: dict[str, frozenset[str]] = {
    "residents": frozenset({"address", "members"}),
    "matches": frozenset({"unit", "floor", "room", "before"}),
}
"""Columns that tell of a household in its home: only roles and purposes that may (`Viewer.reads_households`)."""


AUDITED = frozenset({*PERSONAL, "users", "grants", "tokens", "choices", "hooks"})
"""Tables whose writes the audit tells of; reads of what is personal it tells of anyway."""


def belonging(table: sa.Table) -> Belonging:
    """How the rows of `table` belong. Raises `LookupError` for a table nobody declared."""
    if table.name not in BELONGING:
        raise LookupError(f"say in layers/store/belonging.py which community the rows of {table.name} are of")
    return BELONGING[table.name]


def _inside(table: sa.Table, area: Area) -> sa.ColumnElement[bool]:
    return belonging(table).read.inside(area)
