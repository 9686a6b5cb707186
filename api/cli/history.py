"""The command that tells who did what: history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from api.cli.deeds import deed, particular
from api.cli.options import Communities
from api.cli.shell import shell
from api.clock import on_the_wall
from geo.errors import Words
from layers.rights.viewer import OPERATOR

_MOST_NAMES_SHOWN = 3


def history(
    ctx: typer.Context,
    community: Communities = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = 50,
) -> None:
    """The newest deeds, newest first."""
    from layers.ground.regions import community_codes
    from layers.history import read_history

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        found = read_history(unit, codes=codes, limit=limit)
    rows: Sequence[tuple[object, ...]] = [
        (
            f"{on_the_wall(row.at):%Y-%m-%d %H:%M:%S}",
            row.actor,
            deed(row.action, run.lang),
            row.community_code,
            row.plan_id,
            " ".join(particular(key, _short(value), run.lang) for key, value in row.detail.items()),
        )
        for row in found.itertuples(index=False)
    ]
    heads = Words("time actor action community plan detail", "时间 操作者 操作 社区 方案 说明").text(run.lang)
    run.table(*heads.split(), rows=list(rows))


def _short(value: Any) -> Any:
    """A long list as its length: the history has all of it, a line on a terminal has no room."""
    if isinstance(value, list):
        return f"[{len(value)}]" if len(value) > _MOST_NAMES_SHOWN or not value else ",".join(map(str, value))
    return value
