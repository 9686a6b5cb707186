"""OpenStreetMap's objects and tags turned into layers: one pass over the file, whole frames out."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from geo.conform import conform
from geo.crs import KEPT_CRS, areas_m2, round_coordinates
from geo.errors import FileError, Words
from geo.frames import BUILDINGS, COMPLEXES, ROADS, WATER, Contract
from geo.topology import broken, repair
from layers.files.headers import check_pbf
from layers.files.limits import DEFAULT, Limits, open_file, too_many
from layers.files.osm_order import in_order, put_in_order
from layers.files.synonyms import TITLES
from layers.files.value_words import value_of

MOST_UNNAMED_COMPLEX_HA = 20.0
"""Residential land without a name is taken for a complex up to this size; larger, it is a quarter."""
FEWEST_UNNAMED_BUILDINGS = 2
"""... and from this many buildings on."""

_KEYS = ("building", "highway", "railway", "barrier", "natural", "waterway", "landuse", "boundary")
_USE_KEYS = ("amenity", "shop", "office", "tourism", "leisure", "healthcare", "craft", "man_made")
_RAILS = frozenset({"rail", "light_rail", "subway", "narrow_gauge", "monorail", "funicular"})
_WALLS = frozenset({"wall", "fence", "city_wall", "retaining_wall"})
_NO_ROADS = frozenset(
    {"proposed", "construction", "platform", "elevator", "abandoned", "disused", "razed", "raceway"}
)
_WATERWAYS = frozenset({"river", "canal", "stream"})
_WET_LAND = frozenset({"reservoir", "basin"})
_MOST_LEVELS, _MOST_FLATS = 200, 20_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_TEXT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class OsmLayers:
    """The layers of one file, each by its contract in EPSG:4490, sorted by ref."""

    buildings: gpd.GeoDataFrame
    complexes: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    boundaries: gpd.GeoDataFrame
    """Administrative areas: ref, name, level (OSM admin_level), code (the `ref` tags' digits or None)."""
    notes: list[Words] = field(default_factory=list)


@dataclass(slots=True)
class _Rows:
    """What the pass over the file collects for one layer: plain values and WKB."""

    values: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)

    def add(self, shape: Any, **values: Any) -> None:
        """One more row."""
        self.values.append(values)
        self.shapes.append(shape)


def read_osm(path: Path, *, limits: Limits = DEFAULT) -> OsmLayers:
    """Read an `.osm.pbf` or `.osm` file. Raises `FileError` when it is cut short, damaged or too large.

    Shapes that cannot be put together, because the extract holds only part of them, are left out and counted
    in the notes. WGS-84 is taken as CGCS2000.
    """
    resolved = open_file(path, limits)
    kind = "pbf" if resolved.suffix.lower() == ".pbf" else "osm"
    if kind == "pbf":
        check_pbf(resolved, most_unpacked_bytes=limits.unpacked_bytes)
    elif resolved.suffix.lower() != ".osm":
        raise FileError(
            f"{path.name}: only .osm.pbf and .osm are read; unpack or convert it first",
            f"{path.name}：只支持 .osm.pbf 和 .osm；请先解压或转换",
        )
    rows = {name: _Rows() for name in ("buildings", "complexes", "roads", "water", "boundaries")}
    try:
        count, lost = _collect(resolved, kind, rows, limits)
        if (lost or not count) and not in_order(resolved, kind):
            rows = {name: _Rows() for name in rows}
            with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
                ordered = put_in_order(resolved, kind, Path(folder))
                count, lost = _collect(ordered, "pbf", rows, limits)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise FileError(
            f"{path.name} is damaged or cut short: {reason}; copy or download it again",
            f"{path.name} 已损坏或不完整：{reason}；请重新复制或下载",
        ) from error
    if count == 0:
        raise FileError(
            f"{path.name} holds no buildings, roads, water or boundaries",
            f"{path.name} 中没有建筑、道路、水系或边界",
        )
    notes: list[Words] = []
    if lost:
        notes.append(
            Words(
                f"{lost} shapes are incomplete in the extract and were left out",
                f"{lost} 个图形在文件中不完整，未载入",
            )
        )
    buildings = _frame(rows["buildings"], BUILDINGS, notes)
    complexes, said = _true_complexes(_frame(rows["complexes"], COMPLEXES, notes), buildings)
    return OsmLayers(
        buildings,
        complexes,
        _frame(rows["roads"], ROADS, notes),
        _frame(rows["water"], WATER, notes),
        _boundaries(rows["boundaries"]),
        notes + said,
    )


