"""Made-up residents of the made-up district, as four offices would list them: every clerk writes addresses another way.

No names, no phones: nobody here stands for anybody. What each address truly means comes with it, so that matching can
be measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.demo.housing import apportion
from layers.demo.sizes import (
    CENTRES_PER_RESIDENT,
    DISTRICT_NAME,
    MEMBERS_PER_RESIDENT,
    PEOPLE_PER_HOUSEHOLD,
)
from layers.demo.words import chinese

KINDS = ("registered", "owner", "resident", "floating")
KIND_SHARES = (0.48, 0.17, 0.24, 0.11)
_UNKNOWN_LEVELS = 6
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_REMARKS = ("", "", "", "", "", "", "（租户）", " 空挂", "（代收）", "　老屋", "(门禁旁)")


@dataclass(frozen=True, slots=True)
class Residents:
    """A list as it would come in a file, and the truth beside it."""

    frame: pd.DataFrame
    """household, address, population, people, member, centre (`geo.frames.RESIDENTS`); one row a person."""
    truth: pd.DataFrame
    """building_ref (None where the address names none of ours, or not surely one), unit, room; row by row."""


def made_up_residents(
    frames: dict[str, gpd.GeoDataFrame], aliases: pd.DataFrame, *, people: int, seed: int
) -> Residents:
    """`people` residents of the buildings in `frames` (layers as of `generate`), whose plates are in `aliases`.

    The same arguments give the same list. A quarter of a million households and their 669,700 people take
    about 6 s of one core.
    """
    rng = np.random.default_rng([seed, 77])
    homes = _homes(frames, aliases)
    count = apportion(homes["households"].to_numpy(np.float64), people)
    home = np.repeat(np.arange(len(homes)), count)
    nth = np.arange(people) - np.repeat(np.cumsum(count) - count, count)
    households = np.maximum(
        1, np.minimum(homes["households"].to_numpy(), np.ceil(count / PEOPLE_PER_HOUSEHOLD))
    )
    dwelling = (nth % households[home]).astype(np.int64)
    writer = _Writer(homes, rng, people)
    unit, room = _doors(homes, home, dwelling)
    address, sure = writer.write(home, unit, room)
    first = np.concatenate([[0], np.cumsum(households)[:-1]]).astype(np.int64)
    number = rng.permutation(int(households.sum()))[first[home] + dwelling]
    chosen = _first(rng.random(people), round(people * MEMBERS_PER_RESIDENT))
    member = np.where(chosen, rng.integers(0, 3, people), -1)
    kinds = np.array(["enrolled", "serving", "local", None], dtype=object)
    population = np.array(KINDS)[rng.choice(len(KINDS), people, p=KIND_SHARES)]
    centre = _first(
        np.where(member == 0, rng.random(people), 1.0),
        min(round(people * CENTRES_PER_RESIDENT), int((member == 0).sum())),
    )
    frame = pd.DataFrame(
        {
            "household": np.char.add("H", np.char.zfill(number.astype("U7"), 7)),
            "address": pd.array(address, dtype="str"),
            "population": population,
            "people": 1,
            "member": kinds[member],
            "centre": centre,
        }
    )
    known = (homes["in_complex"] | homes["lane"].notna()).to_numpy()
    refs = np.where(sure & known[home], homes["ref"].to_numpy()[home], None)
    return Residents(frame, pd.DataFrame({"building_ref": refs, "unit": unit.astype(str), "room": room}))


def _first(draw: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """The `count` places that drew least; shape (n,)."""
    done = np.zeros(len(draw), dtype=bool)
    done[np.argsort(draw, kind="stable")[:count]] = True
    return done


def _homes(frames: dict[str, gpd.GeoDataFrame], aliases: pd.DataFrame) -> pd.DataFrame:
    """Buildings people live in, with every name they could go by."""
    buildings = frames["buildings"]
    lived = buildings[(buildings["use"] == "residential") & buildings["name"].notna()]
    complexes = frames["complexes"].set_index("ref")
    communities = frames["communities"].set_index("code")["name"]
    streets = frames["streets"].set_index("code")["name"]
    plates = aliases[aliases["kind"] == "address"].groupby("target")["text"].first()
    other = complexes["aliases"].map(lambda names: names[0] if len(names) else None)
    refs = lived["complex_ref"]
    units = lived["units"].fillna(1).astype("int64").clip(lower=1)
    levels = lived["levels"].fillna(_UNKNOWN_LEVELS).astype("int64").clip(lower=1)
    table = pd.DataFrame(
        {
            "ref": lived["ref"],
            "in_complex": refs.notna(),
            "complex": refs.map(complexes["name"]).astype(object).where(refs.notna(), None),
            "other": refs.map(other).astype(object),
            "plate": refs.map(plates).astype(object),
            "lane": lived["road_addresses"].astype(object),
            "name": lived["name"],
            "number": lived["name"].str.extract(r"(\d+)", expand=False),
            "community": lived["community_code"].map(communities),
            "street": lived["community_code"].str[:9].map(streets),
            "units": units,
            "levels": levels,
            "households": lived["households"].fillna(units * levels * 2).astype("int64"),
        }
    )
    return table[table["households"] > 0].reset_index(drop=True)


def _doors(
    homes: pd.DataFrame, home: NDArray[np.int64], dwelling: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Unit and room of the n-th dwelling of a building: unit by unit in turn, floor by floor."""
    units, levels = homes["units"].to_numpy()[home], homes["levels"].to_numpy()[home]
    unit = dwelling % units + 1
    step = dwelling // units
    floor, side = step % levels + 1, step // levels + 1
    return unit, np.char.add(floor.astype("U3"), np.char.zfill(side.astype("U3"), 2)).astype(object)


