"""A layer out to a file that QGIS and Excel open as it is: whole or not at all, and nothing in it computes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from geo.crs import require_kept_crs
from geo.errors import FileError

_FORMULA_STARTS = tuple("=+-@\t\r")
_MOST_CELL_CHARACTERS = 32_767
"""What one cell of a workbook can hold."""


def write_layer(frame: gpd.GeoDataFrame, path: Path, *, layer: str = "layer") -> Path:
    """Write a frame in EPSG:4490 as `.geojson`, `.gpkg`, `.csv` (WKT, UTF-8 with BOM) or `.xlsx` (WKT).

    `layer` names the table of a GeoPackage and the sheet of a workbook. Lists are written with `|` between
    the names. In CSV and XLSX a text that a spreadsheet would take for a formula gets an apostrophe in front.
    GeoJSON is written as WGS-84, as its standard wants; that is taken as equal to EPSG:4490. The file appears
    when it is complete. Raises `FileError` for another suffix, or a shape too long for a workbook's cell.
    """
    require_kept_crs(frame, layer)
    writers: dict[str, Callable[[gpd.GeoDataFrame, Path, str], None]] = {
        ".geojson": _write_geojson,
        ".gpkg": _write_gpkg,
        ".csv": _write_csv,
        ".xlsx": _write_xlsx,
    }
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise FileError(
            f"{path.name}: cannot write {suffix or 'a file without suffix'}; use {', '.join(writers)}",
            f"{path.name}：无法写 {suffix or '无扩展名的文件'}；请使用 {'、'.join(writers)}",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        temporary = Path(folder) / path.name
        writers[suffix](_flat(frame), temporary, layer)
        temporary.replace(path)
    return path


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lists as one text, dates as texts."""
    flat = frame.reset_index(drop=True)
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


def _write_gpkg(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=layer, promote_to_multi=_mixed(frame))


def _mixed(frame: gpd.GeoDataFrame) -> bool | None:
    """One and many parts in one layer: all are written as many, which old readers want."""
    kinds = set(frame.geometry.geom_type.dropna())
    return True if kinds in ({"Polygon", "MultiPolygon"}, {"LineString", "MultiLineString"}) else None


def _table(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(frame.drop(columns="geometry"))
    for column in table.columns:
        if pd.api.types.is_string_dtype(table[column].dtype):
            table[column] = table[column].map(_harmless, na_action="ignore")
    return table.assign(
        wkt=shapely.to_wkt(np.asarray(frame.geometry.array, dtype=object), rounding_precision=9)
    )


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_csv(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:  # noqa: ARG001  a CSV has no name inside
    _table(frame).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_xlsx(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    table = _table(frame)
    if (table["wkt"].str.len() > _MOST_CELL_CHARACTERS).any():
        raise FileError(
            f"{path.name}: a shape is too long for a cell of a workbook; write .csv or .gpkg",
            f"{path.name}：有图形超出单元格长度；请改用 .csv 或 .gpkg",
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layer[:31])
    sheet.freeze_panes = "A2"
    header = [_bold(sheet, name) for name in table.columns]
    sheet.append(header)
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        sheet.append(list(row))
    book.save(path)


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell
