"""How the rows of a layer stand to each other and to what the store holds: communities must not overlap, and
whatever lies in communities must lie in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.crs import LocalMetres, areas_m2
from geo.errors import Fault, Words
from geo.topology import Shares, broken, clean_slivers, largest_share, overlaps, overlaps_between, trim
from layers.files.synonyms import TITLES
from layers.ground.regions import replaceable
from layers.imports.known import Wishes
from layers.store import tables as t
from layers.store.unit import Reading

TWO_COMMUNITIES_SHARE = 0.2
"""A second community holding more of a building than this makes it doubtful where the building belongs."""
INSIDE_SHARE = 0.5
"""Less than this of a shape in communities means that it lies outside."""
_OVERLAP_MIN_M2 = 0.001
_CLEARLY_MORE = 0.05

Readings = Callable[[], dict[str, NDArray[Any]]]
"""The same shapes read in other datums: name of the datum -> shapes in EPSG:4490, in row order."""


@dataclass(frozen=True, slots=True)
class Related:
    """A layer after its relations were looked at."""

    frame: gpd.GeoDataFrame
    faults: list[Fault] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    dropped: list[Fault] = field(default_factory=list)
    """Rows left out because they lie outside, with the reason."""


class Options(NamedTuple):
    """How strictly to look."""

    skip_outside: bool = False
    """Leave out what lies outside every community instead of refusing the file."""
    lenient: bool = False
    """A source that nobody here can mend (OpenStreetMap): doubts become notes, not faults."""
    known: Wishes = Wishes(moved=True, same="add")
    """What to do with rows that the store knows."""


def relate(
    unit: Reading,
    layer: str,
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    options: Options,
    readings: Readings,
) -> Related:
    """Check sound rows of `layer` (contract columns, EPSG:4490) against each other and the store."""
    if frame.empty:
        return Related(frame)
    if layer == "communities":
        return _communities(unit, frame, rows)
    if layer in ("buildings", "complexes", "stations", "grids"):
        return _placed(unit, layer, frame, rows, options, readings)
    return Related(frame)


# ---------------------------------------------------------------- communities


def _communities(unit: Reading, frame: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> Related:
    notes: list[Words] = []
    found = overlaps(frame, min_area_m2=_OVERLAP_MIN_M2)
    codes, names = frame["code"].tolist(), frame["name"].tolist()
    faults = [
        _overlap(int(rows[pair.b]), codes[pair.b], names[pair.b], codes[pair.a], names[pair.a], pair.area_m2)
        for pair in found[~found.sliver].itertuples()
    ]
    stored = unit.frame(sa.select(t.communities.c.code, t.communities.c.name, t.communities.c.geometry))
    giving_way = replaceable(unit) if (frame["kind"] != "working").all() else []
    stored = stored[~stored["code"].isin([*codes, *giving_way])].reset_index(drop=True)
    across = overlaps_between(frame, stored, min_area_m2=_OVERLAP_MIN_M2)
    for pair in across[~across.sliver].itertuples():
        there = stored.iloc[pair.b]
        faults.append(
            _overlap(
                int(rows[pair.a]), codes[pair.a], names[pair.a], there["code"], there["name"], pair.area_m2
            )
        )
    if faults:
        return Related(frame, faults)
    cleaned, note = _closed(frame, int(found.sliver.sum()))
    notes += note
    slivers = across[across.sliver]
    if not slivers.empty:
        touched = np.unique(slivers.a.to_numpy())
        trimmed = trim(cleaned, touched, stored.iloc[np.unique(slivers.b.to_numpy())])
        if not broken(trimmed):
            cleaned = trimmed
            notes.append(
                Words(
                    f"{len(touched)} communities overlapped stored neighbours by less than half a metre in width "
                    "and were trimmed to them",
                    f"{len(touched)} 个社区与已有相邻社区有宽不足半米的重叠，已裁齐",
                )
            )
    return Related(cleaned, notes=notes)


def _overlap(row: int, code: str, name: str, other: str, other_name: str, area_m2: float) -> Fault:
    return Fault(
        row,
        "geometry",
        f"{code} / {other}",
        Words(
            f"community {code} {name} overlaps {other} {other_name} by {area_m2:,.1f} m²; redraw one of them",
            f"社区 {code} {name} 与 {other} {other_name} 重叠 {area_m2:,.1f} 平方米；请修改其中之一",
        ),
    )


def _closed(frame: gpd.GeoDataFrame, slivers: int) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """Hair-thin gaps and overlaps closed, unless that would change a community by more than a hair."""
    if len(frame) < 2:
        return frame, []
    metres = LocalMetres.of(frame).to_metres(frame)
    if shapely.coverage_is_valid(metres, gap_width=0.5):
        return frame, []
    cleaned = clean_slivers(frame)
    before, after = areas_m2(frame), areas_m2(cleaned)
    hair = 0.5 * shapely.length(metres)
    same_parts = shapely.get_num_geometries(cleaned.geometry.array) == shapely.get_num_geometries(
        frame.geometry.array
    )
    if broken(cleaned) or not same_parts.all() or (np.abs(before - after) > hair).any():
        return frame, []
    changed = int((np.abs(before - after) > _OVERLAP_MIN_M2).sum())
    if not changed and not slivers:
        return cleaned, []
    return cleaned, [
        Words(
            f"gaps and overlaps narrower than half a metre were closed; {changed} communities changed by a hair",
            f"已消除宽不足半米的缝隙和重叠，{changed} 个社区边界有细微调整",
        )
    ]


# ---------------------------------------------------------------- what lies in communities


def _placed(
    unit: Reading,
    layer: str,
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    options: Options,
    readings: Readings,
) -> Related:
    stored = unit.frame(
        sa.select(t.communities.c.code, t.communities.c.geometry).order_by(t.communities.c.code)
    )
    if stored.empty:
        return _with_complexes(unit, layer, Related(frame))
    codes = stored["code"].to_numpy(dtype=object)
    areas = np.asarray(stored.geometry.array, dtype=object)
    shares = largest_share(frame.geometry.array, areas)
    outside = shares.total < INSIDE_SHARE
    declared = frame["community_code"].to_numpy(dtype=object)
    has_code = frame["community_code"].notna().to_numpy(dtype=bool)
    faults = _unknown_codes(declared, has_code, codes, rows)
    notes: list[Words] = []
    dropped: list[Fault] = []
    datum = _other_datum(frame, areas, readings) if outside.any() else None
    if datum is not None:
        faults.append(datum)
    if outside.any() and not options.lenient:
        (dropped if options.skip_outside else faults).extend(_outside(frame, rows, outside))
    if options.skip_outside and outside.any():
        count = int(outside.sum())
        notes.append(
            Words(
                f"{count} {layer} outside every community were left out",
                f"{count} 个{TITLES[layer]}在所有社区之外，未载入",
            )
        )
    elif options.lenient and outside.any():
        count = int(outside.sum())
        notes.append(
            Words(
                f"{count} {layer} lie outside every community; they are kept without one",
                f"{count} 个{TITLES[layer]}不在任何社区内，保留但不归属社区",
            )
        )
    if layer == "buildings":
        doubtful = ~has_code & ~outside & (shares.second_share > TWO_COMMUNITIES_SHARE)
        if options.lenient or not doubtful.any():
            notes += _largest_said(int(doubtful.sum()))
        else:
            faults += [_in_two(frame, rows, int(i), shares, codes) for i in np.flatnonzero(doubtful)]
    notes += _elsewhere(declared, has_code & ~outside, shares, codes)
    best = np.where(outside, None, codes[shares.area])
    given = np.where(has_code, declared, best)
    placed = frame.assign(community_code=pd.Series(given, index=frame.index, dtype="str"))
    if options.skip_outside:
        placed = placed[~outside]
    return _with_complexes(unit, layer, Related(placed, faults, notes, dropped))


def _unknown_codes(
    declared: NDArray[Any], has_code: NDArray[np.bool_], codes: NDArray[Any], rows: NDArray[np.int64]
) -> list[Fault]:
    unknown = has_code & ~np.isin(declared.astype(str), codes.astype(str))
    words = Words(
        "there is no such community; import it first or correct the code",
        "没有该社区；请先导入社区或更正编码",
    )
    return [Fault(int(rows[i]), "community_code", str(declared[i]), words) for i in np.flatnonzero(unknown)]


def _outside(frame: gpd.GeoDataFrame, rows: NDArray[np.int64], outside: NDArray[np.bool_]) -> list[Fault]:
    words = Words(
        "lies outside every community; correct its place or its CRS, import its community, or leave such rows out "
        "(--skip-outside)",
        "不在任何社区内；请更正位置或坐标系、先导入所属社区，或用 --skip-outside 略过",
    )
    key = frame["ref"].tolist()
    name = frame["name"].tolist()
    return [
        Fault(
            int(rows[i]), "geometry", f"{key[i]} {name[i] if isinstance(name[i], str) else ''}".strip(), words
        )
        for i in np.flatnonzero(outside)
    ]


def _other_datum(frame: gpd.GeoDataFrame, areas: NDArray[Any], readings: Readings) -> Fault | None:
    """The fault for a file that would fit clearly better if read in another datum."""
    tree = shapely.STRtree(areas)

    def inside(shapes: NDArray[Any]) -> int:
        points = shapely.centroid(shapes)
        return len(np.unique(tree.query(points, predicate="intersects")[0]))

    now = inside(np.asarray(frame.geometry.array, dtype=object))
    others = {datum: inside(shapes) for datum, shapes in readings().items()}
    if not others:
        return None
    datum, count = max(others.items(), key=lambda item: item[1])
    if count - now < max(1, _CLEARLY_MORE * len(frame)):
        return None
    return Fault(
        None,
        "geometry",
        datum,
        Words(
            f"wrong datum? {now} of {len(frame)} rows lie in a community, but {count} would if the file were "
            f"{datum}; declare it with --crs {datum}",
            f"坐标系可能有误：{len(frame)} 行中有 {now} 行位于社区内，若按 {datum} 读取则为 {count} 行；请用 --crs {datum} 声明",
        ),
    )


def _in_two(
    frame: gpd.GeoDataFrame, rows: NDArray[np.int64], i: int, shares: Shares, codes: NDArray[Any]
) -> Fault:
    first, second = codes[shares.area[i]], codes[shares.second[i]]
    part, other = shares.share[i], shares.second_share[i]
    return Fault(
        int(rows[i]),
        "geometry",
        str(frame["ref"].iloc[i]),
        Words(
            f"the building lies in two communities, {part:.0%} in {first} and {other:.0%} in {second}; "
            "say which with a community_code column, or redraw it",
            f"楼栋跨两个社区：{part:.0%} 在 {first}，{other:.0%} 在 {second}；请在 community_code（社区编码）列注明，或修改图形",
        ),
    )


def _largest_said(count: int) -> list[Words]:
    if not count:
        return []
    return [
        Words(
            f"{count} buildings lie in two communities and were given to the one holding more of them",
            f"{count} 栋楼跨两个社区，已归入占地较多的社区",
        )
    ]


def _elsewhere(
    declared: NDArray[Any], has_code: NDArray[np.bool_], shares: Shares, codes: NDArray[Any]
) -> list[Words]:
    best = codes[np.maximum(shares.area, 0)]
    count = int((has_code & (shares.share > INSIDE_SHARE) & (declared != best)).sum())
    if not count:
        return []
    return [
        Words(
            f"{count} rows declare a community but lie mostly in another; the declared one was kept, look at them",
            f"{count} 行注明的社区与所在位置不一致，已按注明的保留；请核对",
        )
    ]


def _with_complexes(unit: Reading, layer: str, related: Related) -> Related:
    """Buildings without a complex get the one that holds most of them, the smallest of nested ones."""
    if layer != "buildings" or related.frame.empty:
        return related
    frame = related.frame
    stored = smallest_first(unit.frame(sa.select(t.complexes.c.ref, t.complexes.c.geometry)))
    refs = stored["ref"].to_numpy(dtype=object)
    given = frame["complex_ref"].notna().to_numpy(dtype=bool)
    unknown = int((given & ~frame["complex_ref"].isin(refs).to_numpy(dtype=bool)).sum())
    notes = list(related.notes)
    if unknown:
        notes.append(
            Words(
                f"{unknown} buildings name a complex that is not in the store yet; import complexes too",
                f"{unknown} 栋楼所注小区尚未导入；请同时导入小区",
            )
        )
    if len(stored):
        shares = largest_share(frame.geometry.array, stored.geometry.array)
        best = np.where(shares.share >= INSIDE_SHARE, refs[shares.area], None)
        said = np.where(given, frame["complex_ref"].to_numpy(dtype=object), best)
        frame = frame.assign(complex_ref=pd.Series(said, index=frame.index, dtype="str"))
    return Related(frame, related.faults, notes, related.dropped)


def smallest_first(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Complexes by area, then ref, one a row: where two hold a building alike, the finer one comes first."""
    if frame.empty:
        return frame
    order = np.lexsort((frame["ref"].to_numpy(dtype=str), np.round(areas_m2(frame), 3)))
    return frame.iloc[order].reset_index(drop=True)
