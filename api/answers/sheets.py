"""Printed sheets of what is in force on a day: read what a viewer may see, hand it to the map room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from api.answers.dossiers import MINUTES, Walked
from api.answers.public import Right, record_public, require_public
from api.answers.sheet_kinds import (
    Print,
    area_sheet,
    board_sheet,
    booklet,
    community_sheet,
    dossier_sheets,
    grid_sheets,
    street_sheet,
)
from api.answers.sheet_terms import Job, Per, Terms
from geo.errors import EmptyLayerError, InputError, Words
from layers.ground.regions import community_codes
from layers.plans.plans import read_grids
from layers.reach.reach import measure_reach
from layers.reach.walks import make_walks
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading


def sheet_jobs(
    store: Store,
    viewer: Viewer,
    *,
    per: Per,
    communities: Sequence[str] | None,
    terms: Terms,
    kind: str = "pdf",
    dots_per_inch: int = 300,
    actor: str | None = None,
    now: datetime | None = None,
) -> Iterator[Job]:
    """The sheets of what is in force on `terms.as_of`, community by community, so that a district is never in memory
    at once (a booklet is). `communities` are prefixes of codes; None takes all.

    Public sheets show what anybody may know, and that they were made is kept in the history with approval number or
    reason: they need `actor` and `now`. Raises `NotFoundError` for a prefix that matches none, `InputError` when both an
    approval number and a reason for having none are given, or neither for a notice that hangs in public.
    """
    right = require_asked(
        per,
        terms.approval,
        terms.exemption,
        pledge=bool(terms.pledge),
        facts=bool(terms.facts),
    )
    with store.reading(viewer) as unit:
        asked = community_codes(unit, prefixes=communities)
        there = in_force(unit, asked, terms.as_of)
    codes = [
        code for code in asked if code in there
    ] or asked  # where there is none at all, reading them says so
    if right is not None:
        if actor is None or now is None:
            raise ValueError("public sheets are recorded: say who makes them and when")
        made = f"sheets per {per}"
        viewer = record_public(
            store, viewer, codes, right, what=made, as_of=terms.as_of, actor=actor, now=now
        )
    run = Print(store, viewer, terms, kind, dots_per_inch)
    if per is Per.COMPLEX:
        run = replace(run, walked=_walked(store, viewer, terms.as_of))
    if per is Per.AREA:
        yield from area_sheet(run, codes)
    elif per is Per.BOOKLET:
        yield from booklet(run, codes)
    elif per is Per.STREET:
        for street in sorted({code[:9] for code in codes}):
            yield from street_sheet(run, [code for code in codes if code.startswith(street)])
    else:
        each = {
            Per.COMMUNITY: community_sheet,
            Per.GRID: grid_sheets,
            Per.COMPLEX: dossier_sheets,
            Per.BOARD: board_sheet,
        }[per]
        for code in codes:
            yield from each(run, code)


def in_force(unit: Reading, codes: Sequence[str], day: date) -> set[str]:
    """Those of the communities `codes` that have grids in force on `day`."""
    return set(read_grids(unit, codes=codes, as_of=day)["community_code"])


def not_in_force(
    store: Store, viewer: Viewer, *, communities: Sequence[str] | None, as_of: date
) -> list[str]:
    """Communities asked for by prefixes that no sheet shows, since no grids are in force there on the day."""
    with store.reading(viewer) as unit:
        codes = community_codes(unit, prefixes=communities)
        there = in_force(unit, codes, as_of)
    return [code for code in codes if code not in there]


def require_asked(
    per: Per,
    approval: str | None,
    exemption: str | None,
    *,
    pledge: bool = False,
    facts: bool = False,
) -> Right | None:
    """By what right such sheets are public; None where they are internal.

    Raises `InputError` for what an office adds to sheets that do not show it, when both an approval number and a reason for
    having none are given, or neither for a notice that hangs in public.
    """
    for given, only, words in (
        (pledge, Per.BOARD, Words("a pledge", "服务承诺（pledge）")),
        (facts, Per.COMPLEX, Words("a table of facts", "小区情况表（facts）")),
    ):
        if given and per is not only:
            raise InputError(
                f"{words.en} does not go with sheets per {per}, only per {only}",
                f"{words.zh}不能用于 {per} 图纸，仅用于 {only}",
            )
    right = require_public(approval, exemption)
    if per is Per.BOARD and right is None:
        raise InputError(
            "a notice hangs in public: give the map's approval number (approval) or the reason for having none (exempt)",
            "公示图对外张贴：请给出审图号（approval）或免审理由（exempt）",
        )
    return right


def _walked(store: Store, viewer: Viewer, day: date) -> Walked | None:
    """Minutes on foot from buildings to the next station; None where there are no stations, homes or streets."""
    try:
        found = measure_reach(store, viewer, make_walks(store), as_of=day, minutes=MINUTES)
    except EmptyLayerError:
        return None
    homes, stations = found.homes, found.stations
    if stations.empty:
        return None
    minutes = (homes["metres"].fillna(float("inf")) / (60 * found.speed_m_s)).to_numpy()
    names = dict(zip(stations["ref"], stations["name"], strict=True))
    told = {
        str(ref): str(names[station])
        for ref, station in zip(homes["ref"], homes["station"], strict=True)
        if station in names
    }
    return Walked(dict(zip(homes["ref"].astype(str), minutes.tolist(), strict=True)), told)
