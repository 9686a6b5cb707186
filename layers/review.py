"""The review list: residents whose address was not, or not surely, found; and what a person decides about them.

Decisions stay when everything is matched again. Names learned here feed the gazetteer. Reads and decisions are kept
in the history, without addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.addresses.houses import house_label
from geo.errors import InputError, NotFoundError
from layers import history
from layers.aliases import write_aliases
from layers.files.writers import write_table
from layers.match_rates import Place, records_of_place
from layers.residents import read_residents, require_household_detail
from layers.rights.viewer import Viewer
from layers.rights.visible import visible
from layers.store import tables as t
from layers.store.address_tables import matches, residents
from layers.store.database import Store

DOUBTFUL_BELOW = 0.8
"""A match less sure than this is put before a person."""
CANDIDATES_SHOWN = 5
_MOST_NAME_CHARACTERS = 100


def open_cases(*, below: float = DOUBTFUL_BELOW) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that a record wants a person's eye: in doubt or not found, and not decided yet."""
    doubtful = sa.or_(matches.c.status != "matched", matches.c.confidence < below)
    return (matches.c.decision.is_(None), matches.c.status.is_not(None), doubtful)


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
    Columns: ref, household, address, population, status, level, community_code, unit, room, confidence, reason,
    reason_zh, candidate_refs, candidate_names. Raises `NotAllowedError` unless the viewer may read addresses.
    """
    where = [*open_cases()]
    if place is not None:
        with store.read() as conn:
            where.append(records_of_place(conn, viewer, place, among=open_cases()))
    found = read_residents(store, viewer, actor=actor, now=now, codes=codes, where=where, limit=limit)
    refs = [_refs(row) for row in found[["building_ref", "candidates"]].itertuples(index=False)]
    with store.read() as conn:
        names = building_names(conn, {ref for some in refs for ref in some})
    columns = [
        "ref",
        "household",
        "address",
        "population",
        "status",
        "level",
        "community_code",
        "unit",
        "room",
    ]
    return found[[*columns, "confidence", "reason", "reason_zh"]].assign(
        candidate_refs=pd.Series(refs, index=found.index, dtype=object),
        candidate_names=pd.Series(
            [[names.get(ref, ref) for ref in some] for some in refs], index=found.index, dtype=object
        ),
    )


def _refs(row: Any) -> list[str]:
    some = row.candidates.split("|") if isinstance(row.candidates, str) else []
    return [row.building_ref] if isinstance(row.building_ref, str) else some[:CANDIDATES_SHOWN]


def building_names(conn: Connection, refs: set[str]) -> dict[str, str]:
    """What buildings are called, with their complex or, without one, their road address in front, by ref."""
    names: dict[str, str] = {}
    wanted = sorted(refs)
    for start in range(0, len(wanted), 500):
        statement = (
            sa.select(t.buildings.c.ref, t.complexes.c.name, t.buildings.c.name, t.buildings.c.road_addresses)
            .outerjoin(t.complexes, t.complexes.c.ref == t.buildings.c.complex_ref)
            .where(t.buildings.c.ref.in_(wanted[start : start + 500]))
        )
        for ref, complex_name, name, road_addresses in conn.execute(statement):
            whole = (
                f"{complex_name}{name or ''}"
                if complex_name
                else house_label(name or "", road_addresses or "")
            )
            names[ref] = whole or ref
    return names


def count_open(conn: Connection, viewer: Viewer, *, place: Place | None = None) -> int:
    """How many records in the viewer's area wait for a person; with `place`, those that belong to it."""
    statement = sa.select(sa.func.count()).select_from(matches).where(*open_cases())
    if place is not None:
        statement = statement.where(records_of_place(conn, viewer, place, among=open_cases()))
    return int(conn.scalar(visible(statement, matches.c.community_code, viewer)) or 0)


def write_review(table: pd.DataFrame, path: Path, *, lang: str) -> Path:
    """The review list as `.xlsx` or `.csv` for whoever works it through: reason and best candidates in columns."""
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
    for i in range(CANDIDATES_SHOWN):
        head = f"候选{i + 1}" if chinese else f"candidate {i + 1}"
        names = zip(table["candidate_names"], table["candidate_refs"], strict=True)
        out[head] = pd.Series(
            [f"{n[i]} [{r[i]}]" if i < len(n) else None for n, r in names], index=out.index, dtype=object
        )
    return write_table(out, path, sheet="待核对" if chinese else "review")


