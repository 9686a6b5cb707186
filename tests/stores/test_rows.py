"""Frames to rows and back are the same frames, on both stores."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from geo.conform import conform
from geo.frames import BUILDINGS, COMPLEXES, ROADS
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import Upserted, insert_frame, read_frame, upsert_frame

ODD = 'tab\t newline\n back\\slash "quote" \'; DROP TABLE buildings; -- 𠮷'


def frame(n: int = 3) -> gpd.GeoDataFrame:
    corner = 108.7 + np.arange(n) / 1000
    raw = gpd.GeoDataFrame(
        {
            "ref": [f"b{i}" for i in range(n)],
            "name": [ODD, None, "3号楼"][:n] + ["x"] * (n - 3),
            "households": [12, None, 0][:n] + [1] * (n - 3),
            "height_m": [18.5, None, 3.0][:n] + [None] * (n - 3),
            "households_estimated": [True, False, False][:n] + [False] * (n - 3),
        },
        geometry=shapely.box(corner, 34.123456789, corner + 0.0005, 34.2),
        crs=4490,
    )
    return conform(raw, BUILDINGS)


def stored(store: Store) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(t.buildings).order_by(t.buildings.c.ref)).drop(columns="source")


def test_what_is_written_is_read_back(store: Store) -> None:
    want = frame()
    with store.begin() as conn:
        assert insert_frame(conn, t.buildings, want, source="test") == 3
    got = stored(store)
    assert_frame_equal(got.drop(columns="geometry"), want.drop(columns="geometry"), check_like=True)
    assert got.crs == "EPSG:4490"
    assert all(a.equals_exact(b, 0) for a, b in zip(got.geometry, want.geometry, strict=True))


def test_upsert_adds_and_updates(store: Store) -> None:
    with store.begin() as conn:
        insert_frame(conn, t.buildings, frame(2), source="old")
    with store.begin() as conn:
        done = upsert_frame(conn, t.buildings, frame(3).assign(name="新名"), source="new")
    assert done == Upserted(added=1, updated=2)
    assert stored(store)["name"].tolist() == ["新名"] * 3


def test_an_empty_frame_writes_and_reads(store: Store) -> None:
    with store.begin() as conn:
        assert insert_frame(conn, t.buildings, frame().iloc[:0], source="x") == 0
    got = stored(store)
    assert got.empty
    assert got["households"].dtype == "Int64"


def test_names_and_lines_survive(store: Store) -> None:
    complexes = conform(
        gpd.GeoDataFrame(
            {"ref": ["c"], "aliases": ["老名|曾用名"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4490
        ),
        COMPLEXES,
    )
    roads = conform(
        gpd.GeoDataFrame(
            {"ref": ["r"], "road_class": ["primary"]},
            geometry=[shapely.LineString([(0, 0), (1, 1)])],
            crs=4490,
        ),
        ROADS,
    )
    with store.begin() as conn:
        insert_frame(conn, t.complexes, complexes, source="x")
        insert_frame(conn, t.roads, roads, source="x")
    with store.read() as conn:
        assert read_frame(conn, sa.select(t.complexes))["aliases"].tolist() == [["老名", "曾用名"]]
        assert read_frame(conn, sa.select(t.roads)).geometry.iloc[0].length == pytest.approx(2**0.5)


def test_many_rows(store: Store) -> None:
    with store.begin() as conn:
        insert_frame(conn, t.buildings, frame(2000), source="x")
    with store.begin() as conn:
        assert upsert_frame(conn, t.buildings, frame(2500), source="x") == Upserted(500, 2000)
    assert len(stored(store)) == 2500
