"""The table of grids and their people, as every office keeps it: one row a grid (or complex, or community), one column a
duty, names in the cells; beside them the branch and the stations of each grid. Also one row a post.

    网格编码          网格名称   社区     党支部       服务站点        网格长  网格长电话   网格员       公示
    610402001001001  第一网格   桂苑社区  第一党支部    桂苑党群服务中心  张三    029-1234    李四、王五   网格长
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from layers.files.limits import DEFAULT, Limits
from layers.imports.offices import (
    Wanted,
    import_office_table,
    read_office_table,
)
from layers.imports.places import Found, Places
from layers.imports.posts_table import (
    LONG_COLUMNS,
    OTHER_COLUMNS,
    PLACE_COLUMNS,
    TITLES,
    Said,
    understood,
)
from layers.imports.report import ImportReport
from layers.reach.facts import Change, Fact, change_to, facts_of, link, once, read_facts
from layers.reach.naming import next_ref
from layers.rights.viewer import Viewer
from layers.store.chain_tables import links, organisations, posts
from layers.store.database import Store
from layers.store.keys import KeyPlace
from layers.store.sealed_texts import is_sealed, keys_to_open, keys_to_seal, of_post, seal, unseal
from layers.store.unit import Reading


def import_posts(
    store: Store,
    viewer: Viewer,
    path: Path,
    *,
    day: date,
    more_titles: Sequence[str] = (),
    posted: bool = False,
    table: str | None = None,
    dry_run: bool = False,
    faults_dir: Path | None = None,
    lang: str = "zh",
    actor: str,
    now: datetime,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load such a table: from `day` on, the places in it have the posts, branches and stations it says, in the columns it
    has; other places and columns stay as they are. `posted`: its names are posted for everybody (公示), where its own
    column of that name does not say; others are sealed. A branch nobody knows yet is made.

    Raises `FaultyFileError` with all faults, `FileError`, and `InputError` for a table without a place or a duty.
    """
    names = {**PLACE_COLUMNS, **OTHER_COLUMNS, **LONG_COLUMNS, "titles": (*TITLES, *more_titles)}
    read = read_office_table(path, sheet=table, names=names, limits=limits)

    def understand(unit: Reading, places: Places) -> Wanted:
        said = understood(read, places, (*TITLES, *more_titles), posted=posted)
        return Wanted(_changes(unit, said, day, store.keys), len(read.rows))

    return import_office_table(
        store,
        viewer,
        "posts",
        read,
        understand,
        day=day,
        dry_run=dry_run,
        faults_dir=faults_dir,
        lang=lang,
        actor=actor,
        now=now,
        sealed=sealing(store.keys),
    )


def sealing(place: KeyPlace) -> Any:
    """What is kept of a post: holder and phone sealed unless they are posted for everybody."""

    def sealed(fact: Fact) -> Fact:
        if fact.get("public", True) or "holder" not in fact:
            return fact
        keys, of = keys_to_seal(place), (fact["place"], fact["title"])
        phone = fact["phone"]
        return fact | {
            "holder": seal(keys, fact["holder"], about=of_post(*of, "holder")),
            "phone": None if phone is None else seal(keys, phone, about=of_post(*of, "phone")),
        }

    return sealed


def open_posts(facts: Sequence[Fact], place: KeyPlace) -> list[Fact]:
    """Posts with their holders and phones as they are read."""
    if not any(is_sealed(fact["holder"]) for fact in facts):
        return list(facts)
    keys = keys_to_open(place)
    return [
        fact
        | {
            column: None
            if fact[column] is None
            else unseal(keys, fact[column], about=of_post(fact["place"], fact["title"], column))
            for column in ("holder", "phone")
        }
        for fact in facts
    ]


def _branch(unit: Reading, text: str, community: str, made: dict[tuple[str, str], Found]) -> Found:
    """The branch of this ref or name in the community; a new ref for one that is not known yet."""
    if (community, text) not in made:
        o = organisations.c
        known = read_facts(unit, organisations, o.kind == "branch", o.community_code == community)
        same = [
            fact["ref"] for fact in known if text in (fact["ref"], fact["name"]) and fact["valid_to"] is None
        ]
        taken = {fact["ref"] for fact in known} | {one.ref for one in made.values()}
        ref = same[0] if same else next_ref("branch", community, taken)
        made[community, text] = Found(ref, community, "" if same else text)
    return made[community, text]


def _changes(unit: Reading, said: Sequence[Said], day: date, keys: KeyPlace) -> list[Change]:
    wanted: list[Fact] = []
    spoken: set[tuple[str, str, str]] = set()
    for row in said:
        kind, at = row.place
        at_place = {"place_kind": str(kind), "place": at.ref, "community_code": at.community_code}
        spoken |= {(str(kind), at.ref, title) for title in row.titles}
        wanted += [
            {"title": title, "holder": holder, "phone": phone, "public": public} | at_place
            for title, holder, phone, public in row.held
        ]
    touched = sorted({place for _, place, _ in spoken})
    known = [
        fact
        for fact in facts_of(unit, posts, posts.c.place, touched)
        if (fact["place_kind"], fact["place"], fact["title"]) in spoken
    ]
    changes = [change_to(posts, once(wanted), open_posts(known, keys), day=day)]
    made: dict[tuple[str, str], Found] = {}
    branches = {
        row.place[1].ref: (
            row.place[1],
            [_branch(unit, text, row.place[1].community_code, made) for text in row.branches],
        )
        for row in said
        if row.branches is not None
    }
    stations = {row.place[1].ref: (row.place[1], row.stations) for row in said if row.stations is not None}
    begun = [
        {"kind": "branch", "ref": one.ref, "name": one.name, "community_code": one.community_code}
        for one in made.values()
        if one.name
    ]
    if begun:
        changes.append(change_to(organisations, begun, [], day=day))
    for server, rows in (("branch", branches), ("station", stations)):
        linked = [
            link(server, one.ref, "grid", grid.ref, grid.community_code)
            for grid, some in rows.values()
            for one in some
        ]
        before = [
            fact
            for fact in facts_of(unit, links, links.c.to_ref, sorted(rows))
            if fact["kind"] == server and fact["to_kind"] == "grid"
        ]
        changes.append(change_to(links, once(linked), before, day=day))
    return changes
