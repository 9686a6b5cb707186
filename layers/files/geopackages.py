"""A GeoPackage is a database, and a database can compute: it may hold tables of features and nothing that runs."""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pyogrio

from geo.errors import FileError
from layers.files.headers import cut_short

_IDS = frozenset({b"GPKG", b"GP10", b"GP11"})
_OWN_TRIGGERS = re.compile(r"(rtree_|trigger_(insert|delete|update)_feature_count_|gpkg_)", re.IGNORECASE)
_OLD_VIEWS = frozenset({"st_spatial_ref_sys", "st_geometry_columns"})
"""Views of version 1.0 over the standard's own tables; they are never a layer."""
_VIRTUAL = re.compile(r"create\s+virtual\s+table\s.*?\busing\s+(\w+)", re.IGNORECASE | re.DOTALL)
_GENERATED = re.compile(r"\bgenerated\s+always\b|\bas\s*\(", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_STEPS_AT_MOST = 2_000_000
"""Steps of the database for its list of tables; an honest one needs a few hundred."""


def check_geopackage(path: Path) -> None:
    """Raise `FileError` unless the file is a GeoPackage, as long as its header claims, of plain tables: without
    views, computed columns, triggers that are not the standard's, and virtual tables other than its index."""
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0") or len(head) < 100:
        raise FileError(f"{path.name} is not a GeoPackage", f"{path.name} 不是 GeoPackage 文件")
    if head[68:72] not in _IDS:
        raise FileError(
            f"{path.name} is an SQLite file but not a GeoPackage",
            f"{path.name} 是 SQLite 文件，但不是 GeoPackage",
        )
    page_bytes: int = struct.unpack(">H", head[16:18])[0]
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    claimed = page_bytes * int(struct.unpack(">I", head[28:32])[0])
    if claimed > path.stat().st_size and head[24:28] == head[92:96]:
        raise cut_short(path.name, claimed, path.stat().st_size)
    _check_schema(path)


def _check_schema(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
            database.set_progress_handler(lambda: 1, _STEPS_AT_MOST)
            schema = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    except (sqlite3.Error, UnicodeDecodeError, ValueError) as error:
        raise FileError(
            f"{path.name} cannot be read: {error}; export it again",
            f"{path.name} 无法读取：{error}；请重新导出",
        ) from error
    for kind, name, sql in schema:
        what = _computes(str(kind), str(name), str(sql))
        if what is not None:
            raise FileError(
                f"{path.name} holds {what[0]} {name!r}; only plain tables are read. Export the layer into a new file",
                f"{path.name} 含{what[1]}“{name}”；只读取普通数据表，请把图层另行导出",
            )


def _computes(kind: str, name: str, sql: str) -> tuple[str, str] | None:
    """What about an entry of the schema would run when it is read or written."""
    if kind == "view" and name.lower() not in _OLD_VIEWS:
        return "the view", "视图"
    if kind == "trigger" and not _OWN_TRIGGERS.match(name):
        return "the trigger", "触发器"
    virtual = _VIRTUAL.match(sql)
    if virtual and virtual[1].lower() != "rtree":
        return "the virtual table", "虚拟表"
    if kind == "table" and not virtual and _GENERATED.search(_QUOTED.sub("''", sql)):
        return "a computed column in", "计算列，位于"
    return None


def add_styles(path: Path, styles: Mapping[str, str]) -> None:
    """Keep the style (QML) of each layer in a GeoPackage, where QGIS looks for it when it opens the layer."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": style,
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "",
            "ui": "",
        }
        for name, style in styles.items()
    ]
    if rows:
        pyogrio.write_dataframe(pd.DataFrame(rows), path, driver="GPKG", layer="layer_styles", append=True)
