"""What words may name in one community: complexes, buildings, houses on roads and in villages, institutions, lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.addresses.register.gazetteer import building_key
from geo.addresses.register.houses import door_of
from geo.addresses.text.normalise import plain_name, without_brackets
from geo.addresses.text.numerals import numbers_to_digits
from geo.addresses.text.spellings import parts_of
from geo.words.clauses import Run
from geo.words.reading import read_areas
from geo.words.runs import value_of

Rows = frozenset[int]
NOBODY: Rows = frozenset()
BUILDING_UNITS = frozenset({"号楼", "号住宅楼", "幢", "幢楼", "栋", "栋楼", "座", "#", "#楼", "楼"})
_PLATES = frozenset({"号", "号院", ""})
_INSTITUTION = re.compile(
    r".{2,}(?:学|校|院|厂|区|园|场|馆|所|站|局|司|会|心|店|城|庙|寺|社|队|市场|大厦|广场|基地)$"
)
_COMMUNITY_ENDS = re.compile("(?:社区|居委会|居委|村委会|村民委员会|村)$")
_KEY_NUMBER = re.compile(r"(\d+)([A-Z]?)")


@dataclass(frozen=True, slots=True)
class Door:
    """Where a house stands on a road or in a village: the numbers from the outside in."""

    road: str
    chain: tuple[tuple[str, str], ...]
    """Number and what it counts: (("680", "弄"), ("3", "号"))."""


@dataclass(frozen=True)
class Register:
    """The names of one community. Buildings and complexes are meant by their rows."""

    community: str
    buildings: pd.DataFrame
    """ref, name, complex_ref, road_addresses; in the order of the rows."""
    points: NDArray[np.float64]
    """(n, 2) a point inside each building, degrees."""
    complexes: pd.DataFrame
    """ref and name."""
    of_complex: Mapping[int, Rows]
    """Complex to all its buildings."""
    by_name: Mapping[str, frozenset[int]]
    """Plain name to complexes."""
    keys: Mapping[int, Mapping[str, Rows]]
    """Complex to its buildings by key."""
    names: Mapping[str, Rows]
    """Plain name to buildings."""
    doors: Mapping[str, tuple[tuple[Door, int], ...]]
    """Road or village to its houses."""
    gates: Mapping[str, tuple[tuple[Door, int], ...]]
    """Road to the complexes that have an address on it."""
    roads: Mapping[str, str]
    """Plain names of roads, old ones too, to the name of today."""
    refs: Mapping[str, int]
    lines: Mapping[str, shapely.Geometry] = field(default_factory=dict)
    """Name to the line of a road or the rim of a water, degrees."""
    outline: shapely.Geometry | None = None

    @classmethod
    def of(
        cls,
        community: str,
        buildings: gpd.GeoDataFrame,
        complexes: pd.DataFrame,
        *,
        aliases: pd.DataFrame | None = None,
        lines: Sequence[gpd.GeoDataFrame] = (),
        outline: shapely.Geometry | None = None,
    ) -> Register:
        """Compile what the layers of a community say; all frames in EPSG:4490.

        `buildings`: ref, name, complex_ref, road_addresses. `complexes`: ref, name, aliases, phase. `aliases`: kind (`name`,
        `address`, `road`), target, text. `lines`: roads and waters with a column name.
        """
        buildings = buildings.reset_index(drop=True)
        complexes = complexes.reset_index(drop=True)
        more = aliases if aliases is not None else pd.DataFrame({"kind": [], "target": [], "text": []})
        row_of = {ref: row for row, ref in enumerate(complexes["ref"])}
        home = [row_of.get(ref, -1) if isinstance(ref, str) else -1 for ref in buildings["complex_ref"]]
        called = _called(complexes, more[more["kind"] == "name"])
        of_complex, keys, names = _houses(buildings, home, called)
        old = more[more["kind"] == "road"]
        roads = {
            plain_name(text): plain_name(target)
            for text, target in zip(old["text"], old["target"], strict=True)
        }
        shapes = _lines(lines, roads)
        point = shapely.point_on_surface(np.asarray(buildings.geometry.array, dtype=object))
        return cls(
            community=community,
            buildings=pd.DataFrame(
                buildings.reindex(columns=["ref", "name", "complex_ref", "road_addresses", "units"])
            ),
            points=np.stack([shapely.get_x(point), shapely.get_y(point)], axis=1)
            if len(buildings)
            else np.zeros((0, 2)),
            complexes=pd.DataFrame(complexes[["ref", "name"]]),
            of_complex=of_complex,
            by_name=_by_name(called),
            keys=keys,
            names=names,
            doors=_doors(enumerate(buildings["road_addresses"]), roads),
            gates=_doors(((row_of[ref], text) for ref, text in _addresses(more) if ref in row_of), roads),
            roads=roads,
            refs={_ref(ref): row for row, ref in enumerate(buildings["ref"])},
            lines=shapes,
            outline=outline,
        )

    def road(self, name: str) -> str:
        """The name of today of a road."""
        plain = plain_name(name)
        return self.roads.get(plain, plain)

    def is_community(self, name: str) -> bool:
        """Whether a name is that of the community itself."""
        own, other = (_COMMUNITY_ENDS.sub("", plain_name(text)) for text in (self.community, name))
        return bool(own) and own == other and bool(_COMMUNITY_ENDS.search(name) or name == self.community)

    def complexes_named(self, name: str) -> frozenset[int]:
        """Complexes of this name: all phases of one whose name without them is said."""
        plain = plain_name(name)
        return (
            self.by_name.get(plain)
            or self.by_name.get(plain.removesuffix("小区"))
            or self.by_name.get(f"{plain}小区")
            or frozenset()
        )

    def institution(self, name: str) -> Rows:
        """Buildings of no complex whose names begin with that of an institution."""
        plain = plain_name(name)
        if _INSTITUTION.fullmatch(plain) is None or len(plain) < 4:
            return NOBODY
        return frozenset(
            row
            for called, rows in self.names.items()
            if called.startswith(plain) and called != plain
            for row in rows
            if not isinstance(self.buildings["complex_ref"].iloc[row], str)
        )

    def numbered(self, complex_row: int, run: Run) -> tuple[Rows, list[str]]:
        """Buildings of a complex that numbers mean, and the numbers among them that are none of its."""
        keys = self.keys.get(complex_row, {})
        if run.one:
            found = keys.get(_key(run.first), NOBODY)
            exact = self._classified(found, run)
            return exact or found, [] if found else [run.text()]
        low, high = value_of(run.first) if run.first else 0, value_of(run.last) if run.last else 10**9
        letters = run.first[:1].isalpha() and run.last[:1].isalpha()
        rows: set[int] = set()
        there: set[str] = set()
        for key, some in keys.items():
            number = _KEY_NUMBER.fullmatch(key)
            if letters:
                inside = len(key) == 1 and run.first[:1] <= key <= run.last[:1]
            else:
                inside = (
                    number is not None and low <= int(number[1]) <= high and fits(int(number[1]), run.parity)
                )
            if inside:
                rows |= self._classified(some, run) or some
                there.add(key)
        ends = [end for end in (run.first, run.last) if end and fits(value_of(end), run.parity)]
        missing = [f"{end}{run.unit}" for end in ends if _key(end) not in there]
        return frozenset(rows), missing

    def _classified(self, rows: Rows, run: Run) -> Rows:
        """Of several buildings of one number those that are counted by the same word."""
        if len(rows) < 2 or not run.unit:
            return rows
        return frozenset(row for row in rows if str(self.buildings["name"].iloc[row]).endswith(run.unit))

    def on_road(self, road: str, run: Run) -> tuple[Rows, frozenset[int]]:
        """Houses and complexes on a road, or in a village, that numbers mean."""
        name = self.road(road)
        houses = frozenset(row for door, row in self.doors.get(name, ()) if _means(run, door))
        gates = frozenset(row for door, row in self.gates.get(name, ()) if _means(run, door))
        return houses, gates


def _ref(ref: object) -> str:
    return str(ref).upper()


def _key(number: str) -> str:
    found = _KEY_NUMBER.fullmatch(number)
    return f"{int(found[1])}{found[2]}" if found else number


def _called(complexes: pd.DataFrame, more: pd.DataFrame) -> list[list[str]]:
    """Every name of each complex, the own first."""
    extra = more.groupby("target")["text"].agg(list).to_dict() if len(more) else {}
    found = []
    for row in complexes.itertuples():
        name = row.name if isinstance(row.name, str) else ""
        names = [name, without_brackets(name) if name else ""]
        own = getattr(row, "aliases", None)
        names += [
            *(own if isinstance(own, list | tuple) else parts_of(own) if isinstance(own, str) else ()),
            *extra.get(row.ref, ()),
        ]
        phase = getattr(row, "phase", None)
        if isinstance(phase, str) and name.endswith(phase) and len(phase) < len(name):
            names.append(name.removesuffix(phase))
        found.append([text for text in dict.fromkeys(names) if text])
    return found


def _by_name(called: Sequence[Sequence[str]]) -> dict[str, frozenset[int]]:
    """Own names first: what one complex is called is not another's phase or other name."""
    own: dict[str, set[int]] = defaultdict(set)
    other: dict[str, set[int]] = defaultdict(set)
    for row, names in enumerate(called):
        for at, name in enumerate(names):
            (own if at == 0 else other)[plain_name(name)].add(row)
    return {name: frozenset(own.get(name) or other[name]) for name in {*own, *other}}


