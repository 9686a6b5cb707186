"""Registration tables of grids: grid, name, extent in words, households; they become draft plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo.addresses.text.normalise import plain_name
from geo.errors import Fault, FileError, FrameError, InputError, Words
from geo.texts import flaw
from layers.files.confined import Bounds, confined
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import ColumnMapping
from layers.files.readers import Source, read_source
from layers.files.synonyms import plain
from layers.files.value_words import value_of
from layers.imports.posts_table import TITLES
from layers.plans.operations import Distribute
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading
from layers.words.drafts import GridWords, plan_words

_COLUMNS: dict[str, tuple[str, ...]] = {
    "community_code": ("community_code", "社区编码", "社区代码", "所属社区编码", "村居编码"),
    "community": ("community", "社区名称", "社区", "所属社区", "所在社区", "村居", "村社区"),
    "code": ("code", "ref", "网格编码", "网格编号", "网格代码", "编码", "代码", "网格号"),
    "name": ("name", "网格名称", "网格名", "网格", "名称"),
    "kind": ("kind", "网格类型", "网格类别", "类型", "类别"),
    "places": (
        *("words", "所含小区/楼栋", "所含小区楼栋", "所含小区", "所含楼栋", "包含小区", "包含楼栋", "涵盖小区", "覆盖小区"),
        *("小区/楼栋", "小区楼栋", "小区及楼栋", "网格范围", "管辖范围", "覆盖范围", "辖区范围", "责任范围", "责任区域"),
        *("网格区域", "服务范围", "范围", "所辖范围", "所辖小区", "所辖楼栋", "extent", "places"),
    ),
    "bounds": ("bounds", "四至范围", "四至", "四至界限", "网格四至", "边界", "界限", "四至边界"),
    "cells": ("cells", "基元", "空地基元"),
    "households": ("households", "户数", "总户数", "住户数", "居民户数", "常住户数"),
}  # fmt: skip
_KNOWN_BESIDE = (
    "序号",
    "人口",
    "人数",
    "网格长",
    "网格员",
    "电话",
    "联系电话",
    "备注",
    "负责人",
    "指导员",
    "微网格长",
)
_DUTIES = frozenset(plain(name) for name in (*TITLES, "电话", "联系电话", "联系方式", "手机", "手机号"))
"""What stands beside grids of the people who serve them."""
_WORDS = ("places", "bounds")
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration table as it was read."""

    source: str
    rows: tuple[GridWords, ...]
    """With the community as the file names it, if at all: `in_communities` finds out which it is."""
    communities: tuple[str, ...]
    """What each row says of its community; empty for nothing."""
    columns: Mapping[str, str]
    """Ours to theirs."""
    notes: tuple[Words, ...]
    faults: tuple[Fault, ...]


def read_registration(
    path: Path, *, mapping: ColumnMapping, table: str | None, limits: Limits
) -> Registration | None:
    """A table of grids without shapes that tells their extent in words; None for a file that has shapes.

    Raises `FileError` for a file that cannot be read, or without shapes and without a column of words; `InputError` when
    the mapping names a column the file does not have.
    """
    if path.suffix.lower() not in (".csv", ".txt", ".tsv", ".xlsx", ".xls"):
        return None
    names = {f"{ours} {i}": name for ours, some in _COLUMNS.items() for i, name in enumerate(some)}
    names |= {f"beside {i}": name for i, name in enumerate(_KNOWN_BESIDE)}
    source: Source = confined(
        Bounds.of(path),
        path.name,
        read_source,
        path,
        layer="grids",
        table=table,
        shape_columns=mapping.shape_columns,
        ledger=True,
        known=names,
        limits=limits,
    )
    if not source.ledger:
        return None
    columns = _picked(
        [str(name) for name in source.frame.columns if name != "geometry"], mapping, source.name
    )
    if not any(name in columns for name in _WORDS):
        raise FileError(
            f"{source.name} has no shapes and no column that tells the extent of grids in words (such as {_COLUMNS['places'][1]} "
            f"or {_COLUMNS['bounds'][1]}); name it in a mapping file: places: <column>",
            f"{source.name} 既没有空间列，也没有写明网格范围的列（如“{_COLUMNS['places'][1]}”“{_COLUMNS['bounds'][1]}”）；"
            "请在列对应文件中指明 places: <列名>",
        )
    return _registration(source, columns)


