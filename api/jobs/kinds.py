"""The kinds of long work: what each needs, what is said when it is asked for, and where its code is."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from pydantic import BaseModel

from api.jobs import wanted as w
from geo.errors import NotFoundError, Words
from layers.rights.rights import Right


class Kind(NamedTuple):
    """One kind. Its module holds `plan`, `part` and `finish`, which are handed the bench and the job."""

    right: Right
    """What asking for it needs, and fetching what it made."""
    wanted: type[BaseModel]
    words: Words
    module: str


KINDS: dict[str, Kind] = {
    "cells": Kind(Right.EDIT, w.WantedCells, Words("cells", "切分基元"), "drawing_cells"),
    "partition": Kind(Right.EDIT, w.WantedPartition, Words("drafts of grids", "划分网格"), "drawing_plans"),
    "match": Kind(Right.REVIEW, w.WantedMatch, Words("matching of residents", "人房关联"), "matching"),
    "import": Kind(Right.LOAD, w.WantedImport, Words("import of a file", "导入文件"), "loading"),
    "people": Kind(
        Right.REVIEW, w.WantedPeople, Words("import of residents", "导入居民名单"), "loading_people"
    ),
    "export": Kind(Right.PLANS, w.WantedExport, Words("export of a layer", "导出图层"), "exporting"),
    "sheets": Kind(Right.PLANS, w.WantedSheets, Words("sheets to print", "批量出图"), "printing"),
    "papers": Kind(Right.PLANS, w.WantedPapers, Words("papers of a redraw", "网格调整材料"), "papering"),
    "snapshot": Kind(Right.PLANS, w.WantedSnapshot, Words("offline snapshot", "离线快照"), "snapshotting"),
    "tell": Kind(Right.LOOKUP, w.WantedTelling, Words("telling of changed grids", "网格变更推送"), "telling"),
    "walk": Kind(Right.PLANS, w.WantedWalk, Words("sheets for the walk on site", "现场踏勘图"), "walking"),
}


def kind_of(name: str) -> Kind:
    """The kind of a name. Raises `NotFoundError` with the names there are."""
    if name not in KINDS:
        names = ", ".join(KINDS)
        raise NotFoundError(
            f"no kind of job {name!r}; one of {names}", f"没有任务类型“{name}”；可选：{names}"
        )
    return KINDS[name]


def module_of(name: str) -> Any:
    """The code of a kind, loaded when it is first wanted."""
    return import_module(f"api.jobs.{kind_of(name).module}")
