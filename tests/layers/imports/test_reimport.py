"""A layer imported again: what the file does not say stays, what it says is counted, what moved or doubled is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import sqlalchemy as sa

from geo.errors import FrameError, InputError
from layers.imports import imports
from layers.imports.imports import import_file, import_frame
from layers.imports.report import ImportReport
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame
from tests.layers.files.drawing import frame, house, two_communities, write_geojson

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PLACES = [-500.0, -450.0, -400.0, 500.0]
REFS = ["N1", "N2", "N3", "N4"]


def stored(store: Store) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(t.buildings).order_by(t.buildings.c.ref))


@pytest.fixture
def settled(store: Store) -> Store:
    import_frame(store, OPERATOR, "communities", two_communities(), source="t", actor="t", now=NOW)
    first = frame(
        [house(x, 0) for x in PLACES],
        ref=REFS,
        name=["1号楼", "2号楼", "3号楼", "4号楼"],
        use=["residential"] * 4,
        levels=[6, 6, 6, 6],
        households=[350, 40, 30, 20],
        people=[900, 100, 80, 60],
        road_addresses=["桂花路1号", None, None, None],
    )
    import_frame(store, OPERATOR, "buildings", first, source="t", actor="t", now=NOW)
    return store


def again(store: Store, tmp_path: Path, made: gpd.GeoDataFrame, **options: Any) -> ImportReport:
    path = write_geojson(tmp_path / "again.geojson", made)
    return import_file(store, OPERATOR, "buildings", path, actor="t", now=NOW, **options)


def test_columns_that_a_file_lacks_keep_their_values(settled: Store, tmp_path: Path) -> None:
    before = stored(settled)
    report = again(
        settled,
        tmp_path,
        frame([house(x, 0) for x in PLACES], ref=REFS, name=["甲", "2号楼", "3号楼", "4号楼"]),
    )
    after = stored(settled)
    for column in ("levels", "households", "households_estimated", "people", "road_addresses", "use"):
        assert after[column].fillna("-").tolist() == before[column].fillna("-").tolist(), column
    assert report.changed == {"name": 1}


def test_an_empty_cell_keeps_what_is_stored_unless_told_to_clear(settled: Store, tmp_path: Path) -> None:
    blank = frame([house(x, 0) for x in PLACES], ref=REFS, people=[950, None, None, None])
    kept = again(settled, tmp_path, blank)
    assert stored(settled)["people"].tolist() == [950, 100, 80, 60]
    assert kept.changed == {"people": 1}
    assert any("people 3" in note.en for note in kept.notes)
    cleared = again(settled, tmp_path, blank, clear=("people",))
    assert stored(settled)["people"].fillna(-1).tolist() == [950, -1, -1, -1]
    assert cleared.changed == {"people": 3}
    assert stored(settled)["households"].tolist() == [350, 40, 30, 20]


def test_a_count_that_is_cleared_becomes_an_estimate(settled: Store, tmp_path: Path) -> None:
    again(settled, tmp_path, frame([house(PLACES[0], 0)], ref=["N1"]), clear=("households",))
    rows = stored(settled)
    assert rows["households_estimated"].tolist() == [True, False, False, False]
    assert rows["households"].tolist()[1:] == [40, 30, 20]


@pytest.mark.parametrize("column", ["ref", "户数", "nothing"])
def test_what_cannot_be_cleared_is_named(settled: Store, tmp_path: Path, column: str) -> None:
    with pytest.raises(InputError, match="can be emptied of name"):
        again(settled, tmp_path, frame([house(0, 0)], ref=["N1"]), clear=(column,))


def test_columns_are_always_told(settled: Store, tmp_path: Path) -> None:
    made = frame([house(PLACES[0], 0)], ref=["N1"], 楼名=["1号楼"], 外墙颜色=["红"])
    told = "\n".join(note.zh for note in again(settled, tmp_path, made).notes)
    assert "ref → ref（同名）" in told
    assert "未读取的列：" in told
    assert "外墙颜色" in told


@pytest.mark.parametrize("name", ["序号", "FID", "OBJECTID", "gid", "编号", "id", "ref_no"])
@pytest.mark.parametrize("as_text", [False, True])
def test_numbers_that_count_rows_are_no_keys(store: Store, tmp_path: Path, name: str, as_text: bool) -> None:
    import_frame(store, OPERATOR, "communities", two_communities(), source="t", actor="t", now=NOW)
    for place in (-500, 500):
        numbers: list[Any] = [f"{i}.0" if as_text else i for i in (1, 2, 3)]
        made = frame([house(place + 50 * i, 0) for i in range(3)], **{name: numbers}, 名称=["甲", "乙", "丙"])
        again(store, tmp_path, made)
        again(store, tmp_path, made)  # the same file once more adds nothing
    assert len(stored(store)) == 6


def test_a_known_key_that_stands_elsewhere_is_asked_about(settled: Store, tmp_path: Path) -> None:
    elsewhere = frame([house(x + 200, 200) for x in PLACES], ref=REFS)
    with pytest.raises(FrameError, match="4 of 4 known keys stand for things elsewhere"):
        again(settled, tmp_path, elsewhere)
    assert again(settled, tmp_path, elsewhere, moved=True).updated == 4


def test_the_same_houses_under_new_numbers_are_decided_once(settled: Store, tmp_path: Path) -> None:
    reissued = frame([house(x + 1, 1) for x in PLACES], ref=["X1", "X2", "X3", "X4"], people=[1, 2, 3, 4])
    with pytest.raises(FrameError, match="4 of 4 new buildings cover the ground of stored ones"):
        again(settled, tmp_path, reissued)
    report = again(settled, tmp_path, reissued, same="update")
    assert (report.added, report.updated) == (0, 4)
    rows = stored(settled)
    assert rows["ref"].tolist() == REFS
    assert rows["people"].tolist() == [1, 2, 3, 4]
    assert rows["households"].tolist() == [350, 40, 30, 20]
    assert again(settled, tmp_path, reissued, same="add").added == 4


def test_communities_given_as_buildings_are_seen(settled: Store, tmp_path: Path) -> None:
    given = two_communities().rename(columns={"code": "ref"})
    with pytest.raises(FrameError, match="outline of 610402001001 of the communities"):
        again(settled, tmp_path, given)


def test_good_rows_are_loaded_and_the_others_listed(settled: Store, tmp_path: Path) -> None:
    made = frame(
        [house(-300, 0), house(-250, 0), house(9000, 0), house(-200, 0)],
        ref=["a", "b", "c", "d"],
        levels=["6", "many", "6", "999"],
    )
    with pytest.raises(FrameError):
        again(settled, tmp_path, made)
    assert len(stored(settled)) == 4
    report = again(settled, tmp_path, made, good_rows=True, faults_dir=tmp_path / "lists")
    assert (report.rows, report.added, report.left_out) == (1, 1, 3)
    assert report.faults_file is not None
    listed = openpyxl.load_workbook(report.faults_file).active
    assert {row[0] for row in listed.iter_rows(min_row=2, values_only=True)} == {2, 3, 4}


def test_nothing_good_is_refused(settled: Store, tmp_path: Path) -> None:
    with pytest.raises(FrameError):
        again(settled, tmp_path, frame([house(9000, 0)], ref=["a"]), good_rows=True)


def test_rows_that_left_the_file_go_when_asked(settled: Store, tmp_path: Path) -> None:
    fewer = frame([house(PLACES[0], 0), house(PLACES[1], 0)], ref=REFS[:2])
    told = again(settled, tmp_path, fewer, replace=True, dry_run=True)
    assert [key for key, _, _ in told.gone] == ["N3"]  # N4 stands in a community that the file does not touch
    assert len(stored(settled)) == 4
    again(settled, tmp_path, fewer)
    assert len(stored(settled)) == 4
    done = again(settled, tmp_path, fewer, replace=True)
    assert [key for key, _, _ in done.gone] == ["N3"]
    assert stored(settled)["ref"].tolist() == ["N1", "N2", "N4"]


def test_a_list_that_cannot_be_written_does_not_undo_the_import(settled: Store, tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("a file where the folder should be")
    made = frame([house(-300, 0), house(9000, 0)], ref=["a", "b"])
    report = again(settled, tmp_path, made, good_rows=True, faults_dir=tmp_path / "lists")
    assert "a" in stored(settled)["ref"].tolist()
    assert report.faults_file is None
    assert any("the import is done, but the list" in note.en for note in report.notes)
    with pytest.raises(FrameError, match="outside every community"):
        again(settled, tmp_path, made, faults_dir=tmp_path / "lists")


def test_faults_repeat_nothing_of_a_person(settled: Store, tmp_path: Path) -> None:
    address = "桂花路1号 户主：张三 13800138000 610402199001011234" + "x" * 20_000
    made = frame([house(9000, 0)], ref=["a"], name=["户主：张三 13800138000"], 地址=[address])
    with pytest.raises(FrameError) as caught:
        again(settled, tmp_path, made, faults_dir=tmp_path / "lists")
    book = openpyxl.load_workbook(next((tmp_path / "lists").iterdir())).active
    texts = str(caught.value.faults) + str(list(book.values))
    assert "13800138000" not in texts
    assert "张三" not in texts
    assert "610402199001011234" not in texts


def test_others_write_while_a_file_is_checked(
    settled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks hold no lock; what somebody wrote meanwhile is checked against."""
    real = imports.check_frame
    turns: Iterator[int] = iter(range(10))

    def checking(*args: Any, **options: Any) -> Any:
        if next(turns) == 0:
            with settled.writing(OPERATOR, actor="o", now=NOW) as unit:
                unit.execute(t.buildings.update().where(t.buildings.c.ref == "N1").values(people=777))
                unit.record(action="test", detail={})
        return real(*args, **options)

    monkeypatch.setattr(imports, "check_frame", checking)
    again(settled, tmp_path, frame([house(x, 0) for x in PLACES], ref=REFS, levels=[7, 7, 7, 7]))
    rows = stored(settled)
    assert rows["people"].tolist()[0] == 777
    assert rows["levels"].tolist() == [7, 7, 7, 7]
