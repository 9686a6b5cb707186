"""The command that lists the plans there are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.options import Communities
from api.cli.plan_states import PlanState, state_text
from api.cli.shell import shell
from api.clock import on_the_wall
from geo.errors import Words
from layers.rights.viewer import OPERATOR

_MOST_SHOWN = 200


def plans(
    ctx: typer.Context,
    community: Communities = None,
    state: Annotated[PlanState | None, typer.Option(help="只列此状态  Only plans in this state")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多行数  Most rows")] = _MOST_SHOWN,
) -> None:
    """Plans with their state, figures, who made them and when, newest first."""
    from layers.ground.regions import community_codes, read_communities
    from layers.plans.plans import read_plans

    run = shell(ctx)
    with run.store() as store, store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        found = read_plans(unit, codes=codes)
        names = read_communities(unit).set_index("code")["name"]
    if state is not None:
        found = found[found["state"] == state]
    shown = found.sort_values("id", ascending=False).head(limit)
    rows = [
        (
            plan.id,
            f"{names.get(plan.community_code, '')} {plan.community_code}".strip(),
            plan.version,
            state_text(run, plan.state, plan.valid_from, plan.valid_to),
            *_figures(plan.score),
            plan.rules.get("name"),
            plan.author,
            f"{on_the_wall(plan.made_at):%Y-%m-%d %H:%M}",
        )
        for plan in shown.itertuples()
    ]
    heads = Words(
        "plan|community|version|state|grids|smallest|largest|outside|rules|author|made",
        "方案|社区|版本|状态|网格|最小|最大|超限|规则|作者|时间",
    )
    run.table(*heads.text(run.lang).split("|"), rows=rows)
    left = len(found) - len(shown)
    more, more_zh = (
        (f"; {left} older ones with --limit", f"；更早的 {left} 个用 --limit 查看") if left else ("", "")
    )
    run.say(f"{len(found)} plans{more}", f"共 {len(found)} 个方案{more_zh}")


def _figures(score: dict[str, Any]) -> tuple[Any, ...]:
    outside = (score.get("over") or 0) + (score.get("under") or 0) if "over" in score else None
    return score.get("grids"), score.get("smallest"), score.get("largest"), outside
