"""The gazetteer as the store knows it: which names, numbers and units there are for addresses to mean.

Complexes with their other names and road addresses, buildings with units and storeys, houses of no complex by their
road addresses, streets, communities and the district they lie in, old names of roads. A fingerprint per complex and
per house tells later what a change touches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.parts.tails import STEMS
from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.addresses.register.houses import door_of, house_label, plate_of
from geo.addresses.text.normalise import without_brackets
from geo.addresses.text.spellings import parts_of
from geo.locate.addresses import AddressLookup
from geo.locate.coordinates import Point
from geo.locate.finding import Finder, Kind, Thing
from geo.locate.held import Held
from geo.locate.index import LookupIndex
from layers.ground.buildings import read_buildings
from layers.ground.ended import HELD_SINCE, HELD_UNTIL
from layers.ground.regions import read_communities, read_complexes
from layers.lookup.places import Places, read_places
from layers.store.unit import Reading

EVERYWHERE = "*"
"""The part of the fingerprint that holds for every address: districts, streets, communities, roads."""
HOUSE = "@"
"""Before the ref of a house of no complex: its part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class StoredGazetteer:
    """Frames as `geo.addresses.register.gazetteer.Gazetteer.from_frames` takes them, and what they are known by."""

    complexes: pd.DataFrame
    buildings: pd.DataFrame
    """With community_code, complex_name, label (how a building is shown), lon and lat (degrees, EPSG:4490, a point
    inside) besides. Houses of no complex have an empty complex_id and road_addresses, street and community."""
    roads: pd.DataFrame
    areas: Areas
    parts: dict[str, str]
    """Fingerprint of each complex by ref, of each house of no complex by `HOUSE` and its ref, and of `EVERYWHERE`."""
    version: str
    """Fingerprint of all parts, 16 characters."""

    def built(self) -> Gazetteer:
        """The gazetteer, made from the frames."""
        return Gazetteer.from_frames(self.complexes, self.buildings, roads=self.roads, areas=self.areas)

    def names_of(self, parts: set[str]) -> list[str]:
        """Every name under which these parts go: names of complexes with and without the phase, other names, road
        addresses; the roads of houses."""
        refs = {part for part in parts if not part.startswith(HOUSE)}
        rows = self.complexes[self.complexes["complex_id"].isin(refs)]
        found: set[str] = set()
        for row in rows.itertuples():
            found |= {row.name, row.base, *row.aliases, *row.road_addresses}
            found |= {without_brackets(name) for name in (row.name, *row.aliases) if isinstance(name, str)}
        houses = self.buildings[(HOUSE + self.buildings["building_id"].astype("str")).isin(parts)]
        for addresses in houses["road_addresses"].dropna():
            found |= {door[0] for text in parts_of(addresses) if (door := door_of(text)) is not None}
        return sorted(name for name in found if isinstance(name, str) and name)


def read_gazetteer(unit: Reading, *, as_of: date | None = None) -> StoredGazetteer:
    """The gazetteer of the viewer's communities; other names as known on `as_of` (all of them when None).

    Buildings of no complex are known by their road addresses; without one they are left out.
    """
    return gazetteer_of(
        read_places(
            unit,
            complexes=read_complexes(unit),
            buildings=read_buildings(unit),
            communities=read_communities(unit),
            as_of=as_of,
        )
    )