def _picked(columns: Sequence[str], mapping: ColumnMapping, name: str) -> dict[str, str]:
    by_plain = {plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for ours, theirs in mapping.columns.items():
        there = theirs if theirs in columns else by_plain.get(plain(theirs))
        if ours not in _COLUMNS or there is None:
            raise InputError(
                f"{name}: {ours}: {theirs} does not fit; a table of grids in words has {', '.join(_COLUMNS)}, the file has "
                f"{', '.join(columns)}",
                f"{name}：{ours}: {theirs} 无法对应；网格登记表可用 {'、'.join(_COLUMNS)}，文件中的列：{'、'.join(columns)}",
            )
        found[ours] = there
    used = set(found.values())
    for ours, names in _COLUMNS.items():
        if ours in found:
            continue
        there = next(
            (by_plain[plain(n)] for n in names if plain(n) in by_plain and by_plain[plain(n)] not in used),
            None,
        )
        if there is not None:
            found[ours] = there
            used.add(there)
    return found


def _registration(source: Source, columns: Mapping[str, str]) -> Registration:
    frame = source.frame

    def texts(ours: str) -> list[str]:
        if ours not in columns:
            return [""] * len(frame)
        return [str(value).strip() if isinstance(value, str) else "" for value in frame[columns[ours]]]

    said = {ours: texts(ours) for ours in _COLUMNS}
    rows: list[GridWords] = []
    communities: list[str] = []
    faults = list(source.faults)
    for at, number in enumerate(source.rows.tolist()):
        text = "；".join(part for part in (said[name][at] for name in ("places", "cells")) if part)
        bounds = said["bounds"][at] if text else ""
        text = text or said["bounds"][at]
        why = flaw(text.replace("\n", " ").replace("\r", " ").replace("\t", " "))
        if len(text) > _LONGEST:
            why = Words(f"the text has more than {_LONGEST} characters", f"文字超过 {_LONGEST} 个字符")
        if not text:
            why = Words("nothing is said of the extent of this grid", "没有写明该网格的范围")
        if why is not None:
            shown = next((columns[name] for name in _WORDS if name in columns), None)
            faults.append(Fault(int(number), shown, text[:40], why))
            continue
        kind = value_of("grids", "kind", said["kind"][at]) if said["kind"][at] else "base"
        rows.append(
            GridWords(
                row=int(number),
                community_code="",
                text=text,
                bounds=bounds,
                code=_code(said["code"][at]),
                name=said["name"][at] or None,
                kind=kind or "base",
                households=_count(said["households"][at]),
            )
        )
        communities.append(said["community_code"][at] or said["community"][at])
    read = "、".join(f"{theirs} → {ours}" for ours, theirs in columns.items())
    left = [str(name) for name in frame.columns if name != "geometry" and name not in columns.values()]
    notes = [*source.notes, Words(f"columns read: {read}", f"读取的列：{read}")]
    if duties := [name for name in left if plain(name) in _DUTIES]:
        left = [name for name in left if name not in duties]
        notes.append(
            Words(
                f"{', '.join(duties)}: who serves these grids is loaded from the same file once they are in force: "
                f"wangge import posts {source.name}",
                f"{'、'.join(duties)}：网格人员在方案发布后用同一文件载入：wangge import posts {source.name}",
            )
        )
    if left:
        notes.append(Words(f"columns not read: {', '.join(left)}", f"未读取的列：{'、'.join(left)}"))
    return Registration(source.name, tuple(rows), tuple(communities), columns, tuple(notes), tuple(faults))


def _code(text: str) -> str | None:
    return text.removesuffix(".0") or None


def _count(text: str) -> int | None:
    digits = "".join(char for char in plain(text) if char.isdigit() or char == ".")
    try:
        return int(float(digits)) if digits else None
    except ValueError:
        return None


def in_communities(unit: Reading, registration: Registration) -> tuple[list[GridWords], list[Fault]]:
    """The rows with the code of their community: as they say it by code or name, by the code of the grid, as the only
    community there is, or as the only one that has the complexes they name. Rows of none are faults, never a guess.

    Raises `FrameError` when no row has a community.
    """
    known = {
        str(row.code): str(row.name or "")
        for row in unit.execute(sa.select(t.communities.c.code, t.communities.c.name))
    }
    by_name: dict[str, list[str]] = {}
    for code, name in known.items():
        by_name.setdefault(_bare(name), []).append(code)
    complexes = [
        (plain_name(row.name), str(row.community_code))
        for row in unit.execute(sa.select(t.complexes.c.name, t.complexes.c.community_code))
        if row.name and row.community_code
    ]
    placed: list[GridWords] = []
    faults: list[Fault] = []
    before = ""
    for row, said in zip(registration.rows, registration.communities, strict=True):
        found = _said(said, known, by_name) if said else []
        if not said:
            found = _unsaid(row, known, complexes, before)
        if len(found) == 1:
            placed.append(replace(row, community_code=found[0]))
            before = found[0]
            continue
        column = registration.columns.get("community") or registration.columns.get("community_code")
        faults.append(
            Fault(
                row.row,
                column,
                said or row.text[:40],
                Words(
                    "it is not clear which community this grid is in; add a column 社区 or community_code",
                    "无法确定该网格属于哪个社区；请增加“社区”或“社区编码”列",
                ),
            )
        )
    if not placed:
        raise FrameError("grids", [*registration.faults, *faults])
    return placed, faults


def _bare(name: str) -> str:
    plain_text = plain_name(name)
    for ending in ("社区居委会", "社区", "居委会", "村委会", "村民委员会", "村"):
        plain_text = plain_text.removesuffix(ending) or plain_text
    return plain_text


def _said(said: str, known: Mapping[str, str], by_name: Mapping[str, list[str]]) -> list[str]:
    code = said.removesuffix(".0")
    return [code] if code in known else by_name.get(_bare(said), [])


def _unsaid(
    row: GridWords, known: Mapping[str, str], complexes: Sequence[tuple[str, str]], before: str
) -> list[str]:
    if len(known) == 1:
        return list(known)
    if row.code is not None and row.code[:12] in known:
        return [row.code[:12]]
    text = plain_name(row.text)
    named: dict[str, Any] = {}
    for name, code in complexes:
        if len(name) > 1 and name in text:
            named[code] = named.get(code, 0) + 1
    return list(named) if named else [before] if before else []


def read_plan_words(store: Store, viewer: Viewer, plan_id: int, path: Path) -> tuple[Distribute, list[Words]]:
    """A registration table as one edit of a plan: the buildings and cells that its words mean and that are elsewhere now,
    and what could not be placed. What no words mean stays where it is.

    Raises `FrameError` for rows without words, `NotFoundError` for a grid the plan does not have, `FileError` for shapes.
    """
    registration = read_registration(path, mapping=ColumnMapping(), table=None, limits=DEFAULT)
    if registration is None:
        raise FileError(
            f"{path.name} holds shapes; import it with wangge import grids",
            f"{path.name} 带有图形；请用 wangge import grids 导入",
        )
    if registration.faults:
        raise FrameError("grids", registration.faults)
    with store.reading(viewer) as unit:
        return plan_words(unit, plan_id, registration.rows)
