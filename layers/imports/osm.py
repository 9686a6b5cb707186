"""An OpenStreetMap extract into the store in one transaction: communities, complexes, buildings, roads, water."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo.cells.working import working_areas
from geo.conform import conform
from geo.crs import KEPT_CRS, round_coordinates, to_kept_crs
from geo.errors import EmptyLayerError, Fault, Words
from geo.frames import COMMUNITIES, CONTRACTS
from geo.topology import broken, largest_share, overlaps
from layers.batches.batch import OSM, Batch
from layers.files.columns import told
from layers.files.confined import Bounds, confined
from layers.files.faults import FaultyFileError, bounded
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import ColumnMapping, map_columns
from layers.files.osm_tags import OsmLayers, read_osm
from layers.files.readers import read_source
from layers.imports.checks import check_frame
from layers.imports.relations import Options
from layers.imports.twins import twice
from layers.imports.writing import count_frame, write_frame
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import Upserted
from layers.store.unit import Reading, Writing

CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
"""What every map drawn from an extract has to say."""
ADMIN_SHARE = 0.8
"""Administrative areas serve as communities when they hold at least this share of the buildings."""
MADE_UP_PREFIX = "990000"
"""No county has this code: what begins with it was numbered here."""
_SAME_AREA = 0.5
"""A stored area with a made-up code that shares this much with a new one (of both together) is the same one."""

CommunityFrom = Literal["admin", "streets"] | Path | None


@dataclass(frozen=True, slots=True)
class OsmReport:
    """What an import of an extract did, or would do when `dry_run`."""

    source: str
    communities_from: str
    """`admin`, `streets`, or the name of the communities file."""
    communities: tuple[str, ...]
    """Codes of the communities of this import, sorted."""
    layers: dict[str, Upserted]
    """Rows added and updated in each layer."""
    notes: tuple[Words, ...]
    dry_run: bool
    batch: int | None = None
    """The number by which it can be taken back; None for a dry run."""


class _Areas(NamedTuple):
    """The communities of an extract and where they came from."""

    frame: gpd.GeoDataFrame
    origin: str
    notes: list[Words]


def import_osm(
    store: Store,
    viewer: Viewer,
    path: Path,
    *,
    community_from: CommunityFrom = None,
    dry_run: bool = False,
    actor: str,
    now: datetime,
    limits: Limits = DEFAULT,
) -> OsmReport:
    """Load an `.osm.pbf` or `.osm` extract, all of it or nothing.

    Communities come from the finest administrative boundaries that hold most of the buildings (`"admin"`), from
    working areas between main streets (`"streets"`), or from a file, to which everything is then cut down. None
    takes `admin` where it holds `ADMIN_SHARE` of the buildings, else `streets`; the notes say which. Areas
    without a 12-digit code get one that begins with `MADE_UP_PREFIX` and keep it when imported again.

    Raises `FileError` for a damaged extract, `FaultyFileError` when its communities overlap stored ones or the
    communities file has faults, `EmptyLayerError` when there is nothing to make communities from.
    """
    osm = confined(Bounds.of(path), path.name, read_osm, path, limits=limits)
    written: dict[str, Upserted] = {}
    number: int | None = None
    with store.reading(viewer) if dry_run else store.writing(viewer, actor=actor, now=now) as unit:
        batch = (
            Batch(unit, action="import", layer=OSM, source=path.name) if isinstance(unit, Writing) else None
        )
        areas = _choose_areas(unit, osm, path.name, community_from, limits)
        notes = [*osm.notes, *areas.notes]
        frames = {"communities": areas.frame, **_inside(osm, areas, cut=isinstance(community_from, Path))}
        for layer, frame in frames.items():
            ready, said = _ready(unit, layer, frame, areas, cut=isinstance(community_from, Path))
            notes += said
            if batch is None:
                written[layer] = count_frame(unit, layer, ready)
                continue
            done = write_frame(batch, layer, ready, source=f"{CREDIT} ({path.name})")
            written[layer] = done.rows
            notes += done.notes
        if isinstance(unit, Writing) and batch is not None:
            number = batch.close().number
            detail = {"layer": OSM, "source": path.name, "batch": number} | {
                name: sum(done) for name, done in written.items()
            }
            unit.record(action="import", detail=detail)
    codes = tuple(sorted(areas.frame["code"]))
    return OsmReport(path.name, areas.origin, codes, written, tuple(dict.fromkeys(notes)), dry_run, number)


def _ready(
    unit: Reading, layer: str, frame: gpd.GeoDataFrame, areas: _Areas, *, cut: bool
) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """A frame checked against the store, and what there is to say."""
    if layer == "communities" and areas.origin not in ("admin", "streets"):
        return frame, []  # checked with its own row numbers when it was read
    rows = np.arange(1, len(frame) + 1)
    checked = check_frame(
        unit, CONTRACTS[layer], frame, rows, options=Options(skip_outside=cut, lenient=True)
    )
    if checked.faults:
        raise FaultyFileError(layer, bounded(checked.faults))
    if layer != "buildings":
        return checked.frame, checked.notes
    frame, note = _once(checked.frame)
    return frame, [*checked.notes, *note]


def _once(buildings: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """The buildings without those that are mapped a second time, by another hand or as a relation beside its way."""
    again = [later for later, _ in twice("buildings", buildings)]
    if not again:
        return buildings, []
    note = Words(
        f"{len(again)} buildings are mapped twice and were taken once",
        f"{len(again)} 栋楼重复绘制，只取一次",
    )
    return buildings.drop(index=buildings.index[again]).reset_index(drop=True), [note]


def _inside(osm: OsmLayers, areas: _Areas, *, cut: bool) -> dict[str, gpd.GeoDataFrame]:
    """The other layers, complexes before buildings. `cut` keeps of roads and water what touches a community."""
    frames = {"complexes": osm.complexes, "buildings": osm.buildings, "roads": osm.roads, "water": osm.water}
    if not cut:
        return frames
    ground = shapely.union_all(np.asarray(areas.frame.geometry.array, dtype=object))
    shapely.prepare(ground)
    for layer in ("roads", "water"):
        touching = shapely.intersects(ground, np.asarray(frames[layer].geometry.array, dtype=object))
        frames[layer] = frames[layer][touching].reset_index(drop=True)
    return frames


# ---------------------------------------------------------------- communities


def _choose_areas(unit: Reading, osm: OsmLayers, name: str, wanted: CommunityFrom, limits: Limits) -> _Areas:
    if isinstance(wanted, Path):
        return _from_file(unit, wanted, limits)
    level, share = _finest_level(osm) if wanted != "streets" else (None, 0.0)
    if wanted == "admin" and level is None:
        raise EmptyLayerError(
            f"{name} holds no whole administrative boundary with buildings in it; use --community-from streets or a file",
            f"{name} 中没有含建筑的完整行政边界；请用 --community-from streets 或指定文件",
        )
    if level is not None and (wanted == "admin" or share >= ADMIN_SHARE):
        return _from_admin(unit, osm, level, share)
    frame = _coded(unit, working_areas(osm.roads, osm.water, _in_complexes(osm)))
    why = "" if level is None else f" (administrative areas hold only {share:.0%} of the buildings)"
    why_zh = "" if level is None else f"（行政边界只含 {share:.0%} 的建筑）"
    note = Words(
        f"there are no community boundaries{why}: {len(frame)} working areas were made from streets, water and railways; "
        "they are not communities",
        f"没有社区边界{why_zh}：已按道路、水系、铁路生成 {len(frame)} 个工作片区，并非真实社区",
    )
    return _Areas(frame, "streets", [note])


def _in_complexes(osm: OsmLayers) -> gpd.GeoDataFrame:
    """The buildings with the complex they lie in, which says that people live there."""
    held = largest_share(osm.buildings.geometry.array, osm.complexes.geometry.array)
    refs = np.array([*osm.complexes["ref"], None], dtype=object)
    area = np.where(held.share >= 0.5, held.area, -1)  # the last one: no complex
    return osm.buildings.assign(complex_ref=pd.array(refs[area], "str"))


def _finest_level(osm: OsmLayers) -> tuple[int | None, float]:
    """The highest admin_level whose areas hold `ADMIN_SHARE` of the buildings, else the one that holds most;
    and that share. (None, 0) when no area holds any building."""
    best: tuple[int | None, float] = (None, 0.0)
    if osm.buildings.empty:
        return best
    for level in sorted(set(osm.boundaries["level"]), reverse=True):
        areas = osm.boundaries[osm.boundaries["level"] == level]
        share = float((largest_share(osm.buildings.geometry.array, areas.geometry.array).share >= 0.5).mean())
        if share >= ADMIN_SHARE:
            return int(level), share
        if share > best[1]:
            best = (int(level), share)
    return best


def _from_admin(unit: Reading, osm: OsmLayers, level: int, share: float) -> _Areas:
    areas = osm.boundaries[osm.boundaries["level"] == level].reset_index(drop=True)
    held = largest_share(osm.buildings.geometry.array, areas.geometry.array)
    areas = areas[np.isin(np.arange(len(areas)), held.area)].reset_index(drop=True)
    frame = gpd.GeoDataFrame(
        {
            "code": areas["code"],
            "name": areas["name"].astype(object).where(areas["name"].notna(), areas["ref"]),
            "kind": "urban",
        },
        geometry=areas.geometry,
        crs=KEPT_CRS,
    )
    frame = _coded(unit, _apart(frame))
    made = int(frame["code"].str.startswith(MADE_UP_PREFIX).sum())
    outside = round((1 - share) * len(osm.buildings))
    notes = [
        Words(
            f"communities are the {len(frame)} administrative areas of level {level}, which hold {share:.0%} of the buildings",
            f"以 {len(frame)} 个 {level} 级行政边界作为社区，含 {share:.0%} 的建筑",
        )
    ]
    if made:
        notes.append(
            Words(
                f"{made} of them have no 12-digit code and were given made-up ones that begin with {MADE_UP_PREFIX}",
                f"其中 {made} 个没有 12 位编码，已编以 {MADE_UP_PREFIX} 开头的临时编码",
            )
        )
    if outside:
        notes.append(Words(f"{outside} buildings lie in none of them", f"有 {outside} 栋楼不在这些社区内"))
    return _Areas(frame, "admin", notes)


def _apart(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas of one level that overlap, as mapped by different hands: the smaller keeps what is shared."""
    shapes = np.asarray(frame.geometry.array, dtype=object).copy()
    for pair in overlaps(frame, min_area_m2=0.001).itertuples():
        small, large = sorted((pair.a, pair.b), key=lambda i: (shapely.area(shapes[i]), i))
        shapes[large] = round_coordinates(shapely.difference(shapes[large], shapes[small]))[0]
    apart = frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=KEPT_CRS))
    usable = apart.geometry.geom_type.isin(COMMUNITIES.geometry) & ~apart.geometry.is_empty
    bad = {position for position, _ in broken(apart)}
    sound = [bool(ok) and i not in bad for i, ok in enumerate(usable)]
    return apart[sound].reset_index(drop=True)