def gazetteer_of(places: Places) -> StoredGazetteer:
    """The gazetteer of these places; see `read_gazetteer`."""
    communities, streets, aliases = places.communities, places.streets, places.aliases
    community = dict(zip(communities["code"], communities["name"], strict=True))
    street = dict(zip(streets["code"], streets["name"], strict=True))
    areas = Areas(
        province="",
        city="",
        district=_only(places.districts["name"]),
        streets=tuple((name, ()) for name in street.values() if isinstance(name, str)),
        communities=tuple(
            (name, street.get(code[:9]) or "") for code, name in community.items() if isinstance(name, str)
        ),
    )
    named, buildings = places.complexes, places.buildings
    codes = named["community_code"].astype(object)
    table = pd.DataFrame(
        {
            "complex_id": named["ref"].array,
            "name": named["name"].array,
            "base": [_base(n, p) for n, p in zip(named["name"], named["phase"], strict=True)],
            "phase": named["phase"].fillna("").array,
            "kind": named["kind"].fillna("").array,
            "street": [street.get(str(code)[:9], "") or "" for code in codes],
            "community": [community.get(code, "") for code in codes],
            "aliases": _joined(named, aliases[aliases["kind"] == "name"]),
            "road_addresses": _joined(named.assign(aliases=None), aliases[aliases["kind"] == "address"]),
        }
    )
    homes = pd.concat(
        [_homes(buildings, table), _houses(buildings, table, street, community)], ignore_index=True
    )
    old = aliases[aliases["kind"] == "road"]
    names = pd.DataFrame(
        {"road": [*old["target"], *places.roads], "old_name": [*old["text"], *([""] * len(places.roads))]}
    )
    parts = _parts(table, homes, names, areas)
    return StoredGazetteer(table, homes, names, areas, parts, _digest(sorted(parts.items())))


def _only(names: pd.Series) -> str:
    found = names.dropna().unique()
    return str(found[0]) if len(found) == 1 else ""


def _base(name: str, phase: Any) -> str:
    return name.removesuffix(phase) if isinstance(phase, str) and len(phase) < len(name) else name


def _joined(complexes: pd.DataFrame, more: pd.DataFrame) -> list[tuple[str, ...]]:
    """Per complex the names it came with and those of `more`, each once."""
    extra = more.groupby("target")["text"].agg(list).to_dict()
    return [
        tuple(dict.fromkeys([*(own if isinstance(own, list | tuple) else ()), *extra.get(ref, ())]))
        for ref, own in zip(complexes["ref"], complexes["aliases"], strict=True)
    ]


def _homes(buildings: pd.DataFrame, complexes: pd.DataFrame) -> pd.DataFrame:
    """The named buildings of complexes."""
    name_of = dict(zip(complexes["complex_id"], complexes["name"], strict=True))
    inside = buildings[buildings["complex_ref"].isin(list(name_of)) & buildings["name"].notna()]
    return _rows(inside).assign(
        complex_id=inside["complex_ref"].array,
        label=[
            name.removeprefix(name_of[ref]).strip() or name
            for name, ref in zip(inside["name"], inside["complex_ref"], strict=True)
        ],
        complex_name=[name_of[ref] for ref in inside["complex_ref"]],
        road_addresses=None,
        street=None,
        community=None,
    )


def _houses(
    buildings: pd.DataFrame, complexes: pd.DataFrame, street: dict[Any, Any], community: dict[Any, Any]
) -> pd.DataFrame:
    """The houses of no complex that have a road address; `street` and `community` are names by code."""
    alone = buildings[~buildings["complex_ref"].isin(complexes["complex_id"])]
    alone = alone[alone["road_addresses"].notna()]
    codes = alone["community_code"].astype(object).where(alone["community_code"].notna(), "")
    said = pd.DataFrame(
        {
            "road_addresses": alone["road_addresses"].array,
            "street": [street.get(code[:9]) or "" for code in codes],
            "community": [community.get(code) or "" for code in codes],
        }
    )
    plates = [plate_of(row) for row in said.to_dict("records")]
    read = np.array([plate is not None for plate in plates], dtype=bool)
    alone = alone[read]
    names = alone["name"].astype(object).where(alone["name"].notna(), "")
    return _rows(alone).assign(
        complex_id="",
        label=[house_label(*row) for row in zip(names, alone["road_addresses"], strict=True)],
        complex_name=None,
        **{name: values[read].array for name, values in said.items()},
    )


