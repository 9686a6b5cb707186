"""Which column of a file is which of ours, why, and which are left; and columns that only count rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from geo.errors import InputError, Words
from geo.frames import Contract
from layers.files.shapefiles import cut_forms, was_cut
from layers.files.synonyms import SEVERAL, column_names, plain

SHAPE_COLUMNS = ("geometry", "lon", "lat")
_COUNTERS = frozenset(
    {"序号", "行号", "fid", "gid", "objectid", "oid", "rowid", "index", "rownum", "ogcfid", "no"}
)
"""Names under which programs number rows; what they hold is nobody's number."""
_LASTING = frozenset({"osmid", "fullid"})
"""Numbers that OpenStreetMap gives for good."""
_WHOLE = re.compile(r"(\d{1,9})(?:\.0+)?")


class ColumnRead(NamedTuple):
    """One column of a file that was taken as one of ours."""

    ours: str
    theirs: str
    how: Words
    """Why it was taken."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The columns of a file by ours."""

    theirs: dict[str, tuple[str, ...]]
    """Our column -> theirs, several where they are put together."""
    how: dict[str, Words]
    columns: list[str]
    """All columns of the file."""

    def read(self) -> list[ColumnRead]:
        """What was taken, column by column of the file."""
        return [
            ColumnRead(ours, name, self.how[ours]) for ours, names in self.theirs.items() for name in names
        ]

    def ignored(self) -> list[str]:
        """Columns that nothing was taken from."""
        used = {name for names in self.theirs.values() for name in names}
        return [column for column in self.columns if column not in used]


_SAID = Words("as the mapping file says", "对应文件指定")
_OWN = Words("our own name", "同名")
_USUAL = Words("a usual name", "常用名")
_CUT = Words("a usual name, cut at ten bytes", "常用名，被截断")


def pick(
    columns: Sequence[str], contract: Contract, said: Mapping[str, str], name: str, *, cut_names: bool = False
) -> Picked:
    """The columns of a file that hold ours: as `said` (ours -> theirs), under our own name, under a usual one, or,
    with `cut_names`, under the beginning of one. Raises `InputError` when `said` names a column the file lacks."""
    by_plain = {plain(column): column for column in reversed(columns)}
    theirs: dict[str, tuple[str, ...]] = {}
    how: dict[str, Words] = {}
    unknown = []
    for ours, wanted in said.items():
        if ours in SHAPE_COLUMNS:
            continue
        found = wanted if wanted in columns else by_plain.get(plain(wanted))
        if found is None:
            unknown.append(wanted)
        else:
            theirs[ours], how[ours] = (found,), _SAID
    if unknown:
        raise InputError(
            f"{name} has no column {', '.join(unknown)}; it has {', '.join(columns)}",
            f"{name} 没有列 {'、'.join(unknown)}；现有：{'、'.join(columns)}",
        )
    used = {names[0] for names in theirs.values()}
    for column in contract.columns:  # our own names first, so that no synonym takes them away
        if column.name not in theirs and column.name in columns and column.name not in used:
            theirs[column.name], how[column.name] = (column.name,), _OWN
            used.add(column.name)
    for column in contract.columns:
        several = (contract.layer, column.name) in SEVERAL
        if column.name in said or (column.name in theirs and not several):
            continue
        names = column_names(contract.layer, column.name)
        found_all = [by_plain[plain(n)] for n in names if plain(n) in by_plain]
        free = [n for n in dict.fromkeys(found_all) if n not in used or n in theirs.get(column.name, ())]
        reason = _USUAL
        if not free and cut_names:
            free, reason = _cut_names(names, columns, used), _CUT
        if free:
            theirs[column.name] = tuple(free) if several else (free[0],)
            how.setdefault(column.name, reason)
            used.update(theirs[column.name])
    if contract.layer == "grids":
        _share_code(theirs, how)
    return Picked(theirs, how, list(columns))


def _share_code(theirs: dict[str, tuple[str, ...]], how: dict[str, Words]) -> None:
    """The code of a grid is its key and its code, under whichever of both names it was taken."""
    if "ref" not in theirs and "code" in theirs:
        theirs["ref"], how["ref"] = theirs["code"], how["code"]
    codes = {plain(name) for name in column_names("grids", "code")}
    if "code" not in theirs and "ref" in theirs and plain(theirs["ref"][0]) in codes:
        theirs["code"], how["code"] = theirs["ref"], how["ref"]


def _cut_names(names: Iterable[str], columns: Sequence[str], used: set[str]) -> list[str]:
    forms = {plain(form) for name in names for form in cut_forms(name) if was_cut(form)}
    return [c for c in columns if c not in used and was_cut(c) and plain(c) in forms]


def counts_rows(name: str, values: Iterable[str | None]) -> bool:
    """Whether a column only counts rows: by its name, or because it holds 1, 2, 3 ... in any order.

    >>> counts_rows("编号", ["1", "2", "3"]), counts_rows("编号", ["B01", "B02"]), counts_rows("FID", ["7", "9"])
    (True, False, True)
    """
    bare = re.sub("[_@ ]|\\d+$", "", plain(name))
    if bare in _COUNTERS or bare in _LASTING:
        return bare in _COUNTERS
    said = [_WHOLE.fullmatch(value.strip()) for value in values if value is not None]
    if not said or not all(said):
        return False
    numbers = {int(match[1]) for match in said if match}
    return len(numbers) == len(said) and min(numbers) <= 1 and max(numbers) <= len(numbers)


def told(read: Sequence[ColumnRead], ignored: Sequence[str]) -> list[Words]:
    """What was read as what, and what was not."""
    notes = []
    if read:
        en = ", ".join(f"{c.theirs} → {c.ours} ({c.how.en})" for c in read)
        zh = "、".join(f"{c.theirs} → {c.ours}（{c.how.zh}）" for c in read)
        notes.append(Words(f"columns read: {en}", f"读取的列：{zh}"))
    if ignored:
        notes.append(Words(f"columns not read: {', '.join(ignored)}", f"未读取的列：{'、'.join(ignored)}"))
    return notes


def mapping_text(read: Sequence[ColumnRead], ignored: Sequence[str], shape: Mapping[str, str]) -> str:
    """The columns as a mapping file to correct: one line each with its reason; what was not read as remarks."""
    lines = ["# 列对应文件：本系统的列: 文件中的列    our column: the file's column"]
    lines += [f"{ours}: {_quoted(theirs)}" for ours, theirs in shape.items()]
    once = {c.ours: c for c in reversed(read)}
    lines += [f"{c.ours}: {_quoted(c.theirs)}  # {c.how.zh}  {c.how.en}" for c in reversed(once.values())]
    lines += [f"# 未读取  not read: {name}" for name in ignored]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
