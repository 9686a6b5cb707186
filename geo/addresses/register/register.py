"""One name, one code, one extent: two sources of complexes or buildings laid over each other, and what to decide.

The land survey and the housing office draw the same complex differently and call it differently. Shapes that
share most of their ground and agree in name are the same; everything else comes back as a row for a person.
"""

from __future__ import annotations

import re
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.addresses.register.gazetteer import building_key
from geo.addresses.text.names import split_phase
from geo.addresses.text.normalise import plain_name
from geo.addresses.text.spellings import parts_of
from geo.crs import require_kept_crs
from geo.errors import InputError

SAME_SHARE = 0.6
"""Two shapes that share at least so much of the ground of both are one thing."""
INSIDE_SHARE = 0.5
"""A shape with at least so much of its ground in another is a part of it."""
COLUMNS = ("verdict", "ref", "other_ref", "name", "other_name", "share", "other_share", "names")


class Verdict(StrEnum):
    """What a pair, or a thing without its like, is."""

    SAME = "same"
    """Same ground, and no names that contradict."""
    SPLIT = "split"
    """One here, several there: this pair is one of them."""
    JOINED = "joined"
    """Several here, one there."""
    CONTRADICTING = "contradicting"
    """Same ground under different names, or the same name on different ground."""
    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"


