"""The map of match rates (人房关联率): places in five classes by how many of their listed households were tied to a building,
and the same as a list, lowest rate first, each line a way to its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import KEPT_CRS
from maps.look import style
from maps.look.kinds import own_kinds
from maps.look.words import FIGURES, legend_text, page_text, require_language, script_words
from maps.pages.encode import STEP_DEG, column
from maps.pages.grids import CHINA, add_map, base_keys
from maps.pages.legend import Row, base_row, legend_html
from maps.pages.page import Head, Page
from maps.pages.scene import Ground, complete_grids, in_key_order, scene_data

CLASSES_PERCENT = (98.0, 95.0, 90.0, 80.0)
"""At least so many per cent, from the palest class on; what is below the last is the darkest. Our choice."""
_UNTOLD = -1
_BOX = '<rect x="5" y="1" width="24" height="14" fill="{fill}" stroke="{line}"/>'
_MOST_LISTED = 400
_LAYERS = {"community": "communities", "complex": "complexes", "grid": "grids"}


@dataclass(frozen=True, slots=True)
class Rates:
    """How many listed households were tied, place by place, as it may be shown."""

    by: Literal["community", "complex", "grid"]
    """One kind of place: beside another it would give small counts away."""
    table: pd.DataFrame
    """key, name; listed, matched and share as texts, share empty where counts are too small; open, whether some wait."""


def rates_page(
    rates: Rates,
    *,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    title: str,
    lang: str = "zh",
    as_of: date | None = None,
    credit: str | None = None,
) -> str:
    """One HTML document that needs nothing but a browser. Frames follow `geo.frames` (EPSG:4490); `grids` are shown where the
    rates are by grid. Buildings tell no households. Raises as `maps.pages.grids.grids_page`."""
    require_language(lang)
    none = gpd.GeoDataFrame({"ref": []}, geometry=[], crs=KEPT_CRS)
    ground = Ground(
        communities=in_key_order(communities, "code", "communities"),
        complexes=in_key_order(complexes, "ref", "complexes"),
        buildings=in_key_order(buildings.assign(households=None), "ref", "buildings"),
        roads=in_key_order(roads, "ref", "roads"),
        water=in_key_order(water, "ref", "water"),
        stations=none,
    )
    plan = complete_grids(_shown_grids(rates, grids), ground.buildings, None)
    places = plan if rates.by == "grid" else getattr(ground, _LAYERS[rates.by])
    of = _classes(rates, places["ref" if rates.by == "complex" else "code"])
    bounds = ground.bounds(plan) or CHINA
    head = Head(
        title=title,
        notice=page_text("notice", lang),
        dates=[page_text("as_of", lang, date=as_of.isoformat())] if as_of else [],
        figures=_figures(rates, lang),
        credit=credit,
        finds="grids" if len(plan) else "places",
    )
    rows = [*_rows(of["class"], lang), *(base_row(key, lang) for key in base_keys(ground))]
    legend = legend_html(rows, remarks=[legend_text("rates_masked", lang)], lang=lang)
    page = Page(
        title=title,
        lang=lang,
        body=head.html(lang, legend=_list_html(rates, places, lang) + legend),
        data={
            "origin": bounds[:2],
            "step": STEP_DEG,
            "bounds": None,
            "style": style.script_style(),
            "words": script_words(lang, own_kinds(none)),
            **scene_data(plan, ground, bounds[:2]),
            "rates": {"layer": _LAYERS[rates.by], **of},
        },
    )
    names = ("communities", "complexes", "buildings", "roads", "water")
    layers = ["rates", *(name for name in names if len(getattr(ground, name)))]
    add_map(page, bounds, ["labels", *layers] if len(plan) else layers, lang)
    return page.render()


def _shown_grids(rates: Rates, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if rates.by != "grid":
        return gpd.GeoDataFrame({"code": [], "households": [], "colour": []}, geometry=[], crs=KEPT_CRS)
    return in_key_order(grids.assign(households=None), "code", "grids")


def _classes(rates: Rates, keys: pd.Series) -> dict[str, list[Any]]:
    """For each place of `keys`: its class, what is told of it, and whether some wait."""
    known = rates.table.drop_duplicates("key").set_index("key")
    told = known.reindex(keys.astype(str).tolist())
    shares = pd.to_numeric(told["share"].fillna("").str.rstrip("%"), errors="coerce").to_numpy(dtype=float)
    of = np.searchsorted(-np.array(CLASSES_PERCENT), -np.nan_to_num(shares), side="left")
    return {
        "class": np.where(np.isnan(shares), _UNTOLD, of).tolist(),
        "told": [
            [] if pd.isna(listed) else [matched, listed, share]
            for matched, listed, share in zip(told["matched"], told["listed"], told["share"], strict=True)
        ],
        "open": told["open"].fillna(value=False).astype(bool).tolist(),
    }


def _rows(classes: list[int], lang: str) -> list[Row]:
    counts = Counter(classes)
    low = [f"{bound:g}" for bound in CLASSES_PERCENT]
    texts = [
        legend_text("rate_from", lang, low=low[0]),
        *(legend_text("rate_class", lang, low=a, high=b) for b, a in pairwise(low)),
        legend_text("rate_below", lang, high=low[-1]),
    ]
    rows = [
        Row("rates", _BOX.format(fill=style.HEAT[number], line=style.LINE), text, counts[number])
        for number, text in enumerate(texts)
        if counts[number]
    ]
    if counts[_UNTOLD]:
        box = _BOX.format(fill=style.LAND, line=style.LINE)
        rows.append(Row("rates", box, legend_text("rate_untold", lang), counts[_UNTOLD]))
    return rows


def _figures(rates: Rates, lang: str) -> list[tuple[str, str, bool]]:
    """The sums only where every place tells its own: else one that does not could be worked out."""
    placed = rates.table[rates.table["key"] != ""]
    waiting = int(placed["open"].sum())
    figures = [(f"{waiting:,}", "figure_open_places", waiting > 0)]
    if len(rates.table) and (rates.table["share"] != "").all():
        sums = [pd.to_numeric(rates.table[name].str.replace(",", "")).sum() for name in ("matched", "listed")]
        figures.insert(0, (f"{sums[0] / sums[1]:.1%}", "figure_rate", False))
    return [(value, FIGURES[key].text(lang), bad) for value, key, bad in figures]


def _list_html(rates: Rates, places: gpd.GeoDataFrame, lang: str) -> str:
    """Places from the lowest rate up; a line leads to its place by the fragment of the address."""
    there = set(places["ref" if rates.by == "complex" else "code"].astype(str))
    names = dict(zip(places["ref"].astype(str), column(places, "name"), strict=True)) if rates.by == "complex" else {}  # fmt: skip
    lines = []
    for row in rates.table.head(_MOST_LISTED).itertuples():
        if not row.key:
            name = escape(legend_text("rate_nowhere", lang))
        elif row.key in there:
            name = f'<a href="#{escape(str(names.get(row.key, row.key)))}">{escape(row.name or row.key)}</a>'
        else:
            name = escape(row.name or row.key)
        share = escape(row.share or legend_text("rate_untold", lang))
        waits = f'<td class="bad">{escape(legend_text("rate_open", lang))}</td>' if row.open else "<td></td>"
        lines.append(
            f"<tr><th scope=row>{name}</th><td>{escape(row.matched)} / {escape(row.listed)}</td>"
            f"<td>{share}</td>{waits}</tr>"
        )
    return (
        f'<details id="rates" class="card" open><summary>{escape(legend_text("rate_list", lang))}</summary>'
        f"<table><tbody>{''.join(lines)}</tbody></table></details>"
    )
