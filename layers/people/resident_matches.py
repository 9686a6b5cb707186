"""Residents matched to buildings in bulk, in parallel, and only those again that a change can touch."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ahocorasick
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.addresses.match.resolve import Matcher
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.normalise import normalise
from geo.errors import EmptyLayerError
from layers.lookup.gazetteer import EVERYWHERE, HOUSE, StoredGazetteer, read_gazetteer
from layers.lookup.matching import match_table
from layers.people.residents import READ
from layers.rights.viewer import Viewer
from layers.runs.steps import Step
from layers.store.address_tables import gazetteers, matches, residents
from layers.store.database import Store
from layers.store.narrowing import require_household_detail
from layers.store.unit import Reading, Writing

TEXTS_A_STEP = 80_000
"""Addresses between two steps of progress."""
SURE = 0.9
"""A match at least so sure is looked at again only when a change touches its own complex or names it."""
_REFS_A_QUERY = 500
_MOST_CANDIDATES = 100
_REF_CHARACTERS, _DOOR_CHARACTERS = 64, 40


@dataclass(frozen=True, slots=True)
class MatchFigures:
    """What came of matching."""

    records: int
    looked_at: int
    version: str
    """Of the gazetteer."""
    matched: int
    ambiguous: int
    none: int


def match_residents(
    store: Store,
    viewer: Viewer,
    *,
    pool: Executor | None = None,
    everything: bool = False,
    actor: str,
    now: datetime,
) -> Iterator[Step[MatchFigures]]:
    """Match the residents that are new or that a change of the gazetteer touches; one step a batch.

    `pool` runs the batches; this process does without one. `everything` matches all again. What a person decided (`layers.people.review`) stays. Nothing is written before all
    batches are done. Only the last step has figures.
    Raises `EmptyLayerError` when there is nothing to match or nothing to match with.
    """
    require_household_detail(viewer)
    with store.reading(viewer) as unit:
        gazetteer = read_gazetteer(unit, as_of=now.date())
        before = _parts_before(unit)
    with store.writing(viewer, actor=actor, now=now) as unit:
        known = _known(unit)
        unit.record(action=READ, detail={"rows": len(known), "purpose": "match"})
    if gazetteer.buildings.empty:
        raise EmptyLayerError(
            "there are no named buildings inside complexes and no houses with a road address to match with; import "
            "complexes and buildings",
            "没有可匹配的小区楼栋，也没有带门牌地址的房屋；请先导入小区（complexes）和楼栋（buildings）",
        )
    if known.empty:
        raise EmptyLayerError(
            "there are no residents to match; run wangge import residents FILE",
            "没有居民数据；请先运行 wangge import residents 文件",
        )
    again = _touched(known, gazetteer, before, everything=everything)
    looked_at = known[again]
    which, texts = pd.factorize(looked_at["address"].to_numpy(dtype=object))
    found: list[pd.DataFrame] = []
    total = max(1, -(-len(texts) // TEXTS_A_STEP))
    for frame in _matched(gazetteer.built(), texts.tolist(), pool):
        found.append(frame)
        if len(found) < total:
            yield Step("", f"{len(found) * TEXTS_A_STEP:,}", len(found), total)
    rows = _rows(looked_at, found, which, gazetteer)
    _write(store, viewer, rows, gazetteer, actor=actor, now=now)
    counts = rows["status"].value_counts() if len(rows) else {}
    statuses = (int(counts.get(status, 0)) for status in ("matched", "ambiguous", "none"))
    figures = MatchFigures(len(known), len(rows), gazetteer.version, *statuses)
    yield Step("", f"{len(rows):,}", total, total, figures)


def _matched(gazetteer: Gazetteer, texts: list[str], pool: Executor | None) -> Iterator[pd.DataFrame]:
    matcher = Matcher(gazetteer) if pool is None else None
    for start in range(0, len(texts), TEXTS_A_STEP):
        some = texts[start : start + TEXTS_A_STEP]
        if matcher is not None:
            yield matcher.match_many(some, lang=None)
        else:
            yield match_table(gazetteer, some, pool=pool, lang=None)


def _known(unit: Reading) -> pd.DataFrame:
    """Every record with what was found for it last time."""
    m = matches.c
    columns = residents.c.ref, residents.c.address, m.status, m.confidence, m.complex_ref, m.building_ref
    # in no order: that of the key would be read in jumps all over the table
    return unit.table(sa.select(*columns, m.decision).outerjoin(matches, m.resident_ref == residents.c.ref))


def _parts_before(unit: Reading) -> dict[str, Any]:
    newest = sa.select(gazetteers.c.parts).order_by(gazetteers.c.at.desc()).limit(1)
    return unit.scalar(newest) or {}


def _touched(
    known: pd.DataFrame, gazetteer: StoredGazetteer, before: dict[str, str], *, everything: bool
) -> NDArray[np.bool_]:
    """Which records to match again.

    Those never matched; and, when complexes or houses changed: those that were in doubt or failed, that belong to a
    changed one, or whose text holds one of its names. A change of districts, streets, communities or roads touches all.
    """
    new = known["status"].isna().to_numpy(dtype=bool)
    free = known["decision"].isna().to_numpy(dtype=bool)
    now = gazetteer.parts
    if everything or not before or before.get(EVERYWHERE) != now.get(EVERYWHERE):
        return np.asarray(free | new, dtype=bool)
    changed = {ref for ref in {*now, *before} if now.get(ref) != before.get(ref)}
    if not changed:
        return np.asarray(new, dtype=bool)
    unsure = (known["status"] != "matched") | (known["confidence"].fillna(0.0) < SURE)
    own = known["complex_ref"].isin(changed) | (HOUSE + known["building_ref"].astype("str")).isin(changed)
    named = _naming(known["address"].tolist(), gazetteer.names_of(changed))
    return np.asarray(new | (free & (unsure.to_numpy(dtype=bool) | own.to_numpy(dtype=bool) | named)))


def _naming(texts: list[str], names: list[str]) -> NDArray[np.bool_]:
    """Which texts hold one of the names, both written in the one normal way."""
    words = ahocorasick.Automaton()
    for name in names:
        if plain := normalise(name):
            words.add_word(plain, True)
    if not len(words):
        return np.zeros(len(texts), dtype=bool)
    words.make_automaton()
    return np.fromiter(
        (next(words.iter(normalise(text)), None) is not None for text in texts), dtype=bool, count=len(texts)
    )


def _rows(
    known: pd.DataFrame, found: list[pd.DataFrame], which: NDArray[np.int64], gazetteer: StoredGazetteer
) -> pd.DataFrame:
    """The rows of `matches` for the records looked at."""
    if not found:
        return pd.DataFrame({"status": []})
    table = pd.concat(found, ignore_index=True)
    home = gazetteer.buildings.drop_duplicates("building_id").set_index("building_id")
    several = {at: text.split("|") for at, text in enumerate(table["candidates"].tolist()) if text}
    building = _texts(table["building_id"])
    complex_ref = _texts(table["complex_id"])
    own = home["complex_id"].replace({"": None}).reindex(building.to_numpy()).astype(object).to_numpy()
    community = home["community_code"].reindex(building.to_numpy()).astype(object).to_numpy()
    of_complex = home.drop_duplicates("complex_id").set_index("complex_id")["community_code"]
    code_of = home["community_code"].to_dict()
    guessed = of_complex.reindex(complex_ref.to_numpy()).astype(object).to_numpy()
    shared = np.full(len(table), None, dtype=object)
    shown = np.full(len(table), None, dtype=object)
    for at, refs in several.items():
        shared[at] = _the_one({code_of.get(ref) for ref in refs})
        shown[at] = "|".join(refs[:_MOST_CANDIDATES])
    reasons = table["reason"].tolist()
    rows = pd.DataFrame(
        {
            "status": table["status"],
            "level": table["level"],
            "complex_ref": _first(own, complex_ref.to_numpy()),
            "building_ref": building,
            "community_code": _first(community, guessed, shared),
            **{name: _texts(table[name], most=_DOOR_CHARACTERS) for name in ("unit", "floor", "room")},
            "confidence": table["confidence"].astype("float64"),
            "reason": [words.en for words in reasons],
            "reason_zh": [words.zh for words in reasons],
            "candidates": shown,
        }
    )
    rows = rows.iloc[which].reset_index(drop=True)
    rows.insert(0, "resident_ref", known["ref"].to_numpy())
    return rows


def _first(*columns: NDArray[np.object_]) -> pd.Series:
    """Per row the first value that is there."""
    out = pd.Series(columns[0], dtype=object)
    for column in columns[1:]:
        out = out.where(out.notna(), pd.Series(column, dtype=object))
    return out


def _texts(values: pd.Series, *, most: int = _REF_CHARACTERS) -> pd.Series:
    """Texts no longer than their column holds, None for empty ones."""
    return pd.Series([value[:most] or None for value in values.tolist()], dtype=object)


def _the_one(codes: set[Any]) -> str | None:
    (code,) = codes if len(codes) == 1 else (None,)
    return code if isinstance(code, str) else None


def _write(
    store: Store, viewer: Viewer, rows: pd.DataFrame, gazetteer: StoredGazetteer, *, actor: str, now: datetime
) -> None:
    """All new matches in one transaction. What was imported away or decided by a person meanwhile is left alone."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        unit.lock(
            matches
        )  # a second matching, or a decision of a person, waits and then sees what was written
        if len(rows):
            decided = sa.select(matches.c.resident_ref).where(matches.c.decision.is_not(None))
            there = set(unit.scalars(sa.select(residents.c.ref))) - set(unit.scalars(decided))
            rows = rows[[ref in there for ref in rows["resident_ref"].tolist()]]
            _clear(unit, rows["resident_ref"].tolist(), all_of=len(there))
            unit.insert_frame(matches, rows, gazetteer=gazetteer.version)
        unit.execute(gazetteers.delete())
        unit.execute(gazetteers.insert().values(version=gazetteer.version, at=now, parts=gazetteer.parts))
        counts = {status: int(n) for status, n in rows["status"].value_counts().items()} if len(rows) else {}
        detail = {"looked_at": len(rows), "gazetteer": gazetteer.version, **counts}
        unit.record(action="match", detail=detail)


def _clear(unit: Writing, refs: list[str], *, all_of: int) -> None:
    if len(refs) == all_of:
        unit.execute(matches.delete().where(matches.c.decision.is_(None)))
        return
    for start in range(0, len(refs), _REFS_A_QUERY):
        unit.execute(matches.delete().where(matches.c.resident_ref.in_(refs[start : start + _REFS_A_QUERY])))
