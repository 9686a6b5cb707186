"""Registers to write addresses of: a made-up one, with towers and plates of two numbers besides, and one of a folder."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.addresses.text.characters import sound
from layers.files.gazetteers import read_gazetteer
from tests.geo.addresses.made_up import make_register

_STORED = ("complexes", "buildings", "roads")


class Home(NamedTuple):
    """A complex whose name is no other's."""

    name: str
    street: str
    community: str
    plate: str
    houses: list[Any]


class Registers(NamedTuple):
    """A register, the same without every second complex, and what may be written of them."""

    whole: Gazetteer
    without: Gazetteer
    homes: list[Home]
    withheld: list[Home]
    areas: Areas
    lone: pd.DataFrame


def _registers(
    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    areas: Areas,
    homes: dict[str, Home],
    lone: pd.DataFrame,
) -> Registers:
    """Both registers of complexes, buildings and roads; `homes` by complex."""
    complexes, buildings, roads = frames
    out = set(complexes.complex_id[1::2])
    kept = buildings[~buildings.complex_id.isin(out)]
    alone = _alone(list(homes.values()))
    names = {home.name for home in alone}
    return Registers(
        Gazetteer.from_frames(complexes, buildings, roads=roads, areas=areas),
        Gazetteer.from_frames(complexes[~complexes.complex_id.isin(out)], kept, roads=roads, areas=areas),
        alone,
        [home for owner, home in homes.items() if owner in out and home.name in names],
        areas,
        lone,
    )


def made_up(count: int, seed: int) -> Registers:
    """A made-up register with towers and plates of two numbers besides."""
    made = make_register(complexes=count, seed=seed)
    lone = []
    rng = np.random.default_rng(seed)
    for i in range(60):
        road = made.roads.road.iloc[i % len(made.roads)]
        number = 2_000 + i
        kind = "tower" if i % 2 else "two plates"
        first = 12 + 2 * int(rng.integers(40))
        plate = f"{road}{number}号" if i % 2 else f"{road}{first}-{first + 1}号"
        lone.append(
            {"building_id": f"L{i:03d}", "complex_id": f"XL{i:03d}" if i % 2 else "", "kind": kind, "name": "主楼" if i % 2 else "",
             "road_addresses": plate, "street": made.areas.streets[0][0], "tower": f"{'甲乙丙丁戊己'[i // 10]}{'金银铜铁锡'[i % 5]}中心"}
        )  # fmt: skip
    extra = pd.DataFrame(lone).drop_duplicates("road_addresses")
    towers = extra[extra.kind == "tower"].assign(name=lambda rows: rows.tower)
    complexes = pd.concat(
        [made.complexes, towers[["complex_id", "name", "street", "road_addresses"]]]
    ).fillna("")
    buildings = pd.concat(
        [made.buildings, extra[["building_id", "complex_id", "name", "road_addresses", "street"]]]
    )
    buildings = buildings.fillna(
        {"units": 0, "no_unit": 0, "floors": 0, "rooms_per_floor": 0, "grid_id": ""}
    ).fillna("")
    whole = {"units": int, "no_unit": int, "floors": int, "rooms_per_floor": int}
    homes = {
        row["complex_id"]: Home(row["name"], row["street"], row["community"], row["road_addresses"], list(made.houses[row["complex_id"]].values()))
        for row in made.complexes.to_dict("records")
    }  # fmt: skip
    return _registers((complexes, buildings.astype(whole), made.roads), made.areas, homes, extra)


class Standing(NamedTuple):
    """A building of a stored register."""

    building_id: str
    key: str
    units: int
    floors: int
    rooms: int


def stored(folder: Path) -> Registers:
    """The register of a folder; its buildings with numbers only."""
    areas = read_gazetteer(folder).areas
    complexes, buildings, roads = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in _STORED
    )
    numbered = buildings[buildings.key.str.fullmatch("[0-9]+") & buildings.room_style.eq("floor2")]
    houses = {
        owner: [
            Standing(row.building_id, row.key, 1 if row.no_unit == "1" else int(row.units), int(row.floors), int(row.rooms_per_floor))
            for row in rows.itertuples()
        ]
        for owner, rows in numbered.groupby("complex_id")
    }  # fmt: skip
    homes = {
        row["complex_id"]: Home(row["name"], row["street"], row["community"], row["road_addresses"].split("|")[0], houses[row["complex_id"]])
        for row in complexes.to_dict("records")
        if row["complex_id"] in houses
    }  # fmt: skip
    return _registers((complexes, buildings, roads), areas, homes, pd.DataFrame({"kind": []}))


def _alone(homes: list[Home]) -> list[Home]:
    """The homes whose name, as sounded, neither is another's nor stands within one."""
    heard = Counter(sound(home.name) for home in homes)
    return [home for home in homes if heard[sound(home.name)] == 1]
