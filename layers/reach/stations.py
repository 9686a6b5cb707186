"""One station at a time: added, changed, moved and closed, each as a batch that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa

from geo.conform import try_conform
from geo.crs import KEPT_CRS
from geo.errors import ConflictError, FrameError, InputError, Words
from geo.frames import STATIONS
from layers.batches.batch import Batch
from layers.files.value_words import value_of
from layers.plans.days import FIRST, china_day
from layers.reach.changes import Point, no_station
from layers.reach.facts import change_to, facts_of, write_change
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.chain_tables import links
from layers.store.database import Store
from layers.store.unit import Reading

MOVED = "迁移 moved"
"""The reason kept with the place a station had before."""
_SOURCE = "manual"


def add_station(
    store: Store,
    viewer: Viewer,
    ref: str,
    point: Point,
    said: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Add a station at `point` (degrees, EPSG:4490) with the values `said` by column. Raises `ConflictError` for a ref that is
    taken, `InputError` for a value or place that cannot be."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="import", layer="stations", source=_SOURCE)
        if not batch.keep(t.stations, [ref]).empty:
            raise ConflictError(
                f"there is a station {ref} already; change it with edit or move",
                f"站点 {ref} 已存在；请用 edit 或 move",
            )
        frame = _checked({"ref": ref, **said}, point)
        unit.insert_frame(t.stations, frame.assign(community_code=_community(unit, point)), source=_SOURCE)
        _closed(batch, "add station", ref)


def edit_station(
    store: Store, viewer: Viewer, ref: str, said: Mapping[str, Any], *, actor: str, now: datetime
) -> None:
    """Give a station other values. Raises `NotFoundError` for one that is not there, `InputError` for a value that cannot be."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="import", layer="stations", source=_SOURCE)
        row = _kept(batch, ref)
        frame = _checked({**row, **said}, shapely.get_coordinates(row["geometry"])[0].tolist())
        (new,) = frame[list(said)].astype(object).to_dict("records")
        unit.execute(t.stations.update().where(t.stations.c.ref == ref).values(**new))
        _closed(batch, "edit station", ref)


def move_station(
    store: Store, viewer: Viewer, ref: str, point: Point, *, on: date, actor: str, now: datetime
) -> None:
    """Have a station stand at `point` from the day `on`; before it stands where it was. Raises as `edit_station`."""
    _require_past(on, now)
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="import", layer="stations", source=_SOURCE)
        row = _kept(batch, ref)
        frame = _checked(row, point)
        batch.end(t.stations, [ref], on=on, reason=MOVED)
        unit.insert_frame(
            t.stations, frame.assign(community_code=_community(unit, point)), source=row["source"]
        )
        _closed(batch, "move station", ref)


def close_station(
    store: Store, viewer: Viewer, ref: str, *, reason: str, on: date, actor: str, now: datetime
) -> None:
    """Have a station be there no longer from the day `on`, with what it serves. Raises as `edit_station`, and `InputError`
    without a reason."""
    said = " ".join(reason.split())
    if not 0 < len(said) <= 500:
        raise InputError("say why, in at most 500 characters", "请说明理由，至多 500 个字符")
    _require_past(on, now)
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="end", layer="stations", source=_SOURCE, reason=said)
        _kept(batch, ref)
        batch.end(t.stations, [ref], on=on, reason=said)
        served = [fact for fact in facts_of(unit, links, links.c.ref, [ref]) if fact["kind"] == "station"]
        write_change(batch, change_to(links, [], served, day=on), source=_SOURCE)
        _closed(batch, "close station", ref)


def _kept(batch: Batch, ref: str) -> dict[str, Any]:
    found = batch.keep(t.stations, [ref])
    if found.empty:
        raise no_station(ref)
    return dict(found.iloc[0])


def _closed(batch: Batch, action: str, ref: str) -> None:
    number = batch.close().number
    batch.unit.record(action=action, detail={"station": ref, "batch": number})


def _checked(values: Mapping[str, Any], point: Point) -> gpd.GeoDataFrame:
    """One station held against the contract of its layer. Raises `FrameError` with every fault."""
    lon, lat = point
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(
            f"{lon}, {lat} is no longitude and latitude", f"{lon}, {lat} 不是有效的经纬度（经度在前）"
        )
    said = {name: values.get(name) for name in STATIONS.names}
    if isinstance(said["kind"], str):
        said["kind"] = value_of("stations", "kind", said["kind"]) or said["kind"]
    if isinstance(said["letter"], str) and len(said["letter"]) > 2:
        raise InputError(
            f"{said['letter']!r} is no sign of one or two characters", f"“{said['letter']}”不是一两个字的符号"
        )
    frame = gpd.GeoDataFrame([said], geometry=[shapely.Point(round(lon, 9), round(lat, 9))], crs=KEPT_CRS)
    typed, faults = try_conform(frame, STATIONS, rows=[1])
    if faults:
        raise FrameError("stations", faults)
    return typed


def _community(unit: Reading, point: Point) -> str | None:
    """Code of the community that holds a point. Raises `InputError` where none of the viewer's does."""
    areas = unit.frame(
        sa.select(t.communities.c.code, t.communities.c.geometry).order_by(t.communities.c.code)
    )
    inside = areas[shapely.intersects(areas.geometry.array, shapely.Point(point))] if len(areas) else areas
    if inside.empty:
        words = Words(
            "the place lies in no community; check lon and lat", "该位置不在任何社区内；请核对经纬度"
        )
        raise InputError(words.en, words.zh)
    return str(inside["code"].iloc[0])


def _require_past(day: date, now: datetime) -> None:
    if day > china_day(now) or day < FIRST:
        raise InputError(
            f"{day} has not come, or is too long ago; do it on that day",
            f"日期 {day} 尚未到来或过早；请在当日办理",
        )
