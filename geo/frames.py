"""The contract of each layer: which columns, which types, which geometry. `geo.conform` holds frames against it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

POLYGONS = frozenset({"Polygon", "MultiPolygon"})
LINES = frozenset({"LineString", "MultiLineString"})
POINTS = frozenset({"Point"})


class Kind(StrEnum):
    """How the values of a column are kept."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    NAMES = "names"
    """A list of names; in files written with `|` between them."""
    DAY = "day"
    """A day as text, YYYY-MM-DD, so that days compare as texts do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer."""

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    own_choices: bool = False
    """Whether other short texts are kept as they are, beside `choices`."""
    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    """A regular expression the whole text must match."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a layer looks like between layers, geo and maps: EPSG:4490, these columns, this geometry."""

    layer: str
    key: str
    """The column that names a row: unique, never empty."""
    columns: tuple[Column, ...]
    geometry: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names without the geometry."""
        return tuple(column.name for column in self.columns)


def _ref() -> Column:
    return Column("ref", Kind.TEXT, required=True)


_NAME = Column("name", Kind.TEXT)
_COMMUNITY_CODE = Column("community_code", Kind.TEXT, pattern=r"\d{12}")

USES = ("residential", "commercial", "public", "industrial", "other")
"""What a building is for. `residential` is where households live."""

DISTRICTS = Contract(
    "districts", "code", (Column("code", Kind.TEXT, True, pattern=r"\d{6}"), _NAME), POLYGONS
)
STREETS = Contract("streets", "code", (Column("code", Kind.TEXT, True, pattern=r"\d{9}"), _NAME), POLYGONS)
COMMUNITIES = Contract(
    "communities",
    "code",
    (
        Column("code", Kind.TEXT, True, pattern=r"\d{12}"),
        Column("name", Kind.TEXT, True),
        Column("kind", Kind.TEXT, choices=("urban", "village", "mixed", "working")),
        Column("households", Kind.INTEGER, low=0, high=10_000_000),
        Column("people", Kind.INTEGER, low=0, high=10_000_000),
    ),
    POLYGONS,
)
"""Kind `working`: a working area made from streets or barriers because no boundary file was given.
households, people: totals of the community where known; used where its buildings are not."""

COMPLEXES = Contract(
    "complexes",
    "ref",
    (
        _ref(),
        _NAME,
        Column("aliases", Kind.NAMES),
        Column("phase", Kind.TEXT),
        Column("kind", Kind.TEXT),
        _COMMUNITY_CODE,
    ),
    POLYGONS,
)
UNIT_HOUSEHOLDS = r"[^:|]{1,20}:\d{1,5}(\|[^:|]{1,20}:\d{1,5})*"
"""Households by unit: `1:24|2:22`."""

BUILDINGS = Contract(
    "buildings",
    "ref",
    (
        _ref(),
        _NAME,
        Column("use", Kind.TEXT, choices=USES),
        Column("levels", Kind.INTEGER, low=0, high=200),
        Column("height_m", Kind.NUMBER, low=0, high=1000),
        Column("units", Kind.INTEGER, low=0, high=1000),
        Column("unit_households", Kind.TEXT, pattern=UNIT_HOUSEHOLDS),
        Column("households", Kind.INTEGER, low=0, high=20_000),
        Column("households_estimated", Kind.FLAG),
        Column("home_sure", Kind.NUMBER, low=0, high=1),
        Column("people", Kind.INTEGER, low=0, high=100_000),
        Column("planned_for", Kind.DAY),
        Column("planned_households", Kind.INTEGER, low=1, high=20_000),
        Column("road_addresses", Kind.TEXT),
        Column("complex_ref", Kind.TEXT),
        _COMMUNITY_CODE,
    ),
    POLYGONS,
)
"""unit_households: households of each unit (单元) as the ledger counts them, `1:24|2:22`.
home_sure: how sure it is that people live in a building whose use nobody knows, 0-1.
planned_for, planned_households: the day on which people are to move in, and how many households then; `households` counts those
of today, none while it is being built.
road_addresses: what a building is called on its road (张家胡同15号), several joined by `|`; the only name of a
house that belongs to no complex."""
ROAD_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "service",
    "footway",
    "rail",
    "wall",
    "other",
)
"""From widest to narrowest; `rail` and `wall` are lines that close, not ways to walk."""

ROADS = Contract(
    "roads",
    "ref",
    (
        _ref(),
        _NAME,
        Column("road_class", Kind.TEXT, True, choices=ROAD_CLASSES),
        Column("bridge", Kind.FLAG),
        Column("tunnel", Kind.FLAG),
    ),
    LINES,
)
WATER_KINDS = ("river", "canal", "stream", "lake", "other")
WATER = Contract(
    "water", "ref", (_ref(), _NAME, Column("kind", Kind.TEXT, choices=WATER_KINDS)), POLYGONS | LINES
)
STATION_KINDS = ("party_service", "pioneer_post", "day_care", "clinic", "police_room", "other")
"""党群服务中心, 先锋驿站, 日间照料, 卫生服务站, 警务室, 其他."""

STATIONS = Contract(
    "stations",
    "ref",
    (
        _ref(),
        Column("name", Kind.TEXT, True),
        Column("kind", Kind.TEXT, choices=STATION_KINDS, own_choices=True),
        Column("floor_area_m2", Kind.NUMBER, low=0, high=1_000_000),
        Column("opening_hours", Kind.TEXT),
        Column("capacity", Kind.INTEGER, low=1, high=10_000_000),
        Column("letter", Kind.TEXT, choices=("",), own_choices=True),
        Column("opened_on", Kind.DAY),
        _COMMUNITY_CODE,
    ),
    POINTS,
)
"""kind: one of these, or the office's own word. capacity: households a station is made for. letter: its sign on maps, where it
is none of these. opened_on: the first day it is there; on every day before it ends where none is given."""
GRID_KINDS = ("base", "exclusive", "micro")
GRIDS = Contract(
    "grids",
    "ref",
    (
        _ref(),
        Column("code", Kind.TEXT),
        _NAME,
        Column("kind", Kind.TEXT, choices=GRID_KINDS),
        _COMMUNITY_CODE,
    ),
    POLYGONS,
)
"""Today's grids as somebody drew them; they become a plan by the cells they cover."""