def decide(
    store: Store,
    viewer: Viewer,
    ref: str,
    *,
    building_ref: str | None,
    unit: str | None = None,
    room: str | None = None,
    actor: str,
    now: datetime,
) -> str:
    """Tie a record to a building, or set it aside (`building_ref` None: it belongs to none here); the decision.

    `confirmed` when the building was among those proposed, `corrected` when not, `set_aside`. unit and room stay as
    found unless given. Raises `NotFoundError` for an unknown record or building, `NotAllowedError` outside the
    viewer's area.
    """
    require_household_detail(viewer)
    with store.begin() as conn:
        row = _row(conn, viewer, ref)
        values: dict[str, Any] = {"decided_by": actor, "decided_at": now}
        community = row.community_code
        if building_ref is None:
            decision = "set_aside"
            values |= {"status": "none", "building_ref": None, "confidence": 0.0}
        else:
            home = _building(conn, viewer, building_ref)
            proposed = {row.building_ref, *(row.candidates or "").split("|")}
            decision = "confirmed" if building_ref in proposed else "corrected"
            community = home.community_code
            values |= {
                "status": "matched",
                "building_ref": building_ref,
                "complex_ref": home.complex_ref,
                "community_code": community,
                "confidence": 1.0,
                "unit": row.unit if unit is None else unit or None,
                "room": row.room if room is None else room or None,
            }
        where = matches.c.resident_ref == ref
        conn.execute(matches.update().where(where).values(decision=decision, **values))
        detail = {"record": ref, "decision": decision, "building": building_ref}
        history.record(conn, at=now, actor=actor, action="review", community_code=community, detail=detail)
    return decision


def learn_name(
    store: Store,
    viewer: Viewer,
    complex_ref: str,
    text: str,
    *,
    kind: str = "name",
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Another name (`kind` `name`), or an address on a road (`address`), of a complex, for the gazetteer.

    Matching again then looks at the records it touches. Raises `InputError` for an empty or endless name,
    `NotFoundError` for an unknown complex.
    """
    require_household_detail(viewer)
    name = " ".join(text.split())
    if not 1 < len(name) <= _MOST_NAME_CHARACTERS:
        raise InputError(
            f"a name of a place has 2 to {_MOST_NAME_CHARACTERS} characters",
            f"别名应有 2 至 {_MOST_NAME_CHARACTERS} 个字符",
        )
    with store.begin() as conn:
        statement = sa.select(t.complexes.c.community_code).where(t.complexes.c.ref == complex_ref)
        home = conn.execute(statement).one_or_none()
        if home is None:
            raise NotFoundError(
                f"there is no complex {complex_ref[:64]}", f"没有编号为 {complex_ref[:64]} 的小区"
            )
        viewer.require(home.community_code or "")
        row = {
            "kind": kind,
            "target": complex_ref,
            "text": name,
            "valid_from": valid_from,
            "valid_to": valid_to,
        }
        write_aliases(conn, pd.DataFrame([row], dtype=object), author=actor, at=now, source="review")
        detail = {"kind": kind, "complex": complex_ref, "name": name}
        community = home.community_code
        history.record(conn, at=now, actor=actor, action="alias", community_code=community, detail=detail)


def _row(conn: Connection, viewer: Viewer, ref: str) -> Any:
    statement = sa.select(matches).join(residents).where(matches.c.resident_ref == ref)
    row = conn.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no matched record {ref[:32]}; run wangge match first",
            f"没有记录 {ref[:32]}；请先运行 wangge match",
        )
    viewer.require(row.community_code or "")
    return row


def _building(conn: Connection, viewer: Viewer, ref: str) -> Any:
    columns = t.buildings.c.complex_ref, t.buildings.c.community_code
    home = conn.execute(sa.select(*columns).where(t.buildings.c.ref == ref)).one_or_none()
    if home is None:
        raise NotFoundError(f"there is no building {ref[:64]}", f"没有编号为 {ref[:64]} 的楼栋")
    viewer.require(home.community_code or "")
    return home
