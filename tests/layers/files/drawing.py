"""Small towns drawn in metres and written to files of every kind, good and bad."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import shapely

from geo.crs import LocalMetres

TOWN = LocalMetres.around(108.7, 34.33)
WEST, EAST = "610402001001", "610402001002"


def degrees(*shapes: shapely.Geometry) -> Any:
    """Shapes drawn in metres around the middle of the town, in degrees."""
    return TOWN.to_degrees(np.array(shapes, dtype=object))


def wkt(shape: shapely.Geometry) -> str:
    """A shape drawn in metres as WKT in degrees."""
    return str(shapely.to_wkt(degrees(shape)[0], rounding_precision=9))


def frame(shapes: list[shapely.Geometry], **columns: Any) -> gpd.GeoDataFrame:
    """Shapes drawn in metres with their columns, in EPSG:4490."""
    return gpd.GeoDataFrame(columns, geometry=degrees(*shapes), crs="EPSG:4490")


def two_communities() -> gpd.GeoDataFrame:
    """West and east of x = 0, 1 km each."""
    halves = [shapely.box(-1000, -500, 0, 500), shapely.box(0, -500, 1000, 500)]
    return frame(halves, code=[WEST, EAST], name=["西社区", "东社区"])


def house(x: float, y: float, size: float = 20.0) -> shapely.Polygon:
    """A square house with its lower left corner at (x, y)."""
    return shapely.box(x, y, x + size, y + size)


def write_csv(path: Path, header: list[str], rows: list[list[Any]], encoding: str = "utf-8") -> Path:
    """A CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_xlsx(path: Path, header: list[str], rows: list[list[Any]], sheet: str = "Sheet1") -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in [header, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def write_geojson(path: Path, made: gpd.GeoDataFrame) -> Path:
    """A GeoJSON file without a crs member."""
    path.write_text(made.set_crs("EPSG:4326", allow_override=True).to_json(drop_id=True), "utf-8")
    return path


def write_shapefile(path: Path, made: gpd.GeoDataFrame, encoding: str, *, cpg: str | None = None) -> Path:
    """A Shapefile with texts in `encoding`; `cpg` is what it says of itself, None for no .cpg."""
    made.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def pack(path: Path, *files: Path) -> Path:
    """A zip of files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


def sheet_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a workbook's first sheet below the header."""
    book = openpyxl.load_workbook(path)
    return list(book.active.iter_rows(min_row=2, values_only=True))


def dump(path: Path, value: Any) -> Path:
    """A JSON file."""
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path
