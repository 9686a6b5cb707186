"""The chain of organisations as a tree: what hangs under a community, branch, group, station or grid, with the posts."""

from __future__ import annotations

import asyncio
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.answers.chain_answers import KINDS, chain_values, post_values, tree_rows
from api.http.chain_schemas import ChainTree
from api.http.deps import AskedDay, AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.schemas import errors
from geo.errors import NotFoundError
from geo.reach.chain import Link, Spot
from layers.reach.chain import place_names, read_directory
from layers.rights.viewer import Viewer
from layers.store.database import Store

router = APIRouter(prefix="/api", tags=["chain"], route_class=guarded())


class Top(StrEnum):
    """What a tree can begin with."""

    COMMUNITY = "community"
    GRID = "grid"
    BRANCH = "branch"
    GROUP = "group"
    STATION = "station"


@router.get("/chain", responses=errors(404, 422, 500, 503))
async def chain(
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    as_of: AskedDay,
    kind: Annotated[Top, Query(description="What the tree begins with")],
    ref: Annotated[str, Query(min_length=1, max_length=64, description="Its code or ref")],
) -> ChainTree:
    """What hangs under it, down to buildings, each with its posts; `above` says whom a grid finds."""
    found = await asyncio.to_thread(_tree, held.store, viewer, Link(kind.value), ref, as_of, lang)
    return ChainTree.model_validate(found)


def _tree(store: Store, viewer: Viewer, kind: Link, ref: str, day: date, lang: str) -> dict[str, Any]:
    with store.reading(viewer) as unit:
        directory, names = read_directory(unit), place_names(unit, day)
    top = (kind, ref)
    if top not in names and directory.organisation(top, day) is None and not directory.posts(top, day):
        raise NotFoundError(
            f"there is no such {KINDS[kind].en} on {day} in your area",
            f"{day} 您的权限范围内没有这个{KINDS[kind].zh}",
        )
    above = None
    if kind is Link.GRID:
        spot = Spot(ref[:12], grid_code=ref)
        above = chain_values(directory.chain(spot, day), lang=lang, duty=viewer, keys=store.keys)
    rows = [
        {
            "depth": depth,
            "kind": str(place[0]),
            "ref": place[1],
            "name": name,
            "posts": [post_values(post, viewer, store.keys, lang) for post in directory.posts(place, day)],
        }
        for depth, place, name in tree_rows(directory, top, day, names=names)
        if place[0] is not Link.CENTRE or viewer.reads_households
    ]
    return {"as_of": day, "above": above, "tree": rows}