def _coded(unit: Reading, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` as communities; codes that are missing or made up are the stored ones of the same areas, else
    the next free ones."""
    code = t.communities.c.code
    statement = (
        sa.select(code, t.communities.c.geometry).where(code.startswith(MADE_UP_PREFIX)).order_by(code)
    )
    stored = unit.frame(statement)
    codes: list[Any] = [value if isinstance(value, str) else None for value in frame["code"]]
    open_rows = [i for i, value in enumerate(codes) if value is None or value.startswith(MADE_UP_PREFIX)]
    known = _same_areas(frame.iloc[open_rows], stored)
    used = set(stored["code"])
    fresh = (f"{MADE_UP_PREFIX}{1 + n // 999:03d}{1 + n % 999:03d}" for n in range(999 * 999))
    for i, position in zip(open_rows, known, strict=True):
        codes[i] = stored["code"].iloc[position] if position >= 0 else next(c for c in fresh if c not in used)
    return conform(frame.assign(code=codes), COMMUNITIES)


def _same_areas(frame: gpd.GeoDataFrame, stored: gpd.GeoDataFrame) -> list[int]:
    """For each row the position of the stored area that is the same one, -1 where none is; each is used once."""
    if stored.empty or frame.empty:
        return [-1] * len(frame)
    new = np.asarray(frame.geometry.array, dtype=object)
    old = np.asarray(stored.geometry.array, dtype=object)
    i, j = shapely.STRtree(old).query(new, predicate="intersects")
    common = shapely.area(shapely.intersection(new[i], old[j]))
    share = common / (shapely.area(new[i]) + shapely.area(old[j]) - common)
    found = [-1] * len(frame)
    taken: set[int] = set()
    for k in np.lexsort((j, i, -share)):
        if share[k] > _SAME_AREA and found[i[k]] < 0 and int(j[k]) not in taken:
            found[i[k]] = int(j[k])
            taken.add(int(j[k]))
    return found


def _from_file(unit: Reading, path: Path, limits: Limits) -> _Areas:
    source = confined(Bounds.of(path), path.name, read_source, path, layer="communities", limits=limits)
    mapped = map_columns(source, COMMUNITIES, ColumnMapping(), limits=limits)
    checked = check_frame(unit, COMMUNITIES, to_kept_crs(mapped.frame), source.rows, theirs=mapped.theirs)
    faults: list[Fault] = bounded([*source.faults, *mapped.faults, *checked.faults])
    if faults:
        raise FaultyFileError("communities", faults)
    columns = told(mapped.columns, mapped.ignored)
    note = Words(
        f"communities come from {path.name}; buildings outside them were left out",
        f"社区来自 {path.name}；其外的建筑未载入",
    )
    return _Areas(checked.frame, path.name, [*source.notes, *mapped.notes, *columns, *checked.notes, note])
