"""What leans on rows of a layer: plans, cells, people found there and other rows that name them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from geo.errors import Words
from layers.plans.states import PUBLISHED, SEALED
from layers.store import tables as t
from layers.store.address_tables import aliases, matches
from layers.store.unit import Reading

_KEYS_A_QUERY = 500
Beside = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Lean:
    """Something that leans on a row."""

    layer: str
    key: str
    words: Words
    """What it is, such as cells of a published plan; no count of people, which may be small."""
    holds: bool = False
    """Whether the row cannot go while it is there."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Rows of a layer that are to go."""

    unit: Reading
    keys: Collection[str]
    beside: Beside
    today: date

    def naming(
        self, column: sa.Column[Any], *more: sa.Column[Any], where: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Distinct (key, *more) of the rows of a table that name one of the keys in `column`."""
        unit = self.unit
        statement = sa.select(column, *more).where(column.is_not(None), *where).distinct()
        if len(self.keys) > _KEYS_A_QUERY:
            yield from (tuple(row) for row in unit.execute(statement) if row[0] in self.keys)
        else:
            yield from (tuple(row) for row in unit.execute(statement.where(column.in_(sorted(self.keys)))))


def leaning(unit: Reading, layer: str, keys: Collection[str], *, beside: Beside, today: date) -> list[Lean]:
    """What leans on the rows of `layer` with these keys, by key: of plans those in force on `today` or later.

    `beside`: rows by layer that go together with these, and so hold nothing up.
    """
    asked = _Asked(unit, set(keys), beside, today)
    found = [lean for look in _LOOKS.get(layer, ()) for lean in look(asked)] if keys else []
    return sorted(found, key=lambda lean: (lean.key, lean.words.en))


def _cells(layer: str, column: sa.Column[Any]) -> Look:
    def look(asked: _Asked) -> Iterator[Lean]:
        in_force = (
            t.plans.c.state == PUBLISHED,
            sa.or_(t.plans.c.valid_to.is_(None), t.plans.c.valid_to > asked.today),
        )
        plans = sa.select(t.plans.c.id, t.plans.c.cell_set_id).where(*in_force).order_by(t.plans.c.id)
        unit = asked.unit
        drawn = [(int(plan), int(cell_set)) for plan, cell_set in unit.execute(plans)]
        used = sa.select(t.plans.c.cell_set_id).where(*in_force)
        sets: dict[int, list[str]] = {}
        for key, cell_set in asked.naming(
            column, t.cells.c.cell_set_id, where=[t.cells.c.cell_set_id.in_(used)]
        ):
            sets.setdefault(int(cell_set), []).append(str(key))
        for plan, cell_set in drawn:
            words = Words(f"cells of the published plan {plan}", f"已发布方案 {plan} 的基元")
            yield from (Lean(layer, key, words) for key in sets.get(cell_set, ()))

    return look


def _rows(layer: str, column: sa.Column[Any], words: Words, *where: Any) -> Look:
    """Rows of another layer that name the row in `column`."""

    def look(asked: _Asked) -> Iterator[Lean]:
        table = column.table
        assert isinstance(table, sa.Table)  # noqa: S101  a column of a table
        gone = asked.beside.get(table.name, ())
        (own,) = table.primary_key.columns
        named = {str(key) for key, ref in asked.naming(column, own, where=where) if str(ref) not in gone}
        yield from (Lean(layer, key, words) for key in named)

    return look


def _found_there(layer: str, column: sa.Column[Any]) -> Look:
    words = Words("residents who were found there", "已匹配到此处的居民")

    def look(asked: _Asked) -> Iterator[Lean]:
        yield from (Lean(layer, str(key), words) for (key,) in asked.naming(column))

    return look


def _plans(asked: _Asked) -> Iterator[Lean]:
    for code, plan, state in asked.naming(t.plans.c.community_code, t.plans.c.id, t.plans.c.state):
        sealed = state in SEALED
        words = Words(
            f"plan {plan}, {'published' if sealed else 'a draft'}",
            f"方案 {plan}（{'已发布' if sealed else '草案'}）",
        )
        yield Lean("communities", str(code), words, holds=True)


def _codes(asked: _Asked) -> Iterator[Lean]:
    words = Words("codes of grids that were published", "已发布网格的编码")
    for (code,) in asked.naming(t.register.c.community_code):
        yield Lean("communities", str(code), words, holds=True)


def _drawn_after(asked: _Asked) -> Iterator[Lean]:
    unit, base = asked.unit, t.plans.c.base_plan_id
    rows = unit.execute(sa.select(t.plans.c.id, base).where(base.in_([int(key) for key in asked.keys])))
    for plan, before in rows:
        if str(plan) not in asked.beside.get("plans", ()):
            yield Lean(
                "plans",
                str(before),
                Words(f"plan {plan}, drawn after it", f"据其划分的方案 {plan}"),
                holds=True,
            )


Look = Callable[[_Asked], Iterator[Lean]]
_LOOKS: dict[str, tuple[Look, ...]] = {
    "communities": (
        _plans,
        _codes,
        _rows("communities", t.buildings.c.community_code, Words("buildings in it", "其中的楼栋")),
        _rows("communities", t.complexes.c.community_code, Words("complexes in it", "其中的小区")),
        _rows("communities", t.stations.c.community_code, Words("stations in it", "其中的站点")),
    ),
    "complexes": (
        _cells("complexes", t.cells.c.complex_ref),
        _rows("complexes", t.buildings.c.complex_ref, Words("buildings of it", "其楼栋")),
        _rows("complexes", aliases.c.target, Words("other names of it", "其别名"), aliases.c.kind != "road"),
        _found_there("complexes", matches.c.complex_ref),
    ),
    "plans": (_drawn_after,),
    "buildings": (
        _cells("buildings", t.cells.c.building_ref),
        _found_there("buildings", matches.c.building_ref),
    ),
}
"""Of stations, roads, water, streets and districts no row says that it leans on them: cells and walks are made anew."""
