"""Commands about walking: reach, site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import geopandas as gpd
import pandas as pd
import typer

from api.answers.reach_answers import (
    CIRCLE,
    gap_rows,
    reach_rows,
    remarks,
    site_choices,
    site_rows,
    station_rows,
)
from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from geo.crs import KEPT_CRS
from geo.errors import InputError
from geo.reach.siting import Model
from layers.files.writers import write_layer, write_tables
from layers.reach.changes import Changes, Point, closed_but
from layers.reach.reach import By, Reach, measure_reach
from layers.reach.sites import propose_sites
from layers.reach.walks import make_walks
from layers.rights.viewer import OPERATOR

Minutes = Annotated[float, typer.Option(help="步行分钟数  Minutes on foot")]
Profile = Annotated[
    Literal["default", "elderly"],
    typer.Option(help="步行速度：default 1.1 米/秒，elderly 0.8 米/秒  Walking speed"),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="只算此类站点；可重复  Stations of this kind only, repeatable"),
]
Close = Annotated[
    list[str] | None, typer.Option(help="假设关闭的站点编号；可重复  Ref of a station to close, repeatable")
]
Keep = Annotated[
    list[str] | None,
    typer.Option(help="只保留这些站点；可重复  Keep these stations only, repeatable"),
]
_MOST_SHOWN = 20


def reach(
    ctx: typer.Context,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    by: Annotated[
        Literal["district", "street", "community", "grid", "kind"],
        typer.Option(help="按区县、街道、社区、网格或站点类别  What the rows are"),
    ] = "street",
    community: Communities = None,
    kind: Kinds = None,
    close: Close = None,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="写入文件：.xlsx/.csv 为各表，.geojson/.gpkg 为逐栋结果  Tables, or each building with its minutes"
        ),
    ] = None,
) -> None:
    """Households within so many minutes of a station on foot, beside the straight-line circle."""
    run = shell(ctx)
    with run.store() as store:
        walks = make_walks(store)
        found = measure_reach(
            store,
            OPERATOR,
            walks,
            as_of=run.day(as_of),
            minutes=minutes,
            profile=profile,
            codes=community,
            kinds=kind,
            changes=Changes(close=close or ()),
        )
    say_whole(run, found)
    run.line("")
    _say_groups(run, found, reach_rows(found, by, run.lang))
    run.line("")
    say_gaps(run, found, most=_MOST_SHOWN)
    for remark in remarks(walks, found):
        run.complain(remark.text(run.lang))
    if out is not None:
        _write(run, found, by, out)


def say_whole(run: Shell, found: Reach) -> None:
    """The one line that matters, and what the circle would have said."""
    (row,) = found.table().to_dict("records")
    m = f"{found.minutes:g}"
    share, straight = row[f"reach_{m}"], row["circle_households"] / max(row["households"], 1)
    run.say(
        f"{row[f'households_{m}']:,} of {row['households']:,} households ({share:.1%}) walk to one of "
        f"{len(found.stations)} stations within {m} minutes; {row['not_reached']:,} do not",
        f"{row['households']:,} 户中 {row[f'households_{m}']:,} 户（{share:.1%}）步行 {m} 分钟内可达 "
        f"{len(found.stations)} 个站点之一；{row['not_reached']:,} 户不可达",
    )
    run.say(
        f"circles of {found.limit_m:,.0f} m ({CIRCLE.en}) would say {straight:.1%}: "
        f"{row['circle_overstates']:.1f} points too many",
        f"半径 {found.limit_m:,.0f} 米服务圈（{CIRCLE.zh}）为 {straight:.1%}，高估 {row['circle_overstates']:.1f} 个百分点",
    )


def say_gaps(run: Shell, found: Reach, *, most: int) -> None:
    """The buildings worst off."""
    gaps = gap_rows(found, most=most)
    if gaps.empty:
        run.say("every household is reached", "全部住户均可达")
        return
    none = run.text("no way", "无路")
    run.table(
        run.text("not reached", "未覆盖楼栋"),
        run.text("community", "社区"),
        run.text("households", "户数"),
        run.text("minutes", "分钟"),
        run.text("nearest station", "最近站点"),
        rows=[
            (
                f"{row.complex}{row.name}",
                row.community,
                f"{row.households:,}",
                none if pd.isna(row.minutes) else f"{row.minutes:.0f}",
                row.station,
            )
            for row in gaps.itertuples(index=False)
        ],
    )


def _say_groups(run: Shell, found: Reach, table: pd.DataFrame) -> None:
    steps = [f"{step:g}" for step in found.steps()]
    asked = f"{found.minutes:g}"
    run.table(
        run.text("code", "编码"),
        run.text("name", "名称"),
        run.text("households", "户数"),
        *(run.text(f"{step} min", f"{step} 分钟") for step in steps),
        run.text("reached", "覆盖率"),
        run.text("circle", CIRCLE.zh),
        run.text("points", "高估点数"),
        rows=[
            (
                row["code"],
                row["name"],
                f"{row['households']:,}",
                *(f"{row[f'households_{step}']:,}" for step in steps),
                _share(row[f"reach_{asked}"]),
                _share(row["circle_households"] / row["households"] if row["households"] else None),
                "" if pd.isna(row["circle_overstates"]) else f"{row['circle_overstates']:.1f}",
            )
            for row in table.to_dict("records")
        ],
    )


def _share(value: float | None) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.1%}"


def _write(run: Shell, found: Reach, by: By, out: Path) -> None:
    if out.suffix.lower() in (".geojson", ".gpkg"):
        homes = found.homes.assign(minutes=(found.homes["metres"] / (60 * found.speed_m_s)).round(1))
        frame = gpd.GeoDataFrame(
            homes.drop(columns=["lon", "lat"]),
            geometry=gpd.points_from_xy(homes["lon"], homes["lat"]),
            crs=KEPT_CRS,
        )
        write_layer(frame, writable(out), layer="reach")
        written = [out]
    else:
        tables = {
            by: reach_rows(found, by, run.lang),
            "gaps": gap_rows(found),
            "stations": station_rows(found),
        }
        written = write_tables(tables, writable(out))
    for path in written:
        run.say(f"written → {path}", f"已写入 → {path}")


def site(
    ctx: typer.Context,
    new: Annotated[int, typer.Option(help="新增站点数  New stations")] = 1,
    model: Annotated[
        Model,
        typer.Option(
            help="most 覆盖最多住户；all 用最少站点覆盖全部；least_walk 总步行最短  What the places should do best"
        ),
    ] = Model.MOST,
    minutes: Minutes = 15.0,
    profile: Profile = "default",
    community: Communities = None,
    kind: Kinds = None,
    keep: Keep = None,
    close: Close = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            help="候选位置 经度,纬度；可重复；默认道路交叉口  A candidate LON,LAT, repeatable; crossings by default"
        ),
    ] = None,
    capacity: Annotated[
        float | None, typer.Option(help="每站可服务户数  Households a station can serve")
    ] = None,
    alternatives: Annotated[int, typer.Option(help="给出前几个方案  How many choices, best first")] = 1,
    out: Annotated[Path | None, typer.Option(help="写入 .xlsx/.csv/.geojson/.gpkg  Write the places")] = None,
) -> None:
    """Places for new stations, the best choice first, with what is proved of it."""
    run = shell(ctx)
    with run.store() as store:
        walks = make_walks(store)
        changes = Changes(close=close or ())
        if keep is not None:
            changes = closed_but(keep, changes, walks.stations, OPERATOR)
        found = measure_reach(
            store,
            OPERATOR,
            walks,
            as_of=run.today,
            minutes=minutes,
            profile=profile,
            codes=community,
            kinds=kind,
            changes=changes,
        )
    sites = propose_sites(
        walks,
        found,
        new=new,
        model=model,
        candidates=None if at is None else [_point(text) for text in at],
        capacity=capacity,
        alternatives=alternatives,
    )
    run.say(
        f"now {sites.reached_now:,} of {sites.households:,} households reach a station; "
        f"{sites.candidates} places were tried",
        f"目前 {sites.households:,} 户中 {sites.reached_now:,} 户可达站点；共比较 {sites.candidates} 个候选位置",
    )
    table = site_rows(sites, found)
    for one in site_choices(sites):
        proved = (
            run.text("proved best", "已证明最优")
            if one["gap"] == 0
            else run.text(f"at most {one['gap']:.2%} from the best", f"与最优相差不超过 {one['gap']:.2%}")
        )
        run.line("")
        run.say(
            f"choice {one['choice']}: {one['stations']} stations, {one['reached']:,} households reached "
            f"({one['gained']:+,}), {proved}",
            f"方案 {one['choice']}：{one['stations']} 个站点，可达 {one['reached']:,} 户（{one['gained']:+,}），{proved}",
        )
        run.table(
            run.text("place", "位置"),
            run.text("community", "社区"),
            run.text("lon", "经度"),
            run.text("lat", "纬度"),
            run.text("gains", "新增户数"),
            rows=[
                (row.near, row.community, f"{row.lon:.6f}", f"{row.lat:.6f}", f"{row.gained:,}")
                for row in table[table["choice"] == one["choice"]].itertuples(index=False)
            ],
        )
    if out is not None:
        frame = gpd.GeoDataFrame(table, geometry=sites.places.geometry, crs=KEPT_CRS)
        write_layer(frame, writable(out), layer="sites")
        run.say(f"written → {out}", f"已写入 → {out}")


def _point(text: str) -> Point:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"{text!r} is not a place; write LON,LAT in degrees", f"“{text}”不是位置；请写作 经度,纬度"
        ) from None
    return lon, lat
