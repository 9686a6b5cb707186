"""What the workbench does about stations and walking."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from api.answers.reach_figures import difference, reach_answer, sites_answer
from api.answers.reach_map import draw_reach, reach_parts_of, reach_scene_of
from api.answers.station_answers import station_file, station_geojson, station_json, station_table
from api.http.map_cache import Page
from api.http.reach_asked import Asked
from api.http.workbench import Workbench
from geo.errors import EmptyLayerError, Words
from geo.reach.models import Model
from layers.lookup.snapshots import current_state
from layers.reach.changes import Changes, Point, closed_but
from layers.reach.reach import By, Reach, measure_reach
from layers.reach.sites import propose_sites
from layers.reach.walks import Walks
from layers.rights.viewer import Viewer

StationFile = Literal["geojson", "csv", "xlsx"]
StationForm = Literal["json"] | StationFile
SITING_S = 8.0
"""So long a search for sites may take in all; what it has by then is told with how far it may be from the best. Other work
waits meanwhile."""


def list_stations(
    bench: Workbench,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    kinds: Sequence[str] | None,
    form: StationForm,
    lang: str,
) -> Generator[Page, None, None]:
    """The stations in one of the forms, compressed."""
    table = station_table(bench.store, viewer, codes=communities, kinds=kinds, lang=lang)
    if form == "json":
        yield Page.of(station_json(table))
    elif form == "geojson":
        yield Page.of(station_geojson(table))
    else:
        yield Page.of(station_file(table, form))


def tell_reach(
    bench: Workbench, viewer: Viewer, question: Asked, *, by: By, worst: int
) -> Generator[Page, None, None]:
    """Who walks to a station, as JSON, compressed."""
    yield Page.of(_json(_told_before(bench, viewer, question, by=by, worst=worst)))


def compare_reach(
    bench: Workbench, viewer: Viewer, question: Asked, before: date, *, by: By, worst: int
) -> Generator[Page, None, None]:
    """Who walked to a station on the day `before` and who on the day asked about, with the difference, as JSON, compressed."""
    then = _told_before(bench, viewer, replace(question, as_of=before), by=by, worst=worst)
    now = _told_before(bench, viewer, question, by=by, worst=worst)
    yield Page.of(_json({"before": then, "after": now, "difference": difference(then, now)}))


def try_reach(
    bench: Workbench, viewer: Viewer, question: Asked, changes: Changes, *, by: By, worst: int
) -> Generator[bytes, None, None]:
    """The same before and after changes, with what they bring, as JSON."""
    before = _told_before(bench, viewer, question, by=by, worst=worst)
    after = _told(bench, _measured(bench, viewer, question, changes), question, by=by, worst=worst)
    yield _json({"before": before, "after": after, "difference": difference(before, after)})


def find_sites(
    bench: Workbench,
    viewer: Viewer,
    question: Asked,
    changes: Changes,
    *,
    keep: Sequence[str] | None,
    new: int,
    model: Model,
    candidates: Sequence[Point] | None,
    capacity: float | None,
    alternatives: int,
) -> Generator[bytes, None, None]:
    """Where new stations should stand beside those that stay, as JSON; candidates are points in degrees (EPSG:4490)."""
    walks = bench.walks()
    if keep is not None:
        changes = closed_but(keep, changes, walks.stations_on(question.as_of), viewer)
    reach = _measured(bench, viewer, question, changes)
    sites = propose_sites(
        walks,
        reach,
        new=new,
        model=model,
        candidates=candidates,
        capacity=capacity,
        alternatives=alternatives,
        time_limit_s=SITING_S / alternatives,
    )
    told = sites_answer(
        walks, reach, sites, as_of=question.as_of, profile=question.profile, lang=question.lang
    )
    yield _json(told)


def draw_reach_page(bench: Workbench, viewer: Viewer, question: Asked) -> Generator[Page, None, None]:
    """The map of reach, compressed; of the stations alone, and what is lacking, where there is nothing to walk on."""
    walked, lacking = walked_or_why(bench, viewer, question)
    drawn = draw_reach(
        bench.store,
        viewer,
        walked,
        communities=question.communities,
        as_of=question.as_of,
        lang=question.lang,
        lacking=lacking,
    )
    yield Page.of(drawn)


def tell_scene(bench: Workbench, viewer: Viewer, question: Asked) -> Generator[Page, None, None]:
    """The same map as data, compressed."""
    walked, lacking = walked_or_why(bench, viewer, question)
    scene = reach_scene_of(
        bench.store,
        viewer,
        walked,
        communities=question.communities,
        as_of=question.as_of,
        lang=question.lang,
        lacking=lacking,
    )
    yield Page.of(_json(scene))


def try_scene(
    bench: Workbench, viewer: Viewer, question: Asked, changes: Changes
) -> Generator[bytes, None, None]:
    """What changes in that map, as JSON."""
    reach = _measured(bench, viewer, question, changes)
    yield _json(reach_parts_of(bench.store, viewer, bench.walks(), reach, communities=question.communities))


def walked_or_why(
    bench: Workbench, viewer: Viewer, question: Asked
) -> tuple[tuple[Walks, Reach] | None, Words | None]:
    """The walks, or why there are none."""
    try:
        return (bench.walks(), _measured(bench, viewer, question)), None
    except EmptyLayerError as error:
        return None, error.words


def _measured(bench: Workbench, viewer: Viewer, question: Asked, changes: Changes | None = None) -> Reach:
    return measure_reach(
        bench.store,
        viewer,
        bench.walks(),
        as_of=question.as_of,
        minutes=question.minutes,
        profile=question.profile,
        codes=question.communities,
        kinds=question.kinds,
        changes=changes,
    )


def _told_before(bench: Workbench, viewer: Viewer, question: Asked, *, by: By, worst: int) -> dict[str, Any]:
    """Reach as it is; whoever drags a station about asks again and again beside the same."""
    key = ("before", current_state(bench.store).of_grids, viewer, question, by, worst)
    if key not in bench.kept:
        bench.kept[key] = _told(bench, _measured(bench, viewer, question), question, by=by, worst=worst)
    told: dict[str, Any] = bench.kept[key]
    return told


def _told(bench: Workbench, reach: Reach, question: Asked, *, by: By, worst: int) -> dict[str, Any]:
    return reach_answer(
        bench.walks(),
        reach,
        by=by,
        worst=worst,
        as_of=question.as_of,
        profile=question.profile,
        lang=question.lang,
    )


def _json(told: dict[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
