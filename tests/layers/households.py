"""The town of `tests.layers.town` with two complexes, so that addresses can mean something.

桂苑 (west, street 一马路12号)   1号楼 ... 8号楼       兰苑一期, 兰苑二期 (east)   1-4号楼 each, so 兰苑2号楼 is doubtful
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.imports.lists import import_rows
from layers.people.resident_matches import match_residents
from layers.plans.adopting import adopt_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers import town

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

SINCE = date(2026, 6, 1)
HOMES = {
    "桂苑3号楼2单元501室": "known",
    "桂苑 5栋": "known",
    "一马路12号院7号楼": "known",
    "兰苑2号楼": "doubtful",
    "月亮湾1号楼": "unknown",
}
"""Addresses and what is to be expected of them."""


def complexes() -> gpd.GeoDataFrame:
    """桂苑 over the whole west; 兰苑 over the east in two phases."""
    return gpd.GeoDataFrame(
        {
            "ref": ["c-west", "c-east-1", "c-east-2"],
            "name": ["桂苑", "兰苑一期", "兰苑二期"],
            "phase": [None, "一期", "二期"],
        },
        geometry=[
            town.square(0, 0, width=4, height=2),
            town.square(4, 0, width=2, height=2),
            town.square(6, 0, width=2, height=2),
        ],
        crs=4490,
    )


def buildings() -> gpd.GeoDataFrame:
    """As in the town, numbered within their complex."""
    frame = town.buildings()
    numbers = [*range(1, 9), *range(1, 5), *range(1, 5)]
    return frame.assign(name=[f"{n}号楼" for n in numbers], units=3)


HOUSES = {"b40": "二马路5号", "b41": "一马路12号", "b50": "二马路9号", "b51": "二马路9号"}
"""Road addresses of houses in the east; that of b41 is 桂苑's as well."""


def houses() -> gpd.GeoDataFrame:
    """The buildings of the town when only the west is a complex: those in the east have at most a road address, and
    the two of 二马路9号 a number besides."""
    frame = buildings()
    yard = frame["ref"].map({"b50": "1号楼", "b51": "2号楼"})
    return frame.assign(
        name=frame["name"].where(frame["ref"] < "b4", yard),
        road_addresses=frame["ref"].map({**HOUSES, "b60": "附近"}),
    )


def settle(store: Store, *, grids: bool = True, apart: bool = False) -> None:
    """The town with complexes and, unless told otherwise, grids in force since `SINCE`: two strips in the west,
    one grid in the east. `apart`: without the complexes of the east (`houses`)."""
    import_frame(store, OPERATOR, "communities", town.communities(), source="town", actor="test", now=NOW)
    import_frame(
        store,
        OPERATOR,
        "complexes",
        complexes().iloc[: 1 if apart else 3],
        source="town",
        actor="test",
        now=NOW,
    )
    import_frame(
        store, OPERATOR, "buildings", houses() if apart else buildings(), source="town", actor="test", now=NOW
    )
    plate = {
        "kind": "address",
        "target": "c-west",
        "text": "一马路12号",
        "valid_from": None,
        "valid_to": None,
    }
    import_rows(
        store,
        OPERATOR,
        "aliases",
        pd.DataFrame([plate], dtype=object),
        source="town",
        now=town.NOW,
        actor="test",
    )
    if not grids:
        return
    from layers.plans.cells import build_cells

    for step in build_cells(store, OPERATOR, actor="test", now=town.NOW):
        assert step.error is None
    drawn = pd.concat(
        [town.drawn_grids((0, 2), (2, 2)), town.drawn_grids((4, 4), community=town.EAST)], ignore_index=True
    ).assign(ref=["g0", "g1", "g2"])
    adopted = adopt_grids(
        store, OPERATOR, drawn, rules=profile("national"), source="t", actor="t", now=town.NOW
    )
    publish(store, OPERATOR, plan_ids=adopted.plan_ids, valid_from=SINCE, actor="t", now=town.NOW)


def people(*addresses: str) -> pd.DataFrame:
    """A list with one household an address."""
    return pd.DataFrame(
        {
            "household": [f"H{i}" for i in range(len(addresses))],
            "address": list(addresses),
            "population": "resident",
        }
    )


def move_in(store: Store, *addresses: str) -> None:
    """Residents with these addresses, else those of `HOMES`."""
    import_rows(
        store, OPERATOR, "residents", people(*(addresses or HOMES)), source="list", now=town.NOW, actor="test"
    )


def match(store: Store, **more: Any) -> dict[str, Any]:
    """Match, and what came of it."""
    steps = list(match_residents(store, OPERATOR, actor="test", now=town.NOW, **more))
    return asdict(steps[-1].figures)


def names_file(folder: Path) -> Path:
    """A file of other names that explains 月亮湾."""
    path = folder / "names.csv"
    path.write_text("kind,target,text\nname,c-west,月亮湾\n", "utf-8")
    return path
