"""The command that takes layers out: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, NotFoundError
from geo.frames import CONTRACTS
from geo.plans.levels import Level
from layers.rights.viewer import OPERATOR

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.store.database import Store

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
    "reason",
    "plan_id",
    "plan_version",
    "geometry",
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
    if layer not in CONTRACTS and layer != _CELLS:
        names = ", ".join([*CONTRACTS, _CELLS, _HOUSEHOLDS])
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    if layer != "grids" and (as_of is not None or plan is not None or level is not None):
        raise InputError(
            "--as-of, --plan and --level go with grids only", "--as-of、--plan、--level 只能与 grids 同用"
        )
    from layers.files.writers import write_layer

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
    write_table(table, writable(out), sheet=_HOUSEHOLDS)
    run.say(f"{len(table):,} households → {out}", f"{len(table):,} 户 → {out}")


def _grids(
    run: Shell, store: Store, community: list[str] | None, as_of: str | None, plan: list[int] | None
) -> gpd.GeoDataFrame:
    import pandas as pd

    from layers.ground.regions import community_codes, read_communities
    from layers.plans.plans import read_grids
    from layers.plans.reasons import reasons_of

    day = run.day(as_of)
    with store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=community)
        names = read_communities(unit, codes=codes).set_index("code")["name"]
        frame = read_grids(unit, as_of=None if plan else day, plan_ids=plan, codes=codes)
        reasons = [None if words is None else words.text(run.lang) for words in reasons_of(unit, frame)]
    if frame.empty:
        raise NotFoundError(
            f"no grids are in force on {day}; publish a plan, or name one with --plan",
            f"{day} 没有生效的网格；请先发布方案，或用 --plan 指定方案",
        )
    frame = frame.assign(
        reason=pd.Series(reasons, frame.index, dtype="str"),
        community=frame["community_code"].map(names),
        valid_from=frame["born"],
        valid_to=frame["retired"],
    )
    return frame[list(_GRID_COLUMNS)]


def _units(store: Store, level: Level, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The units of a level in the plans of these grids."""
    from layers.plans.level_units import read_level

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
    from layers.plans.cells import newest_cells

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
