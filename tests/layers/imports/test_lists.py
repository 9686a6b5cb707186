"""Lists of residents and of other names go in whole or not at all, on both stores; persons are not kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import FileError, FrameError, NotAllowedError
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.imports.lists import import_list
from layers.lookup.aliases import read_aliases
from layers.people.residents import count_residents, read_residents
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.address_tables import residents
from layers.store.database import Store
from tests.layers.files.drawing import frame
from tests.layers.town import NOW
from tests.layers.unsealed import unsealed


def kept(store: Store) -> pd.DataFrame:
    return unsealed(store, sa.select(residents).order_by(residents.c.household, residents.c.population))


def listed(table: pd.DataFrame, *columns: str) -> list[list[object]]:
    plain = table[list(columns)].astype(object)
    return plain.where(plain.notna(), None).to_numpy().tolist()


def load(store: Store, path: Path, text: str, encoding: str = "utf-8", **more: object) -> object:
    path.write_bytes(text.encode(encoding))
    return import_list(store, OPERATOR, "residents", path, now=NOW, actor="ms wang", **more)  # type: ignore[arg-type]


def test_a_chinese_list_loads_and_leaves_persons_out(store: Store, tmp_path: Path) -> None:
    done = load(
        store,
        tmp_path / "户籍.csv",
        "户号,姓名,联系电话,住址,人口类型,党员类型,党员中心户\n"
        "H1,张三,13800000000,桂苑小区3号楼2单元501,户籍人口,在册党员,是\n"
        "H1,李四,,桂苑小区3号楼2单元501,户籍人口,在地,\n"
        "H2,,,桂苑小区4号楼,租户,,\n",
        "gbk",
    )
    found = kept(store)
    assert listed(found, "household", "population", "people", "members", "centre") == [
        ["H1", "registered", 2, "enrolled|local", True],
        ["H2", "floating", 1, None, False],
    ]
    assert found["source"].unique().tolist() == ["户籍.csv"]
    assert "张三" not in str(found.to_dict())
    said = " ".join(note.zh for note in done.notes)  # type: ignore[attr-defined]
    assert "姓名" in said
    assert "3 行合并为 2 条" in said


def test_lists_of_several_offices_join_on_the_household(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "household,address,population\nH1,甲苑1号楼,owner\nH2,甲苑2号楼,owner\n")
    load(store, tmp_path / "b.csv", "household,address,population\nH1,甲苑一号楼101,resident\n")
    with store.reading(OPERATOR) as unit:
        assert count_residents(unit) == (3, 2)


def test_a_list_replaces_what_was_known_of_its_households(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "household,address,population\nH1,甲苑1号楼,owner\nH2,甲苑2号楼,owner\n")
    before = kept(store)["ref"].tolist()
    done = load(
        store,
        tmp_path / "b.csv",
        "household,address,population,people\nH1,甲苑9号楼,owner,2\nH2,甲苑2号楼,owner,4\n",
    )
    found = kept(store)
    assert (done.added, done.updated) == (1, 1)  # type: ignore[attr-defined]
    assert found["address"].tolist() == ["甲苑9号楼", "甲苑2号楼"]
    assert found["people"].tolist() == [2, 4]
    assert found["ref"].tolist()[1] == before[1]
    assert found["ref"].tolist()[0] != before[0]


def test_a_whole_list_lets_go_of_who_left(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "household,address\nH1,甲苑1号楼\nH2,甲苑2号楼\n")
    load(store, tmp_path / "b.csv", "household,address\nH3,甲苑3号楼\n", whole=True)
    assert kept(store)["household"].tolist() == ["H1", "H2", "H3"]  # another source is none of its business
    done = load(store, tmp_path / "a.csv", "household,address\nH2,甲苑2号楼\n", whole=True)
    assert done.updated == 1  # type: ignore[attr-defined]
    assert kept(store)["household"].tolist() == ["H2", "H3"]


def test_a_row_without_a_key_gets_one_from_its_address(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "地址\n甲苑1号楼\n甲苑 1号楼\n甲苑2号楼\n")
    found = kept(store)
    assert found["household"].nunique() == 2
    assert found["population"].unique().tolist() == ["unstated"]


def test_faults_come_back_as_a_spreadsheet_and_nothing_is_loaded(store: Store, tmp_path: Path) -> None:
    text = "户号,地址,人口类型,人数\nH1,甲苑1号楼,户籍,1\n,,户籍,x\nH3,甲苑3号楼,火星人,1\nH4,=cmd(),户籍,1\n"
    with pytest.raises(FrameError) as error:
        load(store, tmp_path / "a.csv", text, faults_dir=tmp_path / "faults")
    assert [(f.row, f.column) for f in error.value.faults] == [
        (3, "人数"),
        (3, "地址"),
        (4, "人口类型"),
        (5, "地址"),
    ]
    assert kept(store).empty
    sheet = openpyxl.load_workbook(tmp_path / "faults" / "a-residents-faults.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["行号", "列", "值", "问题与建议"]


def test_columns_are_mapped_and_workbooks_read(store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["钥匙", "住在哪", "户别"])
    book.active.append(["K1", "甲苑1号楼", "老住户"])
    book.save(tmp_path / "a.xlsx")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "household: 钥匙\naddress: 住在哪\npopulation: 户别\nvalues:\n  population: {老住户: resident}\n",
        "utf-8",
    )
    import_list(store, OPERATOR, "residents", tmp_path / "a.xlsx", mapping=mapping, now=NOW, actor="test")
    assert listed(kept(store), "household", "population") == [["K1", "resident"]]


def test_a_dry_run_writes_nothing_and_shapes_are_no_list(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "地址\n甲苑1号楼\n", dry_run=True)
    assert kept(store).empty
    (tmp_path / "a.geojson").write_text("{}", "utf-8")
    with pytest.raises(FileError, match="comes as"):
        import_list(store, OPERATOR, "residents", tmp_path / "a.geojson", now=NOW, actor="test")


def test_addresses_are_read_by_the_operator_only_and_every_read_is_kept(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "地址\n甲苑1号楼\n")
    assert read_residents(store, OPERATOR, actor="me", now=NOW)["address"].tolist() == ["甲苑1号楼"]
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    with pytest.raises(NotAllowedError):
        read_residents(store, leader, actor="you", now=NOW)
    with store.reading(OPERATOR) as unit:
        deeds = read_history(unit)
    assert listed(deeds, "actor", "action") == [["me", "read residents"], ["ms wang", "import residents"]]
    assert "甲苑" not in str(deeds.to_dict())


def test_other_names_of_places_load_by_ref_or_name(store: Store, tmp_path: Path) -> None:
    from shapely import box

    homes = frame([box(0, 0, 100, 100), box(200, 0, 300, 100)], ref=["c1", "c2"], name=["桂苑", "兰苑"])
    import_frame(store, OPERATOR, "complexes", homes, source="test", actor="test", now=NOW)
    path = tmp_path / "names.csv"
    path.write_text(
        "类型,对象,别名,启用日期\n曾用名,桂苑,棉纺厂家属院,\n门牌,c2,人民西路12号,2020年1月1日\n旧路名,人民西路,反帝路,2030/1/1\n",
        "utf-8",
    )
    done = import_list(store, OPERATOR, "aliases", path, now=NOW, actor="me")
    assert (done.added, done.updated) == (3, 0)
    assert import_list(store, OPERATOR, "aliases", path, now=NOW, actor="test").updated == 3
    with store.reading(OPERATOR) as unit:
        found = read_aliases(unit, as_of=date(2026, 11, 22))
    assert listed(found, "kind", "target", "text") == [
        ["name", "c1", "棉纺厂家属院"],
        ["address", "c2", "人民西路12号"],
    ]
    path.write_text("kind,target,text,valid_from\nname,月亮苑,x,\nname,c1,y,someday\n", "utf-8")
    with pytest.raises(FrameError) as error:
        import_list(store, OPERATOR, "aliases", path, now=NOW, actor="test")
    assert [(f.row, f.column) for f in error.value.faults] == [(2, "target"), (3, "valid_from")]
