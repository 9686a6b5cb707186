"""What lies in a grid in words, as a register lists it: complexes whole or by their houses, and houses beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from geo.errors import Words

_NUMBERED = re.compile(r"(\D{0,40})(\d{1,6})(\D{1,8})")
"""A name before the number, such as that of a road, and what is counted after it."""
_LEAST_RUN = 3
"""From so many numbers in a row on they are told as a range."""


def houses_told(names: Iterable[str]) -> str:
    """Names of houses with their numbers drawn together; those without a plain number after them.

    >>> houses_told(["2号楼", "1号楼", "3号楼", "10号楼", "5幢", "综合楼"])
    '1-3、10号楼、5幢、综合楼'
    >>> houses_told(["2号楼", "1号楼", "桂花路4号", "桂花路2号"])
    '1、2号楼、桂花路2、4号'
    """
    numbered: dict[tuple[str, str], set[int]] = {}
    others: list[str] = []
    for name in names:
        found = _NUMBERED.fullmatch(name)
        if found is None or str(int(found[2])) != found[2]:
            others.append(name)
        else:
            numbered.setdefault((found[1], found[3]), set()).add(int(found[2]))
    parts = [
        f"{before}{'、'.join(_runs(sorted(numbers)))}{after}"
        for (before, after), numbers in sorted(numbered.items(), key=_first)
    ]
    return "、".join([*parts, *sorted(dict.fromkeys(others))])


def _first(entry: tuple[tuple[str, str], set[int]]) -> tuple[str, int, str]:
    (before, after), numbers = entry
    return before, -len(numbers), after


def _runs(numbers: list[int]) -> list[str]:
    """
    >>> _runs([1, 2, 4, 5, 6])
    ['1', '2', '4-6']
    """
    values = np.array(numbers)
    runs = np.split(values, np.flatnonzero(np.diff(values) > 1) + 1)
    told: list[str] = []
    for run in runs:
        one = run.tolist()
        told += [f"{one[0]}-{one[-1]}"] if len(one) >= _LEAST_RUN else [str(number) for number in one]
    return told


def places_told(buildings: pd.DataFrame, complexes: pd.DataFrame) -> dict[str, Words]:
    """By grid code, what lies in each grid.

    `buildings` have code (of their grid; empty in none), name, complex_ref and may have road_addresses; `complexes` ref and
    name. A complex all of whose buildings are in one grid is told by its name alone; otherwise its houses are listed.
    Houses in no named complex are told by name, else by road address; those without either are counted.

    >>> houses = pd.DataFrame({"code": ["a", "a", "b", "a"], "name": ["1号楼", "2号楼", "3号楼", "菜场"],
    ...                        "complex_ref": ["c", "c", "c", None]})
    >>> told = places_told(houses, pd.DataFrame({"ref": ["c"], "name": ["芙蓉小区"]}))
    >>> told["a"].zh, told["b"].en
    ('芙蓉小区1、2号楼；菜场', '芙蓉小区: 3号楼')
    """
    named = complexes.set_index("ref")["name"].dropna()
    everywhere = buildings.groupby("complex_ref").size()
    told: dict[str, Words] = {}
    for code, some in buildings[buildings["code"].notna()].groupby("code", sort=True):
        parts: list[Words] = []
        within = some["complex_ref"].isin(named.index)
        for ref, own in some[within].groupby("complex_ref", sort=False):
            parts.append(_complex(str(named[ref]), own, whole=len(own) == everywhere[ref]))
        parts = sorted(parts, key=lambda part: part.zh)
        parts += _houses(some[~within])
        told[str(code)] = Words("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))
    return told


def _complex(name: str, own: pd.DataFrame, *, whole: bool) -> Words:
    if whole:
        return Words(f"{name} (all)", f"{name}（全部）")
    known = own["name"].dropna().astype(str).tolist()
    listed = houses_told(known)
    unnamed = _unnamed(len(own) - len(known))
    if not listed:
        return Words(f"{name}: {unnamed.en}", f"{name}{unnamed.zh}")
    return Words(
        f"{name}: {listed}" + (f", {unnamed.en}" if unnamed.en else ""),
        f"{name}{listed}" + (f"、{unnamed.zh}" if unnamed.zh else ""),
    )


def _houses(alone: pd.DataFrame) -> list[Words]:
    """Houses of no complex: by name, by road address, or counted."""
    names = alone["name"].astype(object)
    if "road_addresses" in alone.columns:
        names = names.where(names.notna(), alone["road_addresses"].astype(object))
    known = names.dropna().astype(str).tolist()
    listed = houses_told(known)
    unnamed = _unnamed(len(alone) - len(known))
    return [part for part in (Words(listed, listed), unnamed) if part.zh]


def _unnamed(count: int) -> Words:
    if not count:
        return Words("", "")
    return Words(f"{count} buildings without a name", f"无名楼栋{count}栋")
