"""A layer out to a file that QGIS and Excel open as it is: whole or not at all, and nothing in it computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.crs import require_kept_crs
from geo.errors import FileError
from layers.files.atomic import drafted
from layers.files.formulas import as_read
from layers.files.geopackages import add_styles
from layers.files.headings import headed, sheet_title
from layers.files.shapefiles_out import Encoding, write_shapefile
from layers.files.sheets import inert_table, write_sheets

Frame = TypeVar("Frame", bound=pd.DataFrame)


def write_layer(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    layer: str = "layer",
    lang: str = "en",
    shapes: bool = True,
    style: str | None = None,
    encoding: Encoding = "utf-8",
) -> Path:
    """Write a frame in EPSG:4490 as `.geojson`, `.gpkg`, `.shp`, `.csv` (WKT, UTF-8 with BOM) or `.xlsx`.

    `layer` names the table of a GeoPackage and the sheet of a workbook. A workbook has headings and values in `lang`
    and, with `shapes`, a column of WKT; a GeoPackage carries `style` (QML), with which QGIS opens it; a Shapefile is of
    five files, names of ten letters and `encoding`. Lists are written with `|` between
    the names. In CSV and XLSX a text that a spreadsheet would take for a formula gets an apostrophe in front.
    GeoJSON is written as WGS-84, as its standard wants; that is taken as equal to EPSG:4490. The file appears
    when it is complete. Raises `FileError` for another suffix, a shape too long for a workbook's cell, or what a
    Shapefile cannot keep.
    """
    require_kept_crs(frame, layer)

    def book(to: Path) -> None:
        flat = _flat(frame)
        table = _with_wkt(flat) if shapes else pd.DataFrame(flat.drop(columns="geometry"))
        write_sheets(to, {sheet_title(layer, lang): headed(table, layer, lang)})

    return _written(
        path,
        {
            ".geojson": lambda to: _write_geojson(_flat(frame), to, layer),
            ".gpkg": lambda to: _write_gpkg(_flat(frame), to, layer, style),
            ".shp": lambda to: write_shapefile(_flat(frame), to, path, encoding),
            ".csv": lambda to: _write_csv(_with_wkt(_flat(frame)), to),
            ".xlsx": book,
        },
    )


def write_table(table: pd.DataFrame, path: Path, *, sheet: str = "sheet", lang: str = "en") -> Path:
    """Write rows without geometry as `.csv` or `.xlsx`, as `write_layer` does. Raises `FileError` for another suffix."""
    return _written(
        path,
        {
            ".csv": lambda to: _write_csv(_flat(table), to),
            ".xlsx": lambda to: write_sheets(
                to, {sheet_title(sheet, lang): headed(_flat(table), sheet, lang)}
            ),
        },
    )


def write_tables(tables: Mapping[str, pd.DataFrame], path: Path, *, lang: str = "en") -> list[Path]:
    """Write several tables, by title: sheets of one `.xlsx`, or one `.csv` each, `path` with `-title` in its name.

    Returns the files. Raises `FileError` for another suffix.
    """
    if path.suffix.lower() == ".csv":
        return [
            write_table(table, path.with_name(f"{path.stem}-{title}{path.suffix}"), sheet=title)
            for title, table in tables.items()
        ]

    def book(to: Path) -> None:
        sheets = {
            sheet_title(title, lang): headed(_flat(table), title, lang) for title, table in tables.items()
        }
        write_sheets(to, sheets)

    return [_written(path, {".xlsx": book})]


def write_csv_lines(lines: Iterable[str], path: Path, *, sheet: str, lang: str) -> Path:
    """Write lines of CSV that were made for a `.csv`, the first with the header, as a workbook; texts stay texts.
    Raises `FileError` for more rows than a sheet holds."""
    rows = list(csv.reader(io.StringIO("".join(lines), newline="")))
    table = pd.DataFrame(
        [[as_read(cell) or None for cell in row] for row in rows[1:]], columns=rows[0], dtype="str"
    )
    return write_table(table, path, sheet=sheet, lang=lang)


def _written(path: Path, writers: dict[str, Callable[[Path], None]]) -> Path:
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise FileError(
            f"{path.name}: cannot write {suffix or 'a file without suffix'}; use {', '.join(writers)}",
            f"{path.name}：无法写 {suffix or '无扩展名的文件'}；请使用 {'、'.join(writers)}",
        )
    with drafted(path, make_folder=True) as draft:
        writers[suffix](draft)
    return path


def _flat(frame: Frame) -> Frame:
    """Lists as one text, dates as texts."""
    flat: Frame = frame.reset_index(drop=True)
    for column in flat.columns:
        if column != "geometry" and flat[column].dtype == object:
            flat[column] = pd.Series([_plain(value) for value in flat[column]], dtype="str")
    return flat


def _plain(value: Any) -> str | None:
    if isinstance(value, (list, tuple, np.ndarray)):
        return "|".join(str(item) for item in value) or None
    return None if value is None or value is pd.NA or value != value else str(value)


def _write_geojson(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(
        frame.set_crs("EPSG:4326", allow_override=True),
        path,
        driver="GeoJSON",
        layer=layer,
        COORDINATE_PRECISION=9,
    )


def _write_gpkg(frame: gpd.GeoDataFrame, path: Path, layer: str, style: str | None) -> None:
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=layer, promote_to_multi=_mixed(frame))
    if style is not None:
        add_styles(path, {layer: style})


def _mixed(frame: gpd.GeoDataFrame) -> bool | None:
    """One and many parts in one layer: all are written as many, which old readers want."""
    kinds = set(frame.geometry.geom_type.dropna())
    return True if kinds in ({"Polygon", "MultiPolygon"}, {"LineString", "MultiLineString"}) else None


def _with_wkt(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    wkt = shapely.to_wkt(np.asarray(frame.geometry.array, dtype=object), rounding_precision=9)
    return pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=wkt)


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    inert_table(table).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
