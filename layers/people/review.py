"""The review list: residents whose address was not, or not surely, found, with all that it may mean.

Reads are kept in the history, without addresses. What a person decides: `layers.people.decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo.addresses.register.houses import house_label
from geo.privacy.doors import MaskedDoor
from layers.files.writers import write_table
from layers.people.match_rates import Place, records_of_place
from layers.people.residents import read_residents
from layers.people.standing import is_open
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.address_tables import matches
from layers.store.database import Store
from layers.store.unit import Reading


def review_list(
    store: Store,
    viewer: Viewer,
    *,
    actor: str,
    now: datetime,
    codes: Sequence[str] | None = None,
    place: Place | None = None,
    limit: int | None = None,
) -> pd.DataFrame:
    """Records that want a person's eye, with candidate_names and candidate_refs (best first) and the words why.

    `place`: only those that belong to it.
    Columns: ref, revision, household, address, population, status, level, complex_ref, community_code, unit, room,
    confidence, reason, reason_zh, masked, candidate_refs, candidate_names. A `masked` one has neither ref, revision nor household,
    and for an address the one building it may be with unit and masked room, empty where none of it is known. Raises `NotAllowedError` unless the viewer may read addresses.
    """
    where = [is_open()]
    if place is not None:
        with store.reading(viewer) as unit:
            where.append(records_of_place(unit, place, among=[is_open()]))
    found = read_residents(store, viewer, actor=actor, now=now, codes=codes, where=where, limit=limit)
    refs = [_refs(row) for row in found[["building_ref", "candidates"]].itertuples(index=False)]
    with store.reading(viewer) as unit:
        names = building_names(unit, {ref for some in refs for ref in some})
    hidden = found["address"].isna()
    found = found.assign(
        masked=hidden,
        address=found["address"]
        .astype(object)
        .mask(hidden, pd.Series(_masked_addresses(found, refs, names), index=found.index, dtype=object)),
    )
    columns = [
        "ref",
        "revision",
        "household",
        "address",
        "population",
        "status",
        "level",
        "complex_ref",
        "community_code",
        "unit",
        "room",
    ]
    return found[[*columns, "confidence", "reason", "reason_zh", "masked"]].assign(
        candidate_refs=pd.Series(refs, index=found.index, dtype=object),
        candidate_names=pd.Series(
            [[names.get(ref, ref) for ref in some] for some in refs], index=found.index, dtype=object
        ),
    )


def _refs(row: Any) -> list[str]:
    some = row.candidates.split("|") if isinstance(row.candidates, str) else []
    return [row.building_ref] if isinstance(row.building_ref, str) else some


def _masked_addresses(found: pd.DataFrame, refs: list[list[str]], names: dict[str, str]) -> list[str]:
    """What a masked address says: the building from the register, unit and room as the unit of work masked them."""
    doors = found[["unit", "room"]].astype(object).where(found[["unit", "room"]].notna(), "")
    return [
        (names.get(some[0], some[0]) if len(some) == 1 else "") + MaskedDoor(*door).text
        for some, door in zip(refs, doors.itertuples(index=False, name=None), strict=True)
    ]


def building_names(unit: Reading, refs: set[str]) -> dict[str, str]:
    """What buildings are called, with their complex or, without one, their road address in front, by ref."""
    names: dict[str, str] = {}
    wanted = sorted(refs)
    for start in range(0, len(wanted), 500):
        statement = (
            sa.select(t.buildings.c.ref, t.complexes.c.name, t.buildings.c.name, t.buildings.c.road_addresses)
            .outerjoin(t.complexes, t.complexes.c.ref == t.buildings.c.complex_ref)
            .where(t.buildings.c.ref.in_(wanted[start : start + 500]))
        )
        for ref, complex_name, name, road_addresses in unit.execute(statement):
            whole = (
                f"{complex_name}{name or ''}"
                if complex_name
                else house_label(name or "", road_addresses or "")
            )
            names[ref] = whole or ref
    return names


def count_open(unit: Reading, *, place: Place | None = None) -> int:
    """How many records in the viewer's area wait for a person; with `place`, those that belong to it."""
    statement = sa.select(sa.func.count()).select_from(matches).where(is_open())
    if place is not None:
        statement = statement.where(records_of_place(unit, place, among=[is_open()]))
    return int(unit.scalar(statement) or 0)


def write_review(table: pd.DataFrame, path: Path, *, lang: str) -> Path:
    """The review list as `.xlsx` or `.csv` for whoever works it through: reason and all candidates in columns."""
    chinese = lang == "zh"
    heads = {
        "ref": "记录" if chinese else "record",
        "household": "户号" if chinese else "household",
        "address": "地址" if chinese else "address",
        "status": "结果" if chinese else "status",
        "reason_zh" if chinese else "reason": "原因" if chinese else "reason",
        "confidence": "把握" if chinese else "confidence",
    }
    out = table[list(heads)].rename(columns=heads)
    for i in range(max([1, *map(len, table["candidate_refs"])])):
        head = f"候选{i + 1}" if chinese else f"candidate {i + 1}"
        names = zip(table["candidate_names"], table["candidate_refs"], strict=True)
        out[head] = pd.Series(
            [f"{n[i]} [{r[i]}]" if i < len(n) else None for n, r in names], index=out.index, dtype=object
        )
    return write_table(out, path, sheet="待核对" if chinese else "review")
