"""Households: the records of all lists joined on the household key, each with its one place and grid (以房管人).

No address text is among them: building, unit and room say where, as far as they were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.addresses.register.houses import house_label
from geo.frames import POPULATIONS
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_complexes
from layers.lookup.snapshots import load_index_from
from layers.people.residents import READ
from layers.rights.viewer import Viewer
from layers.store.address_tables import matches, residents
from layers.store.database import Store
from layers.store.narrowing import of_codes, require_household_detail

COLUMNS = (
    "household",
    "status",
    "community_code",
    "grid_code",
    "complex",
    "building",
    "unit",
    "room",
    "populations",
    "people",
    "members",
    "centre",
    "several_buildings",
    "confidence",
    "building_ref",
)
_TRUST = ("resident", "registered", "owner", "floating", "unstated")
"""Whose address says best where a household lives, when its lists differ."""


def read_households(
    store: Store,
    viewer: Viewer,
    *,
    as_of: date,
    actor: str,
    now: datetime,
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row a household, by key, with the columns `COLUMNS`; grids in force on `as_of`.

    Its place is that of the record a person decided, else of one that was matched, in the order of `_TRUST`, else
    none. `populations` and `members` name all kinds with `|` between; `people` is the largest count of one kind of
    list; `several_buildings` marks households whose lists lead to different buildings, such as registered here and
    living there. Raises `NotAllowedError` unless the viewer may read household detail; the read is kept in the history.
    """
    require_household_detail(viewer)
    r, m = residents.c, matches.c
    place = (m.status, m.building_ref, m.community_code, m.unit, m.room, m.confidence, m.decision)
    statement = sa.select(r.ref, r.household, r.population, r.people, r.members, r.centre, *place).outerjoin(
        matches, m.resident_ref == r.ref
    )
    with store.writing(viewer, actor=actor, now=now) as unit:
        records = unit.table(of_codes(statement, m.community_code, codes))
        buildings = read_buildings(unit, codes=codes).set_index("ref")
        names = read_complexes(unit, codes=codes).set_index("ref")["name"]
        index = load_index_from(unit)
        households = _joined(records)
        detail = {"households": len(households), "purpose": viewer.purpose.value}
        unit.record(action=READ, detail=detail)
    grid = pd.Series(dtype=object)
    if len(buildings):
        point = buildings.geometry.representative_point()
        found = index.locate_many(point.x.to_numpy(), point.y.to_numpy(), as_of=as_of)
        grid = pd.Series(found["grid_code"].to_numpy(), index=buildings.index, dtype=object)
    refs = households["building_ref"]
    return households.assign(
        grid_code=refs.map(grid),
        building=refs.map(_labels(buildings)),
        complex=refs.map(buildings["complex_ref"]).map(names),
    )[list(COLUMNS)]


def _labels(buildings: gpd.GeoDataFrame) -> pd.Series:
    """What buildings are called, houses of no complex by their road address; by ref."""
    alone = buildings[buildings["complex_ref"].isna() & buildings["road_addresses"].notna()]
    names = alone["name"].astype(object).where(alone["name"].notna(), "")
    labels = buildings["name"].astype(object)
    labels.loc[alone.index] = [house_label(*row) for row in zip(names, alone["road_addresses"], strict=True)]
    return labels


def _joined(records: pd.DataFrame) -> pd.DataFrame:
    """The records of each household as one row."""
    order = pd.DataFrame(
        {
            "household": records["household"],
            "undecided": records["decision"].isna(),
            "untied": records["status"] != "matched",
            "trust": records["population"].map({kind: n for n, kind in enumerate(_TRUST)}),
            "unsure": -records["confidence"].fillna(0.0).astype("float64"),
        }
    )
    order["undecided"] |= order["untied"]
    ranked = records.loc[order.sort_values(list(order.columns), kind="stable").index]
    first = ranked.drop_duplicates("household").set_index("household")
    kinds = records.drop_duplicates(["household", "population"])
    rank = kinds["population"].map({kind: n for n, kind in enumerate(POPULATIONS)})
    kinds = kinds.loc[rank.sort_values(kind="stable").index].groupby("household")["population"].agg("|".join)
    per_kind = records.groupby(["household", "population"])["people"].sum()
    told = records[records["members"].notna()].groupby("household")["members"].agg(_union)
    tied = records[records["status"] == "matched"].groupby("household")["building_ref"].nunique()
    return first.assign(
        populations=kinds,
        people=per_kind.groupby("household").max(),
        members=told.reindex(first.index),
        centre=records.groupby("household")["centre"].any(),
        several_buildings=np.asarray(tied.reindex(first.index).fillna(0) > 1),
        status=first["status"].fillna("not matched yet"),
    ).reset_index()


def _union(values: pd.Series) -> str:
    """
    >>> _union(pd.Series(["local|enrolled", "local"]))
    'enrolled|local'
    """
    return "|".join(sorted({kind for text in values for kind in text.split("|")}))
