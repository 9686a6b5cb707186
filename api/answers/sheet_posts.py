"""Who holds which post, for sheets: the office's own list where one is given, else the posts of the store as the viewer may
be told them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from api.answers.sheet_terms import Leader
from geo.reach.chain import Link
from layers.reach.chain import read_directory, told
from layers.rights.viewer import Viewer
from layers.store.database import Store

LEADS = "长"
"""The title of who leads ends so, or holds it: 网格长, 楼栋长."""


def posts_held(
    store: Store, viewer: Viewer, code: str, grid_codes: Sequence[str], day: date
) -> tuple[Leader, ...]:
    """The posts of a community, of its street and of its grids on a day, with their titles as levels. A holder nobody posted
    is told only to a viewer who may call people in their duty: for the public those are none."""
    with store.reading(viewer) as unit:
        directory = read_directory(unit, codes=[code])
    if directory.empty:
        return ()

    def held() -> Iterator[Leader]:
        places = [(Link.STREET, code[:9]), (Link.COMMUNITY, code), *((Link.GRID, one) for one in grid_codes)]
        for place in places:
            for post in directory.posts(place, day):
                holder, phone = told(post, store.keys, calls_duty=viewer.calls_duty)
                if holder:
                    grid = place[1] if place[0] is Link.GRID else ""
                    yield Leader(grid, "" if grid else place[1], post.title, holder, phone or "")

    return tuple(held())


def who_leads(leaders: Sequence[Leader]) -> list[Leader]:
    """Of those who hold posts of one grid who leads it; all where no title says so.

    >>> who_leads([Leader("g", "", "网格员", "李四", ""), Leader("g", "", "网格长", "张三", "")])[0].name
    '张三'
    """
    return [one for one in leaders if LEADS in one.level] or list(leaders)
