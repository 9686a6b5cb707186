"""What a register knows of names: complexes, buildings, roads and areas, compiled for reading addresses.

A gazetteer is built once from frames, never changes, and may be shared between threads and sent to processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geo.addresses.parts.tails import read_tail
from geo.addresses.register.door_plates import DoorPlates
from geo.addresses.register.houses import HOUSE_COLUMNS, Plate, places, plate_of
from geo.addresses.text.fuzzy import Names
from geo.addresses.text.normalise import plain_name, without_brackets
from geo.addresses.text.numerals import numbers_to_digits
from geo.addresses.text.spellings import bracketed, parts_of, spellings
from geo.addresses.text.words import SUFFIXES
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
_NUMBERED = re.compile(r"[0-9A-Z]+")
_IDLE = re.compile("([0-9A-Z]号?)(?:住宅|居民|单元|商住|公寓|宿舍|家属|高层|多层|小高层)+楼$")
"""What kind of house it is, between its number and 楼."""


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
    unit: str = ""
    """The one unit that the row stands for, where the register has a row for each."""


@dataclass(frozen=True, slots=True)
class Complex:
    """One complex as the register knows it."""

    complex_id: str
    """Empty, as its name, for houses of no complex that share a road address."""
    name: str
    street: str
    community: str
    buildings: Mapping[str, int]
    """Building key to row; a key that two buildings share is not in it."""
    rows: tuple[int, ...]
    """All its buildings."""
    shared: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The keys that several buildings share, such as the polygons of one house, to their rows."""


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
        A building whose complex_id is empty is a house of no complex; it has road_addresses and, where known,
        street and community, and its name may be empty.
        Raises `InputError` for a missing column, an id given twice, a building of an unknown complex, or one of no
        complex whose road address cannot be read.

        >>> homes = pd.DataFrame({"complex_id": ["C1"], "name": ["芙蓉苑"], "road_addresses": ["思源中路29号"]})
        >>> houses = pd.DataFrame({"building_id": ["B1"], "complex_id": ["C1"], "name": ["3号楼"]})
        >>> Gazetteer.from_frames(homes, houses).buildings[0].key
        '3'
        """
        _check("complexes", complexes)
        _check("buildings", buildings)
        homes = _records(complexes, COMPLEX_COLUMNS)
        standing = _records(buildings, (*BUILDING_COLUMNS, *HOUSE_COLUMNS))
        plates = [plate_of(record) if record["complex_id"] == "" else None for record in standing]
        nameless = places(plates)
        row_of: dict[str | Plate, int] = {home["complex_id"]: row for row, home in enumerate(homes)}
        row_of |= {plate: row for row, plate in enumerate(nameless, start=len(homes))}
        houses = _buildings(standing, plates, row_of, _called(homes))
        every = [*homes, *nameless.values()]
        streets = DoorPlates.of(every, _records(roads, ("road", "old_name")) if roads is not None else [])
        return cls(
            areas=areas or Areas(),
            complexes=_complexes(every, houses),
            buildings=houses,
            names=Names(spellings(homes, _own(areas or Areas()))),
            roads=tuple(streets.names),
            road_names=Names(streets.spellings()),
            old_roads=streets.old,
            doors={key: frozenset(owners) for key, owners in streets.doors.items()},
            roads_of={road: frozenset(owners) for road, owners in streets.owners.items()},
            named_buildings=frozenset(
                plain_name(house.name)
                for house in houses
                if house.complex_row < len(homes) and not _NUMBERED.fullmatch(house.key)
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


def building_key(name: str, complexes: Iterable[str] = ()) -> str:
    """The number, letter or name of a building without its classifier, and without the names of its complex.

    >>> building_key("3号楼"), building_key("十二幢"), building_key("B座"), building_key("芙蓉阁")
    ('3', '12', 'B', '芙蓉阁')
    >>> building_key("石榴花园第3幢（原5号楼）", ["石榴花园"]), building_key("3号住宅楼"), building_key("3号楼2单元")
    ('3', '3', '3')
    """
    return _key_and_unit(name, complexes)[0]


def _key_and_unit(name: str, complexes: Iterable[str]) -> tuple[str, str]:
    """The key of a building and the unit its name says."""
    plain = plain_name(without_brackets(name)) or plain_name(name)
    for called in sorted({plain_name(one) for one in complexes}, key=len, reverse=True):
        rest = plain.removeprefix(called)
        rest = rest.removeprefix("小区") or rest
        if called and rest and rest != plain and not rest.startswith(SUFFIXES):
            plain = rest
            break
    plain = numbers_to_digits(plain).removeprefix("第")
    tail = read_tail(_IDLE.sub(r"\1楼", plain))
    if tail.building and tail.whole and not tail.room and not tail.others:
        return tail.building, tail.unit
    return plain_name(name) if plain == numbers_to_digits(plain_name(name)) else plain, ""


def _called(homes: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Every name that may stand in front of the names of a complex's buildings."""
    return [
        (
            home["name"],
            without_brackets(home["name"]),
            home["base"],
            home["phase"],
            *parts_of(home["aliases"]),
        )
        for home in homes
    ]


def _buildings(
    records: list[dict[str, Any]],
    plates: list[Plate | None],
    row_of: Mapping[str | Plate, int],
    called: Sequence[tuple[str, ...]],
) -> tuple[Building, ...]:
    houses = []
    for record, plate in zip(records, plates, strict=True):
        home = row_of.get(plate or record["complex_id"])
        if home is None and record["complex_id"] == "":
            raise InputError(
                f"buildings: {record['building_id']} is of no complex and its road address {record['road_addresses']!r} cannot be "
                "read; give it as 张家胡同15号",
                f"buildings：{record['building_id']} 不属于任何小区，其门牌地址“{record['road_addresses']}”无法识别；请写作“张家胡同15号”",
            )
        if home is None:
            raise InputError(
                f"buildings: {record['building_id']} is of complex {record['complex_id']!r}, which is not among the complexes",
                f"buildings：{record['building_id']} 所属小区“{record['complex_id']}”不在小区表中",
            )
        key, unit = plain_name(str(record["key"])), ""
        if not key:
            key, unit = _key_and_unit(str(record["name"]), called[home] if home < len(called) else ())
        houses.append(
            Building(
                building_id=str(record["building_id"]),
                complex_row=home,
                name=str(record["name"]),
                key=key,
                grid_id=str(record["grid_id"]),
                no_unit=_number(record["no_unit"]) == 1,
                units=_number(record["units"]),
                floors=_number(record["floors"]),
                rooms_per_floor=_number(record["rooms_per_floor"]),
                rooms_in_sequence=record["room_style"] == "seq",
                unit=unit,
            )
        )
    return tuple(houses)


def _complexes(homes: list[dict[str, Any]], houses: tuple[Building, ...]) -> tuple[Complex, ...]:
    rows: list[list[int]] = [[] for _ in homes]
    keys: list[dict[str, list[int]]] = [{} for _ in homes]
    for row, house in enumerate(houses):
        rows[house.complex_row].append(row)
        for key in {house.key, plain_name(house.name)} - {""}:
            keys[house.complex_row].setdefault(key, []).append(row)
    return tuple(
        Complex(
            str(home["complex_id"]),
            str(home["name"]),
            str(home["street"]),
            str(home["community"]),
            {key: some[0] for key, some in keys[at].items() if len(some) == 1},
            tuple(rows[at]),
            {key: tuple(some) for key, some in keys[at].items() if len(some) > 1},
        )
        for at, home in enumerate(homes)
    )
