"""What a person decides about a record of residents, the way back from it, and the names learned on the way.

Decisions stay when everything is matched again. Who decides says which revision of the record he saw: of two who decide
at once the second is told what the first decided. Names feed the gazetteer. All of it is kept in the history, without
addresses.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

import pandas as pd
import sqlalchemy as sa

from geo.addresses.text.persons import without_persons
from geo.errors import ConflictError, InputError, NotFoundError
from layers.lookup.aliases import write_aliases
from layers.people.review import building_names
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.address_tables import matches, residents
from layers.store.database import Store
from layers.store.narrowing import require_household_detail
from layers.store.unit import Reading, Writing

Kind = Literal["confirmed", "corrected", "complex", "set_aside"]
_MOST_NAME_CHARACTERS = 100
_FOUND = (
    "status",
    "level",
    "building_ref",
    "complex_ref",
    "community_code",
    "unit",
    "floor",
    "room",
    "confidence",
)
"""What a decision changes, and its undoing brings back."""


class Decided(NamedTuple):
    """What came of a decision."""

    decision: Kind
    revision: int
    """Of the record from now on; its undoing asks for it."""


def decide(
    store: Store,
    viewer: Viewer,
    ref: str,
    *,
    revision: int | None,
    building_ref: str | None = None,
    complex_ref: str | None = None,
    unit: str | None = None,
    room: str | None = None,
    actor: str,
    now: datetime,
) -> Decided:
    """Tie a record to a building, or to a complex and no further, or set it aside (neither: it belongs to none here).

    `confirmed` when the building was among those proposed, `corrected` when not, `complex`, `set_aside`. unit and room
    stay as found unless given. `revision` is that of the record as it was seen; None takes it as it is, as long as nothing is
    decided about it. Raises `ConflictError` when somebody
    decided meanwhile, saying who and what; `NotFoundError` for a record, building or complex that is unknown or outside
    the viewer's area.
    """
    require_household_detail(viewer)
    if building_ref is not None and complex_ref is not None:
        raise InputError("say a building or a complex, not both", "楼栋与小区只能填一项")
    with store.writing(viewer, actor=actor, now=now) as work:
        row = _row(work, ref)
        if row.decision is not None or revision not in (None, row.revision):
            raise _decided_already(work, row)
        kind: Kind = "set_aside"
        community = row.community_code
        values: dict[str, Any] = {"status": "none", "building_ref": None, "confidence": 0.0}
        if building_ref is not None:
            home = _building(work, building_ref)
            proposed = {row.building_ref, *(row.candidates or "").split("|")}
            kind = "confirmed" if building_ref in proposed else "corrected"
            community = home.community_code
            values = {
                "status": "matched",
                "building_ref": building_ref,
                "complex_ref": home.complex_ref,
                "confidence": 1.0,
                "unit": row.unit if unit is None else unit or None,
                "room": row.room if room is None else room or None,
            }
        elif complex_ref is not None:
            community, kind = _complex(work, complex_ref), "complex"
            values = {
                "status": "ambiguous",
                "level": "complex",
                "building_ref": None,
                "complex_ref": complex_ref,
                "confidence": 0.0,
            }
        before = {name: getattr(row, name) for name in _FOUND}
        kept = "corrected" if kind == "complex" else kind
        _change(
            work,
            row,
            decision=kept,
            decided_by=actor,
            decided_at=now,
            before=before,
            community_code=community,
            **values,
        )
        detail = {"record": ref, "decision": kind, "building": building_ref, "complex": complex_ref}
        work.record(
            action="review",
            community_code=community,
            detail={name: value for name, value in detail.items() if value is not None or name == "building"},
        )
    return Decided(kind, int(row.revision) + 1)


def undo_decision(
    store: Store, viewer: Viewer, ref: str, *, revision: int | None, actor: str, now: datetime
) -> int:
    """Take back what was decided about a record: it is as it was found, and waits again. Returns its new revision.

    `revision` is that of the decision meant; None means whatever was decided last.

    Raises `ConflictError` when nothing is decided about it or somebody decided anew since `revision`; `NotFoundError` as
    `decide`.
    """
    require_household_detail(viewer)
    with store.writing(viewer, actor=actor, now=now) as work:
        row = _row(work, ref)
        if row.decision is None:
            raise ConflictError(
                f"nothing is decided about record {ref[:32]}; there is nothing to undo",
                f"记录 {ref[:32]} 尚未作出决定，无可撤销",
            )
        if revision not in (None, row.revision):
            raise _decided_already(work, row)
        found = row.before or {"status": "none", "building_ref": None, "confidence": 0.0}
        _change(work, row, decision=None, decided_by=None, decided_at=None, before=None, **found)
        work.record(
            action="review undone",
            community_code=found.get("community_code"),
            detail={"record": ref, "decision": _kind(row)},
        )
    return int(row.revision) + 1


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

    Matching again then looks at the records it touches. Raises `InputError` for an empty or endless name or one that
    says something of a person, `NotFoundError` for an unknown complex.
    """
    require_household_detail(viewer)
    name = " ".join(text.split())
    if not 1 < len(name) <= _MOST_NAME_CHARACTERS:
        raise InputError(
            f"a name of a place has 2 to {_MOST_NAME_CHARACTERS} characters",
            f"别名应有 2 至 {_MOST_NAME_CHARACTERS} 个字符",
        )
    if without_persons(name).cut:
        raise InputError(
            "a name of a place holds no name, telephone or number of a person; leave it out",
            "别名中不能有人名、电话或证件号；请去掉",
        )
    with store.writing(viewer, actor=actor, now=now) as unit:
        community = _complex(unit, complex_ref)
        row = {
            "kind": kind,
            "target": complex_ref,
            "text": name,
            "valid_from": valid_from,
            "valid_to": valid_to,
        }
        write_aliases(unit, pd.DataFrame([row], dtype=object), source="review")
        detail = {"kind": kind, "complex": complex_ref, "name": name}
        unit.record(action="alias", community_code=community, detail=detail)


