"""What a register knows of names: complexes, buildings, roads and areas, compiled for reading addresses.

A gazetteer is built once from frames, never changes, and may be shared between threads and sent to processes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geo.addresses.fuzzy import Names
from geo.addresses.names import Form
from geo.addresses.normalise import normalise, plain_name
from geo.addresses.numerals import NUMBER, numbers_to_digits, to_digits
from geo.addresses.spellings import bracketed, parts_of, spellings
from geo.addresses.tails import read_tail
from geo.errors import InputError

COMPLEX_COLUMNS = (
    "complex_id",
    "name",
    "base",
    "phase",
    "kind",
    "street",
    "community",
    "aliases",
    "road_addresses",
)
BUILDING_COLUMNS = (
    "building_id", "complex_id", "name", "key", "style", "no_unit", "units", "floors", "rooms_per_floor", "room_style", "grid_id",
)  # fmt: skip
_NEEDED = {"complexes": ("complex_id", "name"), "buildings": ("building_id", "complex_id", "name")}
ROAD_ADDRESS = re.compile(rf"(.+?)({NUMBER}(?:-[0-9]+)?)号?(?:院|院内)?")
_NUMBERED = re.compile(r"[0-9A-Z]+")


@dataclass(frozen=True, slots=True)
class Areas:
    """The district a gazetteer is of, with its streets and communities."""

    province: str = ""
    city: str = ""
    district: str = ""
    streets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name and other names of each street."""
    communities: tuple[tuple[str, str], ...] = ()
    """Name of each community and of its street."""


@dataclass(frozen=True, slots=True)
class Building:
    """One building as the register knows it; zero and empty where it does not."""

    building_id: str
    complex_row: int
    name: str
    key: str
    """Its number, letter or name without classifier: 3, 12A, B, 芙蓉阁."""
    grid_id: str
    no_unit: bool
    units: int
    floors: int
    rooms_per_floor: int
    rooms_in_sequence: bool
    """Rooms are counted through the unit (1, 2, 3 …) and not by floor (101, 102, 201 …)."""


@dataclass(frozen=True, slots=True)
class Complex:
    """One complex as the register knows it."""

    complex_id: str
    name: str
    street: str
    community: str
    buildings: Mapping[str, int]
    """Building key to row; a key that two buildings share is not in it."""
    rows: tuple[int, ...]
    """All its buildings."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names and what they name. Make it with `from_frames`."""

    areas: Areas
    complexes: tuple[Complex, ...]
    buildings: tuple[Building, ...]
    names: Names
    """Spellings of complexes; owners are rows of `complexes`."""
    roads: tuple[str, ...]
    road_names: Names
    """Spellings of roads, old names included; owners are rows of `roads`."""
    old_roads: Mapping[str, str]
    """Old name to the name of today."""
    doors: Mapping[tuple[int, str], frozenset[int]]
    """Road row and door plate to the complexes that have it."""
    roads_of: Mapping[int, frozenset[int]]
    """Road row to the complexes with a door plate on it."""
    named_buildings: frozenset[str] = field(default_factory=frozenset)
    """Names of buildings that carry no number."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    bracketed: frozenset[str] = frozenset()
    """What stands in brackets in names: in an address it is part of the name, too."""
    short_areas: str = ""
    """Province, city and district without 省, 市 and 区: how they stand before a name in short."""

    @classmethod
    def from_frames(
        cls,
        complexes: pd.DataFrame,
        buildings: pd.DataFrame,
        *,
        roads: pd.DataFrame | None = None,
        areas: Areas | None = None,
    ) -> Gazetteer:
        """Compile a gazetteer.

        `complexes`: complex_id, name and, where known, base, phase, kind, street, community, aliases and
        road_addresses (text joined by `|`, or tuples). `buildings`: building_id, complex_id, name and, where
        known, key, no_unit, units, floors, rooms_per_floor, room_style (`seq`), grid_id. `roads`: road, old_name.
        Raises `InputError` for a missing column, an id given twice, or a building of an unknown complex.

        >>> homes = pd.DataFrame({"complex_id": ["C1"], "name": ["芙蓉苑"], "road_addresses": ["思源中路29号"]})
        >>> houses = pd.DataFrame({"building_id": ["B1"], "complex_id": ["C1"], "name": ["3号楼"]})
        >>> Gazetteer.from_frames(homes, houses).buildings[0].key
        '3'
        """
        _check("complexes", complexes)
        _check("buildings", buildings)
        homes = _records(complexes, COMPLEX_COLUMNS)
        row_of = {home["complex_id"]: row for row, home in enumerate(homes)}
        houses = _buildings(_records(buildings, BUILDING_COLUMNS), row_of)
        streets = _Streets.of(homes, roads)
        return cls(
            areas=areas or Areas(),
            complexes=_complexes(homes, houses),
            buildings=houses,
            names=Names(spellings(homes, _own(areas or Areas()))),
            roads=tuple(streets.names),
            road_names=Names(streets.spellings()),
            old_roads=streets.old,
            doors={key: frozenset(owners) for key, owners in streets.doors.items()},
            roads_of={road: frozenset(owners) for road, owners in streets.owners.items()},
            named_buildings=frozenset(
                plain_name(house.name) for house in houses if not _NUMBERED.fullmatch(house.key)
            ),
            kinds={home["complex_id"]: home["kind"] for home in homes},
            bracketed=bracketed(homes),
            short_areas=_short(areas or Areas()),
        )


def _own(areas: Areas) -> tuple[str, str, str]:
    """Province, city and district, plain."""
    return plain_name(areas.province), plain_name(areas.city), plain_name(areas.district)


def _short(areas: Areas) -> str:
    province, city, district = _own(areas)
    return province.removesuffix("省") + city.removesuffix("市") + district.removesuffix("区")


class _Streets:
    """Roads with their old names and the door plates on them, while they are gathered."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.old: dict[str, str] = {}
        self.doors: dict[tuple[int, str], set[int]] = defaultdict(set)
        self.owners: dict[int, set[int]] = defaultdict(set)

    @classmethod
    def of(cls, homes: list[dict[str, Any]], roads: pd.DataFrame | None) -> _Streets:
        """The roads of the list and of the complexes' addresses."""
        found = cls()
        for record in _records(roads, ("road", "old_name")) if roads is not None else []:
            found.names.setdefault(plain_name(record["road"]), len(found.names))
            for old in parts_of(record["old_name"]):
                found.old[plain_name(old)] = plain_name(record["road"])
        for row, home in enumerate(homes):
            for address in parts_of(home["road_addresses"]):
                match = ROAD_ADDRESS.fullmatch(normalise(address))
                if match is not None:
                    name = found.old.get(match[1], match[1])
                    road = found.names.setdefault(name, len(found.names))
                    found.doors[road, to_digits(match[2])].add(row)
                    found.owners[road].add(row)
        return found

    def spellings(self) -> Iterable[tuple[str, Form, int]]:
        """Every name of a road with its row."""
        for name, road in self.names.items():
            yield name, Form.FULL, road
        for old, name in self.old.items():
            if old not in self.names:
                yield old, Form.FULL, self.names[name]


