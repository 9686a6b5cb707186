"""What a text means beside an address, as objects for programs and lines for people."""

from __future__ import annotations

from typing import Any

from geo.locate.finding import KIND_WORDS, Found, Place, Thing


def found_object(found: Found, *, lang: str) -> dict[str, Any]:
    """The answer as plain values: words, point and places with their grids."""
    return {
        "words": found.words.text(lang),
        "point": None if found.point is None else {"lon": found.point.lon, "lat": found.point.lat},
        "places": [_place(place) for place in found.places],
    }


def _place(place: Place) -> dict[str, Any]:
    return thing_object(place.thing) | {
        "grids": [{"code": grid.code, "name": grid.name, "buildings": grid.buildings} for grid in place.grids]
    }


def thing_object(thing: Thing) -> dict[str, Any]:
    """A place by name."""
    community = (
        {"code": thing.community_code, "name": thing.community_name or None} if thing.community_code else None
    )
    return {
        "kind": thing.kind,
        "label": thing.label,
        "key": thing.key,
        "community": community,
        "point": None if thing.point is None else {"lon": thing.point.lon, "lat": thing.point.lat},
    }


def thing_line(thing: Thing, *, lang: str) -> str:
    """A place in one line: kind, name, code of grids and communities, community beside it."""
    code = f" {thing.key}" if thing.kind in ("grid", "community") else ""
    where = f"（{thing.community_name}）" if thing.community_name and thing.kind != "community" else ""
    return f"{KIND_WORDS[thing.kind].text(lang)} {thing.label}{code}{where}"


def place_line(place: Place, *, lang: str) -> str:
    """As `thing_line`, with the grids it lies in."""
    grids = "、".join(f"{grid.name} {grid.code}" for grid in place.grids if grid.code != place.thing.key)
    return thing_line(place.thing, lang=lang) + (f" → {grids}" if grids else "")
