"""Names with their days: what a complex, building or road is called, was called, and is also called.

A register of names is a frame with owner (a ref), name, kind (`NameKind`), valid_from and valid_to (exclusive;
missing while no end is known). Rows are never changed in place: a renaming closes one and opens two.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import pandas as pd

from geo.errors import ConflictError, InputError

COLUMNS = ("owner", "name", "kind", "valid_from", "valid_to")


class NameKind(StrEnum):
    """What a name is to its owner."""

    NAME = "name"
    """The one official name; at most one on any day."""
    ALIAS = "alias"
    OLD = "old"
    """A former official name: people go on writing it."""


def names_on(names: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The rows of a register of names that hold on `day`. Raises `InputError` for a missing column."""
    missing = [column for column in COLUMNS if column not in names.columns]
    if missing:
        raise InputError(
            f"names have no column {', '.join(missing)}; see geo.addresses.register.dated_names",
            f"名称表缺少列 {'、'.join(missing)}",
        )
    since, until = names["valid_from"], names["valid_to"]
    begun = since.isna() | (since.map(_ordinal) <= day.toordinal())
    lasting = until.isna() | (until.map(_ordinal) > day.toordinal())
    return names[begun & lasting].reset_index(drop=True)


def spellings_on(names: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Official name and other spellings of every owner on `day`: columns owner, name, aliases (tuples).

    Ready for `Gazetteer.from_frames`: old names count as aliases as long as they hold.

    >>> day = dt.date(2026, 1, 1)
    >>> names = pd.DataFrame([("C1", "棉纺厂家属院", "name", None, None)], columns=COLUMNS)
    >>> spellings_on(rename(names, "C1", "锦绣苑", on=day), day)[["name", "aliases"]].values.tolist()
    [['锦绣苑', ('棉纺厂家属院',)]]
    """
    rows = []
    for owner, group in names_on(names, day).groupby("owner", sort=True):
        official = group["name"][group["kind"] == NameKind.NAME].tolist()
        others = [name for name in group["name"] if name not in official]
        rows.append((owner, official[0] if official else "", tuple(dict.fromkeys(others))))
    return pd.DataFrame(rows, columns=["owner", "name", "aliases"])


def rename(names: pd.DataFrame, owner: str, name: str, *, on: dt.date) -> pd.DataFrame:
    """A new register in which `owner` is called `name` from the day `on`; the former name becomes an old one.

    Raises `InputError` for an empty name, `ConflictError` when it is called so already.
    """
    if not name.strip():
        raise InputError("a name must not be empty", "名称不能为空")
    held = names_on(names, on)
    official = held[(held["owner"] == owner) & (held["kind"] == NameKind.NAME)]
    if name in official["name"].tolist():
        raise ConflictError(f"{owner} is called {name} already", f"{owner} 的名称已是“{name}”")
    closing = (
        (names["owner"] == owner)
        & (names["kind"] == NameKind.NAME)
        & (names["valid_to"].isna() | (names["valid_to"].map(_ordinal) > on.toordinal()))
    )
    closed = names.assign(valid_to=names["valid_to"].astype(object).mask(closing, on))
    opened = [(owner, name, NameKind.NAME.value, on, None)]
    opened += [(owner, old, NameKind.OLD.value, on, None) for old in official["name"]]
    rows = [*closed[list(COLUMNS)].itertuples(index=False, name=None), *opened]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _ordinal(value: object) -> int:
    if isinstance(value, dt.date):
        return value.toordinal()
    return 0 if value is None or value != value else dt.date.fromisoformat(str(value)).toordinal()
