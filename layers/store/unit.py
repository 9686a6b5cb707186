"""Units of work: the one way in which rows are read and written, on behalf of a viewer.

`Store.reading(viewer)` and `Store.writing(viewer, actor=, now=)` make them. Every SELECT is narrowed to the viewer's area
and to what his role and purpose may see (`layers.store.narrowing`); a write outside his area fails as if the place were
not there; deeds are recorded, and counters of what readers see are raised, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult, ScalarResult

from geo.errors import ConflictError, NotAllowedError, NotFoundError
from layers.rights.viewer import Viewer
from layers.store import chain, rows
from layers.store import tables as t
from layers.store.belonging import AUDITED, PERSONAL, InColumn, Open, belonging
from layers.store.keys import KeyPlace
from layers.store.masked import masked, require_only_listed
from layers.store.narrowing import Narrowing, personal_columns, require_household_detail, tables_of
from layers.store.sealing import SEALED, Sealer, require_sealed
from layers.store.state import COUNTERS, RAISED_BY, Counter

_KEYS_A_QUERY = 500


class Reading:
    """Selects of one transaction, seen by one viewer. Made by `Store.reading`."""

    def __init__(self, connection: Connection, viewer: Viewer) -> None:
        self.viewer = viewer
        self._connection = connection
        self._narrowing = Narrowing(viewer)

    @property
    def dialect(self) -> str:
        """`"postgresql"` or `"sqlite"`."""
        return self._connection.dialect.name

    def execute(self, statement: Any) -> CursorResult[*tuple[Any, ...]]:
        """The rows of a select the viewer may see."""
        return self._connection.execute(self._seen(statement))

    def scalar(self, statement: Any) -> Any:
        """The first column of the first row; None without one."""
        return self._connection.scalar(self._seen(statement))

    def scalars(self, statement: Any) -> ScalarResult[Any]:
        """The first column of every row."""
        return self._connection.scalars(self._seen(statement))

    def frame(self, statement: sa.Select[*tuple[Any, ...]]) -> gpd.GeoDataFrame:
        """The rows of a select that holds a `geometry` column, as `layers.store.rows.read_frame` types them."""
        return rows.read_frame(self._connection, self._seen(statement))

    def table(self, statement: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """The rows of a select without geometry handling, as `layers.store.rows.read_table` types them."""
        return rows.read_table(self._connection, self._seen(statement))

    def known_keys(self, table: sa.Table, keys: Sequence[Any]) -> set[Any]:
        """Which of `keys` are in the table's one-column primary key, among the viewer's rows."""
        (key,) = table.primary_key.columns
        found: set[Any] = set()
        for start in range(0, len(keys), _KEYS_A_QUERY):
            found.update(self.scalars(sa.select(key).where(key.in_(keys[start : start + _KEYS_A_QUERY]))))
        return found

    def _seen(self, statement: Any) -> Any:
        if not isinstance(statement, sa.SelectBase):
            raise TypeError(f"a unit that reads takes selects, not {type(statement).__name__}")
        self._ask_for_detail(statement)
        return self._narrowing.narrowed(statement)

    def _ask_for_detail(self, statement: sa.ClauseElement) -> None:
        """Raise `NotAllowedError` where household detail is read by a viewer who may not."""
        if PERSONAL.keys() & {table.name for table in tables_of(statement)}:
            columns = personal_columns(statement)
            if columns:
                require_household_detail(self.viewer)
                self._detail_read(columns)

    def _detail_read(self, columns: set[str]) -> None:
        raise TypeError(
            f"reads {', '.join(sorted(columns))}: household detail is read where it can be recorded, in Store.writing"
        )


class Writing(Reading):
    """Reads and writes of one transaction by one viewer, done by `actor` at `now`. Made by `Store.writing`."""

    def __init__(
        self, connection: Connection, viewer: Viewer, *, actor: str, now: datetime, keys: KeyPlace
    ) -> None:
        super().__init__(connection, viewer)
        self.actor, self.now = actor, now
        self._raised: set[Counter] = set()
        self._unrecorded: set[str] = set()
        self._keys = keys
        self._deeds: list[dict[str, Any]] = []
        self._audited = False
        self._sealer: Sealer | None = None

    @property
    def sealer(self) -> Sealer:
        """Seals and opens personal columns (`layers.store.sealing`). Raises `StoreError` without the keys."""
        if self._sealer is None:
            self._sealer = Sealer(chain.keys_of(self._connection, self._keys))
        return self._sealer

    def table(self, statement: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """As `Reading.table`, with what is sealed opened: the select must name the rows of sealed columns. For a viewer who
        sees households masked they are masked, and may be listed only (`layers.store.masked`)."""
        if self.viewer.reads_masked and personal_columns(statement):
            return self._masked(statement)
        found = super().table(statement)
        if personal_columns(statement):
            return self.sealer.open_frame(found, list(statement.selected_columns))
        return found

    def execute(
        self, statement: Any, values: Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a select, insert, update or delete; `values` are the rows of one that is run for many.

        Rows outside the viewer's area are neither changed nor removed, and cannot be added: `NotFoundError`.
        """
        if isinstance(statement, sa.SelectBase):
            return super().execute(statement)
        if isinstance(statement, sa.Insert | sa.Update):
            require_sealed(_target(statement), [*(values or ()), statement.compile().params])
        if isinstance(statement, sa.Insert):
            statement, table = self._insert(statement, values)
        elif isinstance(statement, sa.Update | sa.Delete):
            statement, table = self._change(statement, values)
        else:
            raise TypeError(f"a unit of work does not run {type(statement).__name__}")
        done = self._connection.execute(statement, values) if values else self._connection.execute(statement)
        self._wrote(table)
        return done

    def insert_frame(self, table: sa.Table, frame: pd.DataFrame, **constants: Any) -> int:
        """Add every row of `frame`, as `layers.store.rows.insert_frame`. Raises as `execute`."""
        self._require_places(table, _column_of(table, frame, constants))
        if table.name in SEALED:
            frame = self.sealer.seal_frame(table, frame)
        count = rows.insert_frame(self._connection, table, frame, **constants)
        if count:
            self._wrote(table)
        return count

    def upsert_frame(self, table: sa.Table, frame: pd.DataFrame, **constants: Any) -> rows.Upserted:
        """Add the rows whose key is new, update the others, as `layers.store.rows.upsert_frame`. Raises as `execute`,
        and `ConflictError` for a key that somebody outside the viewer's area uses."""
        self._require_places(table, _column_of(table, frame, constants))
        if not self.viewer.sees_everything:
            (key,) = table.primary_key.columns
            keys = frame[key.name].tolist()
            taken = rows.existing_keys(self._connection, table, keys) - self.known_keys(table, keys)
            if taken:
                raise ConflictError(
                    f"{key.name} {min(taken)} cannot be used here; choose another",
                    f"{key.name} {min(taken)} 不可用；请改用其他编号",
                )
        if table.name in SEALED:
            frame = self.sealer.seal_frame(table, frame)
        done = rows.upsert_frame(self._connection, table, frame, **constants)
        if sum(done):
            self._wrote(table)
        return done

    def record(
        self,
        *,
        action: str,
        detail: Mapping[str, Any],
        community_code: str | None = None,
        plan_id: int | None = None,
    ) -> None:
        """Add one row to the history. `detail` holds plain figures and names of things, never of people.

        Where household detail was read, or accounts were, the row goes into the audit too when the unit ends.
        """
        self._unrecorded.clear()
        self._deeds.append(
            {"who": self.actor, "what": action, "role": self.viewer.role, "purpose": self.viewer.purpose}
            | {"area": list(self.viewer.area), "community": community_code, "detail": dict(detail)}
        )
        self._connection.execute(
            t.history.insert().values(
                at=self.now,
                actor=self.actor,
                action=action,
                community_code=community_code,
                plan_id=plan_id,
                detail=dict(detail),
            )
        )

    def raise_state(self, *counters: Counter) -> None:
        """Have these counters rise when the transaction commits; writes to the tables of
        `layers.store.state.RAISED_BY` do so by themselves."""
        for counter in counters:
            if counter not in COUNTERS:
                raise LookupError(f"there is no counter {counter!r}")
        self._raised.update(counters)

    def audit(self, **said: Any) -> None:
        """Have the audit tell of this unit: its deeds, and a row of its own for `said`, if anything."""
        self._audited = True
        if said:
            self._deeds.append({"who": self.actor, **said})

    def lock(self, table: sa.Table) -> None:
        """Let nobody else write `table` until this transaction ends; SQLite has one writer anyway."""
        if self.dialect == "postgresql":
            self._connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    def finish(self) -> None:
        """What is left to do before the commit; `Store.writing` calls it.

        Raises `RuntimeError` when people were read and no row of the history says so: an error of ours, nothing is kept.
        """
        if self._unrecorded:
            read = ", ".join(sorted(self._unrecorded))
            raise RuntimeError(f"{read} were read and no row of the history says so; call record")
        for counter in sorted(
            self._raised
        ):  # in one order everywhere, so that two writers never wait for each other
            raised = t.state.update().where(t.state.c.name == counter).values(value=t.state.c.value + 1)
            self._connection.execute(raised)
        if self._audited:
            for deed in self._deeds:
                chain.append(self._connection, self._keys, deed, now=self.now)

    def _detail_read(self, columns: set[str]) -> None:
        self._unrecorded |= columns
        self._audited = True

    def _masked(self, statement: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """Household detail as it is seen by who may see it masked only."""
        require_only_listed(statement)
        self._detail_read(personal_columns(statement))
        found = rows.read_table(self._connection, self._narrowing.narrowed(statement))
        return masked(self.sealer.open_frame(found, list(statement.selected_columns)), statement, self.viewer)

    def _wrote(self, table: sa.Table) -> None:
        self._audited |= table.name in AUDITED
        if table.name in RAISED_BY:
            self._raised.add(RAISED_BY[table.name])

    def _insert(
        self, statement: sa.Insert, values: Sequence[Mapping[str, Any]] | None
    ) -> tuple[sa.Insert, sa.Table]:
        table = _target(statement)
        if not self.viewer.sees_everything:
            one = statement.compile().params if values is None else {}
            self._require_places(table, _values_of(table, values if values is not None else [one]))
        else:
            self._require_places(table, ())
        return statement, table

    def _change(
        self, statement: sa.Update | sa.Delete, values: Sequence[Mapping[str, Any]] | None
    ) -> tuple[sa.Update | sa.Delete, sa.Table]:
        table = _target(statement)
        self._require_places(table, ())
        narrowed = self._narrowing.narrowed(statement, target=table)
        condition = self._narrowing.inside(table)
        if condition is None:
            return narrowed, table
        place = belonging(table).write
        if isinstance(statement, sa.Update) and place is not None and not isinstance(place, Open):
            new = [*(values or ()), statement.compile().params]
            moved = [row[place.column.key] for row in new if row.get(place.column.key) is not None]
            self._require_places(table, moved)
        return narrowed.where(condition), table

    def _require_places(self, table: sa.Table, places: Iterable[Any]) -> None:
        """Raise unless the viewer may write rows of `table` that name these places."""
        if table.name in PERSONAL:
            require_household_detail(self.viewer)
        rule = belonging(table).write
        if self.viewer.sees_everything or isinstance(rule, Open):
            return
        if rule is None:
            raise NotAllowedError(
                f"{table.name} concern everybody; only who sees everything changes them",
                f"{table.name} 涉及全部社区；仅可见全部范围的人员可以修改",
            )
        wanted = set(places)
        if isinstance(rule, InColumn):
            unseen = [code for code in wanted if not isinstance(code, str) or not self.viewer.sees(code)]
        else:
            asked = [value for value in wanted if value is not None]
            seen: set[Any] = set()
            for start in range(0, len(asked), _KEYS_A_QUERY):
                some = asked[start : start + _KEYS_A_QUERY]
                seen.update(self.scalars(sa.select(rule.key).where(rule.key.in_(some))))
            unseen = [value for value in wanted if value not in seen]
        if unseen:
            raise NotFoundError(
                f"there is no {rule.column.key} {unseen[0]} in your area",
                f"您的权限范围内没有 {rule.column.key} {unseen[0]}",
            )


def _target(statement: sa.Insert | sa.Update | sa.Delete) -> sa.Table:
    table = statement.table
    if not isinstance(table, sa.Table):
        raise TypeError("a unit of work changes whole tables, not aliases")
    return table


def _values_of(table: sa.Table, new: Sequence[Mapping[str, Any]]) -> list[Any]:
    rule = belonging(table).write
    return [] if rule is None or isinstance(rule, Open) else [row.get(rule.column.key) for row in new]


def _column_of(table: sa.Table, frame: pd.DataFrame, constants: Mapping[str, Any]) -> Iterable[Any]:
    """What the rows of `frame` say of their place."""
    rule = belonging(table).write
    if rule is None or isinstance(rule, Open) or frame.empty:
        return ()
    name = rule.column.key
    if name in constants:
        return (constants[name],)
    if name not in frame.columns:
        return (None,)
    column = frame[name].astype(object)
    return set(column.where(column.notna(), None).tolist())
