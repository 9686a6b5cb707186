"""Stations as a list: records, GeoJSON, and tables for spreadsheets. Public places, nothing of who uses them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd

from api.answers.reach_answers import PLACE_DECIMALS, records
from geo.errors import NotFoundError
from geo.frames import STATION_KINDS
from layers.files.writers import write_table
from layers.ground.regions import community_codes, read_communities
from layers.ground.stations import read_stations
from layers.reach.reach import named
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.look.words import station_kind

TableForm = Literal["csv", "xlsx"]


def station_table(
    store: Store,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    lang: str,
) -> pd.DataFrame:
    """The viewer's stations by ref: ref, name, kind, kind_name (in `lang`), floor_area_m2, opening_hours, capacity, opened_on,
    community_code, community, lon, lat (EPSG:4490).

    `codes` are prefixes of communities. A station whose kind nobody said is of kind `other`. Raises `NotFoundError` for a
    prefix that matches no community.
    """
    with store.reading(viewer) as unit:
        seen = None if codes is None else community_codes(unit, prefixes=codes)
        stations, communities = read_stations(unit, codes=seen), read_communities(unit, codes=seen)
    kind = stations["kind"].fillna("other").astype(object)
    if kinds is not None:
        unknown = [one for one in kinds if one not in STATION_KINDS and one not in set(kind)]
        if unknown:
            raise NotFoundError(
                f"there is no station of kind {unknown[0]}", f"没有类型为“{unknown[0]}”的站点"
            )
        stations = stations[kind.isin(list(kinds)).to_numpy()].reset_index(drop=True)
        kind = stations["kind"].fillna("other").astype(object)
    names = dict(zip(communities["code"], communities["name"].fillna(""), strict=True))
    point = stations.geometry
    return pd.DataFrame(
        {
            "ref": stations["ref"],
            "name": stations["name"],
            "kind": kind,
            "kind_name": kind_names(kind, lang),
            "floor_area_m2": stations["floor_area_m2"],
            "opening_hours": stations["opening_hours"],
            "capacity": stations["capacity"],
            "opened_on": stations["opened_on"],
            "community_code": stations["community_code"],
            "community": named(stations["community_code"], names),
            "lon": point.x.round(PLACE_DECIMALS),
            "lat": point.y.round(PLACE_DECIMALS),
        }
    )


def kind_names(kinds: pd.Series, lang: str) -> list[str]:
    """What each kind of station is called."""
    return [station_kind(str(kind), lang) for kind in kinds]


def station_json(table: pd.DataFrame) -> str:
    """The stations as the API's list, places in degrees (EPSG:4490); missing values are null."""
    return json.dumps({"stations": records(table)}, ensure_ascii=False, separators=(",", ":"))


def station_geojson(table: pd.DataFrame) -> str:
    """The stations as a FeatureCollection of points (WGS-84, taken as equal to EPSG:4490)."""
    features = [
        {
            "type": "Feature",
            "id": row["ref"],
            "geometry": {"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]},
            "properties": row,
        }
        for row in records(table)
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    )


def station_file(table: pd.DataFrame, form: TableForm) -> bytes:
    """The stations as a table, one a row; texts that a spreadsheet would compute are made harmless."""
    with TemporaryDirectory() as folder:
        return write_table(table, Path(folder) / f"stations.{form}", sheet="stations").read_bytes()
