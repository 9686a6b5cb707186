"""Draft plans by the partition engine: cells and rules in, one or several drafts per community out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import WanggeError, Words
from geo.partition.ask import Ask, Names, Net
from geo.partition.propose import Proposal, propose
from geo.plans.families import Family, always
from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes
from layers.plans.cells import StoredCells, read_cells
from layers.plans.naming import names_of
from layers.plans.nets import read_nets
from layers.plans.plans import NewPlan, codes_ever_used, codes_in_force, newest_draft, save_draft
from layers.plans.reasons import with_reasons
from layers.plans.today import InForce, read_today
from layers.rights.viewer import Viewer
from layers.runs.steps import Step, attempt, each
from layers.store.database import Store
from layers.store.unit import Reading


@dataclass(frozen=True, slots=True)
class Locks:
    """Grids in force that are to stay as they are, besides those locked already."""

    add: tuple[str, ...] = ()
    """Codes, or names, to lock."""
    release: tuple[str, ...] = ()
    """Codes, or names, to unlock again; an exclusive grid among them is given up, its ground divided with the rest."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the drafts of a community."""

    plan_id: int
    title: Words
    score: Mapping[str, Any]
    """Its figures by name, as kept with the plan."""


@dataclass(frozen=True, slots=True)
class DraftFigures:
    """What came of drawing a community; of several drafts, of the recommended one."""

    plan_id: int
    plans: int
    households: int
    grids: int
    lower_bound: int
    """No plan has fewer grids."""
    over: int
    under: int
    complexes_split: int
    stay: int
    """Grids kept as they are."""
    moved_households: int | None
    """Households that change their grid; None without a plan in force."""
    net_moved: Mapping[str, int]
    """Households moved out of the areas of each net."""
    again: bool = False
    """Whether the draft was there already."""
    choice: tuple[Choice, ...] = ()

    @classmethod
    def of(cls, score: Mapping[str, Any], ids: Sequence[int], households: int) -> DraftFigures:
        """From the score kept with a plan."""
        kept = (
            "grids",
            "lower_bound",
            "over",
            "under",
            "complexes_split",
            "stay",
            "moved_households",
            "net_moved",
        )
        return cls(ids[0], len(ids), households, *(score[name] for name in kept))


@dataclass(frozen=True, slots=True)
class _Job:
    code: str
    name: str
    stored: StoredCells
    buildings: gpd.GeoDataFrame
    names: Names
    around: gpd.GeoDataFrame
    """The neighbouring communities: name, geometry."""
    force: InForce
    taken: frozenset[str]
    nets: tuple[Net, ...]
    rules: Rules
    ask: Ask
    request: str
    notes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    proposals: tuple[Proposal, ...]
    grids: tuple[gpd.GeoDataFrame, ...]
    notes: tuple[Words, ...]


def _draw(job: _Job) -> _Drawn:
    cells, edges = job.stored.cells, job.stored.edges
    proposals, notes = propose(
        cells,
        edges,
        job.rules,
        ask=job.ask,
        today=job.force.today,
        nets=job.nets,
        buildings=job.buildings,
        names=job.names,
        name=job.code,
    )
    return _Drawn(proposals, tuple(_grids(job, one) for one in proposals), notes)


def _grids(job: _Job, one: Proposal) -> gpd.GeoDataFrame:
    """The grids of a proposal with what stands in their way."""
    grids = make_grids(
        job.stored.cells,
        one.labels,
        community_code=job.code,
        rules=job.rules,
        previous=_previous(job.force),
        taken=job.taken,
        stays=one.stays,
    )
    return with_reasons(grids, one.reasons, rules=job.rules, around=job.around)


def _previous(force: InForce) -> gpd.GeoDataFrame:
    """The grids in force; what is given up leaves neither its kind nor its name."""
    if force.today is None or not force.today.released:
        return force.grids
    stays = ~force.grids["code"].isin(force.today.released)
    return force.grids.assign(
        kind=force.grids["kind"].where(stays, None), name=force.grids["name"].where(stays, None)
    )


def draw_plans(
    store: Store,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    rules: Rules | Family,
    ask: Ask | None = None,
    locks: Locks | None = None,
    seed: int = 1,
    time_limit_s: float = 10.0,
    resume: bool = False,
    actor: str,
    now: datetime,
    workers: int = 1,
    scheduler: str | None = None,
) -> Iterator[Step[DraftFigures]]:
    """Draw draft plans for each community and keep them, one step per community.

    `codes` are prefixes of community codes; None takes all. A family of rules chooses for each community by its kind
    and households. Without `ask`, one plan by `seed` and `time_limit_s` alone. Exclusive grids of the plan in force,
    locked ones and those in `locks` keep their cells; locks are kept with the plan. Of several plans the recommended
    one is kept last, so that it is the newest. With `resume`, communities whose newest draft was made from the same
    cells, plan in force, rules, nets and ask are steps with that draft. `scheduler` is the address of a Dask cluster.

    A community without cells, one that fails and one whose worker dies are failed steps and stop nobody else. Raises
    `NotFoundError` for a grid to lock or unlock that is not in force, and for a name that several have.
    """
    asked = ask if ask is not None else Ask(seed=seed, time_limit_s=time_limit_s)
    family = rules if isinstance(rules, Family) else always(rules)
    locks = locks or Locks()
    with store.reading(viewer) as unit:
        wanted = community_codes(unit, prefixes=codes)
        communities = read_communities(unit).set_index("code")
        locks = Locks(
            codes_in_force(unit, locks.add, communities=wanted),
            codes_in_force(unit, locks.release, communities=wanted),
        )

    def job_of(code: str) -> _Job:
        if asked.nets:  # cells may be given to areas of nets on the way
            with store.writing(viewer, actor=actor, now=now) as unit:
                return _job(unit, communities, code, family, asked, locks)
        with store.reading(viewer) as seen:
            return _job(seen, communities, code, family, asked, locks)

    def jobs() -> Iterator[_Job | Step[DraftFigures]]:
        for code in wanted:
            job = attempt(partial(job_of, code))
            if isinstance(job, WanggeError):
                yield Step(code, str(communities.loc[code, "name"]), 0, 0, error=job.words)
                continue
            made = _made_already(store, viewer, job) if resume else None
            yield job if made is None else made

    def keep(job: _Job, drawn: _Drawn) -> Step[DraftFigures]:
        return _kept(store, viewer, job, drawn, actor=actor, now=now)

    return each(_draw, jobs(), keep, total=len(wanted), workers=workers, scheduler=scheduler)