def _houses(
    buildings: pd.DataFrame, home: Sequence[int], called: Sequence[Sequence[str]]
) -> tuple[dict[int, Rows], dict[int, dict[str, Rows]], dict[str, Rows]]:
    of_complex: dict[int, set[int]] = defaultdict(set)
    keys: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    names: dict[str, set[int]] = defaultdict(set)
    for row, (name, place) in enumerate(zip(buildings["name"], home, strict=True)):
        if place >= 0:
            of_complex[place].add(row)
        if isinstance(name, str) and name:
            for spelling in {name, numbers_to_digits(name)}:
                names[plain_name(spelling)].add(row)
            if place >= 0:
                keys[place][building_key(name, called[place])].add(row)
                names[plain_name(f"{called[place][0]}{name}" if called[place] else name)].add(row)
    return (
        {place: frozenset(rows) for place, rows in of_complex.items()},
        {place: {key: frozenset(rows) for key, rows in some.items()} for place, some in keys.items()},
        {name: frozenset(rows) for name, rows in names.items()},
    )


def _addresses(more: pd.DataFrame) -> Iterable[tuple[str, str]]:
    own = more[more["kind"] == "address"]
    return zip(own["target"], own["text"], strict=True)


def _doors(
    addresses: Iterable[tuple[int, object]], roads: Mapping[str, str]
) -> dict[str, tuple[tuple[Door, int], ...]]:
    found: dict[str, list[tuple[Door, int]]] = defaultdict(list)
    for row, value in addresses:
        for text in parts_of(value) if isinstance(value, str | tuple | list) else ():
            door = door_said(text)
            if door is not None:
                name = roads.get(door.road, door.road)
                found[name].append((door, row))
    return {name: tuple(some) for name, some in found.items()}


