"""One file to one raw frame: the columns as their owner named them, the rows as their owner counts them, the CRS
as the file says it. What the columns mean is decided in `layers.files.mapping`."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geo.errors import Fault, FileError, Words
from layers.files.geojson import read_geojson
from layers.files.geopackages import check_geopackage
from layers.files.headers import check_shapefile
from layers.files.layout import Table
from layers.files.limits import DEFAULT, Limits, open_file, too_many, unpack
from layers.files.shapefiles import RAW, with_texts
from layers.files.synonyms import known_names, plain
from layers.files.tables import SHAPE_NAMES, Known, has_shapes, read_csv, read_workbook, with_shapes

LAYER_NAMES = {
    "districts": ("districts", "district", "区县", "行政区"),
    "streets": ("streets", "street", "街道", "镇街", "roads", "road", "道路", "路网"),
    "communities": ("communities", "community", "admin", "社区"),
    "complexes": ("complexes", "complex", "residential", "小区", "住宅小区"),
    "buildings": ("buildings", "building", "楼栋", "建筑", "建筑物", "房屋"),
    "roads": ("roads", "road", "highways", "道路", "路网"),
    "water": ("water", "水系", "水体", "河流"),
    "stations": ("stations", "station", "站点", "服务站点", "驿站"),
    "grids": ("grids", "grid", "网格"),
}
"""Names under which a file of several layers may keep each of ours. Lines among `streets` are roads."""

_SHAPEFILE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_FARTHEST = 1e9
"""Degrees, metres and feet of every CRS stay below this."""
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls")


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds."""

    name: str
    """The file's name, without its folder."""
    frame: gpd.GeoDataFrame
    """Columns as in the file; geometry is 2D or None; `crs` is None when the file does not say it."""
    rows: np.ndarray[Any, np.dtype[np.int64]]
    """For each row the number its owner knows: spreadsheet row, or 1-based feature number."""
    spreadsheet: bool = False
    """CSV or a workbook: its texts may end up in a spreadsheet program again."""
    ledger: bool = False
    """A table without any column of shapes; its geometry is empty."""
    cut_names: bool = False
    """A Shapefile: its column names may be cut at ten bytes."""
    spread: set[tuple[int, str]] = field(default_factory=set)
    """Record and column of numbers that one merged cell gives to several rows."""
    faults: list[Fault] = field(default_factory=list)
    """Cells and rows that could not be read."""
    notes: list[Words] = field(default_factory=list)
    crs_said: Words | None = None
    """What is known of coordinates whose CRS is not."""


