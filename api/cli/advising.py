"""The command that says what is lacking in the chain of organisations and what the rules advise: advise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsOf, Communities
from api.cli.shell import shell, writable
from layers.rights.viewer import OPERATOR

_MOST_SHOWN = 3


def advise(
    ctx: typer.Context,
    community: Communities = None,
    as_of: AsOf = None,
    post: Annotated[
        list[str] | None,
        typer.Option(
            help="每个网格应有的岗位；可重复，缺省为网格长、网格员  A post every grid has, repeatable"
        ),
    ] = None,
    members: Annotated[
        bool,
        typer.Option(
            "--members/--no-members",
            help="用住户名单核对党员情况，读取留痕  Members from the lists of residents",
        ),
    ] = True,
    out: Annotated[Path | None, typer.Option(help="全部写入 .xlsx 或 .csv  All of it as a table")] = None,
) -> None:
    """Grids without branch, station, centre household or post; branches that may stand alone, join or be divided; buildings
    without a member; centre households with too many or too few; complexes without branch, officer, property service or
    owners' committee; premises below the norms. Advice only, each with its rule."""
    from api.answers.advice_answers import advice_table
    from geo.errors import EmptyLayerError
    from layers.files.writers import write_table
    from layers.ground.regions import community_codes
    from layers.people.households import read_households
    from layers.reach.chain import place_names, read_directory
    from layers.reach.organising import POSTS, find_gaps
    from layers.reach.reach import measure_reach
    from layers.reach.walks import make_walks

    run = shell(ctx)
    day = run.day(as_of)
    with run.store() as store:
        with store.reading(OPERATOR) as unit:
            codes = community_codes(unit, prefixes=community)
            directory, names = read_directory(unit, codes=codes), place_names(unit, day, codes=codes)
        households = None
        if members:
            households = read_households(
                store, OPERATOR, as_of=day, actor=run.actor, now=run.now, codes=codes
            )
            households = None if households.empty else households
        try:
            reach = measure_reach(store, OPERATOR, make_walks(store), as_of=day, codes=community)
        except EmptyLayerError as error:
            reach = None
            run.complain(error.text(run.lang))
        found = find_gaps(
            store,
            OPERATOR,
            as_of=day,
            codes=community,
            posts=post or POSTS,
            households=households,
            reach=reach,
        )
    table = advice_table(found, directory, names, lang=run.lang)
    if members and households is None:
        run.complain(
            run.text(
                "no residents are matched, so nothing is said of members",
                "尚无已匹配的住户名单，未核对党员情况",
            )
        )
    for rule, rows in table.groupby("rule", sort=False):
        del rule
        run.say(
            f"{rows['rule_text'].iloc[0]}: {len(rows):,} findings",
            f"{rows['rule_text'].iloc[0]}：{len(rows):,} 处",
        )
        for row in rows.head(_MOST_SHOWN).itertuples(index=False):
            run.line(f"  {row.community} {row.name} {row.ref}  {row.advice}")
        if len(rows) > _MOST_SHOWN:
            run.line(
                run.text(
                    f"  … and {len(rows) - _MOST_SHOWN:,} more", f"  ……另有 {len(rows) - _MOST_SHOWN:,} 处"
                )
            )
    if table.empty:
        run.say("nothing is lacking", "没有发现缺项")
    if out is not None:
        write_table(table, writable(out), sheet="advice", lang=run.lang)
        run.say(f"{len(table):,} findings → {out}", f"{len(table):,} 条建议 → {out}")
