"""Buildings of unknown use: what the import makes of them, and how complexes and tables change it, on both stores."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import sqlalchemy as sa
from shapely import box

from geo.cells.homes import IN_COMPLEX, NOTHING_KNOWN
from layers.imports.imports import import_file, import_frame
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame
from tests.layers.files.drawing import frame, house, two_communities, write_csv
from tests.layers.town import NOW


def put(store: Store, layer: str, made: gpd.GeoDataFrame) -> list[str]:
    report = import_frame(store, OPERATOR, layer, made, source="t", actor="t", now=NOW)
    return [note.zh for note in report.notes]


def stored(store: Store) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(t.buildings).order_by(t.buildings.c.ref)).set_index("ref")


def settle(store: Store) -> list[str]:
    """Three houses nobody knows anything of."""
    put(store, "communities", two_communities())
    shapes = [house(-580, 0), house(-400, 0), house(320, 0)]
    return put(store, "buildings", frame(shapes, ref=["N1", "N2", "G1"], levels=[6, 6, 6]))


def test_nobody_lives_where_nothing_says_so_until_a_complex_does(store: Store) -> None:
    notes = settle(store)
    before = stored(store)
    assert before["households"].isna().all()
    assert before["home_sure"].tolist() == [NOTHING_KNOWN] * 3
    assert any("3 栋依据不足未计" in note for note in notes)
    notes = put(
        store, "complexes", frame([box(-600, -100, -300, 100)], ref=["X1"], name=["石榴花园"], aliases=[[]])
    )
    after = stored(store)
    assert after["home_sure"].tolist() == [NOTHING_KNOWN, IN_COMPLEX, IN_COMPLEX]
    assert after["households_estimated"].tolist() == [False, True, True]
    assert any("用途不明：2 栋有依据按住宅计" in note for note in notes)


def test_a_table_of_ref_and_use_corrects_it(store: Store, tmp_path: Path) -> None:
    settle(store)
    put(store, "complexes", frame([box(-600, -100, -300, 100)], ref=["X1"], name=["石榴花园"], aliases=[[]]))
    path = write_csv(tmp_path / "用途.csv", ["楼栋编号", "用途"], [["N1", "商业"], ["G1", "住宅"]], "utf-8")
    import_file(store, OPERATOR, "buildings", path, actor="t", now=NOW)
    after = stored(store)
    assert after["home_sure"].tolist() == [1.0, 0.0, IN_COMPLEX]
    assert after["households"].isna().tolist() == [False, True, False]


def test_an_estimate_that_comes_back_in_a_file_is_made_again(store: Store) -> None:
    settle(store)
    put(store, "complexes", frame([box(-600, -100, -300, 100)], ref=["X1"], name=["石榴花园"], aliases=[[]]))
    again = stored(store).reset_index().drop(columns=["source"])
    again.loc[again["ref"] == "N1", "use"] = "commercial"
    put(store, "buildings", again)
    assert stored(store)["households"].isna().tolist() == [True, True, False]
