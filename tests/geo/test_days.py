"""A day is read however offices write it, and nothing else is one."""

from __future__ import annotations

from datetime import date

import pytest

from geo.days import day_of


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-05", "2026-1-5", "2026/1/5", "2026/01/05", "2026.1.5", "2026年1月5日", "2026年1月5", "20260105"),
        *("２０２６年１月５日", " 2026 年 1 月 5 日 ", "2026-01-05 00:00:00", "2026-01-05T08:30:00Z", "2026/1/5 8:30"),
        "2026-01-05T08:30:00+08:00",
    ],
)  # fmt: skip
def test_every_way_to_write_a_day(text: str) -> None:
    assert day_of(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13-01",
        "2026-02-30",
        "2026年1月",
        "5/1/2026",
        "1月5日",
        "去年",
        "2026-01-05至今",
        "202601055",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert day_of(text, serial=True) is None


def test_the_number_of_a_spreadsheet_only_where_it_is_asked_for() -> None:
    assert day_of("46027", serial=True) == date(2026, 1, 5)
    assert day_of("46027.5", serial=True) == date(2026, 1, 5)
    assert day_of("46027") is None
    assert day_of("12345", serial=True) is None
