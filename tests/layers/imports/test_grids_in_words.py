"""Registration tables of grids that tell their extent in words: what becomes of them on both stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from geo.errors import FileError, FrameError, InputError, NotFoundError
from layers.files.writers import write_table
from layers.imports.imports import import_file, import_frame
from layers.imports.registrations import read_plan_words
from layers.imports.report import ImportReport
from layers.plans import editing
from layers.plans.nets import net_names
from layers.plans.plans import newest_plan_ids, read_grids, read_labels
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from layers.words.tables import registered
from tests.layers.files.drawing import write_csv, write_xlsx
from tests.layers.town import EAST, NOW, WEST, settle, square

HEADER = ["序号", "社区", "网格编号", "网格名称", "所含小区/楼栋", "四至范围", "户数", "网格长", "联系电话"]


def load(store: Store, path: Path, **more: Any) -> ImportReport:
    return import_file(store, OPERATOR, "grids", path, actor="t", now=NOW, **more)


def notes(done: ImportReport) -> str:
    return "\n".join(note.zh for note in done.notes)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    homes = gpd.GeoDataFrame(
        {"ref": ["W", "E"], "name": ["西苑", "东苑"]},
        geometry=[square(0, 0, width=4, height=2), square(4, 0, width=4, height=2)],
        crs=4490,
    )
    import_frame(store, OPERATOR, "complexes", homes, source="t", actor="t", now=NOW)
    return store


def test_a_table_in_words_becomes_a_draft(town: Store, tmp_path: Path) -> None:
    rows = [
        [1, "西社区", f"{WEST}007", "第一网格", "西苑1-4号楼", "东至中街", 400, "张某", "13800000000"],
        [2, "西社区", "", "第二网格", "西苑（除1-4号楼）", "", 300, "李某", ""],
        ["合计", "", "", "", "", "", 700, "", ""],
    ]
    done = load(town, write_xlsx(tmp_path / "登记表.xlsx", HEADER, rows), faults_dir=tmp_path / "lists")
    with town.reading(OPERATOR) as unit:
        (plan_id,) = newest_plan_ids(unit, codes=[WEST])
        grids = read_grids(unit, plan_ids=[plan_id]).set_index("name")
    assert grids["households"].to_dict() == {"第一网格": 400, "第二网格": 400}
    assert grids.loc["第一网格", "code"] == f"{WEST}007"
    said = notes(done)
    assert "表中写 300 户，所写楼栋共 400 户" in said
    assert "附近没有名为“中街”的道路或水系" in said
    assert "未读取的列：序号" in said
    assert "网格长、联系电话：网格人员在方案发布后用同一文件载入：wangge import posts 登记表.xlsx" in said
    assert done.faults_file is not None
    assert "13800000000" not in str(list(openpyxl.load_workbook(done.faults_file).active.values))
    assert done.batch is not None


def test_what_cannot_be_placed_comes_back_word_by_word(town: Store, tmp_path: Path) -> None:
    rows = [
        [1, "西社区", "", "甲", "西苑1-3号楼、99号楼、芙蓉阁", "", "", "", ""],
        [2, "西社区", "", "乙", "西苑3-5号楼等", "", "", "", ""],
        [3, "西社区", "", "丙", "没有的路以东", "", "", "", ""],
    ]
    said = notes(load(town, write_csv(tmp_path / "a.csv", HEADER, rows, "gbk")))
    for words in (
        "第 2 行：“西苑99号楼”西苑没有99号楼",
        "第 2 行：“芙蓉阁”本社区没有名为“芙蓉阁”",
        "第 3 行：“西苑3-5号楼等”“等”未说明",
        "第 3 行：“西苑3号楼”1 栋同时属于第 1 个网格",
        "第 4 行：“没有的路以东”没有名为“没有的路”的道路或水系",
        "3 栋没有写入任何网格",
        "第 4 行：“丙”该网格的文字均未落到楼栋上",
    ):
        assert words in said
    with town.reading(OPERATOR) as unit:
        (plan_id,) = newest_plan_ids(unit, codes=[WEST])
        assert sorted(read_grids(unit, plan_ids=[plan_id])["name"]) == ["乙", "甲"]


def test_rows_without_words_or_community_refuse_the_file(town: Store, tmp_path: Path) -> None:
    rows = [
        [1, "", "", "甲", "西苑1号楼", "", "", "", ""],
        [2, "别处", "", "乙", "西苑2号楼", "", "", "", ""],
        [3, "西社区", "", "丙", "", "", "", "", ""],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", HEADER, rows)
    with pytest.raises(FrameError, match=r"2 fault\(s\)"):
        load(town, path)
    done = load(town, path, good_rows=True)
    assert (done.rows, done.left_out) == (1, 2)
    with pytest.raises(InputError, match="--crs"):
        load(town, path, crs="EPSG:4490")
    with pytest.raises(FileError, match="tells the extent of grids in words"):
        load(town, write_csv(tmp_path / "b.csv", ["网格", "户数"], [["甲", 3]]))


def test_a_dry_run_writes_nothing(town: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["社区编码", "网格", "范围"], [[EAST, "甲", "东苑"]])
    done = load(town, path, dry_run=True)
    assert done.dry_run
    with town.reading(OPERATOR) as unit:
        assert newest_plan_ids(unit) == []


def drafted(store: Store, tmp_path: Path) -> int:
    rows = [[EAST, "甲", "东苑9、11-13号楼"], [EAST, "乙", "东苑10、14-16号楼"]]
    load(store, write_csv(tmp_path / "d.csv", ["社区编码", "网格", "范围"], rows))
    with store.reading(OPERATOR) as unit:
        (plan_id,) = newest_plan_ids(unit, codes=[EAST])
    return plan_id


def table_of(store: Store, plan_id: int) -> pd.DataFrame:
    with store.reading(OPERATOR) as unit:
        return registered(unit, plan_id, lang="zh")


def labels(store: Store, plan_id: int) -> list[int]:
    with store.reading(OPERATOR) as unit:
        return list(read_labels(unit, plan_id).tolist())


def test_a_plan_told_in_words_is_imported_again_unchanged(town: Store, tmp_path: Path) -> None:
    plan_id = drafted(town, tmp_path)
    table = table_of(town, plan_id)
    assert table["words"].tolist() == ["东苑9、11-13号楼", "东苑10、14-16号楼"]
    done = load(town, write_table(table, tmp_path / "again.xlsx"))
    assert "有 0 条说明" in notes(done)
    with town.reading(OPERATOR) as unit:
        (again,) = newest_plan_ids(unit, codes=[EAST])
    assert again != plan_id
    assert labels(town, again) == labels(town, plan_id)


def test_words_of_a_draft_are_one_step_of_its_edits(town: Store, tmp_path: Path) -> None:
    plan_id = drafted(town, tmp_path)
    before = labels(town, plan_id)
    table = table_of(town, plan_id)
    table["words"] = ["东苑9、11号楼", "东苑10、12-16号楼"]
    operation, said = read_plan_words(town, OPERATOR, plan_id, write_table(table, tmp_path / "w.csv"))
    assert said == []
    done = editing.edit(town, OPERATOR, plan_id, operation, actor="t", now=NOW)
    assert len(done.cells) == 2
    assert table_of(town, plan_id)["words"].tolist() == ["东苑9、11号楼", "东苑（除9、11号楼）"]
    editing.undo(town, OPERATOR, plan_id, actor="t", now=NOW)
    assert labels(town, plan_id) == before
    table["name"], table["code"] = ["没有", "的"], [None, None]
    with pytest.raises(NotFoundError, match="has no grid"):
        read_plan_words(town, OPERATOR, plan_id, write_table(table, tmp_path / "x.csv"))


def test_words_become_areas_of_an_existing_net(town: Store, tmp_path: Path) -> None:
    rows = [["西社区", "警务一格", "西苑1-4号楼"], ["西社区", "警务二格", "西苑（除1-4号楼）"]]
    path = write_xlsx(tmp_path / "n.xlsx", ["社区", "网格名称", "范围"], rows)
    tried = load(town, path, net="公安", dry_run=True)
    assert tried.added == 2
    done = load(town, path, net="公安")
    assert "网格已成为网“公安”的 2 个区域，其中替换 0 个" in notes(done)
    with town.reading(OPERATOR) as unit:
        assert net_names(unit) == ["公安"]
        assert newest_plan_ids(unit, codes=[WEST]) == []
    assert "其中替换 2 个" in notes(load(town, path, net="公安"))
