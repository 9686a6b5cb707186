"""OpenStreetMap files whose ways stand before their nodes, as editors and some converters write them, put in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import osmium

_PARTS = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)


def in_order(path: Path, kind: str) -> bool:
    """Whether nodes come before ways and ways before relations. `kind`: `osm` or `pbf`."""
    last = 0
    things: Any = osmium.FileProcessor(osmium.io.File(str(path), kind))
    for thing in things:
        rank = 0 if thing.is_node() else 1 if thing.is_way() else 2
        if rank < last:
            return False
        last = rank
    return True


def put_in_order(path: Path, kind: str, folder: Path) -> Path:
    """A copy of the file in `folder` with nodes first, then ways, then relations, all else as it was."""
    ordered = folder / "ordered.osm.pbf"
    with osmium.SimpleWriter(str(ordered)) as writer:
        for part in _PARTS:
            for thing in osmium.FileProcessor(osmium.io.File(str(path), kind), part):
                writer.add(thing)
    return ordered
