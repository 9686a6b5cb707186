"""POST /api/locate/batch: order, bad rows, encodings, limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

CSV = {"content-type": "text/csv"}


def send(client: Any, body: str | bytes, query: str = "", **headers: str) -> list[dict[str, str]]:
    answer = client.post(f"/api/locate/batch{query}", content=body, headers={**CSV, **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


def test_rows_come_back_in_order_with_every_kind_of_answer(client: Any, standing: Any) -> None:
    rows = send(
        client,
        "id,lon,lat\n"
        f"w,{standing.west[0]},{standing.west[1]}\n"
        f"o,{standing.outside[0]},{standing.outside[1]}\n"
        f"e,{standing.east[0]},{standing.east[1]}\n"
        f"b,{standing.border[0]},{standing.border[1]}\n",
    )
    assert [(row["id"], row["status"], row["grid_code"], row["community"]) for row in rows] == [
        ("w", "matched", "999901001001001", "甲社区"),
        ("o", "outside", "", ""),
        ("e", "matched", "999901001001002", "甲社区"),
        ("b", "matched", "999901001001002", "甲社区"),
    ]
    assert [row["confidence"] for row in rows] == ["1", "0", "1", "0.5"]
    assert rows[0]["valid_from"] == "2026-06-01"
    assert rows[0]["as_of"] == "2026-11-22"
    assert list(rows[0])[:8] == [
        "id",
        "status",
        "grid_code",
        "grid_name",
        "community",
        "building",
        "confidence",
        "reason",
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,abc,34", "not a number"),
        ("x,,34", "not a number"),
        ("x,108.7", "too few"),
        ("x", "too few"),
        ("x,34.3,108.7", "between"),
        ("x,nan,34", "between"),
        ("x,1e999,34", "between"),
    ],
)
def test_a_bad_row_is_marked_and_stops_nobody(client: Any, standing: Any, row: str, said: str) -> None:
    good = f"{standing.west[0]},{standing.west[1]}"
    rows = send(client, f"id,lon,lat\na,{good}\n{row}\nz,{good}\n", "?lang=en")
    assert [(r["id"], r["status"]) for r in rows] == [("a", "matched"), ("x", "error"), ("z", "matched")]
    assert said in rows[1]["reason"]
    assert (rows[1]["grid_code"], rows[1]["confidence"]) == ("", "0")


def test_a_quote_that_is_never_closed_spoils_one_row(client: Any, standing: Any) -> None:
    good = f"{standing.west[0]},{standing.west[1]}"
    tail = "".join(f"r{i},{good}\n" for i in range(200))
    rows = send(client, f'id,lon,lat\n"bad,{good}\n{tail}')
    assert rows[0]["status"] == "error"
    assert [row["id"] for row in rows[1:]] == [f"r{i}" for i in range(200)]
    assert {row["status"] for row in rows[1:]} == {"matched"}


def test_columns_by_other_names_order_and_company(client: Any, standing: Any) -> None:
    rows = send(client, f'地址,纬度,经度,编号\n"甲路1号\n南门",{standing.west[1]},{standing.west[0]},A-1\n')
    assert [(row["id"], row["building"]) for row in rows] == [("A-1", "1号楼")]


def test_gbk_and_byte_order_marks(client: Any, standing: Any) -> None:
    text = f"编号,lon,lat\n甲户,{standing.west[0]},{standing.west[1]}\n"
    assert send(client, text.encode("gbk"))[0]["id"] == "甲户"
    marked = client.post("/api/locate/batch", content=text.encode("utf-8-sig"), headers=CSV).content
    assert marked.startswith("\ufeffid,".encode())
    plain = client.post("/api/locate/batch", content=text.encode(), headers=CSV).content
    assert plain.startswith(b"id,")


def test_damaged_text_is_an_error_of_its_row(client: Any, standing: Any) -> None:
    good = f"{standing.west[0]},{standing.west[1]}".encode()
    body = b"id,lon,lat\n\xff\xfe\xff," + good + b"\n" + "好".encode() + b"," + good + b"\n"
    assert [row["status"] for row in send(client, body)] == ["error", "matched"]


def test_what_a_spreadsheet_would_compute_is_made_harmless(client: Any, standing: Any) -> None:
    point = f"{standing.east[0]},{standing.east[1]}"
    body = f"id,lon,lat\n=cmd|' /C calc'!A0,{point}\n@x,{point}\n-5,{point}\n+86 1,{point}\n"
    rows = send(client, body)
    assert [row["id"] for row in rows] == ["'=cmd|' /C calc'!A0", "'@x", "-5", "'+86 1"]
    assert {row["building"] for row in rows} == {"'=2号楼"}


def test_many_rows_equal_single_questions(client: Any, standing: Any) -> None:
    places = [
        standing.west,
        standing.east,
        standing.right,
        standing.garden,
        standing.outside,
        standing.border,
    ]
    body = "id,lon,lat\n" + "".join(f"{i},{places[i % 6][0]},{places[i % 6][1]}\n" for i in range(10_000))
    rows = send(client, body)
    assert [row["id"] for row in rows] == [str(i) for i in range(10_000)]
    for i, place in enumerate(places):
        single = client.get("/api/locate", params={"lon": place[0], "lat": place[1]}).json()
        grid = single["grid"] or {"code": "", "name": "", "kind": ""}
        for row in (rows[i], rows[9996 - 6 + i]):
            assert (row["status"], row["grid_code"], row["grid_name"], row["grid_kind"], row["reason"]) == (
                single["status"],
                grid["code"],
                grid["name"],
                grid["kind"],
                single["reason"],
            )


def test_other_days_and_datums(client: Any, standing: Any) -> None:
    body = f"id,lon,lat\na,{standing.west[0]},{standing.west[1]}\n"
    assert send(client, body, "?as_of=2026-05-31")[0]["status"] == "unplanned"
    assert send(client, body, "?crs=bd09")[0]["building"] == ""
    edge = "id,lon,lat\na,-180,0\nb,180,90\n"
    assert [row["status"] for row in send(client, edge, "?crs=bd09")] == ["outside", "outside"]


@pytest.mark.parametrize(
    "body", ["", "\n", "lon,lat\n1,2\n", "id,lon,lat,lat\n1,2,3,4\n", "id;lon;lat\n1;2;3\n"]
)
def test_a_header_that_cannot_be_used_is_a_problem(client: Any, body: str) -> None:
    answer = client.post("/api/locate/batch?lang=en", content=body, headers=CSV)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "id, lon, lat" in answer.json()["detail"]


def test_a_header_alone_gives_a_header(client: Any) -> None:
    assert send(client, "id,lon,lat\n") == []


def test_other_kinds_of_body_are_refused(client: Any) -> None:
    assert client.post("/api/locate/batch", json=[{"id": 1}]).status_code == 415
    assert client.post("/api/locate/batch", files={"f": b"id,lon,lat"}).status_code == 415
    assert (
        client.post(
            "/api/locate/batch?lang=en", content="id,lon,lat\n".encode("utf-16"), headers=CSV
        ).status_code
        == 422
    )


def test_a_body_over_the_limit_is_refused(town: Any, run_app: Callable[..., Any]) -> None:
    with run_app(town.app(max_upload_mb=1)) as client:
        answer = client.post("/api/locate/batch", content="id,lon,lat\n" + "a,1,2\n" * 200_000, headers=CSV)
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]