class _Writer:
    """Writes addresses; each row takes its habits from numbers drawn beforehand."""

    def __init__(self, homes: pd.DataFrame, rng: np.random.Generator, rows: int) -> None:
        plain = homes.astype(object).where(homes.notna(), None)
        self.homes = {name: plain[name].to_numpy() for name in plain.columns}
        self.luck = rng.random((6, rows)).tolist()
        self.remark = rng.integers(0, len(_REMARKS), rows).tolist()

    def write(
        self, home: NDArray[np.int64], unit: NDArray[np.int64], room: NDArray[np.object_]
    ) -> tuple[list[str], NDArray[np.bool_]]:
        """The addresses, and whether each names its building for sure."""
        texts: list[str] = []
        sure = np.ones(len(home), dtype=bool)
        h = self.homes
        rows = zip(home.tolist(), unit.tolist(), room.tolist(), self.remark, *self.luck, strict=True)
        for at, (b, u, door, remark, where, what, which, how, slip, wide) in enumerate(rows):
            front = _AREAS[int(where * len(_AREAS))](h["street"][b], h["community"][b])
            if h["complex"][b] is None:
                texts.append(f"{front}{h['lane'][b] or h['community'][b] + h['name'][b]}")
                continue
            name = h["complex"][b]
            if what < 0.08 and isinstance(h["plate"][b], str):
                name = h["plate"][b]
            elif what < 0.12:
                name = h["other"][b] if isinstance(h["other"][b], str) else name
                sure[at] = name == h["complex"][b] or not h["complex"][b].startswith(name)
            if slip < 0.012:
                texts.append(f"{front}{name}")
                sure[at] = False
                continue
            if slip < 0.02:
                texts.append(f"{front}{name[::-1]}{u}单元{door}室")
                sure[at] = False
                continue
            number = h["number"][b]
            house = (
                h["name"][b]
                if number is None or which < 0.3
                else _HOUSES[int(which * 1e4) % len(_HOUSES)](number)
            )
            text = f"{front}{name}{_INNER[int(how * len(_INNER))](house, number, u, door)}{_REMARKS[remark]}"
            texts.append(text.translate(_WIDE) if wide < 0.04 else text)
        return texts, sure


_AREAS: tuple[Callable[[str, str], str], ...] = (
    lambda _s, _c: "",
    lambda _s, _c: "",
    lambda _s, _c: DISTRICT_NAME,
    lambda s, _c: f"{DISTRICT_NAME}{s}",
    lambda _s, c: f"{c}",
    lambda s, c: f"{DISTRICT_NAME}{s}{c}",
    lambda s, _c: f"{s} ",
)
_HOUSES: tuple[Callable[[str], str], ...] = (
    lambda n: f"{n}号楼",
    lambda n: f"{n}栋",
    lambda n: f"{n}幢",
    lambda n: f"{n}#楼",
    lambda n: f"第{n}栋",
    lambda n: f"{chinese(int(n))}号楼" if int(n) < 100 else f"{n}号楼",
    lambda n: f" {n} 号楼",
)
_INNER: tuple[Callable[[str, str | None, int, str], str], ...] = (
    lambda b, _n, u, r: f"{b}{u}单元{r}室",
    lambda b, _n, u, r: f"{b}{u}单元{r}",
    lambda b, _n, u, r: f"{b}{chinese(u)}单元{r}号",
    lambda b, _n, u, r: f"{b} {u}单元 {r}",
    lambda b, _n, u, r: f"{b}{u}门{r}室",
    lambda b, n, u, r: f"{n}-{u}-{r}" if n else f"{b}{u}单元{r}",
    lambda b, n, u, r: f"{n}#-{u}-{r}" if n else f"{b}{u}单元{r}",
    lambda b, _n, u, _r: f"{b}{u}单元",
    lambda b, _n, _u, _r: f"{b}",
)