class Naming(StrEnum):
    """How the names of a pair stand to each other."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """At least one has no name."""


def conflate(
    here: gpd.GeoDataFrame,
    there: gpd.GeoDataFrame,
    *,
    same_share: float = SAME_SHARE,
    inside_share: float = INSIDE_SHARE,
) -> pd.DataFrame:
    """Lay two sources of complexes, or of buildings, over each other: columns `COLUMNS`, one row a pair.

    Both have ref, name and geometry (EPSG:4490) and may have aliases (tuples or text joined by `|`). Of a
    thing that the other source lacks, the other half of the row is empty. `share` is the part of the ground
    of the first that the pair has in common, `other_share` that of the second, 0–1. Rows whose verdict is not
    `same` are for a person to decide. Sorted by ref, then other_ref. Limit: shapes that share less than
    `inside_share` of both are strangers, however alike their names.
    Raises `InputError` for a missing column or a ref given twice, `MissingCrsError` without a CRS.
    """
    for frame, what in ((here, "the first source"), (there, "the second source")):
        _check(frame, what)
    pairs = _pairs(here, there, inside_share)
    pairs["names"] = [
        _naming(here, int(i), there, int(j)).value for i, j in zip(pairs["i"], pairs["j"], strict=True)
    ]
    pairs["verdict"] = _verdicts(pairs, same_share, inside_share)
    rows = [_row(here, there, pair) for pair in pairs.itertuples(index=False)]
    rows += _unpaired(here, there, pairs)
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"share": "float64", "other_share": "float64"})
    return table.sort_values(["ref", "other_ref"], ignore_index=True)


def same_name(name: str, other: str) -> bool:
    """Whether two names of complexes or buildings mean one: spelling, numerals and classifiers aside.

    >>> same_name("觀源花園（西院）", "观源花园西院"), same_name("3号楼", "三栋"), same_name("3号楼", "13号楼")
    (True, True, False)
    """
    first, second = plain_name(name), plain_name(other)
    if first == second:
        return True
    keys = building_key(name), building_key(other)
    if keys[0] == keys[1] and re.fullmatch("[0-9A-Z]+", keys[0]):
        return True
    one, two = split_phase(first), split_phase(second)
    return one.base == two.base and bool(one.phase) and one.phase.strip("第") == two.phase.strip("第")


def _check(frame: gpd.GeoDataFrame, what: str) -> None:
    missing = [column for column in ("ref", "name") if column not in frame.columns]
    if missing:
        raise InputError(
            f"{what} has no column {', '.join(missing)}; ref, name and geometry are needed",
            f"{what}缺少列 {'、'.join(missing)}；需要 ref、name 与 geometry",
        )
    twice = frame["ref"][frame["ref"].duplicated()]
    if len(twice):
        raise InputError(
            f"{what} has ref {twice.iloc[0]!r} twice; refs must be unique",
            f"{what}的 ref“{twice.iloc[0]}”重复；必须唯一",
        )
    require_kept_crs(frame, what)


def _pairs(here: gpd.GeoDataFrame, there: gpd.GeoDataFrame, inside_share: float) -> pd.DataFrame:
    """Rows i, j of shapes with much in common, and the shares. Degrees do: shares do not change with scale."""
    left, right = (np.asarray(frame.geometry.array, dtype=object) for frame in (here, there))
    found = shapely.STRtree(right).query(left, predicate="intersects")
    i, j = found[0], found[1]
    common = shapely.area(shapely.intersection(left[i], right[j]))
    share, other = _part(common, shapely.area(left[i])), _part(common, shapely.area(right[j]))
    much = np.maximum(share, other) >= inside_share
    return pd.DataFrame({"i": i[much], "j": j[much], "share": share[much], "other_share": other[much]})


def _part(common: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(common, whole, out=np.zeros_like(common), where=whole > 0)


def _naming(here: gpd.GeoDataFrame, i: int, there: gpd.GeoDataFrame, j: int) -> Naming:
    ours, theirs = _names(here, i), _names(there, j)
    if not ours or not theirs:
        return Naming.UNKNOWN
    alike = any(same_name(a, b) for a in ours for b in theirs)
    return Naming.SAME if alike else Naming.DIFFERENT


def _names(frame: gpd.GeoDataFrame, row: int) -> list[str]:
    name = frame["name"].iloc[row]
    found = [name] if isinstance(name, str) and name else []
    if "aliases" in frame.columns:
        value = frame["aliases"].iloc[row]
        found += [] if value is None or value is pd.NA or isinstance(value, float) else parts_of(value)
    return found


def _verdicts(pairs: pd.DataFrame, same_share: float, inside_share: float) -> list[Verdict]:
    """The verdict of each pair, from how many partners each side has."""
    parts_of_left = pairs["other_share"] >= inside_share
    parts_of_right = pairs["share"] >= inside_share
    many_there = parts_of_left.groupby(pairs["i"]).transform("sum") > 1
    many_here = parts_of_right.groupby(pairs["j"]).transform("sum") > 1
    whole = (pairs["share"] >= same_share) & (pairs["other_share"] >= same_share)
    found = []
    for row in range(len(pairs)):
        if many_there.iloc[row] and parts_of_left.iloc[row] and not whole.iloc[row]:
            found.append(Verdict.SPLIT)
        elif many_here.iloc[row] and parts_of_right.iloc[row] and not whole.iloc[row]:
            found.append(Verdict.JOINED)
        elif pairs["names"].iloc[row] == Naming.DIFFERENT or not whole.iloc[row]:
            found.append(Verdict.CONTRADICTING)
        else:
            found.append(Verdict.SAME)
    return found


def _row(here: gpd.GeoDataFrame, there: gpd.GeoDataFrame, pair: object) -> dict[str, object]:
    i, j = int(pair.i), int(pair.j)  # type: ignore[attr-defined]
    return {
        "verdict": str(pair.verdict),  # type: ignore[attr-defined]
        "ref": str(here["ref"].iloc[i]),
        "other_ref": str(there["ref"].iloc[j]),
        "name": _text(here["name"].iloc[i]),
        "other_name": _text(there["name"].iloc[j]),
        "share": pair.share,  # type: ignore[attr-defined]
        "other_share": pair.other_share,  # type: ignore[attr-defined]
        "names": str(pair.names),  # type: ignore[attr-defined]
    }


def _unpaired(
    here: gpd.GeoDataFrame, there: gpd.GeoDataFrame, pairs: pd.DataFrame
) -> list[dict[str, object]]:
    """Things without ground in common: contradicting when a name of each is the same and no other has it."""
    alone_here = [i for i in range(len(here)) if i not in set(pairs["i"])]
    alone_there = [j for j in range(len(there)) if j not in set(pairs["j"])]
    by_name: dict[str, list[int]] = {}
    for j in alone_there:
        by_name.setdefault(plain_name(_text(there["name"].iloc[j])), []).append(j)
    found: list[dict[str, object]] = []
    taken: set[int] = set()
    for i in alone_here:
        name = _text(here["name"].iloc[i])
        likes = [j for j in by_name.get(plain_name(name), []) if name and j not in taken]
        if len(likes) == 1:
            taken.add(likes[0])
            found.append(_single(Verdict.CONTRADICTING, here, i, there, likes[0], Naming.SAME))
        else:
            found.append(_single(Verdict.MISSING_THERE, here, i, None, -1, Naming.UNKNOWN))
    found += [
        _single(Verdict.MISSING_HERE, None, -1, there, j, Naming.UNKNOWN)
        for j in alone_there
        if j not in taken
    ]
    return found


def _single(
    verdict: Verdict,
    here: gpd.GeoDataFrame | None,
    i: int,
    there: gpd.GeoDataFrame | None,
    j: int,
    naming: Naming,
) -> dict[str, object]:
    return {
        "verdict": verdict.value,
        "ref": "" if here is None else str(here["ref"].iloc[i]),
        "other_ref": "" if there is None else str(there["ref"].iloc[j]),
        "name": "" if here is None else _text(here["name"].iloc[i]),
        "other_name": "" if there is None else _text(there["name"].iloc[j]),
        "share": 0.0,
        "other_share": 0.0,
        "names": naming.value,
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
