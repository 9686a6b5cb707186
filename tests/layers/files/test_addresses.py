"""Files of addresses and gazetteers: what is read, what is refused, and how answers are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from geo.errors import FileError, InputError
from layers.files.addresses import read_addresses, write_lines
from layers.files.gazetteers import read_gazetteer
from layers.files.limits import Limits
from tests.geo.addresses.town import BUILDINGS, COMPLEXES, ROADS


def gazetteer_folder(folder: Path) -> Path:
    """The town's register as files."""
    folder.mkdir()
    COMPLEXES.to_csv(folder / "complexes.csv", index=False)
    BUILDINGS.to_csv(folder / "buildings.csv", index=False)
    ROADS.to_csv(folder / "roads.csv", index=False)
    admin = {
        "prov": "陕西省",
        "city": "咸阳市",
        "district": "秦都区",
        "streets": ["望江街道", {"name": "河东街道", "other_names": ["河东镇"]}],
        "communities": [{"name": "桃安社区", "street": "望江街道"}],
    }
    (folder / "admin.json").write_text(json.dumps(admin), "utf-8")
    return folder


def test_three_formats_say_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame({"note": ["x", "y"], "id": ["7", "8"], "address": ["芙蓉苑3号楼", None]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    lines = [
        json.dumps({"id": 7, "address": "芙蓉苑3号楼"}, ensure_ascii=False),
        json.dumps({"id": "8", "address": None}),
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    for name in ("a.csv", "a.parquet", "a.ndjson"):
        assert read_addresses(tmp_path / name) == (["7", "8"], ["芙蓉苑3号楼", ""])


def test_gbk_and_no_ids(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("地址;备注\n芙蓉苑3号楼;a\n丹泽苑\n".encode("gbk"))
    assert read_addresses(tmp_path / "a.csv") == (["1", "2"], ["芙蓉苑3号楼", "丹泽苑"])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"id,name\n1,x\n", "no column 'text'"),
        ("a.csv", b"", "empty"),
        ("a.csv", b'id,text\n1,"x\n' + b"\x00", "not a text file"),
        ("a.kml", b"x", ".csv, .xlsx, .ndjson or .parquet"),
        ("a.ndjson", b'{"id": 1, "text": "x"}\n[1]\n', "line 2"),
        ("a.ndjson", b'{"id": 1\n', "line 1"),
        ("a.parquet", b"PAR1xxxxPAR1", "Parquet"),
        ("a.csv", b"id,text\n1,a\n2,b\n3,c\n", "more than 2"),
        ("a.ndjson", b'{"text": "a"}\n' * 3, "more than 2"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=says):
        read_addresses(tmp_path / name, limits=Limits(rows=2))


def test_answers_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    write_lines(out, ("id", "x"), ["1,甲\r\n", "2,乙\r\n"])
    assert out.read_text("utf-8") == "id,x\n1,甲\n2,乙\n"

    def breaks() -> Iterator[str]:
        yield "3,c"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_lines(out, ("id", "x"), breaks())
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert "甲" in out.read_text("utf-8")
    with pytest.raises(FileError):
        write_lines(tmp_path / "no" / "out.csv", ("id",), [])


def test_a_gazetteer_is_read_from_its_folder(tmp_path: Path) -> None:
    register = read_gazetteer(gazetteer_folder(tmp_path / "g"))
    matcher = Matcher(register)
    assert register.areas.communities == (("桃安社区", "望江街道"),)
    assert matcher.match("河东镇翠锦新城1号楼").status == "ambiguous"
    assert matcher.match("中山路1号A座").building_id == "C9-1"
    assert matcher.match("西安市雁塔区芙蓉苑3号楼").status == "none"


def test_roads_and_areas_may_be_missing(tmp_path: Path) -> None:
    folder = gazetteer_folder(tmp_path / "g")
    (folder / "roads.csv").unlink()
    (folder / "admin.json").unlink()
    assert Matcher(read_gazetteer(folder)).match("思源中路29号3号楼").building_id == "C1-3"


def test_houses_of_no_complex_have_a_road_address_of_their_own(tmp_path: Path) -> None:
    folder = gazetteer_folder(tmp_path / "g")
    houses = pd.DataFrame(
        {"building_id": ["H1", "H2"], "road_addresses": ["张家胡同15号", "柳巷1号|柳巷3号"]}
    )
    pd.concat([BUILDINGS, houses]).to_csv(folder / "buildings.csv", index=False)
    matcher = Matcher(read_gazetteer(folder))
    assert [matcher.match(text).building_id for text in ("张家胡同15号", "柳巷3号", "芙蓉苑3号楼")] == [
        "H1",
        "H2",
        "C1-3",
    ]


def test_bad_gazetteers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no folder"):
        read_gazetteer(tmp_path / "none")
    folder = gazetteer_folder(tmp_path / "g")
    (folder / "admin.json").write_text("[1, 2]", "utf-8")
    with pytest.raises(FileError, match=r"admin\.json"):
        read_gazetteer(folder)
    (folder / "admin.json").unlink()
    (folder / "complexes.csv").write_text("complex_id\nC1\n", "utf-8")
    with pytest.raises(InputError, match="name"):
        read_gazetteer(folder)
    (folder / "buildings.csv").unlink()
    with pytest.raises(FileError):
        read_gazetteer(folder)
