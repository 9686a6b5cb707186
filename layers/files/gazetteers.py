"""A gazetteer from its folder: admin.json, complexes.csv, buildings.csv and, where there is one, roads.csv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.errors import FileError
from layers.files.encoding import decode
from layers.files.limits import DEFAULT, open_file
from layers.files.tables import read_csv


def read_gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer kept in `folder`. `complexes.csv` and `buildings.csv` are needed, `roads.csv` and `admin.json`
    (prov, city, district, streets, communities with their street) are used where they are there.

    Raises `FileError` for what cannot be read, `InputError` for what contradicts itself.
    """
    if not folder.is_dir():
        raise FileError(
            f"no folder {folder}; give the folder that holds complexes.csv and buildings.csv",
            f"找不到文件夹 {folder}；请给出含 complexes.csv 与 buildings.csv 的文件夹",
        )
    roads = folder / "roads.csv"
    admin = folder / "admin.json"
    return Gazetteer.from_frames(
        _table(folder / "complexes.csv"),
        _table(folder / "buildings.csv"),
        roads=_table(roads) if roads.exists() else None,
        areas=_areas(admin) if admin.exists() else None,
    )


def _table(path: Path) -> pd.DataFrame:
    table = read_csv(open_file(path), lambda _: False, DEFAULT)
    if table.faults:
        first = table.faults[0]
        raise FileError(
            f"{path.name}, row {first.row}: {first.reason.en}",
            f"{path.name} 第 {first.row} 行：{first.reason.zh}",
        )
    return table.data.fillna("")


def _areas(path: Path) -> Areas:
    try:
        said: Any = json.loads(decode(open_file(path).read_bytes(), path.name).text)
        return Areas(
            province=str(said.get("prov", "")),
            city=str(said.get("city", "")),
            district=str(said.get("district", "")),
            streets=tuple(_street(street) for street in said.get("streets", ())),
            communities=tuple(
                (str(one["name"]), str(one.get("street", ""))) for one in said.get("communities", ())
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileError(
            f"{path.name} is not the description of a district ({error}); it holds prov, city, district, streets, communities",
            f"{path.name} 不是区划说明（{error}）；应含 prov、city、district、streets、communities",
        ) from error


def _street(said: Any) -> tuple[str, tuple[str, ...]]:
    if isinstance(said, str):
        return said, ()
    return str(said["name"]), tuple(str(name) for name in said.get("other_names", ()))