def door_said(address: str) -> Door | None:
    """Road or village of an address and its numbers; None where it has none.

    >>> door_said("桂花路680弄3号").chain, door_said("永乐村1组5号").road, door_said("芙蓉小区")
    ((('680', '弄'), ('3', '号')), '永乐村', None)
    """
    plate = door_of(address)
    if plate is not None:
        return Door(plain_name(plate[0]), ((plate[1], "号"),))
    clauses = read_areas(address)
    if len(clauses) != 1 or len(clauses[0].runs) != 1 or not clauses[0].name:
        return None
    run = clauses[0].runs[0]
    chain = (*_within(run.within), (run.first, run.unit))
    return Door(plain_name(clauses[0].name), chain) if run.one else None


def _within(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((number, unit) for number, unit in re.findall(r"(附?\d+[A-Z]?)(\D+?)(?=附?\d|$)", text))


def fits(number: int, parity: str) -> bool:
    """Whether a number is odd or even as said; any is where nothing is."""
    return not parity or (number % 2 == 1) == (parity == "odd")


def _means(run: Run, door: Door) -> bool:
    """Whether numbers mean a house: those inside something by that first."""
    chain = door.chain
    outer = _within(run.within)
    if len(chain) <= len(outer):
        return False
    for said, there in zip(outer, chain, strict=False):
        if said[0] != there[0] or not _alike(said[1], there[1]):
            return False
    number, unit = chain[len(outer)]
    if run.one:
        return number == run.first and _alike(run.unit, unit)
    if run.unit in ("组", "队", "社") and unit != run.unit:
        return False
    last_chain = _within(run.last) if run.last_unit else ()
    low = value_of(run.first) if run.first else 0
    high = (
        int(last_chain[0][0])
        if last_chain and last_chain[0][0].isdigit()
        else value_of(run.last)
        if run.last
        else 10**9
    )
    attached = run.first[:1] == "附"
    return (
        attached == (number[:1] == "附")
        and low <= value_of(number) <= high
        and fits(value_of(number), run.parity)
    )


def _alike(said: str, there: str) -> bool:
    return said == there or (said in _PLATES and there in _PLATES)


def _lines(frames: Sequence[gpd.GeoDataFrame], roads: Mapping[str, str]) -> dict[str, shapely.Geometry]:
    found: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for frame in frames:
        for name, shape in zip(frame["name"], frame.geometry, strict=True):
            if isinstance(name, str) and name and shape is not None:
                line = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
                found[plain_name(name)].append(line)
    for old, new in roads.items():
        if new in found and old not in found:
            found[old] = found[new]
    return {name: shapely.union_all(lines) for name, lines in found.items()}
