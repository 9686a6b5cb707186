"""What there is to do where (12345 appeals, repairs, visits): tables located in bulk, kept as counts by month and spot, told by
grid, hexagon, community and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo.crs import KEPT_CRS, LocalMetres
from geo.days import day_of
from geo.errors import EmptyLayerError, InputError, NotFoundError, Words
from geo.locate.index import bad_coordinates
from geo.privacy.bundles import bundled
from layers.ground.regions import community_codes
from layers.lookup.lookups import load_lookup
from layers.plans.loads import load_names, read_spots
from layers.plans.plans import read_grids
from layers.rights.counting import least_for
from layers.rights.viewer import Viewer
from layers.store.chain_tables import loads
from layers.store.database import Store

SPOT = 11
"""H3 resolution at which loads are kept: hexagons of some 25 m."""
HEXAGON = 9
"""H3 resolution at which they are shown: some 170 m from corner to corner's opposite edge."""
By = Literal["grid", "hexagon", "community", "month"]
BYS: tuple[By, ...] = get_args(By)
_NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a table."""

    rows: int
    located: int
    """Rows tied to a community, and so kept."""
    replaced: int
    """Events of these months under this name that were known before."""
    months: tuple[date, ...]


def keep_load(
    store: Store,
    viewer: Viewer,
    name: str,
    days: Sequence[str],
    *,
    addresses: Sequence[str] | None = None,
    lon: Sequence[float] | None = None,
    lat: Sequence[float] | None = None,
    source: str,
    dry_run: bool = False,
    actor: str,
    now: datetime,
    as_of: date,
) -> tuple[Kept, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Locate events (addresses, or points in degrees EPSG:4490; `days` as written) and keep their counts under `name`, in the
    place of what was kept of the same months. Also which rows were located (n,). Raises `InputError` for a name or day
    that cannot be, with its row from 1."""
    if not 0 < len(name.strip()) <= _NAME_CHARACTERS:
        raise InputError(
            f"name the load in 1 to {_NAME_CHARACTERS} characters",
            f"请给出 1 至 {_NAME_CHARACTERS} 个字符的名称",
        )
    months = _months(days)
    found = _located(store, viewer, addresses, lon, lat, as_of)
    there = found["community_code"].notna().to_numpy() & found["spot"].notna().to_numpy()
    kept = found.assign(month=months)[there]
    counts = (
        kept.groupby(["month", "spot", "building_ref", "community_code"]).size().rename("count").reset_index()
    )
    said = sorted(set(months))
    of_these = (loads.c.name == name, loads.c.month.in_(said))
    if dry_run:
        with store.reading(viewer) as unit:
            before = int(
                unit.scalar(sa.select(sa.func.coalesce(sa.func.sum(loads.c["count"]), 0)).where(*of_these))
            )
        return Kept(len(found), len(kept), before, tuple(said)), there
    with store.writing(viewer, actor=actor, now=now) as unit:
        before = int(
            unit.scalar(sa.select(sa.func.coalesce(sa.func.sum(loads.c["count"]), 0)).where(*of_these))
        )
        unit.execute(sa.delete(loads).where(*of_these))
        unit.insert_frame(loads, counts, name=name)
        detail = {"load": name, "source": source, "rows": len(found), "located": len(kept)}
        unit.record(action="keep load", detail=detail)
    return Kept(len(found), len(kept), before, tuple(said)), there


def tell_load(
    store: Store,
    viewer: Viewer,
    name: str,
    *,
    by: By,
    as_of: date,
    since: date | None = None,
    until: date | None = None,
    codes: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """Events of a load by `by`: code, name, events, and the shape of hexagons and grids (EPSG:4490); months have none.

    Months from that of `since` until before that of `until`. Who may not count single buildings is told spots with few
    events together with their neighbours (`geo.privacy.bundles`), over all months at once, so a period or months are refused
    to him. Raises `NotFoundError` for a name nothing is kept under, or a prefix that matches no community.
    """
    least = least_for(viewer)
    if least > 1 and (by == "month" or since is not None or until is not None):
        raise InputError(
            "periods are told only to who may count single buildings; ask for all months",
            "仅可统计单栋数量的人员可按时段查询；请查询全部月份",
        )
    with store.reading(viewer) as unit:
        seen = community_codes(unit, prefixes=codes)
        spots = read_spots(unit, name=name, since=since, until=until, codes=seen)
        if spots.empty and name not in load_names(unit):
            raise NotFoundError(
                f"no load {name} is kept; wangge workload keeps one",
                f"没有名为“{name}”的工作量；请用 wangge workload 录入",
            )
        grids = read_grids(unit, as_of=as_of, codes=seen) if by == "grid" else None
    if spots.empty:
        raise EmptyLayerError("no event in these months and communities", "该时段与范围内没有记录")
    if by == "month":
        months = spots.groupby("month")["count"].sum().reset_index()
        return gpd.GeoDataFrame(
            {
                "code": [month.strftime("%Y-%m") for month in months["month"]],
                "name": "",
                "events": months["count"],
            },
            geometry=[None] * len(months),
            crs=KEPT_CRS,
        )
    told = _bundled(spots, least)
    if grids is not None:
        return _by_grid(told, grids)
    if by == "community":
        sums = told.groupby("community_code")["count"].sum()
        return gpd.GeoDataFrame(
            {"code": sums.index, "name": "", "events": sums.to_numpy()},
            geometry=[None] * len(sums),
            crs=KEPT_CRS,
        )
    sums = (
        told.assign(hexagon=[h3.cell_to_parent(spot, HEXAGON) for spot in told["spot"]])
        .groupby("hexagon")["count"]
        .sum()
    )
    sums = sums[sums > 0]
    shapes = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in sums.index]
    return gpd.GeoDataFrame(
        {"code": sums.index, "name": "", "events": sums.to_numpy()}, geometry=shapes, crs=KEPT_CRS
    )