def _rows(buildings: pd.DataFrame) -> pd.DataFrame:
    """What the gazetteer knows of any building."""
    return pd.DataFrame(
        {
            "building_id": buildings["ref"].array,
            "name": buildings["name"].array,
            "units": buildings["units"].array,
            "floors": buildings["levels"].array,
            "community_code": buildings["community_code"].array,
            "lon": buildings["lon"].array,
            "lat": buildings["lat"].array,
        }
    )


def _parts(complexes: pd.DataFrame, homes: pd.DataFrame, roads: pd.DataFrame, areas: Areas) -> dict[str, str]:
    columns = [
        "complex_id",
        "building_id",
        "name",
        "units",
        "floors",
        "road_addresses",
        "street",
        "community",
    ]
    rows = homes[columns].astype(object)
    rows = rows.where(rows.notna(), None)
    parts: dict[str, str] = {}
    inside: dict[str, list[tuple[Any, ...]]] = {}
    for complex_id, building_id, *known in rows.itertuples(index=False):
        if complex_id:
            inside.setdefault(complex_id, []).append((building_id, *known[:3]))
        else:
            parts[HOUSE + building_id] = _digest(known)
    for row in complexes.itertuples(index=False, name=None):
        parts[row[0]] = _digest((row, sorted(inside.get(row[0], []), key=repr)))
    parts[EVERYWHERE] = _digest((repr(areas), sorted(roads.itertuples(index=False, name=None))))
    return parts


def _digest(value: Any) -> str:
    return hashlib.blake2b(repr(value).encode("utf-8", "replace"), digest_size=8).hexdigest()


def lookup_of(index: LookupIndex, places: Places) -> AddressLookup:
    """What answers addresses beside the index of points, both of one area; on days before today with what has ended."""
    own = address_lookup(index, gazetteer_of(places))
    roads = {road for road in own.matcher.gazetteer.roads if road[-1:] not in STEMS}
    own = own.with_finder(_finder(places, sorted(roads | set(places.roads))))
    earlier = places.earlier
    if earlier is None or earlier.buildings.empty:
        return own
    days = earlier.buildings[["ref", HELD_SINCE, HELD_UNTIL]]
    held = Held.of(days.itertuples(index=False, name=None))
    return own.with_earlier(address_lookup(index, gazetteer_of(earlier)), held)


def _finder(places: Places, roads: Sequence[str]) -> Finder:
    """The names of an area that are no addresses."""
    names = {
        code: name or ""
        for code, name in zip(places.communities["code"], places.communities["name"], strict=True)
    }
    things = [Thing("community", name, code, code, name) for code, name in names.items() if name]
    for ref, name, code in zip(
        *(places.complexes[c] for c in ("ref", "name", "community_code")), strict=True
    ):
        home = code if isinstance(code, str) else ""
        things.append(Thing("complex", name, ref, home, names.get(home, "")))
    kinds: tuple[tuple[Kind, pd.DataFrame], ...] = (
        ("station", places.stations),
        ("institution", places.institutions),
    )
    for kind, frame in kinds:
        for row in frame.itertuples(index=False):
            home = row.community_code if isinstance(row.community_code, str) else ""
            point = Point(float(row.lon), float(row.lat))
            things.append(Thing(kind, str(row.name), str(row.ref), home, names.get(home, ""), point))
    things += [Thing("road", road, "") for road in roads]
    return Finder(tuple(things))


def address_lookup(index: LookupIndex, gazetteer: StoredGazetteer) -> AddressLookup:
    """The gazetteer made ready to answer addresses beside the index of points, both of one area."""
    built = gazetteer.built()
    shown = gazetteer.buildings.assign(name=gazetteer.buildings["label"])
    shown = shown.assign(complex_id=shown["complex_id"].replace({"": None}))
    return AddressLookup.build(index, Matcher(built), Suggester(built), shown)
