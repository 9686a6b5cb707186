"""What is lacking in the chain of organisations and what the rules advise, for one viewer and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo.cells.dwellings import estimate_households
from geo.errors import NotFoundError, Words
from geo.privacy.small_counts import LEAST_INSIDE
from geo.reach.advice import (
    Finding,
    Rule,
    advise_branches,
    advise_centres,
    advise_premises,
    lacking,
    pairs_of,
    together,
)
from geo.reach.chain import Directory, Link
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_complexes
from layers.ground.stations import read_stations
from layers.plans.plans import read_grids
from layers.reach.chain import read_directory
from layers.reach.reach import Reach
from layers.rights.viewer import Viewer
from layers.store.database import Store

POSTS = ("网格长", "网格员")
"""What every grid has, where nothing else is asked."""
_OFFICER = ("小区专员", "小区长")
_PROPERTY = ("物业经理", "物业负责人")
_OWNERS = ("业委会主任",)


def find_gaps(
    store: Store,
    viewer: Viewer,
    *,
    as_of: date,
    codes: Sequence[str] | None = None,
    posts: Sequence[str] = POSTS,
    households: pd.DataFrame | None = None,
    reach: Reach | None = None,
) -> list[Finding]:
    """Grids without branch, station, centre household or one of `posts`, complexes without what they should have, premises
    below the norms; with `households` (`layers.people.households.read_households`, with its right and audit) what members
    advise; with `reach` stations beyond their capacity. `codes` are prefixes of communities. Raises `NotFoundError` where no grid is in force."""
    with store.reading(viewer) as unit:
        seen = community_codes(unit, prefixes=codes)
        grids = read_grids(unit, as_of=as_of, codes=seen)
        buildings = estimate_households(read_buildings(unit, codes=seen, as_of=as_of))
        complexes = read_complexes(unit, codes=seen, as_of=as_of)
        stations = read_stations(unit, codes=seen, as_of=as_of)
        directory = read_directory(unit, codes=seen)
    base = grids[(grids["kind"] == "base").to_numpy()].reset_index(drop=True)
    if base.empty:
        raise NotFoundError(f"no grids are in force on {as_of}", f"{as_of} 没有生效的网格")
    there = dict(zip(base["code"], base["community_code"], strict=True))
    lived = buildings[(buildings["households"].fillna(0) > 0).to_numpy()]
    found = [
        _of_grids(directory, there, as_of, posts, lived, base),
        _of_complexes(directory, complexes, lived, base, as_of),
        advise_centres(
            (one.ref, one.community_code, one.households) for one in directory.of_kind(Link.CENTRE, as_of)
        ),
        advise_premises(_premises(stations, lived, seen)),
    ]
    if households is not None:
        found.append(_of_members(base, households, lived))
    if reach is not None:
        found.append(_of_capacity(reach))
    return together(*found)


def _of_grids(
    directory: Directory,
    there: dict[str, str],
    day: date,
    posts: Sequence[str],
    lived: pd.DataFrame,
    base: pd.DataFrame,
) -> list[Finding]:
    held = directory.titles(Link.GRID, day)
    inside = _grid_of(base, lived)
    centred = {inside.get(ref) for ref in directory.heads(Link.CENTRE, Link.BUILDING, day)}
    centred |= directory.served(Link.CENTRE, day)
    found = lacking(
        Rule.GRID_HAS_BRANCH,
        "grid",
        there,
        directory.served(Link.BRANCH, day),
        Words("no branch", "没有党支部"),
    )
    found += lacking(
        Rule.GRID_HAS_STATION,
        "grid",
        there,
        directory.served(Link.STATION, day),
        Words("no station", "没有服务站点"),
    )
    found += lacking(
        Rule.GRID_HAS_CENTRE,
        "grid",
        there,
        [ref for ref in centred if ref],
        Words("no centre household", "没有党员中心户"),
    )
    for title in posts:
        found += lacking(
            Rule.GRID_HAS_POST, "grid", there, held.get(title, ()), Words(f"no {title}", f"没有{title}")
        )
    return found


def _of_complexes(
    directory: Directory, complexes: pd.DataFrame, lived: pd.DataFrame, base: pd.DataFrame, day: date
) -> list[Finding]:
    """Complexes where people live."""
    homes = complexes[complexes["ref"].isin(lived["complex_ref"].dropna()).to_numpy()]
    there = dict(zip(homes["ref"], homes["community_code"].fillna(""), strict=True))
    held = directory.titles(Link.COMPLEX, day)
    inside = _grid_of(base, lived)
    served = directory.served(Link.BRANCH, day)
    grids: dict[str, set[str]] = {}
    for ref, complex_ref in zip(lived["ref"], lived["complex_ref"], strict=True):
        if isinstance(complex_ref, str) and ref in inside:
            grids.setdefault(complex_ref, set()).add(inside[ref])
    branched = {ref for ref, some in grids.items() if some & served} | directory.heads(
        Link.BRANCH, Link.COMPLEX, day
    )
    found = lacking(Rule.COMPLEX_HAS, "complex", there, branched, Words("no branch", "没有党支部"))
    for titles, words in (
        (_OFFICER, Words("no officer", "没有小区专员")),
        (_PROPERTY, Words("no property service", "没有物业")),
        (_OWNERS, Words("no owners' committee", "没有业委会")),
    ):
        has = {ref for title in titles for ref in held.get(title, ())}
        found += lacking(Rule.COMPLEX_HAS, "complex", there, has, words)
    return found


def _premises(
    stations: pd.DataFrame, lived: pd.DataFrame, codes: Sequence[str]
) -> list[tuple[str, float, int]]:
    area = stations.groupby("community_code")["floor_area_m2"].sum()
    homes = lived.groupby("community_code")["households"].sum()
    return [
        (code, float(area.get(code, 0.0)), int(homes.get(code, 0))) for code in codes if homes.get(code, 0)
    ]


def _of_members(base: pd.DataFrame, households: pd.DataFrame, lived: pd.DataFrame) -> list[Finding]:
    told = households["members"].fillna("")
    enrolled = households[told.str.contains("enrolled").to_numpy()].groupby("grid_code").size()
    codes, communities = base["code"].tolist(), base["community_code"].tolist()
    shapes = np.asarray(base.geometry.array, dtype=object)
    touching = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    a, b = pairs_of(communities, [(one, other) for one, other in touching])
    counts = np.array([int(enrolled.get(code, 0)) for code in codes], dtype=np.int64)
    found = advise_branches(codes, communities, counts, a, b)
    contact = set(households.loc[told.ne("").to_numpy(), "building_ref"].dropna())
    enough = lived[
        (lived["households"] >= LEAST_INSIDE).to_numpy()
    ]  # of a smaller one it would tell of a family
    there = dict(zip(enough["ref"], enough["community_code"].fillna(""), strict=True))
    words = Words("no member lives in it", "楼内没有党员")
    return found + lacking(Rule.CONTACT_IN_BUILDING, "building", there, contact, words)


def _of_capacity(reach: Reach) -> list[Finding]:
    rows = reach.stations
    over = rows[(rows["households"] > rows["capacity"].fillna(np.inf).astype("float64")).to_numpy()]
    return [
        Finding(
            Rule.CAPACITY,
            "station",
            row.ref,
            row.community_code,
            Words(
                f"nearest to {row.households:,} households, made for {row.capacity:,}",
                f"就近服务 {row.households:,} 户，容量 {row.capacity:,} 户",
            ),
            float(row.households),
        )
        for row in over.itertuples(index=False)
    ]


def _grid_of(base: pd.DataFrame, lived: pd.DataFrame) -> dict[str, str]:
    """Building → code of the grid its inner point lies in."""
    points = shapely.point_on_surface(np.asarray(lived.geometry.array, dtype=object))
    shapes = np.asarray(base.geometry.array, dtype=object)
    at, grid = shapely.STRtree(shapes).query(points, predicate="intersects")
    refs, codes = lived["ref"].to_numpy(), base["code"].to_numpy()
    return {str(refs[i]): str(codes[j]) for i, j in zip(at[::-1], grid[::-1], strict=True)}
