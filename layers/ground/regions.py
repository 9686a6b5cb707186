"""Districts, streets, communities and complexes: the extents everything else lies in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import sqlalchemy as sa

from geo.errors import EmptyLayerError, NotFoundError
from layers.ground.ended import standing_on
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def read_districts(unit: Reading) -> gpd.GeoDataFrame:
    """All districts that hold something of the viewer's area, by code, in EPSG:4490."""
    return unit.frame(sa.select(t.districts).order_by(t.districts.c.code))


def read_streets(unit: Reading) -> gpd.GeoDataFrame:
    """All streets (街道/镇) that hold something of the viewer's area, by code, in EPSG:4490."""
    return unit.frame(sa.select(t.streets).order_by(t.streets.c.code))


def read_communities(unit: Reading, *, codes: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The communities in the viewer's area, by code, in EPSG:4490; all of them or those of `codes`."""
    statement = sa.select(t.communities).order_by(t.communities.c.code)
    return unit.frame(of_codes(statement, t.communities.c.code, codes))


def read_complexes(
    unit: Reading, *, codes: Sequence[str] | None = None, as_of: date | None = None
) -> gpd.GeoDataFrame:
    """The residential complexes of the viewer's communities, by ref. Those of today, or those that were
    there on the day `as_of`."""
    statement = sa.select(t.complexes).order_by(t.complexes.c.ref)
    today = unit.frame(of_codes(statement, t.complexes.c.community_code, codes))
    return today if as_of is None else standing_on(unit, "complexes", today, as_of, codes)


def community_codes(unit: Reading, *, prefixes: Sequence[str] | None = None) -> list[str]:
    """The codes of the viewer's communities, sorted; `prefixes` narrows to communities, streets or districts.

    Raises `EmptyLayerError` when there are no communities, `NotFoundError` for a prefix that matches none.
    """
    statement = sa.select(t.communities.c.code).order_by(t.communities.c.code)
    codes = list(unit.scalars(statement))
    if not codes:
        raise EmptyLayerError(
            "there are no communities; import them (wangge import communities FILE) or a map "
            "(wangge import osm FILE), or try wangge demo",
            "还没有社区；请先导入（wangge import communities 文件 或 wangge import osm 文件），或试用 wangge demo",
        )
    if prefixes is None:
        return codes
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in codes):
            raise NotFoundError(
                f"no community has the code {prefix}; the first there is {codes[0]}",
                f"没有编码为 {prefix} 的社区；现有的第一个是 {codes[0]}",
            )
    return [code for code in codes if code.startswith(tuple(prefixes))]


def replaceable(unit: Reading) -> list[str]:
    """The codes of working areas that may give way to real communities: those without a published plan."""
    published = sa.select(t.plans.c.community_code).where(t.plans.c.state == "published")
    working = sa.select(t.communities.c.code).where(
        t.communities.c.kind == "working", t.communities.c.code.not_in(published)
    )
    return list(unit.scalars(working))