def read_source(
    path: Path,
    *,
    layer: str,
    table: str | None = None,
    shape_columns: Mapping[str, str] | None = None,
    ledger: bool = False,
    known: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Source:
    """Read GeoJSON (also newline-delimited), GeoPackage, Shapefile (also zipped), CSV, XLSX or XLS.

    `table` names the layer of a GeoPackage or the sheet of a workbook; without it, a GeoPackage of several
    layers is searched for the names of `layer` (`LAYER_NAMES`). A table without any column of shapes comes with
    empty geometry when `ledger` allows it. `known` are more names its header may hold. Raises `FileError` for everything that is damaged, too large, or not
    what its name says.
    """
    names = {**(known or {}), **(shape_columns or {})}
    return _on_earth(_read(open_file(path, limits), layer, table, shape_columns or {}, names, ledger, limits))


def read_rows(
    path: Path,
    *,
    layer: str,
    sheet: str | None = None,
    names: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Source:
    """Read a CSV, XLSX or XLS of rows without shapes; its geometry is empty. `layer` and `names` (ours -> theirs)
    tell what its header may say. Raises `FileError` as `read_source` does."""
    resolved = open_file(path, limits)
    suffix = resolved.suffix.lower()
    if suffix not in _TABLES:
        raise FileError(
            f"{resolved.name}: a list comes as .csv, .xlsx or .xls, not {suffix or 'without suffix'}",
            f"{resolved.name}：名单应为 .csv、.xlsx 或 .xls 文件，不能是 {suffix or '无扩展名文件'}",
        )
    return _without_shapes(resolved, *_read_table(resolved, sheet, _known(layer, names or {}), limits))


def _known(layer: str, named: Mapping[str, str]) -> Known:
    """Whether a cell is a column name of `layer`, or one that the mapping file names."""
    names = known_names(layer) | {plain(name) for said in SHAPE_NAMES.values() for name in said}
    names |= {plain(name) for name in named.values()}
    return lambda cell: plain(cell) in names


def _read_table(path: Path, sheet: str | None, known: Known, limits: Limits) -> tuple[Table, list[Words]]:
    suffix = path.suffix.lower()
    workbook, notes = _looks_like(path, suffix)
    if workbook:
        return read_workbook(path, sheet, known, limits), notes
    return read_csv(path, known, limits), notes


def _without_shapes(path: Path, found: Table, notes: list[Words]) -> Source:
    empty = gpd.GeoSeries([None] * len(found.rows), index=found.data.index)
    frame = gpd.GeoDataFrame(found.data.rename(columns={"geometry": "geometry "}), geometry=empty)
    return _of_table(path, found, frame, found.faults, notes)


def _of_table(
    path: Path, found: Table, frame: gpd.GeoDataFrame, faults: list[Fault], notes: list[Words]
) -> Source:
    rows = np.asarray(found.rows, dtype=np.int64)
    return Source(
        path.name,
        _with_known_crs(frame),
        rows,
        spreadsheet=True,
        spread=found.spread,
        faults=faults,
        notes=[*notes, *found.notes],
    )


def _read(
    resolved: Path,
    layer: str,
    table: str | None,
    shape_columns: Mapping[str, str],
    names: Mapping[str, str],
    ledger: bool,
    limits: Limits,
) -> Source:
    suffix = resolved.suffix.lower()
    if suffix in _TABLES:
        found, notes = _read_table(resolved, table, _known(layer, names), limits)
        if ledger and not has_shapes(found, shape_columns):
            return replace(_without_shapes(resolved, found, notes), ledger=True)
        shapes = with_shapes(found, resolved.name, shape_columns, limits)
        return _of_table(resolved, found, shapes.frame, shapes.faults, notes)
    if suffix in (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson"):
        features = read_geojson(resolved, limits)
        numbers = np.arange(1, len(features.frame) + 1)
        return Source(
            resolved.name,
            _with_known_crs(features.frame),
            numbers,
            faults=features.faults,
            notes=features.notes,
            crs_said=features.notes[0] if features.frame.crs is None and features.notes else None,
        )
    if suffix == ".gpkg":
        check_geopackage(resolved)
        return _read_features(resolved, resolved.name, _choose_layer(resolved, layer, table), limits)
    if suffix == ".shp":
        return _read_shapefile(resolved, resolved.name, limits)
    if suffix == ".zip":
        return _read_zip(resolved, limits)
    return _refuse_format(resolved, suffix)


def _on_earth(source: Source) -> Source:
    """Shapes with coordinates that no CRS of the earth has become faults, before anything computes with them."""
    shapes = np.asarray(source.frame.geometry.array, dtype=object)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = np.unique(owner[~(np.abs(xy) < _FARTHEST).all(axis=1)])
    if not len(bad):
        return source
    words = Words("a coordinate is not a number of any place on earth", "坐标数值无效，不是地球上的位置")
    faults = [Fault(int(source.rows[i]), "geometry", "", words) for i in bad]
    kept = shapes.copy()
    kept[bad] = None
    frame = source.frame.set_geometry(gpd.GeoSeries(kept, source.frame.index, crs=source.frame.crs))
    return replace(source, frame=frame, faults=[*source.faults, *faults])


def _looks_like(path: Path, suffix: str) -> tuple[bool, list[Words]]:
    """Whether the file is a workbook, by its first bytes, and what is said when its name says otherwise."""
    with path.open("rb") as file:
        head = file.read(512)
    if suffix == ".xls" and not head.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08")):
        if head.startswith(b"PK"):
            raise FileError(
                f"{path.name} is an .xlsx workbook with the suffix .xls; rename it to .xlsx",
                f"{path.name} 实际是 .xlsx 工作簿；请把扩展名改为 .xlsx",
            )
        if b"<" in head.replace(b"\0", b"")[:64]:
            raise FileError(
                f"{path.name} is a web page with the suffix .xls; open it in a spreadsheet program and save it as .xlsx",
                f"{path.name} 实际是网页；请用表格软件打开并另存为 .xlsx",
            )
        return False, [
            Words(
                f"{path.name} is a text file and was read as CSV",
                f"{path.name} 实际是文本文件，已按 CSV 读取",
            )
        ]
    if suffix not in (".xlsx", ".xls") and head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite")):
        raise FileError(
            f"{path.name} is not a text file; was a workbook renamed? Save it as CSV or .xlsx",
            f"{path.name} 不是文本文件（可能是改了名的工作簿）；请另存为 CSV 或 .xlsx",
        )
    if suffix == ".xlsx" and not head.startswith(b"PK"):
        raise FileError(
            f"{path.name} is not an XLSX workbook (or is locked with a password); open it in a spreadsheet program "
            "and save it as .xlsx",
            f"{path.name} 不是 XLSX 工作簿（或设有密码）；请用表格软件打开并另存为 .xlsx",
        )
    return suffix in (".xlsx", ".xls"), []


def _refuse_format(path: Path, suffix: str) -> NoReturn:
    if suffix in (".pbf", ".osm"):
        raise FileError(
            f"{path.name} is OpenStreetMap data; use `wangge import osm`",
            f"{path.name} 是 OpenStreetMap 数据；请使用 wangge import osm",
        )
    raise FileError(
        f"{path.name}: format {suffix or 'without suffix'} is not supported; use .geojson, .gpkg, .shp, .zip (Shapefile), "
        ".csv, .xlsx or .xls",
        f"{path.name}：不支持 {suffix or '无扩展名'} 格式；请使用 .geojson、.gpkg、.shp、.zip（Shapefile）、.csv、.xlsx 或 .xls",
    )


# ---------------------------------------------------------------- what GDAL reads


def _choose_layer(path: Path, layer: str, table: str | None) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions GDAL knows only in part
        try:
            listed = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        except Exception as error:  # whatever GDAL and its wrapper make of damaged bytes
            raise _unreadable(path.name, error) from error
    if table is not None:
        if table in listed:
            return table
        raise FileError(
            f"{path.name} has no layer {table!r}; it has: {', '.join(listed)}",
            f"{path.name} 没有图层“{table}”；现有：{'、'.join(listed)}",
        )
    if len(listed) == 1:
        return listed[0]
    lower = {name.lower(): name for name in reversed(listed)}
    for name in LAYER_NAMES[layer]:
        if name in lower:
            return lower[name]
    raise FileError(
        f"{path.name} has the layers {', '.join(listed) or 'none'}; say which one holds the {layer} (--table)",
        f"{path.name} 含图层：{'、'.join(listed) or '无'}；请用 --table 指明哪个是 {layer}",
    )


def _read_features(
    path: Path, name: str, layer: str, limits: Limits, *, encoding: str | None = None
) -> Source:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # GDAL warns of single shapes; each is checked here and blamed by row
        try:
            features = int(pyogrio.read_info(path, layer=layer, encoding=encoding)["features"])
            if features <= limits.rows:
                frame = pyogrio.read_dataframe(
                    path, layer=layer, encoding=encoding, force_2d=True, on_invalid="ignore"
                )
        except Exception as error:  # whatever GDAL and its wrapper make of damaged bytes
            raise _unreadable(name, error) from error
    if features > limits.rows:
        raise too_many(name, features, limits)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise FileError(f"{name}: {layer} has no shapes", f"{name}：{layer} 没有图形")
    if frame.empty:
        raise FileError(f"{name} holds no features", f"{name} 没有任何要素")
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    frame = _with_known_crs(frame.reset_index(drop=True))
    return Source(name, frame, np.arange(1, len(frame) + 1))


def _with_known_crs(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A CRS that says it is undefined is none."""
    crs = frame.crs
    if crs is not None and (crs.is_engineering or crs.name.lower().startswith(("undefined", "unknown"))):
        return frame.set_crs(None, allow_override=True)
    return frame


def _read_shapefile(path: Path, name: str, limits: Limits) -> Source:
    parts = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower()}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise FileError(
            f"{name} is incomplete: {', '.join(missing)} is missing; keep .shp, .shx, .dbf and .prj together",
            f"{name} 不完整：缺少 {'、'.join(missing)}；.shp、.shx、.dbf、.prj 应放在一起",
        )
    count = check_shapefile(path, parts[".shx"], parts[".dbf"])
    if count > limits.rows:
        raise too_many(name, count, limits)
    source = _read_features(path, name, path.stem, limits, encoding=RAW)
    frame, notes = with_texts(source.frame, parts.get(".cpg"), name)
    if ".prj" not in parts:
        notes.append(
            Words("there is no .prj file beside the Shapefile", "Shapefile 旁没有 .prj 文件，坐标系未注明")
        )
    return replace(source, frame=frame, cut_names=True, notes=notes)


def _read_zip(path: Path, limits: Limits) -> Source:
    with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
        files = unpack(path, Path(folder), suffixes=_SHAPEFILE_PARTS, limits=limits)
        shapefiles = [file for file in files if file.suffix.lower() == ".shp"]
        if len(shapefiles) != 1:
            raise FileError(
                f"{path.name} holds {len(shapefiles)} Shapefiles; pack exactly one (.shp, .shx, .dbf, .prj)",
                f"{path.name} 内有 {len(shapefiles)} 个 Shapefile；请只打包一个（.shp、.shx、.dbf、.prj）",
            )
        return _read_shapefile(shapefiles[0], path.name, limits)


def _unreadable(name: str, error: Exception) -> FileError:
    reason = str(error).replace("\n", " ")[:200]
    return FileError(
        f"{name} cannot be read: {reason}; export it again", f"{name} 无法读取：{reason}；请重新导出"
    )
