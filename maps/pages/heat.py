"""Events by hexagon on a map: five classes of one hue, with their bounds in the legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from maps.look import style
from maps.look.words import legend_text
from maps.pages.encode import Origin, encode_shapes
from maps.pages.legend import Row

_BOX = '<rect x="5" y="1" width="24" height="14" fill="{fill}" stroke="{line}"/>'


@dataclass(frozen=True, slots=True)
class Heat:
    """How much there was to do where, as a map shows it."""

    name: str
    """What it is a count of, such as 12345."""
    hexagons: gpd.GeoDataFrame
    """events (above 0) and the shape of each, EPSG:4490."""
    bundled: bool
    """Whether places with few events were counted with their neighbours."""


def heat_data(heat: Heat | None, origin: Origin) -> dict[str, Any] | None:
    """Shapes and classes (0–4) of the hexagons; None without `heat`. The counts themselves are not in the page."""
    if heat is None:
        return None
    shapes = np.asarray(heat.hexagons.geometry.array, dtype=object)
    return {"shapes": encode_shapes(shapes, origin), "class": _classes(heat)[0].tolist()}


def heat_rows(heat: Heat | None, lang: str) -> list[Row]:
    """A line of the legend for each class that occurs, with its bounds and its number of hexagons."""
    if heat is None:
        return []
    of, events = _classes(heat)
    rows = []
    for number in sorted(set(of.tolist())):
        mine = events[of == number]
        low, high = int(mine.min()), int(mine.max())
        text = legend_text(
            "heat" if low < high else "heat_one", lang, name=heat.name, low=f"{low:,}", high=f"{high:,}"
        )
        rows.append(Row("heat", _BOX.format(fill=style.HEAT[number], line=style.LINE), text, len(mine)))
    return rows


def heat_remarks(heat: Heat | None, lang: str) -> list[str]:
    """What a reader must know of the counts."""
    return [legend_text("heat_bundled", lang)] if heat is not None and heat.bundled else []


def _classes(heat: Heat) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class of each hexagon, a fifth of the hexagons in each where counts differ, and the counts."""
    events = heat.hexagons["events"].to_numpy(dtype=np.int64)
    bounds = np.unique(np.quantile(events, [0.2, 0.4, 0.6, 0.8])) if len(events) else np.empty(0)
    return np.searchsorted(bounds, events, side="left").astype(np.int64), events