def _collect(path: Path, kind: str, rows: dict[str, _Rows], limits: Limits) -> tuple[int, int]:
    """One pass; how many objects were kept and how many had no whole shape."""
    factory = osmium.geom.WKBFactory()
    keys = osmium.filter.KeyFilter(*_KEYS)
    count = lost = 0
    things: Any = osmium.FileProcessor(osmium.io.File(str(path), kind)).with_areas().with_filter(keys)
    for thing in things:
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_area():
            wanted = _area_rows(tags)
            ref = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
        elif thing.is_way():
            wanted = _line_rows(tags, closed=thing.is_closed())
            ref = f"w{thing.id}"
        else:
            continue
        if not wanted:
            continue
        shape = _area(factory, thing) if thing.is_area() else _line(thing)
        if shape is None:
            lost += 1
            continue
        count += 1
        if count > limits.rows:
            raise too_many(path.name, count, limits)
        for layer, values in wanted:
            rows[layer].add(shape, ref=ref, name=_name(tags), **values)
    return count, lost


def _area(factory: Any, area: Any) -> Any | None:
    try:
        return bytes.fromhex(factory.create_multipolygon(area))
    except (RuntimeError, osmium.InvalidLocationError):
        return None


def _line(way: Any) -> Any | None:
    """The way through the nodes that the extract holds."""
    points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    return shapely.to_wkb(shapely.LineString(points)) if len(set(points)) > 1 else None


