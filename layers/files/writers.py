"""A layer out to a file that QGIS and Excel open as it is: whole or not at all, and nothing in it computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

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
from layers.files.atomic import drafted
from layers.files.formulas import inert

Frame = TypeVar("Frame", bound=pd.DataFrame)

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
    return _written(
        path,
        {
            ".geojson": lambda to: _write_geojson(_flat(frame), to, layer),
            ".gpkg": lambda to: _write_gpkg(_flat(frame), to, layer),
            ".csv": lambda to: _write_csv(_with_wkt(_flat(frame)), to),
            ".xlsx": lambda to: _write_xlsx(_with_wkt(_flat(frame)), to, layer),
        },
    )


def write_table(table: pd.DataFrame, path: Path, *, sheet: str = "sheet") -> Path:
    """Write rows without geometry as `.csv` or `.xlsx`, as `write_layer` does. Raises `FileError` for another suffix."""
    return _written(
        path,
        {
            ".csv": lambda to: _write_csv(_flat(table), to),
            ".xlsx": lambda to: _write_xlsx(_flat(table), to, sheet),
        },
    )


def write_tables(tables: Mapping[str, pd.DataFrame], path: Path) -> list[Path]:
    """Write several tables, by title: sheets of one `.xlsx`, or one `.csv` each, `path` with `-title` in its name.

    Returns the files. Raises `FileError` for another suffix.
    """
    if path.suffix.lower() == ".csv":
        return [
            write_table(table, path.with_name(f"{path.stem}-{title}{path.suffix}"), sheet=title)
            for title, table in tables.items()
        ]
    return [_written(path, {".xlsx": lambda to: _write_sheets(to, _flattened(tables))})]


def _flattened(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {title: _flat(table) for title, table in tables.items()}


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


def _write_gpkg(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=layer, promote_to_multi=_mixed(frame))


def _mixed(frame: gpd.GeoDataFrame) -> bool | None:
    """One and many parts in one layer: all are written as many, which old readers want."""
    kinds = set(frame.geometry.geom_type.dropna())
    return True if kinds in ({"Polygon", "MultiPolygon"}, {"LineString", "MultiLineString"}) else None


def _with_wkt(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    wkt = shapely.to_wkt(np.asarray(frame.geometry.array, dtype=object), rounding_precision=9)
    return pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=wkt)


def _inert(table: pd.DataFrame) -> pd.DataFrame:
    texts = [c for c in table.columns if c != "wkt" and pd.api.types.is_string_dtype(table[c].dtype)]
    return table.assign(**{column: table[column].map(inert, na_action="ignore") for column in texts})


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    _inert(table).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_xlsx(table: pd.DataFrame, path: Path, title: str) -> None:
    _write_sheets(path, {title: table})


def _write_sheets(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    book = Workbook(write_only=True)
    for title, table in tables.items():
        table = _inert(table)
        if "wkt" in table and (table["wkt"].str.len() > _MOST_CELL_CHARACTERS).any():
            raise FileError(
                f"{path.name}: a shape is too long for a cell of a workbook; write .csv or .gpkg",
                f"{path.name}：有图形超出单元格长度；请改用 .csv 或 .gpkg",
            )
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, name) for name in table.columns])
        for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
            sheet.append(list(row))
    book.save(path)


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell
