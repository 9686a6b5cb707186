"""Counters of what a reader can see: whoever keeps something read from the store compares them, and reads again when one
he leans on has risen.

A counter is raised in the transaction of the change, so it never tells of something that is not there yet, and a change
that commits late is never missed. Drafts, cells and checks raise none.
"""

from __future__ import annotations

from typing import Literal

Counter = Literal["published", "ground", "names", "people", "accounts", "chain"]
"""published: plans put in force or withdrawn. ground: communities, complexes, buildings, roads and the like. names: other
names of places. people: residents and where they were found. accounts: who may come in and see what.
chain: organisations, what belongs to what, posts, loads."""

COUNTERS: tuple[Counter, ...] = ("published", "ground", "names", "people", "accounts", "chain")

RAISED_BY: dict[str, Counter] = {
    "publications": "published",
    **dict.fromkeys(
        (
            "districts",
            "streets",
            "communities",
            "complexes",
            "buildings",
            "roads",
            "water",
            "stations",
            "ended",
        ),
        "ground",
    ),
    "aliases": "names",
    "residents": "people",
    "matches": "people",
    **dict.fromkeys(("grants", "tokens"), "accounts"),
    **dict.fromkeys(("organisations", "links", "posts", "loads"), "chain"),
}
"""The counter a write to a table raises."""
