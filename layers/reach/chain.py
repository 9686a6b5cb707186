"""The chain of organisations as the store knows it, and who may be told which names in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from geo.plans.levels import Level, unit_code
from geo.reach.chain import Days, Directory, Link, Organisation, Place, Post
from layers.ground.ended import dated, read_ended
from layers.ground.stations import read_stations
from layers.plans.plans import in_force
from layers.plans.states import PUBLISHED
from layers.rights.viewer import Viewer
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.chain_tables import links, organisations, posts
from layers.store.database import Store
from layers.store.keys import KeyPlace
from layers.store.narrowing import of_codes
from layers.store.sealed_texts import keys_to_open, of_post, unseal
from layers.store.unit import Reading


def load_directory(store: Store, viewer: Viewer, *, codes: Sequence[str] | None = None) -> Directory:
    """All of the viewer's chain, as `read_directory` reads it in a transaction of its own."""
    with store.reading(viewer) as unit:
        return read_directory(unit, codes=codes)


def read_directory(unit: Reading, *, codes: Sequence[str] | None = None) -> Directory:
    """Every organisation, link and post of the viewer's communities (`codes`: of these), and which levels' units buildings
    lie in. Holders stay sealed: see `told`."""
    named = [
        (
            Organisation(
                Link(row.kind),
                row.ref,
                row.name,
                row.community_code,
                households=row.households,
                members=row.members,
            ),
            Days(row.valid_from, row.valid_to),
        )
        for row in unit.execute(
            of_codes(
                sa.select(organisations).order_by(organisations.c.ref), organisations.c.community_code, codes
            )
        )
    ]
    named += _stations(unit, codes)
    linked = [
        (((Link(row.kind), row.ref), (Link(row.to_kind), row.to_ref)), Days(row.valid_from, row.valid_to))
        for row in unit.execute(
            of_codes(sa.select(links).order_by(links.c.id), links.c.community_code, codes)
        )
    ]
    held = [
        (
            Post(
                row.id,
                row.title,
                (Link(row.place_kind), row.place),
                row.holder,
                row.phone,
                row.public,
                row.community_code,
            ),
            Days(row.valid_from, row.valid_to),
        )
        for row in unit.execute(
            of_codes(sa.select(posts).order_by(posts.c.id), posts.c.community_code, codes)
        )
    ]
    return Directory(named, linked, held, units=_units(unit, codes))


def _stations(unit: Reading, codes: Sequence[str] | None) -> list[tuple[Organisation, Days]]:
    """The stations that are there and those that were, those of today last."""
    gone = read_ended(unit, "stations", codes=codes)
    rows = dated("stations", read_stations(unit, codes=codes), gone)
    rows = rows.astype(object).where(rows.notna(), None)
    found = [
        (
            Organisation(
                Link.STATION,
                row.ref,
                row.name,
                row.community_code or "",
                station_kind=row.kind or "other",
                households=None if row.capacity is None else int(row.capacity),
            ),
            Days(max(row.held_since or date.min, _first_day(row.opened_on)), row.held_until),
        )
        for row in rows.itertuples()
    ]
    return sorted(found, key=lambda one: (one[1].until is None, one[0].ref))


def _first_day(opened_on: str | None) -> date:
    return date.min if opened_on is None else date.fromisoformat(opened_on)


def place_names(unit: Reading, day: date, *, codes: Sequence[str] | None = None) -> dict[Place, str]:
    """What communities, grids in force on `day`, complexes and buildings are called."""
    c, g, b = t.communities.c, t.grids.c, t.buildings.c
    found: dict[Place, str] = {}
    for row in unit.execute(of_codes(sa.select(c.code, c.name), c.code, codes)):
        found[Link.COMMUNITY, row.code] = row.name
    grids = sa.select(g.code, g.name).join(t.plans, t.plans.c.id == g.plan_id).where(in_force(day))
    for row in unit.execute(of_codes(grids, t.plans.c.community_code, codes)):
        found[Link.GRID, row.code] = row.name
    homes = sa.select(b.ref, b.name, t.complexes.c.name.label("complex")).outerjoin(
        t.complexes, t.complexes.c.ref == b.complex_ref
    )
    for row in unit.execute(of_codes(homes, b.community_code, codes)):
        found[Link.BUILDING, row.ref] = f"{row.complex or ''}{row.name or ''}" or row.ref
    k = t.complexes.c
    for row in unit.execute(of_codes(sa.select(k.ref, k.name), k.community_code, codes)):
        found[Link.COMPLEX, row.ref] = row.name or row.ref
    return found


def told(post: Post, place: KeyPlace, *, calls_duty: bool) -> tuple[str | None, str | None]:
    """Who holds a post and his number, as they may be told: everybody what is posted, the rest to who may call people in
    their duty. Raises `StoreError` where the keys to open them are not here."""
    if post.public:
        return post.holder, post.phone
    if not calls_duty:
        return None, None
    keys = keys_to_open(place)
    holder = unseal(keys, post.holder, about=of_post(post.at[1], post.title, "holder"))
    phone = (
        None
        if post.phone is None
        else unseal(keys, post.phone, about=of_post(post.at[1], post.title, "phone"))
    )
    return holder, phone


def opened(post: Post, place: KeyPlace) -> Post:
    """A post with its holder and number as they are read."""
    holder, phone = told(post, place, calls_duty=True)
    return replace(post, holder=holder or "", phone=phone)


def _units(unit: Reading, codes: Sequence[str] | None) -> dict[tuple[int, str], tuple[str, ...]]:
    """(plan, building) → codes of the units of levels it lies in."""
    statement = (
        sa.select(
            t.plans.c.id,
            t.plans.c.community_code,
            p.level_units.c.level,
            p.level_units.c.sequence,
            t.grids.c.code,
            t.cells.c.building_ref,
        )
        .select_from(p.level_cells)
        .join(
            p.level_units,
            sa.and_(
                p.level_units.c.plan_id == p.level_cells.c.plan_id,
                p.level_units.c.level == p.level_cells.c.level,
                p.level_units.c.label == p.level_cells.c.label,
            ),
        )
        .join(t.plans, t.plans.c.id == p.level_cells.c.plan_id)
        .join(
            t.cells,
            sa.and_(t.cells.c.cell_set_id == t.plans.c.cell_set_id, t.cells.c.cell == p.level_cells.c.cell),
        )
        .outerjoin(
            t.grids,
            sa.and_(
                t.grids.c.plan_id == p.level_cells.c.plan_id, t.grids.c.label == p.level_units.c.grid_label
            ),
        )
        .where(t.plans.c.state == PUBLISHED, t.cells.c.building_ref.is_not(None))
        .distinct()
        .order_by(t.plans.c.id, p.level_units.c.level, p.level_units.c.sequence)
    )
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for row in unit.execute(of_codes(statement, t.plans.c.community_code, codes)):
        code = unit_code(Level(row.level), row.code or row.community_code, row.sequence)
        key = (row.id, row.building_ref)
        found[key] = (*found.get(key, ()), code)
    return found
