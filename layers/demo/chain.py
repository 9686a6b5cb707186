"""The made-up chain of organisations over grids in force: branches, building groups, centre households, posts and what stations
serve, in the numbers Qindu has for its size. Names are put together from common characters and stand for nobody."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.demo.housing import apportion
from layers.demo.sizes import Figures
from layers.demo.words import chinese
from layers.reach.facts import Fact, link

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国文斌波宁云飞"
_GROUP_CENTRE_MOST = 3
_OUTSIDE_NORM = 0.06
"""Share of centre households with fewer than 5 or more than 15 households: there is something to advise."""
_UNHELD = 0.03
"""Share of posts nobody holds just now."""


def made_up_chain(
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    complexes: pd.DataFrame,
    wanted: Figures,
    *,
    seed: int,
) -> dict[str, list[Fact]]:
    """Facts by table (`layers.reach.facts`): `organisations`, `links`, `posts`. `grids` in force with code, kind and
    community_code; the same arguments give the same chain."""
    rng = np.random.default_rng([seed, 33])
    base = grids[(grids["kind"] == "base").to_numpy()].sort_values("code", ignore_index=True)
    branches, covers = _branches(base, wanted.branches)
    facts: dict[str, list[Fact]] = {
        "organisations": [
            {
                "kind": "branch",
                "ref": ref,
                "name": name,
                "community_code": code,
                "members": int(rng.integers(12, 49)),
            }
            for ref, name, code in branches
        ],
        "links": [link("branch", ref, "grid", grid, code) for ref, grid, code in covers],
        "posts": [],
    }
    _groups_and_centres(rng, facts, base, buildings, {grid: ref for ref, grid, _ in covers}, wanted)
    _stations(facts, base, stations)
    _posts(rng, facts, grids, complexes, wanted.staff)
    for ref, _, code in branches:
        facts["posts"].append(_post(rng, "党支部书记", "branch", ref, code, public=True))
    return facts


def _branches(
    base: gpd.GeoDataFrame, count: int
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Ref, name and community of each branch, and ref, grid and community of what each covers: grids that follow each other."""
    by_community = {code: some["code"].tolist() for code, some in base.groupby("community_code")}
    codes = sorted(by_community)
    sizes = np.array([len(by_community[code]) for code in codes])
    shares = np.maximum(apportion(sizes.astype(np.float64), min(count, len(base)), most=sizes), 1)
    while shares.sum() > count and (shares > 1).any():
        shares[np.argmax(shares)] -= 1
    branches, covers = [], []
    for code, share in zip(codes, shares.tolist(), strict=True):
        for number, some in enumerate(np.array_split(by_community[code], share), start=1):
            ref = f"{code}Z{number:02d}"
            branches.append((ref, f"第{chinese(number)}网格党支部", code))
            covers += [(ref, str(grid), code) for grid in some]
    return branches, covers


