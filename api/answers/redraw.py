"""What the papers of a redraw say of one community, read as far as a viewer may see and shaped for the map room."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.answers.sheet_ground import shown_around
from geo.crs import KEPT_CRS
from geo.plans.extents import extent_words, extents
from layers.plans.redrawn import Redrawn, read_redrawn
from layers.plans.redrawn_counts import RedrawnCounts, redrawn_counts
from layers.rights.viewer import Viewer
from layers.store.unit import Reading
from layers.words.drafts import told_in_words
from maps.look.words import GRID_KINDS
from maps.papers.redraw import BuildingLine, CodeLine, GridLine, Redraw
from maps.papers.words import paper_text
from maps.sheets.ground import Shown
from maps.sheets.words import sheet_text


@dataclass(frozen=True, slots=True)
class RedrawRead:
    """One community's redraw: what is written and what is drawn."""

    redraw: Redraw
    redrawn: Redrawn
    shown: Shown
    """Without what was before; see `before_and_after`."""
    credit: str | None


def read_redraw(
    unit: Reading, viewer: Viewer, plan_id: int, *, made: date, lang: str, producer: str | None
) -> RedrawRead:
    """The redraw of a plan for `viewer`. Raises `NotFoundError` for a plan he does not see."""
    redrawn = read_redrawn(unit, plan_id)
    code = redrawn.community_code
    shown, credit = shown_around(unit, [code], redrawn.grids, as_of=redrawn.valid_from or made)
    counts = redrawn_counts(redrawn, viewer)
    told = told_in_words(unit, plan_id)
    places = dict(zip(told["code"], told["words"], strict=True))
    redraw = Redraw(
        community=str(shown.communities["name"].iloc[0]),
        community_code=code,
        lang=lang,
        version=redrawn.version,
        valid_from=redrawn.valid_from,
        made=made,
        producer=producer,
        grids=tuple(_grids(redrawn, shown, counts, places, lang)),
        codes=tuple(_codes(redrawn, counts, lang)),
        buildings=tuple(_buildings(redrawn, shown.complexes, viewer)),
        households=counts.all,
        moved=counts.moved,
        first=redrawn.first,
        least=counts.least,
    )
    return RedrawRead(redraw, redrawn, shown, credit)


def _grids(
    redrawn: Redrawn, shown: Shown, counts: RedrawnCounts, places: Mapping[str, str], lang: str
) -> Iterator[GridLine]:
    grids = redrawn.grids.sort_values("code", kind="stable")
    beside = pd.concat([grids[["name", "geometry"]], shown.neighbours[["name", "geometry"]]])
    streets = shown.roads[shown.roads["road_class"] != "wall"]
    told = extents(grids, [streets, shown.water], gpd.GeoDataFrame(beside, crs=KEPT_CRS))
    for row, (_, sides) in zip(grids.itertuples(), told.iterrows(), strict=True):
        code, kind = str(row.code), str(row.kind)
        yield GridLine(
            code=code,
            name=str(row.name),
            kind=GRID_KINDS[kind].text(lang) if kind in GRID_KINDS else kind,
            extent=extent_words(sides).text(lang),
            places=places.get(code, ""),
            households=counts.grid(code),
            people=counts.people.get(code),
            estimated=bool(row.households_estimated),
        )


def _codes(redrawn: Redrawn, counts: RedrawnCounts, lang: str) -> Iterator[CodeLine]:
    if redrawn.first:
        return
    old_names, new_names = (
        dict(zip(frame["code"], frame["name"], strict=True)) for frame in (redrawn.before, redrawn.grids)
    )
    for row in redrawn.codes.itertuples(index=False):
        old, new = _or_none(row.old_code), _or_none(row.new_code)
        count = counts.pair(old, new)
        open_, whole_old = isinstance(count, int), isinstance(counts.old(old), int)
        whole_new = new is not None and isinstance(counts.grid(new), int)
        yield CodeLine(
            old,
            None if old is None else old_names.get(old),
            new,
            None if new is None else new_names.get(new),
            count,
            _share(row.share_of_old) if open_ and whole_old else None,
            _share(row.share_of_new) if open_ and whole_new else None,
            _change(old, new, _share(row.share_of_old), old_names, new_names, lang),
        )


def _change(
    old: str | None,
    new: str | None,
    share_of_old: float | None,
    old_codes: Container[str],
    new_codes: Container[str],
    lang: str,
) -> str:
    """In words: what of the old grid comes to the new one, and which code ends or begins with it."""
    if old is None:
        words = ["added"]
    elif new is None:
        words = ["gone"]
    elif old == new:
        words = ["same"]
    else:
        words = ["whole" if share_of_old is not None and share_of_old > 1 - 1e-9 else "part"]
    if old is not None and old not in new_codes:
        words.append("old_ends")
    if new is not None and new not in old_codes:
        words.append("new_code_begins")
    return ("，" if lang == "zh" else ", ").join(paper_text(word, lang) for word in words)


def _buildings(redrawn: Redrawn, complexes: gpd.GeoDataFrame, viewer: Viewer) -> Iterator[BuildingLine]:
    names = complexes.set_index("ref")["name"]
    old_names, new_names = (
        dict(zip(frame["code"], frame["name"], strict=True)) for frame in (redrawn.before, redrawn.grids)
    )
    moved = redrawn.moved
    moved = moved.assign(complex=moved["complex_ref"].map(names))
    rows = moved.itertuples(index=False)
    for row in sorted(rows, key=lambda row: (_or_none(row.complex) or "~", _in_order(row.name), row.ref)):
        old, new = _or_none(row.old_code), _or_none(row.new_code)
        counted = viewer.counts_buildings and pd.notna(row.households)
        yield BuildingLine(
            _or_none(row.complex),
            _or_none(row.name) or _or_none(row.road_addresses),
            int(row.households) if counted else None,
            old,
            None if old is None else old_names.get(old),
            new,
            None if new is None else new_names.get(new),
        )


def _in_order(name: object) -> list[tuple[int, int, str]]:
    """What sorts 2号楼 before 10号楼."""
    parts = re.split(r"(\d+)", _or_none(name) or "")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def before_and_after(read: RedrawRead, lang: str) -> Shown:
    """The ground of a redraw with the grids before as ghosts, and what comes to another grid hatched and named."""
    redrawn, shown = read.redrawn, read.shown
    names = dict(zip(redrawn.before["code"], redrawn.before["name"], strict=True))
    changed = redrawn.changed
    rows: list[tuple[str, shapely.Geometry]] = []
    for (old, _), some in changed.groupby(["old_code", "new_code"], dropna=False, sort=True):
        was = _or_none(old)
        words = (
            sheet_text("was_none", lang) if was is None else sheet_text("was", lang, name=names.get(was, was))
        )
        rows.append((words, shapely.union_all(np.asarray(some.geometry.array, dtype=object))))
    return Shown(
        grids=shown.grids,
        communities=shown.communities,
        neighbours=shown.neighbours,
        complexes=shown.complexes,
        buildings=shown.buildings,
        roads=shown.roads,
        water=shown.water,
        stations=shown.stations,
        before=redrawn.before,
        changed=gpd.GeoDataFrame(
            {"name": [words for words, _ in rows]}, geometry=[shape for _, shape in rows], crs=KEPT_CRS
        ),
    )


def _or_none(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _share(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
