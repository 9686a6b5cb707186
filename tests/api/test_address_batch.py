"""POST /api/locate/batch with addresses, as CSV and as JSON lines: order, bad rows, same answers as one by one."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.layers import households, town

NDJSON = {"content-type": "application/x-ndjson"}


def send_csv(client: Any, body: str | bytes, query: str = "") -> list[dict[str, str]]:
    answer = client.post(f"/api/locate/batch{query}", content=body, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def send_lines(client: Any, lines: list[Any], query: str = "") -> list[dict[str, Any]]:
    body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    answer = client.post(f"/api/locate/batch{query}", content=body, headers=NDJSON)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_addresses_are_answered_in_order(desk: Any) -> None:
    body = "编号,地址\n" + "".join(f"{i},{text}\n" for i, text in enumerate(households.HOMES))
    rows = send_csv(desk, body.encode("gbk"))
    assert [(r["id"], r["status"], r["grid_code"]) for r in rows] == [
        ("0", "matched", f"{town.WEST}001"),
        ("1", "matched", f"{town.WEST}002"),
        ("2", "matched", f"{town.WEST}002"),
        ("3", "ambiguous", f"{town.EAST}001"),
        ("4", "none", ""),
    ]
    assert (rows[0]["complex"], rows[0]["building"], rows[0]["unit"], rows[0]["room"]) == (
        "桂苑",
        "3号楼",
        "2",
        "501",
    )
    assert rows[3]["candidates"] == "b41|b61"
    assert rows[4]["reason"]


def test_bad_rows_are_marked_and_stop_nobody(desk: Any) -> None:
    rows = send_csv(desk, f"id,address\na,桂苑3号楼\nb,\nc,{'x' * 501}\nd\ne,桂苑5栋\n", "?lang=en")
    assert [r["status"] for r in rows] == ["matched", "error", "error", "error", "matched"]
    assert ["empty" in rows[1]["reason"], "500" in rows[2]["reason"], "few" in rows[3]["reason"]] == [
        True
    ] * 3


def test_points_win_where_a_file_has_both(desk: Any) -> None:
    (row,) = send_csv(desk, f"id,address,lon,lat\na,桂苑3号楼,{town.LON + 0.0005},{town.LAT + 0.0005}\n")
    assert row["building_ref"] == "b00"
    assert "level" not in row


def test_json_lines_of_addresses_and_of_points(desk: Any) -> None:
    lines = [{"id": 1, "address": "桂苑3号楼"}, "nonsense", "", {"id": "x"}, {"id": 2, "address": 7}, [1]]
    rows = send_lines(desk, lines)
    assert [(r["id"], r["status"]) for r in rows] == [
        ("1", "matched"),
        ("", "error"),
        ("x", "error"),
        ("2", "none"),
        ("", "error"),
    ]
    assert rows[0]["confidence"] <= 1
    assert rows[0]["as_of"] == "2026-11-22"
    points = [
        {"id": "p", "lon": town.LON + 0.0005, "lat": town.LAT + 0.0005},
        {"id": "q", "lon": True, "lat": "x"},
    ]
    rows = send_lines(desk, points)
    assert [(r["id"], r["status"], r["building_ref"]) for r in rows] == [
        ("p", "matched", "b00"),
        ("q", "error", None),
    ]
    assert send_lines(desk, []) == []


def test_many_rows_equal_single_questions(desk: Any) -> None:
    texts = [*households.HOMES, "桂苑", "兰苑二期4号楼3单元"]
    for day in ("2026-11-22", "2026-05-31"):
        rows = send_lines(desk, [{"id": i, "address": texts[i % 7]} for i in range(9_000)], f"?as_of={day}")
        assert [r["id"] for r in rows] == [str(i) for i in range(9_000)]
        for i, text in enumerate(texts):
            single = desk.get("/api/locate", params={"address": text, "as_of": day}).json()
            for row in (rows[i], rows[8_750 + i]):
                assert row["status"] == single["status"]
                assert row["grid_code"] == (single["grid"] or {}).get("code")
                assert row["building_ref"] == (single["building"] or {}).get("ref")
                assert row["community_code"] == (single["community"] or {}).get("code")
                assert (row["unit"], row["room"], row["level"]) == (
                    single["unit"],
                    single["room"],
                    single["level"],
                )
                shown = "|".join(c["building"]["ref"] for c in single["candidates"]) or None
                assert row["candidates"] == shown


@pytest.mark.parametrize("body", [b'{"id": "\\ud800", "address": "x"}\n', b'\xfe\xfd\xff\n{"id": 1}\n'])
def test_damaged_lines_are_errors_of_their_own(desk: Any, body: bytes) -> None:
    answer = desk.post("/api/locate/batch", content=body, headers=NDJSON)
    assert answer.status_code == 200
    assert json.loads(answer.text.splitlines()[0])["status"] == "error"
