"""What the command `reach` prints and writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from api.answers.reach_answers import (
    CIRCLE,
    gap_rows,
    reach_rows,
    station_rows,
)
from api.cli.shell import Shell, writable
from geo.crs import KEPT_CRS
from geo.reach.figures import NORM_RADII_M
from layers.files.writers import write_layer, write_tables
from layers.reach.reach import By, Reach


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


def say_norms(run: Shell, found: Reach) -> None:
    """What the circles of the norm would say."""
    (row,) = found.table().to_dict("records")
    told = [(radius, row[f"circle_{radius}_m"] / max(row["households"], 1)) for radius in NORM_RADII_M]
    run.say(
        "circles of the norm: " + ", ".join(f"{radius:,} m {share:.1%}" for radius, share in told),
        "规范服务半径："
        + "，".join(f"{radius:,} 米 {share:.1%}" for radius, share in told)
        + f"（{CIRCLE.zh}）",
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


def say_groups(run: Shell, found: Reach, table: pd.DataFrame) -> None:
    """How many households of each group reach a station, by minutes, beside what the circle would say."""
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


def say_two_days(run: Shell, table: pd.DataFrame, before: date, after: date) -> None:
    """Households reached on both days, group by group, and in all what that comes to."""
    then, now, all_ = (int(table[name].sum()) for name in ("reached_before", "reached", "households"))
    if all_:
        run.say(
            f"{before}: {then:,} ({then / all_:.1%}) → {after}: {now:,} ({now / all_:.1%}), {now - then:+,} households; "
            "homes and streets are today's on both days",
            f"{before}：{then:,} 户（{then / all_:.1%}）→ {after}：{now:,} 户（{now / all_:.1%}），{now - then:+,} 户；"
            "两个日期均按今天的住户与道路计算",
        )
    run.table(
        run.text("code", "编码"),
        run.text("name", "名称"),
        run.text("households", "户数"),
        str(before),
        str(after),
        run.text("more", "增减"),
        run.text("points", "百分点"),
        rows=[
            (
                row["code"],
                row["name"],
                f"{row['households']:,}",
                f"{row['reached_before']:,}",
                f"{row['reached']:,}",
                f"{row['more']:+,}",
                "" if pd.isna(row["points"]) else f"{row['points']:+.1f}",
            )
            for row in table.to_dict("records")
        ],
    )


def _share(value: float | None) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.1%}"


def write_reach(run: Shell, found: Reach, by: By, out: Path, *, beside: pd.DataFrame | None = None) -> None:
    """The tables of a measurement as files, or each building with its minutes where `out` is a map file."""
    if out.suffix.lower() in (".geojson", ".gpkg"):
        homes = found.homes.assign(minutes=(found.homes["metres"] / (60 * found.speed_m_s)).round(1))
        frame = gpd.GeoDataFrame(
            homes.drop(columns=["lon", "lat"]),
            geometry=gpd.points_from_xy(homes["lon"], homes["lat"]),
            crs=KEPT_CRS,
        )
        write_layer(frame, writable(out), layer="reach", lang=run.lang, shapes=False)
        written = [out]
    else:
        tables = {
            by: reach_rows(found, by, run.lang),
            "gaps": gap_rows(found),
            "stations": station_rows(found),
        } | ({} if beside is None else {"two_days": beside})
        written = write_tables(tables, writable(out), lang=run.lang)
    for path in written:
        run.say(f"written → {path}", f"已写入 → {path}")