def _job(
    unit: Reading, communities: gpd.GeoDataFrame, code: str, family: Family, ask: Ask, locks: Locks
) -> _Job:
    community = communities.loc[code]
    stored = read_cells(unit, code)
    force = read_today(unit, code, stored)
    households = community["households"]
    size = int(stored.cells["households"].sum()) if pd.isna(households) else int(households)
    kind = community["kind"]
    rules = family.choose(None if pd.isna(kind) else str(kind), size)
    own = set() if force.today is None else set(force.today.codes)
    held = {*force.locked, *locks.add, *rules.locked}
    locked = (held - set(locks.release)) & own
    rules = replace(rules, locked=tuple(sorted(locked)))
    force, notes = _released(force, locks, held=held)
    nets = tuple(read_nets(unit, stored, dict(ask.nets)))
    buildings = read_buildings(unit, codes=[code])
    return _Job(
        code,
        str(community["name"]),
        stored,
        buildings[["ref", "complex_ref", "geometry"]],
        names_of(buildings, read_complexes(unit, codes=[code])),
        _around(communities, code),
        force,
        frozenset(codes_ever_used(unit, code)),
        nets,
        rules,
        ask,
        _request(stored, force, rules, nets, ask),
        notes,
    )


def _released(force: InForce, locks: Locks, *, held: set[str]) -> tuple[InForce, tuple[Words, ...]]:
    """The plan in force with the exclusive grids that are given up, and what there was nothing to unlock about."""
    if force.today is None:
        return force, ()
    kinds = dict(zip(force.today.codes, force.today.kinds, strict=True))
    asked = [code for code in locks.release if code in kinds]
    released = frozenset(code for code in asked if kinds[code] == "exclusive")
    vain = [code for code in asked if code not in released and code not in held]
    notes = tuple(
        Words(f"grid {code} was neither locked nor exclusive", f"网格 {code} 本来就未锁定，也不是专属网格")
        for code in vain
    )
    return replace(force, today=replace(force.today, released=released)), notes


def _around(communities: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    """The communities that may touch this one."""
    beside = communities.sindex.query(communities.geometry.loc[code], predicate="intersects")
    return communities.iloc[sorted(beside)].drop(index=code)[["name", "geometry"]].reset_index(drop=True)


def _request(stored: StoredCells, force: InForce, rules: Rules, nets: Sequence[Net], ask: Ask) -> str:
    """A fingerprint of everything a draft depends on."""
    said: dict[str, Any] = {
        "cells": stored.cell_set_id,
        "force": force.plan_id,
        "rules": rules.to_dict(),
        "ask": asdict(ask),
        "nets": [hashlib.sha256(net.labels.tobytes()).hexdigest() for net in nets],
    }
    if force.today is not None and force.today.released:
        said["released"] = sorted(force.today.released)
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _made_already(store: Store, viewer: Viewer, job: _Job) -> Step[DraftFigures] | None:
    with store.reading(viewer) as unit:
        found = newest_draft(unit, job.code, request=job.request)
    if found is None:
        return None
    households = int(job.stored.cells["households"].sum())
    figures = replace(DraftFigures.of(found.score, [int(found.id)], households), again=True)
    return Step(job.code, job.name, 0, 0, figures)


def _kept(
    store: Store, viewer: Viewer, job: _Job, drawn: _Drawn, *, actor: str, now: datetime
) -> Step[DraftFigures]:
    ids: list[int] = []
    with store.writing(viewer, actor=actor, now=now) as unit:
        for one, grids in reversed(list(zip(drawn.proposals, drawn.grids, strict=True))):
            plan = _new_plan(job, one, grids, drawn.notes)
            ids.insert(0, save_draft(unit, plan))
            detail = {"rules": job.rules.name, "grids": int(one.score["grids"]), "seed": job.ask.seed}
            unit.record(
                action="draft",
                detail=detail,
                community_code=job.code,
                plan_id=ids[0],
            )
    households = int(drawn.grids[0]["households"].sum())
    choice = tuple(
        Choice(plan_id, one.title, one.score) for plan_id, one in zip(ids, drawn.proposals, strict=True)
    )
    figures = replace(DraftFigures.of(drawn.proposals[0].score, ids, households), choice=choice)
    return Step(job.code, job.name, 0, 0, figures, (*job.notes, *drawn.notes))


def _new_plan(job: _Job, one: Proposal, grids: gpd.GeoDataFrame, notes: tuple[Words, ...]) -> NewPlan:
    return NewPlan(
        community_code=job.code,
        cell_set_id=job.stored.cell_set_id,
        base_plan_id=job.force.plan_id,
        labels=one.labels,
        grids=grids,
        rules=job.rules,
        origin="partition",
        score=one.score,
        notes=notes,
        title=one.title if job.ask.alternatives > 1 else None,
        request=job.request,
        chosen=frozenset() if job.force.today is None else job.force.today.released,
    )
