"""What became of grids, publication by publication, for whoever follows: which appeared, changed, ended, and into which others.

The feed tells of outlines and names only. What moved is told as shares of area, never of households: a count that is withheld
elsewhere cannot be had from it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.errors import ConflictError, InputError
from geo.plans.codes import crosswalk, overlap_table
from geo.plans.fates import fates
from geo.plans.grids import owner_codes
from layers.plans.cells import read_cells
from layers.plans.lineage import labels_over
from layers.plans.plans import read_grids, read_labels
from layers.store import tables as t
from layers.store.moments import as_utc
from layers.store.unit import Reading

Became = Literal["appeared", "changed", "ended"]
CURSOR = r"^\d{1,15}(:\d{12})?$"
"""A cursor as it is written: the number of a version, and after a colon the community that was told last."""
START = "0"
_LEAST_SHARE = 1e-4
"""Smaller pieces are roundings of an outline."""


class Cursor(NamedTuple):
    """How far somebody has read: everything before it, and of `version` the communities up to `community`."""

    version: int
    community: str = ""
    """Empty when the version was read whole."""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """A cursor as it was given out. Raises `InputError`.

        >>> Cursor.parse("12:610402001003").version, str(Cursor.parse("12"))
        (12, '12')
        """
        if not re.fullmatch(CURSOR, text, re.ASCII):
            raise InputError(
                f"{text!r} is no place in the feed; give `next` of the last answer, or {START} to begin",
                f"“{text}”不是有效的位置；请使用上次返回的 next，从头开始请填 {START}",
            )
        version, _, community = text.partition(":")
        return cls(int(version), community)

    def __str__(self) -> str:
        return f"{self.version}:{self.community}" if self.community else str(self.version)


@dataclass(frozen=True, slots=True)
class GridChange:
    """What became of one grid."""

    code: str
    name: str
    kind: str
    became: Became
    how: str
    """A word of `geo.plans.fates.FATES`, or `renamed`."""


class Passed(NamedTuple):
    """How much of an old grid a new one took."""

    old: str
    new: str
    share_of_old: float
    """0–1, of its area."""
    share_of_new: float


@dataclass(frozen=True, slots=True)
class Change:
    """What one publication, or one withdrawal, did in one community."""

    cursor: Cursor
    action: Literal["published", "withdrawn"]
    at: datetime
    """When it was done."""
    valid_from: date
    """From this day on it holds."""
    community_code: str
    grids: tuple[GridChange, ...]
    """Those that are not as they were, by code."""
    unchanged: int
    crosswalk: tuple[Passed, ...]
    """Every pair of an old and a new grid of which one is not as it was."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some changes in their order."""

    changes: tuple[Change, ...]
    next: Cursor
    """Where to go on."""
    more: bool
    """Whether there is more already."""


class _Event(NamedTuple):
    version: int
    community: str
    action: Literal["published", "withdrawn"]
    at: datetime
    valid_from: date
    before_id: int | None
    after_id: int | None


def read_changes(unit: Reading, since: Cursor, *, limit: int, for_s: float = 1.0) -> Page:
    """What happened after `since` where the viewer may look, the oldest first: at most `limit` changes, and no more than can
    be told within `for_s`, but one.

    Raises `ConflictError` for a place beyond the last publication: the store was restored from an older state.
    """
    newest = newest_cursor(unit)
    if since.version > newest.version:
        raise ConflictError(
            f"the feed ends at version {newest}, you ask after {since.version}: the store was restored from a backup; "
            f"read all grids again, then go on from {newest}",
            f"变更记录只到第 {newest} 版，而您从第 {since.version} 版之后查询：数据库曾从备份恢复；"
            f"请重新读取全部网格，再从 {newest} 继续",
        )
    found = _events(unit, since, limit + 1)
    told: list[Change] = []
    ends = time.monotonic() + for_s
    for event in found[:limit]:
        told.append(_told(unit, event))
        if time.monotonic() > ends:
            break
    more = len(found) > len(told)
    return Page(tuple(told), told[-1].cursor if more else newest, more)


def newest_cursor(unit: Reading) -> Cursor:
    """The end of the feed: nothing was published or withdrawn after it."""
    return Cursor(int(unit.scalar(sa.select(sa.func.max(t.publications.c.id))) or 0))


def _events(unit: Reading, since: Cursor, limit: int) -> list[_Event]:
    found: list[_Event] = []
    for column in (t.plans.c.publication_id, t.plans.c.withdrawal_id):
        after = column > since.version
        if since.community:
            rest = sa.and_(column == since.version, t.plans.c.community_code > since.community)
            after = sa.or_(after, rest)
        statement = (
            sa.select(column.label("version"), t.plans, t.publications.c.at)
            .join(t.publications, t.publications.c.id == column)
            .where(after)
            .order_by(column, t.plans.c.community_code)
            .limit(limit)
        )
        withdrawn = column is t.plans.c.withdrawal_id
        found += [_event(row, withdrawn=withdrawn) for row in unit.execute(statement)]
    return sorted(found)[:limit]


