"""The small district as files inside the package, read through importlib.resources."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from geo.frames import CONTRACTS

FOLDER = "data.boundaries"
SHIPPED_SEED = 2026


def shipped_small() -> dict[str, Traversable]:
    """The GeoJSON file of each layer of `generate("small")`, as it ships in data/boundaries.

    Coordinates are EPSG:4490, as the `crs` member of each file and catalog.json say. For a path to hand
    to a reader: `with importlib.resources.as_file(shipped_small()["buildings"]) as path: ...`

    >>> shipped_small()["communities"].name
    'communities.geojson'
    """
    folder = files(FOLDER)
    return {layer: folder / f"{layer}.geojson" for layer in CONTRACTS}
