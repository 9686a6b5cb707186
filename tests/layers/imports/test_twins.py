"""Things that come twice are seen by where they lie, before anything is written: moved, re-issued, doubled, in parts, in a
file of another layer.

the town in metres; houses of 30 x 12 at x = -500, -450, -400
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import sqlalchemy as sa
from shapely import box
from shapely.affinity import translate

from geo.errors import FrameError
from layers.files.faults import FaultyFileError
from layers.imports.imports import import_file, import_frame
from layers.imports.report import ImportReport
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.files.drawing import frame, two_communities, write_geojson

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PLACES = (-500.0, -450.0, -400.0)
HOUSES = [box(x, 0, x + 30, 12) for x in PLACES]
NAMES = ["1号楼", "2号楼", "3号楼"]


@pytest.fixture
def settled(store: Store) -> Store:
    import_frame(store, OPERATOR, "communities", two_communities(), source="t", actor="t", now=NOW)
    complexes = frame(
        [box(-520, -20, -440, 40), box(-430, -20, -350, 40)], ref=["X1", "X2"], name=["桂苑", "梅园"]
    )
    import_frame(store, OPERATOR, "complexes", complexes, source="t", actor="t", now=NOW)
    houses = frame(HOUSES, ref=["B1", "B2", "B3"], name=NAMES, households=[10, 20, 30])
    import_frame(store, OPERATOR, "buildings", houses, source="t", actor="t", now=NOW)
    return store


def load(store: Store, tmp_path: Path, layer: str, made: gpd.GeoDataFrame, **options: Any) -> ImportReport:
    path = write_geojson(tmp_path / f"{layer}.geojson", made)
    return import_file(store, OPERATOR, layer, path, actor="t", now=NOW, **options)


def refused(store: Store, tmp_path: Path, layer: str, made: gpd.GeoDataFrame, **options: Any) -> str:
    before = keys(store, layer)
    with pytest.raises(FaultyFileError) as error:
        load(store, tmp_path, layer, made, **options)
    assert keys(store, layer) == before, "nothing was written"
    return "\n".join(fault.reason.zh for fault in error.value.faults)


def keys(store: Store, layer: str) -> list[str]:
    table = t.LAYER_TABLES[layer]
    with store.read() as conn:
        return sorted(conn.scalars(sa.select(next(iter(table.primary_key.columns)))))


@pytest.mark.parametrize("shift", [(1, 1), (6, 0), (0, 7)])
def test_a_building_that_was_surveyed_anew_is_the_same(
    settled: Store, tmp_path: Path, shift: tuple[float, float]
) -> None:
    again = frame([translate(one, *shift) for one in HOUSES], 编号=["K01", "K02", "K03"], name=NAMES)
    assert "3 个新编号中有 3 个与库中已有对象占地相同" in refused(settled, tmp_path, "buildings", again)
    load(settled, tmp_path, "buildings", again, same="update")
    assert keys(settled, "buildings") == ["B1", "B2", "B3"]


def test_another_building_close_by_is_another(settled: Store, tmp_path: Path) -> None:
    beside = frame([translate(HOUSES[0], 0, 13)], 编号=["K01"], name=["1号楼"])
    assert load(settled, tmp_path, "buildings", beside).added == 1
    corner = frame([translate(HOUSES[2], 25, 10)], 编号=["K09"], name=["门卫"])
    assert load(settled, tmp_path, "buildings", corner).added == 1


def test_a_building_drawn_twice_in_one_file_is_told(settled: Store, tmp_path: Path) -> None:
    new = [box(500, 0, 530, 12), box(500.5, 0, 530.5, 12), box(600, 0, 630, 12)]
    made = frame(new, ref=["N1", "N2", "N3"], name=["a", "b", "c"])
    assert "与第 1 行（N1）占地相同" in refused(settled, tmp_path, "buildings", made)
    done = load(settled, tmp_path, "buildings", made, good_rows=True)
    assert (done.added, done.left_out) == (2, 1)
    assert keys(settled, "buildings") == ["B1", "B2", "B3", "N1", "N3"]
    load(settled, tmp_path, "buildings", made, same="add")
    assert "N2" in keys(settled, "buildings")


def test_polygons_of_units_stand_on_their_building(settled: Store, tmp_path: Path) -> None:
    units = [box(-500 + 10 * i, 0, -490 + 10 * i, 12) for i in range(3)]
    made = frame(units, ref=["U1", "U2", "U3"], name=[f"1号楼{i}单元" for i in (1, 2, 3)])
    said = refused(settled, tmp_path, "buildings", made)
    assert "3 行位于库中已有楼栋的占地上" in said
    assert "占地位于 B1 之上" in said
    load(settled, tmp_path, "buildings", made, replace=True, agreed=frozenset({"B1", "B2", "B3"}))
    assert {"U1", "U2", "U3"} <= set(keys(settled, "buildings"))


@pytest.mark.parametrize(
    ("layer", "shapes", "says"),
    [
        (
            "buildings",
            [box(-520, -20, -440, 40), box(-430, -20, -350, 40)],
            "这是小区 X1 的范围；请按 complexes 导入",
        ),
        ("complexes", HOUSES, "这是楼栋 B1 的范围；请按 buildings 导入"),
        ("complexes", [box(-1000, -500, 0, 500), box(0, -500, 1000, 500)], "的范围；请按 communities 导入"),
    ],
)
def test_a_file_of_another_layer_is_told(
    settled: Store, tmp_path: Path, layer: str, shapes: list[shapely.Geometry], says: str
) -> None:
    made = frame(shapes, ref=[f"K{i}" for i in range(len(shapes))], name=["x"] * len(shapes))
    assert says in refused(settled, tmp_path, layer, made)
    assert load(settled, tmp_path, layer, made, same="add").rows == len(shapes)


def test_stations_and_roads_come_again_too(settled: Store, tmp_path: Path) -> None:
    spots = [shapely.Point(-480, 20), shapely.Point(-470, 20)]
    load(settled, tmp_path, "stations", frame(spots, ref=["S1", "S2"], name=["东站", "西站"]))
    moved = frame([translate(spot, 4, 0) for spot in spots], ref=["T1", "T2"], name=["东站", "西站"])
    assert "2 个新编号中有 2 个" in refused(settled, tmp_path, "stations", moved)
    beside = frame([spots[0]], ref=["T3"], name=["书屋"])
    assert load(settled, tmp_path, "stations", beside).added == 1, "two of them in one house"
    lane, other = shapely.LineString([(-900, -40), (900, -40)]), shapely.LineString([(-900, -28), (900, -28)])
    load(settled, tmp_path, "roads", frame([lane], ref=["R1"], name=["人民路"], road_class=["primary"]))
    again = frame([translate(lane, 0, 1)], ref=["Q1"], name=["人民路"], road_class=["primary"])
    assert "1 个新编号中有 1 个" in refused(settled, tmp_path, "roads", again)
    twin = frame([other], ref=["R2"], name=["人民路"], road_class=["primary"])
    assert load(settled, tmp_path, "roads", twin).added == 1, "the lane of the other direction"


def test_frames_without_questions_still_load(settled: Store) -> None:
    with pytest.raises(FrameError):
        import_frame(
            settled,
            OPERATOR,
            "buildings",
            frame([box(0, 0, 0, 0)], ref=["Z"]),
            source="t",
            actor="t",
            now=NOW,
        )
