"""Commands that bring data in and out: import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, NotFoundError
from geo.frames import CONTRACTS, TABLES
from geo.plans.levels import Level
from layers.buildings import read_buildings
from layers.files.imports import ImportReport, import_file
from layers.files.lists import import_list
from layers.files.osm import CommunityFrom, import_osm
from layers.files.writers import write_layer, write_table
from layers.households import read_households
from layers.level_units import read_level
from layers.plans import read_grids
from layers.regions import (
    community_codes,
    read_communities,
    read_complexes,
    read_districts,
    read_streets,
)
from layers.rights.viewer import OPERATOR
from layers.stations import read_stations
from layers.store.database import Store
from layers.streets import read_roads, read_water

_OSM = "osm"
_HOUSEHOLDS = "households"
_GRID_COLUMNS = (  # valid_from and valid_to are the grid's own days, not its plan's
    "code",
    "name",
    "kind",
    "community",
    "households",
    "valid_from",
    "valid_to",
    "community_code",
    "households_estimated",
    "people",
    "cells",
    "plan_id",
    "plan_version",
    "geometry",
)


def add_commands(app: typer.Typer) -> None:
    """Put this file's commands on `app`."""
    layers = " ".join(CONTRACTS)
    lists = " ".join(TABLES)
    app.command("import", help=f"导入图层文件  Import a file: osm, or one of {layers} {lists}")(import_layer)
    app.command("export", help=f"导出图层  Export a layer: {layers} {_HOUSEHOLDS}")(export)


def import_layer(
    ctx: typer.Context,
    layer: Annotated[str, typer.Argument(help="图层名称或 osm  A layer, or osm")],
    file: Annotated[Path, typer.Argument(help="文件  GeoJSON GPKG SHP ZIP CSV XLSX; OSM: .osm .osm.pbf")],
    mapping: Annotated[Path | None, typer.Option("--map", help="列对应文件（YAML）  Column mapping")] = None,
    crs: Annotated[
        str | None, typer.Option(help="坐标系：EPSG:4490、gcj02、bd09 等  CRS or datum of the file")
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="GeoPackage 图层或工作表名  Layer of a GeoPackage, sheet of a workbook")
    ] = None,
    credit: Annotated[
        str | None, typer.Option(help="数据来源，印在地图上  Whose data it is, printed on maps")
    ] = None,
    community_from: Annotated[
        str | None,
        typer.Option(
            help="osm：社区来自 admin、streets 或文件  osm: communities from admin, streets or a file"
        ),
    ] = None,
    skip_outside: Annotated[
        bool, typer.Option("--skip-outside", help="略过社区之外的行  Leave out rows outside every community")
    ] = False,
    net: Annotated[
        str | None,
        typer.Option(
            help="grids：作为某部门现有网保存，如 police  grids: keep as an existing net of this name"
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="residents：名单完整，同一来源中已不在名单的将移除  What left the list goes"
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不写入  Check only, write nothing")
    ] = False,
) -> None:
    """A file goes in whole or not at all; all its faults are listed in a spreadsheet."""
    run = shell(ctx)
    if whole and layer != "residents":
        raise InputError("--whole goes with residents only", "--whole 只能与 residents 同用")
    if layer == _OSM:
        if mapping or crs or table or skip_outside or credit or net:
            raise InputError(
                "--map, --crs, --table, --skip-outside, --credit and --net do not go with osm",
                "--map、--crs、--table、--skip-outside、--credit、--net 不能与 osm 同用",
            )
        _import_osm(run, file, community_from, dry_run=dry_run)
        return
    if community_from is not None:
        raise InputError("--community-from goes with osm only", "--community-from 只能与 osm 同用")
    if layer in TABLES:
        if crs or skip_outside or net:
            raise InputError(
                "a list without shapes takes no --crs, no --skip-outside and no --net",
                "名单没有图形，不能使用 --crs、--skip-outside 与 --net",
            )
        _import_list(run, layer, file, mapping, table, credit, whole=whole, dry_run=dry_run)
        return
    with run.store() as store:
        done = import_file(
            store,
            layer,
            file,
            mapping=mapping,
            crs=crs,
            table=table,
            dry_run=dry_run,
            skip_outside=skip_outside,
            credit=credit,
            net=net,
            faults_dir=run.settings.faults,
            lang=run.lang,
            actor=run.actor,
            now=run.now,
        )
    for note in done.notes:
        run.complain(note.text(run.lang))
    if done.faults_file is not None:
        run.say(f"remarks row by row: {done.faults_file}", f"逐行说明：{done.faults_file}")
    run.say(
        f"{'would load' if dry_run else 'loaded'} {done.rows:,} rows into {done.layer}: {done.added:,} new, "
        f"{done.updated:,} updated, {done.repaired:,} shapes repaired",
        f"{'将载入' if dry_run else '已载入'} {done.layer} {done.rows:,} 行：新增 {done.added:,}，更新 {done.updated:,}，"
        f"修复图形 {done.repaired:,}",
    )


def _import_list(
    run: Shell,
    layer: str,
    file: Path,
    mapping: Path | None,
    table: str | None,
    credit: str | None,
    *,
    whole: bool,
    dry_run: bool,
) -> None:
    with run.store() as store:
        done: ImportReport = import_list(
            store,
            layer,
            file,
            mapping=mapping,
            table=table,
            dry_run=dry_run,
            whole=whole,
            faults_dir=run.settings.faults,
            lang=run.lang,
            credit=credit,
            actor=run.actor,
            now=run.now,
        )
    for note in done.notes:
        run.complain(note.text(run.lang))
    if dry_run:
        run.say(f"would load {done.rows:,} records into {layer}", f"将载入 {layer} {done.rows:,} 条")
        return
    run.say(
        f"loaded {done.rows:,} records into {layer}: {done.added:,} new, {done.updated:,} replaced",
        f"已载入 {layer} {done.rows:,} 条：新增 {done.added:,}，更替 {done.updated:,}",
    )


