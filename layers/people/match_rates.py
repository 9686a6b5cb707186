"""How many listed households were tied to a building (人房关联率), per complex, community and grid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.lookup.snapshots import load_index_from
from layers.people.standing import is_set_aside, is_tied
from layers.plans.plans import read_grids
from layers.rights.masking import masked_count, masked_part, masked_share
from layers.store.address_tables import matches, residents
from layers.store.unit import Reading

By = Literal["complex", "community", "grid"]


class Place(NamedTuple):
    """A complex by ref, a community or a grid by code."""

    by: By
    key: str
    as_of: date
    """The day whose grids are meant."""


def match_rates(unit: Reading, *, by: By, as_of: date) -> pd.DataFrame:
    """One row a complex, community or grid (in force on `as_of`) the viewer sees, by key.

    key, name; matched: listed households surely tied to a building there by one of their records; left: listed ones
    that are not, as far as their address says where (its complex or community; for grids, where all candidates lie);
    open: those of them that wait for a match or for a person, a match in doubt among them; households: those the
    register of buildings counts. What a person set aside is none of ours and not listed. Counts are whole: mask small
    ones before showing them.
    The rows of an empty key are households whose address leads nowhere. Raises nothing on empty layers.
    """
    tied = _tied(unit)
    free = _left(unit)
    buildings = read_buildings(unit).set_index("ref")
    names = _names(unit, by, as_of)
    place = _place_of(unit, buildings, by, as_of)
    where = place.reindex(tied["building_ref"]).astype(object).to_numpy()
    known = buildings["households"].fillna(0).astype("int64").groupby(place.reindex(buildings.index)).sum()
    matched = tied.assign(key=where).groupby("key")["households"].sum()
    free = free.assign(key=_open_places(free, place, by)).sort_values("open", ascending=False, kind="stable")
    free = free.drop_duplicates(["household", "key"])
    free["key"] = free["key"].fillna("")
    left = free.groupby("key")["household"].nunique()
    waiting = free[free["open"].astype(bool)].groupby("key")["household"].nunique()
    keys = sorted({*matched.index, *left.index, *(known[known > 0].index)})
    return pd.DataFrame(
        {
            "key": keys,
            "name": [names.get(key, "") for key in keys],
            "matched": matched.reindex(keys).fillna(0).astype("int64").to_numpy(),
            "left": left.reindex(keys).fillna(0).astype("int64").to_numpy(),
            "open": waiting.reindex(keys).fillna(0).astype("int64").to_numpy(),
            "households": known.reindex(keys).fillna(0).astype("int64").to_numpy(),
        }
    )


def masked_rates(table: pd.DataFrame) -> pd.DataFrame:
    """`match_rates` as it may be shown, lowest rate first: texts, small counts masked.

    key, name; listed, matched, share (per cent) and households as texts; open: whether any listed household waits for a
    match or for a person.
    """
    listed = table["matched"] + table["left"]
    share = table["matched"] / listed.where(listed > 0)
    order = share.sort_values(kind="stable").index
    ordered, whole = table.loc[order], listed.loc[order].tolist()
    parts = list(zip(ordered["matched"].tolist(), whole, strict=True))
    return pd.DataFrame(
        {
            "key": ordered["key"].tolist(),
            "name": ordered["name"].tolist(),
            "listed": [masked_count(count) for count in whole],
            "matched": [masked_part(*part) for part in parts],
            "share": [masked_share(*part) for part in parts],
            "households": [masked_count(count) for count in ordered["households"].tolist()],
            "open": (ordered["open"] > 0).tolist(),
        }
    )


def records_of_place(
    unit: Reading, place: Place, *, among: Sequence[sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    """The condition that a record of those `among` belongs to a place, as `match_rates` counts it there: what its
    match says of complex or community; for a grid, that its building or all its candidates lie in it."""
    m = matches.c
    if place.by != "grid":
        return (m.complex_ref if place.by == "complex" else m.community_code) == place.key
    buildings = read_buildings(unit).set_index("ref")
    grid = _place_of(unit, buildings, "grid", place.as_of)
    candidates = sa.func.coalesce(m.building_ref, m.candidates).label("candidates")
    found = unit.table(sa.select(m.resident_ref, candidates).where(*among))
    keys = _open_places(found, grid, "grid")
    return m.resident_ref.in_(
        [ref for ref, key in zip(found["resident_ref"], keys, strict=True) if key == place.key]
    )


def _tied(unit: Reading) -> pd.DataFrame:
    """Households per building."""
    count = sa.func.count(residents.c.household.distinct()).label("households")
    statement = (
        sa.select(matches.c.building_ref, count)
        .join(residents, residents.c.ref == matches.c.resident_ref)
        .where(is_tied())
        .group_by(matches.c.building_ref)
    )
    return unit.table(statement)


def _left(unit: Reading) -> pd.DataFrame:
    """Records of households none of whose records is surely tied, with what they say of the place; those set aside left
    out."""
    found = (
        sa.select(residents.c.household)
        .join(matches, matches.c.resident_ref == residents.c.ref)
        .where(is_tied())
    )
    m = matches.c
    candidates = sa.func.coalesce(m.candidates, m.building_ref).label("candidates")
    statement = (
        sa.select(
            residents.c.household,
            m.complex_ref,
            m.community_code,
            candidates,
            m.decision.is_(None).label("open"),
        )
        .outerjoin(matches, m.resident_ref == residents.c.ref)
        .where(residents.c.household.not_in(found), sa.not_(is_set_aside()))
    )
    return unit.table(statement)


def _place_of(unit: Reading, buildings: gpd.GeoDataFrame, by: By, as_of: date) -> pd.Series:
    """Key of the complex, community or grid of every building, by ref."""
    if by == "complex":
        return buildings["complex_ref"].astype(object)
    if by == "community":
        return buildings["community_code"].astype(object)
    if buildings.empty:
        return pd.Series([], dtype=object)
    point = buildings.geometry.representative_point()
    index = load_index_from(unit)
    found = index.locate_many(point.x.to_numpy(), point.y.to_numpy(), as_of=as_of)
    return pd.Series(found["grid_code"].astype(object).to_numpy(), index=buildings.index)


def _open_places(free: pd.DataFrame, place: pd.Series, by: By) -> list[str | None]:
    if by != "grid":
        column = free["complex_ref" if by == "complex" else "community_code"]
        return [key if isinstance(key, str) else None for key in column.astype(object)]
    keys = []
    of = place.to_dict()
    for text in free["candidates"].astype(object):
        codes = {of.get(ref) for ref in text.split("|")} if isinstance(text, str) else set()
        (code,) = codes if len(codes) == 1 else (None,)
        keys.append(code if isinstance(code, str) else None)
    return keys


def _names(unit: Reading, by: By, as_of: date) -> dict[str, str]:
    if by == "complex":
        frame, key = read_complexes(unit), "ref"
    elif by == "community":
        frame, key = read_communities(unit), "code"
    else:
        frame, key = read_grids(unit, as_of=as_of), "code"
    names = frame["name"].astype(object).where(frame["name"].notna(), "")
    return dict(zip(frame[key], np.asarray(names), strict=True))
