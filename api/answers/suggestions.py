"""Suggestions of every kind for one box: addresses go on as they are typed, other names beside them."""

from __future__ import annotations

import datetime as dt

from geo.locate.addresses import AddressLookup
from geo.locate.finding import Thing


def suggestions(lookup: AddressLookup, text: str, *, as_of: dt.date, here: str, limit: int) -> list[Thing]:
    """At most `limit` places, each with its community; those of the community `here` first, then buildings once a complex
    is written out."""
    names = lookup.things(text, as_of=as_of, here=here, limit=limit)
    known = {(thing.kind, thing.label, thing.key) for thing in names}
    refs = [one for one in lookup.suggest(text, limit=limit) if one.building_id or one.kind != "building"]
    homes = {
        home.building_ref: home
        for home in lookup.homes([one.building_id for one in refs if one.building_id], as_of=as_of)
    }
    for one in refs:
        home = homes.get(one.building_id or "")
        key = one.building_id or one.complex_id or ""
        if (one.kind, one.label, key) in known or (one.kind, one.label) in {
            (kind, label) for kind, label, _ in known
        }:
            continue
        code = "" if home is None else home.community_code or ""
        community = "" if home is None else home.community_name or ""
        if home is None and one.complex_id:
            found = next(
                (c for c in lookup.matcher.gazetteer.complexes if c.complex_id == one.complex_id), None
            )
            community = "" if found is None else found.community
        names.append(Thing(one.kind, one.label, key, code, community))
    return names[:limit]
