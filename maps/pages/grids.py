"""The map of a plan: its grids with names and sizes over communities, complexes, buildings, roads and water."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from html import escape
from typing import Any

import folium
import geopandas as gpd
import pandas as pd

from geo.cells.dwellings import unknown_ground
from geo.crs import KEPT_CRS
from geo.plans.rules import Rules
from maps.look.kinds import own_kinds
from maps.look.style import script_style
from maps.look.words import FIGURES, LAYERS, legend_text, page_text, require_language, script_words
from maps.pages.changes import Changes, change_rows, changes_data
from maps.pages.encode import STEP_DEG, column
from maps.pages.legend import Row, base_row, grid_rows, legend_html, station_rows
from maps.pages.page import Head, OfflineMap, Page, Part, Ready
from maps.pages.scene import Ground, complete_grids, in_key_order, scene_data

CHINA = (73.0, 18.0, 135.0, 54.0)
"""What an entirely empty map looks at."""


def grids_page(
    *,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame | None = None,
    micro: pd.DataFrame | None = None,
    title: str,
    lang: str = "zh",
    as_of: date | None = None,
    span: tuple[date | None, date | None] | None = None,
    notice: str | None = None,
    rules: Rules | None = None,
    credit: str | None = None,
    changes: Changes | None = None,
    said: Sequence[str] = (),
) -> str:
    """One HTML document that needs nothing but a browser: no network, no other file.

    Frames follow `geo.frames` (EPSG:4490); `grids` are a plan's or the lookup's (code, name, kind,
    community_code; households, people, colour, plan_version, valid_from and reason, a text, where known). Without a households
    column they are summed from `buildings`, estimated where nobody counted. With `rules`, grids outside the bounds are hatched amber and
    counted in the legend; `micro` are micro-grids inside buildings (building_ref, code, name, part, households), told with
    the building as a table; grids in several parts are always hatched red. `notice` is 内部工作用图 unless a map
    approval number is given; `span` is the first day on which the map is as drawn and the first on which it is not,
    None where nothing ends it; `credit` names the source of the data. `changes` are those of a draft against what was before,
    `said` what else stands under the title. The same input gives the same document,
    whatever the order of rows. Without grids the page says what to do.

    Raises `InputError` for an unknown language, `MissingCrsError` or `InputError` for frames not in EPSG:4490.
    """
    require_language(lang)
    if stations is None:
        stations = gpd.GeoDataFrame({"ref": []}, geometry=[], crs=KEPT_CRS)
    ground = Ground(
        communities=in_key_order(communities, "code", "communities"),
        complexes=in_key_order(complexes, "ref", "complexes"),
        buildings=in_key_order(buildings, "ref", "buildings"),
        roads=in_key_order(roads, "ref", "roads"),
        water=in_key_order(water, "ref", "water"),
        stations=in_key_order(stations, "ref", "stations"),
    )
    plan = complete_grids(in_key_order(grids, "code", "grids"), ground.buildings, rules)
    bounds = ground.bounds(plan) or CHINA
    head = Head(
        title=title,
        notice=notice or page_text("notice", lang),
        dates=[*said, *_dates(plan, as_of, span, lang)],
        figures=_figures(plan, ground, lang, changes),
        credit=credit,
    )
    rows = [
        *([] if changes is None else change_rows(changes, lang)),
        *_legend_rows(plan, ground, rules, lang),
    ]
    legend = legend_html(rows, remarks=_remarks(plan, ground, lang), lang=lang)
    page = Page(
        title=title,
        lang=lang,
        body=head.html(lang, legend=legend) + ("" if len(plan) else _empty_html(ground, lang)),
        data={
            "origin": bounds[:2],
            "step": STEP_DEG,
            "bounds": [rules.min_households, rules.max_households] if rules else None,
            "style": script_style(),
            "words": script_words(lang, own_kinds(ground.stations)),
            **scene_data(plan, ground, bounds[:2], micro=micro),
            **(
                {}
                if changes is None
                else {"changes": changes_data(changes, plan, ground.buildings, bounds[:2])}
            ),
        },
    )
    add_map(page, bounds, _layers(plan, ground, changes), lang)
    return page.render()


def add_map(
    page: Page,
    bounds: tuple[float, float, float, float],
    layers: list[str],
    lang: str,
    *,
    hidden: Collection[str] = (),
) -> None:
    """Put the map with a switch of `layers` on a page; those `hidden` wait for the switch."""
    west, south, east, north = bounds
    chart = OfflineMap(name="grids", centre=((west + east) / 2, (south + north) / 2))
    page.add_child(chart)
    for layer in layers:
        chart.add_child(Part(layer, name=LAYERS[layer].text(lang), show=layer not in hidden))
    if layers:
        switch = folium.LayerControl(position="topright", collapsed=False)
        switch._id = "switch"
        chart.add_child(switch)
    chart.add_child(Ready(bounds))


def _layers(plan: gpd.GeoDataFrame, ground: Ground, changes: Changes | None) -> list[str]:
    """The layers that hold something, in the order of the switch."""
    held = {"labels": plan, "grids": plan} | {
        name: getattr(ground, name)
        for name in ("communities", "complexes", "buildings", "roads", "water", "stations")
    }
    if changes is not None:
        held |= {"before": changes.before, "moved": changes.moved}
    return [layer for layer in LAYERS if len(held.get(layer, ()))]


def _dates(
    plan: gpd.GeoDataFrame, as_of: date | None, span: tuple[date | None, date | None] | None, lang: str
) -> list[str]:
    """Plan version, the day it came into force, and the day or days the map shows; whatever is known."""
    lines = []
    versions = sorted(column(plan, "plan_version").dropna().astype(int).unique().tolist())
    if versions:
        shown = str(versions[0]) if len(versions) == 1 else f"{versions[0]}–{versions[-1]}"
        lines.append(page_text("version", lang, version=shown))
    starts = column(plan, "valid_from").dropna()
    if len(starts):
        lines.append(page_text("in_force", lang, date=pd.Timestamp(starts.max()).date().isoformat()))
    if as_of is not None:
        lines.append(page_text("as_of", lang, date=as_of.isoformat()))
    if span is not None and (said := _SPAN_WORDS.get((span[0] is None, span[1] is None))):
        first, end = (str(day) for day in span)
        lines.append(page_text(said, lang, first=first, end=end))
    return lines


_SPAN_WORDS = {(False, False): "span", (False, True): "span_on", (True, False): "span_before"}
"""By which of the two days is open."""


def _figures(
    plan: gpd.GeoDataFrame, ground: Ground, lang: str, changes: Changes | None
) -> list[tuple[str, str, bool]]:
    figures = []
    if len(plan):
        figures.append((f"{len(plan):,}", "figure_grids", False))
    if len(ground.communities):
        figures.append((f"{len(ground.communities):,}", "figure_communities", False))
    households = pd.to_numeric(plan["households"], errors="coerce")
    if households.notna().any():
        mark = "≈" if _estimated(plan) else ""
        figures.append((f"{mark}{int(households.sum()):,}", "figure_households", False))
    outside = int(plan["state"].isin(["below", "above"]).sum())
    if (plan["state"] != "unjudged").any():
        figures.append((f"{outside:,}", "figure_outside", outside > 0))
    if changes is not None and len(changes.before) and changes.households is not None:
        figures.append((f"{changes.households:,}", "figure_moved", False))
    return [(value, FIGURES[key].text(lang), bad) for value, key, bad in figures]


def _estimated(frame: gpd.GeoDataFrame) -> bool:
    return bool(column(frame, "households_estimated").astype("boolean").fillna(False).any())


def _legend_rows(plan: gpd.GeoDataFrame, ground: Ground, rules: Rules | None, lang: str) -> list[Row]:
    rows: list[Row] = []
    if len(plan):
        bounds = (rules.min_households, rules.max_households) if rules else None
        alone = (column(plan, "kind") == "exclusive") & (plan["state"] == "unjudged")
        rows += grid_rows(Counter(plan["state"].mask(alone, "exclusive")), bounds=bounds, lang=lang)
    rows += station_rows(
        Counter(column(ground.stations, "kind").fillna("other")), lang, own_kinds(ground.stations)
    )
    return rows + [base_row(key, lang) for key in base_keys(ground)]


def base_keys(ground: Ground) -> list[str]:
    """Keys of `legend.base_row` for what lies under the map."""
    working = column(ground.communities, "kind").eq("working")
    classes = column(ground.roads, "road_class")
    present: dict[str, Any] = {
        "community": len(ground.communities) and not working.all(),
        "working": working.any(),
        "complex": len(ground.complexes),
        "building": len(ground.buildings),
        "road": (~classes.isin(["rail", "wall"])).any(),
        "rail": classes.eq("rail").any(),
        "wall": classes.eq("wall").any(),
        "water": len(ground.water),
    }
    return [key for key, there in present.items() if there]


def _remarks(plan: gpd.GeoDataFrame, ground: Ground, lang: str) -> list[str]:
    keys = ["colours"] if (plan["state"] != "unjudged").any() else []
    if _estimated(plan) or _estimated(ground.buildings):
        keys.append("estimated")
    return [legend_text(key, lang) for key in keys] + _unknown_uses(ground.buildings, lang)


def _unknown_uses(buildings: gpd.GeoDataFrame, lang: str) -> list[str]:
    """What was made of buildings whose use nobody knows, where single buildings are counted at all."""
    if "home_sure" not in buildings or not buildings["households"].notna().any():
        return []
    found = unknown_ground(buildings)
    if not found.counted and not found.doubtful:
        return []
    figures = {"counted": found.counted, "households": found.households, "doubtful": found.doubtful}
    told = {name: f"{figure:,}" for name, figure in figures.items()}
    return [
        legend_text("unknown_uses", lang, sure=f"{found.sure:.0%}", possible=f"{found.possible:,}", **told)
    ]


def _empty_html(ground: Ground, lang: str) -> str:
    """What to do when there is nothing to show: the commands, in order."""
    known = len(ground.communities) > 0
    commands = ["wangge partition", "wangge publish", "wangge map grids --out map.html"]
    if not known:
        commands = [
            "wangge import communities FILE",
            "wangge import buildings FILE",
            "wangge cells",
            *commands,
        ]
    lines = "".join(f"<code>{escape(command)}</code>" for command in commands)
    return (
        f'<section id="empty" class="card" role="status"><h2>{escape(page_text("empty_title", lang))}</h2>'
        f"<p>{escape(page_text('empty_grids' if known else 'empty_communities', lang))}</p>{lines}</section>"
    )
