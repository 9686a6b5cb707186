"""The whole made-up district from one seed: draw the plan, lay it on the ground, build, and keep the registers."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.conform import conform
from geo.crs import LocalMetres
from geo.errors import InputError
from geo.frames import CONTRACTS
from layers.demo.doors import with_lanes
from layers.demo.ground import Ground, lay
from layers.demo.housing import Housing, house
from layers.demo.layouts import lay_out, room_for_buildings
from layers.demo.places import Places, found, place_frames
from layers.demo.quarters import draw, draw_lattice
from layers.demo.registers import building_frame, complex_frame
from layers.demo.sizes import CENTRE_LAT, CENTRE_LON, Size, figures
from layers.demo.stations import station_frame
from layers.demo.terrain import Terrain
from layers.demo.today import today_frame
from layers.demo.uses import Uses, allot
from layers.demo.ways import road_frame, water_frame


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """A district as it would come in files."""

    frames: dict[str, gpd.GeoDataFrame]
    """By layer: districts, streets, communities, complexes, buildings, roads, water, stations, grids (those
    of today); EPSG:4490, columns as in `geo.frames`. Everything is made up."""
    facts: dict[str, int | float | str]
    """Counts and totals, among them what the frames do not tell: `households` and `people` are the true
    totals, of which the buildings' register knows `households_known` and `people_known`."""


def generate(size: Size, *, seed: int = 2026) -> DemoDistrict:
    """A believable Chinese district: `"small"` has 6 communities, `"district"` 106 and 669,700 people.

    The same size and seed give the same district anywhere (coordinates to 1e-9 degrees, as long as GEOS
    stays the same); the shipped files are `generate("small")`. Raises `InputError` for an unknown size or
    a negative seed. Takes well under a second and about 3 s of one core. Out of scope: residents, heights of the land, shops' tenants.
    """
    wanted = figures(size)
    if seed < 0:
        raise InputError(f"seed {seed} is negative; use 0 or more", f"种子 {seed} 为负数；请使用 0 或正整数")
    chance = [np.random.default_rng([seed, step]) for step in range(11)]  # one stream per step
    lattice = draw_lattice(chance[0], wanted)
    terrain = Terrain.drawn(
        chance[1], river_y=float(lattice.ys[wanted.river_line]), rail_y=float(lattice.ys[wanted.rail_line])
    )
    ground = lay(draw(chance[2], lattice, wanted), terrain)
    places = found(chance[3], ground, lattice, wanted)
    uses = allot(chance[4], ground, places)
    layout = lay_out(chance[5], ground, uses)
    housing = house(chance[6], layout, uses, wanted)
    local = LocalMetres.around(CENTRE_LON, CENTRE_LAT)
    frames = _registers(chance[7], ground, places, uses, layout, housing, local)
    footprints = layout["footprint"].to_numpy()
    with_shops = set(layout.loc[layout["role"] == "shop", "plot"].tolist())
    room = room_for_buildings(ground, with_shops)
    frames["roads"] = road_frame(chance[8], ground, uses, room, footprints, local)
    frames["water"] = water_frame(ground, uses, footprints, local)
    frames["stations"] = station_frame(chance[9], frames["buildings"], frames["communities"], wanted)
    frames["grids"] = today_frame(chance[10], ground, places, uses, layout, housing, wanted, local)
    frames["buildings"] = with_lanes(frames["buildings"], frames["communities"])
    frames = {layer: conform(frames[layer], contract) for layer, contract in CONTRACTS.items()}
    return DemoDistrict(frames, _facts(size, seed, frames, housing))


def _registers(
    rng: np.random.Generator,
    ground: Ground,
    places: Places,
    uses: Uses,
    layout: pd.DataFrame,
    housing: Housing,
    local: LocalMetres,
) -> dict[str, gpd.GeoDataFrame]:
    community = places.community[layout["plot"]]
    households, people = (
        np.bincount(community, weights=counted, minlength=len(places.codes)).astype(np.int64)
        for counted in (housing.households, housing.people)
    )
    frames = place_frames(places, local.to_degrees(ground.faces), households=households, people=people)
    frames["complexes"] = complex_frame(places, uses, local.to_degrees(ground.free))
    footprints = local.to_degrees(layout["footprint"].to_numpy())
    frames["buildings"] = building_frame(rng, layout, housing, places, uses, footprints)
    return frames


def _facts(
    size: str, seed: int, frames: dict[str, gpd.GeoDataFrame], housing: Housing
) -> dict[str, int | float | str]:
    buildings = frames["buildings"]
    return {
        "size": size,
        "seed": seed,
        **{layer: len(frame) for layer, frame in frames.items()},
        "households": int(housing.households.sum()),
        "households_known": int(buildings["households"].sum()),
        "people": int(housing.people.sum()),
        "people_known": int(buildings["people"].sum()),
        "dwellings": int(housing.dwellings.sum()),
        "exclusive_grids": int((frames["grids"]["kind"] == "exclusive").sum()),
    }
