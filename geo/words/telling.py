"""Grids told in words: the shortest list of complexes, buildings and roads that means exactly their buildings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.addresses.text.normalise import plain_name
from geo.words.claims import place
from geo.words.clauses import PARITY_WORDS
from geo.words.filling import fill
from geo.words.placing import meaning
from geo.words.register import BUILDING_UNITS, Register

UNNAMED_TERM = "无名楼栋"
CELLS_TERM = "基元"
_MOST_ROUNDS = 50
_LEAST_INSTITUTION = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One grid in words."""

    words: str
    """Means exactly its buildings, when all grids of the community are read together."""
    cells: str
    """Cells without buildings that would go to another grid; empty where there are none."""


def tell(
    labels: NDArray[np.int64], cells: gpd.GeoDataFrame, edges: pd.DataFrame, register: Register
) -> list[Told]:
    """Words for each label 0..k-1 of a community's plan, so that `place` and `fill` give back the same labels: of buildings
    by the words alone, of all cells by words and cells.

    A building whose cells lie in several grids is told by the one with the most of its ground. Buildings that have no name
    are told by key (`无名楼栋（#B-17）`) only where they would go elsewhere by themselves.
    """
    count = int(labels.max()) + 1 if len(labels) else 0
    owner = _owners(labels, cells, register)
    texts = [_words(frozenset(np.flatnonzero(owner == grid).tolist()), register) for grid in range(count)]
    numbers = cells["cell"].to_numpy() if "cell" in cells else np.arange(len(cells))
    known = set(owner[owner >= 0].tolist())
    extra: list[set[int]] = [
        set() if grid in known else set(numbers[labels == grid].tolist()) for grid in range(count)
    ]
    by_ref = {ref: int(at) for ref, at in zip(register.buildings["ref"], owner, strict=True)}
    added: list[list[str]] = [[] for _ in range(count)]
    for _ in range(_MOST_ROUNDS):
        said = _said(texts, added)
        found = _read(said, extra, cells, edges, register)
        wrong = _wrong(found, cells, by_ref)
        if not wrong:
            break
        for ref in wrong:
            added[by_ref[ref]].append(str(ref))
    said = _said(texts, added)
    ground = [set(some) for some in extra]
    built = cells["building_ref"].notna().to_numpy()
    placed = place(said, register)
    owner_of = dict(zip(register.buildings["ref"], placed.owner.tolist(), strict=True))
    for _ in range(_MOST_ROUNDS):
        fixed = {number: grid for grid, some in enumerate(ground) for number in some}
        found = fill(cells, edges, owner_of, fixed)
        off = np.flatnonzero((found != labels) & ~built)
        if not len(off):
            break
        for at in off:
            ground[int(labels[at])].add(int(numbers[at]))
    return [
        Told(
            "；".join(part for part in (said[grid], cells_told(extra[grid])) if part),
            cells_told(ground[grid] - extra[grid]),
        )
        for grid in range(count)
    ]


def cells_told(numbers: Iterable[int]) -> str:
    """Cells by number.

    >>> cells_told({3, 5, 6, 7}), cells_told(())
    ('基元3、5-7', '')
    """
    listed = sorted(numbers)
    there = range(min(listed, default=0), max(listed, default=0) + 1)
    return CELLS_TERM + "、".join(_runs(listed, there)) if listed else ""


def _owners(labels: NDArray[np.int64], cells: gpd.GeoDataFrame, register: Register) -> NDArray[np.int64]:
    """The grid of each building, -1 without a cell."""
    table = pd.DataFrame(
        {"ref": cells["building_ref"].astype(object), "label": labels, "area": cells["area_m2"].to_numpy()}
    )
    most = table.dropna(subset="ref").groupby(["ref", "label"], as_index=False)["area"].sum()
    most = most.sort_values(["ref", "area", "label"], ascending=[True, False, True]).drop_duplicates("ref")
    of = dict(zip(most["ref"], most["label"], strict=True))
    return np.array([of.get(ref, -1) for ref in register.buildings["ref"]], np.int64)


