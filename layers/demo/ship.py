"""Writes data/boundaries anew: `python -m layers.demo.ship [FOLDER]`. Run it when the generator changes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.frames import CONTRACTS
from layers.demo.district import generate
from layers.demo.shipped import SHIPPED_SEED

CRS_URN = "urn:ogc:def:crs:EPSG::4490"
TITLES = {
    "districts": ("行政区", "District"),
    "streets": ("街道", "Streets (administrative)"),
    "communities": ("社区", "Communities"),
    "complexes": ("小区", "Residential complexes"),
    "buildings": ("楼栋", "Buildings"),
    "roads": ("道路与铁路", "Roads and railway"),
    "water": ("水系", "Water"),
    "stations": ("服务站点", "Service stations"),
    "grids": ("现状网格", "Grids as they are today, imperfect on purpose"),
}


def ship(folder: Path) -> list[Path]:
    """Write one GeoJSON file per layer and catalog.json into `folder`; the paths written."""
    frames = generate("small", seed=SHIPPED_SEED).frames
    written = []
    for layer in CONTRACTS:
        path = folder / f"{layer}.geojson"
        path.write_text(geojson(layer, frames[layer]), encoding="utf-8")
        written.append(path)
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(_catalog(frames), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [*written, catalog]


def geojson(layer: str, frame: gpd.GeoDataFrame) -> str:
    """A frame as GeoJSON, one feature per line, 9 decimals, lists of names joined by `|`.

    With a `crs` member (as in GeoJSON 2008): RFC 7946 knows WGS-84 only, and this is EPSG:4490.
    """
    names = [name for name in frame.columns if name != frame.geometry.name]
    shapes = [json.loads(text) for text in shapely.to_geojson(frame.geometry.to_numpy())]
    rows = zip(*(frame[name].tolist() for name in names), strict=True)
    features = [
        {"type": "Feature", "properties": dict(zip(names, map(_plain, row), strict=True)), "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    head = json.dumps({"name": layer, "crs": {"type": "name", "properties": {"name": CRS_URN}}})
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    return f'{{"type": "FeatureCollection", {head[1:-1]}, "features": [\n{lines}\n]}}\n'


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return "|".join(value)
    return None if pd.isna(value) else value


def _catalog(frames: dict[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    return {
        "title": {"zh": "锦川区（虚构）小样例", "en": "Jinchuan District (made up), small sample"},
        "source": f"made up by layers.demo, seed {SHIPPED_SEED}; `python -m layers.demo.ship` writes it anew",
        "licence": "CC0-1.0",
        "crs": "EPSG:4490",
        "files": [
            {
                "file": f"{layer}.geojson",
                "layer": layer,
                "title": dict(zip(("zh", "en"), TITLES[layer], strict=True)),
                "features": len(frames[layer]),
                "crs": "EPSG:4490",
                "source": f"made up by layers.demo, seed {SHIPPED_SEED}",
                "licence": "CC0-1.0",
            }
            for layer in CONTRACTS
        ],
    }


def main() -> None:
    """Into the folder given, or data/boundaries of this checkout."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "data" / "boundaries"
    for path in ship(home):
        sys.stdout.write(f"{path} {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
