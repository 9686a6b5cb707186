"""Roads with names, the railway, lanes inside the complexes, and the water."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import KEPT_CRS, LocalMetres
from layers.demo.ground import Ground, beside
from layers.demo.sizes import DISTRICT_CODE
from layers.demo.uses import Uses
from layers.demo.words import MAIN_ROADS, ROAD_HEADS, ROAD_TAILS, pick

NAMED_LANES = 0.45
LANE_FROM_BUILDINGS_M = 3.0
LAKES_AT_MOST = 12
LAKE_PARK_M2 = 12_000.0
JOINED_M = 0.5
"""Lines that come so near are one street."""
PASSAGE_FROM_BUILDINGS_M = 0.5
_CLASSES = ("primary", "secondary", "tertiary", "residential", "service", "rail", "footway")


def road_frame(
    rng: np.random.Generator,
    ground: Ground,
    uses: Uses,
    room: NDArray[Any],
    footprints: NDArray[Any],
    local: LocalMetres,
) -> gpd.GeoDataFrame:
    """All roads, one row per name, class and crossing; refs count from the widest class down."""
    roads = pd.concat([_public_roads(rng, ground), _service_roads(ground, uses, room, footprints)])
    roads = pd.concat([roads, _ways_out(roads, ground, footprints)])
    rank = roads["road_class"].map({name: number for number, name in enumerate(_CLASSES)})
    roads = roads.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)
    columns = {
        "ref": [f"R{DISTRICT_CODE}{number + 1:05d}" for number in range(len(roads))],
        "name": roads["name"],
        "road_class": roads["road_class"],
        "bridge": pd.array(roads["crossing"] == "bridge", dtype="boolean"),
        "tunnel": pd.array(roads["crossing"] == "tunnel", dtype="boolean"),
    }
    return gpd.GeoDataFrame(columns, geometry=local.to_degrees(roads["line"].to_numpy()), crs=KEPT_CRS)


def _public_roads(rng: np.random.Generator, ground: Ground) -> pd.DataFrame:
    middle = shapely.get_coordinates(shapely.line_interpolate_point(ground.edges, 0.5, normalized=True))
    stretches = [ground.stretches[s] for s in ground.stretch]
    pieces = pd.DataFrame(
        {
            "family": [s.road[0] for s in stretches],
            "road": [s.road[1] for s in stretches],
            "road_class": [s.road_class for s in stretches],
            "crossing": [s.crossing for s in stretches],
            "edge": np.arange(len(stretches)),
        }
    )
    pieces["half"] = np.where(pieces["family"] == "h", middle[:, 0] > 0, middle[:, 1] > 0)
    pieces.loc[~pieces["family"].isin(["h", "v"]), "half"] = False
    pieces = pieces[~pieces["road_class"].isin(["none", "river"])]
    groups = pieces.groupby(["family", "road", "half", "crossing", "road_class"], sort=True)["edge"]
    keys = [key for key, _ in groups]
    lines = [shapely.line_merge(shapely.union_all(ground.edges[edges.to_numpy()])) for _, edges in groups]
    names = _road_names(rng, keys)
    return pd.DataFrame(
        {"name": names, "road_class": [key[4] for key in keys], "crossing": [key[3] for key in keys]}
    ).assign(line=lines)


def _road_names(rng: np.random.Generator, keys: list[tuple[Any, ...]]) -> list[str | None]:
    """Main roads change their name in the middle of the town: 迎宾西路, 迎宾东路."""
    main = [MAIN_ROADS[int(i)] for i in rng.permutation(len(MAIN_ROADS))]
    stems = {
        road: main[n % len(main)] for n, road in enumerate(sorted({k[:2] for k in keys if k[0] in "hv"}))
    }
    small = iter(pick(rng, ROAD_HEADS, ROAD_TAILS, len(keys)))
    names: list[str | None] = []
    for family, road, half, crossing, road_class in keys:
        if road_class == "rail":
            names.append("锦川铁路")
        elif family == "bank":
            names.append("滨河北路" if road > 0 else "滨河南路")
        elif family in "hv":
            stem = stems[family, road]
            part = ("西", "东")[half] + "路" if family == "h" else ("南", "北")[half] + "街"
            endings = {"bridge": f"{stem}大桥", "tunnel": f"{stem}下穿通道"}
            names.append(endings.get(crossing, stem + part))
        elif road_class == "residential":
            names.append(f"{next(small)}巷" if rng.random() < NAMED_LANES else None)
        else:
            names.append(next(small) + ("路" if rng.random() < 0.6 else "街"))
    return names


def _service_roads(ground: Ground, uses: Uses, room: NDArray[Any], footprints: NDArray[Any]) -> pd.DataFrame:
    """A loop inside each newer complex, and a drive from it to the road outside where no building stands in the way."""
    plots = np.flatnonzero(np.isin(uses.use, ["tower", "midrise", "slab"]) & ~shapely.is_empty(room))
    loops = shapely.buffer(room[plots], LANE_FROM_BUILDINGS_M, join_style="mitre")
    whole = shapely.get_type_id(loops) == 3
    plots, loops = plots[whole], shapely.boundary(loops[whole])
    face, edge = beside(ground.faces[plots], ground.edges)
    classes = np.array([ground.stretches[s].road_class for s in ground.stretch[edge]])
    face, edge = (
        face[np.isin(classes, ["residential", "tertiary"])],
        edge[np.isin(classes, ["residential", "tertiary"])],
    )
    drives = shapely.shortest_line(loops[face], ground.edges[edge])
    blocked, _ = shapely.STRtree(footprints).query(drives, predicate="dwithin", distance=2.0)
    open_ = np.setdiff1d(np.arange(len(drives)), blocked)
    open_ = open_[np.lexsort((edge[open_], shapely.length(drives[open_]), face[open_]))]
    _, first = np.unique(face[open_], return_index=True)
    lines = np.concatenate([loops, drives[open_[first]]])
    return pd.DataFrame(
        {"name": None, "road_class": "service", "crossing": ""}, index=np.arange(len(lines))
    ).assign(line=lines)


def _ways_out(roads: pd.DataFrame, ground: Ground, footprints: NDArray[Any]) -> pd.DataFrame:
    """A passage on foot from each group of streets that no other street meets, the shortest that no building, water or railway
    stands in the way of; a group with none stays alone."""
    rail = (roads["road_class"] == "rail").to_numpy()
    lines = roads["line"].to_numpy()[~rail]
    barriers = np.concatenate([footprints, roads["line"].to_numpy()[rail], [ground.river]])
    near, blocked = shapely.STRtree(lines), shapely.STRtree(barriers)
    a, b = near.query(lines, predicate="dwithin", distance=JOINED_M)
    pairs = coo_array((np.ones(len(a)), (a, b)), shape=(len(lines), len(lines)))
    count, group = connected_components(pairs, directed=False)
    length = np.bincount(group, weights=shapely.length(lines), minlength=count)
    passages = []
    for alone in np.argsort(-length, kind="stable")[1:]:
        main = shapely.union_all(lines[group != alone])
        own = shapely.segmentize(shapely.union_all(lines[group == alone]), 10.0)
        points = shapely.points(np.unique(shapely.get_coordinates(own).round(6), axis=0))
        ways = shapely.shortest_line(points, main)
        hit, _ = blocked.query(ways, predicate="dwithin", distance=PASSAGE_FROM_BUILDINGS_M)
        free = np.setdiff1d(np.arange(len(ways)), hit)
        if len(free):
            passages.append(ways[free[np.argmin(shapely.length(ways[free]))]])
    return pd.DataFrame(
        {"name": None, "road_class": "footway", "crossing": ""}, index=np.arange(len(passages))
    ).assign(line=np.array(passages, dtype=object))


def water_frame(ground: Ground, uses: Uses, footprints: NDArray[Any], local: LocalMetres) -> gpd.GeoDataFrame:
    """The river, and lakes in the largest parks, in EPSG:4490."""
    area = shapely.area(ground.free)
    parks = np.flatnonzero((uses.use == "park") & (area >= LAKE_PARK_M2))
    parks = parks[np.argsort(-area[parks], kind="stable")[:LAKES_AT_MOST]]
    shores = shapely.buffer(ground.free[parks], -0.27 * np.sqrt(area[parks]))
    shores = shapely.simplify(shapely.buffer(shores, 0.09 * np.sqrt(area[parks]), quad_segs=4), 0.5)
    clear = (shapely.get_type_id(shores) == 3) & ~shapely.is_empty(shores)
    near, _ = shapely.STRtree(footprints).query(shores, predicate="dwithin", distance=3.0)
    clear[near] = False
    names = ["锦川河", *(f"{uses.title[p].removesuffix('公园')}湖" for p in parks[clear])]
    columns = {
        "ref": [f"W{DISTRICT_CODE}{number + 1:03d}" for number in range(len(names))],
        "name": names,
        "kind": ["river"] + ["lake"] * (len(names) - 1),
    }
    shapes = np.array([ground.river, *shores[clear]], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=local.to_degrees(shapes), crs=KEPT_CRS)
