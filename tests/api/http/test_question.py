"""The question asked most is read by a short way; it must read what the long way reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.http.problems import ComplaintsError
from api.http.queries import parameters
from api.http.question import Question, just_a_point, read_question

DAY = date(2026, 11, 22)
VALUES = (
    "108.7",
    "-0",
    "180",
    "-180.0",
    "180.5",
    "91",
    "1e2",
    "1e400",
    "",
    " 1",
    "１２",
    "nan",
    ".5",
    "5.",
    "+7",
    "True",
)


def read(given: list[tuple[str, Any]]) -> Question | list[str]:
    try:
        return read_question(given, today=DAY, accepted="en", lang="zh")
    except ComplaintsError as error:
        return sorted(str(complaint) for complaint in error.found)


@pytest.mark.parametrize("lon", VALUES)
def test_a_bare_point_is_read_as_the_long_way_reads_it(lon: str) -> None:
    for lat in VALUES:
        query = f"lon={lon}&lat={lat}".encode()
        point = just_a_point(query)
        if point is not None:
            assert read(parameters(query)) == Question(None, *point, DAY, "en")
    assert just_a_point(b"lon=108.7&lat=-34") == (108.7, -34.0)


@pytest.mark.parametrize(
    "query", [b"lat=1&lon=2", b"lon=1&lat=2&", b"lon=1&lat=2&lang=en", b"lon=1", b"lon=1&lat=2\n"]
)
def test_anything_else_is_no_bare_point(query: bytes) -> None:
    assert just_a_point(query) is None
