"""The commands for one service station at a time: station add, edit, move, close. Many come with wangge import stations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.shell import Shell, shell
from geo.errors import InputError
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.store.database import Store

Ref = Annotated[str, typer.Argument(help="站点编号  Ref of the station")]
Lon = Annotated[float | None, typer.Option(help="经度（度）  Longitude, degrees")]
Lat = Annotated[float | None, typer.Option(help="纬度（度）  Latitude, degrees")]
Address = Annotated[str | None, typer.Option(help="地址，代替经纬度  An address, in place of them")]
Name = Annotated[str | None, typer.Option(help="名称  Its name")]
Kind = Annotated[
    str | None, typer.Option(help="类型：党群服务中心、先锋驿站等，或自定  Kind, ours or a word of your own")
]
Letter = Annotated[str | None, typer.Option(help="地图符号，一个字  Its sign on maps, one character")]
Area = Annotated[float | None, typer.Option("--floor-area", help="面积（平方米）  Floor area, m²")]
Hours = Annotated[str | None, typer.Option(help="开放时间  Opening hours")]
Opened = Annotated[
    str | None, typer.Option("--opened", help="启用日期，YYYY-MM-DD  The first day it is there")
]
Capacity = Annotated[int | None, typer.Option(help="可服务户数  Households it is made for")]
On = Annotated[str | None, typer.Option("--on", help="日期，缺省今天  The day, today by default")]


def add(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[str, typer.Option(help="名称  Its name")],
    lon: Lon = None,
    lat: Lat = None,
    address: Address = None,
    kind: Kind = None,
    letter: Letter = None,
    floor_area: Area = None,
    hours: Hours = None,
    capacity: Capacity = None,
    opened: Opened = None,
) -> None:
    """A new station, at a point or an address the register knows."""
    from layers.reach.stations import add_station

    run = shell(ctx)
    said = _said(
        name=name,
        kind=kind,
        letter=letter,
        floor_area=floor_area,
        hours=hours,
        capacity=capacity,
        opened=opened,
    )
    with run.store() as store:
        point = _point(run, store, lon, lat, address)
        add_station(store, OPERATOR, ref, point, said, actor=run.actor, now=run.now)
    run.say(f"station {ref} {name} added", f"已新增站点 {ref} {name}")


def edit(
    ctx: typer.Context,
    ref: Ref,
    name: Name = None,
    kind: Kind = None,
    letter: Letter = None,
    floor_area: Area = None,
    hours: Hours = None,
    capacity: Capacity = None,
    opened: Opened = None,
) -> None:
    """Other values for a station; what is not given stays."""
    from layers.reach.stations import edit_station

    run = shell(ctx)
    said = _said(
        name=name,
        kind=kind,
        letter=letter,
        floor_area=floor_area,
        hours=hours,
        capacity=capacity,
        opened=opened,
    )
    if not said:
        raise InputError("say what changes, such as --capacity 800", "请给出要修改的内容，如 --capacity 800")
    with run.store() as store:
        edit_station(store, OPERATOR, ref, said, actor=run.actor, now=run.now)
    run.say(f"station {ref} changed", f"已修改站点 {ref}")


def move(
    ctx: typer.Context,
    ref: Ref,
    lon: Lon = None,
    lat: Lat = None,
    address: Address = None,
    on: On = None,
) -> None:
    """A station to another place from a day on; days before show it where it was."""
    from layers.reach.stations import move_station

    run = shell(ctx)
    with run.store() as store:
        point = _point(run, store, lon, lat, address)
        move_station(store, OPERATOR, ref, point, on=run.day(on), actor=run.actor, now=run.now)
    run.say(f"station {ref} moved", f"已迁移站点 {ref}")


def close(
    ctx: typer.Context,
    ref: Ref,
    reason: Annotated[str, typer.Option(help="理由  Why")],
    on: On = None,
) -> None:
    """A station is no longer there from a day on; days before show it. Its links to grids and branches end too."""
    from layers.reach.stations import close_station

    run = shell(ctx)
    day: date = run.day(on)
    with run.store() as store:
        close_station(store, OPERATOR, ref, reason=reason, on=day, actor=run.actor, now=run.now)
    run.say(f"station {ref} closed from {day}", f"站点 {ref} 自 {day} 起关闭")


def _said(**given: Any) -> dict[str, Any]:
    names = {"floor_area": "floor_area_m2", "hours": "opening_hours", "opened": "opened_on"}
    return {names.get(name, name): value for name, value in given.items() if value is not None}


def _point(
    run: Shell, store: Store, lon: float | None, lat: float | None, address: str | None
) -> tuple[float, float]:
    """The place that was given, by an address through the register. Raises `InputError` for an address that is unclear."""
    if (address is None) == (lon is None or lat is None):
        raise InputError("give --lon and --lat, or --address", "请给出 --lon 与 --lat，或 --address")
    if address is None:
        assert lon is not None and lat is not None  # noqa: S101, PT018  checked above
        return lon, lat
    from layers.lookup.lookups import load_lookup

    found = load_lookup(store, OPERATOR, as_of=run.today).locate(address, as_of=run.today)
    if found.home is None:
        names = "、".join(
            f"{c.community_name or ''}{c.complex_name or ''}{c.building_name or ''}"
            for c in found.candidates[:5]
        )
        more = (f": {names}", f"：{names}") if names else ("", "")
        raise InputError(
            f"the address is no single place, {found.reason.en}{more[0]}; give a fuller one, or --lon and --lat",
            f"地址无法确定到一处，{found.reason.zh}{more[1]}；请补全地址，或给出 --lon 与 --lat",
        )
    return found.home.lon, found.home.lat
