"""Printed sheets of what is in force on a day: read what a viewer may see, hand it to the map room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import EmptyLayerError, InputError, Words
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.imports.working import SOURCE as OWN_AREAS
from layers.plans.plans import read_grids
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.sheets.ground import Shown
from maps.sheets.printing import glyph_notes, print_sheet
from maps.sheets.sheet import Said, make_sheet
from maps.sheets.tables import Table, building_table

_AROUND_DEG = 0.002
"""How near other communities are named as neighbours: about 200 m."""


class Per(StrEnum):
    """What each sheet shows."""

    AREA = "area"
    """All communities asked for, on one."""
    COMMUNITY = "community"
    GRID = "grid"
    COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all sheets of one run have in common."""

    as_of: date
    made: date
    lang: str = "zh"
    paper: str = "A3"
    scale: int | None = None
    producer: str | None = None
    approval: str | None = None
    """The map approval number of a public map."""
    exemption: str | None = None
    """Why a public map needs none."""


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet about to be made: everything it shows, so that any process can make it."""

    name: str
    """Of its file, without the suffix."""
    shown: Shown
    said: Said
    paper: str
    scale: int | None
    kind: str
    dots_per_inch: int
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """One sheet, ready to be written."""

    name: str
    pages: tuple[bytes, ...]
    scale: int
    notes: tuple[Words, ...]


def make(job: Job) -> Made:
    """The sheet of a job. Raises as `maps.sheets.sheet.make_sheet` does."""
    sheet = make_sheet(job.shown, job.said, paper=job.paper, scale=job.scale, table=job.table)
    pages = print_sheet(sheet, job.kind, title=job.said.title, dots_per_inch=job.dots_per_inch)
    return Made(job.name, tuple(pages), sheet.layout.scale, (*sheet.notes, *glyph_notes(sheet)))


def sheet_jobs(
    store: Store,
    viewer: Viewer,
    *,
    per: Per,
    communities: Sequence[str] | None,
    terms: Terms,
    kind: str = "pdf",
    dots_per_inch: int = 300,
) -> Iterator[Job]:
    """The sheets of what is in force on `terms.as_of`, community by community, so that a district is never in memory
    at once. `communities` are prefixes of codes; None takes all.

    Raises `NotFoundError` for a prefix that matches none, `InputError` when both an approval number and a reason for
    having none are given.
    """
    if terms.approval is not None and terms.exemption is not None:
        raise InputError(
            "give an approval number or the reason for having none, not both", "审图号与免审理由只能填一项"
        )
    with store.reading(viewer) as unit:
        codes = community_codes(unit, prefixes=communities)
    groups = [codes] if per is Per.AREA else [[code] for code in codes]
    for group in groups:
        yield from _jobs_of(store, viewer, group, per, terms, kind, dots_per_inch)


def _jobs_of(
    store: Store,
    viewer: Viewer,
    codes: Sequence[str],
    per: Per,
    terms: Terms,
    kind: str,
    dots_per_inch: int,
) -> Iterator[Job]:
    shown, credit = _read(store, viewer, codes, terms.as_of)
    home = str(shown.communities["name"].iloc[0])

    def job(key: str, title: str, part: Shown, table: Table | None = None) -> Job:
        said = Said(
            title,
            lang=terms.lang,
            made=terms.made,
            as_of=terms.as_of,
            plan=_plan(part.grids, terms.lang),
            producer=terms.producer,
            credit=credit,
            serial=f"{key}-{terms.made:%Y%m%d}",
            link=key,
            approval=terms.approval,
            exemption=terms.exemption,
            outline="complex_outline" if table is not None else "community",
        )
        name = file_name(f"{key} {title}")
        return Job(name, part, said, terms.paper, terms.scale, kind, dots_per_inch, table)

    if per is Per.AREA and len(codes) > 1:
        title = Words(f"Grids of {len(codes)} communities", f"{len(codes)} 个社区网格图")
        yield job(_common(codes), title.text(terms.lang), shown)
    elif per in (Per.AREA, Per.COMMUNITY):
        yield job(codes[0], Words(f"Grids of {home}", f"{home}网格图").text(terms.lang), shown)
    elif per is Per.GRID:
        for row in range(len(shown.grids)):
            one, others = shown.grids.iloc[[row]], shown.grids.drop(index=shown.grids.index[row])
            name = str(one["name"].iloc[0])
            beside = pd.concat([others[["name", "geometry"]], shown.neighbours[["name", "geometry"]]])
            part = _only(shown, grids=one, communities=shown.communities.iloc[:0], neighbours=beside)
            yield job(str(one["code"].iloc[0]), f"{home}{name}", part)
    else:
        for row in range(len(shown.complexes)):
            one = shown.complexes.iloc[[row]]
            if pd.isna(one["name"].iloc[0]):
                continue
            own = shown.buildings[shown.buildings["complex_ref"] == one["ref"].iloc[0]]
            near = shown.grids[shown.grids.intersects(one.geometry.iloc[0])]
            part = _only(
                shown,
                grids=near.iloc[:0],
                communities=one[["name", "geometry"]],
                neighbours=near[["name", "geometry"]],
                buildings=own,
            )
            yield job(
                str(one["ref"].iloc[0]), f"{home}{one['name'].iloc[0]}", part, building_table(own, terms.lang)
            )


def _only(shown: Shown, **parts: gpd.GeoDataFrame) -> Shown:
    names = ("grids", "communities", "neighbours", "complexes", "buildings", "roads", "water", "stations")
    return Shown(**{name: parts.get(name, getattr(shown, name)) for name in names})


def _common(codes: Sequence[str]) -> str:
    """What all codes begin with, down to the level of a street, district ..."""
    first, last = min(codes), max(codes)
    same = first[: next((i for i in range(len(first)) if first[i] != last[i]), len(first))]
    return next((same[:digits] for digits in (12, 9, 6) if len(same) >= digits), same)


def _read(store: Store, viewer: Viewer, codes: Sequence[str], as_of: date) -> tuple[Shown, str | None]:
    with store.reading(viewer) as unit:
        grids = read_grids(unit, as_of=as_of, codes=codes)
        shown, credit = shown_around(unit, codes, grids, as_of=as_of)
    if shown.grids.empty:
        raise EmptyLayerError(
            f"no grids are in force in {_common(codes)} on {as_of}; publish a plan or choose another day",
            f"{_common(codes)} 在 {as_of} 没有生效的网格；请先发布方案或选择其他日期",
        )
    return shown, credit


def shown_around(
    unit: Reading, codes: Sequence[str], grids: gpd.GeoDataFrame, *, as_of: date
) -> tuple[Shown, str | None]:
    """`grids` of the communities `codes` with all that is drawn around them, and whose data that is."""
    every = read_communities(unit)
    here = every["code"].isin(codes)
    home = every[here]
    bounds = around(tuple(home.total_bounds))
    near = shapely.buffer(shapely.union_all(home.geometry.to_numpy()), _AROUND_DEG)
    beside = every[~here & every.intersects(near)]
    shown = Shown(
        grids=grids,
        communities=home,
        neighbours=beside,
        complexes=read_complexes(unit, codes=codes, as_of=as_of),
        buildings=read_buildings(unit, codes=codes, as_of=as_of),
        roads=read_roads(unit, bounds=bounds),
        water=read_water(unit, bounds=bounds),
        stations=read_stations(unit, codes=codes, as_of=as_of),
    )
    layers = (shown.communities, shown.complexes, shown.buildings, shown.roads, shown.water, shown.stations)
    sources = {str(name) for frame in layers for name in frame["source"].dropna()} - {OWN_AREAS}
    return shown, ", ".join(sorted(sources)) or None


def _plan(grids: gpd.GeoDataFrame, lang: str) -> str | None:
    versions = sorted(set(grids["plan_version"].dropna().astype(int))) if len(grids) else []
    if not versions:
        return None
    said = "–".join(str(version) for version in dict.fromkeys((versions[0], versions[-1])))
    return Words(f"Plan version {said}", f"方案第 {said} 版").text(lang)


def file_name(words: str) -> str:
    """A file name that every system takes."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", words).strip(" .")[:100]
