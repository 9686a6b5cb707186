"""Reach and sites as plain records, for the routes, the tables and the command line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo.errors import Words
from geo.reach.streets import GUESSED
from layers.reach.reach import By, Reach, named
from layers.reach.sites import Sites
from layers.reach.walks import Walks
from maps.look.words import station_kind

CIRCLE = Words("straight-line estimate", "直线估算")
PLACE_DECIMALS = 7
"""Of degrees: about a centimetre."""
FAR_OFF_M = 300.0
"""A station further from any street is likely misplaced. Our choice, five minutes' walk."""
_PLACE = ("lon", "lat")


def reach_rows(reach: Reach, by: By | None, lang: str) -> pd.DataFrame:
    """The figures of `Reach.table`; kinds of station named in `lang`."""
    done = reach.table(by)
    if by == "kind":
        done["name"] = [station_kind(kind, lang) for kind in done["code"]]
    return done


def two_days(then: pd.DataFrame, now: pd.DataFrame, minutes: float) -> pd.DataFrame:
    """Rows of `reach_rows` on two days beside each other: code, name, households, reached_before, reached, more, points
    (percentage points). A group that is missing on one day reaches nobody there."""
    asked, share = f"households_{minutes:g}", f"reach_{minutes:g}"
    both = now.merge(then, on="code", how="outer", suffixes=("", "_then"), sort=True)
    reached, before = (both[name].fillna(0).astype("int64") for name in (asked, f"{asked}_then"))
    return pd.DataFrame(
        {
            "code": both["code"],
            "name": both["name"].fillna(both["name_then"]),
            "households": both["households"].fillna(both["households_then"]).astype("int64"),
            "reached_before": before,
            "reached": reached,
            "more": reached - before,
            "points": ((both[share] - both[f"{share}_then"]) * 100).round(2),
        }
    )


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: missing values null, degrees (lon, lat) to a centimetre, shares with four decimals."""
    return [
        {str(name): _plain(value, PLACE_DECIMALS if name in _PLACE else 4) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _plain(value: Any, decimals: int) -> Any:
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return round(float(value), decimals) if isinstance(value, (float, np.floating)) else str(value)


def gap_rows(reach: Reach, *, most: int | None = None) -> pd.DataFrame:
    """The homes not reached, most households first, with minutes and the name of the nearest station; `buildings` says of
    how many homes the counts are."""
    gaps = reach.gaps().head(most) if most is not None else reach.gaps()
    stations = dict(zip(reach.stations["ref"], reach.stations["name"], strict=True))
    names = reach.names
    return pd.DataFrame(
        {
            "building": gaps["ref"],
            "complex": gaps["complex"],
            "name": gaps["name"].astype(object).where(gaps["name"].notna(), ""),
            "community_code": gaps["community_code"],
            "community": named(gaps["community_code"], names["community"]),
            "street": named(gaps["street_code"], names["street"]),
            "grid_code": gaps["grid_code"],
            "buildings": gaps["together"],
            "households": gaps["households"],
            "people": gaps["people"],
            "metres": gaps["metres"].round(),
            "minutes": (gaps["metres"] / (60 * reach.speed_m_s)).round(1),
            "station": [stations.get(ref) for ref in gaps["station"]],
            "circle_metres": gaps["circle_m"].where(np.isfinite(gaps["circle_m"])).round(),
            "lon": gaps["lon"].round(6),
            "lat": gaps["lat"].round(6),
        }
    )


def station_rows(reach: Reach) -> pd.DataFrame:
    """The viewer's stations with what each serves within the minutes."""
    stations = reach.stations
    point = stations.geometry
    known = ["ref", "name", "kind", "floor_area_m2", "opening_hours", "capacity", "community_code"]
    return pd.DataFrame(stations[known]).assign(
        community=named(stations["community_code"], reach.names["community"]),
        households=stations["households"],
        buildings=stations["buildings"],
        m2_per_100_households=(
            stations["floor_area_m2"].astype("Float64")
            / stations["households"].where(stations["households"] > 0)
            * 100
        ).round(1),
        off_street_m=stations["off_street_m"].where(np.isfinite(stations["off_street_m"])),
        lon=point.x.round(6),
        lat=point.y.round(6),
    )


