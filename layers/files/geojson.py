"""GeoJSON to a raw frame, feature by feature, so that a fault can name the feature it is in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.datums import datum_of
from geo.errors import Fault, FileError, Words
from geo.texts import shown
from layers.files.encoding import decode
from layers.files.faults import MOST_FAULTS
from layers.files.limits import Limits, too_many


class Features(NamedTuple):
    """The features of a file."""

    frame: gpd.GeoDataFrame
    faults: list[Fault]
    notes: list[Words]


def read_geojson(path: Path, limits: Limits) -> Features:
    """A FeatureCollection, one Feature, or one Feature a line; WGS-84 unless it names another CRS.

    The `id` of a feature becomes the column `id`. What is no feature or no shape becomes a fault; its row is
    the 1-based feature number. Raises `FileError`.
    """
    text = decode(path.read_bytes(), path.name).text
    features, crs, notes = _features(path.name, text)
    del text
    if not features:
        raise FileError(f"{path.name} holds no features", f"{path.name} 没有任何要素")
    if len(features) > limits.rows:
        raise too_many(path.name, len(features), limits)
    faults: list[Fault] = []
    shapes: list[str | None] = []
    records: list[dict[str, Any]] = []
    for row, feature in enumerate(features, start=1):
        sound = isinstance(feature, dict) and feature.get("type") == "Feature"
        if not sound:
            words = Words("this is not a GeoJSON Feature", "不是 GeoJSON 要素（Feature）")
            faults.append(Fault(row, None, shown(repr(feature), most=40), words))
            if len(faults) > MOST_FAULTS:
                raise FileError(
                    f"{path.name}: more than {MOST_FAULTS:,} of its features are none; export it again",
                    f"{path.name}：超过 {MOST_FAULTS:,} 个要素无效；请重新导出",
                )
        shapes.append(json.dumps(feature["geometry"]) if sound and feature.get("geometry") else None)
        properties = feature.get("properties") if sound else None
        record = dict(properties) if isinstance(properties, dict) else {}
        if sound and "id" in feature and "id" not in record:
            record["id"] = feature["id"]
        records.append({str(k): _plain(v) for k, v in record.items()})
    geometry = shapely.from_geojson(np.array(shapes, dtype=object), on_invalid="ignore")
    words = Words("the geometry is not GeoJSON", "geometry 不是有效的 GeoJSON 图形")
    faults += [
        Fault(int(i) + 1, "geometry", str(shapes[i])[:60], words)
        for i in np.flatnonzero(shapely.is_missing(geometry))
        if shapes[i] is not None
    ]
    data = pd.DataFrame.from_records(records, index=range(len(records))).astype(object)
    if data.shape[1] > limits.columns:
        raise FileError(
            f"{path.name} has {data.shape[1]} columns, too many", f"{path.name} 列数过多：{data.shape[1]}"
        )
    data = data.rename(columns={"geometry": "geometry "})
    frame = gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapely.force_2d(geometry), data.index, crs=crs))
    return Features(frame, faults, notes)


def _plain(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _features(name: str, text: str) -> tuple[list[Any], str | None, list[Words]]:
    text = text.lstrip("\ufeff \t\r\n\x1e")
    try:
        whole = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _feature_lines(name, text), "EPSG:4326", []
        raise FileError(
            f"{name} is not JSON (line {error.lineno}: {error.msg}); export it again",
            f"{name} 不是有效的 JSON（第 {error.lineno} 行：{error.msg}）；请重新导出",
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} is not GeoJSON: {error}", f"{name} 不是 GeoJSON：{error}") from error
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind == "FeatureCollection" and isinstance(whole.get("features"), list):
        return whole["features"], *_named_crs(name, whole)
    if kind == "Feature":
        return [whole], *_named_crs(name, whole)
    raise FileError(
        f"{name} is JSON of type {kind!r}, not a GeoJSON FeatureCollection",
        f"{name} 是 {kind!r} 类型的 JSON，不是 GeoJSON FeatureCollection",
    )


def _feature_lines(name: str, text: str) -> list[Any]:
    features = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip(" \t\x1e"):
            continue
        try:
            features.append(json.loads(line.strip(" \t\x1e"), parse_constant=_refuse_constant))
        except (ValueError, RecursionError) as error:
            raise FileError(
                f"{name}, line {number} is not JSON: {error}",
                f"{name} 第 {number} 行不是有效的 JSON：{error}",
            ) from error
    return features


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number in JSON")


_EPSG = re.compile(r"EPSG\W*(?:[\d.]*[:/])?\s*(\d{4,6})(?!\d)", re.IGNORECASE)
"""In every form: EPSG:4490, urn:ogc:def:crs:EPSG::4490, .../ref/epsg/4490/, CGCS2000 (EPSG:4490)."""
_WGS84 = re.compile(r".*CRS:?84.*|(GCS_)?WGS[ _-]?(19)?84", re.IGNORECASE)
_CGCS2000 = re.compile(
    r"CGCS[ _-]?2000|国家?2000.*|(GCS_)?China[ _]Geodetic[ _]Coordinate[ _]System[ _]2000", re.IGNORECASE
)


def _named_crs(name: str, whole: dict[str, Any]) -> tuple[str | None, list[Words]]:
    """The CRS a GeoJSON file names in the old `crs` member, in any of the usual forms; WGS-84 without one
    (RFC 7946). One that is not understood is none, and said."""
    if "crs" not in whole:
        return "EPSG:4326", []
    said = whole["crs"]
    if said is None:
        return None, []
    properties = said.get("properties", said) if isinstance(said, dict) else said
    text = str(_name_in(properties) if isinstance(properties, dict) else properties).strip()
    if match := _EPSG.search(text):
        return f"EPSG:{match[1]}", []
    if re.fullmatch(r"\d{4,6}", text):
        return f"EPSG:{text}", []
    if _WGS84.fullmatch(text):
        return "EPSG:4326", []
    if _CGCS2000.fullmatch(text):
        return "EPSG:4490", []
    what = shown(text or str(said), most=80)
    if vendor := datum_of(text):
        return None, [
            Words(
                f"{name} says its coordinates are {what}; declare them with --crs {vendor}",
                f"{name} 注明坐标为 {what}；请用 --crs {vendor} 声明",
            )
        ]
    return None, [
        Words(
            f"{name} names a CRS that is not understood ({what}); the one declared with --crs counts",
            f"{name} 注明的坐标系无法识别（{what}）；以 --crs 声明的为准",
        )
    ]


def _name_in(properties: dict[str, Any]) -> Any:
    """What an object says of its CRS under one of the usual members."""
    return next((properties[key] for key in ("name", "code", "href", "init") if key in properties), "")
