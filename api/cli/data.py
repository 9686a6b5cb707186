"""Commands that bring data in and out: import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from api.cli.importing import agree, load_extract, load_list, tell
from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, NotFoundError
from geo.frames import CONTRACTS, TABLES
from geo.plans.levels import Level
from layers.files.writers import write_layer, write_table
from layers.ground.buildings import read_buildings
from layers.ground.regions import (
    community_codes,
    read_communities,
    read_complexes,
    read_districts,
    read_streets,
)
from layers.ground.stations import read_stations
from layers.ground.streets import read_roads, read_water
from layers.imports.imports import ImportReport, import_file
from layers.imports.known import Same
from layers.people.households import read_households
from layers.plans.cells import newest_cells
from layers.plans.level_units import read_level
from layers.plans.plans import read_grids
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

_OSM = "osm"
_HOUSEHOLDS = "households"
_CELLS = "cells"
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
    "colour",
    "plan_id",
    "plan_version",
    "geometry",
)


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
    good_rows: Annotated[
        bool,
        typer.Option("--good-rows", help="只载入无误的行，其余列出  Load the sound rows, list the others"),
    ] = False,
    clear: Annotated[
        list[str] | None,
        typer.Option(
            help="文件中该列为空或没有时清空库中的值  Empty this column where the file holds nothing"
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="移除所涉社区内文件中已没有的行，先逐一列出  Rows that left the file go, told one by one first",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="--replace 不再询问  Do not ask for --replace")] = False,
    moved: Annotated[
        bool, typer.Option("--moved", help="已有编号确已移位  Known keys did move elsewhere")
    ] = False,
    same: Annotated[
        Same | None,
        typer.Option(
            help="占地相同而编号不同：update 视为同一，add 都保留  Same ground, new key: one thing, or two"
        ),
    ] = None,
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
    decided = clear or replace or yes or moved or same
    if (decided and (layer == _OSM or layer in TABLES)) or (good_rows and layer == _OSM):
        raise InputError(
            f"--good-rows goes with layers and lists; --clear, --replace, --yes, --moved and --same with layers, not {layer}",
            f"--good-rows 用于图层和名单；--clear、--replace、--yes、--moved、--same 用于图层，不能与 {layer} 同用",
        )
    if yes and not replace:
        raise InputError("--yes goes with --replace only", "--yes 只能与 --replace 同用")
    if layer == _OSM:
        if mapping or crs or table or skip_outside or credit or net:
            raise InputError(
                "--map, --crs, --table, --skip-outside, --credit and --net do not go with osm",
                "--map、--crs、--table、--skip-outside、--credit、--net 不能与 osm 同用",
            )
        load_extract(run, file, community_from, dry_run=dry_run)
        return
    if community_from is not None:
        raise InputError("--community-from goes with osm only", "--community-from 只能与 osm 同用")
    if layer in TABLES:
        if crs or skip_outside or net:
            raise InputError(
                "a list without shapes takes no --crs, no --skip-outside and no --net",
                "名单没有图形，不能使用 --crs、--skip-outside 与 --net",
            )
        load_list(run, layer, file, mapping, table, credit, whole=whole, good_rows=good_rows, dry_run=dry_run)
        return
    with run.store() as store:

        def load(*, dry_run: bool) -> ImportReport:
            return import_file(
                store,
                OPERATOR,
                layer,
                file,
                mapping=mapping,
                crs=crs,
                table=table,
                dry_run=dry_run,
                skip_outside=skip_outside,
                good_rows=good_rows,
                replace=replace,
                clear=tuple(clear or ()),
                moved=moved,
                same=same,
                credit=credit,
                net=net,
                faults_dir=run.settings.faults,
                lang=run.lang,
                actor=run.actor,
                now=run.now,
            )

        if replace and not dry_run and not yes:
            agree(run, load(dry_run=True))
        done = load(dry_run=dry_run)
    tell(run, done)


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
    if layer not in CONTRACTS and layer != _CELLS:
        names = ", ".join([*CONTRACTS, _CELLS, _HOUSEHOLDS])
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
            with store.reading(OPERATOR) as unit:
                codes = community_codes(unit, prefixes=community)
        table = read_households(
            store, OPERATOR, as_of=run.day(as_of), actor=run.actor, now=run.now, codes=codes
        )
    write_table(table, writable(out), sheet=_HOUSEHOLDS)
    run.say(f"{len(table):,} households → {out}", f"{len(table):,} 户 → {out}")


def _grids(
    run: Shell, store: Store, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> gpd.GeoDataFrame:
    day = run.day(as_of)
    with store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=community)
        names = read_communities(unit, codes=codes).set_index("code")["name"]
        frame = read_grids(unit, as_of=None if plan else day, plan_ids=plan, codes=codes)
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
    with store.reading(OPERATOR) as unit:
        frame = read_level(unit, level=level, plan_ids=sorted(set(grids["plan_id"].astype(int))))
    if frame.empty:
        raise NotFoundError(
            f"these plans have no units of level {level}; draw them with wangge partition --level {level} (plans in force: "
            "on a copy, wangge plan copy), and name drafts with --plan",
            f"这些方案尚未划分{level.words.zh}；请运行 wangge partition --level {level}（现行方案须先 wangge plan copy），"
            "草案用 --plan 指定",
        )
    return frame


def _layer(store: Store, layer: str, community: list[str] | None) -> gpd.GeoDataFrame:
    """Cells, or one of the imported layers; roads, water, districts and streets know no communities."""
    with store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        of_communities = {
            "communities": read_communities,
            "complexes": read_complexes,
            "buildings": read_buildings,
            "stations": read_stations,
            _CELLS: newest_cells,
        }
        if layer in of_communities:
            return of_communities[layer](unit, codes=codes)
        if codes is not None:
            raise InputError(f"--community does not go with {layer}", f"--community 不能与 {layer} 同用")
        everywhere = {
            "districts": read_districts,
            "streets": read_streets,
            "roads": read_roads,
            "water": read_water,
        }
        return everywhere[layer](unit)