def _groups_and_centres(
    rng: np.random.Generator,
    facts: dict[str, list[Fact]],
    base: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    branch_of: dict[str, str],
    wanted: Figures,
) -> None:
    """Groups of the buildings of a grid under its branch, most where most people live; centre households in them."""
    lived = buildings[(buildings["households"].fillna(0) > 0).to_numpy()].reset_index(drop=True)
    points = shapely.point_on_surface(np.asarray(lived.geometry.array, dtype=object))
    at, grid = shapely.STRtree(np.asarray(base.geometry.array, dtype=object)).query(
        points, predicate="intersects"
    )
    homes = pd.DataFrame({"ref": lived["ref"].to_numpy()[at], "grid": base["code"].to_numpy()[grid]})
    homes = homes.drop_duplicates("ref").sort_values(["grid", "ref"], ignore_index=True)
    per_grid = {code: some["ref"].tolist() for code, some in homes.groupby("grid")}
    codes = sorted(per_grid)
    sizes = np.array([len(per_grid[code]) for code in codes])
    groups = apportion(sizes.astype(np.float64), min(wanted.groups, int(sizes.sum())), most=sizes)
    numbers: dict[str, int] = {}
    houses: list[tuple[str, str, list[str]]] = []
    for code, share in zip(codes, groups.tolist(), strict=True):
        community = code[:12]
        for part in np.array_split(per_grid[code], share) if share else ():
            number = numbers[community] = numbers.get(community, 0) + 1
            ref = f"{community}D{number:02d}"
            facts["organisations"].append(
                {
                    "kind": "group",
                    "ref": ref,
                    "name": f"第{chinese(number)}楼栋党小组",
                    "community_code": community,
                    "members": int(rng.integers(3, 16)),
                }
            )
            facts["links"].append(link("group", ref, "branch", branch_of[code], community))
            facts["links"] += [link("group", ref, "building", one, community) for one in map(str, part)]
            houses.append((ref, community, [str(one) for one in part]))
    room = np.array([min(len(some) * 2, _GROUP_CENTRE_MOST) for _, _, some in houses])
    centres = apportion(room.astype(np.float64), min(wanted.centres, int(room.sum())), most=room)
    for (group, community, some), share in zip(houses, centres.tolist(), strict=True):
        for number in range(share):
            count = numbers[f"{community}X"] = numbers.get(f"{community}X", 0) + 1
            ref = f"{community}X{count:02d}"
            usual = rng.random() >= _OUTSIDE_NORM
            facts["organisations"].append(
                {
                    "kind": "centre",
                    "ref": ref,
                    "name": f"第{chinese(count)}党员中心户",
                    "community_code": community,
                    "households": int(rng.integers(5, 16) if usual else rng.choice([3, 4, 18, 22])),
                }
            )
            facts["links"].append(link("centre", ref, "group", group, community))
            facts["links"].append(link("centre", ref, "building", some[number % len(some)], community))


def _stations(facts: dict[str, list[Fact]], base: gpd.GeoDataFrame, stations: gpd.GeoDataFrame) -> None:
    """Each grid is served by the nearest station of its community, where there is one."""
    middles = shapely.point_on_surface(np.asarray(base.geometry.array, dtype=object))
    for code, some in base.groupby("community_code"):
        own = stations[(stations["community_code"] == code).to_numpy()]
        if own.empty:
            continue
        refs = own["ref"].to_numpy()
        near = shapely.STRtree(np.asarray(own.geometry.array, dtype=object)).nearest(middles[some.index])
        facts["links"] += [
            link("station", str(refs[n]), "grid", str(grid), str(code))
            for n, grid in zip(near, some["code"], strict=True)
        ]


def _posts(
    rng: np.random.Generator,
    facts: dict[str, list[Fact]],
    grids: gpd.GeoDataFrame,
    complexes: pd.DataFrame,
    staff: int,
) -> None:
    """A leader a grid, the others of the staff where most households are, an officer for most complexes."""
    more = apportion(grids["households"].fillna(0).to_numpy(dtype=np.float64) + 1, max(staff - len(grids), 0))
    for code, community, others in zip(grids["code"], grids["community_code"], more.tolist(), strict=True):
        if rng.random() >= _UNHELD:
            facts["posts"].append(_post(rng, "网格长", "grid", code, community, public=True))
        facts["posts"] += [_post(rng, "网格员", "grid", code, community, public=False) for _ in range(others)]
    for ref, community in zip(complexes["ref"], complexes["community_code"], strict=True):
        if isinstance(community, str) and rng.random() < 0.9:
            facts["posts"].append(_post(rng, "小区专员", "complex", ref, community, public=True))


def _post(
    rng: np.random.Generator, title: str, kind: str, place: str, community: str, *, public: bool
) -> dict[str, Any]:
    given = "".join(_GIVEN[int(i)] for i in rng.integers(0, len(_GIVEN), int(rng.integers(1, 3))))
    return {
        "title": title,
        "place_kind": kind,
        "place": place,
        "holder": _SURNAMES[int(rng.integers(0, len(_SURNAMES)))] + given,
        "phone": f"000-{int(rng.integers(0, 10_000_000)):07d}",
        "public": public,
        "community_code": community,
    }
