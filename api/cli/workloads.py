"""The commands about what there is to do where: workload keep, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import shell, writable
from geo.errors import InputError
from layers.rights.viewer import OPERATOR

_MOST_SHOWN = 20
_NAMES = {
    "address": ("地址", "详细地址", "事发地址", "住址", "addr"),
    "lon": ("经度", "lng", "longitude", "x"),
    "lat": ("纬度", "latitude", "y"),
    "date": ("日期", "时间", "受理时间", "来电时间", "发生时间", "登记时间", "办结时间", "day", "time"),
}


def keep(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="名称，如 12345  What it is called, such as 12345")],
    file: Annotated[
        Path, typer.Argument(help="CSV 或 XLSX：地址或经纬度，与日期  Addresses or points, with dates")
    ],
    table: Annotated[str | None, typer.Option(help="工作表名  Sheet of a workbook")] = None,
    out: Annotated[
        Path | None, typer.Option(help="未定位的行写入此表  Rows that were not located go into this table")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查  Check only")] = False,
) -> None:
    """Appeals, repairs, visits: located in bulk, and only their counts by month and place are kept. What was kept of the same
    months under this name is replaced. `workload: {event: 2}` in rules.yaml makes them count towards the size of grids."""
    import numpy as np
    import pandas as pd

    from layers.files.writers import write_table
    from layers.imports.offices import read_office_table
    from layers.reach.workload import keep_load

    run = shell(ctx)
    read = read_office_table(file, sheet=table, names=_NAMES)
    ours = read.pick(_NAMES)
    points = {"lon", "lat"} <= set(ours)
    if "date" not in ours or not (points or "address" in ours):
        raise InputError(
            f"{read.name} needs a date and an address, or lon and lat; it has {', '.join(read.columns)}",
            f"{read.name} 应有日期列，以及地址列或经度、纬度列；现有：{'、'.join(read.columns)}",
        )

    def numbers(column: str) -> list[float]:
        values = pd.to_numeric(
            pd.Series([cells.get(ours[column]) for _, cells in read.rows]), errors="coerce"
        )
        return [float(value) for value in values.to_numpy(dtype=np.float64, na_value=np.nan)]

    with run.store() as store:
        done, there = keep_load(
            store,
            OPERATOR,
            name,
            [cells.get(ours["date"], "") for _, cells in read.rows],
            addresses=None if points else [cells.get(ours["address"], "") for _, cells in read.rows],
            lon=numbers("lon") if points else None,
            lat=numbers("lat") if points else None,
            source=read.name,
            dry_run=dry_run,
            actor=run.actor,
            now=run.now,
            as_of=run.today,
        )
    run.say(
        f"{done.located:,} of {done.rows:,} events located"
        + (f", in the place of {done.replaced:,} of the same months" if done.replaced else ""),
        f"{done.rows:,} 条中已定位 {done.located:,} 条"
        + (f"，替换同月份原有 {done.replaced:,} 条" if done.replaced else ""),
    )
    lost = [{"row": number, **cells} for (number, cells), ok in zip(read.rows, there, strict=True) if not ok]
    if lost and out is not None:
        write_table(pd.DataFrame(lost), writable(out, read=file), sheet="not located", lang=run.lang)
        run.say(f"{len(lost):,} rows not located → {out}", f"未定位 {len(lost):,} 行 → {out}")
    elif lost:
        run.complain(
            run.text(
                f"{len(lost):,} rows were not located; --out FILE lists them",
                f"{len(lost):,} 行未定位；用 --out 文件 列出",
            )
        )


def show(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="名称；不给则列出全部  Which; all names without it")
    ] = None,
    by: Annotated[
        Literal["grid", "hexagon", "community", "month"],
        typer.Option(help="按网格、六边形、社区或月份  What the rows are"),
    ] = "grid",
    since: Annotated[
        str | None, typer.Option("--from", help="起（含当月）  From the month of this day")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="止（不含当月）  Until before the month of this day")
    ] = None,
    community: Communities = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option(help=".xlsx .csv .geojson .gpkg")] = None,
) -> None:
    """Events by grid, hexagon (H3), community or month."""
    from layers.files.writers import write_layer, write_table
    from layers.plans.loads import load_names
    from layers.reach.workload import tell_load

    run = shell(ctx)
    with run.store() as store:
        if name is None:
            with store.reading(OPERATOR) as unit:
                names = load_names(unit)
            for one in names:
                run.line(one)
            if not names:
                run.say("no load is kept", "尚未录入工作量")
            return
        days = [None if text is None else run.day(text).replace(day=1) for text in (since, until)]
        found = tell_load(
            store, OPERATOR, name, by=by, as_of=run.day(as_of), since=days[0], until=days[1], codes=community
        )
    rows = found.drop(columns="geometry").sort_values("events", ascending=by == "month", kind="stable")
    if by == "month":
        rows = rows.sort_values("code")
    run.table(
        run.text("code", "编码"),
        run.text("name", "名称"),
        run.text("events", "件数"),
        rows=[
            (row.code, row.name, f"{row.events:,}") for row in rows.head(_MOST_SHOWN).itertuples(index=False)
        ],
    )
    if len(rows) > _MOST_SHOWN:
        run.line(
            run.text(f"… and {len(rows) - _MOST_SHOWN:,} more", f"……另有 {len(rows) - _MOST_SHOWN:,} 行")
        )
    if out is not None:
        if out.suffix.lower() in (".geojson", ".gpkg"):
            write_layer(found, writable(out), layer="workload", lang=run.lang, shapes=False)
        else:
            write_table(rows, writable(out), sheet="workload", lang=run.lang)
        run.say(f"written → {out}", f"已写入 → {out}")