def site_rows(sites: Sites, reach: Reach) -> pd.DataFrame:
    """One row a chosen place, named after the building next to it."""
    homes = reach.homes.set_index("ref")
    near = homes.loc[sites.places["near"]]
    said = [
        f"{a}{b}"
        for a, b in zip(
            near["complex"], near["name"].astype(object).where(near["name"].notna(), ""), strict=True
        )
    ]
    done = pd.DataFrame(sites.places.drop(columns="geometry")).assign(near=said)
    done.insert(4, "community", named(done["community_code"], reach.names["community"]))
    return done.assign(lon=done["lon"].round(6), lat=done["lat"].round(6))


def site_choices(sites: Sites) -> list[dict[str, Any]]:
    """What each choice comes to: households reached, its objective, the bound proved and the gap (0: proved best)."""
    return [
        {
            "choice": number,
            "stations": len(one.chosen),
            "reached": round(one.reached),
            "gained": round(one.reached) - sites.reached_now,
            "objective": round(one.objective, 1),
            "bound": round(one.bound, 1),
            "gap": round(one.gap, 6),
        }
        for number, one in enumerate(sites.choices, start=1)
    ]


def remarks(walks: Walks, reach: Reach) -> list[Words]:
    """What a reader must know of the figures: estimates, guessed gates, parts without a way, far-off stations."""
    said: list[Words] = []
    if reach.homes["households_estimated"].fillna(False).any():
        said.append(Words("households are partly estimated", "户数含估算"))
    here = walks.homes["ref"].isin(reach.homes["ref"]).to_numpy()
    mine = set(walks.network.doors.complex[here].tolist())
    gates = walks.streets.gates
    guessed = {int(at) for at, kind in zip(gates.complex, gates.kind, strict=True) if kind == GUESSED} & mine
    if guessed:
        count = len(guessed)
        said.append(
            Words(
                f"{count} complexes have no known gate: one was guessed where a street is nearest",
                f"{count} 个小区没有已知出入口，按距道路最近处推测",
            )
        )
    lost = (
        reach.homes[reach.homes["metres"].isna().to_numpy()] if len(reach.station_m) else reach.homes.iloc[:0]
    )
    if len(lost):
        total = int(lost["households"].sum())
        said.append(
            Words(
                f"{len(lost)} buildings with {total:,} households have no way on foot to any station",
                f"{len(lost)} 栋楼（{total:,} 户）没有通往任何站点的步行路",
            )
        )
    if shut := int(here[walks.network.doors.through].sum()):
        said.append(
            Words(
                f"{shut} buildings reach no street but through water or a wall; the nearest one was taken",
                f"{shut} 栋楼到道路须穿过水域或墙，按最近道路计算",
            )
        )
    return said + _misplaced(reach) + _bundled(reach)


def _misplaced(reach: Reach) -> list[Words]:
    """Stations whose place is in doubt."""
    shut = reach.stations[reach.stations["shut_in"].to_numpy()]
    far = reach.stations[
        (~reach.stations["shut_in"] & (reach.stations["off_street_m"] > FAR_OFF_M)).to_numpy()
    ]
    said = [
        Words(
            f"station {name} lies in water or behind a wall; check its place",
            f"站点“{name}”落在水域内或被墙围住，请核对位置",
        )
        for name in shut["name"]
    ]
    return said + [
        Words(
            f"station {name} lies {off:,.0f} m from the nearest street; check its place",
            f"站点“{name}”距最近道路 {off:,.0f} 米，请核对位置",
        )
        for name, off in zip(far["name"], far["off_street_m"], strict=True)
    ]


def _bundled(reach: Reach) -> list[Words]:
    homes = reach.homes
    with_others = int((homes["together"] != 1).sum())
    if not with_others:
        return []
    return [
        Words(
            f"{with_others} buildings with small counts are told together with their neighbours, or not at all where "
            "a community has too few",
            f"{with_others} 栋楼数量过小，与邻近楼栋合并统计；全社区数量仍过小的不计",
        )
    ]
