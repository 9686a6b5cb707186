"""Draft plans by the partition engine: cells and rules in, one or several drafts per community out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import ConflictError, NotFoundError, WanggeError, Words
from geo.partition.ask import Ask, Net
from geo.partition.propose import Proposal, propose
from geo.plans.families import Family, always
from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from layers import history
from layers.cells import StoredCells, read_cells
from layers.nets import read_nets
from layers.plans import NewPlan, codes_ever_used, newest_draft, require_codes, save_draft
from layers.regions import community_codes, read_communities
from layers.rights.viewer import Viewer
from layers.steady import steadily
from layers.steps import Step
from layers.store.database import Store
from layers.today import InForce, read_today


@dataclass(frozen=True, slots=True)
class Locks:
    """Grids in force that are to stay as they are, besides those locked already."""

    add: tuple[str, ...] = ()
    """Codes to lock."""
    release: tuple[str, ...] = ()
    """Codes to unlock again."""


@dataclass(frozen=True, slots=True)
class _Job:
    code: str
    name: str
    stored: StoredCells
    force: InForce
    taken: frozenset[str]
    nets: tuple[Net, ...]
    rules: Rules
    ask: Ask
    request: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    proposals: tuple[Proposal, ...]
    grids: tuple[gpd.GeoDataFrame, ...]
    notes: tuple[Words, ...]


def _draw(job: _Job) -> _Drawn:
    cells, edges = job.stored.cells, job.stored.edges
    proposals, notes = propose(
        cells, edges, job.rules, ask=job.ask, today=job.force.today, nets=job.nets, name=job.code
    )
    grids = tuple(
        make_grids(
            cells,
            one.labels,
            community_code=job.code,
            rules=job.rules,
            previous=job.force.grids,
            taken=job.taken,
            stays=one.stays,
        )
        for one in proposals
    )
    return _Drawn(proposals, grids, notes)


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
) -> Iterator[Step]:
    """Draw draft plans for each community and keep them, one step per community.

    `codes` are prefixes of community codes; None takes all. A family of rules chooses for each community by its kind
    and households. Without `ask`, one plan by `seed` and `time_limit_s` alone. Exclusive grids of the plan in force,
    locked ones and those in `locks` keep their cells; locks are kept with the plan. Of several plans the recommended
    one is kept last, so that it is the newest. With `resume`, communities whose newest draft was made from the same
    cells, plan in force, rules, nets and ask are steps with that draft. `scheduler` is the address of a Dask cluster.

    A community without cells, one that fails and one whose worker dies are failed steps and stop nobody else. Raises
    `NotFoundError` for a code to lock that no grid in force has.
    """
    asked = ask if ask is not None else Ask(seed=seed, time_limit_s=time_limit_s)
    family = rules if isinstance(rules, Family) else always(rules)
    locks = locks or Locks()
    with store.read() as conn:
        wanted = community_codes(conn, viewer, prefixes=codes)
        communities = read_communities(conn, viewer, codes=wanted).set_index("code")
        require_codes(conn, viewer, [*locks.add, *locks.release], communities=wanted)
    skipped: list[Step] = []

    def jobs() -> Iterator[_Job]:
        for code in wanted:
            name = str(communities.loc[code, "name"])
            try:
                job = _job(store, viewer, communities.loc[code], family, asked, locks)
            except WanggeError as error:
                skipped.append(Step(code, name, 0, len(wanted), error=error.words))
                continue
            if resume and (step := _made_already(store, viewer, job)) is not None:
                skipped.append(step)
                continue
            yield job

    done = 0
    for job, drawn in steadily(_draw, jobs(), workers=workers, scheduler=scheduler):
        step = _kept(store, job, drawn, actor=actor, now=now)
        for one in (*skipped, step):
            done += 1
            yield replace(one, done=done, total=len(wanted))
        skipped.clear()
    for one in skipped:
        done += 1
        yield replace(one, done=done, total=len(wanted))


def _job(store: Store, viewer: Viewer, community: pd.Series, family: Family, ask: Ask, locks: Locks) -> _Job:
    code = str(community.name)
    with store.begin() if ask.nets else store.read() as conn:
        stored = read_cells(conn, viewer, code)
        force = read_today(conn, viewer, code, stored)
        households = community["households"]
        size = int(stored.cells["households"].sum()) if pd.isna(households) else int(households)
        kind = community["kind"]
        rules = family.choose(None if pd.isna(kind) else str(kind), size)
        own = set() if force.today is None else set(force.today.codes)
        locked = ({*force.locked, *locks.add, *rules.locked} - set(locks.release)) & own
        rules = replace(rules, locked=tuple(sorted(locked)))
        nets = tuple(read_nets(conn, viewer, stored, dict(ask.nets)))
        return _Job(
            code,
            str(community["name"]),
            stored,
            force,
            frozenset(codes_ever_used(conn, code)),
            nets,
            rules,
            ask,
            _request(stored, force, rules, nets, ask),
        )


def _request(stored: StoredCells, force: InForce, rules: Rules, nets: Sequence[Net], ask: Ask) -> str:
    """A fingerprint of everything a draft depends on."""
    said: dict[str, Any] = {
        "cells": stored.cell_set_id,
        "force": force.plan_id,
        "rules": rules.to_dict(),
        "ask": asdict(ask),
        "nets": [hashlib.sha256(net.labels.tobytes()).hexdigest() for net in nets],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _made_already(store: Store, viewer: Viewer, job: _Job) -> Step | None:
    with store.read() as conn:
        found = newest_draft(conn, viewer, job.code, request=job.request)
    if found is None:
        return None
    figures = _figures(found.score, [int(found.id)], int(job.stored.cells["households"].sum()))
    return Step(job.code, job.name, 0, 0, figures | {"again": True})


def _kept(store: Store, job: _Job, drawn: _Drawn | Words, *, actor: str, now: datetime) -> Step:
    if isinstance(drawn, Words):
        return Step(job.code, job.name, 0, 0, error=drawn)
    ids: list[int] = []
    try:
        with store.begin() as conn:
            for one, grids in reversed(list(zip(drawn.proposals, drawn.grids, strict=True))):
                plan = _new_plan(job, one, grids, drawn.notes)
                ids.insert(0, save_draft(conn, plan, author=actor, now=now))
                detail = {"rules": job.rules.name, "grids": int(one.score["grids"]), "seed": job.ask.seed}
                history.record(
                    conn,
                    at=now,
                    actor=actor,
                    action="draft",
                    detail=detail,
                    community_code=job.code,
                    plan_id=ids[0],
                )
    except (ConflictError, NotFoundError) as error:
        return Step(job.code, job.name, 0, 0, error=error.words)
    main = drawn.proposals[0]
    figures = _figures(main.score, ids, int(drawn.grids[0]["households"].sum()))
    choice = [
        {"plan_id": plan_id, "title": one.title, **one.score}
        for plan_id, one in zip(ids, drawn.proposals, strict=True)
    ]
    return Step(job.code, job.name, 0, 0, figures | {"choice": choice}, drawn.notes)


def _figures(score: dict[str, Any], ids: Sequence[int], households: int) -> dict[str, Any]:
    names = (
        "grids",
        "lower_bound",
        "over",
        "under",
        "complexes_split",
        "stay",
        "moved_households",
        "net_moved",
    )
    return {"plan_id": ids[0], "plans": len(ids), "households": households} | {n: score[n] for n in names}


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
    )
