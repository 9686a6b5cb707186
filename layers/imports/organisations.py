"""The table of organisations: one row a branch, building group or centre household, with what it stands under and covers.

类型        编号    名称            上级      社区     网格               楼栋            联系户数  党员数  负责人
网格党支部   Z01    桂苑第一党支部             桂苑社区  第一网格、第二网格                            38     王书记
楼栋党小组   D01    1号楼党小组      Z01      桂苑社区                   桂苑小区1号楼              9
党员中心户   X01    李家中心户       D01      桂苑社区                   桂苑小区1号楼    12
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from geo.errors import InputError, Words
from layers.files.limits import DEFAULT, Limits
from layers.imports.offices import (
    OfficeTable,
    Wanted,
    import_office_table,
    read_office_table,
)
from layers.imports.organisations_table import COLUMNS, LEADS, Row, read_row
from layers.imports.places import Places
from layers.imports.posts import open_posts, sealing
from layers.imports.report import ImportReport
from layers.reach.facts import Change, Fact, change_to, facts_of, holds, link
from layers.reach.naming import next_ref
from layers.rights.viewer import Viewer
from layers.store.chain_tables import links, organisations, posts
from layers.store.database import Store
from layers.store.keys import KeyPlace
from layers.store.unit import Reading


def import_organisations(
    store: Store,
    viewer: Viewer,
    path: Path,
    *,
    day: date,
    replace: bool = False,
    table: str | None = None,
    dry_run: bool = False,
    faults_dir: Path | None = None,
    lang: str = "zh",
    actor: str,
    now: datetime,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load such a table: from `day` on the organisations in it are as it says; those of one kind and community that it does
    not name stay, or with `replace` end. An organisation is known by its ref, else by its name in its community.

    Raises `FaultyFileError` with all faults, `FileError`, `InputError` for a table without kind, name or community.
    """
    read = read_office_table(path, sheet=table, names=COLUMNS, limits=limits)
    ours = read.pick(COLUMNS)
    missing = [f"{name} ({COLUMNS[name][0]})" for name in ("kind", "name", "community") if name not in ours]
    if missing:
        raise InputError(
            f"{read.name} lacks the columns {', '.join(missing)}; it has {', '.join(read.columns)}",
            f"{read.name} 缺少列 {'、'.join(missing)}；现有：{'、'.join(read.columns)}",
        )

    def understand(unit: Reading, places: Places) -> Wanted:
        rows = [row for number, cells in read.rows if (row := read_row(read, number, cells, ours, places))]
        return Wanted(_changes(unit, read, rows, ours, day, store.keys, replace=replace), len(read.rows))

    return import_office_table(
        store,
        viewer,
        "organisations",
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


def _changes(
    unit: Reading,
    read: OfficeTable,
    rows: Sequence[Row],
    ours: dict[str, str],
    day: date,
    keys: KeyPlace,
    *,
    replace: bool,
) -> list[Change]:
    communities = sorted({row.community for row in rows})
    known = facts_of(unit, organisations, organisations.c.community_code, communities)
    elsewhere = {
        fact["ref"]: fact["community_code"]
        for fact in facts_of(
            unit, organisations, organisations.c.ref, sorted({row.ref for row in rows if row.ref})
        )
        if fact["valid_to"] is None
    }
    refs = _named(read, rows, ours, known, elsewhere, day)
    kinds = {(row.kind, row.community) for row in rows}
    spoken = {(row.kind, refs[row.number]) for row in rows if row.number in refs}
    if replace:
        spoken |= {
            (fact["kind"], fact["ref"]) for fact in known if (fact["kind"], fact["community_code"]) in kinds
        }
    parents = _parents(read, rows, ours, refs, known, day)
    wanted: dict[str, list[Fact]] = {"organisations": [], "links": [], "posts": []}
    for row in rows:
        if row.number not in refs:
            continue
        ref, own = refs[row.number], {"kind": row.kind, "community_code": row.community}
        told = {"name": row.name, "households": row.households, "members": row.members}
        wanted["organisations"].append(own | {"ref": ref} | told)
        heads = [(str(to), found.ref) for to, found in row.heads]
        heads += [parents[row.number]] if row.number in parents else []
        wanted["links"] += [link(row.kind, ref, *head, row.community) for head in dict.fromkeys(heads)]
        wanted["links"] += [
            link("station", one.ref, row.kind, ref, row.community) for one in dict.fromkeys(row.stations)
        ]
        if row.holder:
            post = {"title": LEADS[row.kind], "holder": row.holder, "phone": row.phone, "public": row.public}
            place = {"place_kind": row.kind, "place": ref, "community_code": row.community}
            wanted["posts"].append(post | place)
    own_refs = sorted({ref for _, ref in spoken})
    linked = [
        fact
        for fact in facts_of(unit, links, links.c.ref, own_refs)
        if (fact["kind"], fact["ref"]) in spoken and _said(fact["to_kind"], ours)
    ]
    if "stations" in ours:
        linked += [
            fact
            for fact in facts_of(unit, links, links.c.to_ref, own_refs)
            if fact["kind"] == "station" and (fact["to_kind"], fact["to_ref"]) in spoken
        ]
    held = [
        fact
        for fact in facts_of(unit, posts, posts.c.place, own_refs)
        if (fact["place_kind"], fact["place"]) in spoken
        and fact["title"] == LEADS[fact["place_kind"]]
        and "holder" in ours
    ]
    before = [fact for fact in known if (fact["kind"], fact["ref"]) in spoken]
    return [
        change_to(organisations, wanted["organisations"], before, day=day),
        change_to(links, wanted["links"], linked, day=day),
        change_to(posts, wanted["posts"], open_posts(held, keys), day=day),
    ]


def _said(to_kind: str, ours: dict[str, str]) -> bool:
    """Whether the table has the column that tells of such links; others stay as they are."""
    column = {"grid": "grids", "building": "buildings"}.get(to_kind, "parent")
    return column in ours


def _named(
    read: OfficeTable,
    rows: Sequence[Row],
    ours: dict[str, str],
    known: Sequence[Fact],
    elsewhere: dict[str, str],
    day: date,
) -> dict[int, str]:
    """Row → the ref of its organisation."""
    there = {
        (fact["kind"], fact["community_code"], fact["name"]): fact["ref"]
        for fact in known
        if holds(fact, day)
    }
    taken = {fact["ref"] for fact in known} | {row.ref for row in rows if row.ref}
    found: dict[int, str] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        ref = row.ref or there.get((row.kind, row.community, row.name))
        if ref is None:
            ref = next_ref(row.kind, row.community, taken)
            taken.add(ref)
        first = seen.setdefault((row.kind, ref), row.number)
        if first != row.number:
            words = Words(f"row {first} tells of it already", f"第 {first} 行已有此组织")
            read.blame(row.number, ours.get("ref", ours["name"]), row.ref or row.name, words)
        elif elsewhere.get(ref, row.community) != row.community:
            words = Words(f"it belongs to community {elsewhere[ref]}", f"此编号属于社区 {elsewhere[ref]}")
            read.blame(row.number, ours.get("ref", ours["name"]), ref, words)
        else:
            found[row.number] = ref
    return found


def _parents(
    read: OfficeTable,
    rows: Sequence[Row],
    ours: dict[str, str],
    refs: dict[int, str],
    known: Sequence[Fact],
    day: date,
) -> dict[int, tuple[str, str]]:
    """Row → kind and ref of what it stands under, in this table or known before."""
    above: dict[tuple[str, str], set[tuple[str, str]]] = {}
    told = [(row.community, row.kind, refs[row.number], row.name) for row in rows if row.number in refs]
    told += [
        (fact["community_code"], fact["kind"], fact["ref"], fact["name"])
        for fact in known
        if holds(fact, day)
    ]
    for community, kind, ref, name in told:
        for text in (ref, name):
            above.setdefault((community, text), set()).add((kind, ref))
    allowed = {"branch": (), "group": ("branch",), "centre": ("group", "branch")}
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        if row.parent is None or row.number not in refs:
            continue
        fits = sorted(
            one for one in above.get((row.community, row.parent), ()) if one[0] in allowed[row.kind]
        )
        if len(fits) == 1:
            found[row.number] = fits[0]
            continue
        words = (
            Words("several are called so; give its ref", "有多个同名组织；请填写编号")
            if fits
            else Words(
                "a branch stands under its community only"
                if row.kind == "branch"
                else "no such branch or group in this community",
                "党支部的上级只能是社区，请留空" if row.kind == "branch" else "本社区没有这个党支部或党小组",
            )
        )
        read.blame(row.number, ours["parent"], row.parent, words)
    return found