def _said(texts: Sequence[str], added: Sequence[Sequence[str]]) -> list[str]:
    return [
        "；".join(
            part
            for part in (text, f"{UNNAMED_TERM}（{'、'.join(f'#{ref}' for ref in refs)}）" if refs else "")
            if part
        )
        for text, refs in zip(texts, added, strict=True)
    ]


def _read(
    texts: Sequence[str],
    extra: Sequence[set[int]],
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    register: Register,
) -> NDArray[np.int64]:
    """The labels that words and cells give."""
    placed = place(texts, register)
    fixed = {number: grid for grid, some in enumerate(extra) for number in some}
    owner = dict(zip(register.buildings["ref"], placed.owner.tolist(), strict=True))
    return fill(cells, edges, owner, fixed)


def _wrong(found: NDArray[np.int64], cells: gpd.GeoDataFrame, by_ref: Mapping[str, int]) -> list[str]:
    refs = cells["building_ref"].astype(object)
    return sorted(
        {
            ref
            for ref, label in zip(refs, found, strict=True)
            if isinstance(ref, str) and by_ref.get(ref, label) != label
        }
    )


def _words(mine: frozenset[int], register: Register) -> str:
    """What a grid's buildings are called; those without a name are not in it."""
    left = set(mine)
    whole: list[str] = []
    parts: list[str] = []
    for at in sorted(register.of_complex):
        rows = register.of_complex[at]
        if not rows & mine:
            continue
        for text in _complex_words(at, rows & mine, rows, register):
            meant = meaning(0, text, register)
            if meant.named and meant.named <= mine and not meant.troubles:
                (whole if meant.named == rows else parts).append(text)
                left -= meant.named
    for text in [*_road_words(mine, register), *_institution_words(left, mine, register)]:
        meant = meaning(0, text, register)
        if meant.named & left and meant.named <= mine and not meant.troubles:
            parts.append(text)
            left -= meant.named
    for row in sorted(left):
        name = register.buildings["name"].iloc[row]
        for text in (name, register.buildings["road_addresses"].iloc[row]):
            if isinstance(text, str) and text and meaning(0, text, register).named == {row}:
                parts.append(text)
                break
    return "；".join(part for part in ["、".join(whole), *parts] if part)


def _complex_words(at: int, mine: frozenset[int], rows: frozenset[int], register: Register) -> list[str]:
    """How the buildings of one complex may be told: the whole, the list, or the whole without some."""
    name = register.complexes["name"].iloc[at]
    if not isinstance(name, str) or register.complexes_named(name) != {at}:
        return []
    if mine == rows:
        return [name]
    keys = register.keys.get(at, {})
    listed = _listed(name, keys, mine, register)
    rest = rows - mine
    if rest and all(any(row in some for some in keys.values()) for row in rest):
        but = _numbers(keys, rest, register)
        if but and sum(len(text) for text in listed) > len(name) + len(but) + 3:
            text = f"{name}（除{but}）"
            if meaning(0, text, register).named == mine:
                return [text]
    return listed


def _listed(
    name: str, keys: Mapping[str, frozenset[int]], mine: frozenset[int], register: Register
) -> list[str]:
    numbers = _numbers(keys, mine, register)
    texts = [f"{name}{numbers}"] if numbers else []
    for key, rows in sorted(keys.items()):
        if rows <= mine and not key.isdigit():
            for row in sorted(rows):
                own = str(register.buildings["name"].iloc[row])
                texts.append(own if plain_name(own).startswith(plain_name(name)) else f"{name}{own}")
    return list(dict.fromkeys(texts))


def _numbers(keys: Mapping[str, frozenset[int]], mine: frozenset[int], register: Register) -> str:
    """The numbered buildings of a complex in short: 1-8、10号楼."""
    there = {int(key): rows for key, rows in keys.items() if key.isdigit()}
    wanted = sorted(number for number, rows in there.items() if rows <= mine)
    if not wanted:
        return ""
    inside = sorted({int(head) for key in keys if (head := _leading(key))} | set(there))
    unit = _unit_word(register, [there[number] for number in wanted])
    return _with_units(_ranges(wanted, inside), unit)


def _leading(key: str) -> str:
    digits = key.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return digits if digits.isdigit() else ""


