"""Whom a place finds, as plain values and as lines to read: its branch, group, centre households, stations and posts."""

from __future__ import annotations

from datetime import date
from typing import Any

from geo.errors import Words
from geo.locate.homes import AddressAnswer
from geo.locate.index import Answer
from geo.reach.chain import Chain, Directory, Link, Organisation, Place, Post, Spot
from layers.reach.chain import told
from layers.rights.viewer import Viewer
from layers.store.keys import KeyPlace
from maps.look.words import station_kind

KINDS = {
    Link.BRANCH: Words("branch", "党支部"),
    Link.GROUP: Words("building group", "楼栋党小组"),
    Link.CENTRE: Words("centre household", "党员中心户"),
    Link.STATION: Words("station", "服务站点"),
    Link.GRID: Words("grid", "网格"),
    Link.COMPLEX: Words("complex", "小区"),
    Link.BUILDING: Words("building", "楼栋"),
    Link.COMMUNITY: Words("community", "社区"),
    Link.STREET: Words("street", "街道"),
    Link.DISTRICT: Words("district", "区县"),
}
_UNTOLD = Words("held; the name is not posted", "有人在岗，姓名未公示")


def spot_of(answer: Answer | AddressAnswer, directory: Directory) -> Spot:
    """The place an answer names; of an address that fits several buildings what they share."""
    place = answer if isinstance(answer, Answer) else answer.home or answer.shared
    if place is None:
        return Spot(None)
    shared = isinstance(answer, AddressAnswer) and answer.home is None
    building = None if shared else place.building_ref
    return Spot(
        place.community_code,
        place.grid_code,
        directory.units(place.plan_id, building),
        None if shared else place.complex_ref,
        building,
    )


def chain_object(
    directory: Directory,
    answer: Answer | AddressAnswer,
    *,
    lang: str,
    duty: Viewer | None,
    keys: KeyPlace,
) -> dict[str, Any] | None:
    """Whom the place of an answer finds on its day; None where no organisation or post is known at all, or no place.
    `duty` is the caller as he may call people in their duty (`Viewer.calls_duty`), None where he may not: then names are
    told only where they are posted. Centre households are told to nobody but the operator: they are homes."""
    spot = spot_of(answer, directory)
    if directory.empty or spot.community_code is None:
        return None
    found = directory.chain(spot, answer.as_of)
    return chain_values(found, lang=lang, duty=duty, keys=keys)


def chain_values(found: Chain, *, lang: str, duty: Viewer | None, keys: KeyPlace) -> dict[str, Any]:
    """A chain as plain values, as `chain_object` tells it."""
    return {
        "branches": [_named(one) for one in found.branches],
        "groups": [_named(one) for one in found.groups],
        "centres": [_named(one) for one in found.centres] if _sees_homes(duty) else None,
        "stations": [
            _named(one)
            | {"kind": one.station_kind, "kind_name": station_kind(one.station_kind or "other", lang)}
            for one in found.stations
        ],
        "posts": [post_values(one, duty, keys, lang) for one in found.posts if _shown(one, duty)],
    }


def chain_lines(found: Chain, *, lang: str, keys: KeyPlace) -> list[str]:
    """A chain for the operator to read, a line each."""
    lines = []
    for kind, some in (
        (Link.BRANCH, found.branches),
        (Link.GROUP, found.groups),
        (Link.CENTRE, found.centres),
        (Link.STATION, found.stations),
    ):
        if some:
            lines.append(f"{KINDS[kind].text(lang)}  {'、'.join(one.name for one in some)}")
    by_title: dict[tuple[str, Place], list[str]] = {}
    for post in found.posts:
        holder, phone = told(post, keys, calls_duty=True)
        by_title.setdefault((post.title, post.at), []).append(f"{holder} {phone}" if phone else str(holder))
    lines += [f"{title}  {'、'.join(names)}" for (title, _), names in by_title.items()]
    return lines


def tree_rows(
    directory: Directory, top: Place, day: date, *, names: dict[Place, str]
) -> list[tuple[int, Place, str]]:
    """What hangs under a link on a day: depth, what it is, and what it is called; each thing once on each way down."""
    rows: list[tuple[int, Place, str]] = []

    def walk(place: Place, depth: int, above: tuple[Place, ...]) -> None:
        own = directory.organisation(place, day)
        rows.append((depth, place, own.name if own is not None else names.get(place, place[1])))
        if (
            place in above
            or place[0] in (Link.GRID, Link.BUILDING, Link.COMPLEX)
            or (depth and place[0] is Link.STATION)
        ):
            return
        for below in directory.under(place, day):
            walk(below, depth + 1, (*above, place))

    walk(top, 0, ())
    return rows


def _named(one: Organisation) -> dict[str, Any]:
    return {"ref": one.ref, "name": one.name}


def _sees_homes(duty: Viewer | None) -> bool:
    return duty is not None and duty.reads_households


def _shown(post: Post, duty: Viewer | None) -> bool:
    """Who answers for a centre household is whose home it is."""
    return post.at[0] is not Link.CENTRE or _sees_homes(duty)


def post_values(post: Post, duty: Viewer | None, keys: KeyPlace, lang: str) -> dict[str, Any]:
    """A post as plain values; its holder only where that is posted or `duty` may call him."""
    calls = duty is not None and duty.calls_duty and duty.sees(post.community_code)
    holder, phone = told(post, keys, calls_duty=calls)
    return {
        "title": post.title,
        "at": str(post.at[0]),
        "place": post.at[1],
        "holder": holder,
        "phone": phone,
        "remark": None if holder is not None else _UNTOLD.text(lang),
    }
