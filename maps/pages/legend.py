"""The legend of a map: only what is drawn, each class with its count, each state with a pattern beside its colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from maps.look import style
from maps.look.words import LAYERS, STATION_KINDS, legend_text, page_text, station_kind, station_letter


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a legend."""

    layer: str
    """The layer it belongs to; the line is hidden while that layer is."""
    swatch: str
    """Inside of an SVG of 34 x 16 pixels."""
    text: str
    count: int | None = None


_BOX = '<rect x="1" y="1" width="32" height="14" fill="{fill}" stroke="{line}" stroke-width="{width}"/>'
_FALLING = "M1 1l14 14M11 1l14 14M21 1l12 12"
_RISING = "M1 15l14-14M11 15l14-14M21 15l12-12"
_DOTS = "".join(
    f'<circle cx="{x}" cy="{y}" r="1.1" fill="{style.OUTLINES[0]}"/>'
    for y, first in ((4, 4), (8, 8), (12, 4))
    for x in range(first, 32, 8)
)


def grid_rows(states: Mapping[str, int], *, bounds: tuple[int, int] | None, lang: str) -> list[Row]:
    """The classes of grids that occur; `states` counts them, those of one unit alone as `exclusive`; `bounds` are least and
    most households."""
    low, high = bounds or (0, 0)
    box = _BOX.format(fill=style.FILLS[0], line=style.OUTLINES[0], width=2)
    alone = states.get("exclusive", 0)
    own = [Row("grids", box + _DOTS, legend_text("exclusive", lang), alone)] if alone else []
    if not bounds and not states.get("stray"):
        count = sum(states.values()) - alone
        return [Row("grids", box, legend_text("grid", lang), count), *own]
    hatched = {"below": (_FALLING, style.AMBER), "above": (_RISING, style.AMBER)}
    hatched["stray"] = (_FALLING + _RISING, style.RED)
    rows = []
    for state in ("within", "below", "above", "stray", "unjudged"):
        if not states.get(state):
            continue
        path, colour = hatched.get(state, ("", ""))
        lines = f'<path d="{path}" stroke="{colour}" fill="none"/>' if path else ""
        key = "grid" if state == "unjudged" and not bounds else state
        rows.append(Row("grids", box + lines, legend_text(key, lang, low=low, high=high), states[state]))
    return rows + own


def reach_rows(
    within: Mapping[float, int],
    *,
    minutes: float,
    left: int,
    limit_m: float,
    circle: int | None,
    lang: str,
) -> list[Row]:
    """Walk areas by minutes with the households in them, the `left` households, and the circle beside it."""
    rows = [
        Row(
            "walks",
            _BOX.format(fill=fill, line=style.LINE, width=1),
            legend_text("walk", lang, minutes=f"{step:g}"),
            count,
        )
        for fill, (step, count) in zip(style.WALKS, sorted(within.items()), strict=False)
    ]
    mark = '<circle cx="17" cy="8" r="5" fill="{fill}" stroke="{line}"/>'
    if left:
        rows.append(
            Row(
                "unreached",
                mark.format(**style.UNREACHED),
                legend_text("beyond", lang, minutes=f"{minutes:g}"),
                left,
            )
        )
    if circle is not None:
        ring = f'<circle cx="17" cy="8" r="7" fill="none" stroke="{style.ACCENT}" stroke-dasharray="4 3"/>'
        rows.append(Row("circles", ring, legend_text("circle", lang, metres=f"{limit_m:,.0f}"), circle))
    return rows


def station_rows(
    kinds: Mapping[str, int], lang: str, letters: Mapping[str, str | None] | None = None
) -> list[Row]:
    """One line for each kind of station that occurs."""
    mark = f'<path d="M11 2l7 12H4z" fill="{style.RED}"/>'
    return [
        Row(
            "stations",
            f'{mark}<text x="20" y="13" fill="{style.RED}" font-size="12" font-weight="600">'
            f"{station_letter(kind, lang, (letters or {}).get(kind))}</text>",
            station_kind(kind, lang),
            kinds[kind],
        )
        for kind in [*STATION_KINDS, *sorted(set(kinds) - set(STATION_KINDS))]
        if kinds.get(kind)
    ]


def base_row(key: str, lang: str) -> Row:
    """The line of something that is drawn one way: `community`, `working`, `complex`, `building`, `road`, ..."""
    community = (
        f'<path d="M0 8h34" stroke="{style.COMMUNITY["line"]}" stroke-width="3" stroke-dasharray="12 4 3 4"/>'
    )
    drawings = {
        "community": ("communities", community),
        "working": ("communities", community),
        "complex": ("complexes", _BOX.format(fill="none", line=style.COMPLEX["line"], width=1)),
        "building": (
            "buildings",
            f'<path d="M4 3h12v4h-5v6H4zM21 3h10v10H21z" fill="{style.BUILDING["fill"]}" '
            f'stroke="{style.BUILDING["line"]}"/>',
        ),
        "road": (
            "roads",
            f'<path d="M0 8h34" stroke="{style.ROAD_CASING}" stroke-width="7"/>'
            '<path d="M0 8h34" stroke="#fff" stroke-width="5"/>',
        ),
        "rail": (
            "roads",
            '<path d="M0 8h34" stroke="#77736c" stroke-width="3"/>'
            '<path d="M0 8h34" stroke="#fff" stroke-width="1.6" stroke-dasharray="7 7"/>',
        ),
        "wall": (
            "roads",
            f'<path d="M0 8h34" stroke="{style.COMPLEX["line"]}" stroke-width="1.4" stroke-dasharray="1 3"/>',
        ),
        "water": ("water", _BOX.format(fill=style.WATER["fill"], line=style.WATER["line"], width=1)),
    }
    layer, swatch = drawings[key]
    return Row(layer, swatch, legend_text(key, lang))


def legend_html(rows: list[Row], *, remarks: list[str], lang: str) -> str:
    """The legend card: grids first with their classes, then stations, then the base. Empty without rows."""
    if not rows:
        return ""
    parts = []
    for position, row in enumerate(rows):
        if position == 0 or _group(row) != _group(rows[position - 1]):
            parts.append(
                f'<div class="group" role="group" aria-label="{escape(LAYERS[row.layer].text(lang))}">'
            )
        count = "" if row.count is None else f'<span class="count">{row.count:,}</span>'
        parts.append(
            f'<div class="row" data-layer="{row.layer}"><svg width="34" height="16" aria-hidden="true">{row.swatch}</svg>'
            f'<span>{escape(row.text)} <span class="wait">{escape(legend_text("zoom_in_for", lang))}</span></span>'
            f"{count}</div>"
        )
        if position == len(rows) - 1 or _group(row) != _group(rows[position + 1]):
            parts.append("</div>")
    notes = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks)
    return (
        f'<details id="legend" class="card" open><summary>{escape(page_text("legend", lang))}</summary>'
        f'<div class="rows">{"".join(parts)}</div>{notes}</details>'
    )


def _group(row: Row) -> str:
    if row.layer in {"walks", "unreached", "circles"}:
        return "reach"
    if row.layer in {"members", "centres"}:
        return "members"
    return row.layer if row.layer in {"grids", "stations"} else "base"