POPULATIONS = ("registered", "owner", "resident", "floating", "unstated")
"""户籍, 产权, 常住, 流动; `unstated` where a list does not say."""
MEMBER_KINDS = ("enrolled", "serving", "local")
"""Party members of a household: 在册, 在职, 在地."""

RESIDENTS = Contract(
    "residents",
    "household",
    (
        Column("household", Kind.TEXT),
        Column("address", Kind.TEXT, required=True),
        Column("population", Kind.TEXT, choices=POPULATIONS),
        Column("people", Kind.INTEGER, low=0, high=1000),
        Column("member", Kind.TEXT, choices=MEMBER_KINDS),
        Column("centre", Kind.FLAG),
    ),
    frozenset(),
)
"""A list of households or of people in them, one row each, without shapes and without names. `household` joins
the lists of several offices; `people` is how many the row stands for (1); `centre`: a member centre household
(党员中心户)."""

ALIAS_KINDS = ("name", "address", "road")
ALIASES = Contract(
    "aliases",
    "text",
    (
        Column("kind", Kind.TEXT, required=True, choices=ALIAS_KINDS),
        Column("target", Kind.TEXT, required=True),
        Column("text", Kind.TEXT, required=True),
        Column("valid_from", Kind.TEXT),
        Column("valid_to", Kind.TEXT),
    ),
    frozenset(),
)
"""Other names of places: `name` of a complex (target: its ref or its name), `address` a complex has on a road
(人民西路12号), `road` an old name of a road (target: its present name). Days where known, the last exclusive."""

CONTRACTS = {
    contract.layer: contract
    for contract in (DISTRICTS, STREETS, COMMUNITIES, COMPLEXES, BUILDINGS, ROADS, WATER, STATIONS, GRIDS)
}
"""The layers with shapes."""
TABLES = {contract.layer: contract for contract in (RESIDENTS, ALIASES)}
"""The layers without."""
