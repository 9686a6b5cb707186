"""From a list of residents to reviewed matches by command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from layers.store.database import Store
from tests.layers import households

Run = Callable[..., Any]


@pytest.fixture
def town(run: Run, tmp_path: Path) -> Run:
    """`run`, over a store with the town of `tests.layers.households`, without residents."""
    store = Store.open(home=tmp_path / "wangge-data")
    store.migrate()
    households.settle(store)
    store.close()
    return run


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A list as an office would send it."""
    path = tmp_path / "居民.csv"
    rows = "".join(f"H{i},张三,{address}\n" for i, address in enumerate(households.HOMES))
    path.write_bytes(f"户号,姓名,地址\n{rows}".encode("gbk"))
    return path


def test_import_match_review_and_match_again(town: Run, listed: Path, tmp_path: Path) -> None:
    done = town("import", "residents", str(listed), "--lang", "en")
    assert (done.code, "loaded 5 records" in done.out) == (0, True), done.err
    assert "left out and not stored: 姓名" in done.err
    done = town("match", "--out", "doubts.xlsx", "--rates", "complex", "--lang", "en")
    assert "3 matched, 1 ambiguous, 1 not found; 2 wait for review" in done.out
    assert "桂苑" in done.out
    assert "<5" in done.out  # three households are too few to be counted aloud
    sheet = openpyxl.load_workbook("doubts.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 3
    seen = town("review", "--lang", "en")
    assert "兰苑一期2号楼  [b41]" in seen.out
    doubtful = next(line.split()[0] for line in seen.out.splitlines() if line.endswith("兰苑2号楼"))
    unknown = next(line.split()[0] for line in seen.out.splitlines() if line.endswith("月亮湾1号楼"))
    assert "confirmed" in town("review", "--confirm", f"{doubtful}=2", "--lang", "en").out
    assert town("review", "--confirm", f"{unknown}=1", "--lang", "en").code == 2
    assert town("review", "--alias", "c-west=月亮湾").code == 0
    assert "匹配 4 条：成功 4" in town("match").out
    assert "没有待核对" in town("review").out
    assert "corrected" in town("review", "--correct", f"{unknown}=b70", "--room", "101", "--lang", "en").out
    first = town("review", "--aside", unknown, "--lang", "en")
    assert (first.code, "corrected to" in first.err) == (2, True)
    assert "waits again" in town("review", "--undo", unknown, "--lang", "en").out
    assert "set_aside" in town("review", "--aside", unknown, "--lang", "en").out
    assert town("review", "--out", "rest.csv").code == 0
    assert "5 households" in town("export", "households", "--out", "homes.csv", "--lang", "en").out
    assert "苑3号楼2单元" not in Path("homes.csv").read_text("utf-8-sig")
    assert "苑" not in town("history", "--limit", "40").out.replace("月亮湾", "")
    rates = town("map", "match", "--by", "complex", "--out", "rates.html")
    assert rates.code == 0, rates.err
    assert "人房关联率" in Path("rates.html").read_text("utf-8")
    assert town("map", "match", "--by", "house", "--out", "rates.html").code == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("review", "--confirm", "x"), "A=B"),
        (("review", "--confirm", "a=1", "--aside", "b"), "one deed"),
        (("review", "--alias", "c-west=月亮湾", "--since", "soon"), "not a date"),
        (("review", "--alias", "c-none=月亮湾"), "no complex"),
        (("match",), "no residents"),
        (("match", "--addresses", "x.csv"), "--gazetteer"),
        (("import", "residents", "x.csv", "--crs", "gcj02"), "--crs"),
        (("locate", "桂苑", "--lon", "1"), "without --lon"),
        (("locate",), "an address"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(town: Run, args: tuple[str, ...], said: str) -> None:
    done = town(*args, "--lang", "en")
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_faults_of_a_list_are_in_a_spreadsheet(town: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("户号,地址\n110101199003074477,桂苑2号楼\nH2,桂苑1号楼\n", "utf-8")
    done = town("import", "residents", str(bad))
    assert done.code == 2
    assert "110101199003074477" not in done.out + done.err
    assert list((tmp_path / "wangge-data" / "faults").glob("bad-residents-faults.xlsx"))
    assert town("match", "--lang", "en").code == 2


def test_an_address_is_located(town: Run) -> None:
    done = town("locate", "桂苑3号楼2单元501室")
    assert done.out.startswith("桂苑3号楼2单元501室 → 第一网格 999901001001001")
    doubt = town("locate", "桂苑", "--lang", "en").out
    assert "8 buildings fit" in doubt
    assert "桂苑8号楼 → 第二网格" in doubt
    assert "Not found" in town("locate", "月亮湾", "--lang", "en").out
    assert "no published plan" in town("locate", "桂苑3号楼", "--as-of", "2026-01-01", "--lang", "en").out
    assert '"status": "ambiguous"' in town("locate", "兰苑2号楼", "--json").out


def test_a_house_of_no_complex_is_located_by_its_road_address(run: Run, tmp_path: Path) -> None:
    store = Store.open(home=tmp_path / "wangge-data")
    store.migrate()
    households.settle(store, apart=True)
    store.close()
    done = run("locate", "二马路5号")
    assert done.out.startswith("二马路5号 → 第一网格 999901001002001")
    assert "按门牌号认出" in run("locate", "二马路5号", "--json").out
    shared = run("locate", "一马路12号", "--lang", "en").out
    assert "9 buildings fit" in shared
    assert "Not found" in run("locate", "二马路6号", "--lang", "en").out


def test_a_file_of_addresses_is_answered(town: Run, tmp_path: Path, read_csv: Callable[[Path], Any]) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("id,address\na,桂苑3号楼\nb,月亮湾\n", "utf-8")
    assert "2 addresses" in town("locate", "--file", str(asked), "--out", "out.csv", "--lang", "en").out
    rows = read_csv(tmp_path / "out.csv")
    assert [(r["id"], r["status"], r["building_ref"]) for r in rows] == [
        ("a", "matched", "b10"),
        ("b", "none", ""),
    ]
    asked.with_suffix(".ndjson").write_text('{"id":"a","address":"桂苑5栋"}\n', "utf-8")
    done = town("locate", "--file", str(asked.with_suffix(".ndjson")), "--out", "out.ndjson", "--lang", "en")
    assert "1 addresses" in done.out
    assert '"building_ref":"b20"' in (tmp_path / "out.ndjson").read_text("utf-8")
