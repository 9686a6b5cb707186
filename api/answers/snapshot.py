"""A published version as files: what is drawn is read, without a count of anybody, and written with its styles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd

from geo.errors import EmptyLayerError
from layers.files.snapshots import write_snapshot
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.ground.streets import read_roads, read_water
from layers.plans.plans import read_grids
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.look.qgis import qml

_KEPT = {
    "grids": ("code", "name", "kind", "community_code", "colour", "plan_version", "born", "retired"),
    "communities": ("code", "name", "kind"),
    "complexes": ("ref", "name", "phase", "community_code"),
    "buildings": ("ref", "name", "use", "levels", "complex_ref", "community_code"),
    "roads": ("ref", "name", "road_class"),
    "water": ("ref", "name", "kind"),
}
"""Layer -> the columns that are written: nothing that counts households or people."""


def make_snapshot(store: Store, viewer: Viewer, folder: Path, *, as_of: date) -> list[Path]:
    """The files of what is in force on a day, in `folder`. Raises `EmptyLayerError` where nothing is."""
    with store.reading(viewer) as unit:
        grids = read_grids(unit, as_of=as_of)
        if grids.empty:
            raise EmptyLayerError(
                f"no grids are in force on {as_of}; publish a plan or choose another day",
                f"{as_of} 没有生效的网格；请先发布方案或选择其他日期",
            )
        layers: dict[str, gpd.GeoDataFrame] = {
            "water": read_water(unit),
            "buildings": read_buildings(unit, as_of=as_of),
            "complexes": read_complexes(unit, as_of=as_of),
            "roads": read_roads(unit),
            "grids": grids,
            "communities": read_communities(unit),
        }
    kept = {name: frame[[*_KEPT[name], "geometry"]] for name, frame in layers.items()}
    return write_snapshot(kept, {name: qml(name) for name in kept}, folder)


def snapshot_folder(home: Path, version: int) -> Path:
    """Where the files of a version are."""
    return home / "snapshots" / str(version)


def snapshots(home: Path) -> dict[int, list[Path]]:
    """The versions that were written, the newest first, with their files."""
    root = home / "snapshots"
    found = [one for one in root.iterdir() if one.is_dir() and one.name.isdigit()] if root.is_dir() else []
    return {
        int(one.name): sorted(
            file for file in one.iterdir() if file.is_file() and not file.name.startswith(".")
        )
        for one in sorted(found, key=lambda one: -int(one.name))
    }
