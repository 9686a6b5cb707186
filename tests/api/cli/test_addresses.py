"""`wangge match` against a gazetteer and `wangge parse`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.layers.files.test_addresses import gazetteer_folder

COLUMNS = ["id", "status", "building_id", "unit", "room", "floor", "confidence", "candidates", "level", "grid_id", "reason", "complex_id"]  # fmt: skip
ADDRESSES = "id,text\nb,芙蓉苑3-2-501\na,丹泽2幢\nc,\nd,芙蓉花园3号楼\n"


@pytest.fixture
def files(run: Any) -> Any:
    """A command in a folder with a gazetteer and a file of addresses."""
    gazetteer_folder(Path("g"))
    Path("in.csv").write_text(ADDRESSES, "utf-8")
    return run


def test_match_writes_an_answer_for_every_row_in_order(files: Any, read_csv: Any) -> None:
    done = files(
        "match", "--gazetteer", "g", "--addresses", "in.csv", "--out", "deep/out.csv", "--lang", "en"
    )
    assert done.code == 0
    assert "4 addresses: 1 matched, 1 ambiguous, 2 not found" in done.out
    rows = read_csv(Path("deep/out.csv"))
    assert list(rows[0]) == COLUMNS
    assert [(row["id"], row["status"]) for row in rows] == [
        ("b", "matched"),
        ("a", "ambiguous"),
        ("c", "none"),
        ("d", "none"),
    ]
    assert (rows[0]["building_id"], rows[0]["unit"], rows[0]["room"], rows[0]["level"]) == (
        "C1-3",
        "2",
        "501",
        "room",
    )
    assert float(rows[0]["confidence"]) > 0.99
    assert rows[1]["candidates"] == "C2-2|C3-2"
    assert rows[2]["reason"] == "the address is empty"


def test_several_processes_write_the_same(files: Any) -> None:
    for workers in ("1", "2"):
        files(
            "match",
            "--gazetteer",
            "g",
            "--addresses",
            "in.csv",
            "--out",
            f"{workers}.csv",
            "--workers",
            workers,
        )
    assert Path("1.csv").read_bytes() == Path("2.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--gazetteer", "none", "--addresses", "in.csv", "--out", "o.csv"), "no folder"),
        (("--gazetteer", "g", "--addresses", "none.csv", "--out", "o.csv"), "no file"),
        (("--gazetteer", "g", "--addresses", "in.csv", "--out", "g"), "is a folder"),
        (
            (
                "--gazetteer",
                "g",
                "--addresses",
                "in.csv",
                "--out",
                "o.csv",
                "--workers",
                "2",
                "--scheduler",
                "tcp://a:1",
            ),
            "not both",
        ),
        (
            ("--gazetteer", "g", "--addresses", "in.csv", "--out", "o.csv", "--scheduler", "nowhere"),
            "cluster",
        ),
    ],
)
def test_match_refuses_in_one_line(files: Any, arguments: tuple[str, ...], says: str) -> None:
    done = files("match", *arguments, "--lang", "en")
    assert done.code == 2
    assert says in done.err
    assert not Path("o.csv").exists()


def test_parse_prints_the_parts(run: Any) -> None:
    done = run("parse", "人民西路12号院5号楼3单元702室")
    assert done.code == 0
    assert done.out.split("\n")[:5] == ["road 人民西路", "road_number 12", "building 5", "unit 3", "room 702"]
    assert run("parse", "").code == 0


def test_parse_says_when_it_reads_nothing(run: Any) -> None:
    done = run("parse", "", "--lang", "en")
    assert done.code == 0
    assert "nothing of an address was read" in done.out + done.err


def test_parse_answers_a_file(files: Any, read_csv: Any) -> None:
    assert files("parse", "--file", "in.csv", "--out", "out.csv").code == 0
    rows = read_csv(Path("out.csv"))
    assert [(row["id"], row["complex"], row["building"], row["unit"], row["room"]) for row in rows] == [
        ("b", "芙蓉苑", "3", "2", "501"),
        ("a", "丹泽", "2", "", ""),
        ("c", "", "", "", ""),
        ("d", "芙蓉花园", "3", "", ""),
    ]


@pytest.mark.parametrize(
    "arguments",
    [(), ("x", "--file", "in.csv", "--out", "o.csv"), ("--file", "in.csv"), ("x", "--out", "o.csv")],
)
def test_parse_refuses_half_a_question(files: Any, arguments: tuple[str, ...]) -> None:
    done = files("parse", *arguments, "--lang", "en")
    assert done.code == 2
    assert "give one address, or --file and --out" in done.err