def _bundled(spots: pd.DataFrame, least: int) -> pd.DataFrame:
    """All months together, small spots counted at the one that stands for their bundle."""
    keys = ["community_code", "spot", "building_ref"]
    whole = (
        spots.groupby(keys, sort=True)
        .agg(count=("count", "sum"), lon=("lon", "first"), lat=("lat", "first"))
        .reset_index()
    )
    if least == 1:
        return whole
    points = gpd.GeoSeries(gpd.points_from_xy(whole["lon"], whole["lat"]), crs=KEPT_CRS)
    xy = shapely.get_coordinates(
        LocalMetres.of(np.asarray(points.array, dtype=object)).to_metres(
            np.asarray(points.array, dtype=object)
        )
    )
    counts = whole["count"].to_numpy(dtype=np.int64)
    stands = bundled(
        xy, counts[:, None], pd.factorize(whole["community_code"])[0].astype(np.int64), least=least
    )
    told = np.flatnonzero(stands >= 0)
    sums = np.zeros_like(counts)
    np.add.at(sums, stands[told], counts[told])
    return whole.assign(count=sums)[sums > 0]


def _by_grid(told: pd.DataFrame, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    points = shapely.points(told["lon"], told["lat"])
    shapes = np.asarray(grids.geometry.array, dtype=object)
    at, grid = shapely.STRtree(shapes).query(points, predicate="intersects")
    first = dict(zip(at[::-1].tolist(), grid[::-1].tolist(), strict=True))
    counts = np.zeros(len(grids), dtype=np.int64)
    values = told["count"].to_numpy(dtype=np.int64)
    for point, row in first.items():
        counts[row] += values[point]
    return gpd.GeoDataFrame(
        {"code": grids["code"], "name": grids["name"], "events": counts}, geometry=shapes, crs=KEPT_CRS
    )


def _located(
    store: Store,
    viewer: Viewer,
    addresses: Sequence[str] | None,
    lon: Sequence[float] | None,
    lat: Sequence[float] | None,
    day: date,
) -> pd.DataFrame:
    """community_code, building_ref ("" without) and spot of each event; missing where it was not found."""
    lookup = load_lookup(store, viewer, as_of=day)
    if addresses is not None:
        table = lookup.locate_many(list(addresses), as_of=day)
        refs = table["building_ref"].tolist()
        homes = {home.building_ref: home for home in lookup.homes([ref for ref in refs if ref], as_of=day)}
        at = [homes.get(ref) for ref in refs]
        x = np.array([np.nan if home is None else home.lon for home in at])
        y = np.array([np.nan if home is None else home.lat for home in at])
    else:
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        good = ~bad_coordinates(x, y)
        table = pd.DataFrame(index=range(len(x)), columns=["community_code", "building_ref"], dtype=object)
        if good.any():
            found = lookup.index.locate_many(x[good], y[good], as_of=day)
            for column in table:
                table.loc[good, column] = found[column].to_numpy()
        x, y = np.where(good, x, np.nan), np.where(good, y, np.nan)
    known = ~np.isnan(x)
    spots = np.full(len(x), None, dtype=object)
    spots[known] = [h3.latlng_to_cell(b, a, SPOT) for a, b in zip(x[known], y[known], strict=True)]
    refs = table["building_ref"].astype(object)
    return pd.DataFrame(
        {
            "community_code": table["community_code"].astype(object).to_numpy(),
            "building_ref": refs.where(refs.notna(), "").to_numpy(),
            "spot": spots,
        }
    )


def _months(days: Sequence[str]) -> list[date]:
    """The first day of the month of each."""
    found = []
    for number, text in enumerate(days, start=1):
        day = day_of(str(text), serial=True)
        if day is None:
            words = Words(
                f"row {number}: {str(text)[:30]!r} is no date; write YYYY-MM-DD",
                f"第 {number} 行：“{str(text)[:30]}”不是日期；请写 YYYY-MM-DD",
            )
            raise InputError(words.en, words.zh)
        found.append(day.replace(day=1))
    return found
