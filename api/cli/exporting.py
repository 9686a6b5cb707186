"""The command that takes layers out: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError
from geo.frames import CONTRACTS
from geo.plans.levels import Level
from layers.rights.viewer import OPERATOR

_HOUSEHOLDS = "households"
_CELLS = "cells"
_OFFICE_TABLES = ("posts", "organisations")


def export(
    ctx: typer.Context,
    layer: Annotated[str, typer.Argument(help="图层名称  The layer")],
    out: Annotated[Path, typer.Option(help=".geojson .gpkg .shp .csv .xlsx")],
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
    words: Annotated[
        bool,
        typer.Option(
            "--words",
            help="grids：登记表，范围以文字写明，可再导入  grids: a registration table in words, which can be imported again",
        ),
    ] = False,
    wkt: Annotated[
        bool, typer.Option("--wkt", help=".xlsx 附图形列（WKT）  .xlsx with a column of shapes")
    ] = False,
    encoding: Annotated[
        Literal["utf-8", "gbk"], typer.Option(help=".shp 的文字编码  Encoding of a .shp")
    ] = "utf-8",
) -> None:
    """A layer as a file. Grids come with their code, kind, community, households and dates. A GeoPackage opens in QGIS as the
    maps look; a workbook has headings in the language of the run. What was written can be imported again."""
    run = shell(ctx)
    if words:
        if layer != "grids" or level is not None:
            raise InputError(
                "--words goes with grids only, and without --level",
                "--words 只用于 grids，且不能与 --level 同用",
            )
        from api.cli.wording import export_words

        export_words(run, out, community, as_of, plan)
        return
    if layer == _HOUSEHOLDS:
        _export_households(run, out, community, as_of, plan)
        return
    if layer in _OFFICE_TABLES:
        if plan is not None or level is not None:
            raise InputError("--plan and --level go with grids only", "--plan、--level 只能与 grids 同用")
        _export_office_table(run, layer, out, community, as_of)
        return
    if layer not in CONTRACTS and layer != _CELLS:
        names = ", ".join([*CONTRACTS, _CELLS, _HOUSEHOLDS, *_OFFICE_TABLES])
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    if layer != "grids" and (as_of is not None or plan is not None or level is not None):
        raise InputError(
            "--as-of, --plan and --level go with grids only", "--as-of、--plan、--level 只能与 grids 同用"
        )
    from api.answers.exports import export_grids, export_layer, export_units, style_of
    from layers.files.writers import write_layer

    with run.store() as store:
        if layer == "grids":
            frame = export_grids(
                store, OPERATOR, communities=community, as_of=run.day(as_of), lang=run.lang, plan_ids=plan
            )
            if level is not None:
                frame = export_units(store, OPERATOR, level, frame)
        else:
            frame = export_layer(store, OPERATOR, layer, communities=community)
    write_layer(
        frame,
        writable(out),
        layer=layer,
        lang=run.lang,
        shapes=wkt,
        style=style_of(layer),
        encoding=encoding,
    )
    run.say(f"{len(frame):,} {layer} → {out}", f"{layer} {len(frame):,} 行 → {out}")


def _export_households(
    run: Shell, out: Path, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> None:
    """The lists of residents joined on the household key, without addresses."""
    from layers.files.writers import write_table
    from layers.ground.regions import community_codes
    from layers.people.households import read_households

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
    write_table(table, writable(out), sheet=_HOUSEHOLDS, lang=run.lang)
    run.say(f"{len(table):,} households → {out}", f"{len(table):,} 户 → {out}")


def _export_office_table(
    run: Shell, layer: str, out: Path, community: list[str] | None, as_of: str | None
) -> None:
    """Posts or organisations as offices keep them; `wangge import` takes the same table."""
    from layers.files.writers import write_table
    from layers.ground.regions import community_codes
    from layers.imports.offices_out import organisations_table, posts_table

    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            codes = community_codes(unit, prefixes=community)
        table_of = posts_table if layer == "posts" else organisations_table
        table = table_of(store, OPERATOR, day=run.day(as_of), codes=codes, lang=run.lang)
        with store.writing(OPERATOR, actor=run.actor, now=run.now) as unit:
            unit.record(action=f"export {layer}", detail={"rows": len(table)})
    write_table(table, writable(out), sheet=layer, lang=run.lang)
    run.say(f"{len(table):,} rows of {layer} → {out}", f"{layer} {len(table):,} 行 → {out}")