def _area_rows(tags: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if tags.get("building", "no") != "no":
        found.append(("buildings", _building(tags)))
    if tags.get("landuse") == "residential":
        aliases = [_clean(tags[key]) for key in ("alt_name", "old_name", "short_name") if key in tags]
        found.append(("complexes", {"aliases": [alias for alias in aliases if alias]}))
    if (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or tags.get("landuse") in _WET_LAND
    ):
        word = tags.get("water") or tags.get("waterway") or tags.get("landuse") or "water"
        found.append(("water", {"kind": value_of("water", "kind", word) or "other"}))
    if tags.get("boundary") == "administrative" and tags.get("admin_level", "").isdigit():
        digits = [
            tags[key] for key in ("ref:CN", "ref", "ref:code", "national_statistical_code") if key in tags
        ]
        code = next((text for text in digits if re.fullmatch(r"\d{12}", text)), None)
        found.append(("boundaries", {"level": int(tags["admin_level"]), "code": code}))
    return found


def _line_rows(tags: dict[str, str], *, closed: bool) -> list[tuple[str, dict[str, Any]]]:
    bridge, tunnel = (tags.get(key, "no") != "no" for key in ("bridge", "tunnel"))
    ways = {"bridge": bridge, "tunnel": tunnel}
    highway = tags.get("highway")
    if highway is not None and highway not in _NO_ROADS and not (closed and tags.get("area") == "yes"):
        return [("roads", {"road_class": value_of("roads", "road_class", highway) or "other", **ways})]
    if tags.get("railway") in _RAILS:
        return [("roads", {"road_class": "rail", **ways})]
    if tags.get("waterway") in _WATERWAYS and not tunnel:
        return [("water", {"kind": tags["waterway"]})]
    if tags.get("barrier") in _WALLS:
        return [("roads", {"road_class": "wall", **ways})]
    return []


def _building(tags: dict[str, str]) -> dict[str, Any]:
    use = value_of("buildings", "use", tags["building"])
    if not use:
        said = next((f"{key}={tags[key]}" for key in _USE_KEYS if key in tags), None)
        by_key = value_of("buildings", "use", said) if said else None
        use = by_key or (None if use == "" else "other")
    levels = _whole(tags.get("building:levels"), _MOST_LEVELS)
    return {
        "use": use,
        "levels": levels,
        "height_m": _metres(tags.get("height")),
        "households": _whole(tags.get("building:flats"), _MOST_FLATS),
        "road_addresses": _road_addresses(tags),
    }


def _road_addresses(tags: dict[str, str]) -> str | None:
    """Street and number of a building; several numbers (15;17) are as many addresses, joined by `|`.

    >>> _road_addresses({"addr:street": "张家胡同", "addr:housenumber": "15;17号"})
    '张家胡同15号|张家胡同17号'
    """
    street, numbers = (_clean(tags.get(f"addr:{key}", "")) for key in ("street", "housenumber"))
    said = [number.strip() for number in re.split("[;,；，、]", numbers) if number.strip()]
    whole = [f"{street}{number}{'号' if number[-1].isdigit() else ''}" for number in said]
    return "|".join(whole)[:_TEXT_CHARACTERS] if street and whole else None


def _whole(text: str | None, most: int) -> int | None:
    """The largest number of a text such as `5;6` or `3.5` (half a level is a roof), rounded down."""
    numbers = [float(n) for n in re.findall(r"\d{1,6}(?:\.\d+)?", text)] if text and "-" not in text else []
    value = int(max(numbers)) if numbers else -1
    return value if 0 <= value <= most else None


def _metres(text: str | None) -> float | None:
    match = re.fullmatch(r"\s*(\d{1,4}(?:\.\d+)?)\s*m?\s*", text) if text else None
    value = float(match[1]) if match else -1.0
    return value if 0 < value <= 1000 else None


def _name(tags: dict[str, str]) -> str | None:
    return next(
        (name for key in ("name:zh", "name", "addr:housename") if (name := _clean(tags.get(key, "")))), None
    )


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()[:_TEXT_CHARACTERS]


def _shapes(rows: _Rows) -> np.ndarray[Any, Any]:
    """Parts of one piece as single shapes, coordinates rounded."""
    shapes = round_coordinates(shapely.from_wkb(np.array(rows.shapes, dtype=object)))
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _frame(rows: _Rows, contract: Contract, notes: list[Words]) -> gpd.GeoDataFrame:
    """Rows as the layer's frame, one per ref, shapes repaired; those beyond repair are left out and said."""
    if not rows.values:
        return conform(
            gpd.GeoDataFrame({contract.key: []}, geometry=[], crs=KEPT_CRS).assign(**_none(contract)),
            contract,
        )
    data = {name: [values.get(name) for values in rows.values] for name in contract.names}
    frame = gpd.GeoDataFrame(data, geometry=_shapes(rows), crs=KEPT_CRS)
    frame = frame.drop_duplicates("ref").sort_values("ref", kind="stable").reset_index(drop=True)
    there = frame.geometry.geom_type.isin(contract.geometry) & ~frame.geometry.is_empty
    frame = conform(frame[there].reset_index(drop=True), contract)
    mended = repair(frame).frame
    bad = [position for position, _ in broken(mended)]
    if bad:
        notes.append(
            Words(
                f"{len(bad)} {contract.layer} have invalid shapes and were left out",
                f"{len(bad)} 个{TITLES[contract.layer]}图形无效，未载入",
            )
        )
    return mended.drop(index=mended.index[bad]).reset_index(drop=True)


def _none(contract: Contract) -> dict[str, list[Any]]:
    return {name: [] for name in contract.names}


def _boundaries(rows: _Rows) -> gpd.GeoDataFrame:
    names = ("ref", "name", "level", "code")
    data = {name: [values.get(name) for values in rows.values] for name in names}
    frame = gpd.GeoDataFrame(data, geometry=_shapes(rows) if rows.shapes else [], crs=KEPT_CRS)
    frame = frame.drop_duplicates("ref").sort_values("ref", kind="stable").reset_index(drop=True)
    bad = [position for position, _ in broken(frame)] if len(frame) else []
    return frame.drop(index=frame.index[bad]).reset_index(drop=True)


def _true_complexes(
    complexes: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """Named residential land, and unnamed land of a complex's size with buildings on it."""
    if complexes.empty:
        return complexes, []
    shapes = np.asarray(complexes.geometry.array, dtype=object)
    centres = shapely.centroid(np.asarray(buildings.geometry.array, dtype=object))
    on_it = np.bincount(
        shapely.STRtree(centres).query(shapes, predicate="contains")[0], minlength=len(shapes)
    )
    small = areas_m2(shapes) <= MOST_UNNAMED_COMPLEX_HA * 10_000
    named = complexes["name"].notna().to_numpy(dtype=bool)
    kept = named | (small & (on_it >= FEWEST_UNNAMED_BUILDINGS))
    words = Words(
        f"of {len(complexes)} residential areas {int(kept.sum())} are taken as complexes: {int(named.sum())} named, and unnamed "
        f"ones up to {MOST_UNNAMED_COMPLEX_HA:.0f} ha with at least {FEWEST_UNNAMED_BUILDINGS} buildings",
        f"{len(complexes)} 块居住用地中 {int(kept.sum())} 块作为小区：{int(named.sum())} 块有名称，"
        f"其余为不超过 {MOST_UNNAMED_COMPLEX_HA:.0f} 公顷且至少有 {FEWEST_UNNAMED_BUILDINGS} 栋楼的无名用地",
    )
    return complexes[kept].reset_index(drop=True), [words]
