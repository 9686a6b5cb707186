"""The chain as offices keep it: the tables `layers.imports.posts` and `layers.imports.organisations` take, made from the store,
so that what was taken out can be corrected in a spreadsheet and brought in again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd

from layers.imports.organisations_table import COLUMNS as ORGANISATION_COLUMNS
from layers.imports.organisations_table import KINDS, LEADS
from layers.imports.places import Places
from layers.imports.posts import open_posts
from layers.imports.posts_table import OTHER_COLUMNS, PLACE_COLUMNS, TITLES
from layers.reach.facts import Fact, holds, read_facts
from layers.rights.viewer import Viewer
from layers.store.chain_tables import links, organisations, posts
from layers.store.database import Store
from layers.store.unit import Reading

_JOIN = "、"
_PLACES = {"grid": "grid_code", "building": "building", "complex": "complex", "community": "community_code"}


def posts_table(store: Store, viewer: Viewer, *, day: date, codes: Sequence[str], lang: str) -> pd.DataFrame:
    """One row a grid in force on `day`, by code, then one a complex, building or community with posts; a column a duty with
    its phones beside it, names of a cell with 、 between. Holders that are not posted are told only to who may call people
    in their duty: raises `StoreError` where the keys are not here."""
    with store.reading(viewer) as unit:
        places = Places(unit, day)
        held = [fact for fact in _of(unit, posts, codes, day) if fact["place_kind"] in _PLACES]
        linked = [fact for fact in _of(unit, links, codes, day) if fact["to_kind"] == "grid"]
        branches = {
            fact["ref"]: fact["name"]
            for fact in _of(unit, organisations, codes, day)
            if fact["kind"] == "branch"
        }
    held = (
        open_posts(held, store.keys)
        if viewer.calls_duty
        else [fact if fact["public"] else fact | {"holder": "", "phone": None} for fact in held]
    )
    titles = sorted({fact["title"] for fact in held}, key=_title_order)
    spots = {
        ("grid", code): grid for code, grid in places.grids_by_code().items() if grid.community_code in codes
    }
    at: dict[tuple[str, str], list[Fact]] = {}
    for fact in held:
        at.setdefault((fact["place_kind"], fact["place"]), []).append(fact)
    serve: dict[tuple[str, str], list[str]] = {}
    for fact in linked:
        serve.setdefault((fact["kind"], fact["to_ref"]), []).append(fact["ref"])
    rows = []
    for kind, ref in [*sorted(spots), *_others(held, spots)]:
        mine = at.get((kind, ref), [])
        community = spots[kind, ref].community_code if (kind, ref) in spots else mine[0]["community_code"]
        own = places.communities_by_code().get(community)
        row = {
            _head("community_code", lang): community,
            _head("community", lang): "" if own is None else own.name,
            _head(_PLACES[kind], lang): ref,
        }
        if kind == "grid":
            row[_head("grid", lang)] = spots[kind, ref].name if (kind, ref) in spots else ""
            row[_head("branch", lang)] = _JOIN.join(
                _plainly(one, branches) for one in sorted(serve.get(("branch", ref), ()))
            )
            row[_head("stations", lang)] = _JOIN.join(
                places.station_name(one) for one in sorted(serve.get(("station", ref), ()))
            )
        for title in titles:
            some = sorted((fact for fact in mine if fact["title"] == title), key=lambda fact: fact["id"])
            row[title] = _JOIN.join(fact["holder"] for fact in some)
            phones = [fact["phone"] or "" for fact in some]
            row[_phone(title, lang)] = _JOIN.join(phones) if any(phones) else ""
        row[_head("public", lang)] = _JOIN.join(
            dict.fromkeys(fact["title"] for fact in mine if fact["public"])
        ) or ("否" if mine else "")
        rows.append(row)
    columns = [_head(name, lang) for name in ("grid_code", "grid", "building", "complex")]
    columns += [_head(name, lang) for name in ("community_code", "community", "branch", "stations")]
    columns += [column for title in titles for column in (title, _phone(title, lang))]
    table = pd.DataFrame(rows, columns=[*columns, _head("public", lang)], dtype=object).fillna("")
    optional = [_head("building", lang), _head("complex", lang), *(_phone(title, lang) for title in titles)]
    return table.drop(columns=[name for name in optional if (table[name] == "").all()])


def organisations_table(
    store: Store, viewer: Viewer, *, day: date, codes: Sequence[str], lang: str
) -> pd.DataFrame:
    """One row an organisation on `day`: branches, then groups, then centre households. As `posts_table` for holders."""
    with store.reading(viewer) as unit:
        places = Places(unit, day)
        named = _of(unit, organisations, codes, day)
        linked = _of(unit, links, codes, day)
        held = [fact for fact in _of(unit, posts, codes, day) if fact["place_kind"] in KINDS]
    held = open_posts(held, store.keys) if viewer.calls_duty else [fact for fact in held if fact["public"]]
    order = list(KINDS)
    rows = []
    for one in sorted(named, key=lambda fact: (order.index(fact["kind"]), fact["ref"])):
        me = (one["kind"], one["ref"])
        heads = [(fact["to_kind"], fact["to_ref"]) for fact in linked if (fact["kind"], fact["ref"]) == me]
        lead = next(
            (
                fact
                for fact in held
                if (fact["place_kind"], fact["place"]) == me and fact["title"] == LEADS[one["kind"]]
            ),
            None,
        )
        stations = [
            fact["ref"]
            for fact in linked
            if (fact["to_kind"], fact["to_ref"]) == me and fact["kind"] == "station"
        ]
        rows.append(
            {
                "kind": one["kind"] if lang == "en" else KINDS[one["kind"]][0],
                "ref": one["ref"],
                "name": one["name"],
                "parent": _JOIN.join(ref for kind, ref in heads if kind in ("branch", "group")),
                "community": one["community_code"],
                "grids": _JOIN.join(sorted(ref for kind, ref in heads if kind == "grid")),
                "buildings": _JOIN.join(
                    places.building_name(ref) for kind, ref in sorted(heads) if kind == "building"
                ),
                "stations": _JOIN.join(places.station_name(ref) for ref in sorted(stations)),
                "households": one["households"],
                "members": one["members"],
                "holder": "" if lead is None else lead["holder"],
                "phone": "" if lead is None else lead["phone"] or "",
                "public": "" if lead is None else "是" if lead["public"] else "否",
            }
        )
    table = pd.DataFrame(rows, columns=list(ORGANISATION_COLUMNS))
    table = table.astype({"households": "Int64", "members": "Int64"})
    return table.rename(
        columns={name: name if lang == "en" else words[0] for name, words in ORGANISATION_COLUMNS.items()}
    )


def _of(unit: Reading, table: object, codes: Sequence[str], day: date) -> list[Fact]:
    wanted = set(codes)
    return [
        fact
        for fact in read_facts(unit, table)  # type: ignore[arg-type]
        if fact["community_code"] in wanted and holds(fact, day)
    ]


def _others(held: Sequence[Fact], spots: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Places with posts that are no grid in force: units of levels, complexes, buildings, communities."""
    return sorted({(fact["place_kind"], fact["place"]) for fact in held} - set(spots))


def _head(name: str, lang: str) -> str:
    return name if lang == "en" else {**PLACE_COLUMNS, **OTHER_COLUMNS}[name][0]


def _phone(title: str, lang: str) -> str:
    return f"{title} phone" if lang == "en" else f"{title}电话"


def _plainly(ref: str, names: dict[str, str]) -> str:
    """The name where it means one branch."""
    name = names.get(ref, ref)
    return name if list(names.values()).count(name) == 1 else ref


def _title_order(title: str) -> tuple[int, str]:
    return (TITLES.index(title) if title in TITLES else len(TITLES), title)
