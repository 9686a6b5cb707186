"""One index behind a mask answers what an index of the area's own rows answers; what lies outside tells nothing of itself."""

from __future__ import annotations

import datetime as dt
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import KEPT_CRS, round_coordinates
from geo.locate.index import LookupIndex
from geo.locate.layers import BUILDINGS, COMMUNITIES, COMPLEXES, EVERYWHERE, GRIDS, Area

WEST, SOUTH, SIDE = 108.70, 34.30, 0.02
BOX = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
CODES = ("610402001001", "610402001002", "610402002001", "610403001001", "610403001002", "620102001001")
DAYS = [dt.date(2026, month, 15) for month in range(1, 13)]
LAYERS = {"grids": GRIDS, "communities": COMMUNITIES, "complexes": COMPLEXES, "buildings": BUILDINGS}


def _parts(rng: np.random.Generator, n: int, inside: shapely.Polygon) -> np.ndarray:
    points = shapely.MultiPoint(rng.uniform([WEST, SOUTH], [WEST + SIDE, SOUTH + SIDE], (n, 2)))
    shapes = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=inside))
    kept = shapely.intersection(shapes, inside)
    return shapely.coverage_clean(round_coordinates(kept[shapely.area(kept) > 0]))


def _layers() -> dict[str, gpd.GeoDataFrame]:
    """Communities side by side, grids of two plans in all but the last, and places that lie across edges, in another
    community than their code says, or in none."""
    rng = np.random.default_rng(9)
    outlines = _parts(rng, len(CODES), BOX)
    communities = gpd.GeoDataFrame(
        {"code": CODES, "name": [f"社区{c[-4:]}" for c in CODES]}, geometry=outlines, crs=KEPT_CRS
    )
    rows = []
    for number, (code, outline) in enumerate(zip(CODES[:-1], outlines, strict=False)):
        change = DAYS[2 + 2 * number]
        for plan, (since, until) in enumerate([(DAYS[0], change), (change, None)]):
            for i, shape in enumerate(_parts(rng, 4, outline)):
                rows.append(
                    {
                        "code": f"{code}{i + 1:03d}", "name": f"第{i}网格", "kind": "base", "community_code": code,
                        "plan_id": 2 * number + plan, "plan_version": plan + 1, "valid_from": since, "valid_to": until,
                        "geometry": shape,
                    }
                )  # fmt: skip

    def boxes(n: int, prefix: str, size: float) -> gpd.GeoDataFrame:
        corner = rng.uniform([WEST, SOUTH], [WEST + SIDE, SOUTH + SIDE], (n, 2))
        said = rng.choice(np.array([*CODES, None], dtype=object), n)
        return gpd.GeoDataFrame(
            {
                "ref": [f"{prefix}{i:02d}" for i in range(n)],
                "name": f"{prefix}名",
                "community_code": pd.Series(said, dtype="str"),
            },
            geometry=shapely.box(*corner.T, *(corner + size).T),
            crs=KEPT_CRS,
        )

    return {
        "grids": gpd.GeoDataFrame(rows, crs=KEPT_CRS),
        "communities": communities,
        "complexes": boxes(40, "k", 0.004),
        "buildings": boxes(120, "b", 0.001),
    }


FRAMES = _layers()
WHOLE = LookupIndex.build(version=3, **FRAMES)
SEEDS = np.random.default_rng(2)
POINTS = np.concatenate(
    [
        SEEDS.uniform([WEST - 0.001, SOUTH - 0.001], [WEST + SIDE + 0.001, SOUTH + SIDE + 0.001], (400, 2)),
        shapely.get_coordinates(FRAMES["grids"].geometry.array),  # shared corners
    ]
)
prefix = st.sampled_from(CODES).flatmap(lambda code: st.integers(1, len(code)).map(lambda n: code[:n]))
areas = st.lists(prefix | st.just("999"), max_size=3).map(tuple)
day = st.sampled_from(DAYS)


@cache
def _alone(area: Area) -> LookupIndex:
    """An index that was never told of anything outside the area."""

    def own(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        codes = frame["code" if "plan_id" not in frame and "ref" not in frame else "community_code"]
        return frame[[isinstance(code, str) and code.startswith(area) for code in codes]]

    return LookupIndex.build(version=3, **{name: own(frame) for name, frame in FRAMES.items()})


@settings(max_examples=150, deadline=None)
@given(areas, day, st.integers(0, len(POINTS) - 1))
def test_a_point_is_answered_as_by_an_index_of_the_area_alone(area: Area, as_of: dt.date, at: int) -> None:
    assert WHOLE.within(area).locate(*POINTS[at], as_of=as_of) == _alone(area).locate(
        *POINTS[at], as_of=as_of
    )


@settings(max_examples=30, deadline=None)
@given(areas, day)
def test_many_points_outlines_spans_and_buildings_alike(area: Area, as_of: dt.date) -> None:
    masked, alone = WHOLE.within(area), _alone(area)
    pd.testing.assert_frame_equal(
        masked.locate_many(*POINTS.T, as_of=as_of), alone.locate_many(*POINTS.T, as_of=as_of)
    )
    for layer in LAYERS.values():
        shown, own = (index.around(BOX.bounds, layer=layer, as_of=as_of) for index in (masked, alone))
        assert [one[:2] for one in shown] == [one[:2] for one in own]
        assert shapely.equals_exact([one[2] for one in shown], [one[2] for one in own]).all()
    assert masked.span(as_of) == alone.span(as_of)
    one, other = masked.standing(*POINTS.T).on(as_of), alone.standing(*POINTS.T).on(as_of)
    for here, there in zip(one, other, strict=True):
        assert [masked.words.key[row] for row in here] == [alone.words.key[row] for row in there]


@settings(max_examples=20, deadline=None)
@given(areas, day)
def test_the_mask_changes_nothing_for_others(area: Area, as_of: dt.date) -> None:
    before = WHOLE.locate_many(*POINTS.T, as_of=as_of)
    WHOLE.within(area).locate_many(*POINTS.T, as_of=as_of)
    pd.testing.assert_frame_equal(WHOLE.locate_many(*POINTS.T, as_of=as_of), before)
    pd.testing.assert_frame_equal(
        WHOLE.within(area).within(EVERYWHERE).locate_many(*POINTS.T, as_of=as_of), before
    )


def test_rows_of_no_community_are_seen_from_everywhere_only() -> None:
    nobodys = FRAMES["buildings"][FRAMES["buildings"]["community_code"].isna()]
    assert len(nobodys) > 5
    all_codes = tuple(code[:1] for code in CODES)
    seen = {key for key, _, _ in WHOLE.within(all_codes).around(BOX.bounds, layer=BUILDINGS, as_of=DAYS[0])}
    everything = {key for key, _, _ in WHOLE.around(BOX.bounds, layer=BUILDINGS, as_of=DAYS[0])}
    assert everything - seen == set(nobodys["ref"])
