"""A layer as a Shapefile: names of ten letters that our own reader knows again, and an encoding that is said."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.errors import FileError
from layers.files.synonyms import SHORT_NAMES

Encoding = Literal["utf-8", "gbk"]
_CPG: dict[Encoding, str] = {"utf-8": "UTF-8", "gbk": "936"}
_MOST_BYTES = 254
"""What one text of a dBase table holds."""
_KINDS = {
    "Point": "Point",
    "MultiPoint": "MultiPoint",
    "LineString": "LineString",
    "MultiLineString": "LineString",
    "Polygon": "Polygon",
    "MultiPolygon": "Polygon",
}


def write_shapefile(frame: gpd.GeoDataFrame, draft: Path, target: Path, encoding: Encoding) -> None:
    """Write `draft` (.shp) and, beside `target`, the other parts. Raises `FileError` for what a Shapefile cannot keep:
    shapes of several kinds, texts beyond 254 bytes, signs outside the encoding."""
    short = frame.rename(columns={name: SHORT_NAMES.get(str(name), str(name)[:10]) for name in frame.columns})
    _refuse_what_is_lost(short, target.name, encoding)
    flags = [name for name in short.columns if str(short[name].dtype) in ("bool", "boolean")]
    short = short.assign(**{name: short[name].astype("Int8") for name in flags})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names, which are short already
        pyogrio.write_dataframe(short, draft, driver="ESRI Shapefile", encoding=encoding)
    draft.with_suffix(".cpg").write_text(_CPG[encoding], encoding="ascii")
    for part in sorted(draft.parent.iterdir()):
        if part != draft:
            part.chmod(0o600)
            part.replace(target.with_suffix(part.suffix))


def _refuse_what_is_lost(frame: gpd.GeoDataFrame, name: str, encoding: Encoding) -> None:
    kinds = {_KINDS.get(kind, kind) for kind in frame.geometry.geom_type.dropna().unique()}
    if len(kinds) > 1:
        raise FileError(
            f"{name}: a Shapefile holds one kind of shapes, these are {', '.join(sorted(kinds))}; write .gpkg",
            f"{name}：Shapefile 只能存一种图形，现有 {'、'.join(sorted(kinds))}；请改用 .gpkg",
        )
    for column in frame.columns.drop("geometry"):
        if not pd.api.types.is_string_dtype(frame[column].dtype):
            continue
        for text in frame[column].dropna().unique():
            try:
                size = len(str(text).encode(encoding))
            except UnicodeEncodeError:
                raise FileError(
                    f"{name}: {text!r} has signs that GBK lacks; write it as UTF-8",
                    f"{name}：“{text}”含 GBK 没有的字；请用 UTF-8",
                ) from None
            if size > _MOST_BYTES:
                raise FileError(
                    f"{name}: a text in {column} is longer than the 254 bytes a Shapefile keeps; write .gpkg",
                    f"{name}：“{column}”列有文字超过 Shapefile 的 254 字节上限；请改用 .gpkg",
                )
