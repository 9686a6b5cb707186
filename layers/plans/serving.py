"""Who serves grids that a redraw changes, so that nobody is forgotten: posts, organisations, centre households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from layers.plans.differing import Difference
from layers.store import tables as t
from layers.store.chain_tables import links, organisations, posts
from layers.store.unit import Reading

_CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Served:
    """A post or organisation of a grid that is not what it was."""

    kind: str
    """`post`, or what organisation it is: branch, group, station."""
    name: str
    """Title of the post, name of the organisation; never who holds a post."""
    code: str
    """The old grid it serves."""
    to: tuple[str, ...]
    """The grids that hold what it served, the largest share first; empty where nothing does."""
    ends: bool
    """Whether the code of its grid ends."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What a redraw means to those who serve."""

    rows: tuple[Served, ...]
    """By old code; grids that end before those that change."""
    centres: int
    """Centre households (党员中心户) whose building comes to another grid: they are homes, so they are counted only."""


def read_serving(unit: Reading, found: Difference) -> Serving:
    """Posts and organisations of the earlier plan's grids that are not kept as they are, by what is known of them today."""
    kept = set(found.fates.loc[found.fates["fate"] == "kept", "code"])
    ended = set(found.fates.loc[found.fates["fate"] == "retired", "code"])
    changed = sorted(set(found.grids_before["code"]) - kept)
    to = _successors(found)
    code = str(found.after.community_code)
    of_grids = [
        (row.kind, row.ref, row.to_ref) for row in _links(unit, code, "grid") if row.to_ref in set(changed)
    ]
    names = _names(unit, code)
    rows = [("post", row.title, row.place) for row in _posts(unit, code) if row.place in set(changed)]
    rows += [(kind, names.get((kind, ref), ref), grid) for kind, ref, grid in of_grids if kind != _CENTRE]
    served = [Served(kind, name, grid, to.get(grid, ()), grid in ended) for kind, name, grid in rows]
    served.sort(key=lambda one: (not one.ends, one.code, one.kind, one.name))
    moved = set(found.moved_buildings["ref"])
    centres = {
        row.ref for row in _links(unit, code, "building") if row.kind == _CENTRE and row.to_ref in moved
    }
    return Serving(tuple(served), len(centres))


def _successors(found: Difference) -> dict[str, tuple[str, ...]]:
    pairs = found.codes[found.codes["old_code"].notna() & found.codes["new_code"].notna()]
    pairs = pairs.sort_values("share_of_old", ascending=False, kind="stable")
    return {str(old): tuple(some["new_code"]) for old, some in pairs.groupby("old_code")}


def _links(unit: Reading, code: str, to_kind: str) -> list[sa.Row[tuple[str, str, str]]]:
    columns = links.c
    statement = sa.select(columns.kind, columns.ref, columns.to_ref).where(
        columns.community_code == code, columns.to_kind == to_kind, columns.valid_to.is_(None)
    )
    return list(unit.execute(statement.order_by(columns.id)).all())


def _posts(unit: Reading, code: str) -> list[sa.Row[tuple[str, str]]]:
    columns = posts.c
    statement = sa.select(columns.title, columns.place).where(
        columns.community_code == code, columns.place_kind == "grid", columns.valid_to.is_(None)
    )
    return list(unit.execute(statement.order_by(columns.id)).all())


def _names(unit: Reading, code: str) -> Mapping[tuple[str, str], str]:
    own, stations = organisations.c, t.stations.c
    known = sa.select(own.kind, own.ref, own.name).where(own.community_code == code, own.valid_to.is_(None))
    there = sa.select(stations.ref, stations.name).where(stations.community_code == code)
    named = {(row.kind, row.ref): row.name for row in unit.execute(known)}
    return named | {("station", row.ref): row.name or row.ref for row in unit.execute(there)}
