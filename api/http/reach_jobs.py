"""What the workbench does about stations and walking."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Literal

from api.answers.station_answers import station_file, station_geojson, station_json, station_table
from api.http.map_cache import Page
from api.http.workbench import Workbench
from layers.rights.viewer import Viewer

StationFile = Literal["geojson", "csv", "xlsx"]
StationForm = Literal["json"] | StationFile


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
