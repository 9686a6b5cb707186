"""The command that lists the rule profiles and their families: rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.shell import shell
from geo.errors import Words
from layers.files.rule_files import read_rules


def list_rules(
    ctx: typer.Context,
    rules_file: Annotated[
        Path | None,
        typer.Option(
            help="自有规则文件（YAML/TOML）；默认工作目录的 rules.yaml  Own rules; rules.yaml by default"
        ),
    ] = None,
) -> None:
    """The rule profiles and the families that choose among them by a community's kind and size."""
    run = shell(ctx)
    book = read_rules(rules_file, home=run.settings.home)
    rows = [
        (
            r.name,
            r.min_households,
            r.max_households,
            r.max_people,
            run.text("households", "户") if r.workload is None else r.unit.text(run.lang),
            r.title.text(run.lang),
        )
        for r in book.profiles.values()
    ]
    heads = Words("name min max people counts title", "名称 下限 上限 人数上限 计量 说明").text(run.lang)
    run.table(*heads.split(), rows=rows)
    run.line("")
    families = [
        (f.name, ", ".join(r.name for r in f.members()), f.title.text(run.lang))
        for f in book.families.values()
    ]
    run.table(
        run.text("family", "规则组"),
        run.text("chooses from", "可选规则"),
        run.text("title", "说明"),
        rows=families,
    )
