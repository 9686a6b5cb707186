"""Sheets for the walk on site: one a grid, its outline in numbered stretches, and a form to sign for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from api.answers.sheet_ground import file_name, shown_around
from api.answers.sheet_terms import Job
from geo.errors import NotFoundError
from layers.plans.plans import read_grids, read_plans
from layers.plans.walking import read_stretches
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.sheets.ground import Shown
from maps.sheets.said import Said
from maps.sheets.tables import walk_table
from maps.sheets.words import sheet_text

_DOTS_PER_INCH = 300


def walk_jobs(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    *,
    grid_codes: Sequence[str] | None,
    made: date,
    lang: str,
    paper: str,
    kind: str,
    producer: str | None = None,
) -> Iterator[Job]:
    """The sheets of a plan's grids, or of those of `grid_codes`, in the order of their codes.

    Raises `NotFoundError` for a plan the viewer does not see, or a code that is not in it.
    """
    with store.reading(viewer) as unit:
        code = str(read_plans(unit, plan_ids=[plan_id])["community_code"].iloc[0])
        grids = read_grids(unit, plan_ids=[plan_id])
        shown, credit = shown_around(unit, [code], grids, as_of=made)
        found = read_stretches(unit, plan_id)
    missing = sorted(set(grid_codes or ()) - set(grids["code"]))
    if missing:
        raise NotFoundError(
            f"plan {plan_id} has no grid {missing[0]}; wangge plan show lists them",
            f"方案 {plan_id} 没有网格 {missing[0]}；用 wangge plan show 查看",
        )
    home = str(shown.communities["name"].iloc[0])
    for row in range(len(grids)):
        one, others = grids.iloc[[row]], grids.drop(index=grids.index[row])
        grid_code, name = str(one["code"].iloc[0]), str(one["name"].iloc[0])
        if grid_codes and grid_code not in grid_codes:
            continue
        own = found[found["code"] == grid_code]
        word = str(own["sheet"].iloc[0])
        title = sheet_text("walk_of", lang, name=f"{home}{name}")
        part = Shown(
            grids=one,
            communities=shown.communities.iloc[:0],
            neighbours=pd.concat([others[["name", "geometry"]], shown.neighbours[["name", "geometry"]]]),
            complexes=shown.complexes,
            buildings=shown.buildings,
            roads=shown.roads,
            water=shown.water,
            stations=shown.stations,
            stretches=own,
        )
        said = Said(
            title,
            lang=lang,
            made=made,
            plan=sheet_text("check_word", lang, plan=plan_id, word=word),
            producer=producer,
            credit=credit,
            serial=f"{grid_code}-{plan_id}-{word}",
            link=f"{plan_id} {grid_code} {word}",
        )
        table = walk_table(own, lang)
        yield Job(file_name(f"{grid_code} {title}"), part, said, paper, None, kind, _DOTS_PER_INCH, (table,))
