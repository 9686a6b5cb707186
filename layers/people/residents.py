"""Residents: lists of households as offices keep them (户籍, 产权, 常住, 流动), joined on the household key.

The least that grid work needs is kept: key, address, kind of list, kinds of members; no name, no phone. Every read
of an address takes a `Viewer` and leaves a row in the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from layers.batches.batch import Batch, Closed, Counts
from layers.rights.viewer import Viewer
from layers.store.address_tables import keys, matches, residents
from layers.store.database import Store
from layers.store.narrowing import of_codes, require_households
from layers.store.unit import Reading, Writing

READ = "read residents"
"""What the history calls a read of household detail."""
_NOT_READ = ("resident_ref", "decided_at", "before", "batch_id")
_KEYS_A_QUERY = 500
_RECORDS = "records"
_MADE = "h"
MADE_KEY = f"{_MADE}[0-9a-f]{{15}}"
"""What the key of a household looks like that its list gives none."""
_UNIT, _BLANKS = "\x1f", str.maketrans("", "", " \t\u3000")


def record_key(unit: Reading) -> bytes:
    """The secret with which this store makes its references (`as_records`)."""
    return bytes.fromhex(unit.scalar(sa.select(keys.c.value).where(keys.c.name == _RECORDS)))


def as_records(frame: pd.DataFrame, *, key: bytes) -> pd.DataFrame:
    """Rows of a list (contract `geo.frames.RESIDENTS`) as the records that are kept: `ref`, household, address,
    population, people, members (kinds with `|` between), centre.

    Rows of one household, kind of list and address, such as the persons of a family, become one record. A row
    without a key gets one made from its address. The ref is made from household, kind and address: a corrected
    address is a new record, an unchanged one is known again. Both are made with `key` (`record_key`): whoever guesses
    a household and its address cannot work out its ref.

    >>> rows = pd.DataFrame({"household": ["7", "7"], "address": ["桂苑3号楼"] * 2, "population": ["owner"] * 2,
    ...     "people": [None, 2], "member": ["local", None], "centre": [None, True]})
    >>> as_records(rows, key=b"secret")[["household", "people", "members", "centre"]].values.tolist()
    [['7', 3, 'local', True]]
    """
    address = frame["address"].astype("str").str.strip()
    household = frame["household"].astype(object).where(frame["household"].notna(), None)
    known = [
        said if isinstance(said, str) else _MADE + _digest(text.translate(_BLANKS), key)[:15]
        for said, text in zip(household, address, strict=True)
    ]
    population = frame["population"].astype(object).where(frame["population"].notna(), "unstated")
    rows = pd.DataFrame(
        {
            "household": pd.array(known, dtype="str"),
            "address": address.array,
            "population": pd.array(population.tolist(), dtype="str"),
            "people": frame["people"].fillna(1).astype("int64").array,
            "member": frame["member"].astype(object).where(frame["member"].notna(), "").array,
            "centre": frame["centre"].fillna(False).astype(bool).array,
        }
    )
    identity = rows["household"] + _UNIT + rows["population"] + _UNIT + rows["address"]
    rows.insert(0, "ref", pd.array([_digest(text, key) for text in identity], dtype="str"))
    grouped = rows.groupby("ref", sort=False)
    first = rows[~rows["ref"].duplicated()].set_index("ref")
    told = rows[rows["member"] != ""].groupby("ref")["member"].agg(lambda kinds: "|".join(sorted(set(kinds))))
    first = first.assign(
        people=grouped["people"].sum(),
        centre=grouped["centre"].any(),
        members=told.reindex(first.index).astype(object),
    )
    return first.drop(columns="member").reset_index()


def _digest(text: str, key: bytes) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12, key=key).hexdigest()


def write_residents(batch: Batch, records: pd.DataFrame, *, source: str, whole: bool = False) -> Closed:
    """Keep records; each list replaces what was known of its households in lists of its kind.

    Records that are there already stay with their matches. `whole`: what came from the same source and is not in
    the list any more goes too. Closes `batch`, by whose number the new records can be taken back; of those that gave way
    or changed no copy is kept. Returns it, with how many were added, changed, and gave way.
    """
    unit = batch.unit
    known = _known(unit, records)
    new = records[~_among(records["ref"], known["ref"])]
    same = known[_among(known["ref"], records["ref"])]
    spoken_for = _among(
        known["household"] + _UNIT + known["population"], records["household"] + _UNIT + records["population"]
    )
    gone = known.loc[spoken_for & ~_among(known["ref"], records["ref"]), "ref"].tolist()
    if whole:
        stored = sa.select(residents.c.ref).where(residents.c.source == source)
        gone = sorted({*gone, *set(unit.scalars(stored)) - set(records["ref"])})
    for start in range(0, len(gone), _KEYS_A_QUERY):
        some = gone[start : start + _KEYS_A_QUERY]
        unit.execute(residents.delete().where(residents.c.ref.in_(some)))
    touched = _touch(unit, records.set_index("ref"), same.set_index("ref"))
    closed = batch.close(people=Counts(len(new), touched, len(gone)))
    unit.insert_frame(residents, new, source=source, batch_id=closed.number)
    return closed


def _among(values: pd.Series, others: pd.Series) -> NDArray[np.bool_]:
    """Which of `values` are among `others`. Not `Series.isin`, which takes seconds for the texts of a district."""
    there = set(others.tolist()) if len(values) else set()
    return np.fromiter((value in there for value in values.tolist()), dtype=bool, count=len(values))


def _known(unit: Reading, records: pd.DataFrame) -> pd.DataFrame:
    """What is kept of the households of `records`."""
    table = residents.c
    columns = sa.select(
        table.ref, table.household, table.population, table.people, table.members, table.centre
    )
    wanted = records["household"].unique().tolist()
    if len(wanted) > 20 * _KEYS_A_QUERY:
        found = unit.table(columns)
        return found[_among(found["household"], records["household"])]
    parts = [
        unit.table(columns.where(table.household.in_(wanted[start : start + _KEYS_A_QUERY])))
        for start in range(0, len(wanted), _KEYS_A_QUERY)
    ]
    return pd.concat(parts, ignore_index=True) if parts else unit.table(columns.where(sa.false()))


def _touch(unit: Writing, records: pd.DataFrame, known: pd.DataFrame) -> int:
    """Write people, members and centre where they differ from what is kept; in how many records they did."""
    told = records.loc[known.index]
    differs = (
        (told["people"] != known["people"].astype("int64"))
        | (told["members"].fillna("") != known["members"].fillna(""))
        | (told["centre"] != known["centre"].astype(bool))
    )
    changes = [
        {"the_ref": ref, "p": int(row.people), "m": row.members or None, "c": bool(row.centre)}
        for ref, row in zip(
            told.index[differs],
            told[differs].astype({"members": object}).replace({"members": {pd.NA: None}}).itertuples(),
            strict=True,
        )
    ]
    for change in changes:
        kinds = change["m"] if isinstance(change["m"], str) else None
        change["m"] = unit.sealer.seal_values(residents, change["the_ref"], {"members": kinds})["members"]
    if changes:
        unit.execute(
            residents.update()
            .where(residents.c.ref == sa.bindparam("the_ref"))
            .values(people=sa.bindparam("p"), members=sa.bindparam("m"), centre=sa.bindparam("c")),
            changes,
        )
    return len(changes)


def count_residents(unit: Reading) -> tuple[int, int]:
    """How many records and how many households are kept."""
    columns = sa.func.count(), sa.func.count(residents.c.household.distinct())
    records, households = unit.execute(sa.select(*columns).select_from(residents)).one()
    return int(records), int(households)


def read_residents(
    store: Store,
    viewer: Viewer,
    *,
    actor: str,
    now: datetime,
    codes: Sequence[str] | None = None,
    where: Sequence[sa.ColumnElement[bool]] = (),
    limit: int | None = None,
) -> pd.DataFrame:
    """Records with where they were found, one a row, for a viewer who may read addresses; the read is kept in the history.

    Sorted by community (those without one last), doubts before misses, then least sure first. Where the viewer sees them masked
    their address, key and references are None (`layers.store.masked`). Raises `NotAllowedError` for any other viewer.
    """
    require_households(viewer)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(residents, *(column for column in matches.c if column.name not in _NOT_READ))
        .select_from(residents.outerjoin(matches, matches.c.resident_ref == residents.c.ref))
        .where(*where)
        .order_by(
            matches.c.community_code.asc().nulls_last(),
            matches.c.status,
            matches.c.confidence,
            residents.c.ref,
        )
    )
    statement = of_codes(statement, matches.c.community_code, codes)
    if limit is not None:
        statement = statement.limit(limit)
    with store.writing(viewer, actor=actor, now=now) as unit:
        found = unit.table(statement)
        detail = {"rows": len(found), "purpose": viewer.purpose.value}
        detail |= {"of_people": viewer.of_people.value} if viewer.reads_masked else {}
        unit.record(action=READ, detail=detail)
    return found
