"""The document around a map: everything inside one file, and a policy that forbids it to ask for anything else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import folium
from branca.element import Figure
from folium.map import Layer
from folium.template import Template

from maps.look.assets import read_static, vendored
from maps.look.style import css_variables
from maps.look.words import page_text
from maps.pages.encode import script_json

SCRIPTS = ("shapes.js", "scene.js", "placing.js", "labels.js", "finding.js", "panels.js")
"""Our own scripts in the order they are read, after Leaflet."""


class Page(Figure):
    """A folium figure that renders as one self-contained document.

    Takes the place of branca's own document, which links scripts from the network and puts the title in
    unescaped. Only the scripts written here may run: the policy names them by checksum, so that even a
    script smuggled in by a name could do nothing.
    """

    def __init__(self, *, title: str, lang: str, body: str, data: dict[str, Any]) -> None:
        super().__init__()
        self.page_title = title
        self.lang = lang
        self.body = body
        """Trusted HTML around the map, its texts already escaped."""
        self.data = data

    def render(self, **kwargs: Any) -> str:
        """The whole document."""
        for child in self._children.values():
            child.render(**kwargs)
        head, chart, program = (part.render(**kwargs) for part in (self.header, self.html, self.script))
        scripts = [vendored("leaflet.js"), *map(read_static, SCRIPTS), program]
        styles = [vendored("leaflet.css"), css_variables(), read_static("page.css")]
        return "\n".join(
            [
                "<!DOCTYPE html>",
                f'<html lang="{"zh-CN" if self.lang == "zh" else "en"}">',
                "<head>",
                '<meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts)}">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<link rel="icon" href="data:,">',
                f"<title>{escape(self.page_title)}</title>",
                head,
                *(f"<style>{style}</style>" for style in styles),
                "</head>",
                "<body>",
                f"<noscript>{escape(page_text('no_script', self.lang))}</noscript>",
                f'<main id="sheet">{self.body}{chart}</main>',
                f'<script type="application/json" id="wangge-data">{script_json(self.data)}</script>',
                *(f"<script>{script}</script>" for script in scripts),
                "</body>",
                "</html>",
                "",
            ]
        )


def policy(scripts: Sequence[str]) -> str:
    """The content security policy: nothing is loaded, and of scripts only these run.

    >>> policy(["1"])[:45]
    "default-src 'none'; script-src 'sha256-a4ayc/"
    """
    sums = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{value}'" for value in sums)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


class OfflineMap(folium.Map):
    """A folium map without a tile layer and without one link outward; drawn on canvas."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium's own attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro header(this, kwargs) %}
        <style>#{{ this.get_name() }} { position: absolute; inset: 0; }</style>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
            });
            wangge.start({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, *, name: str, centre: tuple[float, float]) -> None:
        super().__init__(
            location=[centre[1], centre[0]],
            tiles=None,
            zoom_start=14,
            zoom_control=False,
            prefer_canvas=True,
            min_zoom=4,
            max_zoom=20,
            zoom_snap=0.25,
            attribution_control=False,
            fade_animation=False,
        )
        self._id = name


class Part(Layer):
    """One layer of the scene in folium's layer switch. `part` is the layer's name in the script."""

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = wangge.part({{ this.part|tojson }});{% endmacro %}"
    )

    def __init__(self, part: str, *, name: str, show: bool = True) -> None:
        super().__init__(name=name, overlay=True, show=show)
        self._name = "Part"
        self._id = part
        self.part = part


class Ready(folium.MacroElement):
    """The last word of the script: fit the map to `bounds` (west, south, east, north) and listen."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "wangge.ready({{ this._parent.get_name() }}, {{ this.corners|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "ready"
        west, south, east, north = bounds
        self.corners = [[south, west], [north, east]]


@dataclass(frozen=True, slots=True)
class Head:
    """The title block: what a sheet of paper would say on its right side."""

    title: str
    notice: str
    """内部工作用图, or the map approval number."""
    dates: Sequence[str]
    figures: Sequence[tuple[str, str, bool]]
    """Value, what it counts, and whether it calls for attention."""
    credit: str | None
    finds: Literal["grids", "places"] = "grids"
    """What the search box says it finds."""

    def html(self, lang: str, *, legend: str) -> str:
        """Title block, search and legend on the left, credit line below."""
        figures = "".join(
            f"<div{' class=bad' if bad else ''}><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>"
            for value, what, bad in self.figures
        )
        dates = "".join(f"<span>{escape(line)}</span>" for line in self.dates)
        box = "search" if self.finds == "grids" else "search_places"
        label, hint = escape(page_text(f"{box}_label", lang)), escape(page_text(f"{box}_hint", lang))
        sources = [page_text("credit", lang, credit=self.credit)] if self.credit else []
        credit = escape(" · ".join([*sources, page_text("made_with", lang)]))
        return (
            '<div id="left"><header id="head" class="card">'
            f'<p class="notice">{escape(self.notice)}</p><h1 title="{escape(self.title)}">{escape(self.title)}</h1>'
            f'<p class="dates">{dates}</p><dl class="figures">{figures}</dl>'
            f'<div id="search" role="search"><input type="search" autocomplete="off" spellcheck="false" '
            f'aria-label="{label}" placeholder="{hint}"><ul></ul></div></header>{legend}</div>'
            f'<p id="credit" title="{credit}">{credit}</p>'
        )