def _event(row: Any, *, withdrawn: bool) -> _Event:
    plan, base = int(row.id), None if row.base_plan_id is None else int(row.base_plan_id)
    before, after = (plan, base) if withdrawn else (base, plan)
    action: Literal["published", "withdrawn"] = "withdrawn" if withdrawn else "published"
    return _Event(int(row.version), row.community_code, action, as_utc(row.at), row.valid_from, before, after)


def _told(unit: Reading, event: _Event) -> Change:
    old, new = (
        read_grids(unit, plan_ids=[] if plan is None else [plan])
        for plan in (event.before_id, event.after_id)
    )
    codes = _codes(unit, event, old, new)
    grids = _grids(codes, old, new)
    touched = {grid.code for grid in grids if grid.how != "renamed"}
    pairs = codes[codes["old_code"].notna() & codes["new_code"].notna()]
    pairs = pairs[pairs["old_code"].isin(touched) | pairs["new_code"].isin(touched)]
    passed = [
        Passed(str(row.old_code), str(row.new_code), round(row.share_of_old, 4), round(row.share_of_new, 4))
        for row in pairs.itertuples()
        if max(row.share_of_old, row.share_of_new) >= _LEAST_SHARE
    ]
    return Change(
        Cursor(event.version, event.community),
        event.action,
        event.at,
        event.valid_from,
        event.community,
        grids,
        len(set(new["code"]) - {grid.code for grid in grids}),
        tuple(passed),
    )


def _codes(unit: Reading, event: _Event, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """The old-to-new code list by area, over the cells of the newer plan; a plan that comes or goes alone has no other side."""
    sets = _cell_sets(unit, [plan for plan in (event.before_id, event.after_id) if plan is not None])
    if event.after_id is None:
        assert event.before_id is not None  # noqa: S101  the plan that was withdrawn
        lead = event.before_id
        before = _named(old, read_labels(unit, lead))
        labels = np.full(len(before), -1)
    else:
        lead = event.after_id
        labels = read_labels(unit, lead)
        before = _codes_before(unit, event, sets, old, len(labels))
    cells = sa.select(t.cells.c.area_m2).where(t.cells.c.cell_set_id == sets[lead]).order_by(t.cells.c.cell)
    area_m2 = np.array(list(unit.scalars(cells)), dtype=np.float64)
    nobody = np.zeros(len(labels), dtype=np.int64)
    overlap = overlap_table(labels, before, households=nobody, area_m2=area_m2)
    return crosswalk(overlap, dict(zip(new["label"].astype(int), new["code"], strict=True)))


def _codes_before(
    unit: Reading, event: _Event, sets: dict[int, int], old: gpd.GeoDataFrame, count: int
) -> NDArray[np.object_]:
    """(count,) the code of the old grid each cell of the newer plan was in; None where there was none."""
    if event.before_id is None or event.after_id is None:
        return np.full(count, None, dtype=object)
    newer = sets[event.after_id]
    own = labels_over(unit, read_labels(unit, event.before_id), sets[event.before_id], newer)
    if own is not None:
        return _named(old, own)
    return owner_codes(read_cells(unit, event.community, cell_set_id=newer).cells, old)


def _cell_sets(unit: Reading, plan_ids: Sequence[int]) -> dict[int, int]:
    """The cells each plan was drawn on."""
    of = t.plans.c
    return {
        int(row.id): int(row.cell_set_id)
        for row in unit.execute(sa.select(of.id, of.cell_set_id).where(of.id.in_(plan_ids)))
    }


def _named(grids: gpd.GeoDataFrame, labels: NDArray[np.int64]) -> NDArray[np.object_]:
    names = dict(zip(grids["label"].astype(int), grids["code"], strict=True))
    return np.array([names.get(int(label)) for label in labels], dtype=object)


def _grids(codes: pd.DataFrame, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> tuple[GridChange, ...]:
    before, after = _by_code(old), _by_code(new)
    told = []
    for row in fates(codes).itertuples():
        code, how = str(row.code), str(row.fate)
        own = after.get(code) or before[code]
        if how == "kept" and before[code] != own:
            how = "renamed"
        if how != "kept":
            became: Became = "ended" if code not in after else "changed" if code in before else "appeared"
            told.append(GridChange(code, *own, became, how))
    return tuple(sorted(told, key=lambda grid: grid.code))


def _by_code(grids: pd.DataFrame) -> dict[str, tuple[str, str]]:
    names: Sequence[tuple[str, str]] = list(zip(grids["name"], grids["kind"], strict=True))
    return dict(zip(grids["code"], names, strict=True))
