"""Nothing of a person is kept with a list of residents, nor repeated in what is said of it. All persons are made up."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import FrameError
from layers.history import read_history
from layers.imports.lists import import_list, import_rows
from layers.rights.viewer import OPERATOR
from layers.store.address_tables import residents
from layers.store.database import Store
from tests.layers.town import NOW
from tests.layers.unsealed import unsealed

PERSON = ("张三", "13800138000", "610402198001011234", "87654321", "E12345678")
LIST = (
    "户号,地址\n"
    "H1,户主张三 桂苑3号楼2单元501室 13800138000\n"
    "H2,桂苑4号楼101 身份证610402198001011234\n"
    "H3,桂苑5号楼 029-87654321\n"
    "H4,桂苑6号楼 护照E12345678\n"
)


def load(store: Store, path: Path, text: str, **more: object) -> object:
    path.write_text(text, "utf-8")
    return import_list(store, OPERATOR, "residents", path, now=NOW, actor="ms wang", **more)  # type: ignore[arg-type]


def kept(store: Store) -> pd.DataFrame:
    return unsealed(store, sa.select(residents).order_by(residents.c.household))


def test_persons_in_addresses_are_cut_out_and_counted(store: Store, tmp_path: Path) -> None:
    done = load(store, tmp_path / "r.csv", LIST)
    assert kept(store)["address"].tolist() == [
        "桂苑3号楼2单元501室",
        "桂苑4号楼101",
        "桂苑5号楼",
        "桂苑6号楼",
    ]
    said = " ".join(note.zh + note.en for note in done.notes)  # type: ignore[attr-defined]
    assert "4 条地址" in said
    assert "姓名 1 处、电话 2 处、证件或账号 2 处" in said
    with store.reading(OPERATOR) as unit:
        history = str(read_history(unit).to_dict())
    assert not any(part in said + history + str(kept(store).to_dict()) for part in PERSON)


def test_one_home_is_one_record_whoever_is_named(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "r.csv", "户号,地址\nH1,桂苑3号楼 13800138000\nH1,桂苑3号楼 13900139000\n")
    assert kept(store)["people"].tolist() == [2]


@pytest.mark.parametrize(
    "key",
    [
        "610402198001011234",
        "61040219800101123X",
        "610402800101123",
        "13800138000",
        "E12345678",
        "６１０４０２８００１０１１２３",
    ],
)
def test_a_number_of_a_person_is_no_key_and_is_not_repeated(store: Store, tmp_path: Path, key: str) -> None:
    with pytest.raises(FrameError) as refused:
        load(store, tmp_path / "r.csv", f"户号,地址\n{key},桂苑3号楼\nH2,桂苑4号楼\n", faults_dir=tmp_path)
    assert "身份证" in refused.value.words.zh
    assert key not in str(refused.value.words) + str(refused.value.faults)
    assert kept(store).empty
    rows = pd.DataFrame({"household": [key], "address": ["桂苑3号楼"]})
    with pytest.raises(FrameError):
        import_rows(store, OPERATOR, "residents", rows, source="t", now=NOW, actor="t")


def test_faults_repeat_nothing_of_a_person(store: Store, tmp_path: Path) -> None:
    text = (
        "户号,地址,人数,党员类型\n"
        "H1,户主张三 桂苑3号楼,13800138000,张三\n"
        "H2,张三 610402198001011234,两口,在册\n"
        f"H3,{'张三' * 300},610402198001011234,E12345678\n"
    )
    with pytest.raises(FrameError) as refused:
        load(store, tmp_path / "r.csv", text, faults_dir=tmp_path)
    sheet = openpyxl.load_workbook(next(tmp_path.glob("*faults.xlsx"))).active
    assert sheet is not None
    written = str([cell.value for row in sheet.iter_rows() for cell in row])
    for told in (written, str(refused.value.words), str(refused.value.faults)):
        assert not any(part in told for part in PERSON)
    assert "两口" in written


def test_an_address_of_nothing_but_a_person_is_a_fault(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="nothing is left"):
        load(store, tmp_path / "r.csv", "户号,地址\nH1,13800138000\nH2,桂苑3号楼\n")


def test_unknown_kinds_are_asked_for_once_each(store: Store, tmp_path: Path) -> None:
    text = (
        "户号,地址,政治面貌\n"
        + "".join(f"H{i},桂苑{i}号楼,中共党员\n" for i in range(1, 30))
        + "H30,桂苑1号楼,群众\n"
    )
    with pytest.raises(FrameError) as refused:
        load(store, tmp_path / "r.csv", text)
    (fault,) = refused.value.faults
    assert (fault.row, fault.value) == (2, "中共党员")
    assert "29" in fault.reason.zh
    assert "values" in fault.reason.zh
    mapping = tmp_path / "m.yaml"
    mapping.write_text("values:\n  member:\n    中共党员: enrolled\n", "utf-8")
    load(store, tmp_path / "r.csv", text, mapping=mapping)
    assert kept(store)["members"].notna().sum() == 29


@pytest.mark.parametrize(
    ("column", "word", "kept_as"),
    [
        ("人员类别", "流动人员", "floating"),
        ("人员类别", "户籍人口", "registered"),
        ("人口类型", "外来人口", "floating"),
        ("居住状态", "自住", "resident"),
    ],
)
def test_kinds_of_people_by_their_usual_words(
    store: Store, tmp_path: Path, column: str, word: str, kept_as: str
) -> None:
    load(store, tmp_path / "r.csv", f"户号,地址,{column}\nH1,桂苑3号楼,{word}\n")
    assert kept(store)["population"].tolist() == [kept_as]


def test_references_cannot_be_worked_out_from_what_is_known(store: Store, tmp_path: Path) -> None:
    other = Store.open(home=tmp_path / "other")
    try:
        other.migrate()
        for one in (store, other):
            load(one, tmp_path / "r.csv", "户号,地址\nH1,桂苑3号楼\n,桂苑4号楼\n")
        first, second = kept(store), kept(other)
        assert set(first["ref"]).isdisjoint(second["ref"])
        made = [frame[frame["household"] != "H1"]["household"].item() for frame in (first, second)]
        assert made[0] != made[1]
        load(store, tmp_path / "r.csv", "户号,地址\nH1,桂苑3号楼\n,桂苑4号楼\n")
        assert set(kept(store)["ref"]) == set(first["ref"])
    finally:
        other.close()
