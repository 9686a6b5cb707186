"""What the workbench does about the maps of stations, of members, of match rates, and of all together."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from api.answers.members_map import members_of
from api.answers.rates_map import draw_rates
from api.answers.reach_map import draw_reach
from api.http.map_cache import Page
from api.http.reach_asked import Asked
from api.http.reach_jobs import walked_or_why
from api.http.workbench import Workbench
from geo.errors import EmptyLayerError
from layers.people.match_rates import By
from layers.rights.viewer import Viewer


def draw_stations_page(bench: Workbench, viewer: Viewer, question: Asked) -> Generator[Page, None, None]:
    """The stations alone, as they were on the day asked about, compressed."""
    yield Page.of(
        draw_reach(
            bench.store,
            viewer,
            None,
            communities=question.communities,
            as_of=question.as_of,
            lang=question.lang,
        )
    )


def draw_all_page(
    bench: Workbench, viewer: Viewer, question: Asked, heat: str | None
) -> Generator[Page, None, None]:
    """Grids, stations, walk areas, circles and homes not reached in one page, compressed."""
    walked, lacking = walked_or_why(bench, viewer, question)
    yield Page.of(
        draw_reach(
            bench.store,
            viewer,
            walked,
            communities=question.communities,
            as_of=question.as_of,
            lang=question.lang,
            lacking=lacking,
            with_grids=True,
            heat=heat,
        )
    )


def draw_rates_page(bench: Workbench, viewer: Viewer, question: Asked, by: By) -> Generator[Page, None, None]:
    """How many residents were matched, compressed."""
    yield Page.of(
        draw_rates(
            bench.store,
            viewer,
            by=by,
            communities=question.communities,
            as_of=question.as_of,
            lang=question.lang,
        )
    )


def draw_members_page(
    bench: Workbench, viewer: Viewer, question: Asked, actor: str, now: datetime
) -> Generator[Page, None, None]:
    """Buildings with member households, compressed; the read is kept in the history. Where there are none the page says so."""
    members, lacking = None, None
    try:
        members = members_of(
            bench.store,
            viewer,
            communities=question.communities,
            as_of=question.as_of,
            actor=actor,
            now=now,
        )
    except EmptyLayerError as error:
        lacking = error.words
    yield Page.of(
        draw_reach(
            bench.store,
            viewer,
            None,
            communities=question.communities,
            as_of=question.as_of,
            lang=question.lang,
            members=members,
            lacking=lacking,
        )
    )