def _check(layer: str, frame: pd.DataFrame) -> None:
    missing = [column for column in _NEEDED[layer] if column not in frame.columns]
    if missing:
        raise InputError(
            f"{layer}: the column {', '.join(missing)} is missing; see the gazetteer format",
            f"{layer}：缺少列 {'、'.join(missing)}；请参照地名库格式",
        )
    identifier = _NEEDED[layer][0]
    twice = frame[identifier][frame[identifier].duplicated()]
    if len(twice):
        raise InputError(
            f"{layer}: {identifier} {twice.iloc[0]} is given twice; ids must be unique",
            f"{layer}：{identifier} {twice.iloc[0]} 重复；编号必须唯一",
        )


def _records(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows with all `columns`; what is missing or empty is an empty text."""
    whole = frame.reindex(columns=list(columns)).astype(object)
    whole = whole.where(whole.notna(), "")
    found: list[dict[str, Any]] = whole.to_dict("records")
    return found


def _number(value: Any) -> int:
    try:
        return int(float(value)) if value != "" else 0
    except (TypeError, ValueError):
        return 0


def building_key(name: str) -> str:
    """The number, letter or name of a building without its classifier.

    >>> building_key("3号楼"), building_key("十二幢"), building_key("B座"), building_key("芙蓉阁")
    ('3', '12', 'B', '芙蓉阁')
    """
    plain = plain_name(name)
    tail = read_tail(numbers_to_digits(plain))
    return tail.building if tail.building and tail.whole and not tail.room else plain


def _buildings(records: list[dict[str, Any]], row_of: Mapping[str, int]) -> tuple[Building, ...]:
    houses = []
    for record in records:
        if record["complex_id"] not in row_of:
            raise InputError(
                f"buildings: {record['building_id']} is of complex {record['complex_id']!r}, which is not among the complexes",
                f"buildings：{record['building_id']} 所属小区“{record['complex_id']}”不在小区表中",
            )
        key = str(record["key"])
        houses.append(
            Building(
                building_id=str(record["building_id"]),
                complex_row=row_of[record["complex_id"]],
                name=str(record["name"]),
                key=plain_name(key) if key else building_key(str(record["name"])),
                grid_id=str(record["grid_id"]),
                no_unit=_number(record["no_unit"]) == 1,
                units=_number(record["units"]),
                floors=_number(record["floors"]),
                rooms_per_floor=_number(record["rooms_per_floor"]),
                rooms_in_sequence=record["room_style"] == "seq",
            )
        )
    return tuple(houses)


def _complexes(homes: list[dict[str, Any]], houses: tuple[Building, ...]) -> tuple[Complex, ...]:
    rows: list[list[int]] = [[] for _ in homes]
    keys: list[dict[str, int]] = [{} for _ in homes]
    shared: set[tuple[int, str]] = set()
    for row, house in enumerate(houses):
        rows[house.complex_row].append(row)
        for key in {house.key, plain_name(house.name)}:
            if key in keys[house.complex_row]:
                shared.add((house.complex_row, key))
            keys[house.complex_row].setdefault(key, row)
    for at, key in shared:
        del keys[at][key]
    return tuple(
        Complex(
            str(home["complex_id"]),
            str(home["name"]),
            str(home["street"]),
            str(home["community"]),
            keys[at],
            tuple(rows[at]),
        )
        for at, home in enumerate(homes)
    )