def _import_osm(run: Shell, file: Path, community_from: str | None, *, dry_run: bool) -> None:
    chosen: CommunityFrom = None
    if community_from == "admin":
        chosen = "admin"
    elif community_from == "streets":
        chosen = "streets"
    elif community_from is not None:
        chosen = Path(community_from)
    with run.store() as store:
        done = import_osm(store, file, community_from=chosen, dry_run=dry_run, actor=run.actor, now=run.now)
    for note in done.notes:
        run.complain(note.text(run.lang))
    rows: list[tuple[object, ...]] = [
        (name, f"{written.added:,}", f"{written.updated:,}") for name, written in done.layers.items()
    ]
    run.table(run.text("layer", "图层"), run.text("new", "新增"), run.text("updated", "更新"), rows=rows)
    run.say(
        f"{'would load' if dry_run else 'loaded'} {done.source}; {len(done.communities)} communities from "
        f"{done.communities_from}",
        f"{'将载入' if dry_run else '已载入'} {done.source}；{len(done.communities)} 个社区来自 {done.communities_from}",
    )


def export(
    ctx: typer.Context,
    layer: Annotated[str, typer.Argument(help="图层名称  The layer")],
    out: Annotated[Path, typer.Option(help=".geojson .gpkg .csv .xlsx")],
    community: Communities = None,
    as_of: AsOf = None,
    plan: Annotated[
        list[int] | None, typer.Option(help="grids：指定方案编号  grids: of these plans, published or not")
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option(
            help="grids：导出其微网格、楼栋党小组或网格党支部  grids: their units of a level instead"
        ),
    ] = None,
) -> None:
    """A layer as a file. Grids come with their code, kind, community, households and dates."""
    run = shell(ctx)
    if layer == _HOUSEHOLDS:
        _export_households(run, out, community, as_of, plan)
        return
    if layer not in CONTRACTS:
        names = ", ".join([*CONTRACTS, _HOUSEHOLDS])
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    if layer != "grids" and (as_of is not None or plan is not None or level is not None):
        raise InputError(
            "--as-of, --plan and --level go with grids only", "--as-of、--plan、--level 只能与 grids 同用"
        )
    with run.store() as store:
        if layer == "grids":
            frame = _grids(run, store, community, as_of, plan)
            if level is not None:
                frame = _units(store, level, frame)
        else:
            frame = _layer(store, layer, community)
    write_layer(frame, writable(out), layer=layer)
    run.say(f"{len(frame):,} {layer} → {out}", f"{layer} {len(frame):,} 行 → {out}")


def _export_households(
    run: Shell, out: Path, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> None:
    """The lists of residents joined on the household key, without addresses."""
    if plan is not None:
        raise InputError("--plan goes with grids only", "--plan 只能与 grids 同用")
    with run.store() as store:
        codes = None
        if community is not None:
            with store.read() as conn:
                codes = community_codes(conn, OPERATOR, prefixes=community)
        table = read_households(
            store, OPERATOR, as_of=run.day(as_of), actor=run.actor, now=run.now, codes=codes
        )
    write_table(table, writable(out), sheet=_HOUSEHOLDS)
    run.say(f"{len(table):,} households → {out}", f"{len(table):,} 户 → {out}")


def _grids(
    run: Shell, store: Store, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> gpd.GeoDataFrame:
    day = run.day(as_of)
    with store.read() as conn:
        codes = community_codes(conn, OPERATOR, prefixes=community)
        names = read_communities(conn, OPERATOR, codes=codes).set_index("code")["name"]
        frame = read_grids(conn, OPERATOR, as_of=None if plan else day, plan_ids=plan, codes=codes)
    if frame.empty:
        raise NotFoundError(
            f"no grids are in force on {day}; publish a plan, or name one with --plan",
            f"{day} 没有生效的网格；请先发布方案，或用 --plan 指定方案",
        )
    frame = frame.assign(
        community=frame["community_code"].map(names), valid_from=frame["born"], valid_to=frame["retired"]
    )
    return frame[list(_GRID_COLUMNS)]


def _units(store: Store, level: Level, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The units of a level in the plans of these grids."""
    with store.read() as conn:
        frame = read_level(conn, OPERATOR, level=level, plan_ids=sorted(set(grids["plan_id"].astype(int))))
    if frame.empty:
        raise NotFoundError(
            f"these plans have no units of level {level}; draw them with wangge partition --level {level}",
            f"这些方案尚未划分{level.words.zh}；请运行 wangge partition --level {level}",
        )
    return frame


def _layer(store: Store, layer: str, community: list[str] | None) -> gpd.GeoDataFrame:
    """One of the imported layers; roads, water, districts and streets know no communities."""
    with store.read() as conn:
        codes = None if community is None else community_codes(conn, OPERATOR, prefixes=community)
        of_communities = {
            "communities": read_communities,
            "complexes": read_complexes,
            "buildings": read_buildings,
            "stations": read_stations,
        }
        if layer in of_communities:
            return of_communities[layer](conn, OPERATOR, codes=codes)
        if codes is not None:
            raise InputError(f"--community does not go with {layer}", f"--community 不能与 {layer} 同用")
        everywhere = {
            "districts": read_districts,
            "streets": read_streets,
            "roads": read_roads,
            "water": read_water,
        }
        return everywhere[layer](conn, OPERATOR)
