"""Every colour, width and type size of the maps and pages, in one place; a tenant may change them (`tenant`).

Fills were searched for in CIE Lab: lightness 79-89, and no two of them, water and paper closer than 5 (CIE94)
for normal, protan, deutan or tritan sight, and none of them blue as water. `tests/maps` keeps that true.
"""

from __future__ import annotations

from typing import Any

from maps.look.tenant import told

FILLS = told(
    "fills", ("#b9c4df", "#f6d8dd", "#a1cec8", "#dac393", "#d3dfc5", "#e0e898", "#e3daab", "#cac6b1")
)
"""Grid fills by colour number 0-7 (`geo.plans.colouring`)."""
OUTLINES = told(
    "outlines", ("#566686", "#9d737b", "#33716a", "#7b6528", "#707f60", "#6f7a28", "#827a40", "#6c684a")
)
"""The darker line of the same hue, drawn inside the grid."""

FONT = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", '
    '"WenQuanYi Micro Hei", system-ui, sans-serif'
)
BODY_PX = told("body_px", 14)
LEAST_PX = told("least_px", 12)

INK = told("ink", "#22262b")
SOFT_INK = told("soft_ink", "#5a6068")
PAPER = told("paper", "#f4f4f1")
LAND = told("land", "#fbfaf7")
LINE = told("line", "#d6d1c7")
ACCENT = told("accent", "#1d5b8f")
AMBER = told("amber", "#9a5200")
"""Outside the size bounds: dark enough for text on white (5.6:1)."""
RED = told("red", "#b3261e")
"""Broken, and the organisation's own symbols."""

WATER = told("water", {"fill": "#c6e5f5", "line": "#86b8d3", "text": "#2f6a8f"})
BUILDING = told("building", {"fill": "#d9d0c6", "line": "#a79b8d"})
COMPLEX = told("complex", {"line": "#8c7f72", "text": "#6b4f3a"})
COMMUNITY = told("community", {"line": "#3a3f45", "text": "#3a3f45"})
ROAD_CASING = told("road_casing", "#b9b2a6")
ROAD_TEXT = told("road_text", "#5e584f")

WALKS = told("walks", ("#8fc9a0", "#bfe2c6", "#e2f2e2"))
"""Ground within 5, 10 and 15 minutes on foot: one hue, darker for sooner."""
UNREACHED = told("unreached", {"fill": "#f2a33a", "line": AMBER})
"""Homes that walk too far: they stand out, also in grey by their mark."""

BEFORE = told("before", "#6a3d9a")
"""Outlines of the grids before a draft: a hue no fill and no other line has."""
MOVED = told("moved", {"fill": "#b48ad6", "line": BEFORE})
"""Homes that come to another grid."""
HEAT = told("heat", ("#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603"))
"""Events by hexagon, few to many: ColorBrewer's Oranges in five classes."""
MEMBERS = told("members", {"fill": "#f3b8ae", "line": RED})
"""Buildings where member households live, and the marks of those."""

ROADS: dict[str, dict[str, float]] = told(
    "roads",
    {
        "motorway": {"metres": 13, "least_px": 2.2, "from_zoom": 8},
        "trunk": {"metres": 12, "least_px": 2.0, "from_zoom": 8},
        "primary": {"metres": 11, "least_px": 1.8, "from_zoom": 9},
        "secondary": {"metres": 9, "least_px": 1.4, "from_zoom": 11},
        "tertiary": {"metres": 7.5, "least_px": 1.0, "from_zoom": 12.5},
        "residential": {"metres": 5.5, "least_px": 0.8, "from_zoom": 14.25},
        "other": {"metres": 4.5, "least_px": 0.8, "from_zoom": 14.5},
        "service": {"metres": 3.5, "least_px": 0.7, "from_zoom": 15},
        "footway": {"metres": 1.5, "least_px": 0.6, "from_zoom": 16},
    },
)
"""Drawn width on the ground, least width on paper, and the zoom each class appears at; widest first.
`rail` and `wall` are not roads to the eye and have their own lines."""

WATER_LINES_M = told(
    "water_lines_m", {"river": 20.0, "canal": 10.0, "stream": 4.0, "lake": 4.0, "other": 4.0}
)
"""Ground width of water that came as a line."""

SHEET_MM = told(
    "sheet_mm",
    {"small": 2.4, "normal": 2.9, "head": 3.6, "title": 6.4, "grid": 4.2, "small_grid": 3.0, "number": 1.75},
)
"""Type sizes of printed sheets: texts, headings, the title; names of grids, numbers of buildings."""

BUILDINGS_FROM_ZOOM = 14.25
"""Below this a building is a speck that only soils the fills."""
NAMES_FROM_ZOOM = 14.0
"""Below this the communities are named, from here on the grids."""

STYLES = (
    "ink",
    "soft_ink",
    "paper",
    "land",
    "line",
    "accent",
    "amber",
    "red",
    "road_casing",
    "road_text",
    "before",
    "body_px",
    "least_px",
    "fills",
    "outlines",
    "water",
    "building",
    "complex",
    "community",
    "walks",
    "unreached",
    "moved",
    "heat",
    "members",
    "roads",
    "water_lines_m",
    "sheet_mm",
)
"""What a tenant may change."""


def script_style() -> dict[str, Any]:
    """What the drawing script needs of the above, ready for JSON.

    >>> len(script_style()["fills"])
    8
    """
    return {
        "fills": FILLS,
        "outlines": OUTLINES,
        "font": FONT,
        "ink": INK,
        "softInk": SOFT_INK,
        "land": LAND,
        "amber": AMBER,
        "red": RED,
        "accent": ACCENT,
        "water": WATER,
        "building": BUILDING,
        "complex": COMPLEX,
        "community": COMMUNITY,
        "walks": WALKS,
        "heat": HEAT,
        "unreached": UNREACHED,
        "members": MEMBERS,
        "before": BEFORE,
        "moved": MOVED,
        "roadCasing": ROAD_CASING,
        "roadText": ROAD_TEXT,
        "roads": [{"class": name, **widths} for name, widths in ROADS.items()],
        "waterLinesM": WATER_LINES_M,
        "buildingsFromZoom": BUILDINGS_FROM_ZOOM,
        "namesFromZoom": NAMES_FROM_ZOOM,
    }


def css_variables() -> str:
    """The same values as CSS custom properties, for `page.css`."""
    values = {
        "font": FONT,
        "ink": INK,
        "soft-ink": SOFT_INK,
        "paper": PAPER,
        "line": LINE,
        "accent": ACCENT,
        "amber": AMBER,
        "red": RED,
        "body-size": f"{BODY_PX}px",
        "least-size": f"{LEAST_PX}px",
        "community-text": COMMUNITY["text"],
        "names-from-zoom": NAMES_FROM_ZOOM,
        "unreached": UNREACHED["fill"],
        **{f"walk-{number}": fill for number, fill in enumerate(WALKS)},
        **{f"fill-{number}": fill for number, fill in enumerate(FILLS)},
    }
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"
