"""A version as files that live on without us: one GeoPackage with its styles, tiles, and every layer in plain formats."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from layers.files.atomic import drafted
from layers.files.geopackages import add_styles
from layers.files.writers import write_layer

PACKAGE = "wangge.gpkg"
TILED = ("grids", "communities")
"""Layers that become tiles as well."""
_ZOOMS = {"MINZOOM": 8, "MAXZOOM": 15}


def write_snapshot(
    layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, str], folder: Path
) -> list[Path]:
    """Write layers (EPSG:4490, by name) to `folder`: `wangge.gpkg` with all of them and the styles QGIS opens them with,
    `NAME.pmtiles` of grids and communities, and each as `.geojson`, `.csv` and `.xlsx`. Empty layers are left out.

    Each file appears whole. Returns them. Raises `FileError` for what the file system refuses.
    """
    there = {name: frame for name, frame in layers.items() if len(frame)}
    made = [_package(there, styles, folder / PACKAGE)]
    for name, frame in there.items():
        made += [
            write_layer(frame, folder / f"{name}{suffix}", layer=name) for suffix in (".geojson", ".csv")
        ]
        if name in TILED:
            made += [_tiles(frame, folder / f"{name}.pmtiles", name)]
            made.append(_table(frame, folder / f"{name}.xlsx", name))
    return made


def _package(layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, str], path: Path) -> Path:
    with drafted(path, make_folder=True) as draft:
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                _plain(frame), draft, driver="GPKG", layer=name, promote_to_multi=True, append=draft.exists()
            )
        add_styles(draft, {name: styles[name] for name in layers if name in styles})
    return path


def _tiles(frame: gpd.GeoDataFrame, path: Path, name: str) -> Path:
    with drafted(path, make_folder=True) as draft:
        pyogrio.write_dataframe(
            _plain(frame).set_crs("EPSG:4326", allow_override=True),
            draft,
            driver="PMTiles",
            layer=name,
            **_ZOOMS,
        )
    return path


def _table(frame: gpd.GeoDataFrame, path: Path, name: str) -> Path:
    from layers.files.writers import write_table

    return write_table(pd.DataFrame(frame.drop(columns="geometry")), path, sheet=name)


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dates and lists as texts, which every driver takes."""
    flat = frame.reset_index(drop=True)
    for column in flat.columns:
        if column != "geometry" and flat[column].dtype == object:
            flat[column] = flat[column].map(
                lambda value: (
                    "|".join(map(str, value))
                    if isinstance(value, (list, tuple))
                    else None
                    if value is None
                    else str(value)
                )
            )
    return flat