def _change(work: Writing, row: Any, **values: Any) -> None:
    """Write what was decided, unless somebody was first."""
    mine = sa.and_(matches.c.resident_ref == row.resident_ref, matches.c.revision == row.revision)
    sealed = work.sealer.seal_values(matches, row.resident_ref, values)
    done = work.execute(matches.update().where(mine).values(revision=row.revision + 1, **sealed))
    if done.rowcount != 1:
        raise _decided_already(work, _row(work, row.resident_ref))


def _decided_already(work: Writing, row: Any) -> ConflictError:
    """Who was first, and what he decided."""
    if row.decision is None:
        return ConflictError(
            "somebody undid a decision about this record meanwhile; look at it again",
            "此记录的决定刚被他人撤销；请重新查看",
        )
    place = row.building_ref and building_names(work, {row.building_ref}).get(
        row.building_ref, row.building_ref
    )
    english, chinese = _SAID[_kind(row)]
    where = place or (row.complex_ref if _kind(row) == "complex" else None) or ""
    when = row.decided_at.strftime("%Y-%m-%d %H:%M")
    return ConflictError(
        f"{row.decided_by} was first, {when} UTC: {english} {where}".strip() + "; undo that to decide anew",
        f"{row.decided_by} 已于 {when}（UTC）先作决定：{chinese}{where}；如需更改请先撤销",
    )


_SAID: dict[Kind, tuple[str, str]] = {
    "confirmed": ("confirmed", "确认为"),
    "corrected": ("corrected to", "更正为"),
    "complex": ("only as far as the complex", "只到小区 "),
    "set_aside": ("none of ours", "不属于本地"),
}


def _kind(row: Any) -> Kind:
    kind: Kind = "complex" if row.decision == "corrected" and row.building_ref is None else row.decision
    return kind


def _row(unit: Writing, ref: str) -> Any:
    statement = sa.select(matches).join(residents).where(matches.c.resident_ref == ref)
    row = unit.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no matched record {ref[:32]}; run wangge match first",
            f"没有记录 {ref[:32]}；请先运行 wangge match",
        )
    return SimpleNamespace(**unit.sealer.open_values(matches, row.resident_ref, row._asdict()))


def _building(unit: Reading, ref: str) -> Any:
    columns = t.buildings.c.complex_ref, t.buildings.c.community_code
    home = unit.execute(sa.select(*columns).where(t.buildings.c.ref == ref)).one_or_none()
    if home is None:
        raise NotFoundError(f"there is no building {ref[:64]}", f"没有编号为 {ref[:64]} 的楼栋")
    return home


def _complex(unit: Reading, ref: str) -> str | None:
    """The community of a complex."""
    home = unit.execute(sa.select(t.complexes.c.community_code).where(t.complexes.c.ref == ref)).one_or_none()
    if home is None:
        raise NotFoundError(f"there is no complex {ref[:64]}", f"没有编号为 {ref[:64]} 的小区")
    code: str | None = home.community_code
    return code
