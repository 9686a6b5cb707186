"""The command that brings data in: import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.shell import shell
from geo.errors import InputError
from geo.frames import TABLES
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    from layers.imports.report import ImportReport

_OSM = "osm"
OFFICE_LAYERS = ("posts", "organisations")


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
        Literal["update", "add"] | None,
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
    post: Annotated[
        list[str] | None,
        typer.Option(help="posts：自定岗位的列名  posts: a duty of your own, the name of its column"),
    ] = None,
    posted: Annotated[
        bool,
        typer.Option(
            "--posted",
            help="posts：姓名与电话已对外公示  posts: its names and phones are posted for everybody",
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--from", help="posts、organisations：自此日起（缺省今天）  From this day on (today)"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不写入  Check only, write nothing")
    ] = False,
) -> None:
    """A file goes in whole or not at all; all its faults are listed in a spreadsheet."""
    run = shell(ctx)
    if layer in OFFICE_LAYERS:
        from api.cli.importing import load_office_table

        if (
            mapping
            or crs
            or credit
            or community_from
            or skip_outside
            or good_rows
            or clear
            or moved
            or same
            or net
            or whole
        ):
            raise InputError(
                f"{layer} take --from, --table, --replace, --post, --posted and --dry-run only",
                f"{layer} 只能使用 --from、--table、--replace、--post、--posted、--dry-run",
            )
        load_office_table(
            run,
            layer,
            file,
            table,
            since,
            post or [],
            posted=posted,
            replace=replace,
            yes=yes,
            dry_run=dry_run,
        )
        return
    if post or posted or since:
        raise InputError(
            "--post, --posted and --from go with posts and organisations only",
            "--post、--posted、--from 只能与 posts、organisations 同用",
        )
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
    from api.cli.importing import agree, load_extract, load_list, tell
    from layers.imports.imports import import_file

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

        def load(*, dry_run: bool, agreed: frozenset[str] | None = None) -> ImportReport:
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
                agreed=agreed,
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

        asking = replace and not dry_run and not yes
        agreed = agree(run, load(dry_run=True)) if asking else None
        done = load(dry_run=dry_run, agreed=agreed)
    tell(run, done, agreed=agreed is not None)