def _unit_word(register: Register, rows: Sequence[frozenset[int]]) -> str:
    """The word most of these buildings are counted by."""
    seen: dict[str, int] = defaultdict(int)
    for some in rows:
        for row in some:
            name = str(register.buildings["name"].iloc[row])
            word = next(
                (word for word in sorted(BUILDING_UNITS, key=len, reverse=True) if name.endswith(word)), ""
            )
            seen[word or ("号" if name.endswith("号") else "")] += 1
    best = max(seen, key=lambda word: (seen[word], word))
    return best or "号楼"


def _with_units(ranges: Sequence[str], unit: str) -> str:
    """Numbers with what they count: after the last, or after each where one has its parity behind it.

    >>> _with_units(["1-8", "10"], "号楼"), _with_units(["1-7（单号）", "2"], "号")
    ('1-8、10号楼', '1-7号（单号）、2号')
    """
    if not any("（" in text for text in ranges):
        return "、".join(ranges) + unit
    return "、".join(
        f"{number}{unit}{bracket}{parity}"
        for number, bracket, parity in (text.partition("（") for text in ranges)
    )


def _ranges(wanted: Sequence[int], there: Sequence[int]) -> list[str]:
    """Numbers drawn together where nothing else that is there lies between; every second of them with its parity.

    >>> _ranges([1, 2, 3, 10], [1, 2, 3, 10, 11]), _ranges([1, 3, 5, 7, 9], range(1, 10))
    (['1-10'], ['1-9（单号）'])
    """
    plain = _runs(wanted, there)
    odd = [number for number in wanted if number % 2]
    even = [number for number in wanted if number % 2 == 0]
    marked = []
    for some, parity in ((odd, "odd"), (even, "even")):
        alike = [number for number in there if number % 2 == (parity == "odd")]
        marked += [f"{run}（{PARITY_WORDS[parity].zh}）" if "-" in run else run for run in _runs(some, alike)]
    return min((plain, marked), key=lambda texts: len("、".join(texts)))


def _runs(wanted: Sequence[int], there: Sequence[int]) -> list[str]:
    held = set(wanted)
    runs: list[list[int]] = []
    for number in sorted(set(there) | held):
        if number not in held:
            runs.append([])
        elif runs and runs[-1]:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts: list[str] = []
    for run in runs:
        if len(run) > 2:
            texts.append(f"{run[0]}-{run[-1]}")
        else:
            texts += [str(number) for number in run]
    return texts


def _road_words(mine: frozenset[int], register: Register) -> list[str]:
    """Houses of no complex by their roads: the whole road, or its numbers."""
    texts = []
    for road, doors in sorted(register.doors.items()):
        houses = [(door, row) for door, row in doors if row in mine]
        if not houses:
            continue
        if len(houses) == len(doors):
            texts.append(f"{road}全部")
        shared: dict[int, set[int]] = defaultdict(set)
        for door, row in doors:
            if len(door.chain) == 1 and door.chain[0][0].isdigit():
                shared[int(door.chain[0][0])].add(row)
        wanted = sorted(number for number, rows in shared.items() if rows <= mine)
        deeper = {
            int(door.chain[0][0]) for door, _ in doors if len(door.chain) > 1 and door.chain[0][0].isdigit()
        }
        if wanted:
            texts.append(road + _with_units(_ranges(wanted, sorted(shared.keys() | deeper)), "号"))
        texts += [
            f"{road}{''.join(number + word for number, word in door.chain)}"
            for door, _ in houses
            if len(door.chain) > 1
        ]
    return texts


def _institution_words(left: set[int], mine: frozenset[int], register: Register) -> list[str]:
    """Institutions all of whose buildings are in a grid, those with the most first."""
    found: dict[str, frozenset[int]] = {}
    for row in left:
        name = register.buildings["name"].iloc[row]
        if not isinstance(name, str) or isinstance(register.buildings["complex_ref"].iloc[row], str):
            continue
        for end in range(_LEAST_INSTITUTION, len(name)):
            rows = register.institution(name[:end])
            if len(rows) > 1 and rows <= mine:
                found.setdefault(name[:end], rows)
    return sorted(found, key=lambda text: (-len(found[text]), len(text), text))
