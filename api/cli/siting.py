"""The command that proposes new stations: site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import Communities
from api.cli.reaching import Close, Kinds, Minutes, Profile
from api.cli.shell import shell, writable
from geo.errors import InputError
from geo.reach.models import Model
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.reach.changes import Point

Keep = Annotated[
    list[str] | None,
    typer.Option(help="只保留这些站点；可重复  Keep these stations only, repeatable"),
]


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
    import geopandas as gpd

    from api.answers.reach_answers import site_choices, site_rows
    from geo.crs import KEPT_CRS
    from layers.files.writers import write_layer
    from layers.reach.changes import Changes, closed_but
    from layers.reach.reach import measure_reach
    from layers.reach.sites import propose_sites
    from layers.reach.walks import make_walks

    run = shell(ctx)
    with run.store() as store:
        walks = make_walks(store)
        changes = Changes(close=close or ())
        if keep is not None:
            changes = closed_but(keep, changes, walks.stations_on(run.today), OPERATOR)
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
        write_layer(frame, writable(out), layer="sites", lang=run.lang, shapes=False)
        run.say(f"written → {out}", f"已写入 → {out}")


def _point(text: str) -> Point:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"{text!r} is not a place; write LON,LAT in degrees", f"“{text}”不是位置；请写作 经度,纬度"
        ) from None
    return lon, lat
