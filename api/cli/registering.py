"""The command that lays a second source of complexes or buildings over the register: one name, one code, one extent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import Communities
from api.cli.shell import shell, writable
from geo.errors import EmptyLayerError
from layers.rights.viewer import OPERATOR


def conflate_sources(
    ctx: typer.Context,
    layer: Annotated[Literal["complexes", "buildings"], typer.Argument(help="complexes | buildings")],
    file: Annotated[Path, typer.Argument(help="另一来源的文件  The file of the other source")],
    out: Annotated[Path, typer.Option(help="待定清单 .xlsx 或 .csv  The list to decide")],
    mapping: Annotated[Path | None, typer.Option("--map", help="列名对照 YAML  Column mapping")] = None,
    crs: Annotated[str | None, typer.Option(help="坐标系  EPSG:4490, gcj02, bd09 ...")] = None,
    community: Communities = None,
) -> None:
    """Same, split, joined, contradicting and missing pairs of the register and a file, which is not loaded."""
    from geo.addresses.register.register import Verdict, conflate
    from layers.files.writers import write_table
    from layers.ground.buildings import read_buildings
    from layers.ground.regions import community_codes, read_complexes
    from layers.imports.imports import read_layer_file

    run = shell(ctx)
    with run.store() as store:
        other = read_layer_file(
            store,
            OPERATOR,
            layer,
            file,
            mapping=mapping,
            crs=crs,
            faults_dir=run.settings.faults,
            lang=run.lang,
        )
        with store.reading(OPERATOR) as unit:
            codes = None if community is None else community_codes(unit, prefixes=community)
            own = (read_complexes if layer == "complexes" else read_buildings)(unit, codes=codes)
    if own.empty:
        raise EmptyLayerError(
            f"there are no {layer} to compare with; import them first", f"尚无 {layer} 可比对；请先导入"
        )
    if codes is not None:
        other = other[other["community_code"].isin(codes)]
    pairs = conflate(own, other)
    write_table(pairs, writable(out, read=file), sheet="conflation", lang=run.lang)
    counts = {verdict: int((pairs["verdict"] == verdict).sum()) for verdict in Verdict}
    run.say(
        ", ".join(f"{verdict.value} {count}" for verdict, count in counts.items()) + f" → {out}",
        f"一致 {counts[Verdict.SAME]}，一分为多 {counts[Verdict.SPLIT]}，多合为一 {counts[Verdict.JOINED]}，"
        f"矛盾 {counts[Verdict.CONTRADICTING]}，对方缺 {counts[Verdict.MISSING_THERE]}，本方缺 {counts[Verdict.MISSING_HERE]} → {out}",
    )
