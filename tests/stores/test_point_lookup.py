"""The index in memory and PostGIS's ST_Covers give the same answers, to the last point."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.plans.rules import profile
from layers.demo.district import generate
from layers.imports.imports import import_frame
from layers.lookup.snapshots import load_index
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers.town import DAY, NOW

POINTS = 100_000


@pytest.fixture
def district(postgis_url: str) -> Store:
    store = Store.open(url=postgis_url)
    frames = generate("small", seed=7).frames
    for layer in ("communities", "complexes", "buildings", "roads", "water"):
        import_frame(store, OPERATOR, layer, frames[layer], source="demo", actor="test", now=NOW)
    list(build_cells(store, OPERATOR, actor="t", now=NOW))
    adopt_grids(store, OPERATOR, frames["grids"], rules=profile("national"), source="t", actor="t", now=NOW)
    publish(store, OPERATOR, valid_from=DAY, as_drawn=True, actor="t", now=NOW)
    return store


def test_random_points_agree_with_st_covers(district: Store) -> None:
    with district.reading(OPERATOR) as unit:
        west, south, east, north = read_grids(unit, as_of=DAY).total_bounds
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(west, east, POINTS), rng.uniform(south, north, POINTS)
    ours = load_index(district, OPERATOR).locate_many(lon, lat, as_of=DAY)
    points = pd.DataFrame({"n": np.arange(POINTS), "lon": lon, "lat": lat})
    with district.engine.connect() as conn:
        conn.exec_driver_sql("CREATE TEMPORARY TABLE points (n int, lon float8, lat float8)")
        points.to_sql("points", conn, if_exists="append", index=False, method="multi", chunksize=10_000)
        theirs = pd.DataFrame(
            conn.execute(
                sa.text(
                    "SELECT p.n, min(g.code) AS grid, count(g.code) AS covering FROM points p "
                    "LEFT JOIN (grids g JOIN plans l ON l.id = g.plan_id AND l.state = 'published') "
                    "ON ST_Covers(g.geometry, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4490)) "
                    "GROUP BY p.n ORDER BY p.n"
                )
            ).all()
        )
    assert theirs["covering"].max() == 1, "random points do not hit edges"
    assert (theirs["covering"] == 1).mean() > 0.5
    assert ours["grid_code"].fillna("").tolist() == theirs["grid"].fillna("").tolist()
    district.close()
