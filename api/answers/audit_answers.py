"""The audit as a page, a file and a verdict show it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from layers.accounts.audit import Asked, Verdict, all_rows, verify, write_audit
from layers.accounts.checkpoints import SYSLOG, kept
from layers.store.database import Store

COLUMNS = ("number", "at", "who", "what", "where", "route", "said", "before", "seal")
"""Of a file of rows."""
_APART = ("from", "route")


class Exported(NamedTuple):
    """Rows for a file, and the number under which the audit knows that they were handed out."""

    rows: pd.DataFrame
    serial: str


def verdict(store: Store, checkpoints: str | None, also: Sequence[Path] = ()) -> tuple[Verdict, int]:
    """Whether the audit is whole, held against the file of checkpoints in the settings and those in `also`; and against how
    many lines. Raises `StoreError` without keys, or where a file cannot be read."""
    files = list(also)
    if checkpoints is not None and not checkpoints.startswith(SYSLOG) and Path(checkpoints).exists():
        files.append(Path(checkpoints))
    lines = [line for file in files for line in kept(file)]
    return verify(store, checkpoints=lines), len(lines)


def export(store: Store, asked: Asked, *, who: str, now: datetime) -> Exported:
    """Every row asked for, oldest first, as `COLUMNS`. Raises `StoreError` where the audit cannot say so itself."""
    found = shown(all_rows(store, asked))
    serial = f"A{now:%Y%m%d}-{secrets.token_hex(3)}"
    write_audit(store, who=who, now=now, what="audit-export", serial=serial, rows=len(found))
    return Exported(found, serial)


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the audit with where they came from and by which route in columns of their own."""
    told = [json.loads(said) for said in rows["said"]]
    apart: list[list[Any]] = [[one.pop(name, "") for one in told] for name in _APART]
    rest = [json.dumps(one, ensure_ascii=False, sort_keys=True) if one else "" for one in told]
    return rows.assign(where=apart[0], route=apart[1], said=rest)
